import { element, newTab } from '../../elements.js';
import { challenge, random } from '../../session.js';
import { doubts, opened, parseAnswer } from '../answer.js';
import { waitForAnswer } from '../answer_channel.js';
import { succeeded } from '../call.js';
import { signs } from '../credential.js';
import { detailsField, resourceField, scopeField } from '../fields.js';
import { form } from '../form.js';
import { findRefusal } from '../refusal.js';
import { copyButton } from '../steps.js';
import { members, tokenView } from '../token_view.js';

const callback = document.body.dataset.callback; // a redirect URI that is this page's

export const authorizationCode = {
  type: 'authorization_code',
  title: 'Authorization code',
  clause: 'RFC 6749 §4.1',
  about: 'A person signs in and allows the client access; the browser brings a code, which the client redeems.',
  form: (flow) => authorizationForm(flow, true),
};

// authorizationForm makes an authorization request of a response type with a code, or without.
export const authorizationForm = (flow, withCode) =>
  form(fields(flow, withCode), 'Make the request', (entered) => begin(flow, entered));

// responseTypes are those of the client that the server has. Their words are a set.
function responseTypes({ client, server }, withCode) {
  const ordered = (type) => type.split(' ').sort().join(' ');
  return client.responseTypes.filter((type) =>
    server.response_types_supported.map(ordered).includes(ordered(type)) && type.split(' ').includes('code') === withCode);
}

function fields(flow, withCode) {
  const { client, server } = flow;
  const own = client.redirectUris.includes(callback);
  const types = responseTypes(flow, withCode);
  return [
    { name: 'response_type', kind: 'choice', choices: types, value: types.includes('code') ? 'code' : types[0] },
    {
      name: 'redirect_uri', kind: 'choice', choices: client.redirectUris, value: own ? callback : client.redirectUris[0],
      hint: own ? 'The answer comes to this page by itself.'
        : 'The answer goes to the client: paste the address that the browser ends at. '
          + `Register ${callback} as another redirect URI, and it comes here by itself.`,
    },
    scopeField(client),
    { name: 'prompt', kind: 'choice', choices: ['', ...(server.prompt_values_supported ?? [])] },
    { name: 'acr_values', hint: 'One or more of: ' + (server.acr_values_supported ?? []).join(' ') + '.' },
    { name: 'max_age', hint: 'How old the sign-in may be, in seconds.' },
    resourceField(),
    { name: 'response_mode', kind: 'choice', choices: ['', ...server.response_modes_supported] },
    detailsField(client),
    { name: 'nonce', value: random(), hint: 'Comes back in the ID token.' },
    withCode && { name: 'pkce', label: 'With PKCE (code_challenge, S256)', kind: 'check', on: true },
    {
      name: 'par', label: 'Push the request first (PAR)', kind: 'check',
      on: client.requirePushedAuthorizationRequests || server.require_pushed_authorization_requests,
    },
    signs(client) && {
      name: 'signed', label: 'As a signed request object (JAR)', kind: 'check',
      on: client.requireSignedRequestObject || server.require_signed_request_object,
    },
  ];
}

// begin makes the authorization request, pushes it if it is to be (RFC 9126), and shows where to send the browser.
async function begin(flow, { values, on, edit }) {
  const { client, server, credential } = flow;
  const attempt = { verifier: random(), state: random(), known: await flow.newestRefusal() };
  const own = [['client_id', client.clientId], ['state', attempt.state]];
  if (on.has('pkce')) own.push(['code_challenge', await challenge(attempt.verifier)], ['code_challenge_method', 'S256']);
  if (flow.proofKey) own.push(['dpop_jkt', flow.proofKey.thumbprint]); // RFC 9449 §10
  const parameters = edit([...own, ...values]);
  attempt.redirectURI = parameters.find(([name]) => name === 'redirect_uri')?.[1];
  attempt.pkce = on.has('pkce');
  let sent = parameters;
  if (on.has('signed')) sent = [['client_id', client.clientId], ['request', await credential.signedRequest(parameters)]];
  if (on.has('par')) {
    const { answer } = await flow.authenticated('Pushed authorization request', server.pushed_authorization_request_endpoint, sent);
    if (!succeeded(answer)) return;
    sent = [['client_id', client.clientId], ['request_uri', answer.json.request_uri]];
  }
  showRequest(flow, attempt, parameters, server.authorization_endpoint + '?' + new URLSearchParams(sent));
}

function showRequest(flow, attempt, parameters, address) {
  const take = (answer) => showAnswer(flow, attempt, answer);
  const pasted = element('textarea', { id: 'answer-address', rows: 3, autocomplete: 'off', spellcheck: 'false' });
  const step = flow.steps.add('Authorization request', [
    parametersView(Object.fromEntries(parameters)),
    element('section', { class: 'next' },
      element('h4', {}, 'Send the browser there'),
      element('p', {}, 'It signs in whoever sits before it: you, as long as you are signed in here. Copy the address into a private '
        + 'window to be somebody else.'),
      element('pre', {}, address),
      element('p', {}, newTab(address, 'Open in a new tab', { id: 'open-authorization', class: 'button' }), copyButton(address))),
    element('section', {},
      element('h4', {}, 'Take the answer'),
      attempt.redirectURI === callback && element('p', {}, 'It comes by itself, unless it ended in another browser.'),
      element('div', { class: 'field' }, element('label', { for: 'answer-address' }, 'The address that the browser ended at'), pasted,
        element('small', {}, 'With its parameters; also when the page there could not be loaded.')),
      element('button', { id: 'answer-take', type: 'button', onclick: () => take(parseAnswer(pasted.value)) }, 'Take it'),
      element('button', {
        id: 'answer-refusal', type: 'button', class: 'second',
        onclick: async () => step.append(await findRefusal({ client: flow.client.id, endpoint: 'AUTHORIZE' }, attempt.known)),
      }, 'It showed an error: why?')),
  ]);
  waitForAnswer(attempt.state, take);
}

const parametersView = (parameters) => element('section', {}, members(element('h4', {}, 'Parameters'), parameters));

async function showAnswer(flow, attempt, parameters) {
  const { server, client } = flow;
  const said = opened(parameters);
  const warnings = doubts(parameters, { state: attempt.state, issuer: server.issuer, clientId: client.clientId });
  const refusal = said.error && await findRefusal({ client: client.id, endpoint: 'AUTHORIZE' }, attempt.known);
  const step = flow.steps.add('Authorization response: ' + contents(said), [
    warnings.map((words) => element('p', { class: 'error' }, words)),
    parameters.response === undefined
      ? parametersView(parameters) : tokenView('response', parameters.response, server),
    ['id_token', 'access_token'].filter((name) => said[name] !== undefined).map((name) => tokenView(name, said[name], server)),
    refusal,
  ]);
  if (flow.take(said)) step.append(element('p', {}, 'The tokens are filled in wherever one is asked for.'));
  if (said.code === undefined) return;
  step.append(element('section', { class: 'next' },
    element('h4', {}, 'Redeem the code'),
    element('p', {}, 'It is good once, for a minute. Redeem it twice to see what the server makes of a stolen one.'),
    element('button', { id: 'redeem', type: 'button', onclick: () => redeemCode(flow, attempt, said.code) }, 'Redeem the code')));
}

// contents says in a word or two what an answer has.
function contents({ error, code, id_token, access_token }) {
  const has = [code && 'a code', (id_token || access_token) && 'tokens'].filter(Boolean);
  return error ?? (has.length > 0 ? has.join(' and ') : 'neither a code nor an error');
}

function redeemCode(flow, { redirectURI, verifier, pkce }, code) {
  const fields = [['grant_type', 'authorization_code'], ['code', code]];
  if (redirectURI !== undefined) fields.push(['redirect_uri', redirectURI]);
  if (pkce) fields.push(['code_verifier', verifier]);
  return flow.token('Token request', fields);
}
