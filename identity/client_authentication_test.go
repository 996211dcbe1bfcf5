package identity_test

import (
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

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
		case identity.AuthPrivateKeyJWT, identity.AuthSelfSignedTLS:
			n.Metadata.JWKSURI = "https://app.example.org/keys"
		case identity.AuthClientSecretBasic, identity.AuthClientSecretPost:
			n.Secret = secret
		case identity.AuthClientSecretJWT:
			n.Secret = secret + secret
		case identity.AuthTLS:
			n.Metadata.TLSDNSName = "app.example.org"
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

// TestAFailedClientIsAuditedOnceAnEpisode, by network and reason; one that does not exist is of no interest.
func TestAFailedClientIsAuditedOnceAnEpisode(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	wrong := func(ip, clientID string, method identity.AuthMethod) {
		_, err := f.ClientAuth.Authenticate(f.at(ip), identity.ClientCredentials{Method: method, ClientID: clientID, Secret: "wrong"})
		if err == nil {
			t.Error("authenticated")
		}
	}
	reasons := func() (list []string) {
		for _, e := range f.audit(t, identity.ActionClientRefused) {
			if e.Target != identity.TargetClient || e.TargetID != app.ID.String() || e.TargetName != "app" || e.Outcome != identity.OutcomeFailure {
				t.Errorf("%+v", e)
			}
			list = append(list, e.Reason+" "+e.IP)
		}
		slices.Sort(list)
		return list
	}
	for range 3 {
		wrong("192.0.2.1", "app", identity.AuthClientSecretBasic)
		wrong("192.0.2.1", "nobody", identity.AuthClientSecretBasic)
		wrong("192.0.2.1", "app", identity.AuthNone)
		wrong("203.0.113.1", "app", identity.AuthClientSecretBasic)
	}
	once := []string{"client_auth.method 192.0.2.1", "client_auth.secret 192.0.2.1", "client_auth.secret 203.0.113.1"}
	if got := reasons(); !slices.Equal(got, once) {
		t.Errorf("%q", got)
	}
	f.advance(2 * time.Hour)
	wrong("203.0.113.1", "app", identity.AuthClientSecretBasic)
	if got := reasons(); len(got) != len(once)+1 {
		t.Errorf("after an hour of quiet: %q", got)
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
	for want, m := range map[int]identity.MutualTLS{
		5: {}, 6: {On: true}, 7: {On: true, Anchors: x509.NewCertPool()},
	} {
		settings := identity.Settings{MutualTLS: m}
		all, confidential := settings.AuthMethods(), settings.ConfidentialAuthMethods()
		if len(all) != want || slices.Contains(confidential, identity.AuthNone) || len(confidential)+1 != want {
			t.Errorf("with %+v: %q, of which %q prove something", m, all, confidential)
		}
	}
}
