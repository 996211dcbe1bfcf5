import { Stack } from '@mantine/core';
import { Loaded } from '../../app/Loaded';
import { ClientUsageDocument } from '../../graph/generated/graphql';
import { Days } from '../../show/Days';
import { Facts } from '../../show/Facts';
import { Time } from '../../show/Time';

/** How much an application is used, by day. */
export function ClientUsage({ id }: { id: string }) {
  return (
    <Loaded document={ClientUsageDocument} variables={{ id }} thing={({ client }) => client?.usage}>
      {(usage) => (
        <Stack gap="xl">
          <Facts
            facts={[
              ['Last used', <Time at={usage.lastUsedAt} />],
              ['Tokens', usage.tokens],
              ['Refusals', usage.refusals],
            ]}
          />
          <Days
            title="By day"
            days={usage.days.map(({ day, tokens, refusals }) => ({ day, good: tokens, bad: refusals }))}
            good="Tokens"
            bad="Refusals"
          />
        </Stack>
      )}
    </Loaded>
  );
}
