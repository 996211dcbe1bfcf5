import { Alert, Button, Group, Stack, Text as Words } from '@mantine/core';
import { useMemo } from 'react';
import { useQuery } from 'urql';
import { Page } from '../app/Page';
import { Problem } from '../show/Problem';
import { useText } from '../texts/translate';
import { ColumnChoice } from './ColumnChoice';
import type { ListDeclaration, PageVariables } from './declaration';
import { FilterBar } from './FilterBar';
import { type ListState, useListState } from './listState';
import { Paging } from './Paging';
import { Rows } from './Rows';
import { SearchField } from './SearchField';
import { useSelection } from './useSelection';

/** The variables of the request that the state of the address stands for. */
export function variablesOf<Data, Row, Filter extends object, Field extends string, Constants extends object>(
  list: ListDeclaration<Data, Row, Filter, Field, Constants>,
  state: ListState,
): PageVariables<Filter, Field> & Constants {
  const orders = list.columns.map((column) => column.order);
  const wanted = orders.find((field) => field !== undefined && field === state.order?.field);
  const descending = wanted ? Boolean(state.order?.descending) : list.order.descending;
  const applied = (list.filters ?? []).flatMap((filter) => {
    const value = state.filters[filter.id];
    if (!value) return [];
    switch (filter.kind) {
      case 'flag':
        return [filter.apply(value === 'yes')];
      case 'since': {
        const day = new Date(`${value}T00:00:00`);
        return Number.isNaN(day.getTime()) ? [] : [filter.apply(day.toISOString())];
      }
      case 'choice':
        return filter.choices.includes(value) ? [filter.apply(value)] : [];
      case 'text':
        return [filter.apply(value)];
    }
  });
  const filter = Object.assign({}, ...applied, list.fixed) as Filter;
  return {
    ...(state.page && 'before' in state.page ? { last: state.size, before: state.page.before } : { first: state.size, ...state.page }),
    ...(list.searchable && state.search.trim() ? { search: state.search.trim() } : {}),
    ...(list.filters || list.fixed ? { filter } : {}),
    orderBy: { field: wanted ?? list.order.field, direction: descending ? 'DESC' : 'ASC' },
    ...list.constants,
  } as PageVariables<Filter, Field> & Constants;
}

interface ListProps<Data, Row, Filter extends object, Field extends string, Constants extends object> {
  list: ListDeclaration<Data, Row, Filter, Field, Constants>;
}

/** A list as a screen of its own. */
export function ListScreen<Data, Row, Filter extends object, Field extends string, Constants extends object>({
  list,
}: ListProps<Data, Row, Filter, Field, Constants>) {
  return (
    <Page title={list.title} actions={list.actions}>
      <List list={list} />
    </Page>
  );
}

/** A list: search, filters, columns, rows, selection and pages. Its state is that of the address. */
export function List<Data, Row, Filter extends object, Field extends string, Constants extends object>({
  list,
}: ListProps<Data, Row, Filter, Field, Constants>) {
  const t = useText();
  const { state, change } = useListState();
  const variables = useMemo(() => variablesOf(list, state), [list, state]);
  const [{ data, error, fetching }, again] = useQuery({ query: list.document, variables, requestPolicy: 'cache-and-network' });
  const connection = data ? list.connection(data) : undefined;
  const selection = useSelection(list.rowKey);

  const visible = list.columns.filter((column) => (state.columns ? state.columns.includes(column.id) : !column.hidden));
  const narrowed = Boolean(state.search || Object.keys(state.filters).length || state.page);
  const order = variables.orderBy;

  return (
    <Stack gap="sm">
      <Group gap="sm" align="end">
        {list.searchable && <SearchField value={state.search} onChange={(search) => change({ search })} />}
        {list.filters && <FilterBar filters={list.filters} values={state.filters} onChange={(filters) => change({ filters })} />}
        <ColumnChoice columns={list.columns} visible={visible.map(({ id }) => id)} onChange={(columns) => change({ columns })} />
      </Group>
      {list.bulk && selection.rows.length > 0 && (
        <Group gap="sm" role="group" aria-label={t('Selection')}>
          <Words size="sm">{t('%s selected', selection.rows.length)}</Words>
          <Button size="xs" variant="subtle" onClick={selection.clear}>{t('Clear selection')}</Button>
          <list.bulk
            rows={selection.rows}
            onDone={() => {
              selection.clear();
              again({ requestPolicy: 'network-only' });
            }}
          />
        </Group>
      )}
      {error && !connection && <Problem error={error} onRetry={() => again({ requestPolicy: 'network-only' })} />}
      {connection?.nodes.length === 0 ? (
        <Alert color="gray" title={t('Nothing here')}>
          <Words size="sm">{narrowed ? t('No entry matches the search and the filters.') : t(list.teach)}</Words>
          {narrowed && (
            <Button mt="sm" size="xs" variant="default" onClick={() => change({ search: '', filters: {}, page: null })}>
              {t('Show all')}
            </Button>
          )}
        </Alert>
      ) : (
        !error && (
          <Rows
            label={t(list.title)}
            columns={visible}
            rows={connection?.nodes}
            rowKey={list.rowKey}
            name={list.name ?? list.rowKey}
            busy={fetching}
            order={{ field: order.field, descending: order.direction === 'DESC' }}
            onOrder={(next) => change({ order: next })}
            selection={list.bulk ? selection : undefined}
          />
        )
      )}
      {connection && (
        <Paging info={connection.pageInfo} size={state.size} onPage={(page) => change({ page })} onSize={(size) => change({ size })} />
      )}
    </Stack>
  );
}
