import { resourceField, scopeField } from '../fields.js';
import { form } from '../form.js';

export const refreshToken = {
  type: 'refresh_token',
  title: 'Refresh token',
  clause: 'RFC 6749 §6',
  about: 'New tokens for an old refresh token. With rotation it is good once: using it again ends the whole grant.',
  form: (flow) => form([
    { name: 'refresh_token', kind: 'area', value: flow.tokens.refresh_token, hint: 'The last one that came is filled in.' },
    { ...scopeField(flow.client, ''), hint: 'Fewer scopes than were granted; all when it is empty.' },
    resourceField(),
  ], 'Refresh', ({ values, edit }) => flow.token('Token request', edit([['grant_type', 'refresh_token'], ...values]))),
};
