package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// sessionKey is how sessions are ordered by one field.
type sessionKey struct {
	sortKey
	cursor func(identity.Session) time.Time
}

var (
	sessionCreated = sessionKey{
		sortKey{column: "s.created_at", id: "s.id", time: true}, func(v identity.Session) time.Time { return v.CreatedAt },
	}
	sessionKeys = map[identity.SessionOrderField]sessionKey{
		"": sessionCreated, identity.SessionOrderCreatedAt: sessionCreated,
		identity.SessionOrderLastActiveAt: {
			sortKey{column: "s.last_active_at", id: "s.id", time: true},
			func(v identity.Session) time.Time { return v.LastActiveAt },
		},
	}
)

// Sessions implements identity.AdminSessionStore.
func (s *Store) Sessions(ctx context.Context, q identity.SessionQuery) ([]identity.ListRow[identity.Session], error) {
	build := func() (*bun.SelectQuery, error) { return s.listSessions(q) }
	return listPage(ctx, s, "list sessions", q.Range, build, sessionKeys[q.Order].listRow)
}

func (s *Store) listSessions(q identity.SessionQuery) (*bun.SelectQuery, error) {
	key, ok := sessionKeys[q.Order]
	if !ok {
		return nil, identity.InvalidField("order", "Unknown order field.")
	}
	return key.paginate(selectSessions(s.read().NewSelect().Model((*sessionRow)(nil)), q.Filter, q.Now), !q.Ascending, q.Range)
}

func (k sessionKey) listRow(r sessionRow) identity.ListRow[identity.Session] {
	v := toSession(r)
	at := k.cursor(v)
	return identity.ListRow[identity.Session]{Item: v, CursorKey: identity.CursorKey{Key: cursorTime(&at), ID: v.ID}}
}

func selectSessions(list *bun.SelectQuery, f identity.SessionFilter, now time.Time) *bun.SelectQuery {
	if f.UserID != uuid.Nil {
		list = list.Where("s.user_id = ?", f.UserID)
	}
	if f.ClientID != uuid.Nil {
		list = list.Where("EXISTS (SELECT 1 FROM grants g WHERE g.session_id = s.id AND g.client_id = ? AND g.ended_at IS NULL)",
			f.ClientID)
	}
	if f.IP != "" {
		list = list.Where("s.ip = ?", f.IP)
	}
	for column, m := range map[string]*identity.TimeMatch{"s.created_at": f.CreatedAt, "s.last_active_at": f.LastActiveAt} {
		if m == nil {
			continue
		}
		for _, c := range timeConditions(column, *m) {
			list = list.Where(c.text, c.args...)
		}
	}
	if f.Active != nil && *f.Active {
		list = list.Where("s.ended_at IS NULL").Where("s.expires_at > ?", now).Where("s.level >= 1")
	} else if f.Active != nil {
		list = list.Where("(s.ended_at IS NOT NULL OR s.expires_at <= ? OR s.level < 1)", now)
	}
	return list
}

// CountSessions implements identity.AdminSessionStore.
func (s *Store) CountSessions(ctx context.Context, q identity.SessionQuery, limit int) (int, error) {
	match := selectSessions(s.read().NewSelect().Model((*sessionRow)(nil)), q.Filter, q.Now)
	return s.count(ctx, "count sessions", match, limit)
}

// NewestSessions implements identity.AdminSessionStore.
func (s *Store) NewestSessions(
	ctx context.Context, userIDs []uuid.UUID, activeOnly bool, limit int, now time.Time,
) (map[uuid.UUID][]identity.ListRow[identity.Session], error) {
	out := make(map[uuid.UUID][]identity.ListRow[identity.Session], len(userIDs))
	if len(userIDs) == 0 || limit <= 0 {
		return out, nil
	}
	rows, err := list[sessionRow](ctx, s, s.newestSessions(userIDs, activeOnly, limit, now))
	if err != nil {
		return nil, s.fault("list sessions of users", err)
	}
	for _, row := range rows {
		out[row.UserID] = append(out[row.UserID], sessionCreated.listRow(row))
	}
	return out, nil
}

func (s *Store) newestSessions(userIDs []uuid.UUID, activeOnly bool, limit int, now time.Time) *bun.SelectQuery {
	f := identity.SessionFilter{Active: identity.OnlyActive(activeOnly)}
	t := childTable{table: "sessions", alias: "s", owner: "user_id", kind: "uuid", at: "created_at"}
	return s.latestPerOwner(t, idStrings(userIDs), limit, func(q *bun.SelectQuery) *bun.SelectQuery { return selectSessions(q, f, now) })
}

// SessionsByID implements identity.AdminSessionStore.
func (s *Store) SessionsByID(ctx context.Context, ids []uuid.UUID) ([]identity.Session, error) {
	rows, err := byIDs[sessionRow](ctx, s, ids)
	return mapped(rows, toSession), s.fault("read sessions", err)
}

// EndedSessions implements identity.AdminSessionStore.
func (s *Store) EndedSessions(ctx context.Context, userIDs []uuid.UUID, times []time.Time) ([]identity.Session, error) {
	if len(userIDs) == 0 {
		return nil, nil
	}
	rows, err := list[sessionRow](ctx, s, s.endedSessions(userIDs, times))
	return mapped(rows, toSession), s.fault("read ended sessions", err)
}

func (s *Store) endedSessions(userIDs []uuid.UUID, times []time.Time) *bun.SelectQuery {
	return s.read().NewSelect().Model((*sessionRow)(nil)).Where("s.user_id IN (?)", idList(userIDs)).
		Where("s.ended_at IN (?)", bun.List(times)).OrderExpr("s.created_at, s.id")
}

// OwnersOfSessions implements identity.AdminSessionStore.
func (s *Store) OwnersOfSessions(ctx context.Context, sessionIDs []uuid.UUID) ([]uuid.UUID, error) {
	if len(sessionIDs) == 0 {
		return nil, nil
	}
	var owners []uuid.UUID
	err := s.read().NewSelect().TableExpr("sessions AS s").ColumnExpr("DISTINCT s.user_id").
		Where("s.id IN (?)", idList(sessionIDs)).OrderExpr("s.user_id").Scan(ctx, &owners)
	return owners, s.fault("read owners of sessions", err)
}

// GrantsOfSessions implements identity.AdminSessionStore.
func (s *Store) GrantsOfSessions(ctx context.Context, sessionIDs []uuid.UUID) (map[uuid.UUID][]identity.Grant, error) {
	out := make(map[uuid.UUID][]identity.Grant, len(sessionIDs))
	if len(sessionIDs) == 0 {
		return out, nil
	}
	rows, err := list[grantRow](ctx, s, s.grantsOfSessions(sessionIDs))
	if err != nil {
		return nil, s.fault("list grants of sessions", err)
	}
	for _, row := range rows {
		out[*row.SessionID] = append(out[*row.SessionID], toGrant(row))
	}
	return out, nil
}

// grantsOfClient is how many grants of a client in a session are returned: one that asks silently all day has
// thousands.
const grantsOfClient = 10

func (s *Store) grantsOfSessions(sessionIDs []uuid.UUID) *bun.SelectQuery {
	names := columns[grantRow]()
	ranked := s.read().NewSelect().TableExpr("grants AS g").ColumnExpr(names).
		ColumnExpr("row_number() OVER (PARTITION BY g.session_id, g.client_id "+
			"ORDER BY CASE WHEN g.ended_at IS NULL THEN 0 ELSE 1 END, g.created_at DESC, g.id DESC) AS recency").
		Where("g.session_id IN (?)", idList(sessionIDs))
	return s.read().NewSelect().TableExpr("(?) AS g", ranked).Where("g.recency <= ?", grantsOfClient).
		OrderExpr("g.created_at, g.id")
}

// NewestGrants implements identity.AdminSessionStore.
func (s *Store) NewestGrants(ctx context.Context, userIDs []uuid.UUID, limit int) (map[uuid.UUID][]identity.Grant, error) {
	out := make(map[uuid.UUID][]identity.Grant, len(userIDs))
	if len(userIDs) == 0 || limit <= 0 {
		return out, nil
	}
	rows, err := list[grantRow](ctx, s, s.newestGrants(userIDs, limit))
	if err != nil {
		return nil, s.fault("list grants of users", err)
	}
	for _, row := range rows {
		g := toGrant(row)
		out[g.UserID] = append(out[g.UserID], g)
	}
	return out, nil
}

func (s *Store) newestGrants(userIDs []uuid.UUID, limit int) *bun.SelectQuery {
	t := childTable{table: "grants", alias: "g", owner: "user_id", kind: "uuid", at: "created_at"}
	return s.latestPerOwner(t, idStrings(userIDs), limit, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("g.ended_at IS NULL") })
}

// CountActiveSessions implements identity.AdminSessionStore.
func (s *Store) CountActiveSessions(ctx context.Context, now time.Time) (int, error) {
	active := true
	var n int
	err := selectSessions(s.read().NewSelect().Model((*sessionRow)(nil)), identity.SessionFilter{Active: &active}, now).
		ColumnExpr("count(*)").Scan(ctx, &n)
	return n, s.fault("count active sessions", err)
}
