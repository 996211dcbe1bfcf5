import { Button, Group, Modal, Stack, Text as Words, TextInput } from '@mantine/core';
import { useState } from 'react';
import { notifyDone } from '../../app/notices';
import { Refusals } from '../../form/Refusals';
import { UpdateSettingsDocument } from '../../graph/generated/graphql';
import type { UserError } from '../../graph/problems';
import { useAction } from '../../graph/useAction';
import { useText } from '../../texts/translate';
import type { Setting } from './SettingsScreen';

interface SettingDialogProps {
  setting: Setting;
  /** Of all settings together: what somebody else has stored meanwhile is not overwritten. */
  version: number;
  onClose: () => void;
}

/** Stores a value of a setting, or takes back the one that is stored. */
export function SettingDialog({ setting: { name, description, value, default: usual, stored }, version, onClose }: SettingDialogProps) {
  const t = useText();
  const { run, busy } = useAction(UpdateSettingsDocument, { atFields: true });
  const [text, setText] = useState(stored ?? value ?? '');
  const [refusals, setRefusals] = useState<readonly UserError[]>([]);

  async function store(next: string | null) {
    const outcome = await run({ expectedVersion: version, values: [{ name, value: next }] });
    if (!outcome.ok) {
      setRefusals(outcome.errors);
      return;
    }
    notifyDone(t('Saved'));
    onClose();
  }

  return (
    <Modal opened onClose={onClose} title={name} closeButtonProps={{ 'aria-label': t('Close') }}>
      <Stack
        component="form"
        onSubmit={(event: React.FormEvent) => {
          event.preventDefault();
          void store(text);
        }}
      >
        <Words size="sm" lang="en">{description}</Words>
        <TextInput
          label={t('Value')}
          description={usual ? t('Without one: %s', usual) : undefined}
          value={text}
          autoComplete="off"
          data-autofocus
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Refusals errors={refusals} />
        <Group>
          <Button type="submit" loading={busy}>{t('Save')}</Button>
          {stored !== null && stored !== undefined && (
            <Button variant="default" loading={busy} onClick={() => void store(null)}>{t('Take back what is stored')}</Button>
          )}
          <Button variant="default" onClick={onClose}>{t('Cancel')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
