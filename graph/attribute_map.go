package graph

import (
	"context"
	"slices"

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
		Required: nonNull(p, "required", in.Required),
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
