package admin_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func TestRequestedScopes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	noError(t, f.admin.Scopes.EnsureBuiltIn(f.ctx))
	for _, scope := range []identity.Scope{{Name: "basic", Default: true}, {Name: "extra", Default: true}, {Name: "rare"}} {
		_, err := f.admin.Scopes.Save(f.ctx, scope)
		noError(t, err)
	}
	for name, test := range map[string]struct {
		client    string
		requested []string
		want      []string
		refused   bool
	}{
		"all of them":            {"openid email", []string{"email", "openid"}, []string{"email", "openid"}, false},
		"some of them":           {"openid email", []string{"profile", "openid"}, []string{"openid"}, false},
		"none of them":           {"openid email", []string{"profile"}, nil, true},
		"in other case":          {"openid", []string{"OPENID"}, nil, true},
		"nothing, some defaults": {"openid basic rare", nil, []string{"basic"}, false},
		"nothing, no defaults":   {"openid", nil, nil, false},
		"a client without any":   {"", []string{"openid"}, nil, true},
		"nothing of nothing":     {"", nil, nil, false},
	} {
		c := registered(func(c *identity.Client) { c.Metadata.Scope = test.client })
		got, err := f.Scopes.Requested(f.ctx, c, test.requested)
		if test.refused != errors.Is(err, coded(identity.CodeInvalidScope)) || !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestOnlyAdministratorsGetAdminScopes: granted is what was requested, the client may have and the user may have.
func TestOnlyAdministratorsGetAdminScopes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	for name, want := range map[string][]string{"alice": {"openid"}, "root": {"openid", "admin:users:read"}} {
		u := f.user(t, name, func(n *admin.NewUser) { n.Admin = name == "root" })
		p := f.Interactions.NewAuthorize(app, params("openid", "admin:users:read"))
		granted, err := f.Interactions.Consentable(f.ctx, p, u)
		noError(t, err)
		wantSame(t, granted, want)
		wantSame(t, p.Params.Scopes, []string{"openid", "admin:users:read"})
		wantSame(t, f.redeem(t, app, f.signIn(t, u), "openid", "admin:users:read").Scopes, want)
	}
}

func TestSaveScope(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	noError(t, f.admin.Scopes.EnsureBuiltIn(f.ctx))
	save := func(s identity.Scope, want bool) {
		t.Helper()
		f.advance(time.Minute)
		changed, err := f.admin.Scopes.Save(f.ctx, s)
		noError(t, err)
		if changed != want {
			t.Errorf("saving %+v: %v", s, changed)
		}
	}
	tea := identity.Scope{Name: "tea:read", Description: "Read tea", Default: true}
	save(tea, true)
	save(tea, false)
	created := f.Now().Add(-time.Minute)
	tea.Default = false
	save(tea, true)
	save(identity.Scope{Name: "openid", Description: "Say who you are", Default: true}, true)
	all, err := f.Scopes.Describe(f.ctx, []string{"tea:read", "openid", "unknown"})
	noError(t, err)
	wantSame(t, all, []identity.Scope{
		{Name: "tea:read", Description: "Read tea", CreatedAt: created, UpdatedAt: created.Add(2 * time.Minute)},
		{Name: "openid", Description: "Say who you are", Default: true, BuiltIn: true, CreatedAt: start, UpdatedAt: f.Now()},
		{Name: "unknown"},
	})
	if n := len(f.audit(t, identity.ActionScopeSaved)); n != 3 {
		t.Errorf("%d events", n)
	}
	for name, test := range map[string]struct {
		scope identity.Scope
		field string
	}{
		"no name":                {identity.Scope{}, "name"},
		"two names":              {identity.Scope{Name: "a b"}, "name"},
		"a space around":         {identity.Scope{Name: " a"}, "name"},
		"a quote":                {identity.Scope{Name: `a"`}, "name"},
		"a long name":            {identity.Scope{Name: strings.Repeat("a", 256)}, "name"},
		"a new admin scope":      {identity.Scope{Name: "admin:everything"}, "name"},
		"admin by default":       {identity.Scope{Name: "admin:users:read", Default: true}, "default"},
		"a change by default":    {identity.Scope{Name: "profile:write", Default: true}, "default"},
		"a description with NUL": {identity.Scope{Name: "a", Description: "\x00"}, "description"},
	} {
		_, err := f.admin.Scopes.Save(f.ctx, test.scope)
		if e := identity.AsError(err); err == nil || e.Field != test.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	noError(t, f.admin.Scopes.Delete(f.ctx, "tea:read"))
	wantError(t, f.admin.Scopes.Delete(f.ctx, "tea:read"), identity.ErrScopeNotFound)
	wantError(t, f.admin.Scopes.Delete(f.ctx, "openid"), coded(identity.CodeScopeRequired))
	f.refusedWithout(t, identity.ScopeScopesRead, func(ctx context.Context) error { _, err := f.admin.Scopes.List(ctx); return err })
}

func TestEnsureBuiltInScopesKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	noError(t, f.admin.Scopes.EnsureBuiltIn(f.ctx))
	_, err := f.admin.Scopes.Save(f.ctx, identity.Scope{Name: "email", Description: "Your address"})
	noError(t, err)
	before, err := f.store.Scopes(f.ctx)
	noError(t, err)
	f.advance(time.Hour)
	noError(t, f.admin.Scopes.EnsureBuiltIn(f.ctx))
	after, err := f.store.Scopes(f.ctx)
	noError(t, err)
	wantSame(t, after, before)
	if len(after) != len(identity.BuiltInScopes()) {
		t.Errorf("%d scopes", len(after))
	}
}

func TestResources(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := identity.Resource{URI: api, Name: "API", Scopes: []string{"read"}}
	for i, want := range []bool{true, false, true} {
		f.advance(time.Minute)
		if i == 2 {
			r.Scopes = nil
		}
		changed, err := f.admin.Scopes.SaveResource(f.ctx, r)
		noError(t, err)
		if changed != want {
			t.Errorf("saving it the %d. time: %v", i+1, changed)
		}
	}
	changed, err := f.admin.Scopes.SaveResource(f.ctx, identity.Resource{URI: api, Name: "API", Scopes: []string{}})
	noError(t, err)
	if changed {
		t.Error("no scopes and an empty list of scopes differ")
	}
	list, err := f.admin.Scopes.Resources(f.ctx)
	noError(t, err)
	wantSame(t, list, []identity.Resource{{
		URI: api, Name: "API", AccessTokenType: identity.TypeAccessToken, CreatedAt: start.Add(time.Minute), UpdatedAt: start.Add(3 * time.Minute),
	}})
	for typ, ok := range map[string]bool{identity.TypeJWT: true, identity.TypeAccessToken: true, "jwt": false, "logout+jwt": false, " JWT": false} {
		_, err := f.admin.Scopes.SaveResource(f.ctx, identity.Resource{URI: api, Name: "API", AccessTokenType: typ})
		if (err == nil) != ok || err != nil && identity.AsError(err).Field != "access_token_typ" {
			t.Errorf("access_token_typ %q: %v", typ, err)
		}
	}
	for _, uri := range []string{"", "api", "/v1", "//x", api + "#x", api + "#", api + " ", api + "\n", "https://é.example", "https://" + strings.Repeat("a", 2048)} {
		_, err := f.admin.Scopes.SaveResource(f.ctx, identity.Resource{URI: uri})
		if !errors.Is(err, coded(identity.CodeInvalidTarget)) {
			t.Errorf("%.40q: %v", uri, err)
		}
	}

	for name, test := range map[string]struct {
		uris []string
		ok   bool
	}{
		"none": {nil, true}, "Authly": {[]string{issuer}, true}, "registered": {[]string{api}, true}, "both": {[]string{api, issuer}, true},
		"unknown": {[]string{"https://x.example"}, false}, "one of two": {[]string{api, "https://x.example"}, false},
		"a slash more": {[]string{api + "/"}, false}, "Authly and a slash": {[]string{issuer + "/"}, false}, "empty": {[]string{""}, false},
	} {
		err := f.Scopes.CheckResources(f.ctx, test.uris)
		if test.ok && err != nil || !test.ok && !errors.Is(err, coded(identity.CodeInvalidTarget)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	noError(t, f.admin.Scopes.DeleteResource(f.ctx, api))
	if err := f.admin.Scopes.DeleteResource(f.ctx, api); err == nil || identity.AsError(err).Kind != identity.NotFound {
		t.Errorf("deleting it again: %v", err)
	}
}

// TestAScopeThatWasTheOperatorsBecomesBuiltIn: what people consent to is what it does, and nobody gets it unasked.
func TestAScopeThatWasTheOperatorsBecomesBuiltIn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	own := identity.Scope{Name: "profile:write", Description: "Write to the notice board", Default: true, CreatedAt: start, UpdatedAt: start}
	noError(t, f.store.SaveScope(f.ctx, own))
	noError(t, f.admin.Scopes.EnsureBuiltIn(f.ctx))
	got, err := f.Scopes.Describe(f.ctx, []string{"profile:write"})
	noError(t, err)
	if s := got[0]; !s.BuiltIn || s.Default || !strings.HasPrefix(s.Description, "Change your profile") {
		t.Errorf("%+v", s)
	}

	// Whatever a database says, no scope that changes claims is among the defaults.
	noError(t, f.store.SaveScope(f.ctx, own))
	c := registered(func(c *identity.Client) { c.Metadata.Scope = "openid profile:write" })
	if defaults, err := f.Scopes.Requested(f.ctx, c, nil); err != nil || len(defaults) > 0 {
		t.Errorf("%q, %v", defaults, err)
	}
}
