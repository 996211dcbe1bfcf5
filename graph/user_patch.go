package graph

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// patch notes while a partial input is read whether it changes anything, and what is null that cannot be.
type patch struct {
	given    bool
	problems []model.UserError
}

// check returns what is wrong with the input as a whole.
func (p *patch) check() []model.UserError {
	if len(p.problems) == 0 && !p.given {
		return []model.UserError{requiredError("", "Give at least one field to change.")}
	}
	return p.problems
}

// nonNull reads a field that cannot be cleared: absent leaves it as it is, null is a problem.
func nonNull[T any](p *patch, name string, field graphql.Omittable[*T]) *T {
	if !field.IsSet() {
		return nil
	}
	p.given = true
	if field.Value() == nil {
		p.problems = append(p.problems, requiredError(name, "Must not be null."))
	}
	return field.Value()
}

// cleared reads a field that can be cleared: absent leaves it as it is, null makes it empty.
func cleared[T any](p *patch, field graphql.Omittable[*T]) *T {
	if !field.IsSet() {
		return nil
	}
	p.given = true
	if field.Value() == nil {
		return new(T)
	}
	return field.Value()
}

// clearedList is cleared for a list.
func clearedList(p *patch, field graphql.Omittable[[]string]) *[]string {
	if !field.IsSet() {
		return nil
	}
	p.given = true
	list := field.Value()
	return &list
}

// set notes how to change a text that can be cleared.
func (p *patch) set(sets *[]func(*identity.Claims), target func(*identity.Claims) *string, field graphql.Omittable[*string]) {
	if !field.IsSet() {
		return
	}
	p.given = true
	value := text(field)
	*sets = append(*sets, func(c *identity.Claims) { *target(c) = value })
}

// userChange reads the changes of a user, or says what is wrong with them.
func userChange(in model.UpdateUserInput) (admin.UserChange, []model.UserError) {
	p := &patch{}
	change := admin.UserChange{
		Username: nonNull(p, "username", in.Username), Email: nonNull(p, "email", in.Email), Password: nonNull(p, "password", in.Password),
		Verified: nonNull(p, "verified", in.Verified), Active: nonNull(p, "active", in.Active), Admin: nonNull(p, "admin", in.Admin),
		RequiresPasswordChange: nonNull(p, "requiresPasswordChange", in.RequiresPasswordChange),
		PhoneNumberVerified:    nonNull(p, "phoneNumberVerified", in.PhoneNumberVerified),
	}
	var sets []func(*identity.Claims)
	for i, claim := range textClaims {
		p.set(&sets, claim.Text, updateClaims.at(in, i))
	}
	sets = append(sets, addressChange(p, in.Address)...)
	if len(sets) > 0 {
		change.PatchClaims = func(c *identity.Claims) {
			for _, set := range sets {
				set(c)
			}
		}
	}
	if in.Attributes.IsSet() {
		attributes := userAttributes(in.Attributes.Value())
		p.given, p.problems = true, append(p.problems, attributes.repeated()...)
		change.Attributes, change.ClearAttributes = attributes.values(), attributes == nil
	}
	return change, p.check()
}

// addressChange reads the changes of an address: null removes it, a field that is absent in it keeps its value.
func addressChange(p *patch, field graphql.Omittable[*model.AddressInput]) []func(*identity.Claims) {
	if !field.IsSet() {
		return nil
	}
	p.given = true
	in := field.Value()
	if in == nil {
		return []func(*identity.Claims){func(c *identity.Claims) { c.Address = nil }}
	}
	sets := []func(*identity.Claims){func(c *identity.Claims) {
		if c.Address == nil {
			c.Address = &identity.Address{}
		}
	}}
	p.set(&sets, func(c *identity.Claims) *string { return &c.Address.Formatted }, in.Formatted)
	p.set(&sets, func(c *identity.Claims) *string { return &c.Address.StreetAddress }, in.StreetAddress)
	p.set(&sets, func(c *identity.Claims) *string { return &c.Address.Locality }, in.Locality)
	p.set(&sets, func(c *identity.Claims) *string { return &c.Address.Region }, in.Region)
	p.set(&sets, func(c *identity.Claims) *string { return &c.Address.PostalCode }, in.PostalCode)
	p.set(&sets, func(c *identity.Claims) *string { return &c.Address.Country }, in.Country)
	return sets
}
