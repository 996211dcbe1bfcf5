// openid-client 6, unchanged, with what few clients register: the response type code id_token, pairwise subjects, other algorithms, and what is encrypted.
import { Person, check, env } from './person.mjs';
import * as client from 'openid-client';
import { importJWK } from 'jose';

const issuer = new URL(env('AUTHLY_ISSUER')), secret = env('AUTHLY_CLIENT_SECRET'), redirect_uri = env('AUTHLY_REDIRECT_URI');
const person = new Person(issuer, 'alice', env('AUTHLY_PASSWORD'));
const discover = (metadata, ...more) => client.discovery(
  issuer, metadata.client_id, { client_secret: secret, ...metadata }, client.ClientSecretBasic(secret), { execute: [client.allowInsecureRequests, ...more] },
);

// signIn goes through a sign-in, with the checks of the library, and returns where the browser came back and the tokens.
const signIn = async (config) => {
  const verifier = client.randomPKCECodeVerifier(), state = client.randomState(), nonce = client.randomNonce();
  const back = await person.authorize(client.buildAuthorizationUrl(config, {
    redirect_uri, scope: 'openid email', state, nonce, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  }));
  const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
  const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  check(info.email === 'alice@example.org', `${config.clientMetadata().client_id}: code, ID token and UserInfo`);
  return { back, tokens, sub: tokens.claims().sub };
};
const header = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));

const hybrid = await signIn(await discover({ client_id: 'hybrid', id_token_signed_response_alg: 'PS256' }, client.useCodeIdTokenResponseType));
const fragment = new URLSearchParams(hybrid.back.hash.slice(1));
check(fragment.has('code') && header(fragment.get('id_token')).alg === 'PS256' && !hybrid.back.search, 'a code and an ID token with its hash, in the fragment');

const key = await importJWK(JSON.parse(env('AUTHLY_CLIENT_KEY')), 'ECDH-ES+A256KW');
const sealed = await signIn(await discover({ client_id: 'sealed', id_token_signed_response_alg: 'ES384' }, (config) => {
  client.enableDecryptingResponses(config, ['A256GCM'], { key, alg: 'ECDH-ES+A256KW', kid: 'opens' });
}));
check(sealed.sub === hybrid.sub, 'the ID token and UserInfo were encrypted, and the ID token signed with ES384');
const jwe = header(sealed.tokens.id_token);
check(jwe.alg === 'ECDH-ES+A256KW' && jwe.enc === 'A256GCM' && jwe.cty === 'JWT', 'what comes is a JWE');

const own = await signIn(await discover({ client_id: 'pairwise' }));
const again = await signIn(await discover({ client_id: 'pairwise' }));
check(own.sub !== hybrid.sub && own.sub === again.sub, 'a subject that is the same for this client, and for no other');
