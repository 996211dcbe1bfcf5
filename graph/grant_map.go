package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func grantList(filter *model.GrantFilter, order model.GrantOrder) (list admin.GrantList, err error) {
	list.Order, list.Ascending = identity.GrantOrderField(order.Field), order.Direction == model.SortDirectionAsc
	if filter != nil {
		list.Filter, err = grantFilter(filter)
	}
	return list, err
}

func grantFilter(f *model.GrantFilter) (identity.GrantFilter, error) {
	out := identity.GrantFilter{
		Active: f.Active.Value(), Offline: f.Offline.Value(), CreatedAt: timeMatch(f.CreatedAt), LastUsedAt: timeMatch(f.LastUsedAt),
	}
	var err error
	if out.UserID, err = filterID("filter.userId", model.KindUser, f.UserID.Value()); err != nil {
		return out, err
	}
	if out.ClientID, err = filterID("filter.client", model.KindClient, f.Client.Value()); err != nil {
		return out, err
	}
	out.SessionID, err = filterID("filter.session", model.KindSession, f.Session.Value())
	return out, err
}

// grantPage returns any page of any list of grants.
func (r *Resolver) grantPage(ctx context.Context, list admin.GrantList, args admin.PageArgs) (*model.GrantConnection, error) {
	page, err := r.admin.Grants.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewGrantConnection(list, args, page, model.NewGrants(page.Items())), nil
}

// grant finds one grant; nil when there is none.
func (r *Resolver) grant(ctx context.Context, id uuid.UUID) (*model.Grant, error) {
	found, err := r.admin.Grants.ByIDs(ctx, []uuid.UUID{id})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return model.NewGrants(found)[0], nil
}

func grantsBy(selection *model.GrantSelection) (admin.RevokeGrants, named, []model.UserError) {
	by, at, problems := readSelection(
		selection.UserID.Value(), selection.Client.Value(), selection.Ids.Value(), "grant", idOf(model.KindGrant),
	)
	return admin.RevokeGrants{IDs: by.keys, UserID: by.userID, ClientID: by.clientID}, at, problems
}

// revokeGrants ends grants and shows a refusal as userErrors. After a fault in the middle, what was done before is shown
// beside the error: it stays done.
func (r *Resolver) revokeGrants(ctx context.Context, by admin.RevokeGrants, at named) (admin.RevokedGrants, []model.UserError, error) {
	revoked, err := r.admin.Grants.Revoke(ctx, by)
	if err == nil {
		return revoked, noErrors(), nil
	}
	if revoked.Ended > 0 {
		graphql.AddError(ctx, err)
		return revoked, noErrors(), nil
	}
	problems, err := userErrors(err, at.id, at.path...)
	return revoked, problems, err
}
