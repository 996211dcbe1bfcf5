// A client whose every operation has types that are generated from the schema. It runs the example of the README, and adds a user.
import { graphql } from './generated/gql.js';
import type {
  CreateUserInput, InitialPasswordInput, TypedDocumentString, UserOrderField, UsersInOrderQuery, UsersInOrderQueryVariables,
} from './generated/graphql.js';
import { UsersDocument } from './generated/graphql.js';

declare const process: { env: Record<string, string | undefined> };

function env(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

const url = env('AUTHLY_GRAPHQL_URL');
const authorization = 'Bearer ' + env('AUTHLY_TOKEN');

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

// run sends an operation; the variables that it needs and the data that it gives are those of the document.
async function run<Data, Variables>(
  document: TypedDocumentString<Data, Variables>, ...[variables]: Variables extends Record<string, never> ? [] : [Variables]
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization, accept: 'application/graphql-response+json', 'content-type': 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const answer = (await response.json()) as Answer<Data>;
  if (answer.errors !== undefined || answer.data === undefined || answer.data === null) {
    throw new Error(`${response.status}: ${JSON.stringify(answer.errors)}`);
  }
  return answer.data;
}

function check(condition: boolean, what: string, seen: unknown): void {
  if (!condition) throw new Error(`not true: ${what}: ${JSON.stringify(seen)}`);
  console.log(`ok ${what}`);
}

async function names(): Promise<string[]> {
  const { users } = await run(UsersDocument);
  return users?.nodes.map(({ username, activeSessionCount }) => `${username} ${activeSessionCount ?? 0}`).sort() ?? [];
}

const CreateUser = graphql(`
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) {
      user { id username emailVerified createdAt }
      temporaryPassword
      userErrors { __typename code path ... on VersionConflict { currentVersion } }
    }
  }
`);

async function create(input: CreateUserInput) {
  const { createUser } = await run(CreateUser, { input });
  if (!createUser) throw new Error('no payload');
  return createUser;
}

const UsersInOrder = graphql(`
  query UsersInOrder($first: Int!, $after: String, $orderBy: UserOrder!) {
    users(first: $first, after: $after, orderBy: $orderBy) {
      edges { node { username } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

async function walk(orderBy: UsersInOrderQueryVariables['orderBy']): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null = null; ;) {
    const { users }: UsersInOrderQuery = await run(UsersInOrder, { first: 1, after, orderBy });
    found.push(...(users?.edges.map(({ node }) => node.username) ?? []));
    if (!users?.pageInfo.hasNextPage) return found;
    after = users.pageInfo.endCursor;
  }
}

const before = await names();
check(before.join() === 'admin 1,alice 0', 'the example of the README gives the users', before);

const carol = { username: 'carol', email: 'carol@example.org', password: { generateTemporary: true } };
const added = await create(carol);
check(added.user?.username === 'carol' && added.temporaryPassword?.length === 12, 'a user is added', added.userErrors);
check(Number.isFinite(Date.parse(added.user?.createdAt ?? '')), 'an instant is a string', added.user);

const again = await create(carol);
check(again.user === null && again.userErrors.every(({ code }) => code === 'USER_ALREADY_EXISTS'), 'an error has its code', again);
for (const problem of again.userErrors) {
  // Only one of the types has the field: the compiler knows which.
  if (problem.__typename === 'VersionConflict') throw new Error(`version ${problem.currentVersion}`);
}

const after = await names();
check(after.join() === 'admin 1,alice 0,carol 0', 'the example gives the new user too', after);

const backwards = await walk({ field: 'USERNAME', direction: 'DESC' });
check(backwards.join() === 'carol,alice,admin', 'pages are walked by cursors', backwards);

// What must not compile. Without the error that is expected the compiler complains, so loose types are found.
export function mistakes(): unknown[] {
  // @ts-expect-error exactly one key
  const two: InitialPasswordInput = { password: 'a long enough password', generateTemporary: true };
  // @ts-expect-error the address is missing
  const incomplete: CreateUserInput = { username: 'dave', password: { generateTemporary: true } };
  // @ts-expect-error no such key of an order
  const field: UserOrderField = 'SHOE_SIZE';
  // @ts-expect-error the variables are missing
  const bare = run(CreateUser);
  // @ts-expect-error the document did not ask for the address
  const address = run(UsersDocument).then(({ users }) => users?.nodes.map(({ email }) => email));
  // @ts-expect-error the list may be null: the token may lack the scope
  const list = run(UsersDocument).then(({ users }) => users.nodes);
  return [two, incomplete, field, bare, address, list];
}
