import { Button, Menu } from '@mantine/core';
import { signOut, useSession } from '../session/session';
import { useText } from '../texts/translate';

/** Who is signed in, the way to their own account, and the way out. */
export function AccountMenu() {
  const t = useText();
  const { user } = useSession();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="compact-md" maw={160}>{user.username}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href="/account">{t('My account')}</Menu.Item>
        <Menu.Item onClick={() => void signOut()}>{t('Sign out')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
