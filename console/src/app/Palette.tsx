import { Button } from '@mantine/core';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { useNavigate } from 'react-router';
import { signOut } from '../session/session';
import { useText } from '../texts/translate';
import type { Place } from './navigation';

/** The command palette: every place, by its name. */
export function Palette({ places }: { places: readonly Place[] }) {
  const t = useText();
  const navigate = useNavigate();
  return (
    <>
      <Button variant="default" size="compact-md" visibleFrom="xs" onClick={spotlight.open} aria-keyshortcuts="Control+K">{t('Go to')}</Button>
      <Spotlight
        actions={[
          ...places.map(({ path, title }) => ({ id: path, label: t(title), onClick: () => void navigate(path) })),
          { id: 'sign-out', label: t('Sign out'), onClick: () => void signOut() },
        ]}
        shortcut="mod+K"
        tagsToIgnore={[]}
        nothingFound={t('Nothing here')}
        searchProps={{ placeholder: t('Go to'), 'aria-label': t('Go to') }}
      />
    </>
  );
}
