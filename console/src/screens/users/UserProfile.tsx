import { Stack } from '@mantine/core';
import { notifyDone } from '../../app/notices';
import { EditForm, type Saved, type Version, savedOf } from '../../form/EditForm';
import { UpdateUserDocument, type UserProfileFragment } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useAllowed } from '../../session/session';
import { Facts } from '../../show/Facts';
import { Time } from '../../show/Time';
import { useText } from '../../texts/translate';
import { type ProfileValues, profileGroups, profileInput, profileOf } from './profile';

const versionOf = (user: UserProfileFragment): Version<ProfileValues> => ({ version: user.version, values: profileOf(user) });

/** The profile of a user, to be changed. */
export function UserProfile({ user }: { user: UserProfileFragment }) {
  const t = useText();
  const allowed = useAllowed();
  const { run } = useAction(UpdateUserDocument, { atFields: true });

  async function save(changes: Partial<ProfileValues>, expectedVersion: number): Promise<Saved<ProfileValues>> {
    const outcome = await run({ id: user.id, expectedVersion, ...profileInput(changes) });
    if (outcome.ok) notifyDone(t('Saved'));
    return savedOf(outcome, (payload) => payload.user && versionOf(payload.user));
  }

  return (
    <Stack gap="xl">
      <EditForm initial={versionOf(user)} groups={profileGroups} readOnly={!allowed('admin:users:write')} save={save} />
      <Facts
        facts={[
          ['Subject', user.sub],
          ['Active sessions', user.activeSessionCount],
          ['Last sign-in', <Time at={user.lastLoginAt} />],
          ['Address of the last sign-in', user.lastLoginIp],
          ['Failed attempts', user.failedAttempts],
          ['Created', <Time at={user.createdAt} />],
          ['Created by', user.createdBy],
          ['Updated', <Time at={user.updatedAt} />],
        ]}
      />
    </Stack>
  );
}
