// The client @urql/core 6, unchanged: it asks by GET when the address is short enough, and always says that it takes an event stream too.
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { authorization, check, invalid, url, users, walk } from './page.mjs';

const make = (authorization, methods, preferGetMethod) => new Client({
  url, preferGetMethod, exchanges: [cacheExchange, fetchExchange], fetchOptions: { headers: { authorization } },
  fetch: (input, init) => {
    methods.push(init.method || 'GET');
    return fetch(input, init);
  },
});
const data = async (result) => {
  const { data, error } = await result;
  if (error) throw error;
  return data;
};

for (const [prefer, method] of [['within-url-limit', 'GET'], [false, 'POST']]) {
  const methods = [];
  const client = make(authorization, methods, prefer);
  await walk((variables) => data(client.query(users, variables).toPromise()));
  check(methods.length === 2 && methods.every((m) => m === method), `by ${method}`, methods);
}

const { error: wrong } = await make(authorization, []).query(invalid, {}).toPromise();
check(wrong.graphQLErrors[0]?.extensions.code === 'GRAPHQL_VALIDATION_FAILED', 'a wrong document is an error of GraphQL', wrong);
const { error: stranger } = await make('Bearer nonsense', []).query(users, { first: 1 }).toPromise();
check(stranger.response.status === 401 && stranger.graphQLErrors[0]?.extensions.code === 'TOKEN_INVALID', 'a wrong token is told apart', stranger);
