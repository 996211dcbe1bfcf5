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
		Filterable: true, CreatedAt: f.now, UpdatedAt: f.now, Version: 1,
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
		shoe.DisplayName, shoe.Description, shoe.Pattern, shoe.Required, shoe.UpdatedAt = "", "new", "", true, f.now.Add(time.Hour)
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
}
