// Chooses a client of the server.
import { byID, element } from '../elements.js';
import { ask } from '../session.js';
import { fact } from './refusal.js';

const fields = `id clientId name active public builtIn grantTypes responseTypes tokenEndpointAuthMethod tokenEndpointAuthSigningAlg
  redirectUris postLogoutRedirectUris scopes requirePkce requirePushedAuthorizationRequests requireSignedRequestObject requestObjectSigningAlg
  dpopBoundAccessTokens authorizationDetailsTypes audiences exchangeResources assertionIssuer assertionSubject assertionIssuers
  backchannelTokenDeliveryMode backchannelAuthenticationRequestSigningAlg`;

const query = `query Clients($search: String) {
  clients(first: 10, search: $search, orderBy: { field: NAME }) { nodes { ${fields} } pageInfo { hasNextPage } }
}`;

const pause = 200; // ms without a key before the search is asked

// chooseClient fills the list with the clients that match what is typed, and calls chosen with the one that is pressed.
export function chooseClient(chosen) {
  const input = byID('client-search');
  let timer = null;
  let latest = 0;
  const search = async () => {
    const turn = ++latest;
    const { data, errors } = await ask({ query, variables: { search: input.value.trim() || null } });
    if (turn !== latest) return; // a later one has been asked
    byID('client-problem').textContent = errors ? errors[0].message : '';
    byID('client-list').replaceChildren(...(data?.clients?.nodes ?? []).map((client) => choice(client, chosen)));
    byID('client-count').textContent = errors ? '' : counted(data.clients);
    byID('client-list').setAttribute('aria-busy', 'false');
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    byID('client-list').setAttribute('aria-busy', 'true');
    timer = setTimeout(search, pause);
  });
  return search();
}

function counted({ nodes, pageInfo }) {
  if (pageInfo.hasNextPage) return `The first ${nodes.length}. Type more to see fewer.`;
  return nodes.length === 0 ? 'No client has this in its name or client_id.' : '';
}

const choice = (client, chosen) =>
  element('li', {}, element('button', { type: 'button', class: 'second', 'data-client': client.clientId, onclick: () => chosen(client) },
    element('strong', {}, client.name || client.clientId), element('code', {}, client.clientId), client.active ? null : ' (not active)'));

// clientFacts is what matters of a client here.
export const clientFacts = (client) =>
  element('dl', { class: 'facts' },
    fact('client_id', element('code', {}, client.clientId)),
    fact('Grant types', list(client.grantTypes)),
    fact('Authentication', element('code', {}, client.tokenEndpointAuthMethod)),
    fact('Redirect URIs', list(client.redirectUris)),
    fact('Scopes', element('code', {}, client.scopes.join(' ') || 'none')),
    !client.active && fact('State', 'Not active: the server refuses it.'));

const list = (texts) =>
  (texts.length === 0 ? 'none' : element('ul', {}, texts.map((text) => element('li', {}, element('code', {}, text)))));
