import { Kbd, Modal, Table } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';

const shortcuts: readonly { keys: string; does: Text }[] = [
  { keys: 'Ctrl K', does: 'Go to' },
  { keys: '/', does: 'Search' },
  { keys: '?', does: 'Shortcuts' },
  { keys: 'Esc', does: 'Close' },
];

function focusSearch() {
  document.querySelector<HTMLInputElement>('[data-search]')?.focus();
}

/** Listens for the shortcuts, and shows them by ?. */
export function Shortcuts() {
  const t = useText();
  const [opened, { open, close }] = useDisclosure();
  useHotkeys([
    ['?', open],
    ['shift+?', open],
    ['/', focusSearch],
  ]);
  return (
    <Modal opened={opened} onClose={close} title={t('Shortcuts')} closeButtonProps={{ 'aria-label': t('Close') }}>
      <Table>
        <Table.Tbody>
          {shortcuts.map(({ keys, does }) => (
            <Table.Tr key={keys}>
              <Table.Th scope="row"><Kbd>{keys}</Kbd></Table.Th>
              <Table.Td>{t(does)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
