import { element, newTab } from '../../elements.js';
import { succeeded } from '../call.js';
import { resourceField, scopeField } from '../fields.js';
import { form } from '../form.js';
import { poller } from '../polling.js';

export const deviceCode = {
  type: 'urn:ietf:params:oauth:grant-type:device_code',
  title: 'Device',
  clause: 'RFC 8628',
  about: 'A device without a browser shows a code, and asks until a person has entered it elsewhere.',
  form: (flow) => form([scopeField(flow.client), resourceField()], 'Ask for a code', async ({ values, edit }) => {
    const { device_authorization_endpoint: endpoint } = flow.server;
    const { answer, step } = await flow.authenticated('Device authorization request', endpoint, edit(values));
    if (succeeded(answer)) step.append(decision(flow, answer.json));
  }),
};

// decision shows where a person decides, and asks what they have decided.
function decision(flow, { device_code, user_code, verification_uri_complete, interval }) {
  return element('section', { class: 'next' },
    element('h4', {}, 'A person decides'),
    element('p', {}, 'Enter ', element('strong', { class: 'user-code' }, user_code), ', or ',
      newTab(verification_uri_complete, 'open the page with the code', { class: 'open' }), '.'),
    poller(flow, 'Token request', [['grant_type', deviceCode.type], ['device_code', device_code]], interval));
}
