// The low-level library oauth4webapi 3, unchanged and with all its checks on. The same list as openid-client.mjs.
import { Person, check, env } from './person.mjs';
import * as oauth from 'oauth4webapi';
import { importJWK } from 'jose';

const issuer = new URL(env('AUTHLY_ISSUER'));
const insecure = { [oauth.allowInsecureRequests]: true };
const redirect_uri = env('AUTHLY_REDIRECT_URI');
const web = { client_id: 'web' };
const basic = oauth.ClientSecretBasic(env('AUTHLY_CLIENT_SECRET'));

const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
const oauthOnly = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' }));
check(as.token_endpoint === oauthOnly.token_endpoint && as.authorization_response_iss_parameter_supported === true, 'both metadata documents');

const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState(), nonce = oauth.generateRandomNonce();
const address = new URL(as.authorization_endpoint);
for (const [name, value] of Object.entries({
  client_id: 'web', redirect_uri, response_type: 'code', scope: 'openid email offline_access', state, nonce, prompt: 'consent',
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
})) address.searchParams.set(name, value);
const person = new Person(issuer, 'alice', env('AUTHLY_PASSWORD'));
const parameters = oauth.validateAuthResponse(as, web, await person.authorize(address), state);
const tokens = await oauth.processAuthorizationCodeResponse(
  as, web, await oauth.authorizationCodeGrantRequest(as, web, basic, parameters, redirect_uri, verifier, insecure),
  { expectedNonce: nonce, requireIdToken: true },
);
const { sub } = oauth.getValidatedIdTokenClaims(tokens);
check(tokens.token_type === 'bearer' && tokens.expires_in > 0 && sub, 'code exchange with an ID token');

const info = await oauth.processUserInfoResponse(as, web, sub, await oauth.userInfoRequest(as, web, tokens.access_token, insecure));
check(info.email === 'alice@example.org', 'UserInfo');

const renewed = await oauth.processRefreshTokenResponse(as, web, await oauth.refreshTokenGrantRequest(as, web, basic, tokens.refresh_token, insecure));
check(renewed.refresh_token && renewed.refresh_token !== tokens.refresh_token, 'refresh with rotation');

const inspect = async (token) => oauth.processIntrospectionResponse(as, web, await oauth.introspectionRequest(as, web, basic, token, insecure));
check((await inspect(renewed.access_token)).active, 'introspection of a live token');
await oauth.processRevocationResponse(await oauth.revocationRequest(as, web, basic, renewed.refresh_token, insecure));
check(!(await inspect(renewed.access_token)).active, 'revoking the refresh token ends the grant');

const refused = await oauth.refreshTokenGrantRequest(as, web, basic, renewed.refresh_token, insecure);
try {
  await oauth.processRefreshTokenResponse(as, web, refused);
} catch (err) {
  check(err instanceof oauth.ResponseBodyError && err.error === 'invalid_grant', 'a dead refresh token is invalid_grant');
}

const earn = async (machine, authentication) => oauth.processClientCredentialsResponse(
  as, machine, await oauth.clientCredentialsGrantRequest(as, machine, authentication, new URLSearchParams({ scope: 'reports' }), insecure),
);
const service = await earn({ client_id: 'machine' }, oauth.ClientSecretPost(env('AUTHLY_CLIENT_SECRET')));
check(service.scope === 'reports' && !service.refresh_token, 'client credentials with client_secret_post');
const key = await importJWK(JSON.parse(env('AUTHLY_CLIENT_KEY')), 'ES256');
const asserted = await earn({ client_id: 'robot' }, oauth.PrivateKeyJwt({ key, kid: 'k1' }));
check(asserted.scope === 'reports', 'client credentials with private_key_jwt');
const signedBySecret = await earn({ client_id: 'signer' }, oauth.ClientSecretJwt(env('AUTHLY_SIGNING_SECRET')));
check(signedBySecret.scope === 'reports', 'client credentials with client_secret_jwt');

const pushed = await oauth.processPushedAuthorizationResponse(
  as, web, await oauth.pushedAuthorizationRequest(as, web, basic, new URLSearchParams({
    client_id: 'web', redirect_uri, response_type: 'code', scope: 'openid offline_access', prompt: 'consent', state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  }), insecure),
);
const byReference = new URL(as.authorization_endpoint);
for (const [name, value] of Object.entries({ client_id: 'web', request_uri: pushed.request_uri })) byReference.searchParams.set(name, value);
const answered = oauth.validateAuthResponse(as, web, await person.authorize(byReference), state);
const longer = await oauth.processAuthorizationCodeResponse(
  as, web, await oauth.authorizationCodeGrantRequest(as, web, basic, answered, redirect_uri, verifier, insecure), { requireIdToken: true },
);
check(oauth.getValidatedIdTokenClaims(longer).sub === sub, 'a pushed request');

const asJWT = new URL(address);
for (const [name, value] of Object.entries({ response_mode: 'jwt', scope: 'openid' })) asJWT.searchParams.set(name, value);
const signed = await person.authorize(asJWT);
check([...signed.searchParams.keys()].join() === 'response', 'a response has one parameter');
const unpacked = await oauth.validateJwtAuthResponse(as, web, signed, state, insecure);
const fromJWT = await oauth.processAuthorizationCodeResponse(
  as, web, await oauth.authorizationCodeGrantRequest(as, web, basic, unpacked, redirect_uri, verifier, insecure), { expectedNonce: nonce },
);
check(oauth.getValidatedIdTokenClaims(fromJWT).sub === sub, 'a signed response');

const robot = { client_id: 'robot' };
const request = await oauth.issueRequestObject(as, robot, new URLSearchParams({
  redirect_uri, response_type: 'code', response_mode: 'jwt', scope: 'openid', state,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
}), { key, kid: 'k1' });
const own = new URL(as.authorization_endpoint);
for (const [name, value] of Object.entries({ client_id: 'robot', request })) own.searchParams.set(name, value);
const ownAnswer = await oauth.validateJwtAuthResponse(as, robot, await person.authorize(own), state, insecure);
const ownTokens = await oauth.processAuthorizationCodeResponse(as, robot, await oauth.authorizationCodeGrantRequest(
  as, robot, oauth.PrivateKeyJwt({ key, kid: 'k1' }), ownAnswer, redirect_uri, verifier, insecure,
), { requireIdToken: true });
check(oauth.getValidatedIdTokenClaims(ownTokens).sub === sub, 'a signed request');

const DPoP = oauth.DPoP(web, await oauth.generateKeyPair('ES256'));
const bound = await oauth.processRefreshTokenResponse(
  as, web, await oauth.refreshTokenGrantRequest(as, web, basic, longer.refresh_token, { ...insecure, DPoP }),
);
check(bound.token_type === 'dpop', 'a token that is bound to a key');
const shown = await oauth.processUserInfoResponse(as, web, sub, await oauth.userInfoRequest(as, web, bound.access_token, { ...insecure, DPoP }));
check(shown.sub === sub, 'UserInfo with a proof');

const elsewhere = { client_id: 'elsewhere' };
const device = await oauth.processDeviceAuthorizationResponse(
  as, elsewhere, await oauth.deviceAuthorizationRequest(as, elsewhere, basic, new URLSearchParams({ scope: 'openid' }), insecure),
);
await person.connect(device.verification_uri_complete);
const connected = await oauth.processDeviceCodeResponse(
  as, elsewhere, await oauth.deviceCodeGrantRequest(as, elsewhere, basic, device.device_code, insecure),
);
check(oauth.getValidatedIdTokenClaims(connected).sub === sub, 'a device');
const asked = await oauth.processBackchannelAuthenticationResponse(as, elsewhere, await oauth.backchannelAuthenticationRequest(
  as, elsewhere, basic, new URLSearchParams({ scope: 'openid', login_hint: 'alice', binding_message: 'Till 4' }), insecure,
));
await person.decide(issuer);
const allowed = await oauth.processBackchannelAuthenticationGrantResponse(
  as, elsewhere, await oauth.backchannelAuthenticationGrantRequest(as, elsewhere, basic, asked.auth_req_id, insecure),
);
check(oauth.getValidatedIdTokenClaims(allowed).sub === sub, 'a person who is asked elsewhere');

// The library has no logout of its own; the address is in its metadata.
const out = new URL(as.end_session_endpoint);
for (const [name, value] of Object.entries({ id_token_hint: tokens.id_token, post_logout_redirect_uri: env('AUTHLY_POST_LOGOUT_URI'), state: 'bye' })) {
  out.searchParams.set(name, value);
}
const gone = await person.go(out);
check(gone.url.toString() === env('AUTHLY_POST_LOGOUT_URI') + '?state=bye', 'logout');
address.searchParams.set('prompt', 'none');
try {
  oauth.validateAuthResponse(as, web, await person.authorize(address), state);
} catch (err) {
  check(err instanceof oauth.AuthorizationResponseError && err.error === 'login_required', 'the session is over');
}
