import { Code } from '@mantine/core';
import { ActionButton } from '../../app/ActionButton';
import { CreateLink } from '../../app/CreateLink';
import { DeleteResourceDocument, type ResourceOrderField, ResourcesDocument, type ResourcesQuery } from '../../graph/generated/graphql';
import type { ListDeclaration } from '../../list/declaration';
import { ListScreen } from '../../list/ListScreen';
import { useAllowed } from '../../session/session';
import { Time } from '../../show/Time';
import { useText } from '../../texts/translate';

type Row = NonNullable<ResourcesQuery['resources']>['nodes'][number];

const resources: ListDeclaration<ResourcesQuery, Row, object, ResourceOrderField> = {
  title: 'Resources',
  teach: 'A resource is an API that takes tokens, known by its URI.',
  document: ResourcesDocument,
  connection: (data) => data.resources,
  rowKey: ({ uri }) => uri,
  searchable: true,
  order: { field: 'URI', descending: false },
  columns: [
    { id: 'uri', title: 'URI', order: 'URI', cell: ({ uri }) => <Code>{uri}</Code> },
    { id: 'name', title: 'Name', cell: ({ name }) => name || '–' },
    { id: 'scopes', title: 'Scopes', cell: ({ scopes }) => scopes.join(' ') || '–' },
    { id: 'ttl', title: 'Seconds of an access token', cell: ({ accessTokenTtl }) => accessTokenTtl ?? '–' },
    { id: 'format', title: 'Format of access tokens', hidden: true, cell: ({ accessTokenFormat }) => accessTokenFormat ?? '–' },
    { id: 'createdAt', title: 'Created', order: 'CREATED_AT', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'actions', title: 'Actions', cell: (resource) => <DeleteResource {...resource} /> },
  ],
  actions: <CreateLink to="/resources/new" title="Create resource" scope="admin:scopes:write" />,
};

/** All resources. */
export function ResourceList() {
  return <ListScreen list={resources} />;
}

function DeleteResource({ uri }: Row) {
  const t = useText();
  const allowed = useAllowed();
  if (!allowed('admin:scopes:write')) return null;
  return (
    <ActionButton
      name={`delete-${uri}`}
      title="Delete"
      warning={t('A resource that an application names is not deleted. This cannot be undone.')}
      document={DeleteResourceDocument}
      input={{ uri }}
      done={() => t('Deleted: %s', uri)}
      typed={uri}
      dangerous
    />
  );
}
