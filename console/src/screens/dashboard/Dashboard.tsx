import { Card, Code, SimpleGrid, Stack, Text as Words } from '@mantine/core';
import { Loaded } from '../../app/Loaded';
import { Page } from '../../app/Page';
import { DashboardDocument, type DashboardQuery, type UsageFragment } from '../../graph/generated/graphql';
import { Days } from '../../show/Days';
import { SmallTable } from '../../show/SmallTable';
import type { Text } from '../../texts/texts';
import { useText } from '../../texts/translate';

type Numbers = NonNullable<DashboardQuery['dashboard']>;

/** How the server is used. */
export function Dashboard() {
  return (
    <Loaded title="Dashboard" document={DashboardDocument} variables={{}} thing={({ dashboard }) => dashboard}>
      {(numbers) => (
        <Page title="Dashboard">
            <Stack gap="xl">
              <EightNumbers numbers={numbers} />
              <Days
                title="Sign-ins and failures"
                days={numbers.days.map(({ day, signIns, failures }) => ({ day, good: signIns, bad: failures }))}
                good="Sign-ins"
                bad="Failures"
              />
              <SimpleGrid cols={{ base: 1, lg: 3 }} spacing="xl">
                <SmallTable
                  title="Tokens by grant type"
                  rows={numbers.tokens.byGrantType}
                  rowKey={({ grantType }) => grantType}
                  columns={[
                    ['Grant type', ({ grantType }) => <Code>{grantType}</Code>],
                    ['Tokens', ({ count }) => count],
                  ]}
                />
                <UsageTable title="Slowest applications" usage={numbers.tokens.slowestClients} />
                <UsageTable title="Most refused applications" usage={numbers.tokens.mostRefusedClients} />
              </SimpleGrid>
            </Stack>
        </Page>
      )}
    </Loaded>
  );
}

function EightNumbers({ numbers: { users, activity, activeSessions } }: { numbers: Numbers }) {
  const t = useText();
  const cards: readonly (readonly [Text, number])[] = [
    ['All users', users.total],
    ['Active users', users.active],
    ['Users who are not active', users.inactive],
    ['Administrators', users.admins],
    ['Not verified', users.unverified],
    ['Active sessions', activeSessions],
    ['New in a day', activity.newUsersLastDay],
    ['New in a week', activity.newUsersLastWeek],
  ];
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} component="dl" m={0}>
      {cards.map(([title, value]) => (
        <Card key={title} withBorder padding="sm">
          <Words component="dt" size="sm">{t(title)}</Words>
          <Words component="dd" size="xl" fw={700} m={0}>{value}</Words>
        </Card>
      ))}
    </SimpleGrid>
  );
}

function UsageTable({ title, usage }: { title: Text; usage: readonly UsageFragment[] }) {
  return (
    <SmallTable
      title={title}
      rows={usage}
      rowKey={({ clientId }) => clientId}
      columns={[
        ['Client ID', ({ clientId }) => <Code>{clientId}</Code>],
        ['Requests', ({ requests }) => requests],
        ['Refusals', ({ refusals }) => refusals],
        ['Milliseconds', ({ meanMilliseconds }) => meanMilliseconds.toFixed(1)],
      ]}
    />
  );
}
