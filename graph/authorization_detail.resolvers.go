package graph

import (
	"context"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

func (r *mutationResolver) CreateAuthorizationDetailDefinition(ctx context.Context, input model.CreateAuthorizationDetailDefinitionInput) (*model.CreateAuthorizationDetailDefinitionPayload, error) {
	created, err := r.admin.Scopes.CreateDetailType(ctx, identity.DetailType{
		Name: input.Type, Description: input.Description, Schema: rawJSON(input.Schema),
	})
	shown, problems, err := changedDetailType(created, input.Type, err)
	return &model.CreateAuthorizationDetailDefinitionPayload{AuthorizationDetailDefinition: shown, UserErrors: problems}, err
}

func (r *mutationResolver) UpdateAuthorizationDetailDefinition(ctx context.Context, input model.UpdateAuthorizationDetailDefinitionInput) (*model.UpdateAuthorizationDetailDefinitionPayload, error) {
	change, problems := detailTypeChange(input)
	if len(problems) > 0 {
		return &model.UpdateAuthorizationDetailDefinitionPayload{UserErrors: problems}, nil
	}
	changed, err := r.admin.Scopes.UpdateDetailType(ctx, input.Type, change)
	shown, problems, err := changedDetailType(changed, input.Type, err)
	return &model.UpdateAuthorizationDetailDefinitionPayload{AuthorizationDetailDefinition: shown, UserErrors: problems}, err
}

func (r *mutationResolver) DeleteAuthorizationDetailDefinition(ctx context.Context, input model.DeleteAuthorizationDetailDefinitionInput) (*model.DeleteAuthorizationDetailDefinitionPayload, error) {
	if err := r.admin.Scopes.DeleteDetailType(ctx, input.Type); err != nil {
		problems, err := userErrors(err, input.Type, "type")
		return &model.DeleteAuthorizationDetailDefinitionPayload{UserErrors: problems}, err
	}
	return &model.DeleteAuthorizationDetailDefinitionPayload{DeletedType: &input.Type, UserErrors: noErrors()}, nil
}

func (r *queryResolver) AuthorizationDetailDefinitions(ctx context.Context) ([]*model.AuthorizationDetailDefinition, error) {
	types, err := r.admin.Scopes.DetailTypes(ctx)
	return model.NewAuthorizationDetailDefinitions(types...), err
}
