import { element, newTab } from '../../elements.js';
import { random } from '../../session.js';
import { form } from '../form.js';
import { findRefusal } from '../refusal.js';
import { copyButton } from '../steps.js';

export const logout = {
  type: 'logout',
  title: 'Logout',
  clause: 'OIDC RP-Initiated Logout',
  about: 'The client sends the browser away to end the session. If it is yours, this page ends with it.',
  lacking: () => '',
  form: (flow) => form([
    { name: 'id_token_hint', kind: 'area', value: flow.tokens.id_token },
    { name: 'client_id', value: flow.client.clientId },
    { name: 'post_logout_redirect_uri', kind: 'choice', choices: ['', ...flow.client.postLogoutRedirectUris] },
    { name: 'state', value: random() },
  ], 'Make the request', ({ values, edit }) => {
    const address = flow.server.end_session_endpoint + '?' + new URLSearchParams(edit(values));
    const step = flow.steps.add('Logout request', element('section', { class: 'next' },
      element('h4', {}, 'Send the browser there'),
      element('pre', {}, address),
      element('p', {}, newTab(address, 'Open in a new tab', { id: 'open-logout', class: 'button' }), copyButton(address)),
      element('button', {
        type: 'button',
        class: 'second',
        onclick: async () => step.append(await findRefusal({ client: flow.client.id, endpoint: 'LOGOUT' })),
      }, 'It showed an error: why?')));
  }),
};
