import { useState } from 'react';
import { useNavigate } from 'react-router';
import { notifyDone } from '../../app/notices';
import { Page } from '../../app/Page';
import { CreateForm } from '../../form/CreateForm';
import type { Field } from '../../form/Fields';
import { CreateUserDocument } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { Once } from '../../show/Once';
import { useText } from '../../texts/translate';

const initial = { username: '', email: '', givenName: '', familyName: '', verified: false, password: '' };

const fields: readonly Field<typeof initial>[] = [
  { name: 'username', label: 'Username', kind: 'text', required: true },
  { name: 'email', label: 'E-mail address', kind: 'email', required: true },
  { name: 'verified', label: 'E-mail address is verified', kind: 'flag' },
  { name: 'givenName', label: 'Given name', kind: 'text' },
  { name: 'familyName', label: 'Family name', kind: 'text' },
  { name: 'password', label: 'Password (empty: a temporary one is made)', kind: 'password', autoComplete: 'new-password' },
];

/** Makes a user, with a password that is chosen or a temporary one that is shown once. */
export function CreateUser() {
  const t = useText();
  const navigate = useNavigate();
  const { run, busy } = useAction(CreateUserDocument, { atFields: true });
  const [made, setMade] = useState<{ id: string; password: string } | null>(null);

  async function create({ password, givenName, familyName, ...rest }: typeof initial) {
    const outcome = await run({
      ...rest,
      givenName: givenName || null,
      familyName: familyName || null,
      password: password ? { password } : { generateTemporary: true },
    });
    if (!outcome.ok) return outcome.errors;
    const { user, temporaryPassword } = outcome.payload;
    notifyDone(t('User created'));
    if (user && temporaryPassword) setMade({ id: user.id, password: temporaryPassword });
    else if (user) void navigate(`/users/${user.id}`);
    return [];
  }

  return (
    <Page title="Create user">
      <CreateForm initial={initial} fields={fields} submitLabel="Create user" busy={busy} create={create} />
      <Once title="Temporary password" secret={made?.password ?? null} onClose={() => void navigate(`/users/${made?.id}`)} />
    </Page>
  );
}
