package identity_test

import (
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestAClientThatLostAScopeGetsItNoMore: neither by a code that was issued before, nor by a refresh token.
func TestAClientThatLostAScopeGetsItNoMore(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	b := f.signIn(t, f.user(t, "alice"))
	before := f.redeem(t, app, b, "openid", "email", "offline_access")
	wantSame(t, before.Scopes, []string{"openid", "email", "offline_access"})
	code := f.code(t, app, b, "openid", "email", "offline_access")

	m := app.Metadata
	m.Scope = "openid offline_access"
	app, _, err := f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Metadata: &m}, nil)
	noError(t, err)
	late, err := f.Grants.Exchange(f.ctx, app, proof(code))
	noError(t, err)
	wantSame(t, late.Scopes, []string{"openid", "offline_access"})
	refreshed, err := f.Grants.Refresh(f.ctx, app, before.RefreshToken, nil)
	noError(t, err)
	wantSame(t, refreshed.Scopes, []string{"openid", "offline_access"})
	refreshed, err = f.Grants.Refresh(f.ctx, app, refreshed.RefreshToken, []string{"openid", "email"})
	noError(t, err)
	wantSame(t, refreshed.Scopes, []string{"openid"})
}

// TestAnApplicationOnTheDeviceNeedsAClick each time, whatever is remembered or trusted: RFC 8252 §8.6.
func TestAnApplicationOnTheDeviceNeedsAClick(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.signIn(t, f.user(t, "alice"))
	for name, c := range map[string]struct {
		uri    string
		public bool
		want   identity.Step
	}{
		"on a port of the loopback":           {"http://127.0.0.1:7001/callback", true, identity.StepConsent},
		"under a name of this machine":        {"http://localhost:7001/callback", true, identity.StepConsent},
		"by its own scheme":                   {"com.example.app:/callback", true, identity.StepConsent},
		"on a site of its own":                {"https://app.example/callback", true, identity.StepIssue},
		"on the origin of the server":         {f.deps.Settings.Issuer + "/playground", true, identity.StepIssue},
		"on the loopback with its own secret": {"http://127.0.0.1:7001/callback", false, identity.StepIssue},
	} {
		app := f.client(t, strings.ReplaceAll(name, " ", "-"), func(m *clientFields) {
			m.SkipConsent, m.ApplicationType, m.RedirectURIs = true, "native", []string{c.uri}
			if c.public {
				m.TokenEndpointAuthMethod = identity.AuthNone
			}
		})
		p := params("openid")
		p.RedirectURI = c.uri
		i, err := f.Interactions.Seal(f.Interactions.NewAuthorize(app, p))
		noError(t, err)
		got, err := f.Interactions.Next(f.ctx, i, &b)
		noError(t, err)
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if got != identity.StepConsent {
			continue
		}
		noError(t, f.Authorizations.Approve(f.ctx, i, b))
		allowed, err := f.Interactions.Load(f.ctx, i.Handle)
		noError(t, err)
		if got, err = f.Interactions.Next(f.ctx, allowed, &b); err != nil || got != identity.StepIssue {
			t.Errorf("%s, allowed: %s, %v", name, got, err)
		}
		// What is remembered does not count for the next time.
		if got, err = f.Interactions.Next(f.ctx, f.Interactions.NewAuthorize(app, p), &b); err != nil || got != identity.StepConsent {
			t.Errorf("%s, the next time: %s, %v", name, got, err)
		}
	}
}
