import { Code, Group } from '@mantine/core';
import { ActionButton } from '../../app/ActionButton';
import { CreateLink } from '../../app/CreateLink';
import { DeleteScopeDocument, type ScopeOrderField, ScopesDocument, type ScopesQuery, UpdateScopeDocument } from '../../graph/generated/graphql';
import type { ListDeclaration } from '../../list/declaration';
import { ListScreen } from '../../list/ListScreen';
import { useAllowed } from '../../session/session';
import { Time } from '../../show/Time';
import { YesNo } from '../../show/YesNo';
import { useText } from '../../texts/translate';

type Row = NonNullable<ScopesQuery['scopes']>['nodes'][number];

const scopes: ListDeclaration<ScopesQuery, Row, object, ScopeOrderField> = {
  title: 'Scopes',
  teach: 'A scope is what an application may ask for.',
  document: ScopesDocument,
  connection: (data) => data.scopes,
  rowKey: ({ name }) => name,
  searchable: true,
  order: { field: 'NAME', descending: false },
  columns: [
    { id: 'name', title: 'Name', order: 'NAME', cell: ({ name }) => <Code>{name}</Code> },
    { id: 'description', title: 'Description', cell: ({ description }) => description || '–' },
    { id: 'claims', title: 'Claims', cell: ({ claims }) => claims.join(' ') || '–' },
    { id: 'default', title: 'By default', cell: (scope) => <YesNo value={scope.default} /> },
    { id: 'builtIn', title: 'Built in', hidden: true, cell: ({ builtIn }) => <YesNo value={builtIn} /> },
    { id: 'createdAt', title: 'Created', hidden: true, order: 'CREATED_AT', cell: ({ createdAt }) => <Time at={createdAt} /> },
    { id: 'actions', title: 'Actions', cell: (scope) => <ScopeActions {...scope} /> },
  ],
  actions: <CreateLink to="/scopes/new" title="Create scope" scope="admin:scopes:write" />,
};

/** All scopes. */
export function ScopeList() {
  return <ListScreen list={scopes} />;
}

function ScopeActions({ name, default: byDefault, builtIn }: Row) {
  const t = useText();
  const allowed = useAllowed();
  if (builtIn || !allowed('admin:scopes:write')) return null;
  return (
    <Group gap="xs" wrap="nowrap">
      <ActionButton
        name={`default-${name}`}
        title={byDefault ? 'Not by default' : 'By default'}
        warning={t('It concerns applications that ask for no scope.')}
        document={UpdateScopeDocument}
        input={{ name, default: !byDefault }}
        done={() => t('Saved')}
      />
      <ActionButton
        name={`delete-${name}`}
        title="Delete"
        warning={t('A scope that something names is not deleted. This cannot be undone.')}
        document={DeleteScopeDocument}
        input={{ name }}
        done={() => t('Deleted: %s', name)}
        typed={name}
        dangerous
      />
    </Group>
  );
}
