import { detailsField, resourceField, scopeField } from '../fields.js';
import { form } from '../form.js';

export const clientCredentials = {
  type: 'client_credentials',
  title: 'Client credentials',
  clause: 'RFC 6749 §4.4',
  about: 'The client gets a token for itself; no person takes part.',
  form: (flow) => form([scopeField(flow.client), resourceField(), detailsField(flow.client)], 'Ask for a token', ({ values, edit }) =>
    flow.token('Token request', edit([['grant_type', 'client_credentials'], ...values]))),
};
