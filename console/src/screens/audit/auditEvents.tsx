import { Anchor, Code } from '@mantine/core';
import { Link } from 'react-router';
import { type AuditEventFilter, type AuditEventOrderField, AuditEventsDocument, type AuditEventsQuery } from '../../graph/generated/graphql';
import type { ListDeclaration } from '../../list/declaration';
import { Time } from '../../show/Time';
import { useText } from '../../texts/translate';

type Row = NonNullable<AuditEventsQuery['auditEvents']>['nodes'][number];

/** Whether what was tried was done. */
export function Outcome({ outcome }: Pick<Row, 'outcome'>) {
  const t = useText();
  return outcome === 'SUCCESS' ? t('Done') : t('Refused');
}

/** The list of audit events, of the whole server or of one user. */
export const auditEvents: ListDeclaration<AuditEventsQuery, Row, AuditEventFilter, AuditEventOrderField> = {
  title: 'Audit',
  teach: 'Whatever is done on the server is written here, by whom and from where.',
  document: AuditEventsDocument,
  connection: (data) => data.auditEvents,
  rowKey: ({ id }) => id,
  order: { field: 'OCCURRED_AT', descending: true },
  columns: [
    { id: 'action', title: 'Action', cell: ({ id, action }) => <Anchor inherit component={Link} to={`/audit/${id}`}><Code>{action}</Code></Anchor> },
    { id: 'occurredAt', title: 'When', order: 'OCCURRED_AT', cell: ({ occurredAt }) => <Time at={occurredAt} /> },
    { id: 'actor', title: 'Who', cell: ({ actorName, actorKind }) => actorName ?? actorKind },
    { id: 'target', title: 'To what', cell: ({ targetName, targetId }) => targetName ?? targetId ?? '–' },
    { id: 'outcome', title: 'Outcome', cell: ({ outcome }) => <Outcome outcome={outcome} /> },
    { id: 'reason', title: 'Reason', hidden: true, cell: ({ reason }) => reason ?? '–' },
    { id: 'ip', title: 'IP address', cell: ({ ip }) => ip ?? '–' },
  ],
  filters: [
    { id: 'action', title: 'Action', kind: 'text', apply: (action) => ({ actions: [action] }) },
    { id: 'actor', title: 'Who', kind: 'text', apply: (actorName) => ({ actorName }) },
    { id: 'outcome', title: 'Refused', kind: 'flag', apply: (refused) => ({ outcome: refused ? 'FAILURE' : 'SUCCESS' }) },
    { id: 'ip', title: 'IP address', kind: 'text', apply: (ip) => ({ ip }) },
    { id: 'since', title: 'Since', kind: 'since', apply: (gte) => ({ occurredAt: { gte } }) },
  ],
};
