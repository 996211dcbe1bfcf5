import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

/** What the address of a list says. Every part is there only when it is not the default. */
export interface ListState {
  search: string;
  order: { field: string; descending: boolean } | null;
  page: { after: string } | { before: string } | null;
  size: number;
  columns: string[] | null;
  filters: Record<string, string>;
}

export const pageSizes = [25, 50, 100];
const filterPrefix = 'f.';
const defaultSize = 25;

/** Reads the state of a list from the address; what is not understood is as if it were absent. */
export function readListState(parameters: URLSearchParams): ListState {
  const order = parameters.get('order');
  const after = parameters.get('after');
  const before = parameters.get('before');
  const size = Number(parameters.get('size'));
  return {
    search: (parameters.get('q') ?? '').slice(0, 100),
    order: order ? { field: order.replace(/^-/, ''), descending: order.startsWith('-') } : null,
    page: after ? { after } : before ? { before } : null,
    size: pageSizes.includes(size) ? size : defaultSize,
    columns: parameters.get('columns')?.split(',') ?? null,
    filters: Object.fromEntries(
      [...parameters].flatMap(([name, value]) => (name.startsWith(filterPrefix) && value ? [[name.slice(filterPrefix.length), value]] : [])),
    ),
  };
}

/** Writes a change of the state into the address. Whatever changes which rows there are leads to the first page. */
export function writeListState(parameters: URLSearchParams, change: Partial<ListState>): URLSearchParams {
  const state = { ...readListState(parameters), ...change };
  const turnsPage = 'page' in change || Object.keys(change).every((name) => name === 'columns');
  const next = new URLSearchParams();
  for (const [name, value] of parameters) {
    if (!['q', 'order', 'after', 'before', 'size', 'columns'].includes(name) && !name.startsWith(filterPrefix)) next.append(name, value);
  }
  if (state.search) next.set('q', state.search);
  if (state.order) next.set('order', (state.order.descending ? '-' : '') + state.order.field);
  if (turnsPage && state.page) for (const [name, value] of Object.entries(state.page)) next.set(name, value);
  if (state.size !== defaultSize) next.set('size', String(state.size));
  if (state.columns) next.set('columns', state.columns.join(','));
  for (const [name, value] of Object.entries(state.filters)) if (value) next.set(filterPrefix + name, value);
  return next;
}

/** The state of the list in the present address. Typing takes the place of the entry of the history, all else adds one. */
export function useListState() {
  const [parameters, setParameters] = useSearchParams();
  const state = useMemo(() => readListState(parameters), [parameters]);
  const change = useCallback(
    (next: Partial<ListState>) => {
      setParameters((present) => writeListState(present, next), { replace: 'search' in next });
    },
    [setParameters],
  );
  return { state, change };
}
