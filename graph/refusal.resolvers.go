package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
)

func (r *queryResolver) Refusals(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.RefusalFilter) (*model.RefusalConnection, error) {
	selected, err := refusalFilter(filter)
	if err != nil {
		return nil, err
	}
	args := pageArgs(first, after, last, before)
	page, err := r.admin.Refusals.List(ctx, selected, args)
	if err != nil {
		return nil, err
	}
	return model.NewRefusalConnection(args, page), nil
}

func (r *refusalResolver) Client(ctx context.Context, obj *model.Refusal) (*model.Client, error) {
	if obj.ClientID == uuid.Nil {
		return nil, nil // of nobody's
	}
	return r.client(ctx, obj.ClientID)
}

func (r *Resolver) Refusal() generated.RefusalResolver { return &refusalResolver{r} }

type refusalResolver struct{ *Resolver }
