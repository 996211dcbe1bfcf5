import { Code, Skeleton, Stack } from '@mantine/core';
import { useParams } from 'react-router';
import { useQuery } from 'urql';
import { NotFound } from '../../app/NotFound';
import { Page } from '../../app/Page';
import { AuditEventDocument } from '../../graph/generated/graphql';
import { Facts } from '../../show/Facts';
import { Problem } from '../../show/Problem';
import { SmallTable } from '../../show/SmallTable';
import { Time } from '../../show/Time';
import { Outcome } from './auditEvents';

const written = (value: unknown) => (value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value));

/** One audit event, with what was before and after. */
export function AuditEventScreen() {
  const id = useParams()['id'] ?? '';
  const [{ data, error }, again] = useQuery({ query: AuditEventDocument, variables: { id } });
  const event = data?.auditEvent;
  if (error && !event) return <Page title="Audit"><Problem error={error} onRetry={again} /></Page>;
  if (!data) return <Page title="Audit"><Skeleton height={320} /></Page>;
  if (!event) return <NotFound />;

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
