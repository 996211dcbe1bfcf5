// Signs in by authorization code with PKCE (RFC 7636) and shows GraphiQL. The tokens live in a variable of this file and
// nowhere else. The tabs, what must survive the way to the sign-in page and back, and whether somebody is signed in are in
// sessionStorage: they outlive a reload, and neither the browser's tab nor a sign-out.
(function () {
  'use strict';

  const { issuer, clientId, scope, examples } = document.body.dataset;
  const redirectURI = issuer + '/playground';
  const tokenEndpoint = issuer + '/api/v1/oauth/token';
  const requestKey = 'authly-playground:request'; // what a sign-in under way must remember
  const signedInKey = 'authly-playground:signed-in'; // so a reload signs in without asking
  const signedOutState = 'signed-out'; // state of the logout request
  const early = 30000; // ms; a token is refreshed before it expires on the way
  let tokens = null; // { access, refresh, id, expires }
  let refreshing = null; // the one refresh under way
  let askAgain = false; // the next sign-in wants the password, for another person

  const element = (id) => document.getElementById(id);

  function show(message, isError) {
    element('message').textContent = message;
    element('message').classList.toggle('error', Boolean(isError));
    element('sign-in').hidden = tokens !== null;
    element('sign-out').hidden = tokens === null;
    if (tokens === null) element('user').textContent = '';
  }

  const base64url = (bytes) =>
    btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

  const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

  const post = (url, fields) =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ ...fields, client_id: clientId }), credentials: 'omit' });

  // signIn leaves for the authorization endpoint. With the prompt none it comes back at once, signed in or not.
  async function signIn(prompt) {
    const verifier = random();
    const state = random();
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    sessionStorage.setItem(requestKey, JSON.stringify({ verifier, state, silent: prompt === 'none' }));
    const parameters = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectURI,
      scope,
      state,
      code_challenge: base64url(new Uint8Array(digest)),
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
      show(error.message, true);
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
      if (request.silent) return 'Your sign-in has ended. Sign in again; your tabs are kept.';
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
    const { data, errors } = await send({ query: '{ me { username name } }' });
    if (tokens === null) throw new Error(errors[0].message);
    if (data && data.me) {
      element('user').textContent = data.me.username;
      element('user').title = data.me.name;
    }
    return '';
  }

  const problem = (message) => ({ errors: [{ message }] });

  // lose is told when the server no longer knows the tokens.
  function lose() {
    tokens = null;
    sessionStorage.removeItem(signedInKey);
    show('Your sign-in has ended. Sign in again; your tabs are kept.', true);
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

  const ask = (parameters, accept, signal) =>
    fetch(issuer + '/graphql', {
      method: 'POST',
      headers: { Authorization: 'Bearer ' + tokens.access, 'Content-Type': 'application/json', Accept: accept },
      body: JSON.stringify(parameters),
      credentials: 'omit',
      signal,
    });

  // request returns the response, or null when nobody is signed in.
  async function request(parameters, accept, signal) {
    if (tokens !== null && Date.now() + early >= tokens.expires) await refresh();
    if (tokens === null) return null;
    let response = await ask(parameters, accept, signal);
    if (response.status === 401) { // this clock may be wrong
      await refresh();
      if (tokens === null) return null;
      response = await ask(parameters, accept, signal);
    }
    if (response.status === 401) lose();
    return response;
  }

  async function send(parameters) {
    const response = await request(parameters, 'application/graphql-response+json, application/json;q=0.9');
    return response === null ? problem('Sign in first.') : response.json();
  }

  // results are those of a subscription: the data of its server-sent events, until the signal aborts it.
  async function* results(parameters, signal) {
    try {
      const response = await request(parameters, 'text/event-stream', signal);
      if (response === null || !response.headers.get('Content-Type').startsWith('text/event-stream')) {
        yield response === null ? problem('Sign in first.') : await response.json();
        return;
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        const events = (text + part.value).split('\n\n');
        text = events.pop();
        for (const event of events) {
          const data = event.split('\n').find((line) => line.startsWith('data: '));
          if (data !== undefined) yield JSON.parse(data.slice('data: '.length));
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  // subscribe returns results that GraphiQL ends when somebody stops them.
  function subscribe(parameters) {
    const stop = new AbortController();
    const all = results(parameters, stop.signal);
    return {
      [Symbol.asyncIterator]() { return this; },
      next: () => all.next(),
      return: () => { stop.abort(); return all.return(); },
    };
  }

  function execute(parameters, { documentAST } = {}) {
    const chosen = documentAST?.definitions.find((part) =>
      part.kind === 'OperationDefinition' && (!parameters.operationName || part.name?.value === parameters.operationName));
    return chosen?.operation === 'subscription' ? subscribe(parameters) : send(parameters);
  }

  async function start() {
    if (location.origin !== new URL(issuer).origin) {
      // Tokens are made for the issuer's origin alone, and the content policy lets nothing else be called.
      show('Open the playground at ' + redirectURI, true);
      return;
    }
    if (location.search === '' && sessionStorage.getItem(signedInKey) !== null) {
      signIn('none');
      return;
    }
    element('sign-in').addEventListener('click', () => signIn(askAgain ? 'login' : ''));
    element('sign-out').addEventListener('click', signOut);
    try {
      show(await finish());
    } catch (error) {
      tokens = null;
      show(error.message, true);
    }
    const { createElement } = React;
    ReactDOM.createRoot(element('graphiql')).render(
      createElement(GraphiQL, {
        fetcher: execute,
        storage: sessionStorage,
        schema: tokens === null ? null : undefined, // null: do not ask for it
        defaultTabs: JSON.parse(examples).map((query) => ({ query })),
        defaultEditorToolsVisibility: false,
        isHeadersEditorEnabled: false,
        shouldPersistHeaders: false,
      }),
    );
  }

  start();
})();
