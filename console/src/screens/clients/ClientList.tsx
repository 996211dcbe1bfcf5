import { Anchor, Code } from '@mantine/core';
import { Link } from 'react-router';
import { CreateLink } from '../../app/CreateLink';
import { type ClientFilter, type ClientOrderField, ClientsDocument, type ClientsQuery } from '../../graph/generated/graphql';
import type { ListDeclaration } from '../../list/declaration';
import { ListScreen } from '../../list/ListScreen';
import { Time } from '../../show/Time';
import { YesNo } from '../../show/YesNo';

type Row = NonNullable<ClientsQuery['clients']>['nodes'][number];

const clients: ListDeclaration<ClientsQuery, Row, ClientFilter, ClientOrderField> = {
  title: 'Applications',
  teach: 'An application gets tokens for people or for itself. Register the first one.',
  document: ClientsDocument,
  connection: (data) => data.clients,
  rowKey: ({ id }) => id,
  searchable: true,
  order: { field: 'CLIENT_ID', descending: false },
  columns: [
    { id: 'name', title: 'Name', order: 'NAME', cell: ({ id, name, clientId }) => <Anchor inherit component={Link} to={`/applications/${id}`}>{name || clientId}</Anchor> },
    { id: 'clientId', title: 'Client ID', order: 'CLIENT_ID', cell: ({ clientId }) => <Code>{clientId}</Code> },
    { id: 'active', title: 'Active', cell: ({ active }) => <YesNo value={active} /> },
    { id: 'authentication', title: 'Authentication', cell: ({ tokenEndpointAuthMethod }) => <Code>{tokenEndpointAuthMethod}</Code> },
    { id: 'grantTypes', title: 'Grant types', hidden: true, cell: ({ grantTypes }) => grantTypes.join(', ') },
    { id: 'builtIn', title: 'Built in', hidden: true, cell: ({ builtIn }) => <YesNo value={builtIn} /> },
    { id: 'origin', title: 'Registered by', hidden: true, cell: ({ origin }) => <Code>{origin}</Code> },
    { id: 'createdAt', title: 'Created', order: 'CREATED_AT', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'updatedAt', title: 'Updated', hidden: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ],
  filters: [
    { id: 'active', title: 'Active', kind: 'flag', apply: (active) => ({ active }) },
    { id: 'serviceAdmin', title: 'May administer', kind: 'flag', apply: (serviceAdmin) => ({ serviceAdmin }) },
    {
      id: 'authentication',
      title: 'Authentication',
      kind: 'choice',
      choices: ['none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'],
      apply: (tokenEndpointAuthMethod) => ({ tokenEndpointAuthMethod }),
    },
    { id: 'scope', title: 'Scope', kind: 'text', apply: (scope) => ({ scope }) },
  ],
  actions: <CreateLink to="/applications/new" title="Register application" scope="admin:clients:write" />,
};

/** All applications. */
export function ClientList() {
  return <ListScreen list={clients} />;
}
