package graph

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// showDefinition shows one definition.
func showDefinition(d identity.AttributeDefinition) *model.AttributeDefinition {
	return model.NewAttributeDefinitions([]identity.AttributeDefinition{d})[0]
}

// definitionChange reads the changes of a definition, or says what is wrong with them.
func definitionChange(in model.UpdateAttributeDefinitionInput) (admin.AttributeChange, []model.UserError) {
	p := &patch{}
	change := admin.AttributeChange{
		DisplayName: cleared(p, in.DisplayName), Description: cleared(p, in.Description), Pattern: cleared(p, in.Pattern),
		Required: nonNull(p, "required", in.Required), Claim: cleared(p, in.Claim), Scopes: clearedList(p, in.Scopes),
		UserWritable: nonNull(p, "userWritable", in.UserWritable),
	}
	return change, p.check()
}

// attributeNodes finds definitions, all of which are few.
func (r *Resolver) attributeNodes(ctx context.Context, ids []uuid.UUID, found map[string]model.Node) error {
	list, err := r.admin.Attributes.List(ctx)
	for _, d := range model.NewAttributeDefinitions(list) {
		if slices.Contains(ids, d.AttributeDefinition.ID) {
			found[d.ID()] = d
		}
	}
	return err
}

// userAttributes are the attributes of an input. They are a list there, and faults name the place in it.
type userAttributes []*model.UserAttributeInput

// values returns the attributes by their names.
func (a userAttributes) values() identity.AttributeValues {
	values := make(identity.AttributeValues, len(a))
	for _, in := range a {
		values[in.Name] = in.Values.Value()
	}
	return values
}

// repeated says which attributes are there twice: nobody could tell what is meant.
func (a userAttributes) repeated() []model.UserError {
	var problems []model.UserError
	seen := map[string]bool{}
	for i, in := range a {
		if seen[in.Name] {
			problems = append(problems, &model.InvalidInput{
				Code: model.UserErrorCodeValidationFailed, Message: "The attribute is there twice.",
				Path: []string{"input", "attributes", strconv.Itoa(i), "name"},
			})
		}
		seen[in.Name] = true
	}
	return problems
}

// place turns the names of attributes in the fields of errors into places of the list.
func (a userAttributes) place(err error) error {
	faults := identity.FieldErrors(identity.AllErrors(err))
	about := func(e *identity.Error) bool { return strings.HasPrefix(e.Field, identity.AttributePath("")) }
	if err == nil || !slices.ContainsFunc(faults, about) {
		return err
	}
	placed := make(identity.FieldErrors, len(faults))
	for i, fault := range faults {
		placed[i] = a.placed(fault)
	}
	return placed
}

func (a userAttributes) placed(e *identity.Error) *identity.Error {
	rest, ok := strings.CutPrefix(e.Field, identity.AttributePath(""))
	if !ok {
		return e
	}
	name, index, inList := strings.Cut(rest, "[")
	out := *e
	i := slices.IndexFunc(a, func(in *model.UserAttributeInput) bool { return in.Name == name })
	switch {
	case i < 0:
		out.Field, out.Detail = "attributes", "Must have a value for "+name+"."
		if e.Code == identity.CodeAttributeNotFound {
			out.Detail = "Must be attributes that are declared."
		}
		return &out
	case e.Code == identity.CodeAttributeNotFound:
		out.Field = fmt.Sprintf("attributes[%d].name", i)
	default:
		out.Field = fmt.Sprintf("attributes[%d].values", i)
	}
	if inList {
		out.Field += "[" + index
	}
	return &out
}
