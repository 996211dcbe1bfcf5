import { Alert, Badge, Group, Stack, Text as Words } from '@mantine/core';
import { useParams } from 'react-router';
import { Loaded } from '../../app/Loaded';
import { Page } from '../../app/Page';
import { type Tab, Tabs } from '../../app/Tabs';
import { ClientDocument, type ClientQuery } from '../../graph/generated/graphql';
import { Json } from '../../show/Json';
import { useText } from '../../texts/translate';
import { ClientSecrets } from './ClientSecrets';
import { ClientSettings } from './ClientSettings';
import { ClientUsage } from './ClientUsage';
import { DeleteClient } from './DeleteClient';

/** One application, with all that there is of it. */
export function ClientScreen() {
  const id = useParams()['id'] ?? '';
  return (
    <Loaded title="Applications" document={ClientDocument} variables={{ id }} thing={({ client }) => client}>
      {(client) => <ClientPage client={client} />}
    </Loaded>
  );
}

function ClientPage({ client }: { client: NonNullable<ClientQuery['client']> }) {
  const t = useText();

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
