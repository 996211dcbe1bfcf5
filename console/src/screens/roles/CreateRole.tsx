import { useNavigate } from 'react-router';
import { notifyDone } from '../../app/notices';
import { Page } from '../../app/Page';
import { linesOf } from '../../form/changes';
import { CreateForm } from '../../form/CreateForm';
import { CreateRoleDocument } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useText } from '../../texts/translate';
import { type RoleValues, roleFields } from './roleFields';

const initial: RoleValues = { name: '', description: '', adminScopes: '' };

/** Makes a role of the server. */
export function CreateRole() {
  const t = useText();
  const navigate = useNavigate();
  const { run, busy } = useAction(CreateRoleDocument, { atFields: true });

  async function create({ name, description, adminScopes }: RoleValues) {
    const outcome = await run({ name, description: description || null, adminScopes: linesOf(adminScopes) });
    if (!outcome.ok) return outcome.errors;
    notifyDone(t('Saved'));
    if (outcome.payload.role) void navigate(`/roles/${outcome.payload.role.id}`);
    return [];
  }

  return (
    <Page title="Create role">
      <CreateForm initial={initial} fields={roleFields} submitLabel="Create role" busy={busy} create={create} />
    </Page>
  );
}
