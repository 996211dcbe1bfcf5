import type { Scope } from '../session/session';
import type { Text } from '../texts/texts';

export interface Place {
  path: string;
  title: Text;
  /** All that the person needs to see it. */
  scopes: Scope[];
}

/** The places of the console, in the order of the navigation. */
export const places: readonly Place[] = [
  { path: '/dashboard', title: 'Dashboard', scopes: ['admin:system:read'] },
  { path: '/users', title: 'Users', scopes: ['admin:users:read'] },
  { path: '/groups', title: 'Groups', scopes: ['admin:groups:read'] },
  { path: '/roles', title: 'Roles', scopes: ['admin:roles:read'] },
  { path: '/sessions', title: 'Sessions', scopes: ['admin:sessions:read'] },
  { path: '/applications', title: 'Applications', scopes: ['admin:clients:read'] },
  { path: '/scopes', title: 'Scopes', scopes: ['admin:scopes:read'] },
  { path: '/resources', title: 'Resources', scopes: ['admin:scopes:read'] },
  { path: '/providers', title: 'Identity providers', scopes: ['admin:settings:read'] },
  { path: '/audit', title: 'Audit', scopes: ['admin:audit:read'] },
  { path: '/keys', title: 'Keys', scopes: ['admin:keys:read'] },
  { path: '/settings', title: 'Settings', scopes: ['admin:settings:read'] },
  { path: '/jobs', title: 'Jobs', scopes: ['admin:jobs:read'] },
];
