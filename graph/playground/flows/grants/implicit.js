import { authorizationForm } from './authorization_code.js';

export const implicit = {
  type: 'implicit',
  title: 'Implicit',
  clause: 'OIDC Core §3.2',
  about: 'A person signs in, and the browser brings the tokens themselves. OAuth 2.1 has dropped it: a server does it for old clients '
    + '(AUTHLY_FRONT_CHANNEL_TOKENS).',
  form: (flow) => authorizationForm(flow, false),
};
