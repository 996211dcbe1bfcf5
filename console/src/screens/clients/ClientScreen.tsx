import { Alert, Badge, Group, Skeleton, Stack, Text as Words } from '@mantine/core';
import { useParams } from 'react-router';
import { useQuery } from 'urql';
import { NotFound } from '../../app/NotFound';
import { Page } from '../../app/Page';
import { type Tab, Tabs } from '../../app/Tabs';
import { ClientDocument, type ClientQuery } from '../../graph/generated/graphql';
import { Json } from '../../show/Json';
import { Problem } from '../../show/Problem';
import { useText } from '../../texts/translate';
import { ClientSecrets } from './ClientSecrets';
import { ClientSettings } from './ClientSettings';
import { ClientUsage } from './ClientUsage';
import { DeleteClient } from './DeleteClient';

/** One application, with all that there is of it. */
export function ClientScreen() {
  const t = useText();
  const id = useParams()['id'] ?? '';
  const [{ data, error }, again] = useQuery({ query: ClientDocument, variables: { id }, requestPolicy: 'cache-and-network' });
  const client = data?.client;
  if (error && !client) return <Page title="Applications"><Problem error={error} onRetry={again} /></Page>;
  if (!data) return <Page title="Applications"><Skeleton height={320} /></Page>;
  if (!client) return <NotFound />;

  const tabs: (Tab | false)[] = [
    { id: 'settings', title: 'Settings', content: () => <ClientSettings key={client.id} client={client} /> },
    { id: 'advice', title: 'Advice', content: () => <Advice advice={client.advice} /> },
    !client.public && { id: 'secrets', title: 'Secrets', content: () => <ClientSecrets client={client} /> },
    { id: 'usage', title: 'Usage', content: () => <ClientUsage id={client.id} /> },
    { id: 'json', title: 'Raw JSON', content: () => <Json value={client} /> },
  ];
  return (
    <Page title="Applications" subject={client.name || client.clientId} actions={client.builtIn ? null : <DeleteClient client={client} />}>
      <Group gap="xs">
        <Badge variant="outline" tt="none">{client.clientId}</Badge>
        {!client.active && <Badge color="gray" variant="outline">{t('Not active')}</Badge>}
        {client.builtIn && <Badge color="gray" variant="outline">{t('Built in')}</Badge>}
      </Group>
      <Tabs base={`/applications/${client.id}`} tabs={tabs.filter((tab) => tab !== false)} />
    </Page>
  );
}

type Rule = NonNullable<ClientQuery['client']>['advice'][number];

/** What could be safer about an application, by which clause, and what repairs it. The texts are the server's. */
function Advice({ advice }: { advice: readonly Rule[] }) {
  const t = useText();
  if (advice.length === 0) return <Words size="sm">{t('There is nothing to improve.')}</Words>;
  return (
    <Stack>
      {advice.map(({ rule, standard, clause, field, problem, repair }) => (
        <Alert key={`${rule} ${field}`} color="yellow" title={<span lang="en">{problem}</span>}>
          <Words size="sm" lang="en">{repair}</Words>
          <Words size="xs" lang="en">{`${standard} ${clause} · ${field}`}</Words>
        </Alert>
      ))}
    </Stack>
  );
}
