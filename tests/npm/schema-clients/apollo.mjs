// The client @apollo/client 4, unchanged: it adds __typename everywhere and keeps what it reads in a normalised cache.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client/core';
import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { authorization, check, invalid, url, users, walk } from './page.mjs';

const make = (headers) => new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url, headers }) });
const client = make({ authorization });

await walk(async (variables) => (await client.query({ query: gql(users), variables, fetchPolicy: 'network-only' })).data);
const types = new Set(Object.values(client.cache.extract()).map((entry) => entry.__typename));
check(types.has('User'), 'users are in the cache under their id', [...types]);
const again = await client.query({ query: gql(users), variables: { first: 2, after: null }, fetchPolicy: 'cache-only' });
check(again.data.users.nodes[0].username === 'admin', 'the cache answers the same question', again);

const failure = async (client, query) => {
  try {
    return await client.query({ query: gql(query) });
  } catch (err) {
    return err;
  }
};
const wrong = await failure(client, invalid);
check(CombinedGraphQLErrors.is(wrong) && wrong.errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED', 'a wrong document is an error of GraphQL', wrong);
const stranger = await failure(make({ authorization: 'Bearer nonsense' }), users.replace('$first: Int!', '$first: Int = 2'));
check(CombinedGraphQLErrors.is(stranger) && stranger.errors[0].extensions.code === 'TOKEN_INVALID', 'a wrong token is told apart', stranger);
client.stop();
