package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
)

func (r *grantConnectionResolver) TotalCount(ctx context.Context, obj *model.GrantConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Grants.Count(ctx, obj.List) })
}

func (r *mutationResolver) RevokeGrant(ctx context.Context, input model.RevokeGrantInput) (*model.RevokeGrantPayload, error) {
	id, err := parseID(model.KindGrant, input.ID)
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.RevokeGrantPayload{UserErrors: problems}, err
	}
	revoked, problems, err := r.revokeGrants(ctx, admin.RevokeGrants{IDs: []uuid.UUID{id}}, named{input.ID, []string{"id"}})
	if revoked.Ended == 0 {
		id = uuid.Nil
	}
	return &model.RevokeGrantPayload{GrantID: id, EndedGrants: revoked.Ended, UserErrors: problems}, err
}

func (r *mutationResolver) RevokeGrants(ctx context.Context, input model.RevokeGrantsInput) (*model.RevokeGrantsPayload, error) {
	by, at, problems := grantsBy(input.By)
	if len(problems) > 0 {
		return &model.RevokeGrantsPayload{UserErrors: problems}, nil
	}
	by.MaxAffected, by.DryRun = input.MaxAffected.Value(), input.DryRun
	revoked, problems, err := r.revokeGrants(ctx, by, at)
	return &model.RevokeGrantsPayload{EndedGrants: revoked.Ended, RefusedGrants: revoked.Refused, UserErrors: problems}, err
}

func (r *mutationResolver) RevokeClientGrants(ctx context.Context, input model.RevokeClientGrantsInput) (*model.RevokeClientGrantsPayload, error) {
	id, err := parseID(model.KindClient, input.ID)
	if err != nil {
		problems, err := userErrors(err, input.ID)
		return &model.RevokeClientGrantsPayload{UserErrors: problems}, err
	}
	by := admin.RevokeGrants{ClientID: id, MaxAffected: input.MaxAffected.Value(), DryRun: input.DryRun}
	revoked, problems, err := r.revokeGrants(ctx, by, named{input.ID, []string{"id"}})
	if len(problems) > 0 {
		id = uuid.Nil
	}
	return &model.RevokeClientGrantsPayload{
		ClientID: id, EndedGrants: revoked.Ended, RefusedGrants: revoked.Refused, UserErrors: problems,
	}, err
}

func (r *queryResolver) Grants(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.GrantFilter, orderBy model.GrantOrder) (*model.GrantConnection, error) {
	list, err := grantList(filter, orderBy)
	if err != nil {
		return nil, err
	}
	return r.grantPage(ctx, list, pageArgs(first, after, last, before))
}

func (r *queryResolver) Grant(ctx context.Context, id string) (*model.Grant, error) {
	parsed, ok := model.KindGrant.Parse(id)
	if !ok {
		return nil, nil // an id of another kind names no grant
	}
	return r.grant(ctx, parsed)
}

func (r *revokeClientGrantsPayloadResolver) Client(ctx context.Context, obj *model.RevokeClientGrantsPayload) (*model.Client, error) {
	if obj.ClientID == uuid.Nil {
		return nil, nil // it was refused
	}
	return r.client(ctx, obj.ClientID)
}

func (r *revokeGrantPayloadResolver) Grant(ctx context.Context, obj *model.RevokeGrantPayload) (*model.Grant, error) {
	if obj.GrantID == uuid.Nil {
		return nil, nil // there was none
	}
	return r.grant(ctx, obj.GrantID)
}

func (r *Resolver) GrantConnection() generated.GrantConnectionResolver {
	return &grantConnectionResolver{r}
}

func (r *Resolver) RevokeClientGrantsPayload() generated.RevokeClientGrantsPayloadResolver {
	return &revokeClientGrantsPayloadResolver{r}
}

func (r *Resolver) RevokeGrantPayload() generated.RevokeGrantPayloadResolver {
	return &revokeGrantPayloadResolver{r}
}

type (
	grantConnectionResolver           struct{ *Resolver }
	revokeClientGrantsPayloadResolver struct{ *Resolver }
	revokeGrantPayloadResolver        struct{ *Resolver }
)
