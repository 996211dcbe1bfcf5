// The page: choose a client, give its credential, choose what to send, and see what comes.
import { byID, element } from '../elements.js';
import { say, signedIn, start } from '../session.js';
import { chooseClient, clientFacts } from './client_choice.js';
import { Credential } from './credential.js';
import { endpoints } from './endpoints.js';
import { Flow } from './flow.js';
import { grants, lacking } from './grants.js';
import { ProofKey } from './proof_key.js';
import { findRefusal } from './refusal.js';
import { loadServer } from './server.js';
import { Steps } from './steps.js';

const steps = new Steps();
let tokens = {}; // of the last answer: an API exchanges or introspects what another client has got

// useClient shows what is possible with a client.
function useClient(server, client) {
  const credential = new Credential(client, server);
  const flow = new Flow(server, client, credential, steps);
  flow.tokens = tokens;
  byID('client-choice').hidden = true;
  byID('client').hidden = false;
  byID('client-name').textContent = client.name || client.clientId;
  byID('client-facts').replaceChildren(clientFacts(client));
  byID('credential').replaceChildren(...credential.form(), keyChoice(flow));
  byID('actions').replaceChildren(
    choices('Grants', grants.map((grant) => ({ ...grant, reason: lacking(grant, client, server) })), flow),
    choices('With a token', endpoints.map((endpoint) => ({ ...endpoint, reason: endpoint.lacking(client) })), flow),
  );
  byID('action').replaceChildren();
  byID('client-change').onclick = () => {
    ({ tokens } = flow);
    byID('client-choice').hidden = false;
    byID('client').hidden = true;
    byID('client-search').select();
  };
  byID('client-name').focus();
}

// keyChoice lets tokens be bound to a key that this page makes.
function keyChoice(flow) {
  const box = element('input', { id: 'dpop', type: 'checkbox' });
  const choose = async () => { flow.proofKey = box.checked ? await ProofKey.make() : null; };
  box.addEventListener('change', choose);
  if (flow.client.dpopBoundAccessTokens) {
    box.checked = true;
    choose();
  }
  return element('div', { class: 'field check' }, box, element('label', { for: 'dpop' }, 'Bind tokens to a key (DPoP)'),
    element('small', {}, 'This page makes the key, which cannot leave the browser.'));
}

// choices are actions to choose one of. Those that the client cannot use say why.
const choices = (caption, actions, flow) =>
  element('fieldset', {}, element('legend', {}, caption), actions.map((action) => {
    const id = 'action-' + action.title.toLowerCase().replaceAll(' ', '-');
    const choose = () => showAction(action, flow);
    const radio = element('input', { id, type: 'radio', name: 'action', disabled: action.reason !== '', onchange: choose });
    return element('div', { class: 'choice' }, radio,
      element('label', { for: id }, action.title, ' ', element('span', { class: 'clause' }, action.clause,
        action.reason && element('span', { id: id + '-reason' }, ': ' + action.reason))));
  }));

const showAction = (action, flow) =>
  byID('action').replaceChildren(element('h2', {}, action.title), element('p', {}, action.about), action.form(flow));

function lookUp() {
  byID('request-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const requestId = byID('request-id').value.trim();
    if (requestId !== '') steps.add('Request ' + requestId, await findRefusal({ requestId }));
  });
}

start('Your sign-in has ended. Sign in again.', async () => {
  if (!signedIn()) return;
  try {
    const server = await loadServer();
    await chooseClient((client) => useClient(server, client));
  } catch (error) {
    say('The server does not answer: ' + error.message, true);
    return;
  }
  byID('steps-clear').addEventListener('click', () => steps.clear());
  lookUp();
  byID('flows').hidden = false;
});
