import { Badge, Button, Card, Code, Group, Stack, Text as Words, TextInput } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { Loaded } from '../../app/Loaded';
import { Page } from '../../app/Page';
import { useDialog } from '../../app/useDialog';
import { SettingsDocument, type SettingsStateFragment } from '../../graph/generated/graphql';
import { useAllowed } from '../../session/session';
import { useText } from '../../texts/translate';
import { SettingDialog } from './SettingDialog';

export type Setting = SettingsStateFragment['all'][number];

/** All settings: their values, where these come from, and those that can be changed while the server runs. */
export function SettingsScreen() {
  return (
    <Loaded title="Settings" document={SettingsDocument} variables={{}} thing={({ settings }) => settings}>
      {(settings) => <SettingsPage settings={settings} />}
    </Loaded>
  );
}

function SettingsPage({ settings }: { settings: SettingsStateFragment }) {
  const t = useText();
  const [parameters, setParameters] = useSearchParams();
  const search = parameters.get('q') ?? '';
  const words = search.toLowerCase();
  const found = settings.all.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(words));

  function find(text: string) {
    setParameters(
      (present) => {
        const next = new URLSearchParams(present);
        if (text) next.set('q', text);
        else next.delete('q');
        return next;
      },
      { replace: true },
    );
  }

  return (
    <Page title="Settings">
      <TextInput type="search" label={t('Search')} data-search value={search} onChange={({ currentTarget }) => find(currentTarget.value)} />
      {found.length === 0 && <Words size="sm">{t('No entry matches the search and the filters.')}</Words>}
      <Stack gap="xs">
        {found.map((setting) => (
          <SettingCard key={setting.name} setting={setting} version={settings.version} />
        ))}
      </Stack>
    </Page>
  );
}

function SettingCard({ setting, version }: { setting: Setting; version: number }) {
  const t = useText();
  const allowed = useAllowed();
  const dialog = useDialog(setting.name, { dangerous: true });
  const { name, description, value, secret, isSet, source, runtime } = setting;
  const isPinned = source === 'ENVIRONMENT' || source === 'FLAG';
  const changes = runtime && !isPinned && allowed('admin:settings:write');
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" align="start">
        <Stack gap={4} flex={1} miw={0}>
          <Group gap="xs">
            <Code fw={700}>{name}</Code>
            <Badge variant="outline" color="gray" size="sm" tt="none">{source}</Badge>
          </Group>
          <Words size="sm" lang="en">{description}</Words>
          <Words size="sm">{secret ? t(isSet ? 'A secret that is set' : 'Not set') : (value ?? t('Not set'))}</Words>
        </Stack>
        {changes && <Button size="xs" variant="default" onClick={dialog.open} aria-label={t('Change %s', name)}>{t('Change')}</Button>}
      </Group>
      {changes && dialog.opened && <SettingDialog setting={setting} version={version} onClose={dialog.close} />}
    </Card>
  );
}
