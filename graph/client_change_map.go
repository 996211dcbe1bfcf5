package graph

import (
	"errors"
	"strings"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// newClient reads a client to register.
func newClient(in model.CreateClientInput) admin.NewClient {
	policy := identity.DefaultPolicy()
	n := admin.NewClient{ClientID: text(in.ClientID), Secret: text(in.ClientSecret), Inactive: !in.Active, Policy: &policy}
	if set := createClientInput.patch(in); set != nil {
		set(&n.Metadata, n.Policy)
	}
	return n
}

// duplicate reads what a copy of a client has of its own.
func duplicate(in model.DuplicateClientInput) admin.DuplicateClient {
	d := admin.DuplicateClient{
		ClientID: text(in.ClientID), Name: text(in.Name), Inactive: !in.Active, JWKSURI: text(in.JwksURI),
		ExpectedVersion: in.ExpectedVersion.Value(),
	}
	if keys := in.Jwks.Value(); keys != nil {
		d.JWKS = rawJSON(keys)
	}
	return d
}

// clientChange reads the changes of a client, or says what is wrong with them.
func clientChange(in model.UpdateClientInput) (admin.ClientChange, []model.UserError) {
	p := &patch{}
	change := admin.ClientChange{Active: nonNull(p, "active", in.Active), Patch: updateClientInput.patch(in)}
	p.given = p.given || change.Patch != nil
	return change, p.check()
}

// clientErrors is userErrors for a client, whose client_id is the field own of the input.
func clientErrors(err error, id, own string) ([]model.UserError, error) {
	if conflict := (*identity.VersionConflictError)(nil); errors.As(err, &conflict) {
		return userErrors(err, id)
	}
	var named identity.FieldErrors
	for _, e := range identity.AllErrors(err) {
		renamed := *e
		name, place, listed := strings.Cut(e.Field, "[")
		if listed {
			place = "[" + place
		}
		renamed.Field = model.ClientFieldName(name) + place
		if name == "client_id" {
			renamed.Field = own
		}
		named = append(named, &renamed)
	}
	problems, hidden := userErrors(named, id)
	if hidden != nil {
		return nil, err // with what was attempted
	}
	return problems, nil
}

// clientUse shows who uses a client.
func clientUse(use admin.ClientUse) *model.ClientUse {
	return &model.ClientUse{Grants: showCount(use.Grants), Consents: showCount(use.Consents), Sessions: showCount(use.Sessions)}
}
