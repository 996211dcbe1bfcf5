// The list of what has happened, latest first.
import { byID, element } from '../elements.js';
import { curlText, hasSecrets, requestText, succeeded } from './call.js';
import { decode } from './jose.js';
import { members, tokenView } from './token_view.js';

// tokenMembers are the members of answers that are tokens of this server.
const tokenMembers = ['access_token', 'refresh_token', 'id_token'];

// signedFields are the parameters that are JWTs of a client or for it.
const signedFields = ['client_assertion', 'request', 'assertion'];

export class Steps {
  constructor() {
    this.number = 0;
  }

  clear() {
    this.number = 0;
    byID('steps').replaceChildren();
  }

  // add shows a step and returns its element. One with a key takes the place of the step before it that has the same; a quiet one leaves
  // the focus where it is.
  add(title, parts, { key, quiet } = {}) {
    const latest = byID('steps').firstElementChild;
    if (key !== undefined && latest?.dataset.key === key) latest.remove();
    else this.number++;
    const heading = element('h3', { tabindex: -1 }, `${this.number}. ${title}`);
    const step = element('article', { id: 'step-' + this.number, class: 'step', 'data-key': key }, heading, parts);
    byID('steps').prepend(step);
    byID('announcement').textContent = title;
    if (!quiet) {
      heading.focus({ preventScroll: true });
      step.scrollIntoView({ block: 'start' });
    }
    return step;
  }

  // addAnswer shows a request and what came of it.
  addAnswer(answer, flow, options) {
    const { sent, status, statusText } = answer;
    const result = status === 0 ? 'no answer' : `${status} ${statusText}`.trim();
    const tokens = tokenMembers.filter((name) => succeeded(answer) && typeof answer.json?.[name] === 'string');
    const signed = (answer.headers['Content-Type'] ?? '').includes('jwt');
    return this.add(`${sent.title}: ${result}`, [
      requestView(sent),
      answerView(answer),
      tokens.map((name) => tokenView(name, answer.json[name], flow.server)),
      signed && tokenView('Signed answer', answer.text, flow.server),
    ], options);
  }
}

export function requestView(sent) {
  const shown = element('pre', { class: 'request' }, requestText(sent, false));
  const reveal = hasSecrets(sent) && element('button', {
    type: 'button', class: 'second', 'aria-pressed': 'false',
    onclick: ({ target }) => {
      const on = target.getAttribute('aria-pressed') === 'false';
      target.setAttribute('aria-pressed', String(on));
      shown.textContent = requestText(sent, on);
    },
  }, 'Show the secret');
  const curl = curlText(sent);
  return element('section', {}, element('h4', {}, 'Request'), shown, reveal, signedParts(sent),
    element('details', {}, element('summary', {}, 'As a curl line'), element('pre', { class: 'curl' }, curl), copyButton(curl)));
}

// signedParts takes apart what the client has signed in a request. Without the signatures it proves nobody.
function signedParts(sent) {
  const parts = [['DPoP', sent.headers.DPoP], ...(sent.fields ?? []).filter(([name]) => signedFields.includes(name))]
    .map(([name, text]) => [name, decode(text ?? '')]).filter(([, decoded]) => decoded !== null);
  return parts.length > 0 && element('details', {}, element('summary', {}, 'What is signed: ' + parts.map(([name]) => name).join(', ')),
    parts.map(([name, { header, claims }]) => members(element('h5', {}, name), { ...header, ...claims })));
}

function answerView({ status, statusText, headers, text, json }) {
  const lines = [`${status} ${statusText}`.trim(), ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  const body = json === null ? text : JSON.stringify(json, null, 2);
  return element('section', {}, element('h4', {}, 'Answer'),
    element('pre', { class: 'answer' }, [...(status === 0 ? [] : lines), ...(body === '' ? [] : ['', body])].join('\n').trim()));
}

// copyButton copies a text, and says that it did.
export function copyButton(text) {
  return element('button', {
    type: 'button', class: 'second',
    onclick: async ({ target }) => {
      try {
        await navigator.clipboard.writeText(text);
        target.textContent = 'Copied';
      } catch {
        target.textContent = 'The browser does not allow it: mark the text';
      }
    },
  }, 'Copy');
}
