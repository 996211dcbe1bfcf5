import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';
import type { DialogState } from './useDialog';

interface ConfirmProps {
  dialog: DialogState;
  title: Text;
  /** What will happen, and what ends with it. */
  children: ReactNode;
  /** What the person must type before; for what cannot be undone. */
  typed?: string;
  busy: boolean;
  onConfirm: () => void;
}

/** Asks before something is done. */
export function Confirm(props: ConfirmProps) {
  const t = useText();
  const { dialog, title } = props;
  return (
    <Modal opened={dialog.opened} onClose={dialog.close} title={t(title)} closeButtonProps={{ 'aria-label': t('Close') }}>
      <Question {...props} />
    </Modal>
  );
}

/** What the dialog has while it is open: what was typed is gone with it. */
function Question({ dialog, title, children, typed, busy, onConfirm }: ConfirmProps) {
  const t = useText();
  const [text, setText] = useState('');
  return (
    <Stack
      component="form"
      onSubmit={(event: React.FormEvent) => {
        event.preventDefault();
        onConfirm();
      }}
    >
      {children}
      {typed !== undefined && (
        <TextInput
          label={t('Type %s to go on', typed)}
          value={text}
          autoComplete="off"
          data-autofocus
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      )}
      <Group>
        <Button type="submit" color="red" loading={busy} disabled={typed !== undefined && text !== typed}>{t(title)}</Button>
        <Button variant="default" onClick={dialog.close}>{t('Cancel')}</Button>
      </Group>
    </Stack>
  );
}
