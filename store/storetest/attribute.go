package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// newAttribute returns a definition that is not stored.
func (f *fixture) newAttribute(name string) identity.AttributeDefinition {
	return identity.AttributeDefinition{
		ID: f.id(), Name: name, DisplayName: "The " + name, Description: "Of\n" + name, Type: identity.AttributeString, Pattern: "[A-Z]+",
		Filterable: true, UserWritable: true, CreatedAt: f.now, UpdatedAt: f.now, Version: 1,
	}
}

// insertAttribute stores a definition.
func (f *fixture) insertAttribute(d identity.AttributeDefinition) identity.AttributeDefinition {
	f.Helper()
	f.noError(f.store.InsertAttributeDefinition(f.ctx, d))
	return d
}

func attributes(r *runner) {
	taken := &identity.Error{Code: identity.CodeDuplicateAttribute}
	r.run("attributes are declared, changed, listed by name and removed", func(f *fixture) {
		shoe := f.insertAttribute(f.newAttribute("shoe_size"))
		badge := f.newAttribute("Badge")
		badge.Type, badge.Pattern, badge.Unique, badge.Required = identity.AttributeInteger, "", true, true
		f.insertAttribute(badge)
		f.equal(must(f.store.AttributeDefinitions(f.ctx))(f), []identity.AttributeDefinition{badge, shoe})
		f.wantErr(f.store.InsertAttributeDefinition(f.ctx, f.newAttribute("bADGE")), taken)
		shoe.DisplayName, shoe.Description, shoe.Pattern, shoe.Required, shoe.UserWritable = "", "new", "", true, false
		shoe.UpdatedAt = f.now.Add(time.Hour)
		f.noError(f.store.UpdateAttributeDefinition(f.ctx, shoe))
		var conflict *identity.VersionConflictError
		if err := f.store.UpdateAttributeDefinition(f.ctx, shoe); !errors.As(err, &conflict) || conflict.CurrentVersion != 2 {
			f.Errorf("a stale update: %v", err)
		}
		shoe.Version = 2
		f.wantErr(f.store.UpdateAttributeDefinition(f.ctx, f.newAttribute("x")), identity.ErrAttributeNotFound)
		f.equal(must(f.store.AttributeDefinitions(f.ctx))(f), []identity.AttributeDefinition{badge, shoe})
		f.noError(f.store.DeleteAttributeDefinition(f.ctx, badge.ID))
		f.wantErr(f.store.DeleteAttributeDefinition(f.ctx, badge.ID), identity.ErrAttributeNotFound)
		f.equal(must(f.store.AttributeDefinitions(f.ctx))(f), []identity.AttributeDefinition{shoe})
	})
	r.run("attributes are released by scopes, each by its own claim", func(f *fixture) {
		register := func(name string) {
			f.noError(f.store.InsertScope(f.ctx, identity.Scope{Name: name, CreatedAt: f.now, UpdatedAt: f.now}))
		}
		register("hr")
		register("it")
		badge, level := f.newAttribute("badge"), f.newAttribute("level")
		badge.Claim, badge.Scopes = "https://a.example/Badge", []string{"hr", "it"}
		f.insertAttribute(badge)
		level.Claim = badge.Claim[:len(badge.Claim)-5] + "bADGE"
		var claim *identity.Error
		if err := f.store.InsertAttributeDefinition(f.ctx, level); !errors.As(err, &claim) || claim.Code != taken.Code || claim.Field != "claim" {
			f.Errorf("a claim twice: %v", err)
		}
		level.Claim = "Badge2"
		f.insertAttribute(level)
		f.wantErr(f.store.InsertAttributeDefinition(f.ctx, f.newAttribute("badge2")), taken) // its name is its claim
		level.Claim, level.Scopes = "", []string{"hr", "unregistered"}
		err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error { return tx.UpdateAttributeDefinition(ctx, level) })
		if identity.AsError(err).Field != "scopes" {
			f.Errorf("a scope that is not registered: %v", err)
		}
		level.Scopes = []string{"hr"}
		f.noError(f.store.UpdateAttributeDefinition(f.ctx, level))
		level.Version++
		f.equal(must(f.store.AttributeDefinitions(f.ctx))(f), []identity.AttributeDefinition{badge, level})
		f.noError(f.store.DeleteScope(f.ctx, "hr"))
		register("hr") // another one of the name
		badge.Scopes, level.Scopes = []string{"it"}, nil
		f.equal(must(f.store.AttributeDefinitions(f.ctx))(f), []identity.AttributeDefinition{badge, level})
		f.equal(must(f.store.LockAttributeDefinition(f.ctx, badge.ID))(f), badge)
		f.noError(f.store.DeleteAttributeDefinition(f.ctx, badge.ID))
		f.equal(must(f.store.AttributeDefinitions(f.ctx))(f), []identity.AttributeDefinition{level})
	})
	r.run("attributes are declared up to a number, also at the same moment", func(f *fixture) {
		const room = 3
		f.equal(f.winners(func(i int) (bool, error) {
			added := false
			err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				all, err := tx.LockAttributeDefinitions(ctx)
				if added = err == nil && len(all) < room; !added {
					return err
				}
				d := f.newAttribute(fmt.Sprint("a", i))
				d.ID = uuid.New()
				return tx.InsertAttributeDefinition(ctx, d)
			})
			return added && err == nil, err
		}), room)
		f.equal(len(must(f.store.AttributeDefinitions(f.ctx))(f)), room)
	})
	r.run("what users have of attributes is replaced, read for many, and goes with users and attributes", func(f *fixture) {
		badge, teams := f.insertAttribute(f.newAttribute("badge")), f.newAttribute("teams")
		teams.Type = identity.AttributeStringList
		f.insertAttribute(teams)
		both := []identity.AttributeDefinition{badge, teams}
		a, b, nobody := f.user(), f.user(), f.user()
		f.noError(f.store.SaveUserAttributes(f.ctx, a.ID, both, identity.AttributeValues{"badge": {"A1"}, "teams": {"x", "b", "a"}}))
		f.noError(f.store.SaveUserAttributes(f.ctx, b.ID, both[:1], identity.AttributeValues{"badge": {"a1"}, "teams": {"not written"}}))
		f.equal(must(f.store.UserAttributes(f.ctx, []uuid.UUID{a.ID, b.ID, nobody.ID}))(f), map[uuid.UUID]identity.AttributeValues{
			a.ID: {"badge": {"A1"}, "teams": {"x", "b", "a"}}, b.ID: {"badge": {"a1"}},
		})
		f.noError(f.store.SaveUserAttributes(f.ctx, a.ID, both[1:], identity.AttributeValues{"teams": {"c"}}))
		f.noError(f.store.SaveUserAttributes(f.ctx, b.ID, both, nil))
		f.noError(f.store.SaveUserAttributes(f.ctx, b.ID, nil, nil))
		f.equal(must(f.store.UserAttributes(f.ctx, []uuid.UUID{a.ID, b.ID}))(f), map[uuid.UUID]identity.AttributeValues{
			a.ID: {"badge": {"A1"}, "teams": {"c"}},
		})
		f.equal(must(f.store.CountAttributeUsers(f.ctx, badge.ID, 10))(f), 1)
		f.noError(f.store.DeleteAttributeDefinition(f.ctx, teams.ID))
		f.equal(must(f.store.UserAttributes(f.ctx, []uuid.UUID{a.ID}))(f)[a.ID], identity.AttributeValues{"badge": {"A1"}})
		f.wantErr(f.store.SaveUserAttributes(f.ctx, a.ID, both[1:], identity.AttributeValues{"teams": {"c"}}), identity.ErrAttributeNotFound)
		f.noError(f.store.DeleteUser(f.ctx, a.ID))
		f.equal(must(f.store.CountAttributeUsers(f.ctx, badge.ID, 10))(f), 0)
		f.equal(must(f.store.UserAttributes(f.ctx, nil))(f), map[uuid.UUID]identity.AttributeValues{})
	})
	r.run("a unique value is one user's, also when two take it at the same moment", func(f *fixture) {
		badge := f.newAttribute("badge")
		badge.Unique = true
		f.insertAttribute(badge)
		one := []identity.AttributeDefinition{badge}
		users := make([]identity.User, contenders)
		for i := range users {
			users[i] = f.user()
		}
		taken := &identity.Error{Code: identity.CodeAttributeValueTaken}
		f.oneWins(func(i int) (bool, error) {
			err := f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				return tx.SaveUserAttributes(ctx, users[i].ID, one, identity.AttributeValues{"badge": {[]string{"k1", "K1"}[i%2]}})
			})
			if errors.Is(err, taken) {
				return false, nil
			}
			return err == nil, err
		})
		f.equal(must(f.store.CountAttributeUsers(f.ctx, badge.ID, contenders))(f), 1)
		var owner uuid.UUID
		for _, u := range users {
			if must(f.store.UserAttributes(f.ctx, []uuid.UUID{u.ID}))(f)[u.ID] != nil {
				owner = u.ID
			}
		}
		f.noError(f.store.SaveUserAttributes(f.ctx, owner, one, identity.AttributeValues{"badge": {"K1"}}))
		f.noError(f.store.SaveUserAttributes(f.ctx, owner, one, identity.AttributeValues{"badge": {"k2"}}))
		f.noError(f.store.SaveUserAttributes(f.ctx, f.user().ID, one, identity.AttributeValues{"badge": {"K1"}}))
	})
	r.run("what many new users have is written at once, and who has unique values is found", func(f *fixture) {
		badge, other, teams := f.newAttribute("badge"), f.newAttribute("other"), f.newAttribute("teams")
		badge.Unique, other.Unique, teams.Type = true, true, identity.AttributeStringList
		all := []identity.AttributeDefinition{f.insertAttribute(badge), f.insertAttribute(other), f.insertAttribute(teams)}
		a, b, c := f.user(), f.user(), f.user()
		have := map[uuid.UUID]identity.AttributeValues{a.ID: {"badge": {"A1"}, "teams": {"x", "y"}}, b.ID: {"badge": {"b2"}, "other": {"a1"}}}
		f.noError(f.store.InsertUserAttributes(f.ctx, all, have))
		f.noError(f.store.InsertUserAttributes(f.ctx, all, nil))
		f.equal(must(f.store.UserAttributes(f.ctx, []uuid.UUID{a.ID, b.ID}))(f), have)
		f.equal(must(f.store.AttributeHolders(f.ctx, badge.ID, []string{"a1", "B2", "c3", "\x00"}))(f), map[string]uuid.UUID{"a1": a.ID, "b2": b.ID})
		f.equal(must(f.store.AttributeHolders(f.ctx, other.ID, []string{"B2"}))(f), map[string]uuid.UUID{})
		f.equal(must(f.store.AttributeHolders(f.ctx, other.ID, nil))(f), map[string]uuid.UUID{})
		err := f.store.InsertUserAttributes(f.ctx, all, map[uuid.UUID]identity.AttributeValues{c.ID: {"teams": {"z"}, "other": {"A1"}}})
		if e := identity.AsError(err); e.Code != identity.CodeAttributeValueTaken || e.Field != identity.AttributePath("other") {
			f.Errorf("a value of another user: %v", err)
		}
		f.equal(must(f.store.UserAttributes(f.ctx, []uuid.UUID{c.ID}))(f), map[uuid.UUID]identity.AttributeValues{})
		swapped := map[uuid.UUID]identity.AttributeValues{a.ID: {"badge": {"b2"}}, b.ID: {"badge": {"A1"}, "teams": {"z"}}, c.ID: {}}
		f.noError(f.store.ReplaceUserAttributes(f.ctx, all, swapped))
		f.noError(f.store.ReplaceUserAttributes(f.ctx, all, nil))
		delete(swapped, c.ID)
		f.equal(must(f.store.UserAttributes(f.ctx, []uuid.UUID{a.ID, b.ID, c.ID}))(f), swapped)
		err = f.store.ReplaceUserAttributes(f.ctx, all, map[uuid.UUID]identity.AttributeValues{a.ID: nil, c.ID: {"badge": {"a1"}}})
		if e := identity.AsError(err); e.Code != identity.CodeAttributeValueTaken || e.Field != identity.AttributePath("badge") {
			f.Errorf("a value of another user: %v", err)
		}
		f.equal(must(f.store.UserAttributes(f.ctx, []uuid.UUID{a.ID, b.ID, c.ID}))(f), swapped)
	})
	r.run("nobody gets a value of an attribute that is being deleted", func(f *fixture) {
		badge := f.insertAttribute(f.newAttribute("badge"))
		counted, users := -1, make([]identity.User, contenders)
		for i := range users {
			users[i] = f.user()
		}
		f.winners(func(i int) (bool, error) {
			if i > 0 {
				err := f.store.SaveUserAttributes(f.ctx, users[i].ID, []identity.AttributeDefinition{badge}, identity.AttributeValues{"badge": {"x"}})
				if errors.Is(err, identity.ErrAttributeNotFound) {
					err = nil
				}
				return false, err
			}
			return true, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				if _, err := tx.LockAttributeDefinition(ctx, badge.ID); err != nil {
					return err
				}
				first, err := tx.CountAttributeUsers(ctx, badge.ID, 10)
				if err != nil {
					return err
				}
				second, err := tx.CountAttributeUsers(ctx, badge.ID, 10)
				if err != nil {
					return err
				}
				if counted = second - first; counted != 0 {
					return fmt.Errorf("%d users, then %d", first, second)
				}
				return tx.DeleteAttributeDefinition(ctx, badge.ID)
			})
		})
		f.equal(counted, 0)
		_, err := f.store.LockAttributeDefinition(f.ctx, badge.ID)
		f.wantErr(err, identity.ErrAttributeNotFound)
	})
}
