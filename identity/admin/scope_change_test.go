package admin_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// refusedFields lists what is wrong as field and code.
func refusedFields(err error) []string {
	if err == nil {
		return nil
	}
	var list []string
	for _, e := range identity.AllErrors(err) {
		list = append(list, e.Field+" "+string(e.Code))
	}
	return list
}

func TestScopesAreCreatedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		noError(t, f.admin.Scopes.EnsureBuiltIn(f.ctx))
		tea, err := f.admin.Scopes.Create(f.ctx, identity.Scope{Name: "tea:read", Description: "Read tea", BuiltIn: true})
		noError(t, err)
		wantSame(t, tea, identity.Scope{Name: "tea:read", Description: "Read tea", CreatedAt: start, UpdatedAt: start})
		for name, test := range map[string]struct {
			scope identity.Scope
			want  []string
		}{
			"taken":          {identity.Scope{Name: "tea:read"}, []string{"name DUPLICATE_SCOPE"}},
			"in other case":  {identity.Scope{Name: "TEA:read"}, []string{"name DUPLICATE_SCOPE"}},
			"a built-in one": {identity.Scope{Name: "OpenID"}, []string{"name DUPLICATE_SCOPE"}},
			"everything": {
				identity.Scope{Name: "admin:tea", Description: strings.Repeat("x", 256), Default: true},
				[]string{"description VALIDATION_ERROR", "name VALIDATION_ERROR", "default VALIDATION_ERROR"},
			},
			"taken and too long": {
				identity.Scope{Name: "tea:read", Description: strings.Repeat("x", 256)},
				[]string{"description VALIDATION_ERROR", "name DUPLICATE_SCOPE"},
			},
		} {
			_, err := f.admin.Scopes.Create(f.ctx, test.scope)
			if got := refusedFields(err); strings.Join(got, ",") != strings.Join(test.want, ",") {
				t.Errorf("%s: %q", name, got)
			}
		}
		f.advance(time.Minute)
		words, yes := "Read all tea", true
		after, err := f.admin.Scopes.Update(f.ctx, "tea:read", admin.ScopeChange{Default: &yes})
		noError(t, err)
		tea.Default, tea.UpdatedAt = true, f.Now()
		wantSame(t, after, tea)
		f.advance(time.Minute)
		after, err = f.admin.Scopes.Update(f.ctx, "tea:read", admin.ScopeChange{Default: &yes})
		noError(t, err)
		wantSame(t, after, tea) // nothing has changed
		after, err = f.admin.Scopes.Update(f.ctx, "openid", admin.ScopeChange{Description: &words})
		noError(t, err)
		if !after.BuiltIn || after.Description != words {
			t.Errorf("%+v", after)
		}
		_, err = f.admin.Scopes.Update(f.ctx, "profile:write", admin.ScopeChange{Default: &yes})
		wantField(t, err, "default")
		_, err = f.admin.Scopes.Update(f.ctx, "coffee", admin.ScopeChange{Default: &yes})
		wantError(t, err, identity.ErrScopeNotFound)
		noError(t, f.admin.Scopes.Delete(f.ctx, "tea:read"))
		wantError(t, f.admin.Scopes.Delete(f.ctx, "tea:read"), identity.ErrScopeNotFound)
		wantError(t, f.admin.Scopes.Delete(f.ctx, "openid"), coded(identity.CodeScopeRequired))
		if n := len(f.audit(t, identity.ActionScopeSaved)); n != 3 {
			t.Errorf("%d events of changes", n)
		}
		if n := len(f.audit(t, identity.ActionScopeDeleted)); n != 1 {
			t.Errorf("%d events of deletions", n)
		}
	})
}

// TestAScopeInUseIsNotDeleted also by who may write scopes and nothing else.
func TestAScopeInUseIsNotDeleted(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		_, err := f.admin.Scopes.Create(f.ctx, identity.Scope{Name: "tea"})
		noError(t, err)
		one := f.client(t, "one", func(c *clientFields) { c.Scope = "openid tea" })
		two := f.client(t, "two", func(c *clientFields) { c.Scope = "tea" })
		f.client(t, "three", func(c *clientFields) { c.Scope = "tea:read" })
		_, err = f.admin.Scopes.SaveResource(f.ctx, identity.Resource{URI: api, Scopes: []string{"tea"}})
		noError(t, err)
		writer := f.as(f.user(t, "root", administrator), identity.ScopeScopesWrite)
		refused := func(want string) {
			t.Helper()
			err := f.admin.Scopes.Delete(writer, "tea")
			if e := identity.AsError(err); err == nil || e.Code != identity.CodeScopeInUse || e.Field != "name" || e.Detail != want {
				t.Errorf("%v", err)
			}
		}
		refused("Is in use by 2 clients and 1 resource.")
		noError(t, f.admin.Clients.Delete(f.ctx, one.ID))
		refused("Is in use by 1 client and 1 resource.")
		noError(t, f.admin.Clients.Delete(f.ctx, two.ID))
		refused("Is in use by 1 resource.")
		noError(t, f.admin.Scopes.DeleteResource(f.ctx, api))
		noError(t, f.admin.Scopes.Delete(writer, "tea"))
	})
}

func TestScopesAreWrittenByWhoMay(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	noError(t, f.admin.Scopes.EnsureBuiltIn(f.ctx))
	words := "Words"
	create := func(ctx context.Context) error {
		_, err := f.admin.Scopes.Create(ctx, identity.Scope{Name: "tea"})
		return err
	}
	update := func(ctx context.Context, name string) error {
		_, err := f.admin.Scopes.Update(ctx, name, admin.ScopeChange{Description: &words})
		return err
	}
	f.refusedWithout(t, identity.ScopeScopesWrite, create)
	f.refusedWithout(t, identity.ScopeScopesWrite, func(ctx context.Context) error { return update(ctx, "email") })
	f.refusedWithout(t, identity.ScopeScopesWrite, func(ctx context.Context) error { return f.admin.Scopes.Delete(ctx, "tea") })
	root := f.user(t, "root", administrator)
	noError(t, create(f.as(root, identity.ScopeScopesWrite)))
	wantError(t, update(f.as(root, identity.ScopeScopesWrite), "admin:users:read"), coded(identity.CodeInsufficientScope))
	noError(t, update(f.as(root, identity.ScopeScopesWrite, identity.ScopeAdminsWrite), "admin:users:read"))
}

func TestResourcesAreCreatedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		r, err := f.admin.Scopes.CreateResource(f.ctx, identity.Resource{URI: api, Name: "API", Scopes: []string{"tea"}})
		noError(t, err)
		wantSame(t, r, identity.Resource{
			URI: api, Name: "API", Scopes: []string{"tea"}, AccessTokenType: identity.TypeAccessToken, CreatedAt: start, UpdatedAt: start,
		})
		long := strings.Repeat("x", 256)
		for name, test := range map[string]struct {
			resource identity.Resource
			want     string
		}{
			"taken":         {identity.Resource{URI: api}, "uri DUPLICATE_RESOURCE"},
			"in other case": {identity.Resource{URI: strings.Replace(api, "https://api", "HTTPS://API", 1)}, "uri DUPLICATE_RESOURCE"},
			"everything": {
				identity.Resource{URI: "x", Name: long, AccessTokenType: "y"},
				"uri INVALID_TARGET,access_token_typ VALIDATION_ERROR,name VALIDATION_ERROR",
			},
			"much at once": {
				identity.Resource{URI: api, Name: long, Scopes: []string{"tea", "tea"}},
				"name VALIDATION_ERROR,scopes[1] VALIDATION_ERROR,uri DUPLICATE_RESOURCE",
			},
			"a repeated scope":  {identity.Resource{URI: issuer, Scopes: []string{"tea", "tea"}}, "scopes[1] VALIDATION_ERROR"},
			"a malformed scope": {identity.Resource{URI: issuer, Scopes: []string{"a b"}}, "scopes[0] VALIDATION_ERROR"},
		} {
			_, err := f.admin.Scopes.CreateResource(f.ctx, test.resource)
			if got := strings.Join(refusedFields(err), ","); got != test.want {
				t.Errorf("%s: %q", name, got)
			}
		}
		f.advance(time.Minute)
		both, jwt, none := []string{"coffee", "tea"}, identity.TypeJWT, ""
		after, err := f.admin.Scopes.UpdateResource(f.ctx, api, admin.ResourceChange{Scopes: &both, AccessTokenType: &jwt, Name: &none})
		noError(t, err)
		r.Scopes, r.AccessTokenType, r.Name, r.UpdatedAt = both, jwt, "", f.Now()
		wantSame(t, after, r)
		f.advance(time.Minute)
		after, err = f.admin.Scopes.UpdateResource(f.ctx, api, admin.ResourceChange{Scopes: &both})
		noError(t, err)
		wantSame(t, after, r) // nothing has changed
		_, err = f.admin.Scopes.UpdateResource(f.ctx, api, admin.ResourceChange{Scopes: &[]string{"tea", "a b"}})
		wantField(t, err, "scopes[1]")
		_, err = f.admin.Scopes.UpdateResource(f.ctx, api+"/x", admin.ResourceChange{Scopes: &both})
		wantError(t, err, identity.ErrResourceNotFound)
		serves := f.client(t, "serves", func(c *clientFields) { c.Audiences = []string{api} })
		f.client(t, "default", func(c *clientFields) { c.DefaultResource = api })
		err = f.admin.Scopes.DeleteResource(f.ctx, api)
		if e := identity.AsError(err); e.Code != identity.CodeResourceInUse || e.Field != "uri" || e.Detail != "Is in use by 2 clients." {
			t.Errorf("%v", err)
		}
		noError(t, f.admin.Clients.Delete(f.ctx, serves.ID))
		wantError(t, f.admin.Scopes.DeleteResource(f.ctx, api), coded(identity.CodeResourceInUse))
		if n := len(f.audit(t, identity.ActionResourceSaved)); n != 2 {
			t.Errorf("%d events", n)
		}
	})
}

// TestAnAudienceIsOneAPIs: a token for an API opens no other, and not Authly.
func TestAnAudienceIsOneAPIs(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		_, err := f.admin.Scopes.CreateResource(f.ctx, identity.Resource{URI: api, Audiences: []string{"https://old.example.org"}})
		noError(t, err)
		const other = "https://other.example.org"
		_, err = f.admin.Scopes.CreateResource(f.ctx, identity.Resource{URI: other})
		noError(t, err)
		upper := strings.ToUpper(strings.TrimSuffix(issuer, "/"))
		audiences := []string{"HTTPS://old.example.org", upper, api, other, "urn:a", "urn:a", "client"}
		want := "audiences[6] VALIDATION_ERROR,audiences[1] VALIDATION_ERROR,audiences[3] VALIDATION_ERROR,audiences[5] VALIDATION_ERROR," +
			"audiences[0] DUPLICATE_RESOURCE,audiences[2] DUPLICATE_RESOURCE"
		_, err = f.admin.Scopes.UpdateResource(f.ctx, other, admin.ResourceChange{Audiences: &audiences})
		wantRefusedFields(t, err, want)
		_, err = f.admin.Scopes.SaveResource(f.ctx, identity.Resource{URI: other, Audiences: []string{api}})
		wantRefusedFields(t, err, "audiences[0] DUPLICATE_RESOURCE")
		_, err = f.admin.Scopes.SaveResource(f.ctx, identity.Resource{URI: other, Audiences: []string{issuer}})
		wantRefusedFields(t, err, "audiences[0] VALIDATION_ERROR")
		_, err = f.admin.Scopes.CreateResource(f.ctx, identity.Resource{URI: "https://OLD.example.org"})
		wantRefusedFields(t, err, "uri DUPLICATE_RESOURCE")
		_, err = f.admin.Scopes.CreateResource(f.ctx, identity.Resource{URI: "https://new.example.org", Audiences: []string{other}})
		wantRefusedFields(t, err, "audiences[0] DUPLICATE_RESOURCE")
		f.advance(time.Minute)
		seconds, rsa, names, format := 60, identity.RS256, []string{"urn:a"}, identity.FormatOpaque
		after, err := f.admin.Scopes.UpdateResource(f.ctx, other, admin.ResourceChange{
			Audiences: &names, AccessTokenAlg: &rsa, AccessTokenTTL: &seconds, AccessTokenFormat: &format,
		})
		noError(t, err)
		wantSame(t, after, identity.Resource{
			URI: other, Audiences: names, AccessTokenType: identity.TypeAccessToken, AccessTokenAlg: rsa, AccessTokenTTL: 60, CreatedAt: start,
			UpdatedAt: f.Now(), AccessTokenFormat: format,
		})
		events := f.audit(t, identity.ActionResourceSaved)
		for _, field := range []string{"audiences", "access_token_signing_alg", "access_token_ttl", "access_token_format"} {
			if _, told := events[0].Changes[field]; !told {
				t.Errorf("the trail does not tell of %s", field)
			}
		}
		for _, change := range []admin.ResourceChange{
			{Audiences: new([]string)},
			{AccessTokenAlg: new(identity.Algorithm)},
			{AccessTokenTTL: new(int)},
			{AccessTokenFormat: new(identity.TokenFormat)},
		} {
			after, err = f.admin.Scopes.UpdateResource(f.ctx, other, change)
			noError(t, err)
		}
		if len(after.Audiences) != 0 || after.AccessTokenAlg != "" || after.AccessTokenTTL != 0 || after.AccessTokenFormat != "" {
			t.Errorf("%+v", after)
		}
		if n := len(f.audit(t, identity.ActionResourceSaved)); n != 7 {
			t.Errorf("%d events", n)
		}
	})
}

func wantRefusedFields(t *testing.T, err error, want string) {
	t.Helper()
	if got := strings.Join(refusedFields(err), ","); got != want {
		t.Errorf("refused: %s\nwant: %s", got, want)
	}
}

// TestPruneRemovesAlsoWhatIsNamed: clients and resources may name what is not registered, and the file has the last word.
func TestPruneRemovesAlsoWhatIsNamed(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		d := desired()
		d.Clients[0].Metadata.Scope = "openid tea"
		d.Clients[0].Policy = &identity.ClientPolicy{Audiences: []string{api}}
		_, err := f.admin.Declarations.Apply(f.ctx, d, false)
		noError(t, err)
		wantError(t, f.admin.Scopes.Delete(f.ctx, "tea"), coded(identity.CodeScopeInUse))
		wantError(t, f.admin.Scopes.DeleteResource(f.ctx, api), coded(identity.CodeResourceInUse))
		d.Scopes, d.Resources, d.Prune = nil, nil, true
		done, err := f.admin.Declarations.Apply(f.ctx, d, false)
		noError(t, err)
		got := verbs(done)
		if got["scope tea"] != admin.Deleted || got["resource "+api] != admin.Deleted {
			t.Errorf("%v", got)
		}
	})
}

func TestResourcesAreWrittenByWhoMay(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	noError(t, f.admin.Scopes.EnsureBuiltIn(f.ctx))
	create := func(ctx context.Context) error {
		_, err := f.admin.Scopes.CreateResource(ctx, identity.Resource{URI: api, Scopes: []string{identity.ScopeUsersRead}})
		return err
	}
	update := func(ctx context.Context) error {
		_, err := f.admin.Scopes.UpdateResource(ctx, api, admin.ResourceChange{Scopes: new([]string)})
		return err
	}
	remove := func(ctx context.Context) error { return f.admin.Scopes.DeleteResource(ctx, api) }
	f.refusedWithout(t, identity.ScopeScopesWrite, update)
	f.refusedWithout(t, identity.ScopeScopesWrite, remove)
	root := f.user(t, "root", administrator)
	writer, all := f.as(root, identity.ScopeScopesWrite), f.as(root, identity.ScopeScopesWrite, identity.ScopeAdminsWrite)
	wantError(t, create(writer), coded(identity.CodeInsufficientScope))
	wantError(t, create(all), coded(identity.CodeInsufficientScope)) // what they do not hold themselves
	noError(t, create(f.ctx))
	wantError(t, update(writer), coded(identity.CodeInsufficientScope))
	wantError(t, remove(writer), coded(identity.CodeInsufficientScope))
	noError(t, update(all))
	noError(t, remove(writer))
}
