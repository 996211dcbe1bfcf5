package graph

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *initialAccessTokenConnectionResolver) TotalCount(ctx context.Context, obj *model.InitialAccessTokenConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.InitialAccess.Count(ctx) })
}

func (r *mutationResolver) CreateInitialAccessToken(ctx context.Context, input model.CreateInitialAccessTokenInput) (*model.CreateInitialAccessTokenPayload, error) {
	made, token, err := r.admin.InitialAccess.Create(ctx, admin.NewInitialAccessToken{
		Name: input.Name, Uses: input.Uses, TTL: time.Duration(input.Hours) * time.Hour,
	})
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.CreateInitialAccessTokenPayload{UserErrors: problems}, err
	}
	return &model.CreateInitialAccessTokenPayload{
		InitialAccessToken: model.NewInitialAccessTokens([]identity.InitialAccessToken{made})[0], Token: secretOrNull(token), UserErrors: noErrors(),
	}, nil
}

func (r *mutationResolver) DeleteInitialAccessToken(ctx context.Context, input model.DeleteInitialAccessTokenInput) (*model.DeleteInitialAccessTokenPayload, error) {
	id, err := parseID(model.KindInitial, input.ID)
	if err == nil {
		err = r.admin.InitialAccess.Delete(ctx, id)
	}
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.DeleteInitialAccessTokenPayload{UserErrors: problems}, err
	}
	return &model.DeleteInitialAccessTokenPayload{DeletedInitialAccessTokenID: &input.ID, UserErrors: noErrors()}, nil
}

func (r *queryResolver) InitialAccessToken(ctx context.Context, id string) (*model.InitialAccessToken, error) {
	parsed, ok := model.KindInitial.Parse(id)
	if !ok {
		return nil, nil // an id of another kind names no token
	}
	found, err := r.admin.InitialAccess.ByIDs(ctx, []uuid.UUID{parsed})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return model.NewInitialAccessTokens(found)[0], nil
}

func (r *queryResolver) InitialAccessTokens(ctx context.Context, first *int, after *string, last *int, before *string, orderBy model.InitialAccessTokenOrder) (*model.InitialAccessTokenConnection, error) {
	args := pageArgs(first, after, last, before)
	page, err := r.admin.InitialAccess.List(ctx, orderBy.Direction == model.SortDirectionAsc, args)
	if err != nil {
		return nil, err
	}
	return model.NewInitialAccessTokenConnection(args, page), nil
}

func (r *Resolver) InitialAccessTokenConnection() generated.InitialAccessTokenConnectionResolver {
	return &initialAccessTokenConnectionResolver{r}
}

type initialAccessTokenConnectionResolver struct{ *Resolver }
