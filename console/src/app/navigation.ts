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
  { path: '/sessions', title: 'Sessions', scopes: ['admin:sessions:read'] },
  { path: '/applications', title: 'Applications', scopes: ['admin:clients:read'] },
  { path: '/audit', title: 'Audit', scopes: ['admin:audit:read'] },
  { path: '/keys', title: 'Keys', scopes: ['admin:keys:read'] },
];
