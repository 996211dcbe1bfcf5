import { useNavigate } from 'react-router';
import { notifyDone } from '../../app/notices';
import { Page } from '../../app/Page';
import { CreateForm } from '../../form/CreateForm';
import type { Field } from '../../form/Fields';
import { CreateScopeDocument } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useText } from '../../texts/translate';

const initial = { name: '', description: '', default: false };
const fields: readonly Field<typeof initial>[] = [
  { name: 'name', label: 'Name', kind: 'text', required: true },
  { name: 'description', label: 'What the consent page says of it', kind: 'text' },
  { name: 'default', label: 'By default', kind: 'flag' },
];

/** Makes a scope. */
export function CreateScope() {
  const t = useText();
  const navigate = useNavigate();
  const { run, busy } = useAction(CreateScopeDocument, { atFields: true });

  async function create(input: typeof initial) {
    const outcome = await run(input);
    if (!outcome.ok) return outcome.errors;
    notifyDone(t('Saved'));
    void navigate('/scopes');
    return [];
  }

  return (
    <Page title="Create scope">
      <CreateForm initial={initial} fields={fields} submitLabel="Create scope" busy={busy} create={create} />
    </Page>
  );
}
