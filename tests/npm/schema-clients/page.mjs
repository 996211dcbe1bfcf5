// What both clients ask for, and what they must get, whatever they add to the document.
export const env = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

export const url = env('AUTHLY_GRAPHQL_URL');
export const authorization = 'Bearer ' + env('AUTHLY_TOKEN');

export const users = `
  query Users($first: Int!, $after: String) {
    users(first: $first, after: $after, orderBy: { field: USERNAME, direction: ASC }) {
      nodes { id username activeSessionCount }
      edges { cursor node { id email } }
      pageInfo { hasNextPage endCursor }
      totalCount { value precision }
    }
  }`;

export const invalid = '{ users(first: 1) { nodes { nothingOfTheKind } } }';

export function check(condition, what, seen) {
  if (!condition) throw new Error(`not true: ${what}: ${JSON.stringify(seen)}`);
  console.log(`ok ${what}`);
}

// walk reads all pages of two users through ask, which gives the data of one answer.
export async function walk(ask) {
  const names = [];
  let after = null, pages = 0;
  do {
    const { users: page } = await ask({ first: 2, after });
    check(page.totalCount.value === 3 && page.totalCount.precision === 'EXACT', `page ${++pages} has the count`, page);
    check(page.edges.every((edge, i) => edge.node.id === page.nodes[i].id), 'edges and nodes are the same users', page);
    names.push(...page.nodes.map((user) => `${user.username} ${user.activeSessionCount}`));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  check(names.join() === 'admin 1,alice 0,bob 0', 'all users in order', names);
}
