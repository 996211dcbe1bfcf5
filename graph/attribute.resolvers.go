package graph

import (
	"context"
	"errors"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) CreateAttributeDefinition(ctx context.Context, input model.CreateAttributeDefinitionInput) (*model.CreateAttributeDefinitionPayload, error) {
	created, err := r.admin.Attributes.Create(ctx, identity.AttributeDefinition{
		Name: input.Name, DisplayName: text(input.DisplayName), Description: text(input.Description), Type: input.Type.Of(),
		Pattern: text(input.Pattern), Required: input.Required,
	})
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.CreateAttributeDefinitionPayload{UserErrors: problems}, err
	}
	return &model.CreateAttributeDefinitionPayload{AttributeDefinition: showDefinition(created), UserErrors: noErrors()}, nil
}

func (r *mutationResolver) UpdateAttributeDefinition(ctx context.Context, input model.UpdateAttributeDefinitionInput) (*model.UpdateAttributeDefinitionPayload, error) {
	change, problems := definitionChange(input)
	if len(problems) > 0 {
		return &model.UpdateAttributeDefinitionPayload{UserErrors: problems}, nil
	}
	id, err := parseID(model.KindAttribute, input.ID)
	var changed identity.AttributeDefinition
	if err == nil {
		changed, err = r.admin.Attributes.Update(ctx, id, change, input.ExpectedVersion.Value())
	}
	if err == nil {
		return &model.UpdateAttributeDefinitionPayload{AttributeDefinition: showDefinition(changed), UserErrors: noErrors()}, nil
	}
	payload := &model.UpdateAttributeDefinitionPayload{}
	if conflict := (*identity.VersionConflictError)(nil); errors.As(err, &conflict) {
		// The current state is for merging. Whoever may not read gets the error alone.
		if current, readErr := r.admin.Attributes.Get(ctx, id); readErr == nil {
			payload.AttributeDefinition = showDefinition(current)
		}
	}
	payload.UserErrors, err = userErrors(err, input.ID)
	return payload, err
}

func (r *mutationResolver) DeleteAttributeDefinition(ctx context.Context, input model.DeleteAttributeDefinitionInput) (*model.DeleteAttributeDefinitionPayload, error) {
	id, err := parseID(model.KindAttribute, input.ID)
	if err == nil {
		err = r.admin.Attributes.Delete(ctx, id, input.ExpectedVersion.Value())
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.DeleteAttributeDefinitionPayload{UserErrors: problems}, err
	}
	return &model.DeleteAttributeDefinitionPayload{DeletedAttributeDefinitionID: &input.ID, UserErrors: noErrors()}, nil
}

func (r *queryResolver) AttributeDefinitions(ctx context.Context) ([]*model.AttributeDefinition, error) {
	list, err := r.admin.Attributes.List(ctx)
	if err != nil {
		return nil, err
	}
	return model.NewAttributeDefinitions(list), nil
}
