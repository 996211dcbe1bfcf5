import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import { CreateLink } from '../../app/CreateLink';
import { type RoleFilter, type RoleOrderField, RolesDocument, type RolesQuery } from '../../graph/generated/graphql';
import type { ListDeclaration } from '../../list/declaration';
import { ListScreen } from '../../list/ListScreen';
import { Time } from '../../show/Time';

type Row = NonNullable<RolesQuery['roles']>['nodes'][number];

const roles: ListDeclaration<RolesQuery, Row, RoleFilter, RoleOrderField> = {
  title: 'Roles',
  teach: 'A role says what somebody may be, of the server or of one application.',
  document: RolesDocument,
  connection: (data) => data.roles,
  rowKey: ({ id }) => id,
  searchable: true,
  order: { field: 'NAME', descending: false },
  columns: [
    { id: 'name', title: 'Name', order: 'NAME', cell: ({ id, name }) => <Anchor inherit component={Link} to={`/roles/${id}`}>{name}</Anchor> },
    { id: 'description', title: 'Description', cell: ({ description }) => description ?? '–' },
    { id: 'application', title: 'Application', cell: ({ client }) => client?.name ?? '–' },
    { id: 'adminScopes', title: 'Administers', cell: ({ adminScopes }) => adminScopes.join(' ') || '–' },
    { id: 'createdAt', title: 'Created', order: 'CREATED_AT', cell: ({ createdAt }) => <Time at={createdAt} /> },
  ],
  filters: [{ id: 'server', title: 'Of the server', kind: 'flag', apply: (server) => ({ server }) }],
  actions: <CreateLink to="/roles/new" title="Create role" scope="admin:roles:write" />,
};

/** All roles. */
export function RoleList() {
  return <ListScreen list={roles} />;
}
