import { Checkbox, Skeleton, Table, UnstyledButton } from '@mantine/core';
import { useText } from '../texts/translate';
import type { Column } from './declaration';
import classes from './list.module.css';
import type { Selection } from './useSelection';

interface RowsProps<Row, Field> {
  label: string;
  columns: readonly Column<Row, Field>[];
  /** Undefined before the first answer. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  name: (row: Row) => string;
  busy: boolean;
  order: { field: Field; descending: boolean };
  onOrder: (order: { field: Field; descending: boolean }) => void;
  selection: Selection<Row> | undefined;
}

const placeholders = Array.from({ length: 8 }, (_, index) => index);

/** The table of a list. It scrolls by itself where the window is narrow, also by keyboard. */
export function Rows<Row, Field extends string>(props: RowsProps<Row, Field>) {
  const { label, columns, rows, rowKey, name, busy, order, onOrder, selection } = props;
  const t = useText();
  const all = rows !== undefined && rows.length > 0 && rows.every((row) => selection?.has(row));
  const some = rows?.some((row) => selection?.has(row)) ?? false;

  return (
    <div className={classes.scroll} role="region" aria-label={label} tabIndex={0}>
      <Table highlightOnHover aria-busy={busy}>
        <Table.Thead>
          <Table.Tr>
            {selection && (
              <Table.Th w={40}>
                <Checkbox
                  aria-label={t('Select all on this page')}
                  checked={all}
                  indeterminate={some && !all}
                  onChange={() => selection.set(rows ?? [], !all)}
                />
              </Table.Th>
            )}
            {columns.map((column) => (
              <Heading key={column.id} column={column} order={order} onOrder={onOrder} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows
            ? rows.map((row) => (
                <Table.Tr key={rowKey(row)}>
                  {selection && (
                    <Table.Td>
                      <Checkbox
                        aria-label={t('Select %s', name(row))}
                        checked={selection.has(row)}
                        onChange={() => selection.set([row], !selection.has(row))}
                      />
                    </Table.Td>
                  )}
                  {columns.map((column) => (
                    <Table.Td key={column.id}>{column.cell(row)}</Table.Td>
                  ))}
                </Table.Tr>
              ))
            : placeholders.map((index) => (
                <Table.Tr key={index}>
                  <Table.Td colSpan={columns.length + (selection ? 1 : 0)}>
                    <Skeleton height={18} />
                  </Table.Td>
                </Table.Tr>
              ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface HeadingProps<Row, Field> {
  column: Column<Row, Field>;
  order: { field: Field; descending: boolean };
  onOrder: (order: { field: Field; descending: boolean }) => void;
}

function Heading<Row, Field extends string>({ column, order, onOrder }: HeadingProps<Row, Field>) {
  const t = useText();
  const field = column.order;
  if (field === undefined) return <Table.Th scope="col">{t(column.title)}</Table.Th>;
  const present = order.field === field;
  return (
    <Table.Th scope="col" aria-sort={present ? (order.descending ? 'descending' : 'ascending') : 'none'}>
      <UnstyledButton className={classes.heading} onClick={() => onOrder({ field, descending: present && !order.descending })}>
        {t(column.title)}
        <span aria-hidden="true">{present ? (order.descending ? ' ↓' : ' ↑') : ' ↕'}</span>
      </UnstyledButton>
    </Table.Th>
  );
}
