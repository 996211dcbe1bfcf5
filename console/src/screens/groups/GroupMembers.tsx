import { AddGroupMembersDocument, GroupMembersDocument, RemoveGroupMembersDocument } from '../../graph/generated/graphql';
import { useAllowed } from '../../session/session';
import { Members } from '../users/Members';

/** The members of a group: who is in it itself, not those of the groups below. */
export function GroupMembers({ groupId }: { groupId: string }) {
  const allowed = useAllowed();
  const input = (userIds: string[]) => ({ groupId, userIds });
  const changes = {
    add: { title: 'Add member', document: AddGroupMembersDocument, input },
    remove: { title: 'Remove', document: RemoveGroupMembersDocument, input },
  } as const;
  return (
    <Members
      key={groupId}
      title="Members"
      teach="The group has no members. Add one."
      id={groupId}
      document={GroupMembersDocument}
      connection={({ group }) => group?.members}
      order="JOINED_AT"
      changes={allowed('admin:groups:write') ? changes : undefined}
    />
  );
}
