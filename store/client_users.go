package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// ofClientRow is a session with one of the clients that have a grant in it.
type ofClientRow struct {
	Session sessionRow `bun:"embed:"`
	OwnerID uuid.UUID  `bun:"owner_id"`
}

// NewestSessionsOfClients implements identity.ClientUserLister.
func (s *Store) NewestSessionsOfClients(
	ctx context.Context, clientIDs []uuid.UUID, activeOnly bool, limit int, now time.Time,
) (map[uuid.UUID][]identity.ListRow[identity.Session], error) {
	list := func(ids []uuid.UUID) *bun.SelectQuery { return s.newestSessionsOfClients(ids, activeOnly, limit, now) }
	return firstOfClients(ctx, s, "list sessions of clients", clientIDs, list,
		func(r ofClientRow) (uuid.UUID, identity.ListRow[identity.Session]) {
			return r.OwnerID, sessionCreated.listRow(r.Session)
		})
}

func (s *Store) newestSessionsOfClients(clientIDs []uuid.UUID, activeOnly bool, limit int, now time.Time) *bun.SelectQuery {
	return s.unionOfClients(clientIDs, "s", limit, "created_at DESC, s.id DESC", func(id uuid.UUID) *bun.SelectQuery {
		f := identity.SessionFilter{ClientID: id, Active: identity.OnlyActive(activeOnly)}
		return selectSessions(s.read().NewSelect().TableExpr("sessions AS s").ColumnExpr("s.*, ? AS owner_id", id.String()), f, now)
	})
}

// NewestGrantsOfClients implements identity.ClientUserLister.
func (s *Store) NewestGrantsOfClients(
	ctx context.Context, clientIDs []uuid.UUID, activeOnly bool, limit int, now time.Time,
) (map[uuid.UUID][]identity.ListRow[identity.Grant], error) {
	list := func(ids []uuid.UUID) *bun.SelectQuery { return s.newestGrantsOfClients(ids, activeOnly, limit, now) }
	return firstOfClients(ctx, s, "list grants of clients", clientIDs, list,
		func(r grantRow) (uuid.UUID, identity.ListRow[identity.Grant]) {
			return r.ClientID, grantCreated.listRow(r)
		})
}

func (s *Store) newestGrantsOfClients(clientIDs []uuid.UUID, activeOnly bool, limit int, now time.Time) *bun.SelectQuery {
	return s.unionOfClients(clientIDs, "g", limit, "created_at DESC, g.id DESC", func(id uuid.UUID) *bun.SelectQuery {
		f := identity.GrantFilter{ClientID: id, Active: identity.OnlyActive(activeOnly)}
		return selectGrants(s.read().NewSelect().TableExpr("grants AS g").ColumnExpr("g.*"), f, now)
	})
}

// LatestConsentsOfClients implements identity.ClientUserLister.
func (s *Store) LatestConsentsOfClients(
	ctx context.Context, clientIDs []uuid.UUID, limit int,
) (map[uuid.UUID][]identity.ListRow[identity.Consent], error) {
	list := func(ids []uuid.UUID) *bun.SelectQuery { return s.latestConsentsOfClients(ids, limit) }
	return firstOfClients(ctx, s, "list consents of clients", clientIDs, list,
		func(r consentRow) (uuid.UUID, identity.ListRow[identity.Consent]) {
			return r.ClientID, consentListRow(r)
		})
}

func (s *Store) latestConsentsOfClients(clientIDs []uuid.UUID, limit int) *bun.SelectQuery {
	return s.unionOfClients(clientIDs, "co", limit, "updated_at DESC, co.user_id DESC", func(id uuid.UUID) *bun.SelectQuery {
		return selectConsents(s.read().NewSelect().TableExpr("consents AS co").ColumnExpr("co.*"), identity.ConsentFilter{ClientID: id})
	})
}

// unionOfClients takes the first rows of each of many clients. Each is a part with its id spelled out, so that PostgreSQL
// plans by how much that client has: one may have most of a table, and another nothing.
func (s *Store) unionOfClients(
	clientIDs []uuid.UUID, alias string, limit int, order string, rows func(clientID uuid.UUID) *bun.SelectQuery,
) *bun.SelectQuery {
	var all *bun.SelectQuery
	for _, id := range clientIDs {
		first := rows(id).OrderExpr(alias + "." + order).Limit(int64(limit))
		part := s.read().NewSelect().TableExpr("(?) AS f", first).ColumnExpr("f.*")
		if all == nil {
			all = part
		} else {
			all = all.UnionAll(part)
		}
	}
	return s.read().NewSelect().TableExpr("(?) AS ?", all, bun.Ident(alias)).OrderExpr(alias + "." + order)
}

// firstOfClients runs the statement of unionOfClients for as many clients at once as one can have parts.
func firstOfClients[Row, Entity any](
	ctx context.Context, s *Store, operation string, clientIDs []uuid.UUID, query func(clientIDs []uuid.UUID) *bun.SelectQuery,
	to func(Row) (clientID uuid.UUID, row identity.ListRow[Entity]),
) (map[uuid.UUID][]identity.ListRow[Entity], error) {
	out := make(map[uuid.UUID][]identity.ListRow[Entity], len(clientIDs))
	for some := range slices.Chunk(clientIDs, namesAtOnce) {
		rows, err := list[Row](ctx, s, query(some))
		if err != nil {
			return nil, s.fault(operation, err)
		}
		for _, row := range rows {
			client, item := to(row)
			out[client] = append(out[client], item)
		}
	}
	return out, nil
}
