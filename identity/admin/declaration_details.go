package admin

import (
	"context"
	"slices"

	"github.com/authly/authly/identity"
)

// detailTypesSection is the list of a declaration.
const detailTypesSection = "authorization_details_types"

// detailTypes checks the declared types of authorization details.
func (c *check) detailTypes() {
	for i, t := range c.desired.DetailTypes {
		at := entry(detailTypesSection, i)
		c.repeated(at, "type", t.Name)
		c.add(at, t.Check(c.deps.Schemas))
	}
}

// detailTypes saves the declared types, and removes the others where the file is all there is.
func (a *applier) detailTypes(ctx context.Context, d Desired) error {
	for i, t := range d.DetailTypes {
		verb, err := a.Scopes.SaveDetailType(ctx, t)
		if err != nil {
			return under(entry(detailTypesSection, i), err)
		}
		a.note(identity.TargetDetails, t.Name, verb, "")
	}
	if !d.Prune || d.DetailTypes == nil {
		return nil
	}
	all, err := a.store.DetailTypes(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		if slices.ContainsFunc(d.DetailTypes, func(declared identity.DetailType) bool { return declared.Name == t.Name }) {
			continue
		}
		if err := a.Scopes.DeleteDetailType(ctx, t.Name); err != nil {
			return err
		}
		a.note(identity.TargetDetails, t.Name, Deleted, "")
	}
	return nil
}
