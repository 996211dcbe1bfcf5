import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { CreateLink } from '../../app/CreateLink';
import { type GroupFilter, type GroupOrderField, GroupsDocument, type GroupsQuery } from '../../graph/generated/graphql';
import type { ListDeclaration } from '../../list/declaration';
import { ListScreen } from '../../list/ListScreen';
import { Time } from '../../show/Time';

type Row = NonNullable<GroupsQuery['groups']>['nodes'][number];

const groups: ListDeclaration<GroupsQuery, Row, GroupFilter, GroupOrderField> = {
  title: 'Groups',
  teach: 'Groups hold users and other groups. Roles of a group are those of all its members.',
  document: GroupsDocument,
  connection: (data) => data.groups,
  rowKey: ({ id }) => id,
  searchable: true,
  order: { field: 'NAME', descending: false },
  columns: [
    { id: 'name', title: 'Name', order: 'NAME', cell: ({ id, name }) => <Anchor inherit component={Link} to={`/groups/${id}`}>{name}</Anchor> },
    { id: 'path', title: 'Path', cell: ({ path }) => path ?? '–' },
    { id: 'description', title: 'Description', cell: ({ description }) => description ?? '–' },
    { id: 'createdAt', title: 'Created', order: 'CREATED_AT', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'updatedAt', title: 'Updated', order: 'UPDATED_AT', hidden: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ],
  filters: [{ id: 'root', title: 'At the top', kind: 'flag', apply: (root) => ({ root }) }],
  actions: <CreateLink to="/groups/new" title="Create group" scope="admin:groups:write" />,
};

/** All groups. */
export function GroupList() {
  return <ListScreen list={groups} />;
}
