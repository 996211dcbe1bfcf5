import { form } from '../form.js';

export const userInfo = {
  type: 'userinfo',
  title: 'UserInfo',
  clause: 'OIDC Core §5.3',
  about: 'What the access token may know about the person.',
  lacking: () => '',
  form: (flow) => form([{ name: 'access_token', kind: 'area', value: flow.tokens.access_token }], 'Ask',
    ({ values, edit }) => flow.present('UserInfo request', flow.server.userinfo_endpoint, Object.fromEntries(edit(values)).access_token)),
};
