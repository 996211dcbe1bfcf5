package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
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
	r.run("a scope is inserted once", func(f *fixture) {
		f.oneWins(func(i int) (bool, error) {
			err := f.store.InsertScope(f.ctx, identity.Scope{Name: "one", Description: string(rune('a' + i%26)), CreatedAt: f.now, UpdatedAt: f.now})
			if errors.Is(err, &identity.Error{Code: identity.CodeDuplicateScope}) {
				return false, nil
			}
			return err == nil, err
		})
		f.noError(f.store.InsertScope(f.ctx, identity.Scope{Name: "One", CreatedAt: f.now, UpdatedAt: f.now}))
		f.equal(len(must(f.store.Scopes(f.ctx))(f)), 2)
	})
	r.run("a locked scope stays as it is until the transaction ends", func(f *fixture) {
		s := identity.Scope{Name: "count", Description: "0", CreatedAt: f.now, UpdatedAt: f.now}
		f.noError(f.store.InsertScope(f.ctx, s))
		f.equal(f.winners(func(int) (bool, error) {
			return true, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				locked, err := tx.LockScopes(ctx, []string{"count", "missing", "\x00"})
				if err != nil {
					return err
				}
				if len(locked) != 1 {
					return fmt.Errorf("%d scopes", len(locked))
				}
				n, err := strconv.Atoi(locked["count"].Description)
				if err != nil {
					return err
				}
				next := locked["count"]
				next.Description = strconv.Itoa(n + 1)
				return tx.SaveScope(ctx, next)
			})
		}), contenders)
		s.Description = strconv.Itoa(contenders)
		f.equal(must(f.store.Scopes(f.ctx))(f), []identity.Scope{s})
		f.equal(must(f.store.LockScopes(f.ctx, nil))(f), map[string]identity.Scope{})
	})
	r.run("types of authorization details are saved, replaced, listed and deleted by name", func(f *fixture) {
		b := identity.DetailType{Name: "urn:b", Description: "B", Schema: []byte(`{"b": 1,"a":2}`), CreatedAt: f.now, UpdatedAt: f.now}
		a := identity.DetailType{Name: "A", Schema: []byte(`{}`), CreatedAt: f.now, UpdatedAt: f.now}
		f.noError(f.store.SaveDetailType(f.ctx, b))
		f.noError(f.store.SaveDetailType(f.ctx, a))
		b.Description, b.Schema, b.UpdatedAt = "new", []byte(`{"type":"object"}`), f.now.Add(time.Minute)
		f.noError(f.store.SaveDetailType(f.ctx, b))
		f.equal(must(f.store.DetailTypes(f.ctx))(f), []identity.DetailType{a, b})
		f.noError(f.store.DeleteDetailType(f.ctx, "urn:b"))
		f.wantErr(f.store.DeleteDetailType(f.ctx, "urn:b"), identity.ErrDetailTypeNotFound)
		f.wantErr(f.store.DeleteDetailType(f.ctx, "\x00"), identity.ErrDetailTypeNotFound)
		f.equal(must(f.store.DetailTypes(f.ctx))(f), []identity.DetailType{a})
	})
	r.run("whoever has locked the types of authorization details writes alone", func(f *fixture) {
		f.oneWins(func(i int) (bool, error) {
			first := false
			err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				types, err := tx.LockDetailTypes(ctx)
				if err != nil || len(types) > 0 {
					return err
				}
				first = true
				return tx.SaveDetailType(ctx, identity.DetailType{Name: fmt.Sprint("t", i), Schema: []byte(`{}`), CreatedAt: f.now, UpdatedAt: f.now})
			})
			return first && err == nil, err
		})
	})
	r.run("resources are saved, replaced, listed and deleted by URI", func(f *fixture) {
		b := identity.Resource{URI: "https://b.example.org", Name: "B", AccessTokenType: identity.TypeAccessToken, CreatedAt: f.now, UpdatedAt: f.now}
		a := identity.Resource{
			URI: "https://a.example.org", Scopes: []string{"x", "y"}, AccessTokenType: identity.TypeJWT, CreatedAt: f.now, UpdatedAt: f.now,
		}
		f.noError(f.store.SaveResource(f.ctx, b))
		f.noError(f.store.SaveResource(f.ctx, a))
		b.Scopes, b.AccessTokenType, b.UpdatedAt = []string{"z"}, identity.TypeJWT, f.now.Add(time.Minute)
		b.Audiences, b.AccessTokenAlg, b.AccessTokenTTL = []string{"urn:b", "urn:c"}, identity.RS256, 60
		b.AccessTokenFormat = identity.FormatOpaque
		f.noError(f.store.SaveResource(f.ctx, b))
		f.equal(must(f.store.Resources(f.ctx))(f), []identity.Resource{a, b})
		f.noError(f.store.DeleteResource(f.ctx, b.URI))
		f.wantErr(f.store.DeleteResource(f.ctx, b.URI), identity.ErrResourceNotFound)
		f.equal(must(f.store.Resources(f.ctx))(f), []identity.Resource{a})
	})
	r.run("an audience is one resource's, also when two take it at the same moment", func(f *fixture) {
		taken := &identity.Error{Code: identity.CodeDuplicateResource}
		named := func(n int, audiences ...string) identity.Resource {
			return identity.Resource{
				URI: "https://" + strconv.Itoa(n) + ".example.org", Audiences: audiences, AccessTokenType: identity.TypeAccessToken,
				CreatedAt: f.now, UpdatedAt: f.now,
			}
		}
		f.oneWins(func(n int) (bool, error) {
			err := f.store.InsertResource(f.ctx, named(n, "urn:api"))
			if errors.Is(err, taken) {
				return false, nil
			}
			return err == nil, err
		})
		winner := must(f.store.Resources(f.ctx))(f)[0]
		f.noError(f.store.SaveResource(f.ctx, named(1000)))
		f.wantErr(f.store.SaveResource(f.ctx, named(1000, "urn:api")), taken)
		f.wantErr(f.store.SaveResource(f.ctx, named(1000, winner.URI)), taken)
		f.wantErr(f.store.InsertResource(f.ctx, named(1001, "https://1000.example.org")), taken)
		winner.Audiences = []string{"https://1002.example.org"}
		f.noError(f.store.SaveResource(f.ctx, winner))
		f.wantErr(f.store.InsertResource(f.ctx, named(1002)), taken)
		f.noError(f.store.SaveResource(f.ctx, named(1000, "urn:api")))
		f.noError(f.store.DeleteResource(f.ctx, winner.URI))
		f.noError(f.store.InsertResource(f.ctx, named(1002)))
	})
	r.run("a resource is inserted once, and locked until the transaction ends", func(f *fixture) {
		one := identity.Resource{
			URI: "https://a.example.org", Name: "0", AccessTokenType: identity.TypeAccessToken, CreatedAt: f.now, UpdatedAt: f.now,
		}
		f.oneWins(func(int) (bool, error) {
			err := f.store.InsertResource(f.ctx, one)
			if errors.Is(err, &identity.Error{Code: identity.CodeDuplicateResource}) {
				return false, nil
			}
			return err == nil, err
		})
		f.equal(f.winners(func(int) (bool, error) {
			return true, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				locked, err := tx.LockResources(ctx, []string{one.URI, "https://b.example.org", "\x00"})
				if err != nil {
					return err
				}
				next := locked[one.URI]
				n, err := strconv.Atoi(next.Name)
				if err != nil {
					return err
				}
				next.Name = strconv.Itoa(n + 1)
				return tx.SaveResource(ctx, next)
			})
		}), contenders)
		one.Name = strconv.Itoa(contenders)
		f.equal(must(f.store.Resources(f.ctx))(f), []identity.Resource{one})
	})
}
