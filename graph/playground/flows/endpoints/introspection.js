import { form } from '../form.js';

export const introspection = {
  type: 'introspection',
  title: 'Introspection',
  clause: 'RFC 7662',
  about: 'Whether a token is good, and for what. A client is told of its own tokens, and of those for the APIs that it serves.',
  lacking: (client) => (client.public ? 'not for public clients: anybody can claim to be one' : ''),
  form: (flow) => form([
    { name: 'token', kind: 'area', value: flow.tokens.access_token },
    { name: 'token_type_hint', kind: 'choice', choices: ['', 'access_token', 'refresh_token'] },
    { name: 'signed', label: 'As a signed answer (RFC 9701)', kind: 'check' },
  ], 'Ask', ({ values, on, edit }) => flow.authenticated('Introspection request', flow.server.introspection_endpoint, edit(values), {},
    on.has('signed') ? { Accept: 'application/token-introspection+jwt' } : {})),
};
