package identity_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// payload returns header and claims of a token without checking it.
func payload(t *testing.T, token string) (header, claims map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	for i, out := range []*map[string]any{&header, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		noError(t, err)
		noError(t, json.Unmarshal(raw, out))
	}
	return header, claims
}

// presented is a token as a caller presents it who has nothing to prove.
func presented(token string) identity.PresentedToken {
	return identity.PresentedToken{Scheme: identity.SchemeBearer, Token: token}
}

func TestAccessTokenOfAGrant(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	app := f.client(t, "app")
	u := f.user(t, "alice")
	b := f.signIn(t, u)
	f.advance(5 * time.Second)
	r := f.redeem(t, app, b, "openid", "email")
	issued, err := f.Tokens.Issue(f.ctx, r, nil)
	noError(t, err)
	header, claims := payload(t, issued.Value)
	if header["alg"] != "ES256" || header["typ"] != "at+jwt" || header["kid"] == "" {
		t.Errorf("header %v", header)
	}
	jti, _ := claims["jti"].(string)
	if len(jti) != 43 {
		t.Errorf("jti %q", jti)
	}
	now := float64(f.Now().Unix())
	wantSame(t, claims, map[string]any{
		"iss": issuer, "sub": u.ID.String(), "aud": issuer, "client_id": "app", "scope": "openid email", "jti": jti, "iat": now,
		"exp": now + 600, "auth_time": now - 5, "acr": levelOne, "amr": []any{"pwd"}, "sid": b.Session.ID.String(), "gid": r.Grant.ID.String(),
	})
	wantSame(t, issued.ExpiresIn, 10*time.Minute)
	wantSame(t, issued.Scopes, []string{"openid", "email"})
	again, err := f.Tokens.Issue(f.ctx, r, nil)
	noError(t, err)
	if _, other := payload(t, again.Value); other["jti"] == jti {
		t.Error("two tokens have one jti")
	}
}

func TestAccessTokenOfAClient(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	app := f.client(t, "app", func(m *clientFields) { m.AccessTokenTTL, m.AccessTokenAlg = 60, identity.EdDSA })
	issued, err := f.Tokens.Issue(f.ctx, identity.Issuance{Client: app, Scopes: []string{"read"}, Resources: []string{api}}, nil)
	noError(t, err)
	header, claims := payload(t, issued.Value)
	if header["alg"] != "EdDSA" {
		t.Errorf("header %v", header)
	}
	now := float64(f.Now().Unix())
	wantSame(t, claims, map[string]any{
		"iss": issuer, "sub": "app", "aud": api, "client_id": "app", "scope": "read", "jti": claims["jti"], "iat": now, "exp": now + 60,
	})
	wantSame(t, issued.ExpiresIn, time.Minute)
}

func TestAudience(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	app := f.client(t, "app")
	const second = "https://second.example.org"
	for name, test := range map[string]struct {
		resources, scopes []string
		want              any
		authly            bool
	}{
		"none":                   {nil, []string{"email"}, issuer, true},
		"one":                    {[]string{api}, []string{"email"}, api, false},
		"one, and UserInfo":      {[]string{api}, []string{"openid"}, []any{api, issuer}, true},
		"two":                    {[]string{api, second}, nil, []any{api, second}, false},
		"Authly itself":          {[]string{issuer}, []string{"openid"}, issuer, true},
		"Authly and another":     {[]string{issuer, api}, []string{"openid"}, []any{issuer, api}, true},
		"what looks like Authly": {[]string{issuer + "/"}, nil, issuer + "/", false},
	} {
		issued, err := f.Tokens.Issue(f.ctx, identity.Issuance{Client: app, Scopes: test.scopes, Resources: test.resources}, nil)
		noError(t, err)
		_, claims := payload(t, issued.Value)
		wantSame(t, claims["aud"], test.want)
		if _, err := f.Tokens.Authenticate(f.ctx, presented(issued.Value), identity.AnyAudience); err != nil {
			t.Errorf("%s: dead: %v", name, err)
		}
		if _, err := f.Tokens.Authenticate(f.ctx, presented(issued.Value), identity.AuthlyAudience); (err == nil) != test.authly {
			t.Errorf("%s: for Authly: %v", name, err)
		}
	}
}

func TestAudienceJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]identity.Audience{`"a"`: {"a"}, `["a"]`: {"a"}, `["a","b"]`: {"a", "b"}, `[]`: {}} {
		var got identity.Audience
		noError(t, json.Unmarshal([]byte(text), &got))
		wantSame(t, got, want)
	}
	for _, text := range []string{`1`, `{}`, `[1]`, `["a",2]`} {
		var got identity.Audience
		if json.Unmarshal([]byte(text), &got) == nil {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	app := f.client(t, "app")
	u := f.user(t, "root", administrator)
	r := f.redeem(t, app, f.signIn(t, u), "openid", "admin:users:read")
	issued, err := f.Tokens.Issue(f.ctx, r, nil)
	noError(t, err)
	b, err := f.Tokens.Authenticate(f.ctx, presented(issued.Value), identity.AuthlyAudience)
	noError(t, err)
	from := identity.Actor{Kind: identity.ActorAnonymous, IP: "192.0.2.1", UserAgent: "x", RequestID: "r"}
	wantSame(t, b.Actor(from), identity.Actor{
		Kind: identity.ActorUser, UserID: u.ID, ClientID: app.ID, Name: "root", Admin: true, Scopes: []string{"openid", "admin:users:read"},
		GrantID: r.Grant.ID, IP: "192.0.2.1", UserAgent: "x", RequestID: "r",
		Class: r.Grant.Class(), AuthTime: time.Unix(r.Grant.AuthTime.Unix(), 0),
	})
	service := f.client(t, "service", func(m *clientFields) { m.ServiceAdmin = true })
	for _, c := range []identity.Client{app, service} {
		issued, err := f.Tokens.Issue(f.ctx, identity.Issuance{Client: c, Scopes: []string{"admin:users:read"}}, nil)
		noError(t, err)
		b, err := f.Tokens.Authenticate(f.ctx, presented(issued.Value), identity.AuthlyAudience)
		noError(t, err)
		scopes := []string{} // a token that says more than the client may have counts for what it may
		if c.ClientID == "service" {
			scopes = []string{"admin:users:read"}
		}
		wantSame(t, b.Actor(from), identity.Actor{
			Kind: identity.ActorClient, ClientID: c.ID, Name: c.ClientID, Admin: c.ClientID == "service", Scopes: scopes,
			IP: "192.0.2.1", UserAgent: "x", RequestID: "r",
		})
	}
}

// TestCausesOfDeath: an access token dies at once with whatever it hangs on.
func TestCausesOfDeath(t *testing.T) {
	t.Parallel()
	type scene struct {
		*fixture
		app   identity.Client
		b     identity.BrowserSession
		r     identity.Issuance
		token string
	}
	change := func(t *testing.T, s scene, do func(u *identity.User)) {
		t.Helper()
		u := s.reread(t, s.b.User)
		do(&u)
		noError(t, s.store.UpdateUser(s.ctx, u))
	}
	for name, test := range map[string]struct {
		spoil   func(t *testing.T, s scene)
		offline bool // an offline grant dies of it too
	}{
		"its time":                  {func(_ *testing.T, s scene) { s.advance(10*time.Minute + 6*time.Second) }, true}, // 5 s of leeway
		"a sign-out":                {func(t *testing.T, s scene) { noError(t, s.Sessions.SignOut(s.ctx, s.b)) }, false},
		"an idle session":           {func(_ *testing.T, s scene) { s.advance(5 * time.Minute) }, false},
		"its revocation":            {func(t *testing.T, s scene) { noError(t, s.Grants.Revoke(s.ctx, s.app, s.token)) }, true},
		"that of its refresh token": {func(t *testing.T, s scene) { noError(t, s.Grants.Revoke(s.ctx, s.app, s.r.RefreshToken)) }, true},
		"a used refresh token": {func(t *testing.T, s scene) {
			_, err := s.refresh(s.app, s.r.RefreshToken)
			noError(t, err)
			s.advance(time.Minute)
			_, err = s.refresh(s.app, s.r.RefreshToken)
			wantError(t, err, identity.ErrInvalidGrant)
		}, true},
		"an inactive user":      {func(t *testing.T, s scene) { change(t, s, func(u *identity.User) { u.Active = false }) }, true},
		"a password to change":  {func(t *testing.T, s scene) { change(t, s, func(u *identity.User) { u.RequiresPasswordChange = true }) }, true},
		"an unverified address": {func(t *testing.T, s scene) { change(t, s, func(u *identity.User) { u.Verified = false }) }, true},
		"a deleted user":        {func(t *testing.T, s scene) { noError(t, s.store.DeleteUser(s.ctx, s.b.User.ID)) }, true},
		"an inactive client": {func(t *testing.T, s scene) {
			_, _, err := s.admin.Clients.Update(s.ctx, s.app.ID, admin.ClientChange{Active: new(false)}, nil)
			noError(t, err)
		}, true},
		"a deleted client": {func(t *testing.T, s scene) { noError(t, s.admin.Clients.Delete(s.ctx, s.app.ID)) }, true},
		"a new password": {func(t *testing.T, s scene) {
			_, err := s.admin.Users.Update(s.ctx, s.b.User.ID, admin.UserChange{Password: new("another otter 20 river")}, nil)
			noError(t, err)
		}, true},
	} {
		for _, scopes := range [][]string{{"openid"}, {"openid", "offline_access"}} {
			dies := test.offline || len(scopes) == 1
			t.Run(name+" "+strings.Join(scopes, " "), func(t *testing.T) {
				t.Parallel()
				f := newFixture(t, func(s *identity.Settings) { s.RequireVerified, s.SessionIdleTTL = true, 5*time.Minute }).withKeys(t)
				s := scene{fixture: f, app: f.client(t, "app"), b: f.signIn(t, f.user(t, "alice"))}
				s.r = f.redeem(t, s.app, s.b, scopes...)
				issued, err := f.Tokens.Issue(f.ctx, s.r, nil)
				noError(t, err)
				s.token = issued.Value
				_, err = f.Tokens.Authenticate(f.ctx, presented(s.token), identity.AnyAudience)
				noError(t, err)
				test.spoil(t, s)
				_, err = f.Tokens.Authenticate(f.ctx, presented(s.token), identity.AnyAudience)
				state, inspectErr := f.Tokens.Introspect(f.ctx, s.app, s.token)
				noError(t, inspectErr)
				if !dies {
					noError(t, err)
					if state == nil {
						t.Error("introspected as dead")
					}
					return
				}
				wantError(t, err, identity.ErrInvalidToken)
				if state != nil {
					t.Errorf("introspected as %+v", state)
				}
			})
		}
	}
}

func TestCausesOfDeathOfAClientsToken(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, f *fixture, c identity.Client, token string){
		"its time": func(_ *testing.T, f *fixture, _ identity.Client, _ string) { f.advance(10*time.Minute + 6*time.Second) },
		"its revocation": func(t *testing.T, f *fixture, c identity.Client, token string) {
			noError(t, f.Grants.Revoke(f.ctx, c, token))
		},
		"an inactive client": func(t *testing.T, f *fixture, c identity.Client, _ string) {
			_, _, err := f.admin.Clients.Update(f.ctx, c.ID, admin.ClientChange{Active: new(false)}, nil)
			noError(t, err)
		},
		"a deleted client": func(t *testing.T, f *fixture, c identity.Client, _ string) {
			noError(t, f.admin.Clients.Delete(f.ctx, c.ID))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t).withKeys(t)
			c := f.client(t, "service")
			issued, err := f.Tokens.Issue(f.ctx, identity.Issuance{Client: c}, nil)
			noError(t, err)
			spoil(t, f, c, issued.Value)
			_, err = f.Tokens.Authenticate(f.ctx, presented(issued.Value), identity.AnyAudience)
			wantError(t, err, identity.ErrInvalidToken)
		})
	}
}

func TestForeignTokensAreNotLive(t *testing.T) {
	t.Parallel()
	f := newFixture(t).withKeys(t)
	now := f.Now().Unix()
	sign := func(typ string, claims map[string]any) string {
		token, err := f.Signer.Sign(f.ctx, identity.ES256, typ, claims)
		noError(t, err)
		return token
	}
	for name, token := range map[string]string{
		"an ID token":    sign(identity.TypeIDToken, map[string]any{"iss": issuer, "sub": "x", "exp": now + 60, "iat": now}),
		"an odd grant":   sign(identity.TypeAccessToken, map[string]any{"iss": issuer, "exp": now + 60, "iat": now, "gid": "x"}),
		"a gone grant":   sign(identity.TypeAccessToken, map[string]any{"iss": issuer, "exp": now + 60, "iat": now, "gid": uuid.NewString()}),
		"a gone client":  sign(identity.TypeAccessToken, map[string]any{"iss": issuer, "exp": now + 60, "iat": now, "client_id": "gone"}),
		"no client":      sign(identity.TypeAccessToken, map[string]any{"iss": issuer, "exp": now + 60, "iat": now}),
		"another issuer": sign(identity.TypeAccessToken, map[string]any{"iss": "https://evil.example", "exp": now + 60, "iat": now}),
		"nothing":        "",
		"something else": "a.b.c",
	} {
		if _, err := f.Tokens.Authenticate(f.ctx, presented(token), identity.AnyAudience); !errors.Is(err, identity.ErrInvalidToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
