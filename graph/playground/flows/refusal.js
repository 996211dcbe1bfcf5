// What the server remembers of a request that it has refused: the rule, where it stands, and what was wrong.
import { element, newTab } from '../elements.js';
import { ask } from '../session.js';

const query = `query Refusals($filter: RefusalFilter) {
  refusals(first: 3, filter: $filter) {
    nodes { id requestId endpoint code message rule { name clause repair } expected sent { name value length } }
  }
}`;

// findRefusal returns a panel about the refusals that a filter of the admin API selects. Those whose id is known already are left out.
export async function findRefusal(filter, known) {
  const panel = element('section', { class: 'refusal' }, element('h4', {}, 'Why it was refused'));
  const { data, errors } = filter.requestId === undefined && filter.client === undefined
    ? problem('No request id came with the answer.') : await ask({ query, variables: { filter } });
  const nodes = errors ? [] : data.refusals.nodes;
  const fresh = nodes.slice(0, nodes.some(({ id }) => id === known) ? nodes.findIndex(({ id }) => id === known) : nodes.length);
  panel.append(...fresh.map(view));
  if (errors) panel.append(element('p', {}, errors[0].message));
  else if (fresh.length === 0) {
    panel.append(element('p', {}, 'This node of the server remembers no refusal of it: it was not refused by a rule, another node '
      + 'has answered, or AUTHLY_REFUSALS is 0.'));
  }
  return panel;
}

const problem = (message) => ({ errors: [{ message }] });

const view = ({ requestId, code, message, rule, expected, sent }) =>
  element('div', { class: 'rule' },
    element('p', {}, element('code', {}, code), ' ', message),
    element('dl', { class: 'facts' },
      fact('Rule', element('code', {}, rule.name)),
      fact('Clause', clauseLink(rule.clause)),
      expected && fact('What was wrong', expected),
      fact('How to repair it', rule.repair),
      fact('What was sent', sent.map(sentText).join(', ') || 'nothing'),
      fact('Request id', element('code', {}, requestId))));

const sentText = ({ name, value, length }) => (value === null ? `${name} (${length} bytes)` : `${name}=${value}`);

export const fact = (name, value) => element('div', {}, element('dt', {}, name), element('dd', {}, value));

// clauseLink leads to the text of a clause where its address can be told from its name.
function clauseLink(clause) {
  const [, number, section] = /^RFC (\d+)(?: §([\d.]+\d|\d+))?/.exec(clause) ?? [];
  if (number === undefined) return clause;
  const address = `https://www.rfc-editor.org/rfc/rfc${number}${section ? '#section-' + section : ''}`;
  return newTab(address, clause);
}
