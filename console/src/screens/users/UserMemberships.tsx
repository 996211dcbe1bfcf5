import { Stack } from '@mantine/core';
import { Loaded } from '../../app/Loaded';
import { UserMembershipsDocument } from '../../graph/generated/graphql';
import { SmallTable } from '../../show/SmallTable';
import { Time } from '../../show/Time';

/** The groups that a user is in and the roles that a user has, not those through others. */
export function UserMemberships({ userId }: { userId: string }) {
  return (
    <Loaded document={UserMembershipsDocument} variables={{ id: userId }} thing={({ user }) => user}>
      {(user) => (
        <Stack gap="xl">
          <SmallTable
            title="Groups"
            rows={user.groups?.edges ?? []}
            rowKey={({ node }) => node.id}
            columns={[
              ['Path', ({ node }) => node.path ?? node.name],
              ['Since', ({ joinedAt }) => <Time at={joinedAt} />],
            ]}
          />
          <SmallTable
            title="Roles"
            rows={user.roles?.edges ?? []}
            rowKey={({ node }) => node.id}
            columns={[
              ['Name', ({ node }) => node.name],
              ['Description', ({ node }) => node.description ?? '–'],
              ['Since', ({ assignedAt }) => <Time at={assignedAt} />],
            ]}
          />
        </Stack>
      )}
    </Loaded>
  );
}
