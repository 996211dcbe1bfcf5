// A browser application with the library oidc-client-ts, unchanged: login by redirect, silent renewal in a frame, UserInfo, revocation, logout.
if (location.hash.startsWith('#http')) sessionStorage.setItem('issuer', location.hash.slice(1));
if (location.search.includes('shared')) sessionStorage.setItem('shared', 'yes');
const manager = new oidc.UserManager({
  authority: sessionStorage.getItem('issuer'), client_id: location.hostname.split('.')[0], scope: 'openid profile email',
  redirect_uri: location.origin + '/application.html', silent_redirect_uri: location.origin + '/silent.html',
  post_logout_redirect_uri: location.origin + '/bye.html', loadUserInfo: true, automaticSilentRenew: false,
  monitorSession: location.search.includes('watch') || sessionStorage.getItem('watch') === 'yes', checkSessionIntervalInSeconds: 1,
  userStore: new oidc.WebStorageStateStore({ store: sessionStorage.getItem('shared') ? localStorage : sessionStorage }),
});
if (location.search.includes('watch')) sessionStorage.setItem('watch', 'yes');
const element = (id) => document.getElementById(id);
const show = (text) => { element('state').textContent = text; };
const on = (id, act) => { element(id).onclick = () => { show(''); act().catch((err) => show('failed: ' + (err.error || err.message))); }; };
const describe = (what, user) => show([what, user.profile.email, user.profile.given_name, user.access_token.slice(-8)].join(' '));

// What UserInfo says to a token, read across origins: the status and the challenge of a refusal.
async function ask(token) {
  const { userinfo_endpoint } = await manager.metadataService.getMetadata();
  const response = await fetch(userinfo_endpoint, { headers: { authorization: 'Bearer ' + token } });
  const challenge = response.headers.get('www-authenticate') || '';
  return response.status + ' ' + ((challenge.match(/error="([^"]*)"/) || [])[1] || (await response.json()).email);
}

manager.events.addUserSignedOut(() => show('signed out elsewhere'));
addEventListener('storage', async () => { if (!await manager.getUser()) show('signed out by a frame'); });
on('sign-in', () => manager.signinRedirect());
on('renew', async () => describe('renewed', await manager.signinSilent()));
on('revoke', async () => {
  const { access_token } = await manager.getUser();
  const before = await ask(access_token);
  await manager.revokeTokens(['access_token']);
  show(['revoked', before, await ask(access_token)].join(' '));
});
on('sign-out', () => manager.signoutRedirect());

if (location.search.includes('code=')) {
  manager.signinRedirectCallback().then((user) => {
    history.replaceState({}, '', '/application.html');
    describe('signed in', user);
  }, (err) => show('failed: ' + err.message));
}
