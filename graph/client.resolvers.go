package graph

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (r *clientResolver) Roles(ctx context.Context, obj *model.Client, first int) ([]*model.Role, error) {
	roles, err := loadersFrom(ctx).roles.Load(ctx, obj.Client.ID)()
	if err != nil {
		return nil, err
	}
	return append([]*model.Role{}, roles[:min(first, len(roles))]...), nil
}

func (r *clientResolver) Grants(ctx context.Context, obj *model.Client, first *int, after *string, last *int, before *string, filter model.GrantFilter, orderBy model.GrantOrder) (*model.GrantConnection, error) {
	list, err := grantList(&filter, orderBy)
	if err == nil && list.Filter.ClientID != uuid.Nil {
		err = clientGiven()
	}
	if err != nil {
		return nil, err
	}
	args, batched := nestedArgs(first, after, last, before)
	active := list.Filter.Active != nil && *list.Filter.Active
	if list.Filter.ClientID = obj.Client.ID; batched && sameList(list, clientGrants(obj.Client.ID, active)) {
		return r.grantsOfClient(ctx, obj, *args.First, active)
	}
	return r.grantPage(ctx, list, args)
}

func (r *clientResolver) Sessions(ctx context.Context, obj *model.Client, first *int, after *string, last *int, before *string, filter model.SessionFilter, orderBy model.SessionOrder) (*model.SessionConnection, error) {
	list, err := sessionList(&filter, orderBy)
	if err == nil && list.Filter.ClientID != uuid.Nil {
		err = clientGiven()
	}
	if err != nil {
		return nil, err
	}
	args, batched := nestedArgs(first, after, last, before)
	active := list.Filter.Active != nil && *list.Filter.Active
	if list.Filter.ClientID = obj.Client.ID; batched && sameList(list, clientSessions(obj.Client.ID, active)) {
		return r.sessionsOfClient(ctx, obj, *args.First, active)
	}
	return r.sessionPage(ctx, list, args)
}

func (r *clientResolver) Consents(ctx context.Context, obj *model.Client, first *int, after *string, last *int, before *string, filter *model.ConsentFilter, orderBy model.ConsentOrder) (*model.ConsentConnection, error) {
	list, err := consentList(filter, orderBy)
	if err == nil && list.Filter.ClientID != uuid.Nil {
		err = clientGiven()
	}
	if err != nil {
		return nil, err
	}
	args, batched := nestedArgs(first, after, last, before)
	if list.Filter.ClientID = obj.Client.ID; batched && sameList(list, clientConsents(obj.Client.ID)) {
		return r.consentsOfClient(ctx, obj, *args.First)
	}
	return r.consentPage(ctx, list, args)
}

func (r *clientResolver) Usage(ctx context.Context, obj *model.Client, days int) (*model.ClientActivity, error) {
	type batchKey struct{ days int }
	usages, err := model.Load(obj.Batch, batchKey{days}, func(ids []uuid.UUID) (map[uuid.UUID]admin.ClientUsage, error) {
		return r.admin.Clients.Usage(ctx, ids, days)
	})
	if err != nil {
		return nil, err
	}
	return model.NewClientActivity(usages[obj.Client.ID]), nil
}

func (r *clientConnectionResolver) TotalCount(ctx context.Context, obj *model.ClientConnection) (*model.Count, error) {
	return totalCount(obj.Whole(), len(obj.Nodes()), func() (admin.Count, error) { return r.admin.Clients.Count(ctx, obj.List) })
}

func (r *queryResolver) Clients(ctx context.Context, first *int, after *string, last *int, before *string, filter *model.ClientFilter, search *string, orderBy model.ClientOrder) (*model.ClientConnection, error) {
	list := clientList(filter, search, orderBy)
	args := pageArgs(first, after, last, before)
	page, err := r.admin.Clients.List(ctx, list, args)
	if err != nil {
		return nil, err
	}
	return model.NewClientConnection(list, args, page), nil
}

func (r *queryResolver) Client(ctx context.Context, by model.ClientBy) (*model.Client, error) {
	if clientID := by.ClientID.Value(); clientID != nil {
		client, err := r.admin.Clients.Named(ctx, *clientID)
		if errors.Is(err, identity.ErrClientNotFound) {
			return nil, nil // null stands for what does not exist
		}
		if err != nil {
			return nil, err
		}
		return model.NewClient(client), nil
	}
	id, ok := model.KindClient.Parse(text(by.ID))
	if !ok {
		return nil, nil // an id of another kind names no client
	}
	return r.client(ctx, id)
}

func (r *Resolver) Client() generated.ClientResolver { return &clientResolver{r} }

func (r *Resolver) ClientConnection() generated.ClientConnectionResolver {
	return &clientConnectionResolver{r}
}

type (
	clientResolver           struct{ *Resolver }
	clientConnectionResolver struct{ *Resolver }
)
