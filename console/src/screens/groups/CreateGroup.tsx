import { useNavigate } from 'react-router';
import { notifyDone } from '../../app/notices';
import { Page } from '../../app/Page';
import { CreateForm } from '../../form/CreateForm';
import type { Field } from '../../form/Fields';
import { CreateGroupDocument } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useText } from '../../texts/translate';

const initial = { name: '', description: '' };
const fields: readonly Field<typeof initial>[] = [
  { name: 'name', label: 'Name', kind: 'text', required: true },
  { name: 'description', label: 'Description', kind: 'text' },
];

/** Makes a group at the top. */
export function CreateGroup() {
  const t = useText();
  const navigate = useNavigate();
  const { run, busy } = useAction(CreateGroupDocument, { atFields: true });

  async function create({ name, description }: typeof initial) {
    const outcome = await run({ name, description: description || null });
    if (!outcome.ok) return outcome.errors;
    notifyDone(t('Saved'));
    if (outcome.payload.group) void navigate(`/groups/${outcome.payload.group.id}`);
    return [];
  }

  return (
    <Page title="Create group">
      <CreateForm initial={initial} fields={fields} submitLabel="Create group" busy={busy} create={create} />
    </Page>
  );
}
