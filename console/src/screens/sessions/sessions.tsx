import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { ActionButton } from '../../app/ActionButton';
import { RevokeSessionDocument, type SessionFilter, type SessionOrderField, SessionsDocument, type SessionsQuery } from '../../graph/generated/graphql';
import type { ListDeclaration } from '../../list/declaration';
import { useAllowed } from '../../session/session';
import { Time } from '../../show/Time';
import { YesNo } from '../../show/YesNo';
import { useText } from '../../texts/translate';

type Row = NonNullable<SessionsQuery['sessions']>['nodes'][number];

/** The list of sessions, of everybody or of one user. */
export const sessions: ListDeclaration<SessionsQuery, Row, SessionFilter, SessionOrderField> = {
  title: 'Sessions',
  teach: 'A session begins when somebody signs in, and ends by itself when it is not used.',
  document: SessionsDocument,
  connection: (data) => data.sessions,
  rowKey: ({ id }) => id,
  order: { field: 'CREATED_AT', descending: true },
  columns: [
    {
      id: 'user',
      title: 'User',
      cell: ({ user }) => (user ? <Anchor inherit component={Link} to={`/users/${user.id}`}>{user.username}</Anchor> : '–'),
    },
    { id: 'device', title: 'Device', cell: ({ device }) => [device.browser, device.system].filter(Boolean).join(', ') || '–' },
    { id: 'ip', title: 'IP address', cell: ({ ip }) => ip ?? '–' },
    { id: 'createdAt', title: 'Created', order: 'CREATED_AT', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'lastActiveAt', title: 'Last active', order: 'LAST_ACTIVE_AT', cell: ({ lastActiveAt }) => <Time at={lastActiveAt} /> },
    { id: 'active', title: 'Active', cell: ({ active }) => <YesNo value={active} /> },
    { id: 'amr', title: 'Signed in by', hidden: true, cell: ({ amr }) => amr.join(' ') },
    { id: 'endReason', title: 'Why it ended', hidden: true, cell: ({ endReason }) => endReason ?? '–' },
    { id: 'actions', title: 'Actions', cell: (row) => <EndSession {...row} /> },
  ],
  filters: [
    { id: 'active', title: 'Active', kind: 'flag', apply: (active) => ({ active }) },
    { id: 'ip', title: 'IP address', kind: 'text', apply: (ip) => ({ ip }) },
    { id: 'since', title: 'Created since', kind: 'since', apply: (gte) => ({ createdAt: { gte } }) },
  ],
};

function EndSession({ id, active }: Row) {
  const t = useText();
  const allowed = useAllowed();
  if (!active || !allowed('admin:sessions:write')) return null;
  return (
    <ActionButton
      name={`end-${id}`}
      title="End"
      warning={t('The person is signed out of this browser.')}
      document={RevokeSessionDocument}
      input={{ id }}
      done={() => t('Session ended')}
    />
  );
}
