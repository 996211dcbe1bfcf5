import { useMemo } from 'react';
import { List } from '../../list/ListScreen';
import { auditEvents } from '../audit/auditEvents';

/** What a user did, and what was done to the user. */
export function UserHistory({ userId }: { userId: string }) {
  const list = useMemo(() => ({ ...auditEvents, fixed: { userId } }), [userId]);
  return <List list={list} />;
}
