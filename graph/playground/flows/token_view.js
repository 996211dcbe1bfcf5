// Shows what is in a token, and whether the server has signed it.
import { element } from '../elements.js';
import { decode, verify } from './jose.js';

// meanings are what registered claims and headers say, in a word or two.
const meanings = {
  alg: 'algorithm', kid: 'key', typ: 'type', iss: 'issuer', sub: 'subject', aud: 'audience', exp: 'expires', nbf: 'not before',
  iat: 'issued', jti: 'its id', auth_time: 'signed in', nonce: 'ties it to the request', acr: 'class of the sign-in',
  amr: 'methods of the sign-in', azp: 'authorized party', at_hash: 'hash of the access token', c_hash: 'hash of the code',
  s_hash: 'hash of the state', sid: 'session', client_id: 'client', cnf: 'bound to', act: 'who acts', may_act: 'who may act',
  authorization_details: 'details granted', email: 'e-mail address', email_verified: 'address proven', name: 'full name',
  preferred_username: 'user name', updated_at: 'profile changed', token_introspection: 'about the token', groups: 'groups', roles: 'roles',
  htm: 'method', htu: 'address', ath: 'hash of the access token', jwk: 'public key',
  state: 'ties it to the request', code: 'authorization code', error: 'error', error_description: 'error for developers',
};
const times = new Set(['exp', 'nbf', 'iat', 'auth_time', 'updated_at']);

// tokenView returns a panel about a token with a name. An opaque one is only told to be one.
export function tokenView(name, text, server) {
  const decoded = decode(text);
  if (decoded === null) {
    return element('section', { class: 'token' }, element('h4', {}, name), element('p', {}, 'Opaque: only the server can read it.'),
      raw(text));
  }
  const signature = element('p', { class: 'signature' }, 'Checking the signature…');
  checked(text, server, decoded).then(({ valid, words }) => {
    signature.textContent = words;
    signature.classList.add(valid ? 'good' : 'bad');
  });
  return element('section', { class: 'token', 'data-token': name }, element('h4', {}, name), signature,
    members(element('h5', {}, 'Header'), decoded.header), members(element('h5', {}, 'Claims'), decoded.claims), raw(text));
}

async function checked(text, server, { header }) {
  const keys = await server.keys(header.kid);
  return verify(text, keys);
}

const raw = (text) => element('details', {}, element('summary', {}, 'As it was sent'), element('pre', {}, text));

// members shows the members of a document under a heading.
export function members(heading, values) {
  return element('div', { class: 'members' }, heading, element('dl', {}, Object.entries(values).map(([name, value]) =>
    element('div', {},
      element('dt', {}, element('code', {}, name), meanings[name] && element('span', {}, meanings[name])),
      element('dd', {}, element('code', {}, typeof value === 'string' ? value : JSON.stringify(value)),
        times.has(name) && typeof value === 'number' && element('span', {}, timeText(value)))))));
}

// timeText is a NumericDate for people, with how far away it is.
function timeText(value) {
  const away = Math.round(value - Date.now() / 1000);
  const units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
  const [unit, length] = units.find(([, s]) => Math.abs(away) >= s) ?? units.at(-1);
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.trunc(away / length), unit);
  return `${new Date(value * 1000).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'long' })} (${relative})`;
}
