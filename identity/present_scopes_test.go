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
	f := newFixture(t).withKeys(t)
	app := f.client(t, "app")
	b := f.signIn(t, f.user(t, "alice"))
	before := f.redeem(t, app, b, "openid", "email", "offline_access")
	wantSame(t, before.Scopes, []string{"openid", "email", "offline_access"})
	code := f.code(t, app, b, "openid", "email", "offline_access")
	living, err := f.Tokens.Issue(f.ctx, before, nil)
	noError(t, err)

	m := app.Metadata
	m.Scope = "openid offline_access"
	app, _, err = f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Metadata: &m}, nil)
	noError(t, err)
	late, err := f.Grants.Exchange(f.ctx, app, proof(code))
	noError(t, err)
	wantSame(t, late.Scopes, []string{"openid", "offline_access"})
	bearer, err := f.Tokens.Authenticate(f.ctx, presented(living.Value), identity.AuthlyAudience)
	noError(t, err)
	wantSame(t, bearer.Scopes(), []string{"openid", "offline_access"})
	for _, text := range []string{living.Value, before.RefreshToken} {
		state, err := f.Tokens.Introspect(f.ctx, app, text)
		noError(t, err)
		wantSame(t, state.Scope, "openid offline_access")
	}
	refreshed, err := f.Grants.Refresh(f.ctx, app, before.RefreshToken, nil, identity.SenderConstraint{})
	noError(t, err)
	wantSame(t, refreshed.Scopes, []string{"openid", "offline_access"})
	refreshed, err = f.Grants.Refresh(f.ctx, app, refreshed.RefreshToken, []string{"openid", "email"}, identity.SenderConstraint{})
	noError(t, err)
	wantSame(t, refreshed.Scopes, []string{"openid"})
	_, err = f.Grants.Refresh(f.ctx, app, refreshed.RefreshToken, []string{"email"}, identity.SenderConstraint{})
	wantError(t, err, coded(identity.CodeInvalidScope))
	_, err = f.Grants.Refresh(f.ctx, app, refreshed.RefreshToken, nil, identity.SenderConstraint{}) // is not spent by the refusal
	noError(t, err)
}

// TestAnApplicationOnTheDeviceNeedsAClick each time, whatever is remembered or trusted: RFC 8252 §8.6.
func TestAnApplicationOnTheDeviceNeedsAClick(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.signIn(t, f.user(t, "alice"))
	for name, c := range map[string]struct {
		uri    string
		public bool
		kind   string
		want   identity.Step
	}{
		"on a port of the loopback":           {"http://127.0.0.1:7001/callback", true, "native", identity.StepConsent},
		"under a name of this machine":        {"http://localhost:7001/callback", true, "native", identity.StepConsent},
		"on the loopback with TLS":            {"https://localhost:7001/callback", true, "native", identity.StepConsent},
		"by its own scheme":                   {"com.example.app:/callback", true, "native", identity.StepConsent},
		"on a site of its own":                {"https://app.example/callback", true, "native", identity.StepIssue},
		"on the origin of the server":         {f.deps.Settings.Get().Issuer + "/playground", true, "native", identity.StepIssue},
		"a page that is being developed":      {"http://localhost:5173/callback", true, "web", identity.StepConsent},
		"on the loopback with its own secret": {"http://127.0.0.1:7001/callback", false, "native", identity.StepIssue},
	} {
		app := f.client(t, strings.ReplaceAll(name, " ", "-"), func(m *clientFields) {
			m.SkipConsent, m.ApplicationType, m.RedirectURIs = true, c.kind, []string{c.uri}
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
