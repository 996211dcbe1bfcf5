import { createContext, useContext } from 'react';

/** What GET /console/session says of who is signed in. */
export interface Session {
  user: { id: string; username: string; name: string };
  scopes: string[];
  authTime: string;
  expiresAt: string;
  stepUpSeconds: number;
  issuer: string;
  version: string;
  locale: string;
}

/** The session, or null when nobody is signed in. Any other answer is an error. */
export async function fetchSession(signal?: AbortSignal): Promise<Session | null> {
  const response = await fetch('/console/session', { signal, headers: { Accept: 'application/json' }, cache: 'no-store' });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`GET /console/session: ${response.status}`);
  return (await response.json()) as Session;
}

export const SessionContext = createContext<Session | null>(null);

/** The session of the person. Every screen is below a provider: the shell renders none before it has a session. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside of a session');
  return session;
}

/** A right of administration, such as admin:users:read. */
export type Scope = `admin:${string}`;

/** Whether the person has all the scopes. It decides what is shown; the server decides what is allowed. */
export function useAllowed(): (...scopes: Scope[]) => boolean {
  const { scopes } = useSession();
  return (...wanted) => wanted.every((scope) => scopes.includes(scope));
}

const here = () => window.location.pathname + window.location.search;

/** Leaves for the sign-in page; the person comes back to the present address, or to the one that is given. */
export function signIn(options: { stepUp?: boolean; to?: string } = {}): void {
  const parameters = new URLSearchParams({ return: options.to ?? here() });
  if (options.stepUp) parameters.set('step_up', '1');
  window.location.assign(`/console/sign-in?${parameters}`);
}

/** Whether the sign-in is too old for what is dangerous, so that the server would refuse it. */
export function needsStepUp(session: Session, now: number): boolean {
  return now - Date.parse(session.authTime) >= session.stepUpSeconds * 1000;
}

/** Ends the session of the console and goes where the server says. */
export async function signOut(): Promise<void> {
  const response = await fetch('/console/session', { method: 'DELETE', headers: { 'X-Authly-Console': '1' } });
  if (!response.ok) throw new Error(`DELETE /console/session: ${response.status}`);
  const { next } = (await response.json()) as { next: string };
  window.location.assign(next);
}
