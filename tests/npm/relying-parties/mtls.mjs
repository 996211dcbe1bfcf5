// RFC 8705 with openid-client 6 and oauth4webapi 3, unchanged: both use the aliases that the metadata names, with the certificate.
import { Person, check, env } from './person.mjs';
import http from 'node:http';
import https from 'node:https';
import { once } from 'node:events';
import * as client from 'openid-client';
import * as oauth from 'oauth4webapi';

// What programs in Node.js must bring themselves: its fetch has no certificates of clients.
const certified = (cert, key) => async (address, { method, headers, body }) => {
  const asked = (address.startsWith('https:') ? https : http).request(address, { method, headers: Object.fromEntries(new Headers(headers)), cert, key });
  asked.end(body?.toString());
  const [answer] = await once(asked, 'response');
  const text = (await answer.setEncoding('utf8').toArray()).join('');
  return new Response(text || null, { status: answer.statusCode, headers: Object.entries(answer.headers).flatMap(([k, v]) => [v].flat().map((one) => [k, one])) });
};

const issuer = new URL(env('AUTHLY_ISSUER'));
const redirect_uri = env('AUTHLY_REDIRECT_URI');
const withCertificate = certified(env('AUTHLY_CERTIFICATE'), env('AUTHLY_CERTIFICATE_KEY')), without = certified();
const thumbprint = env('AUTHLY_THUMBPRINT');
const bound = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).cnf?.['x5t#S256'] === thumbprint;

const config = await client.discovery(issuer, 'shop', { use_mtls_endpoint_aliases: true }, client.TlsClientAuth(), {
  [client.customFetch]: withCertificate, execute: [client.allowInsecureRequests],
});
const verifier = client.randomPKCECodeVerifier(), state = client.randomState();
const address = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri, scope: 'openid email offline_access', state, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
const person = new Person(issuer, 'alice', env('AUTHLY_PASSWORD'));
const tokens = await client.authorizationCodeGrant(config, await person.authorize(address), { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true });
check(bound(tokens.access_token), 'a request that was pushed, and its code, by the certificate: the token is bound');
const { sub } = tokens.claims();
check((await client.fetchUserInfo(config, tokens.access_token, sub)).email === 'alice@example.org', 'UserInfo with the certificate');
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
check(bound(renewed.access_token) && renewed.refresh_token !== tokens.refresh_token, 'refresh with the certificate');
check((await client.tokenIntrospection(config, renewed.access_token)).cnf['x5t#S256'] === thumbprint, 'introspection names it');

const options = { [oauth.customFetch]: withCertificate, [oauth.allowInsecureRequests]: true };
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
const self = { client_id: 'own', use_mtls_endpoint_aliases: true };
const earned = await oauth.processClientCredentialsResponse(as, self, await oauth.clientCredentialsGrantRequest(
  as, self, oauth.TlsClientAuth(), new URLSearchParams({ scope: 'reports' }), options,
));
check(bound(earned.access_token) && earned.scope === 'reports', 'client credentials with a certificate of its own');
try {
  await oauth.processClientCredentialsResponse(as, self, await oauth.clientCredentialsGrantRequest(
    as, self, oauth.TlsClientAuth(), new URLSearchParams({ scope: 'reports' }), { ...options, [oauth.customFetch]: without },
  ));
} catch (err) {
  check(err.status === 401, 'without a certificate it is nobody');
}
try {
  await oauth.processUserInfoResponse(as, self, sub, await oauth.userInfoRequest(as, self, renewed.access_token, { ...options, [oauth.customFetch]: without }));
} catch (err) {
  check(err instanceof oauth.WWWAuthenticateChallengeError && err.status === 401, 'a bound token is nothing without it');
}
await client.tokenRevocation(config, renewed.refresh_token);
check(!(await client.tokenIntrospection(config, renewed.access_token)).active, 'revocation with the certificate');
