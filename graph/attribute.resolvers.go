package graph

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *mutationResolver) CreateAttributeDefinition(ctx context.Context, input model.CreateAttributeDefinitionInput) (*model.CreateAttributeDefinitionPayload, error) {
	created, err := r.admin.Attributes.Create(ctx, identity.AttributeDefinition{
		Name: input.Name, DisplayName: text(input.DisplayName), Description: text(input.Description), Type: input.Type.Of(),
		Pattern: text(input.Pattern), Required: input.Required, Unique: input.Unique, Filterable: input.Filterable,
		Claim: text(input.Claim), Scopes: input.Scopes, UserWritable: input.UserWritable,
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
	var users int
	if err == nil {
		users, err = r.admin.Attributes.Delete(ctx, id, admin.DeleteAttributeOptions{
			ExpectedVersion: input.ExpectedVersion.Value(), Values: input.Values, DryRun: input.DryRun,
		})
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.DeleteAttributeDefinitionPayload{UserErrors: problems}, err
	}
	payload := &model.DeleteAttributeDefinitionPayload{Removed: &model.RemovedAttributeCounts{Users: users}, UserErrors: noErrors()}
	if !input.DryRun {
		payload.DeletedAttributeDefinitionID = &input.ID
	}
	return payload, nil
}

func (r *queryResolver) AttributeDefinitions(ctx context.Context) ([]*model.AttributeDefinition, error) {
	list, err := r.admin.Attributes.List(ctx)
	if err != nil {
		return nil, err
	}
	return model.NewAttributeDefinitions(list), nil
}

func (r *userResolver) Attributes(ctx context.Context, obj *model.User) ([]*model.UserAttribute, error) {
	all, err := model.Load(obj.Batch, "attributes", func(ids []uuid.UUID) (map[uuid.UUID]identity.AttributeValues, error) {
		return r.admin.Users.Attributes(ctx, ids)
	})
	return model.NewUserAttributes(all[obj.Sub()]), err
}
