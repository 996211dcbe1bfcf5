// Signs an administrator in by authorization code with PKCE (RFC 7636) and asks the admin API. The tokens live in a variable of
// this file and nowhere else. What must survive the way to the sign-in page and back, and whether somebody is signed in, are in
// sessionStorage: they outlive a reload, and neither the browser's tab nor a sign-out.

import { byID } from './elements.js';

const { issuer, clientId, scope, page } = document.body.dataset;
const redirectURI = issuer + page;
const tokenEndpoint = issuer + '/api/v1/oauth/token';
const requestKey = 'authly-playground:request'; // what a sign-in under way must remember
const signedInKey = 'authly-playground:signed-in'; // so a reload signs in without asking
const signedOutState = 'signed-out'; // state of the logout request
const early = 30000; // ms; a token is refreshed before it expires on the way
let tokens = null; // { access, refresh, id, expires }
let refreshing = null; // the one refresh under way
let askAgain = false; // the next sign-in wants the password, for another person
let ended = ''; // what is said when the sign-in has ended

export const signedIn = () => tokens !== null;

export function say(message, isError) {
  byID('message').textContent = message;
  byID('message').classList.toggle('error', Boolean(isError));
  byID('sign-in').hidden = tokens !== null;
  byID('sign-out').hidden = tokens === null;
  if (tokens === null) byID('user').textContent = '';
}

export const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

// challenge is the S256 code_challenge of a code_verifier (RFC 7636 §4.2).
export const challenge = async (verifier) =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));

const post = (url, fields) =>
  fetch(url, { method: 'POST', body: new URLSearchParams({ ...fields, client_id: clientId }), credentials: 'omit' });

// signIn leaves for the authorization endpoint. With the prompt none it comes back at once, signed in or not.
async function signIn(prompt) {
  const verifier = random();
  const state = random();
  sessionStorage.setItem(requestKey, JSON.stringify({ verifier, state, silent: prompt === 'none' }));
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectURI,
    scope,
    state,
    code_challenge: await challenge(verifier),
    code_challenge_method: 'S256',
  });
  if (prompt) parameters.set('prompt', prompt);
  location.assign(issuer + '/api/v1/oauth/authorize?' + parameters);
}

// forget lets go of the tokens, here and at the server: revoking the refresh token ends all that came of the sign-in
// (RFC 7009 §2.1).
async function forget() {
  const { refresh, access } = tokens;
  tokens = null;
  sessionStorage.removeItem(signedInKey);
  const response = await post(issuer + '/api/v1/oauth/revoke', { token: refresh || access });
  if (!response.ok) throw new Error('The access of this page could not be revoked. End it in your sessions.');
}

// signOut revokes the tokens, empties what this tab keeps, and ends the session at the server too (OpenID Connect
// RP-Initiated Logout 1.0).
async function signOut() {
  const id = tokens.id;
  try {
    await forget();
  } catch (error) {
    say(error.message, true);
    return;
  }
  sessionStorage.clear();
  location.assign(
    issuer + '/oidc/logout?' +
      new URLSearchParams({ id_token_hint: id, post_logout_redirect_uri: redirectURI, state: signedOutState }),
  );
}

function keep(grant) {
  tokens = {
    access: grant.access_token,
    refresh: grant.refresh_token,
    id: grant.id_token || tokens.id,
    expires: Date.now() + 1000 * grant.expires_in,
  };
}

// finish takes the answer of the authorization endpoint, or of the logout, out of the address, trades a code for
// tokens, and returns what to say.
async function finish() {
  const answer = new URLSearchParams(location.search);
  const text = sessionStorage.getItem(requestKey);
  sessionStorage.removeItem(requestKey);
  if (answer.size > 0) history.replaceState(null, '', location.pathname);
  if (answer.get('state') === signedOutState && !answer.has('code')) return 'You are signed out.';
  if (!answer.has('code') && !answer.has('error')) return '';
  const request = text === null ? null : JSON.parse(text);
  if (request === null || answer.get('state') !== request.state) {
    throw new Error('This sign-in was not started here. Sign in again.');
  }
  if (answer.has('iss') && answer.get('iss') !== issuer) { // RFC 9207
    throw new Error('The answer came from another server. Sign in again.');
  }
  if (answer.has('error')) {
    sessionStorage.removeItem(signedInKey);
    if (request.silent) return ended;
    throw new Error('Sign-in was refused: ' + (answer.get('error_description') || answer.get('error')));
  }
  const response = await post(tokenEndpoint, {
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: redirectURI,
    code_verifier: request.verifier,
  });
  const grant = await response.json();
  if (!response.ok) {
    throw new Error('Sign-in failed: ' + (grant.error_description || grant.error));
  }
  keep(grant);
  const granted = grant.scope === undefined ? scope : grant.scope;
  if (!granted.split(' ').some((name) => name.startsWith('admin:'))) {
    askAgain = true;
    await forget();
    throw new Error('You are signed in, but not as an administrator. Sign in as one to use this page.');
  }
  sessionStorage.setItem(signedInKey, 'yes');
  const { data, errors } = await ask({ query: '{ me { username name } }' });
  if (tokens === null) throw new Error(errors[0].message);
  if (data && data.me) {
    byID('user').textContent = data.me.username;
    byID('user').title = data.me.name;
  }
  return '';
}

// lose is told when the server no longer knows the tokens.
function lose() {
  tokens = null;
  sessionStorage.removeItem(signedInKey);
  say(ended, true);
}

// refresh gets a new access token, once for all who ask at the same time. A refusal means that the sign-in has ended;
// anything else may pass.
function refresh() {
  const exchange = async () => {
    const response = await post(tokenEndpoint, { grant_type: 'refresh_token', refresh_token: tokens.refresh });
    if (response.status === 400 || response.status === 401) {
      lose();
      return;
    }
    if (!response.ok) throw new Error('The server does not answer. Try again.');
    keep(await response.json());
  };
  refreshing = refreshing || exchange().finally(() => { refreshing = null; });
  return refreshing;
}

const send = (parameters, accept, signal) =>
  fetch(issuer + '/graphql', {
    method: 'POST',
    headers: { Authorization: 'Bearer ' + tokens.access, 'Content-Type': 'application/json', Accept: accept },
    body: JSON.stringify(parameters),
    credentials: 'omit',
    signal,
  });

// request returns the response, or null when nobody is signed in.
export async function request(parameters, accept, signal) {
  if (tokens !== null && Date.now() + early >= tokens.expires) await refresh();
  if (tokens === null) return null;
  let response = await send(parameters, accept, signal);
  if (response.status === 401) { // this clock may be wrong
    await refresh();
    if (tokens === null) return null;
    response = await send(parameters, accept, signal);
  }
  if (response.status === 401) lose();
  return response;
}

export const problem = (message) => ({ errors: [{ message }] });

// ask returns what the admin API answers to a document: data, errors or both.
export async function ask(parameters) {
  const response = await request(parameters, 'application/graphql-response+json, application/json;q=0.9');
  return response === null ? problem('Sign in first.') : response.json();
}

// start signs in or lets people sign in, and calls shown once the page can be built. whenEnded is said when a sign-in has ended.
export async function start(whenEnded, shown) {
  ended = whenEnded;
  if (location.origin !== new URL(issuer).origin) {
    // Tokens are made for the issuer's origin alone, and the content policy lets nothing else be called.
    say('Open this page at ' + redirectURI, true);
    return;
  }
  if (location.search === '' && sessionStorage.getItem(signedInKey) !== null) {
    signIn('none');
    return;
  }
  byID('sign-in').addEventListener('click', () => signIn(askAgain ? 'login' : ''));
  byID('sign-out').addEventListener('click', signOut);
  try {
    say(await finish());
  } catch (error) {
    tokens = null;
    say(error.message, true);
  }
  shown();
}
