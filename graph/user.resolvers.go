package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
)

func (r *mutationResolver) CreateUser(ctx context.Context, input model.CreateUserInput) (*model.CreateUserPayload, error) {
	user, temporary, err := r.domain.Users.Create(ctx, newUser(input))
	if err != nil {
		problems, err := userErrors(err, "")
		return &model.CreateUserPayload{UserErrors: problems}, err
	}
	payload := &model.CreateUserPayload{User: model.NewUser(user, r.domain.Source.Now()), UserErrors: []model.UserError{}}
	if temporary != "" {
		payload.TemporaryPassword = &temporary
	}
	return payload, nil
}

func (r *queryResolver) User(ctx context.Context, by model.UserBy) (*model.User, error) {
	key, ok := userBy(by)
	if !ok {
		return nil, nil //nolint:nilnil // an id of another kind names no user
	}
	user, err := r.domain.Users.Get(ctx, key)
	return r.showUser(ctx, user, err)
}

func (r *queryResolver) Users(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.UserFilter, search *string, orderBy model.UserOrder) (*model.UserConnection, error) {
	list, args := userList(filter, search, orderBy), pageArgs(first, after, last, before)
	page, err := r.domain.Users.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	connection := model.NewUserConnection(list, args, page, r.domain.Source.Now())
	if graphql.FieldRequested(ctx, "nodes.activeSessionCount") || graphql.FieldRequested(ctx, "edges.node.activeSessionCount") {
		r.addSessionCounts(ctx, connection.Nodes())
	}
	return connection, nil
}

func (r *queryResolver) Me(ctx context.Context) (*model.User, error) {
	user, err := r.domain.Users.Self(ctx)
	return r.showUser(ctx, user, err)
}

func (r *userResolver) ActiveSessionCount(ctx context.Context, obj *model.User) (*int, error) {
	if n := obj.ActiveSessions(); n != nil {
		return n, nil
	}
	n, err := loadersFrom(ctx).sessions.Load(ctx, obj.Sub())()
	if err != nil {
		return nil, err
	}
	return &n, nil
}

func (r *userConnectionResolver) TotalCount(ctx context.Context, obj *model.UserConnection) (*model.Count, error) {
	if obj.Whole {
		return &model.Count{Value: len(obj.Nodes()), Precision: model.CountPrecisionExact}, nil
	}
	count, err := r.domain.Users.Count(ctx, obj.List)
	if err != nil {
		return nil, err
	}
	return countOf(count), nil
}

func (r *Resolver) User() generated.UserResolver { return &userResolver{r} }

func (r *Resolver) UserConnection() generated.UserConnectionResolver {
	return &userConnectionResolver{r}
}

type (
	userResolver           struct{ *Resolver }
	userConnectionResolver struct{ *Resolver }
)
