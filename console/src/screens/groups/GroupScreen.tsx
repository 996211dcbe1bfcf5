import { useNavigate, useParams } from 'react-router';
import { ActionButton } from '../../app/ActionButton';
import { Loaded } from '../../app/Loaded';
import { notifyDone } from '../../app/notices';
import { Page } from '../../app/Page';
import { type Tab, Tabs } from '../../app/Tabs';
import { EditForm, type Saved, type Version, savedOf } from '../../form/EditForm';
import type { Field } from '../../form/Fields';
import { DeleteGroupDocument, GroupDocument, type GroupProfileFragment, UpdateGroupDocument } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useAllowed } from '../../session/session';
import { Json } from '../../show/Json';
import { useText } from '../../texts/translate';
import { GroupMembers } from './GroupMembers';

/** One group, with its members. */
export function GroupScreen() {
  const id = useParams()['id'] ?? '';
  return (
    <Loaded title="Groups" document={GroupDocument} variables={{ id }} thing={({ group }) => group}>
      {(group) => <GroupPage group={group} />}
    </Loaded>
  );
}

interface GroupProps {
  group: GroupProfileFragment;
}

function GroupPage({ group }: GroupProps) {
  const t = useText();
  const allowed = useAllowed();
  const navigate = useNavigate();
  const tabs: (Tab | false)[] = [
    allowed('admin:users:read') && { id: 'members', title: 'Members', content: () => <GroupMembers groupId={group.id} /> },
    { id: 'settings', title: 'Settings', content: () => <GroupSettings key={group.id} group={group} /> },
    { id: 'json', title: 'Raw JSON', content: () => <Json value={group} /> },
  ];
  const remove = allowed('admin:groups:write') && (
    <ActionButton
      name="delete"
      title="Delete"
      warning={t('Its members lose it and the roles that they have by it. This cannot be undone.')}
      document={DeleteGroupDocument}
      input={{ id: group.id, expectedVersion: group.version }}
      done={() => t('Deleted: %s', group.name)}
      onDone={() => void navigate('/groups', { replace: true })}
      typed={group.name}
      dangerous
    />
  );
  return (
    <Page title="Groups" subject={group.path ?? group.name} actions={remove}>
      <Tabs base={`/groups/${group.id}`} tabs={tabs.filter((tab) => tab !== false)} />
    </Page>
  );
}

type GroupValues = Record<'name' | 'description', string>;

const fields: readonly Field<GroupValues>[] = [
  { name: 'name', label: 'Name', kind: 'text', required: true },
  { name: 'description', label: 'Description', kind: 'text' },
];

const versionOf = ({ version, name, description }: GroupProfileFragment): Version<GroupValues> => ({
  version,
  values: { name, description: description ?? '' },
});

function GroupSettings({ group }: GroupProps) {
  const t = useText();
  const allowed = useAllowed();
  const { run } = useAction(UpdateGroupDocument, { atFields: true });

  async function save(changes: Partial<GroupValues>, expectedVersion: number): Promise<Saved<GroupValues>> {
    const outcome = await run({ id: group.id, expectedVersion, ...changes });
    if (outcome.ok) notifyDone(t('Saved'));
    return savedOf(outcome, (payload) => payload.group && versionOf(payload.group));
  }

  return <EditForm initial={versionOf(group)} groups={[{ fields }]} readOnly={!allowed('admin:groups:write')} save={save} />;
}
