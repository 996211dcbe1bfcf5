package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func consentList(filter *model.ConsentFilter, order model.ConsentOrder) (list admin.ConsentList, err error) {
	list.Ascending = order.Direction == model.SortDirectionAsc
	if filter == nil {
		return list, nil
	}
	list.Filter.UpdatedAt = timeMatch(filter.UpdatedAt)
	if list.Filter.UserID, err = filterID("filter.userId", model.KindUser, filter.UserID.Value()); err != nil {
		return list, err
	}
	list.Filter.ClientID, err = filterID("filter.client", model.KindClient, filter.Client.Value())
	return list, err
}

// consentPage returns any page of any list of consents.
func (r *Resolver) consentPage(ctx context.Context, list admin.ConsentList, args admin.PageArgs) (*model.ConsentConnection, error) {
	page, err := r.admin.Grants.ListConsents(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewConsentConnection(list, args, page, model.NewConsents(page.Items())), nil
}

// consentNodes finds the consents of global ids.
func (r *Resolver) consentNodes(ctx context.Context, ids []string, found map[string]model.Node) error {
	var keys []identity.ConsentKey
	for _, id := range ids {
		if key, ok := model.ParseConsentID(id); ok {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	consents, err := r.admin.Grants.ConsentsByKey(ctx, keys)
	for _, consent := range model.NewConsents(consents) {
		found[consent.ID()] = consent
	}
	return err
}

func consentsBy(selection *model.ConsentSelection) (admin.RevokeConsents, named, []model.UserError) {
	parse := func(id string) (identity.ConsentKey, error) {
		key, ok := model.ParseConsentID(id)
		if !ok {
			return key, identity.ErrConsentNotFound
		}
		return key, nil
	}
	by, at, problems := readSelection(selection.UserID.Value(), selection.Client.Value(), selection.Ids.Value(), "consent", parse)
	return admin.RevokeConsents{Keys: by.keys, UserID: by.userID, ClientID: by.clientID}, at, problems
}

// revokeConsents forgets consents, as revokeGrants ends grants.
func (r *Resolver) revokeConsents(
	ctx context.Context, by admin.RevokeConsents, at named,
) (admin.RevokedConsents, []model.UserError, error) {
	revoked, err := r.admin.Grants.RevokeConsents(ctx, by)
	if err == nil {
		return revoked, noErrors(), nil
	}
	if revoked.Consents > 0 {
		graphql.AddError(ctx, err)
		return revoked, noErrors(), nil
	}
	problems, err := userErrors(err, at.id, at.path...)
	return revoked, problems, err
}
