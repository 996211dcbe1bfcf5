// The relying-party library openid-client 6, unchanged: code, refresh, UserInfo, introspection, revocation, client credentials, private_key_jwt, logout.
import { Person, check, env } from './person.mjs';
import * as client from 'openid-client';
import { importJWK } from 'jose';

const issuer = new URL(env('AUTHLY_ISSUER'));
const insecure = { execute: [client.allowInsecureRequests] };
const secret = env('AUTHLY_CLIENT_SECRET');
const redirect_uri = env('AUTHLY_REDIRECT_URI');

const config = await client.discovery(issuer, 'web', secret, client.ClientSecretBasic(secret), insecure);
const verifier = client.randomPKCECodeVerifier();
const state = client.randomState(), nonce = client.randomNonce();
const person = new Person(issuer, 'alice', env('AUTHLY_PASSWORD'));
const address = client.buildAuthorizationUrl(config, {
  redirect_uri, scope: 'openid profile email offline_access', state, nonce,
  code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
const back = await person.authorize(address);
const tokens = await client.authorizationCodeGrant(config, back, {
  pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true, maxAge: 300,
});
const claims = tokens.claims();
check(claims.iss === issuer.origin && claims.aud === 'web' && claims.sid, 'code exchange with an ID token');

const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
check(info.email === 'alice@example.org' && info.email_verified === true, 'UserInfo');

const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
check(renewed.refresh_token !== tokens.refresh_token && renewed.claims().sub === claims.sub, 'refresh with rotation');

let seen = await client.tokenIntrospection(config, renewed.access_token);
check(seen.active === true && seen.sub === claims.sub && seen.client_id === 'web', 'introspection of a live token');
await client.tokenRevocation(config, renewed.access_token);
seen = await client.tokenIntrospection(config, renewed.access_token);
check(seen.active === false && Object.keys(seen).length === 1, 'introspection of a revoked token');

const machine = await client.discovery(issuer, 'machine', secret, client.ClientSecretPost(secret), insecure);
const service = await client.clientCredentialsGrant(machine, { scope: 'reports' });
check(service.scope === 'reports' && !service.refresh_token, 'client credentials with client_secret_post');

const key = await importJWK(JSON.parse(env('AUTHLY_CLIENT_KEY')), 'ES256');
const robot = await client.discovery(issuer, 'robot', undefined, client.PrivateKeyJwt({ key, kid: 'k1' }), insecure);
const asserted = await client.clientCredentialsGrant(robot, { scope: 'reports' });
check(asserted.scope === 'reports', 'client credentials with private_key_jwt');
const signingSecret = env('AUTHLY_SIGNING_SECRET');
const signer = await client.discovery(issuer, 'signer', signingSecret, client.ClientSecretJwt(signingSecret), insecure);
check((await client.clientCredentialsGrant(signer, { scope: 'reports' })).scope === 'reports', 'client credentials with client_secret_jwt');

const pushed = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri, scope: 'openid', state, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
});
check(pushed.searchParams.has('request_uri') && !pushed.searchParams.has('scope'), 'a request is pushed');
const second = await client.authorizationCodeGrant(config, await person.authorize(pushed), { pkceCodeVerifier: verifier, expectedState: state });
check(second.claims().sub === claims.sub, 'a pushed request is answered');

const jarm = await client.discovery(issuer, 'web', secret, client.ClientSecretBasic(secret), { execute: [client.allowInsecureRequests, client.useJwtResponseMode] });
const signed = await person.authorize(client.buildAuthorizationUrl(jarm, {
  redirect_uri, scope: 'openid', state, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
}));
check([...signed.searchParams.keys()].join() === 'response', 'a response has one parameter');
const unpacked = await client.authorizationCodeGrant(jarm, signed, { pkceCodeVerifier: verifier, expectedState: state });
check(unpacked.claims().sub === claims.sub, 'a signed response');

const signedRequest = await client.buildAuthorizationUrlWithJAR(robot, {
  redirect_uri, scope: 'openid', state, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
}, { key, kid: 'k1' });
check(signedRequest.searchParams.has('request') && !signedRequest.searchParams.has('state'), 'a request is signed');
const own = await client.authorizationCodeGrant(robot, await person.authorize(signedRequest), { pkceCodeVerifier: verifier, expectedState: state });
check(own.claims().sub === claims.sub, 'a signed request is answered');
const both = await client.buildAuthorizationUrlWithPAR(robot, (await client.buildAuthorizationUrlWithJAR(robot, {
  redirect_uri, scope: 'openid', state, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
}, { key, kid: 'k1' })).searchParams);
const pushedOwn = await client.authorizationCodeGrant(robot, await person.authorize(both), { pkceCodeVerifier: verifier, expectedState: state });
check(pushedOwn.claims().sub === claims.sub, 'a signed request is pushed');

const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
const third = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri, scope: 'openid email', state, code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
}, { DPoP });
const bound = await client.authorizationCodeGrant(config, await person.authorize(third), { pkceCodeVerifier: verifier, expectedState: state }, undefined, { DPoP });
check(bound.token_type === 'dpop', 'a token that is bound to a key');
const shown = await client.fetchUserInfo(config, bound.access_token, claims.sub, { DPoP });
check(shown.sub === claims.sub, 'UserInfo with a proof');

const elsewhere = await client.discovery(issuer, 'elsewhere', secret, client.ClientSecretBasic(secret), insecure);
const device = await client.initiateDeviceAuthorization(elsewhere, { scope: 'openid' });
await person.connect(device.verification_uri_complete);
const connected = await client.pollDeviceAuthorizationGrant(elsewhere, device);
check(connected.claims().sub === claims.sub, 'a device');
const asked = await client.initiateBackchannelAuthentication(elsewhere, { scope: 'openid', login_hint: 'alice', binding_message: 'Till 4' });
await person.decide(issuer);
const allowed = await client.pollBackchannelAuthenticationGrant(elsewhere, asked);
check(allowed.claims().sub === claims.sub, 'a person who is asked elsewhere');

const out = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: env('AUTHLY_POST_LOGOUT_URI'), state: 'bye' });
const gone = await person.go(out);
check(gone.url.toString() === env('AUTHLY_POST_LOGOUT_URI') + '?state=bye', 'logout');
const again = await person.go(client.buildAuthorizationUrl(config, {
  redirect_uri, scope: 'openid', state, prompt: 'none', code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
}));
check(again.url.searchParams.get('error') === 'login_required', 'the session is over');
