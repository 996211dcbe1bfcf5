// The client graphql-sse, unchanged, in its mode of distinct connections.
import { createClient } from 'graphql-sse';
import { authorization, check, url } from './page.mjs';

const follow = 'subscription($after: String) { auditEventAdded(after: $after, filter: { actions: ["user.created"] }) { cursor event { targetName } } }';
const connect = (authorization) => createClient({ url, retryAttempts: 0, headers: { authorization } });
const client = connect(authorization);

const add = async (username) => {
  const query = 'mutation($i: CreateUserInput!) { createUser(input: $i) { user { id } userErrors { message } } }';
  const variables = { i: { username, email: `${username}@example.org`, password: { generateTemporary: true } } };
  const results = client.iterate({ query, variables }); // a mutation over a stream ends after one result
  const { value } = await results.next();
  check(value.data?.createUser.user && (await results.next()).done, `${username} was added`, value);
};
const told = async (events) => {
  const { value, done } = await events.next();
  if (done || value.errors) throw new Error(`no event: ${JSON.stringify(value)}`);
  return value.data.auditEventAdded;
};

const first = client.iterate({ query: follow });
const pending = told(first);
// The subscription counts from when it stands, which this client does not tell: so it is made to tell of the first user.
let seen = null;
pending.then((event) => { seen = event; });
for (let n = 1; seen === null; n++) {
  await add(`early${n}`);
  await new Promise((proceed) => setTimeout(proceed, 200));
}
check(seen.event.targetName.startsWith('early'), 'an event is told', seen);
await first.return();

await add('carol');
await add('dave');
const again = client.iterate({ query: follow, variables: { after: seen.cursor } });
const names = [];
while (names.at(-1) !== 'dave') names.push((await told(again)).event.targetName);
await again.return();
check(names.slice(-2).join() === 'carol,dave' && !names.includes(seen.event.targetName), 'a subscription is resumed', names);

const wrong = await client.iterate({ query: 'subscription { nothing }' }).next();
check(wrong.value.errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED', 'a wrong document is an error of GraphQL', wrong);
const refused = await connect('Bearer nonsense').iterate({ query: follow }).next().catch((error) => error);
check(refused.response?.status === 401, 'a wrong token is refused', refused);
console.log('end');
