import { Code, Stack } from '@mantine/core';
import { useParams } from 'react-router';
import { Loaded } from '../../app/Loaded';
import { Page } from '../../app/Page';
import { AuditEventDocument, type AuditEventQuery } from '../../graph/generated/graphql';
import { Facts } from '../../show/Facts';
import { SmallTable } from '../../show/SmallTable';
import { Time } from '../../show/Time';
import { Outcome } from './auditEvents';

const written = (value: unknown) => (value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value));

/** One audit event, with what was before and after. */
export function AuditEventScreen() {
  const id = useParams()['id'] ?? '';
  return (
    <Loaded title="Audit" document={AuditEventDocument} variables={{ id }} thing={({ auditEvent }) => auditEvent}>
      {(event) => <AuditEventPage event={event} />}
    </Loaded>
  );
}

function AuditEventPage({ event }: { event: NonNullable<AuditEventQuery['auditEvent']> }) {
  return (
    <Page title="Audit" subject={event.action}>
      <Stack gap="xl">
        <Facts
          facts={[
            ['When', <Time at={event.occurredAt} />],
            ['Who', event.actorName ?? event.actorKind],
            ['To what', event.targetName ?? event.targetId],
            ['Outcome', <Outcome outcome={event.outcome} />],
            ['Reason', event.reason],
            ['IP address', event.ip],
            ['Browser or program', event.userAgent],
            ['Request', event.requestId],
          ]}
        />
        <SmallTable
          title="Changes"
          rows={event.changes}
          rowKey={({ field }) => field}
          columns={[
            ['Field', ({ field }) => <Code>{field}</Code>],
            ['Before', ({ before }) => written(before)],
            ['After', ({ after }) => written(after)],
          ]}
        />
      </Stack>
    </Page>
  );
}
