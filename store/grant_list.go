package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// grantKey is how grants are ordered by one field.
type grantKey struct {
	sortKey
	cursor func(identity.Grant) *time.Time
}

// grantLastUsed is never null, so that it can be walked: two indexes have it word for word.
const grantLastUsed = "coalesce(g.refresh_rotated_at, '" + neverTime + "')"

var (
	grantCreated = grantKey{
		sortKey{column: "g.created_at", id: "g.id", time: true}, func(g identity.Grant) *time.Time { return &g.CreatedAt },
	}
	grantKeys = map[identity.GrantOrderField]grantKey{
		"": grantCreated, identity.GrantOrderCreatedAt: grantCreated,
		identity.GrantOrderLastUsedAt: {
			sortKey{column: grantLastUsed, id: "g.id", time: true}, func(g identity.Grant) *time.Time { return g.Refresh.RotatedAt },
		},
	}
)

// Grants implements identity.GrantLister.
func (s *Store) Grants(ctx context.Context, q identity.GrantQuery) ([]identity.ListRow[identity.Grant], error) {
	build := func() (*bun.SelectQuery, error) { return s.listGrants(q) }
	return listPage(ctx, s, "list grants", q.Range, build, grantKeys[q.Order].listRow)
}

func (s *Store) listGrants(q identity.GrantQuery) (*bun.SelectQuery, error) {
	key, ok := grantKeys[q.Order]
	if !ok {
		return nil, identity.InvalidField("order", "Unknown order field.")
	}
	return key.paginate(selectGrants(s.read().NewSelect().Model((*grantRow)(nil)), q.Filter, q.Now), !q.Ascending, q.Range)
}

func (k grantKey) listRow(r grantRow) identity.ListRow[identity.Grant] {
	g := toGrant(r)
	return identity.ListRow[identity.Grant]{Item: g, CursorKey: identity.CursorKey{Key: cursorTime(k.cursor(g)), ID: g.ID}}
}

// grantActive is Grant.InTime, and that the session lives which the grant is bound to. The session is looked up for each row
// that is walked: of an EXISTS PostgreSQL would make a table of all sessions first.
func grantActive(now time.Time) condition {
	return where(`(g.ended_at IS NULL
		AND (g.code_digest IS NULL OR g.code_spent_at IS NOT NULL OR g.front_channel OR g.code_expires_at > ?)
		AND (g.refresh_generation = 0 OR g.refresh_expires_at IS NOT NULL AND g.refresh_expires_at > ?
			AND g.refresh_idle_expires_at IS NOT NULL AND g.refresh_idle_expires_at > ?)
		AND (g.offline OR g.session_id IS NULL OR coalesce((SELECT s.expires_at FROM sessions s
			WHERE s.id = g.session_id AND s.ended_at IS NULL AND s.level >= 1), '`+neverTime+`') > ?))`, now, now, now, now)
}

func selectGrants(list *bun.SelectQuery, f identity.GrantFilter, now time.Time) *bun.SelectQuery {
	for _, owner := range []struct {
		column string
		id     uuid.UUID
	}{{"g.user_id", f.UserID}, {"g.client_id", f.ClientID}, {"g.session_id", f.SessionID}} {
		if owner.id != uuid.Nil {
			list = list.Where(owner.column+" = ?", owner.id)
		}
	}
	var conditions []condition
	for _, m := range []struct {
		match *bool
		holds condition
	}{
		{f.Offline, where("g.offline")}, {f.Active, grantActive(now)}, {f.Ended, where("g.ended_at IS NOT NULL")},
	} {
		if m.match != nil && *m.match {
			conditions = append(conditions, m.holds)
		} else if m.match != nil {
			conditions = append(conditions, not(m.holds))
		}
	}
	if f.CreatedAt != nil {
		conditions = append(conditions, timeConditions("g.created_at", *f.CreatedAt)...)
	}
	if f.LastUsedAt != nil {
		conditions = append(conditions, everConditions(grantLastUsed, *f.LastUsedAt)...)
	}
	for _, c := range conditions {
		list = list.Where(c.text, c.args...)
	}
	return list
}

// everConditions returns the conditions of a time that is neverTime instead of null.
func everConditions(column string, m identity.TimeMatch) []condition {
	var list []condition
	if m.From != nil {
		list = append(list, where(column+" >= ?", *m.From))
	}
	if m.Before != nil {
		list = append(list, where(column+" < ?", *m.Before))
	}
	if m.IsNull != nil && *m.IsNull {
		list = append(list, where(column+" = '"+neverTime+"'"))
	} else if m.IsNull != nil || m.Before != nil {
		list = append(list, where(column+" > '"+neverTime+"'"))
	}
	return list
}

// CountGrants implements identity.GrantLister.
func (s *Store) CountGrants(ctx context.Context, q identity.GrantQuery, limit int) (int, error) {
	return s.count(ctx, "count grants", selectGrants(s.read().NewSelect().Model((*grantRow)(nil)), q.Filter, q.Now), limit)
}

// GrantsByID implements identity.GrantLister.
func (s *Store) GrantsByID(ctx context.Context, ids []uuid.UUID) ([]identity.Grant, error) {
	rows, err := byIDs[grantRow](ctx, s, ids)
	return mapped(rows, toGrant), s.fault("read grants", err)
}

// CountLiveGrants implements identity.GrantLister.
func (s *Store) CountLiveGrants(ctx context.Context, sel identity.GrantSelection, limit int) (identity.LiveGrants, error) {
	var n identity.LiveGrants
	chosen, some := liveGrants(sel)
	if !some {
		return n, nil
	}
	live := s.read().NewSelect().TableExpr("grants AS g").Join("LEFT JOIN users AS u ON u.id = g.user_id").
		ColumnExpr("CASE WHEN u.admin THEN 1 ELSE 0 END AS administrator").Where(chosen.text, chosen.args...).Limit(int64(limit) + 1)
	err := s.read().NewSelect().TableExpr("(?) AS live", live).ColumnExpr("count(*), coalesce(sum(administrator), 0)").
		Scan(ctx, &n.All, &n.Administrators)
	return n, s.fault("count live grants", err)
}
