import { Client, cacheExchange, fetchExchange, mapExchange } from 'urql';
import { signIn } from '../session/session';
import { codesOf, oldSignIn } from './problems';

const signedOut = new Set(['UNAUTHORIZED', 'TOKEN_EXPIRED', 'TOKEN_INVALID']);

/**
 * The one client of the admin API. The cookie of the session takes the place of a token; the header says that a script of this
 * origin asks, which no form of another site can say.
 */
export function createClient(): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: { credentials: 'same-origin', headers: { 'X-Authly-Console': '1' } },
    exchanges: [
      mapExchange({
        onError(error, { kind }) {
          const codes = codesOf(error);
          if (codes.some((code) => signedOut.has(code))) signIn();
          else if (kind === 'query' && codes.includes(oldSignIn)) signIn({ stepUp: true });
        },
      }),
      cacheExchange,
      fetchExchange,
    ],
  });
}
