package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// clientGiven refuses a nested filter that names a client: the list has one.
func clientGiven() error {
	return identity.InvalidField("filter.client", "Cannot be given here: the list is that of the client around it.")
}

func clientGrants(id uuid.UUID, activeOnly bool) admin.GrantList {
	filter := identity.GrantFilter{ClientID: id, Active: identity.OnlyActive(activeOnly)}
	return admin.GrantList{Filter: filter, Order: identity.GrantOrderCreatedAt}
}

func clientSessions(id uuid.UUID, activeOnly bool) admin.SessionList {
	filter := identity.SessionFilter{ClientID: id, Active: identity.OnlyActive(activeOnly)}
	return admin.SessionList{Filter: filter, Order: identity.SessionOrderCreatedAt}
}

func clientConsents(id uuid.UUID) admin.ConsentList {
	return admin.ConsentList{Filter: identity.ConsentFilter{ClientID: id}}
}

func (r *Resolver) grantsOfClient(ctx context.Context, client *model.Client, size int, activeOnly bool) (*model.GrantConnection, error) {
	return firstPageOf(client, batchKey{list: "grants", size: size, activeOnly: activeOnly},
		func(ids []uuid.UUID) (map[uuid.UUID]admin.Page[identity.Grant], error) {
			return r.admin.Grants.ByClients(ctx, ids, activeOnly, size)
		},
		model.NewGrants,
		func(id uuid.UUID, page admin.Page[identity.Grant], grants []*model.Grant) *model.GrantConnection {
			return model.NewGrantConnection(clientGrants(id, activeOnly), admin.PageArgs{}, page, grants)
		})
}

func (r *Resolver) sessionsOfClient(
	ctx context.Context, client *model.Client, size int, activeOnly bool,
) (*model.SessionConnection, error) {
	return firstPageOf(client, batchKey{list: "sessions", size: size, activeOnly: activeOnly},
		func(ids []uuid.UUID) (map[uuid.UUID]admin.Page[identity.Session], error) {
			return r.admin.Sessions.ByClients(ctx, ids, activeOnly, size)
		},
		func(all []identity.Session) []*model.Session { return model.NewSessions(all, r.domain.Source.Now()) },
		func(id uuid.UUID, page admin.Page[identity.Session], sessions []*model.Session) *model.SessionConnection {
			return model.NewSessionConnection(clientSessions(id, activeOnly), admin.PageArgs{}, page, sessions)
		})
}

func (r *Resolver) consentsOfClient(ctx context.Context, client *model.Client, size int) (*model.ConsentConnection, error) {
	return firstPageOf(client, batchKey{list: "consents", size: size},
		func(ids []uuid.UUID) (map[uuid.UUID]admin.Page[identity.Consent], error) {
			return r.admin.Grants.ConsentsByClients(ctx, ids, size)
		},
		model.NewConsents,
		func(id uuid.UUID, page admin.Page[identity.Consent], consents []*model.Consent) *model.ConsentConnection {
			return model.NewConsentConnection(clientConsents(id), admin.PageArgs{}, page, consents)
		})
}

// firstPageOf returns the first page of a list of a client. It is fetched for all clients that came together, and what all
// their pages have is shown together, so that what is nested in it is fetched together too.
func firstPageOf[Item, Shown, Connection any](
	client *model.Client, key batchKey, fetch func(ids []uuid.UUID) (map[uuid.UUID]admin.Page[Item], error),
	show func(all []Item) []*Shown, connect func(id uuid.UUID, page admin.Page[Item], shown []*Shown) *Connection,
) (*Connection, error) {
	pages, err := model.Load(client.Batch, key, func(ids []uuid.UUID) (map[uuid.UUID]*Connection, error) {
		found, err := fetch(ids)
		if err != nil {
			return nil, err
		}
		var all []Item
		for _, id := range ids {
			all = append(all, found[id].Items()...)
		}
		shown := show(all)
		out := make(map[uuid.UUID]*Connection, len(ids))
		for _, id := range ids {
			n := len(found[id].Edges)
			out[id] = connect(id, found[id], shown[:n])
			shown = shown[n:]
		}
		return out, nil
	})
	return pages[client.Client.ID], err
}
