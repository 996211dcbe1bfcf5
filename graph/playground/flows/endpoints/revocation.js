import { form } from '../form.js';

export const revocation = {
  type: 'revocation',
  title: 'Revocation',
  clause: 'RFC 7009',
  about: 'Ends a token. Revoking a refresh token ends all that came of the sign-in.',
  lacking: () => '',
  form: (flow) => form([
    { name: 'token', kind: 'area', value: flow.tokens.refresh_token ?? flow.tokens.access_token },
    { name: 'token_type_hint', kind: 'choice', choices: ['', 'access_token', 'refresh_token'] },
  ], 'Revoke', ({ values, edit }) => flow.authenticated('Revocation request', flow.server.revocation_endpoint, edit(values))),
};
