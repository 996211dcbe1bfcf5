// RFC 9470 with oauth4webapi 3, unchanged: an API wants another sign-in, the client reads what, gets it, and tries again.
import { Person, check, env } from './person.mjs';
import * as oauth from 'oauth4webapi';

const issuer = new URL(env('AUTHLY_ISSUER'));
const insecure = { [oauth.allowInsecureRequests]: true };
const redirect_uri = env('AUTHLY_REDIRECT_URI');
const application = { client_id: 'console' };
const basic = oauth.ClientSecretBasic(env('AUTHLY_CLIENT_SECRET'));
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));

const create = (token) => oauth.protectedResourceRequest(
  token, 'POST', new URL('/graphql', issuer), new Headers({ 'content-type': 'application/json' }), JSON.stringify({
    query: 'mutation { createUser(input: { username: "carol", email: "carol@id.example", password: { generateTemporary: true } }) { user { id } userErrors { code } } }',
  }), insecure,
);

let wanted;
try {
  await create(env('AUTHLY_TOKEN'));
} catch (err) {
  if (!(err instanceof oauth.WWWAuthenticateChallengeError)) throw err;
  wanted = err.cause.find((c) => c.parameters.error === 'insufficient_user_authentication').parameters;
}
check(wanted.acr_values === 'urn:authly:acr:2' && wanted.max_age === '600', 'the challenge says what sign-in is wanted');

const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState(), nonce = oauth.generateRandomNonce();
const address = new URL(as.authorization_endpoint);
for (const [name, value] of Object.entries({
  client_id: 'console', redirect_uri, response_type: 'code', scope: 'openid admin:users:write', state, nonce,
  acr_values: wanted.acr_values, max_age: wanted.max_age,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
})) address.searchParams.set(name, value);
const person = new Person(issuer, 'admin', env('AUTHLY_PASSWORD'), env('AUTHLY_CODE'));
const parameters = oauth.validateAuthResponse(as, application, await person.authorize(address), state);
const tokens = await oauth.processAuthorizationCodeResponse(
  as, application, await oauth.authorizationCodeGrantRequest(as, application, basic, parameters, redirect_uri, verifier, insecure),
  { expectedNonce: nonce, requireIdToken: true },
);
check(oauth.getValidatedIdTokenClaims(tokens).acr === 'urn:authly:acr:2', 'the sign-in is of the class');
const created = await (await create(tokens.access_token)).json();
check(created.data.createUser.user.id && created.data.createUser.userErrors.length === 0, 'the change is made');
