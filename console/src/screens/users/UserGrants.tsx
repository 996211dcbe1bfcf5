import { Anchor, Stack } from '@mantine/core';
import { Link } from 'react-router';
import { ActionButton } from '../../app/ActionButton';
import { Loaded } from '../../app/Loaded';
import { RevokeConsentDocument, RevokeUserGrantDocument, UserGrantsDocument } from '../../graph/generated/graphql';
import { useAllowed } from '../../session/session';
import { SmallTable } from '../../show/SmallTable';
import { Time } from '../../show/Time';
import { YesNo } from '../../show/YesNo';
import { useText } from '../../texts/translate';

interface ApplicationProps {
  client?: { id: string; name: string } | null;
}

function Application({ client }: ApplicationProps) {
  return client ? <Anchor inherit component={Link} to={`/applications/${client.id}`}>{client.name}</Anchor> : '–';
}

/** Which applications may act for a user. */
export function UserGrants({ userId }: { userId: string }) {
  const t = useText();
  const writes = useAllowed()('admin:users:write');
  return (
    <Loaded document={UserGrantsDocument} variables={{ id: userId }} thing={({ user }) => user}>
      {(user, reread) => (
        <Stack gap="xl">
          <SmallTable
            title="Grants"
            rows={user.grants ?? []}
            rowKey={({ id }) => id}
            columns={[
              ['Application', ({ client }) => <Application client={client} />],
              ['Scopes', ({ scopes }) => scopes.join(' ')],
              ['Outlives the session', ({ offline }) => <YesNo value={offline} />],
              ['Created', ({ createdAt }) => <Time at={createdAt} />],
              ['Last used', ({ lastUsedAt }) => <Time at={lastUsedAt} />],
              [
                'Actions',
                ({ id }) =>
                  writes && (
                    <ActionButton
                      name={`end-${id}`}
                      title="End"
                      warning={t('The application can no longer act for the user.')}
                      document={RevokeUserGrantDocument}
                      input={{ userId, by: { id } }}
                      done={({ endedGrants }) => t('Grants ended: %s', endedGrants)}
                      onDone={reread}
                    />
                  ),
              ],
            ]}
          />
          <SmallTable
            title="Consents"
            rows={user.consents ?? []}
            rowKey={({ id }) => id}
            columns={[
              ['Application', ({ client }) => <Application client={client} />],
              ['Scopes', ({ scopes }) => scopes.join(' ')],
              ['Updated', ({ updatedAt }) => <Time at={updatedAt} />],
              [
                'Actions',
                ({ id }) =>
                  writes && (
                    <ActionButton
                      name={`forget-${id}`}
                      title="Forget"
                      warning={t('The user is asked again.')}
                      document={RevokeConsentDocument}
                      input={{ id }}
                      done={() => t('Forgotten')}
                      onDone={reread}
                    />
                  ),
              ],
            ]}
          />
        </Stack>
      )}
    </Loaded>
  );
}
