import { Code, Group } from '@mantine/core';
import { ActionButton } from '../../app/ActionButton';
import { Loaded } from '../../app/Loaded';
import { Page } from '../../app/Page';
import { RetireSigningKeyDocument, RotateSigningKeyDocument, SigningKeysDocument, type SigningKeysQuery } from '../../graph/generated/graphql';
import { useAllowed } from '../../session/session';
import { SmallTable } from '../../show/SmallTable';
import { Time } from '../../show/Time';
import { useText } from '../../texts/translate';

type Key = NonNullable<SigningKeysQuery['signingKeys']>[number];

/** The keys that are published: those that sign, have signed and will sign. */
export function Keys() {
  return (
    <Loaded title="Keys" document={SigningKeysDocument} variables={{}} thing={({ signingKeys }) => signingKeys}>
      {(keys) => (
        <Page title="Keys">
            <SmallTable
              title="Signing keys"
              rows={keys}
              rowKey={({ id }) => id}
              columns={[
                ['Key ID', ({ kid }) => <Code>{kid}</Code>],
                ['Algorithm', ({ algorithm }) => algorithm],
                ['State', ({ state }) => <Code>{state}</Code>],
                ['Created', ({ createdAt }) => <Time at={createdAt} />],
                ['Since', ({ activatedAt }) => <Time at={activatedAt} />],
                ['Ends', ({ expiresAt }) => <Time at={expiresAt} />],
                ['Actions', (key) => <KeyActions {...key} />],
              ]}
            />
        </Page>
      )}
    </Loaded>
  );
}

function KeyActions({ id, algorithm, state }: Key) {
  const t = useText();
  const allowed = useAllowed();
  if (state !== 'ACTIVE' || !allowed('admin:keys:write')) return null;
  return (
    <Group gap="xs" wrap="nowrap">
      <ActionButton
        name={`rotate-${id}`}
        title="Rotate"
        warning={t('The next key of the algorithm signs from now on. Tokens of the present one stay valid until they expire.')}
        document={RotateSigningKeyDocument}
        input={{ algorithm }}
        done={() => t('Key rotated')}
        dangerous
      />
      <ActionButton
        name={`retire-${id}`}
        title="Retire"
        warning={t('The key no longer signs. Tokens that it has signed stay valid until they expire.')}
        document={RetireSigningKeyDocument}
        input={{ id }}
        done={() => t('Key retired')}
        dangerous
      />
    </Group>
  );
}
