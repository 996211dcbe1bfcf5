import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { ReactNode } from 'react';
import type { SortDirection } from '../graph/generated/graphql';
import type { Text } from '../texts/texts';

export interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor?: string | null;
  endCursor?: string | null;
}

export interface Connection<Row> {
  nodes: Row[];
  pageInfo: PageInfo;
}

/** The variables that the document of a list takes. */
export interface PageVariables<Filter, Field> {
  first?: number;
  after?: string;
  last?: number;
  before?: string;
  search?: string;
  filter?: Filter;
  orderBy: { field: Field; direction: SortDirection };
}

export interface Column<Row, Field> {
  id: string;
  title: Text;
  cell: (row: Row) => ReactNode;
  /** The order of the API that this column has, when it has one. */
  order?: Field;
  /** Not shown before it is chosen. */
  hidden?: boolean;
}

/** A filter of a list: how it is asked for, and what it adds to the filter of the API. */
export type FilterDeclaration<Filter> = { id: string; title: Text } & (
  | { kind: 'flag'; apply: (value: boolean) => Filter }
  | { kind: 'choice'; choices: readonly string[]; apply: (value: string) => Filter }
  | { kind: 'text'; apply: (value: string) => Filter }
  | { kind: 'since'; apply: (value: string) => Filter }
);

export interface BulkActionProps<Row> {
  rows: readonly Row[];
  /** Ends the selection and reads the list again. */
  onDone: () => void;
}

/** A list screen: all that makes one list differ from another. */
export interface ListDeclaration<Data, Row, Filter extends object, Field extends string, Constants extends object = object> {
  title: Text;
  /** What the list is of, said when it has no rows. */
  teach: Text;
  document: TypedDocumentNode<Data, PageVariables<Filter, Field> & Constants>;
  /** Variables that the document takes beside those of the page. */
  constants?: Constants;
  connection: (data: Data) => Connection<Row> | null | undefined;
  columns: readonly Column<Row, Field>[];
  filters?: readonly FilterDeclaration<Filter>[];
  order: { field: Field; descending: boolean };
  searchable?: boolean;
  /** What tells a row from the others. */
  rowKey: (row: Row) => string;
  /** The name of a row, for the label of its checkbox. */
  name?: (row: Row) => string;
  bulk?: (props: BulkActionProps<Row>) => ReactNode;
  actions?: ReactNode;
  /** What always holds, whatever the person filters by. */
  fixed?: Filter;
}
