import { resourceField, scopeField } from '../fields.js';
import { form } from '../form.js';

export const jwtBearer = {
  type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  title: 'JWT bearer',
  clause: 'RFC 7523 §2.1',
  about: 'An assertion of a trusted issuer about a person stands for what that person would grant.',
  form: (flow) => form([
    {
      name: 'assertion', kind: 'area',
      hint: `A JWT of ${flow.client.assertionIssuers.join(', ') || 'an issuer: the client is registered for none (assertion_issuers)'}.`,
    },
    scopeField(flow.client),
    resourceField(),
  ], 'Ask for a token', ({ values, edit }) => flow.token('Token request', edit([['grant_type', jwtBearer.type], ...values]))),
};
