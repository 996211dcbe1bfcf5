// The answer of the authorization endpoint, however it comes (RFC 6749 §4.1.2, JARM).
import { decode } from './jose.js';

// parseAnswer reads it from an address that a browser ended at, or from what a form was posted with.
export function parseAnswer(text) {
  const trimmed = text.trim();
  if (!URL.canParse(trimmed)) return Object.fromEntries(new URLSearchParams(trimmed));
  const { search, hash } = new URL(trimmed);
  const fragment = hash.slice(1);
  return Object.fromEntries(new URLSearchParams(fragment.includes('=') ? fragment : search));
}

// opened returns the parameters of an answer that is signed, and those of any other as they are.
export function opened(parameters) {
  return parameters.response === undefined ? parameters : decode(parameters.response)?.claims ?? {};
}

// doubts says what a client would refuse an answer for (RFC 6749 §10.12, RFC 9207 §2.4, JARM §2.4).
export function doubts(parameters, { state, issuer, clientId }) {
  const said = opened(parameters);
  return [
    said.state !== state && 'The state is not the one that was sent: a client must refuse this answer (RFC 6749 §10.12).',
    said.iss !== issuer && 'The iss is not this server: a client must refuse this answer (RFC 9207 §2.4).',
    parameters.response !== undefined && said.aud !== clientId && 'The aud is not the client: it must refuse this answer (JARM §2.4).',
  ].filter(Boolean);
}
