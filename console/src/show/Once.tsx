import { Alert, Button, Code, CopyButton, Group, Modal, Stack } from '@mantine/core';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';

interface OnceProps {
  title: Text;
  /** What is shown this once: a password, a secret or a link. Null shows nothing. */
  secret: string | null;
  onClose: () => void;
}

/** Shows what the server says only once. It stands in no address and no storage, and closes only by its button. */
export function Once({ title, secret, onClose }: OnceProps) {
  const t = useText();
  return (
    <Modal opened={secret !== null} onClose={onClose} title={t(title)} closeOnClickOutside={false} closeOnEscape={false} withCloseButton={false}>
      {secret !== null && (
        <Stack>
          <Alert color="yellow">{t('It cannot be shown again.')}</Alert>
          <Code block tabIndex={0}>{secret}</Code>
          <Group>
            <CopyButton value={secret}>
              {({ copied, copy }) => <Button data-autofocus onClick={copy}>{copied ? t('Copied') : t('Copy')}</Button>}
            </CopyButton>
            <Button variant="default" onClick={onClose}>{t('Done')}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
