// Asks the token endpoint until a person has decided (RFC 8628 §3.5, CIBA Core §11).
import { element } from '../elements.js';
import { random } from '../session.js';
import { succeeded } from './call.js';

// poller returns what asks once, or by itself at the interval that the server has said, for the tokens of the parameters.
export function poller(flow, title, fields, interval) {
  let wait = interval ?? 5; // seconds (RFC 8628 §3.2)
  let timer = null;
  let times = 0;
  const key = random(); // each answer takes the place of the one before
  const status = element('p', { role: 'status' });
  const automatic = element('button', { type: 'button', class: 'second', 'aria-pressed': 'false' }, `Poll every ${wait} seconds`);
  const stop = () => {
    clearTimeout(timer);
    timer = null;
    automatic.setAttribute('aria-pressed', 'false');
  };
  const ask = async (quiet) => {
    const { answer } = await flow.token(`${title} (${++times})`, fields, { key, quiet });
    const error = answer.json?.error;
    if (error === 'slow_down') wait += 5;
    status.textContent = succeeded(answer) ? 'The tokens have come.' : `${error ?? 'No answer'}: ${answer.json?.error_description ?? ''}`;
    return error === 'authorization_pending' || error === 'slow_down';
  };
  const next = () => {
    timer = setTimeout(async () => {
      const going = await ask(true);
      if (timer !== null && going) next();
      else stop();
    }, 1000 * wait);
  };
  automatic.addEventListener('click', () => {
    if (timer !== null) {
      stop();
      return;
    }
    automatic.setAttribute('aria-pressed', 'true');
    next();
  });
  return element('div', { class: 'polling' },
    element('button', { type: 'button', class: 'poll', onclick: () => ask(false) }, 'Poll once'), automatic, status);
}
