import { Button, Group, Text as Words } from '@mantine/core';
import { useText } from '../texts/translate';
import { Page } from './Page';

/** What a fault of a screen leaves: the navigation, and a way on. */
export function ErrorScreen() {
  const t = useText();
  return (
    <Page title="This screen has failed">
      <Words>{t('The fault is in the console. Nothing was changed by it.')}</Words>
      <Group mt="md">
        <Button onClick={() => window.location.reload()}>{t('Try again')}</Button>
      </Group>
    </Page>
  );
}
