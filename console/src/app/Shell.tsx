import { AppShell, Burger, Group, NavLink, NativeSelect, ScrollArea, Stack, Text as Words } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useContext, useEffect } from 'react';
import { Link, Outlet, useLocation } from 'react-router';
import { useAllowed, useSession } from '../session/session';
import { LanguageContext, type Language, languages, useText } from '../texts/translate';
import { AccountMenu } from './AccountMenu';
import { places } from './navigation';
import { Palette } from './Palette';
import { SchemeChoice } from './SchemeChoice';
import { Shortcuts } from './Shortcuts';

/** What is around every screen: the way to its content, the navigation, and who is signed in. */
export function Shell() {
  const t = useText();
  const session = useSession();
  const allowed = useAllowed();
  const { pathname } = useLocation();
  const { language, choose } = useContext(LanguageContext);
  const [opened, { toggle, close }] = useDisclosure();
  useEffect(close, [pathname, close]);
  const visible = places.filter(({ scopes }) => allowed(...scopes));

  return (
    <AppShell padding="md" header={{ height: 56 }} navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}>
      <a className="skip" href="#content">{t('Skip to the content')}</a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('Navigation')} aria-expanded={opened} />
            <Words component={Link} to="/" fw={700} c="inherit" td="none">Authly</Words>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Palette places={visible} />
            <Shortcuts />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t('Navigation')}>
        <AppShell.Section grow component={ScrollArea} p="xs">
          {visible.map(({ path, title }) => {
            const present = pathname === path || pathname.startsWith(`${path}/`);
            return (
              <NavLink key={path} component={Link} to={path} label={t(title)} active={present} aria-current={present ? 'page' : undefined} />
            );
          })}
        </AppShell.Section>
        <AppShell.Section p="md">
          <Stack gap="xs">
            <NativeSelect
              size="xs"
              label={t('Language')}
              value={language}
              data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
              onChange={({ currentTarget }) => choose(currentTarget.value as Language)}
            />
            <SchemeChoice />
            <Words size="xs" c="dimmed">{session.version}</Words>
          </Stack>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Suspense>
          <Outlet />
        </Suspense>
      </AppShell.Main>
    </AppShell>
  );
}
