import { Skeleton } from '@mantine/core';
import { createBrowserRouter } from 'react-router';
import { ErrorScreen } from './ErrorScreen';
import { Home } from './Home';
import { NotFound } from './NotFound';
import { Shell } from './Shell';

/** The addresses of the console. The script of a screen is loaded when somebody goes there. */
export function createRouter() {
  return createBrowserRouter(
    [
      {
        element: <Shell />,
        hydrateFallbackElement: <Skeleton height="100vh" />,
        children: [
          {
            errorElement: <ErrorScreen />,
            children: [
              { index: true, element: <Home /> },
              { path: 'dashboard', lazy: async () => ({ Component: (await import('../screens/dashboard/Dashboard')).Dashboard }) },
              { path: 'users', lazy: async () => ({ Component: (await import('../screens/users/UserList')).UserList }) },
              { path: 'users/new', lazy: async () => ({ Component: (await import('../screens/users/CreateUser')).CreateUser }) },
              { path: 'users/invite', lazy: async () => ({ Component: (await import('../screens/users/InviteUser')).InviteUser }) },
              { path: 'users/:id/:tab?', lazy: async () => ({ Component: (await import('../screens/users/UserScreen')).UserScreen }) },
              { path: 'sessions', lazy: async () => ({ Component: (await import('../screens/sessions/SessionList')).SessionList }) },
              { path: 'applications', lazy: async () => ({ Component: (await import('../screens/clients/ClientList')).ClientList }) },
              { path: 'applications/new', lazy: async () => ({ Component: (await import('../screens/clients/CreateClient')).CreateClient }) },
              { path: 'applications/:id/:tab?', lazy: async () => ({ Component: (await import('../screens/clients/ClientScreen')).ClientScreen }) },
              { path: 'audit', lazy: async () => ({ Component: (await import('../screens/audit/AuditList')).AuditList }) },
              { path: 'audit/:id', lazy: async () => ({ Component: (await import('../screens/audit/AuditEventScreen')).AuditEventScreen }) },
              { path: 'keys', lazy: async () => ({ Component: (await import('../screens/keys/Keys')).Keys }) },
              { path: 'groups', lazy: async () => ({ Component: (await import('../screens/groups/GroupList')).GroupList }) },
              { path: 'groups/new', lazy: async () => ({ Component: (await import('../screens/groups/CreateGroup')).CreateGroup }) },
              { path: 'groups/:id/:tab?', lazy: async () => ({ Component: (await import('../screens/groups/GroupScreen')).GroupScreen }) },
              { path: 'roles', lazy: async () => ({ Component: (await import('../screens/roles/RoleList')).RoleList }) },
              { path: 'roles/new', lazy: async () => ({ Component: (await import('../screens/roles/CreateRole')).CreateRole }) },
              { path: 'roles/:id/:tab?', lazy: async () => ({ Component: (await import('../screens/roles/RoleScreen')).RoleScreen }) },
              { path: 'scopes', lazy: async () => ({ Component: (await import('../screens/scopes/ScopeList')).ScopeList }) },
              { path: 'scopes/new', lazy: async () => ({ Component: (await import('../screens/scopes/CreateScope')).CreateScope }) },
              { path: 'resources', lazy: async () => ({ Component: (await import('../screens/resources/ResourceList')).ResourceList }) },
              { path: 'resources/new', lazy: async () => ({ Component: (await import('../screens/resources/CreateResource')).CreateResource }) },
              { path: 'providers', lazy: async () => ({ Component: (await import('../screens/providers/ProviderList')).ProviderList }) },
              { path: 'providers/new', lazy: async () => ({ Component: (await import('../screens/providers/CreateProvider')).CreateProvider }) },
              { path: 'jobs', lazy: async () => ({ Component: (await import('../screens/jobs/JobList')).JobList }) },
              { path: 'jobs/:id', lazy: async () => ({ Component: (await import('../screens/jobs/JobScreen')).JobScreen }) },
              { path: 'settings', lazy: async () => ({ Component: (await import('../screens/settings/SettingsScreen')).SettingsScreen }) },
              { path: '*', element: <NotFound /> },
            ],
          },
        ],
      },
    ],
    { basename: '/console' },
  );
}
