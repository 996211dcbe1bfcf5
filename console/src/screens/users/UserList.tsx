import { Anchor, Button } from '@mantine/core';
import { Link } from 'react-router';
import { type UserFilter, type UserOrderField, UsersDocument, type UsersQuery } from '../../graph/generated/graphql';
import type { ListDeclaration } from '../../list/declaration';
import { ListScreen } from '../../list/ListScreen';
import { useAllowed } from '../../session/session';
import { Time } from '../../show/Time';
import { YesNo } from '../../show/YesNo';
import { useText } from '../../texts/translate';
import { BulkActions } from './BulkActions';

export type UserRow = NonNullable<UsersQuery['users']>['nodes'][number];

const users: ListDeclaration<UsersQuery, UserRow, UserFilter, UserOrderField> = {
  title: 'Users',
  teach: 'Users are the people who sign in. Create one or invite one.',
  document: UsersDocument,
  connection: (data) => data.users,
  rowKey: ({ id }) => id,
  name: ({ username }) => username,
  searchable: true,
  order: { field: 'CREATED_AT', descending: true },
  columns: [
    {
      id: 'username',
      title: 'Username',
      order: 'USERNAME',
      cell: ({ id, username }) => <Anchor inherit component={Link} to={`/users/${id}`}>{username}</Anchor>,
    },
    { id: 'name', title: 'Name', order: 'NAME', cell: ({ name }) => name },
    { id: 'email', title: 'E-mail address', order: 'EMAIL', cell: ({ email }) => email },
    { id: 'active', title: 'Active', cell: ({ active }) => <YesNo value={active} /> },
    { id: 'locked', title: 'Locked', cell: ({ locked }) => <YesNo value={locked} /> },
    { id: 'verified', title: 'Verified', hidden: true, cell: ({ verified }) => <YesNo value={verified} /> },
    { id: 'admin', title: 'Administrator', hidden: true, cell: ({ admin }) => <YesNo value={admin} /> },
    { id: 'lastLoginAt', title: 'Last sign-in', order: 'LAST_LOGIN_AT', cell: ({ lastLoginAt }) => <Time at={lastLoginAt} /> },
    { id: 'createdAt', title: 'Created', order: 'CREATED_AT', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'updatedAt', title: 'Updated', order: 'UPDATED_AT', hidden: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ],
  filters: [
    { id: 'active', title: 'Active', kind: 'flag', apply: (active) => ({ active }) },
    { id: 'locked', title: 'Locked', kind: 'flag', apply: (locked) => ({ locked }) },
    { id: 'verified', title: 'Verified', kind: 'flag', apply: (verified) => ({ verified }) },
    { id: 'admin', title: 'Administrator', kind: 'flag', apply: (admin) => ({ admin }) },
    { id: 'since', title: 'Created since', kind: 'since', apply: (gte) => ({ createdAt: { gte } }) },
  ],
  actions: <Actions />,
  bulk: BulkActions,
};

/** All users. */
export function UserList() {
  return <ListScreen list={users} />;
}

function Actions() {
  const t = useText();
  const allowed = useAllowed();
  if (!allowed('admin:users:write')) return null;
  return (
    <>
      <Button component={Link} to="/users/invite" variant="default">{t('Invite')}</Button>
      <Button component={Link} to="/users/new">{t('Create user')}</Button>
    </>
  );
}
