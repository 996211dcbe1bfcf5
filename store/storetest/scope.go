package storetest

import (
	"time"

	"github.com/authly/authly/identity"
)

func scopes(r *runner) {
	r.run("scopes are saved, replaced, listed and deleted by name", func(f *fixture) {
		b := identity.Scope{Name: "b", Description: "B", CreatedAt: f.now, UpdatedAt: f.now}
		a := identity.Scope{Name: "a:x", Description: "A", Default: true, BuiltIn: true, CreatedAt: f.now, UpdatedAt: f.now}
		f.noError(f.store.SaveScope(f.ctx, b))
		f.noError(f.store.SaveScope(f.ctx, a))
		b.Description, b.Default, b.UpdatedAt = "new", true, f.now.Add(time.Minute)
		f.noError(f.store.SaveScope(f.ctx, b))
		f.equal(must(f.store.Scopes(f.ctx))(f), []identity.Scope{a, b})
		f.noError(f.store.DeleteScope(f.ctx, "b"))
		f.wantErr(f.store.DeleteScope(f.ctx, "b"), identity.ErrScopeNotFound)
		f.wantErr(f.store.DeleteScope(f.ctx, "\x00"), identity.ErrScopeNotFound)
		f.equal(must(f.store.Scopes(f.ctx))(f), []identity.Scope{a})
	})
	r.run("resources are saved, replaced, listed and deleted by URI", func(f *fixture) {
		b := identity.Resource{URI: "https://b.example.org", Name: "B", AccessTokenType: identity.TypeAccessToken, CreatedAt: f.now, UpdatedAt: f.now}
		a := identity.Resource{
			URI: "https://a.example.org", Scopes: []string{"x", "y"}, AccessTokenType: identity.TypeJWT, CreatedAt: f.now, UpdatedAt: f.now,
		}
		f.noError(f.store.SaveResource(f.ctx, b))
		f.noError(f.store.SaveResource(f.ctx, a))
		b.Scopes, b.AccessTokenType, b.UpdatedAt = []string{"z"}, identity.TypeJWT, f.now.Add(time.Minute)
		f.noError(f.store.SaveResource(f.ctx, b))
		f.equal(must(f.store.Resources(f.ctx))(f), []identity.Resource{a, b})
		f.noError(f.store.DeleteResource(f.ctx, b.URI))
		f.wantErr(f.store.DeleteResource(f.ctx, b.URI), identity.ErrNotFound)
		f.equal(must(f.store.Resources(f.ctx))(f), []identity.Resource{a})
	})
}
