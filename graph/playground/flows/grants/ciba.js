import { element, newTab } from '../../elements.js';
import { random } from '../../session.js';
import { succeeded } from '../call.js';
import { signs } from '../credential.js';
import { detailsField, scopeField } from '../fields.js';
import { form } from '../form.js';
import { poller } from '../polling.js';

export const ciba = {
  type: 'urn:openid:params:grant-type:ciba',
  title: 'CIBA',
  clause: 'CIBA Core',
  about: 'The client names a person, who decides on the page of their account; no browser is sent anywhere.',
  form: (flow) => form([
    scopeField(flow.client),
    { name: 'login_hint', hint: 'The user name or e-mail address of the person. This or id_token_hint.' },
    { name: 'id_token_hint', kind: 'area' },
    { name: 'binding_message', hint: 'The person sees it on both sides, such as the number of a till.' },
    { name: 'requested_expiry', hint: 'In seconds.' },
    { name: 'acr_values' },
    detailsField(flow.client),
    flow.client.backchannelTokenDeliveryMode === 'ping' && {
      name: 'client_notification_token', value: random(), hint: 'The client is told with it (ping). This page polls.',
    },
    signs(flow.client) && {
      name: 'signed', label: 'As a signed request', kind: 'check',
      on: flow.client.requireSignedRequestObject || Boolean(flow.client.backchannelAuthenticationRequestSigningAlg),
    },
  ], 'Ask the person', async ({ values, on, edit }) => {
    let fields = edit(values);
    if (on.has('signed')) fields = [['request', await flow.credential.signedRequest(fields)]];
    const { answer, step } = await flow.authenticated('Authentication request', flow.server.backchannel_authentication_endpoint, fields);
    if (succeeded(answer)) step.append(decision(flow, answer.json));
  }),
};

function decision(flow, { auth_req_id, interval }) {
  return element('section', { class: 'next' },
    element('h4', {}, 'A person decides'),
    element('p', {}, 'The person finds the request ',
      newTab(flow.server.issuer + '/account/requests', 'on the page of the account', { class: 'open' }), '.'),
    poller(flow, 'Token request', [['grant_type', ciba.type], ['auth_req_id', auth_req_id]], interval));
}
