import { Badge, Group } from '@mantine/core';
import { useParams } from 'react-router';
import { Loaded } from '../../app/Loaded';
import { Page } from '../../app/Page';
import { type Tab, Tabs } from '../../app/Tabs';
import { UserDocument, type UserProfileFragment } from '../../graph/generated/graphql';
import { useAllowed } from '../../session/session';
import { Json } from '../../show/Json';
import { useText } from '../../texts/translate';
import { UserActions } from './UserActions';
import { UserCredentials } from './UserCredentials';
import { UserGrants } from './UserGrants';
import { UserHistory } from './UserHistory';
import { UserMemberships } from './UserMemberships';
import { UserProfile } from './UserProfile';
import { UserSessions } from './UserSessions';

/** One user, with all that there is of them. */
export function UserScreen() {
  const id = useParams()['id'] ?? '';
  return (
    <Loaded title="Users" document={UserDocument} variables={{ id }} thing={({ user }) => user}>
      {(user) => <UserPage user={user} />}
    </Loaded>
  );
}

function UserPage({ user }: { user: UserProfileFragment }) {
  const t = useText();
  const allowed = useAllowed();

  const tabs: (Tab | false)[] = [
    { id: 'profile', title: 'Profile', content: () => <UserProfile key={user.id} user={user} /> },
    allowed('admin:sessions:read') && { id: 'sessions', title: 'Sessions', content: () => <UserSessions userId={user.id} /> },
    { id: 'grants', title: 'Grants and consents', content: () => <UserGrants userId={user.id} /> },
    allowed('admin:groups:read', 'admin:roles:read') && {
      id: 'memberships',
      title: 'Groups and roles',
      content: () => <UserMemberships userId={user.id} />,
    },
    { id: 'credentials', title: 'Credentials', content: () => <UserCredentials userId={user.id} /> },
    allowed('admin:audit:read') && { id: 'history', title: 'History', content: () => <UserHistory userId={user.id} /> },
    { id: 'json', title: 'Raw JSON', content: () => <Json value={user} /> },
  ];
  return (
    <Page title="Users" subject={user.username} actions={<UserActions user={user} />}>
      <Group gap="xs">
        {!user.active && <Badge color="gray" variant="outline">{t('Not active')}</Badge>}
        {user.locked && <Badge color="red" variant="outline">{t('Locked')}</Badge>}
        {user.admin && <Badge variant="outline">{t('Administrator')}</Badge>}
        {user.requiresPasswordChange && <Badge color="gray" variant="outline">{t('Must change the password')}</Badge>}
      </Group>
      <Tabs base={`/users/${user.id}`} tabs={tabs.filter((tab) => tab !== false)} />
    </Page>
  );
}
