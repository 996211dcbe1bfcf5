import { Group, NativeSelect, Stack } from '@mantine/core';
import { useState } from 'react';
import { ActionButton } from '../../app/ActionButton';
import { type ClientQuery, EndClientSecretDocument, RotateClientSecretDocument } from '../../graph/generated/graphql';
import { useAllowed } from '../../session/session';
import { Once } from '../../show/Once';
import { SmallTable } from '../../show/SmallTable';
import { Time } from '../../show/Time';
import { useText } from '../../texts/translate';

const hour = 3600;

/** The secrets of an application. While two work, the application can be moved from one to the other. */
export function ClientSecrets({ client }: { client: NonNullable<ClientQuery['client']> }) {
  const t = useText();
  const writes = useAllowed()('admin:clients:write') && !client.builtIn;
  const [grace, setGrace] = useState(24 * hour);
  const [secret, setSecret] = useState<string | null>(null);

  return (
    <Stack>
      {writes && (
        <Group align="end">
          <NativeSelect
            label={t('The present secret still works for')}
            value={String(grace)}
            data={[
              { value: '0', label: t('No time') },
              { value: String(hour), label: t('One hour') },
              { value: String(24 * hour), label: t('One day') },
              { value: String(7 * 24 * hour), label: t('One week') },
            ]}
            onChange={({ currentTarget }) => setGrace(Number(currentTarget.value))}
          />
          <ActionButton
            name="rotate-secret"
            title="Make a new secret"
            warning={t('The new secret is shown once. The present one ends as chosen.')}
            document={RotateClientSecretDocument}
            input={{ id: client.id, graceSeconds: grace }}
            done={() => t('New secret made')}
            onDone={({ clientSecret }) => setSecret(clientSecret ?? null)}
            dangerous
          />
        </Group>
      )}
      <SmallTable
        title="Secrets"
        rows={client.secrets}
        rowKey={({ id }) => id}
        columns={[
          ['Created', ({ createdAt }) => <Time at={createdAt} />],
          ['Ends', ({ expiresAt }) => <Time at={expiresAt} />],
          [
            'Actions',
            ({ id }) =>
              writes && (
                <ActionButton
                  name={`end-${id}`}
                  title="End"
                  warning={t('The application can no longer authenticate with this secret.')}
                  document={EndClientSecretDocument}
                  input={{ id: client.id, secretId: id, expectedVersion: client.version }}
                  done={() => t('Secret ended')}
                  dangerous
                />
              ),
          ],
        ]}
      />
      <Once title="Client secret" secret={secret} onClose={() => setSecret(null)} />
    </Stack>
  );
}
