import { Anchor, Text as Words } from '@mantine/core';
import { Link } from 'react-router';
import { useText } from '../texts/translate';
import { Page } from './Page';

/** An address without a screen, or one whose object is gone or not for the person. */
export function NotFound() {
  const t = useText();
  return (
    <Page title="Not found">
      <Words>{t('There is nothing at this address, or it is not for you.')}</Words>
      <Anchor inherit component={Link} to="/">{t('To the start')}</Anchor>
    </Page>
  );
}
