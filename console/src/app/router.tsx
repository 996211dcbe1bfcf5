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
              { path: '*', element: <NotFound /> },
            ],
          },
        ],
      },
    ],
    { basename: '/console' },
  );
}
