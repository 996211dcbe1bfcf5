import { useMemo } from 'react';
import { List } from '../../list/ListScreen';
import { sessions } from '../sessions/sessions';

/** The sessions of a user. */
export function UserSessions({ userId }: { userId: string }) {
  const list = useMemo(() => ({ ...sessions, fixed: { userId } }), [userId]);
  return <List list={list} />;
}
