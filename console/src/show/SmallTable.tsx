import { Table, Text as Words, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';

interface SmallTableProps<Row> {
  title: Text;
  columns: readonly (readonly [Text, (row: Row) => ReactNode])[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

/** A table of what is all there at once. */
export function SmallTable<Row>({ title, columns, rows, rowKey }: SmallTableProps<Row>) {
  const t = useText();
  return (
    <section>
      <Title order={2} size="h4" mb="xs">{t(title)}</Title>
      {rows.length === 0 ? (
        <Words size="sm" c="dimmed">{t('None')}</Words>
      ) : (
        <Table.ScrollContainer minWidth={320} scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': t(title) } }}>
          <Table>
            <Table.Thead>
              <Table.Tr>{columns.map(([name]) => <Table.Th key={name} scope="col">{t(name)}</Table.Th>)}</Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={rowKey(row)}>{columns.map(([name, cell]) => <Table.Td key={name}>{cell(row)}</Table.Td>)}</Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}
