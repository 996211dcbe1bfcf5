import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ActionButton } from '../../app/ActionButton';
import {
  DeleteUserDocument,
  ResetUserPasswordDocument,
  RevokeUserSessionsDocument,
  UnlockUserDocument,
  UpdateUserDocument,
  type UserProfileFragment,
} from '../../graph/generated/graphql';
import { useAllowed, useSession } from '../../session/session';
import { Once } from '../../show/Once';
import { useText } from '../../texts/translate';

/** What can be done to a user, as far as the person may. */
export function UserActions({ user }: { user: UserProfileFragment }) {
  const t = useText();
  const allowed = useAllowed();
  const session = useSession();
  const navigate = useNavigate();
  const [password, setPassword] = useState<string | null>(null);
  const { id, username, active } = user;
  const writes = allowed('admin:users:write');

  return (
    <>
      {user.locked && (writes || allowed('admin:users:unlock')) && (
        <ActionButton
          name="unlock"
          title="Unlock"
          warning={t('Failed sign-ins until now no longer count against %s.', username)}
          document={UnlockUserDocument}
          input={{ id }}
          done={() => t('Unlocked')}
        />
      )}
      {writes && (
        <ActionButton
          name="activation"
          title={active ? 'Deactivate' : 'Activate'}
          warning={active ? t('%s can no longer sign in, and all sessions end.', username) : t('%s can sign in again.', username)}
          document={UpdateUserDocument}
          input={{ id, active: !active }}
          done={() => t('Saved')}
        />
      )}
      {(writes || allowed('admin:users:reset')) && (
        <ActionButton
          name="reset-password"
          title="Reset password"
          warning={t('The password of %s no longer works, and all sessions end. A temporary password is shown once.', username)}
          document={ResetUserPasswordDocument}
          input={{ id }}
          done={() => t('Password reset')}
          onDone={({ temporaryPassword }) => setPassword(temporaryPassword ?? null)}
          dangerous
        />
      )}
      {allowed('admin:sessions:write') && (
        <ActionButton
          name="end-sessions"
          title="End sessions"
          warning={t('%s is signed out everywhere.', username)}
          document={RevokeUserSessionsDocument}
          input={{ id }}
          done={({ endedSessions }) => t('Sessions ended: %s', endedSessions)}
        />
      )}
      {writes && session.user.id !== id && (
        <ActionButton
          name="delete"
          title="Delete"
          warning={
            <>
              {t('Active sessions that end: %s', user.activeSessionCount ?? 0)}
              <br />
              {t('The account, its credentials, grants, consents and memberships go with it. This cannot be undone.')}
            </>
          }
          document={DeleteUserDocument}
          input={{ id, expectedVersion: user.version }}
          done={() => t('Deleted: %s', username)}
          onDone={() => void navigate('/users', { replace: true })}
          typed={username}
          dangerous
        />
      )}
      <Once title="Temporary password" secret={password} onClose={() => setPassword(null)} />
    </>
  );
}
