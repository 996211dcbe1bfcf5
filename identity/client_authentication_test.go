package identity_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestAClientMustUseItsOwnMethod: what would prove a client by one method proves nothing by another, but a secret counts
// in both of its places.
func TestAClientMustUseItsOwnMethod(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	secret := strings.Repeat("s", 32)
	for _, method := range identity.AuthMethods() {
		n := admin.NewClient{ClientID: string(method)}
		n.Metadata.TokenEndpointAuthMethod, n.Metadata.RedirectURIs = method, []string{callback}
		switch method {
		case identity.AuthPrivateKeyJWT:
			n.Metadata.JWKSURI = "https://app.example.org/keys"
		case identity.AuthClientSecretBasic, identity.AuthClientSecretPost:
			n.Secret = secret
		case identity.AuthNone:
		}
		_, _, err := f.admin.Clients.Create(f.ctx, n)
		noError(t, err)
	}
	secrets := []identity.AuthMethod{identity.AuthClientSecretBasic, identity.AuthClientSecretPost}
	for _, registered := range identity.AuthMethods() {
		for _, presented := range []identity.AuthMethod{identity.AuthClientSecretBasic, identity.AuthClientSecretPost, identity.AuthNone} {
			got, err := f.ClientAuth.Authenticate(f.ctx, identity.ClientCredentials{
				Method: presented, ClientID: string(registered), Secret: secret,
			})
			ok := registered == presented || slices.Contains(secrets, registered) && slices.Contains(secrets, presented)
			if (err == nil) != ok || ok && got.ClientID != string(registered) {
				t.Errorf("%s presented to a client with %s: %v", presented, registered, err)
			}
			if err != nil && (!errors.Is(err, identity.ErrInvalidClient) || !strings.Contains(err.Error(),
				"client "+string(registered)+" is registered with "+string(registered)+", "+string(presented)+" was used")) {
				t.Errorf("%s presented to a client with %s is refused with %v", presented, registered, err)
			}
		}
	}
}

func TestWhoIsAuthenticated(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, secret, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: "app", Metadata: identity.ClientMetadata{RedirectURIs: []string{callback}}})
	noError(t, err)
	f.client(t, "public", func(m *clientFields) { m.TokenEndpointAuthMethod = identity.AuthNone })
	basic := func(id, secret string) identity.ClientCredentials {
		return identity.ClientCredentials{Method: identity.AuthClientSecretBasic, ClientID: id, Secret: secret}
	}
	for name, c := range map[string]struct {
		presented        identity.ClientCredentials
		ok, confidential bool
	}{
		"the right secret":          {basic("app", secret), true, true},
		"a wrong one":               {basic("app", secret+"x"), false, false},
		"none":                      {basic("app", ""), false, false},
		"an unknown client":         {basic("nobody", secret), false, false},
		"nobody":                    {basic("", ""), false, false},
		"a public client":           {identity.ClientCredentials{Method: identity.AuthNone, ClientID: "public"}, true, false},
		"one with an empty secret":  {basic("public", ""), true, false},
		"one with a secret":         {basic("public", "x"), false, false},
		"one that posts a secret":   {identity.ClientCredentials{Method: identity.AuthClientSecretPost, ClientID: "public"}, false, false},
		"a secret by no method":     {identity.ClientCredentials{ClientID: "app", Secret: secret}, false, false},
		"a client without a secret": {identity.ClientCredentials{Method: identity.AuthNone, ClientID: "app"}, false, false},
	} {
		if _, err := f.ClientAuth.Authenticate(f.ctx, c.presented); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := f.ClientAuth.AuthenticateConfidential(f.ctx, c.presented); (err == nil) != c.confidential {
			t.Errorf("%s where only confidential clients may: %v", name, err)
		}
	}
	methods := identity.ConfidentialAuthMethods()
	if slices.Contains(methods, identity.AuthNone) || len(methods)+1 != len(identity.AuthMethods()) {
		t.Errorf("confidential methods %q", methods)
	}
}
