package identity_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

// TestABoundTokenIsNoBearerToken: whoever presents a token that is bound to a key must prove to hold it.
func TestABoundTokenIsNoBearerToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	app := f.client(t, "app")
	for want, sender := range map[string]identity.SenderConstraint{
		"jkt": {Key: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}, "x5t#S256": {Certificate: "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"},
	} {
		issued, err := f.Tokens.Issue(f.ctx, identity.Issuance{Client: app, Scopes: []string{"email"}, Sender: sender}, nil)
		noError(t, err)
		_, claims := payload(t, issued.Value)
		confirmation, _ := claims["cnf"].(map[string]any)
		if len(confirmation) != 1 || confirmation[want] == nil {
			t.Errorf("cnf %v, want %s", claims["cnf"], want)
		}
		if (issued.Type == "DPoP") != (sender.Key != "") {
			t.Errorf("%s: token_type %s", want, issued.Type)
		}
		for _, p := range []identity.PresentedToken{
			presented(issued.Value),
			{Scheme: "DPoP", Token: issued.Value},
			{Scheme: "DPoP", Token: issued.Value, Proof: identity.Proof{JWT: "x"}},
		} {
			_, err = f.Tokens.Authenticate(f.ctx, p, identity.AnyAudience)
			if !errors.Is(err, identity.ErrInvalidToken) && !identity.OfProof(err) {
				t.Errorf("%s: %v", want, err)
			}
		}
		state, err := f.Tokens.Introspect(f.ctx, app, issued.Value)
		noError(t, err)
		if state == nil || state.Sender != sender || state.TokenType != issued.Type {
			t.Errorf("introspected as %+v", state)
		}
	}
	plain, err := f.Tokens.Issue(f.ctx, identity.Issuance{Client: app}, nil)
	noError(t, err)
	if _, claims := payload(t, plain.Value); claims["cnf"] != nil || plain.Type != "Bearer" {
		t.Errorf("a bearer token has cnf %v and type %s", claims["cnf"], plain.Type)
	}
	_, err = f.Tokens.Authenticate(f.ctx, identity.PresentedToken{Scheme: "DPoP", Token: plain.Value}, identity.AnyAudience)
	wantError(t, err, identity.ErrInvalidToken)
}

// TestATokenIsForWhatWasAuthorized: a token request may name fewer resources than were authorized, never others.
func TestATokenIsForWhatWasAuthorized(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	app := f.client(t, "app")
	const second = "https://second.example.org"
	for _, c := range []struct {
		authorized, requested []string
		want                  any // the audience; nil: refused
	}{
		{nil, nil, issuer},
		{nil, []string{issuer}, issuer},
		{nil, []string{api}, nil},
		{nil, []string{issuer, api}, nil},
		{[]string{api, second}, nil, []any{api, second}},
		{[]string{api, second}, []string{second}, second},
		{[]string{api}, []string{api, second}, nil},
		{[]string{api}, []string{issuer}, nil},
	} {
		issued, err := f.Tokens.Issue(f.ctx, identity.Issuance{Client: app, Resources: c.authorized}, c.requested)
		if c.want == nil {
			wantError(t, err, coded(identity.CodeInvalidTarget))
			continue
		}
		noError(t, err)
		_, claims := payload(t, issued.Value)
		wantSame(t, claims["aud"], c.want)
	}
}

func TestAClientOnItsOwnBehalf(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := f.admin.Scopes.SaveResource(f.ctx, identity.Resource{URI: api, Name: "API"})
	noError(t, err)
	service := func(id string, admin bool, auth identity.AuthMethod) identity.Client {
		return f.client(t, id, func(m *clientFields) {
			m.Scope, m.ServiceAdmin, m.TokenEndpointAuthMethod = "openid offline_access email tea:read admin:users:read", admin, auth
		})
	}
	plain, admin := service("plain", false, ""), service("admin", true, "")
	for name, c := range map[string]struct {
		client            identity.Client
		scopes, resources []string
		want              []string
		refused           identity.Code
	}{
		"a scope":                         {plain, []string{"tea:read"}, nil, []string{"tea:read"}, ""},
		"no scope":                        {plain, nil, nil, nil, ""},
		"scopes of a user":                {plain, []string{"openid", "email", "tea:read"}, nil, []string{"tea:read"}, ""},
		"only scopes of a user":           {plain, []string{"openid", "offline_access"}, nil, nil, identity.CodeInvalidScope},
		"administration without the flag": {plain, []string{"admin:users:read"}, nil, nil, identity.CodeInvalidScope},
		"administration":                  {admin, []string{"admin:users:read"}, nil, []string{"admin:users:read"}, ""},
		"a scope of somebody else":        {plain, []string{"coffee:read"}, nil, nil, identity.CodeInvalidScope},
		"a resource":                      {plain, []string{"tea:read"}, []string{api}, []string{"tea:read"}, ""},
		"an unknown resource":             {plain, []string{"tea:read"}, []string{api + "/x"}, nil, identity.CodeInvalidTarget},
		"a public client":                 {service("public", false, identity.AuthNone), []string{"tea:read"}, nil, nil, identity.CodeUnauthorizedClient},
	} {
		got, err := f.Grants.ForClient(f.ctx, c.client, c.scopes, c.resources)
		if c.refused != "" {
			if identity.AsError(err).Code != c.refused {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		noError(t, err)
		if !got.OnOwnBehalf() || got.Client.ID != c.client.ID || !slices.Equal(got.Scopes, c.want) || !slices.Equal(got.Resources, c.resources) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestWhoMayIntrospect: the client of a token, whom it names as audience, and who serves the resource it is for.
func TestWhoMayIntrospect(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	app, other := f.client(t, "app"), f.client(t, "other")
	serves := f.client(t, "serves", func(m *clientFields) { m.Audiences = []string{"https://x.example.org", api} })
	for resource, want := range map[string][]string{"": {"app"}, api: {"app", "serves"}, "other": {"app", "other"}} {
		issuance := identity.Issuance{Client: app}
		if resource != "" {
			issuance.Resources = []string{resource}
		}
		issued, err := f.Tokens.Issue(f.ctx, issuance, nil)
		noError(t, err)
		var got []string
		for _, caller := range []identity.Client{app, other, serves} {
			state, err := f.Tokens.Introspect(f.ctx, caller, issued.Value)
			noError(t, err)
			if state != nil {
				got = append(got, caller.ClientID)
			}
		}
		wantSame(t, got, want)
	}
}

func TestAClientsOwnLifetimesComeFirst(t *testing.T) {
	t.Parallel()
	s := identity.DefaultSettings(issuer)
	wantSame(t, s.LifetimesFor(identity.Client{}), identity.Lifetimes{
		AccessToken: s.AccessTokenTTL, IDToken: s.IDTokenTTL, RefreshToken: s.RefreshTokenTTL,
	})
	own := identity.Client{Policy: identity.ClientPolicy{AccessTokenTTL: 1, IDTokenTTL: 2, RefreshTokenTTL: 3}}
	wantSame(t, s.LifetimesFor(own), identity.Lifetimes{
		AccessToken: time.Second, IDToken: 2 * time.Second, RefreshToken: 3 * time.Second,
	})
}
