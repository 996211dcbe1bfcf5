import { useNavigate } from 'react-router';
import { notifyDone } from '../../app/notices';
import { Page } from '../../app/Page';
import { linesOf } from '../../form/changes';
import { CreateForm } from '../../form/CreateForm';
import type { Field } from '../../form/Fields';
import { CreateIdentityProviderDocument, type IdentityProviderKind } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useText } from '../../texts/translate';

const kinds: readonly IdentityProviderKind[] = ['OIDC', 'GOOGLE', 'ENTRA', 'GITHUB', 'OAUTH2'];

type ProviderValues = Record<'slug' | 'name' | 'issuer' | 'clientId' | 'clientSecret' | 'scopes', string> & { kind: IdentityProviderKind };

const initial: ProviderValues = { kind: 'OIDC', slug: '', name: '', issuer: '', clientId: '', clientSecret: '', scopes: '' };

const fields: readonly Field<ProviderValues>[] = [
  { name: 'kind', label: 'Kind', kind: 'choice', choices: kinds },
  { name: 'slug', label: 'Name in addresses', kind: 'text', required: true },
  { name: 'name', label: 'Name', kind: 'text', required: true },
  { name: 'issuer', label: 'Issuer', kind: 'url' },
  { name: 'clientId', label: 'Client ID', kind: 'text', required: true },
  { name: 'clientSecret', label: 'Client secret', kind: 'password', autoComplete: 'new-password' },
  { name: 'scopes', label: 'Scopes, one a line', kind: 'lines' },
];

/** Adds an identity provider, which is not enabled before it has been tested. */
export function CreateProvider() {
  const t = useText();
  const navigate = useNavigate();
  const { run, busy } = useAction(CreateIdentityProviderDocument, { atFields: true });

  async function create({ issuer, clientSecret, scopes, ...rest }: ProviderValues) {
    const outcome = await run({ ...rest, issuer: issuer || null, clientSecret: clientSecret || null, scopes: linesOf(scopes) });
    if (!outcome.ok) return outcome.errors;
    notifyDone(t('Saved'));
    void navigate('/providers');
    return [];
  }

  return (
    <Page title="Add identity provider">
      <CreateForm initial={initial} fields={fields} submitLabel="Add identity provider" busy={busy} create={create} />
    </Page>
  );
}
