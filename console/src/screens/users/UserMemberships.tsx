import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from 'urql';
import { UserMembershipsDocument } from '../../graph/generated/graphql';
import { Problem } from '../../show/Problem';
import { SmallTable } from '../../show/SmallTable';
import { Time } from '../../show/Time';

/** The groups that a user is in and the roles that a user has, not those through others. */
export function UserMemberships({ userId }: { userId: string }) {
  const [{ data, error }] = useQuery({ query: UserMembershipsDocument, variables: { id: userId }, requestPolicy: 'cache-and-network' });
  const user = data?.user;
  if (error && !user) return <Problem error={error} />;
  if (!user) return <Skeleton height={240} />;

  return (
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
  );
}
