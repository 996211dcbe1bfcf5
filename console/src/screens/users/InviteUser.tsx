import { Text as Words } from '@mantine/core';
import { useNavigate } from 'react-router';
import { notifyDone } from '../../app/notices';
import { Page } from '../../app/Page';
import { CreateForm } from '../../form/CreateForm';
import type { Field } from '../../form/Fields';
import { CreateInvitationDocument } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useText } from '../../texts/translate';

const initial = { email: '' };
const fields: readonly Field<typeof initial>[] = [{ name: 'email', label: 'E-mail address', kind: 'email', required: true }];

/** Sends an invitation to make an account. */
export function InviteUser() {
  const t = useText();
  const navigate = useNavigate();
  const { run, busy } = useAction(CreateInvitationDocument, { atFields: true });

  async function invite(input: typeof initial) {
    const outcome = await run(input);
    if (!outcome.ok) return outcome.errors;
    notifyDone(t('Invitation sent to %s', input.email));
    void navigate('/users');
    return [];
  }

  return (
    <Page title="Invite">
      <CreateForm initial={initial} fields={fields} submitLabel="Invite" busy={busy} create={invite}>
        <Words size="sm">{t('The person gets a message with a link that works for seven days, and chooses a username and a password.')}</Words>
      </CreateForm>
    </Page>
  );
}
