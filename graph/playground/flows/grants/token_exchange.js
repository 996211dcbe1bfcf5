import { resourceField, scopeField } from '../fields.js';
import { form } from '../form.js';

const kinds = ['urn:ietf:params:oauth:token-type:access_token', 'urn:ietf:params:oauth:token-type:jwt'];

export const tokenExchange = {
  type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  title: 'Token exchange',
  clause: 'RFC 8693',
  about: 'An API trades the token that it was called with for one of the next API, with no more rights.',
  form: (flow) => form([
    {
      name: 'subject_token', kind: 'area', value: flow.tokens.access_token,
      hint: 'The access token of a person. The last one that came is filled in, also when it is another client’s.',
    },
    { name: 'subject_token_type', kind: 'choice', choices: kinds, value: kinds[0] },
    { name: 'actor_token', kind: 'area' },
    { name: 'actor_token_type', kind: 'choice', choices: ['', ...kinds] },
    { name: 'requested_token_type', kind: 'choice', choices: ['', ...kinds] },
    resourceField(flow.client.exchangeResources),
    { name: 'audience', hint: 'Taken as resource is.' },
    scopeField(flow.client),
  ], 'Exchange', ({ values, edit }) => flow.token('Token request', edit([['grant_type', tokenExchange.type], ...values]))),
};
