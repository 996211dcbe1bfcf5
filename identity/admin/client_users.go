package admin

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// ByClients returns the first page of the grants of each of many clients, newest first. The cursors are those of List for
// one client.
func (s *Grants) ByClients(
	ctx context.Context, clientIDs []uuid.UUID, activeOnly bool, first int,
) (map[uuid.UUID]Page[identity.Grant], error) {
	if err := requireScope(ctx, identity.ScopeSessionsRead); err != nil {
		return nil, err
	}
	read := func(ctx context.Context, clientIDs []uuid.UUID, limit int) (map[uuid.UUID][]identity.ListRow[identity.Grant], error) {
		return s.store.NewestGrantsOfClients(ctx, clientIDs, activeOnly, limit, s.source.Now())
	}
	return firstPages(ctx, clientIDs, first, read, func(id uuid.UUID) pager {
		filter := identity.GrantFilter{ClientID: id, Active: identity.OnlyActive(activeOnly)}
		return pager{keys: s.keys, list: GrantList{Filter: filter}.name()}
	})
}

// ConsentsByClients returns the first page of the consents for each of many clients, the latest first. The cursors are
// those of ListConsents for one client.
func (s *Grants) ConsentsByClients(ctx context.Context, clientIDs []uuid.UUID, first int) (map[uuid.UUID]Page[identity.Consent], error) {
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return nil, err
	}
	return firstPages(ctx, clientIDs, first, s.store.LatestConsentsOfClients, func(id uuid.UUID) pager {
		return pager{keys: s.keys, list: ConsentList{Filter: identity.ConsentFilter{ClientID: id}}.name()}
	})
}

// ByClients returns the first page of the sessions in which each of many clients has a grant, newest first. The cursors
// are those of List for one client.
func (s *Sessions) ByClients(
	ctx context.Context, clientIDs []uuid.UUID, activeOnly bool, first int,
) (map[uuid.UUID]Page[identity.Session], error) {
	if err := requireScope(ctx, identity.ScopeSessionsRead); err != nil {
		return nil, err
	}
	read := func(ctx context.Context, clientIDs []uuid.UUID, limit int) (map[uuid.UUID][]identity.ListRow[identity.Session], error) {
		return s.store.NewestSessionsOfClients(ctx, clientIDs, activeOnly, limit, s.source.Now())
	}
	return firstPages(ctx, clientIDs, first, read, func(id uuid.UUID) pager {
		filter := identity.SessionFilter{ClientID: id, Active: identity.OnlyActive(activeOnly)}
		return pager{keys: s.keys, list: SessionList{Filter: filter}.name()}
	})
}
