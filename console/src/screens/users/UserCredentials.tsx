import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { ActionButton, type ActionButtonProps } from '../../app/ActionButton';
import { Loaded } from '../../app/Loaded';
import {
  RemovePasskeyDocument,
  RemoveSecurityKeyDocument,
  UnlinkIdentityDocument,
  UserCredentialsDocument,
} from '../../graph/generated/graphql';
import type { UserError } from '../../graph/problems';
import { useAllowed } from '../../session/session';
import { Facts } from '../../show/Facts';
import { SmallTable } from '../../show/SmallTable';
import { Time } from '../../show/Time';
import { YesNo } from '../../show/YesNo';
import type { Text } from '../../texts/texts';
import { useText } from '../../texts/translate';

/** What a user can sign in with. */
export function UserCredentials({ userId }: { userId: string }) {
  return (
    <Loaded document={UserCredentialsDocument} variables={{ id: userId }} thing={({ user }) => user}>
      {(user) => (
        <Stack gap="xl">
          <Facts
            facts={[
              ['Password changed', <Time at={user.passwordChangedAt} />],
              ['Temporary password ends', <Time at={user.temporaryPasswordExpiresAt} />],
              ['Second factor', <YesNo value={user.secondFactor} />],
              ['Recovery codes left', user.recoveryCodes?.remaining],
            ]}
          />
          <SmallTable
            title="Passkeys"
            rows={user.passkeys ?? []}
            rowKey={({ id }) => id}
            columns={keyColumns(({ id, name }) => (
              <Removal id={id} name={name} document={RemovePasskeyDocument} input={{ id: userId, passkeyId: id }} />
            ))}
          />
          <SmallTable
            title="Security keys"
            rows={user.securityKeys ?? []}
            rowKey={({ id }) => id}
            columns={keyColumns(({ id, name }) => (
              <Removal id={id} name={name} document={RemoveSecurityKeyDocument} input={{ id: userId, securityKeyId: id }} />
            ))}
          />
          <SmallTable
            title="Linked identities"
            rows={user.linkedIdentities ?? []}
            rowKey={({ id }) => id}
            columns={[
              ['Issuer', ({ issuer }) => issuer],
              ['Subject', ({ subject }) => subject],
              ['E-mail address', ({ email }) => email ?? '–'],
              ['Last used', ({ lastUsedAt }) => <Time at={lastUsedAt} />],
              [
                'Actions',
                ({ id, issuer }) => (
                  <Removal id={id} name={issuer} document={UnlinkIdentityDocument} input={{ id: userId, linkedIdentityId: id }} />
                ),
              ],
            ]}
          />
        </Stack>
      )}
    </Loaded>
  );
}

interface Key {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt?: string | null;
  cloneSuspectedAt?: string | null;
}

/** The columns of passkeys and security keys, which differ in how one is removed. */
function keyColumns(removal: (key: Key) => ReactNode): readonly (readonly [Text, (key: Key) => ReactNode])[] {
  return [
    ['Name', ({ name }) => name],
    ['Created', ({ createdAt }) => <Time at={createdAt} />],
    ['Last used', ({ lastUsedAt }) => <Time at={lastUsedAt} />],
    ['Copy suspected', ({ cloneSuspectedAt }) => <Time at={cloneSuspectedAt} />],
    ['Actions', removal],
  ];
}

interface RemovalProps<Input> extends Pick<ActionButtonProps<{ userErrors: UserError[] }, Input>, 'document' | 'input'> {
  id: string;
  name: string;
}

function Removal<Input>({ id, name, document, input }: RemovalProps<Input>) {
  const t = useText();
  const allowed = useAllowed();
  if (!allowed('admin:users:write')) return null;
  return (
    <ActionButton
      name={`remove-${id}`}
      title="Remove"
      warning={t('%s can no longer be used to sign in.', name)}
      document={document}
      input={input}
      done={() => t('Removed')}
      dangerous
    />
  );
}
