import { useNavigate } from 'react-router';
import { notifyDone } from '../../app/notices';
import { Page } from '../../app/Page';
import { linesOf } from '../../form/changes';
import { CreateForm } from '../../form/CreateForm';
import type { Field } from '../../form/Fields';
import { CreateResourceDocument } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useText } from '../../texts/translate';

const initial = { uri: '', name: '', scopes: '' };
const fields: readonly Field<typeof initial>[] = [
  { name: 'uri', label: 'URI', kind: 'url', required: true },
  { name: 'name', label: 'Name', kind: 'text' },
  { name: 'scopes', label: 'Scopes, one a line', kind: 'lines' },
];

/** Makes a resource. */
export function CreateResource() {
  const t = useText();
  const navigate = useNavigate();
  const { run, busy } = useAction(CreateResourceDocument, { atFields: true });

  async function create({ uri, name, scopes }: typeof initial) {
    const outcome = await run({ uri, name, scopes: linesOf(scopes) });
    if (!outcome.ok) return outcome.errors;
    notifyDone(t('Saved'));
    void navigate('/resources');
    return [];
  }

  return (
    <Page title="Create resource">
      <CreateForm initial={initial} fields={fields} submitLabel="Create resource" busy={busy} create={create} />
    </Page>
  );
}
