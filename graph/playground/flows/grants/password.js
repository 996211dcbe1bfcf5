import { scopeField } from '../fields.js';
import { form } from '../form.js';

export const password = {
  type: 'password',
  title: 'Password',
  clause: 'RFC 6749 §4.3',
  about: 'The client sends a person’s password. OAuth 2.1 has dropped it: a server does it for a migration only (AUTHLY_PASSWORD_GRANT).',
  form: (flow) => form([{ name: 'username' }, { name: 'password', kind: 'password' }, scopeField(flow.client)], 'Ask for a token',
    ({ values, edit }) => flow.token('Token request', edit([['grant_type', 'password'], ...values]))),
};
