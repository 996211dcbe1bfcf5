package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// Sessions implements identity.SessionStoreAdmin.
func (s *Store) Sessions(ctx context.Context, q identity.SessionQuery) ([]identity.Listed[identity.Session], error) {
	if q.Slice.Limit <= 0 {
		return nil, nil
	}
	var rows []sessionRow
	list, err := timedList(selectSessions(s.read().NewSelect().Model(&rows), q), "s", "created_at", q.Ascending, q.Slice)
	if err != nil {
		return nil, err
	}
	if err := list.Scan(ctx); err != nil {
		return nil, s.fault("list sessions", err)
	}
	if q.Slice.Backward {
		slices.Reverse(rows)
	}
	return mapped(rows, toListedSession), nil
}

func toListedSession(r sessionRow) identity.Listed[identity.Session] {
	v := toSession(r)
	return listed(v, v.CreatedAt, v.ID)
}

func selectSessions(list *bun.SelectQuery, q identity.SessionQuery) *bun.SelectQuery {
	f := q.Filter
	if f.UserID != uuid.Nil {
		list = list.Where("s.user_id = ?", f.UserID)
	}
	if f.ClientID != uuid.Nil {
		list = list.Where("EXISTS (SELECT 1 FROM grants g WHERE g.session_id = s.id AND g.client_id = ? AND g.ended_at IS NULL)", f.ClientID)
	}
	if f.Active != nil && *f.Active {
		list = list.Where("s.ended_at IS NULL").Where("s.expires_at > ?", q.Now)
	} else if f.Active != nil {
		list = list.Where("(s.ended_at IS NOT NULL OR s.expires_at <= ?)", q.Now)
	}
	return list
}

// CountSessions implements identity.SessionStoreAdmin.
func (s *Store) CountSessions(ctx context.Context, q identity.SessionQuery, limit int) (int, error) {
	capped := selectSessions(s.read().NewSelect().Model((*sessionRow)(nil)).ColumnExpr("1"), q).Limit(int64(limit) + 1)
	var n int
	err := s.read().NewSelect().TableExpr("(?) AS counted", capped).ColumnExpr("count(*)").Scan(ctx, &n)
	return n, s.fault("count sessions", err)
}

// newest takes up to limit rows of each owner, newest first, in one statement. kind is the type of the owners' ids. A lateral join reads just those
// rows; a dialect without one ranks all rows of the owners.
func (s *Store) newest(list *bun.SelectQuery, alias, owner, at, kind string, ids bun.ListValues, limit int) *bun.SelectQuery {
	order := alias + "." + at + " DESC, " + alias + ".id DESC"
	if s.dialect.lateral() {
		each := list.Where(alias + "." + owner + " = owner.id").OrderExpr(order).Limit(int64(limit))
		return s.read().NewSelect().TableExpr("unnest(ARRAY[?]::"+kind+"[]) AS owner (id)", ids).Join("CROSS JOIN LATERAL (?) AS "+alias, each)
	}
	ranked := list.Where(alias+"."+owner+" IN (?)", ids).
		ColumnExpr("row_number() OVER (PARTITION BY " + alias + "." + owner + " ORDER BY " + order + ") AS place")
	return s.read().NewSelect().TableExpr("(?) AS "+alias, ranked).Where(alias+".place <= ?", limit)
}

// NewestSessions implements identity.SessionStoreAdmin.
func (s *Store) NewestSessions(
	ctx context.Context, userIDs []uuid.UUID, activeOnly bool, limit int, now time.Time,
) (map[uuid.UUID][]identity.Listed[identity.Session], error) {
	out := make(map[uuid.UUID][]identity.Listed[identity.Session], len(userIDs))
	if len(userIDs) == 0 || limit <= 0 {
		return out, nil
	}
	names := columns[sessionRow](s.reader.bun, "s", "")
	query := identity.SessionQuery{Now: now}
	if activeOnly {
		query.Filter.Active = &activeOnly
	}
	each := selectSessions(s.read().NewSelect().TableExpr("sessions AS s").ColumnExpr(names), query)
	var rows []sessionRow
	err := s.newest(each, "s", "user_id", "created_at", "uuid", texted(userIDs), limit).ColumnExpr(names).
		OrderExpr("s.created_at DESC, s.id DESC").Scan(ctx, &rows)
	if err != nil {
		return nil, s.fault("list sessions of users", err)
	}
	for _, row := range rows {
		out[row.UserID] = append(out[row.UserID], toListedSession(row))
	}
	return out, nil
}

// GrantsOfSessions implements identity.SessionStoreAdmin.
func (s *Store) GrantsOfSessions(ctx context.Context, sessionIDs []uuid.UUID) (map[uuid.UUID][]identity.Grant, error) {
	out := make(map[uuid.UUID][]identity.Grant, len(sessionIDs))
	if len(sessionIDs) == 0 {
		return out, nil
	}
	var rows []grantRow
	err := s.read().NewSelect().Model(&rows).Where("g.session_id IN (?)", texted(sessionIDs)).OrderExpr("g.created_at, g.id").Scan(ctx)
	if err != nil {
		return nil, s.fault("list grants of sessions", err)
	}
	for _, row := range rows {
		g := toGrant(row)
		out[*g.SessionID] = append(out[*g.SessionID], g)
	}
	return out, nil
}

// NewestGrants implements identity.SessionStoreAdmin.
func (s *Store) NewestGrants(ctx context.Context, userIDs []uuid.UUID, limit int) (map[uuid.UUID][]identity.Grant, error) {
	out := make(map[uuid.UUID][]identity.Grant, len(userIDs))
	if len(userIDs) == 0 || limit <= 0 {
		return out, nil
	}
	names := columns[grantRow](s.reader.bun, "g", "")
	each := s.read().NewSelect().TableExpr("grants AS g").ColumnExpr(names).Where("g.ended_at IS NULL")
	var rows []grantRow
	err := s.newest(each, "g", "user_id", "created_at", "uuid", texted(userIDs), limit).ColumnExpr(names).
		OrderExpr("g.created_at DESC, g.id DESC").Scan(ctx, &rows)
	if err != nil {
		return nil, s.fault("list grants of users", err)
	}
	for _, row := range rows {
		g := toGrant(row)
		out[g.UserID] = append(out[g.UserID], g)
	}
	return out, nil
}

// CountActiveSessions implements identity.SessionStoreAdmin.
func (s *Store) CountActiveSessions(ctx context.Context, now time.Time) (int, error) {
	var n int
	err := s.read().NewSelect().TableExpr("sessions AS s").ColumnExpr("count(*)").Where("s.ended_at IS NULL").
		Where("s.expires_at > ?", now).Scan(ctx, &n)
	return n, s.fault("count active sessions", err)
}
