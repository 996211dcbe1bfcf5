// Signs in by authorization code with PKCE (RFC 7636) and shows GraphiQL. The access token lives in a variable of this file
// and nowhere else; what must survive the way to the sign-in page and back is in sessionStorage until it is read once.
(function () {
  'use strict';

  const { issuer, clientId, scope } = document.body.dataset;
  const redirectURI = issuer + '/playground';
  const stored = 'authly-playground';
  const firstQuery = `# Ctrl-Enter runs this query.
query {
  users(first: 10) {
    nodes {
      username
      activeSessionCount
    }
    totalCount {
      value
      precision
    }
  }
}
`;

  let token = null; // { value, expires }
  let query = firstQuery;
  let askAgain = false; // after a sign-out the next sign-in wants the password

  const element = (id) => document.getElementById(id);

  function show(message, isError) {
    element('message').textContent = message;
    element('message').classList.toggle('error', Boolean(isError));
    element('sign-in').hidden = token !== null;
    element('sign-out').hidden = token === null;
    if (token === null) element('user').textContent = '';
  }

  const base64url = (bytes) =>
    btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

  const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

  async function signIn() {
    const verifier = random();
    const state = random();
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    sessionStorage.setItem(stored, JSON.stringify({ verifier, state, query }));
    const parameters = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectURI,
      scope,
      state,
      code_challenge: base64url(new Uint8Array(digest)),
      code_challenge_method: 'S256',
    });
    if (askAgain) parameters.set('prompt', 'login');
    location.assign(issuer + '/api/v1/oauth/authorize?' + parameters);
  }

  function signOut() {
    token = null;
    askAgain = true;
    show('You are signed out.');
  }

  // finish takes the answer of the authorization endpoint out of the address and trades the code for a token.
  async function finish() {
    const answer = new URLSearchParams(location.search);
    const text = sessionStorage.getItem(stored);
    sessionStorage.removeItem(stored);
    const memory = text === null ? null : JSON.parse(text);
    if (memory !== null) query = memory.query;
    if (!answer.has('code') && !answer.has('error')) return '';
    history.replaceState(null, '', location.pathname);
    if (memory === null || answer.get('state') !== memory.state) {
      throw new Error('This sign-in was not started here. Sign in again.');
    }
    if (answer.has('iss') && answer.get('iss') !== issuer) { // RFC 9207
      throw new Error('The answer came from another server. Sign in again.');
    }
    if (answer.has('error')) {
      throw new Error('Sign-in was refused: ' + (answer.get('error_description') || answer.get('error')));
    }
    const response = await fetch(issuer + '/api/v1/oauth/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: answer.get('code'),
        redirect_uri: redirectURI,
        client_id: clientId,
        code_verifier: memory.verifier,
      }),
      credentials: 'omit',
    });
    const grant = await response.json();
    if (!response.ok) {
      throw new Error('Sign-in failed: ' + (grant.error_description || grant.error));
    }
    const granted = grant.scope === undefined ? scope : grant.scope;
    if (!granted.split(' ').some((name) => name.startsWith('admin:'))) {
      askAgain = true;
      throw new Error('You are signed in, but not as an administrator. Sign in as one to use this page.');
    }
    token = { value: grant.access_token, expires: Date.now() + 1000 * grant.expires_in };
    const { data, errors } = await send({ query: '{ me { username name } }' });
    if (token === null) throw new Error(errors[0].message);
    if (data && data.me) {
      element('user').textContent = data.me.username;
      element('user').title = data.me.name;
    }
    return '';
  }

  const problem = (message) => ({ errors: [{ message }] });

  async function send(parameters) {
    if (token === null) return problem('Sign in first.');
    if (Date.now() >= token.expires) {
      token = null;
      show('Your sign-in has expired. Sign in again; your query is kept.', true);
      return problem('Sign in again.');
    }
    const response = await fetch(issuer + '/graphql', {
      method: 'POST',
      headers: {
        Authorization: 'Bearer ' + token.value,
        'Content-Type': 'application/json',
        Accept: 'application/graphql-response+json, application/json;q=0.9',
      },
      body: JSON.stringify(parameters),
      credentials: 'omit',
    });
    const result = await response.json();
    if (response.status === 401) {
      token = null;
      show('Your sign-in is no longer valid. Sign in again; your query is kept.', true);
    }
    return result;
  }

  // storage is what GraphiQL remembers: for as long as the page is open.
  function storage() {
    const map = new Map();
    return {
      getItem: (key) => (map.has(key) ? map.get(key) : null),
      setItem: (key, value) => map.set(key, value),
      removeItem: (key) => map.delete(key),
      clear: () => map.clear(),
      get length() {
        return map.size;
      },
    };
  }

  async function start() {
    if (location.origin !== new URL(issuer).origin) {
      // Tokens are made for the issuer's origin alone, and the content policy lets nothing else be called.
      show('Open the playground at ' + redirectURI, true);
      return;
    }
    element('sign-in').addEventListener('click', signIn);
    element('sign-out').addEventListener('click', signOut);
    try {
      show(await finish());
    } catch (error) {
      token = null;
      show(error.message, true);
    }
    const { createElement } = React;
    ReactDOM.createRoot(element('graphiql')).render(
      createElement(GraphiQL, {
        fetcher: send,
        storage: storage(),
        schema: token === null ? null : undefined, // null: do not ask for it
        defaultQuery: query,
        onEditQuery: (text) => {
          query = text;
        },
        defaultEditorToolsVisibility: false,
        isHeadersEditorEnabled: false,
        shouldPersistHeaders: false,
      }),
    );
  }

  start();
})();
