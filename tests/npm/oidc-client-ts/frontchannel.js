// In a frame of the provider, when the session has ended (OpenID Connect Front-Channel Logout 1.0 section 2): the user of this session is forgotten.
const query = new URLSearchParams(location.search);
const manager = new oidc.UserManager({
  authority: query.get('iss'), client_id: location.hostname.split('.')[0], redirect_uri: location.origin + '/application.html',
  userStore: new oidc.WebStorageStateStore({ store: localStorage }),
});
manager.getUser().then((user) => { if (user && user.profile.sid === query.get('sid')) manager.removeUser(); });
