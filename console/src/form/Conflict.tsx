import { Alert, Button, Group, Modal, Table } from '@mantine/core';
import { type Label, useLabel } from '../texts/label';
import { useText } from '../texts/translate';
import { type Values, changedFields } from './changes';

interface ConflictProps<V extends Values> {
  labels: Record<keyof V, Label>;
  before: V;
  /** What another administrator has made of it; null when there is no conflict. */
  theirs: V | null;
  yours: V;
  onTakeTheirs: () => void;
  onPutYours: () => void;
}

const shown = (value: Values[string]) => (Array.isArray(value) ? value.join('\n') : String(value));

/** Two people have changed one thing: shows what it was, what theirs is and what yours would be, and lets the person decide. */
export function Conflict<V extends Values>({ labels, before, theirs, yours, onTakeTheirs, onPutYours }: ConflictProps<V>) {
  const t = useText();
  const words = useLabel();
  if (!theirs) return null;
  const fields = [...new Set([...changedFields(before, theirs), ...changedFields(before, yours)])];
  return (
    <Modal opened size="xl" onClose={onTakeTheirs} title={t('Somebody else has changed this')} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false}>
      <Alert color="yellow" mb="md">{t('Your changes have not been saved. Choose which ones hold.')}</Alert>
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('Field')}</Table.Th>
              <Table.Th scope="col">{t('Before')}</Table.Th>
              <Table.Th scope="col">{t('Theirs')}</Table.Th>
              <Table.Th scope="col">{t('Yours')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {fields.map((field) => (
              <Table.Tr key={String(field)}>
                <Table.Th scope="row">{words(labels[field])}</Table.Th>
                <Table.Td>{shown(before[field] ?? '')}</Table.Td>
                <Table.Td>{shown(theirs[field] ?? '')}</Table.Td>
                <Table.Td>{shown(yours[field] ?? '')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group mt="md">
        <Button data-autofocus onClick={onTakeTheirs}>{t('Take theirs')}</Button>
        <Button variant="default" onClick={onPutYours}>{t('Put yours over theirs')}</Button>
      </Group>
    </Modal>
  );
}
