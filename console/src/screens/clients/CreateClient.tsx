import { Anchor, Button, Card, SimpleGrid, Text as Words, Title } from '@mantine/core';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { notifyDone } from '../../app/notices';
import { Page } from '../../app/Page';
import { linesOf } from '../../form/changes';
import { CreateForm } from '../../form/CreateForm';
import type { Field } from '../../form/Fields';
import { CreateClientDocument } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { Once } from '../../show/Once';
import { useText } from '../../texts/translate';
import { type ClientKind, clientKinds } from './kinds';

/** Registers an application: first its kind, which is in the address, then the little that the kind does not say. */
export function CreateClient() {
  const [parameters] = useSearchParams();
  const kind = clientKinds.find(({ id }) => id === parameters.get('kind'));
  return (
    <Page title="Register application">{kind ? <ClientForm key={kind.id} kind={kind} /> : <KindChoice />}</Page>
  );
}

function KindChoice() {
  const t = useText();
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }}>
      {clientKinds.map(({ id, title, description }) => (
        <Card key={id} withBorder>
          <Title order={2} size="h4">{t(title)}</Title>
          <Words size="sm" my="sm" flex={1}>{t(description)}</Words>
          <Button component={Link} to={`?kind=${id}`} variant="default" aria-label={t('Register: %s', t(title))}>{t('Register')}</Button>
        </Card>
      ))}
    </SimpleGrid>
  );
}

const initial = { name: '', redirectUris: '', scopes: 'openid\nprofile\nemail' };

function fieldsOf({ redirects }: ClientKind): readonly Field<typeof initial>[] {
  return [
    { name: 'name', label: 'Name', kind: 'text', required: true },
    ...(redirects ? [{ name: 'redirectUris', label: 'Redirect URIs, one a line', kind: 'lines', required: true } as const] : []),
    { name: 'scopes', label: 'Scopes, one a line', kind: 'lines' },
  ];
}

function ClientForm({ kind }: { kind: ClientKind }) {
  const t = useText();
  const navigate = useNavigate();
  const { run, busy } = useAction(CreateClientDocument, { atFields: true });
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  const isForPeople = kind.defaults.grantTypes?.includes('refresh_token') ?? false;

  async function create({ name, redirectUris, scopes }: typeof initial) {
    const outcome = await run({
      ...kind.defaults,
      name,
      scopes: linesOf(scopes),
      ...(kind.redirects ? { redirectUris: linesOf(redirectUris) } : {}),
    });
    if (!outcome.ok) return outcome.errors;
    const { client, clientSecret } = outcome.payload;
    notifyDone(t('Application registered'));
    if (client && clientSecret) setMade({ id: client.id, secret: clientSecret });
    else if (client) void navigate(`/applications/${client.id}`);
    return [];
  }

  return (
    <>
      <CreateForm
        initial={isForPeople ? initial : { ...initial, scopes: '' }}
        fields={fieldsOf(kind)}
        submitLabel="Register"
        busy={busy}
        create={create}
      >
        <Words size="sm">
          <strong>{t(kind.title)}.</strong> {t(kind.description)}{' '}
          <Anchor inherit underline="always" component={Link} to=".">{t('Another kind')}</Anchor>
        </Words>
      </CreateForm>
      <Once title="Client secret" secret={made?.secret ?? null} onClose={() => void navigate(`/applications/${made?.id}`)} />
    </>
  );
}
