import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';

/** Names and values of one thing. */
export function Facts({ facts }: { facts: readonly (readonly [Text, ReactNode])[] }) {
  const t = useText();
  return (
    <Table>
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w="40%">{t(name)}</Table.Th>
            <Table.Td>{value ?? '–'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
