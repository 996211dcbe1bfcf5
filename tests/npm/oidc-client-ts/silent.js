new oidc.UserManager({}).signinSilentCallback();
