import { useNavigate, useParams } from 'react-router';
import { ActionButton } from '../../app/ActionButton';
import { Loaded } from '../../app/Loaded';
import { notifyDone } from '../../app/notices';
import { Page } from '../../app/Page';
import { type Tab, Tabs } from '../../app/Tabs';
import { linesOf } from '../../form/changes';
import { EditForm, type Saved, type Version, savedOf } from '../../form/EditForm';
import {
  AssignRoleDocument,
  DeleteRoleDocument,
  RoleDocument,
  type RoleProfileFragment,
  RoleUsersDocument,
  UnassignRoleDocument,
  UpdateRoleDocument,
} from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useAllowed } from '../../session/session';
import { Json } from '../../show/Json';
import { useText } from '../../texts/translate';
import { Members } from '../users/Members';
import { type RoleValues, roleFields } from './roleFields';

/** One role, with the users who have it. */
export function RoleScreen() {
  const id = useParams()['id'] ?? '';
  return (
    <Loaded title="Roles" document={RoleDocument} variables={{ id }} thing={({ role }) => role}>
      {(role) => <RolePage role={role} />}
    </Loaded>
  );
}

interface RoleProps {
  role: RoleProfileFragment;
}

function RolePage({ role }: RoleProps) {
  const t = useText();
  const allowed = useAllowed();
  const navigate = useNavigate();
  const tabs: (Tab | false)[] = [
    allowed('admin:users:read') && { id: 'users', title: 'Users', content: () => <RoleUsers role={role} /> },
    { id: 'settings', title: 'Settings', content: () => <RoleSettings key={role.id} role={role} /> },
    { id: 'json', title: 'Raw JSON', content: () => <Json value={role} /> },
  ];
  const remove = allowed('admin:roles:write') && (
    <ActionButton
      name="delete"
      title="Delete"
      warning={t('Whoever has it loses it. This cannot be undone.')}
      document={DeleteRoleDocument}
      input={{ id: role.id, expectedVersion: role.version, assigned: true }}
      done={() => t('Deleted: %s', role.name)}
      onDone={() => void navigate('/roles', { replace: true })}
      typed={role.name}
      dangerous
    />
  );
  return (
    <Page title="Roles" subject={role.name} actions={remove}>
      <Tabs base={`/roles/${role.id}`} tabs={tabs.filter((tab) => tab !== false)} />
    </Page>
  );
}

function RoleUsers({ role }: RoleProps) {
  const allowed = useAllowed();
  const input = (userIds: string[]) => ({ roleId: role.id, userIds });
  const changes = {
    add: { title: 'Assign', document: AssignRoleDocument, input },
    remove: { title: 'Remove', document: UnassignRoleDocument, input },
  } as const;
  return (
    <Members
      key={role.id}
      title="Users"
      teach="Nobody has the role. Assign it to somebody."
      id={role.id}
      document={RoleUsersDocument}
      connection={(data) => data.role?.users}
      order="ASSIGNED_AT"
      changes={allowed('admin:roles:write') ? changes : undefined}
    />
  );
}

const versionOf = ({ version, name, description, adminScopes }: RoleProfileFragment): Version<RoleValues> => ({
  version,
  values: { name, description: description ?? '', adminScopes: adminScopes.join('\n') },
});

function RoleSettings({ role }: RoleProps) {
  const t = useText();
  const allowed = useAllowed();
  const { run } = useAction(UpdateRoleDocument, { atFields: true });
  const fields = role.client ? roleFields.filter(({ name }) => name !== 'adminScopes') : roleFields;

  async function save({ adminScopes, ...changes }: Partial<RoleValues>, expectedVersion: number): Promise<Saved<RoleValues>> {
    const scopes = adminScopes === undefined ? {} : { adminScopes: linesOf(adminScopes) };
    const outcome = await run({ id: role.id, expectedVersion, ...changes, ...scopes });
    if (outcome.ok) notifyDone(t('Saved'));
    return savedOf(outcome, (payload) => payload.role && versionOf(payload.role));
  }

  return <EditForm initial={versionOf(role)} groups={[{ fields }]} readOnly={!allowed('admin:roles:write')} save={save} />;
}
