package graph

import (
	"context"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *consentConnectionResolver) TotalCount(ctx context.Context, obj *model.ConsentConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Grants.CountConsents(ctx, obj.List) })
}

func (r *mutationResolver) RevokeConsent(ctx context.Context, input model.RevokeConsentInput) (*model.RevokeConsentPayload, error) {
	key, ok := model.ParseConsentID(input.ID)
	if !ok {
		problems, err := userErrors(identity.ErrConsentNotFound, input.ID)
		return &model.RevokeConsentPayload{UserErrors: problems}, err
	}
	by := admin.RevokeConsents{Keys: []identity.ConsentKey{key}, IncludeGrants: input.IncludeGrants}
	revoked, problems, err := r.revokeConsents(ctx, by, named{input.ID, []string{"id"}})
	payload := &model.RevokeConsentPayload{EndedGrants: revoked.Grants, UserErrors: problems}
	if revoked.Consents > 0 {
		payload.RevokedConsentID = &input.ID
	}
	return payload, err
}

func (r *mutationResolver) RevokeConsents(ctx context.Context, input model.RevokeConsentsInput) (*model.RevokeConsentsPayload, error) {
	by, at, problems := consentsBy(input.By)
	if len(problems) > 0 {
		return &model.RevokeConsentsPayload{UserErrors: problems}, nil
	}
	by.IncludeGrants = input.IncludeGrants
	revoked, problems, err := r.revokeConsents(ctx, by, at)
	return &model.RevokeConsentsPayload{
		RevokedConsents: revoked.Consents, EndedGrants: revoked.Grants, RefusedConsents: revoked.Refused, UserErrors: problems,
	}, err
}

func (r *queryResolver) Consents(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.ConsentFilter, orderBy model.ConsentOrder) (*model.ConsentConnection, error) {
	list, err := consentList(filter, orderBy)
	if err != nil {
		return nil, err
	}
	return r.consentPage(ctx, list, pageArgs(first, after, last, before))
}

func (r *Resolver) ConsentConnection() generated.ConsentConnectionResolver {
	return &consentConnectionResolver{r}
}

type consentConnectionResolver struct{ *Resolver }
