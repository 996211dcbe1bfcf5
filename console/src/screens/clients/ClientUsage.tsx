import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from 'urql';
import { ClientUsageDocument } from '../../graph/generated/graphql';
import { Days } from '../../show/Days';
import { Facts } from '../../show/Facts';
import { Problem } from '../../show/Problem';
import { Time } from '../../show/Time';

/** How much an application is used, by day. */
export function ClientUsage({ id }: { id: string }) {
  const [{ data, error }] = useQuery({ query: ClientUsageDocument, variables: { id } });
  const usage = data?.client?.usage;
  if (error && !usage) return <Problem error={error} />;
  if (!usage) return <Skeleton height={240} />;
  return (
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
  );
}
