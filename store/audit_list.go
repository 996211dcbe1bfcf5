package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

var auditKey = sortKey{column: "e.occurred_at", id: "e.id", time: true}

// AuditEvents implements identity.AdminAuditStore.
func (s *Store) AuditEvents(ctx context.Context, q identity.AuditQuery) ([]identity.ListRow[identity.AuditEvent], error) {
	build := func() (*bun.SelectQuery, error) { return s.listAudit(q) }
	return listPage(ctx, s, "list audit events", q.Range, build, toEventRow)
}

func (s *Store) listAudit(q identity.AuditQuery) (*bun.SelectQuery, error) {
	events := s.read().NewSelect().Model((*auditRow)(nil))
	if q.Filter.UserID == uuid.Nil {
		return auditKey.paginate(selectAudit(events, q.Filter), !q.Ascending, q.Range)
	}
	// Each part walks an index of its own and takes a page: a condition with OR would read the whole history, or all others.
	part := func(c condition) (*bun.SelectQuery, error) {
		own := s.read().NewSelect().TableExpr("audit_events AS e").ColumnExpr("e.id").Where(c.text, c.args...)
		return auditKey.paginate(selectAudit(own, q.Filter), !q.Ascending, q.Range)
	}
	by, about := historyOf(q.Filter.UserID)
	did, err := part(by)
	if err != nil {
		return nil, err
	}
	underwent, err := part(about)
	if err != nil {
		return nil, err
	}
	page := identity.KeysetRange{Limit: q.Range.Limit, Backward: q.Range.Backward}
	return auditKey.paginate(
		events.Where("e.id IN (SELECT id FROM (?) AS did UNION SELECT id FROM (?) AS underwent)", did, underwent), !q.Ascending, page)
}

// historyOf returns the conditions that a user did something, and that it was done to the user.
func historyOf(id uuid.UUID) (by, about condition) {
	return where("e.actor_id = ?", id.String()),
		where("e.target_kind = ? AND e.target_id = ?", string(identity.TargetUser), id.String())
}

func toEventRow(r auditRow) identity.ListRow[identity.AuditEvent] {
	e := toEvent(r)
	return identity.ListRow[identity.AuditEvent]{Item: e, CursorKey: identity.CursorKey{Key: cursorTime(&e.OccurredAt), ID: e.ID}}
}

func selectAudit(list *bun.SelectQuery, f identity.AuditFilter) *bun.SelectQuery {
	for _, m := range []struct{ column, text string }{
		{"e.actor_id", f.ActorID},
		{"e.actor_name", f.ActorName},
		{"e.target_kind", string(f.Target)},
		{"e.target_id", f.TargetID},
		{"e.outcome", string(f.Outcome)},
		{"e.ip", f.IP},
		{"e.request_id", f.RequestID},
	} {
		switch {
		case m.text == "":
		case !validText(m.text):
			list = list.Where(alwaysFalse.text)
		default:
			list = list.Where(m.column+" = ?", m.text)
		}
	}
	if f.OccurredAt != nil {
		for _, c := range timeConditions("e.occurred_at", *f.OccurredAt) {
			list = list.Where(c.text, c.args...)
		}
	}
	if f.ClientID != uuid.Nil {
		list = list.Where("e.client_id = ?", f.ClientID)
	}
	if len(f.Actions) > 0 {
		list = list.Where("e.action IN (?)", bun.List(f.Actions))
	}
	return list
}

// CountAuditEvents implements identity.AdminAuditStore.
func (s *Store) CountAuditEvents(ctx context.Context, q identity.AuditQuery, limit int) (int, error) {
	match := selectAudit(s.read().NewSelect().Model((*auditRow)(nil)), q.Filter)
	if q.Filter.UserID != uuid.Nil {
		by, about := historyOf(q.Filter.UserID)
		own := or([]condition{by, where("("+about.text+")", about.args...)})
		match = match.Where(own.text, own.args...)
	}
	return s.count(ctx, "count audit events", match, limit)
}

// AuditEventsByID implements identity.AdminAuditStore.
func (s *Store) AuditEventsByID(ctx context.Context, ids []uuid.UUID) ([]identity.AuditEvent, error) {
	rows, err := byIDs[auditRow](ctx, s, ids)
	if err != nil {
		return nil, s.fault("read audit events", err)
	}
	return mapped(rows, toEvent), nil
}

// NewestAuditOf implements identity.AdminAuditStore.
func (s *Store) NewestAuditOf(
	ctx context.Context, userIDs []uuid.UUID, limit int,
) (map[uuid.UUID][]identity.ListRow[identity.AuditEvent], error) {
	out := make(map[uuid.UUID][]identity.ListRow[identity.AuditEvent], len(userIDs))
	if len(userIDs) == 0 || limit <= 0 {
		return out, nil
	}
	rows, err := list[auditRow](ctx, s, s.newestAudit(userIDs, limit))
	if err != nil {
		return nil, s.fault("list audit events of users", err)
	}
	users := make(map[string]uuid.UUID, len(userIDs))
	for _, id := range userIDs {
		users[id.String()] = id
	}
	seen := make(map[uuid.UUID]bool, len(rows))
	for _, row := range rows {
		if seen[row.ID] { // it belongs to two of the users
			continue
		}
		seen[row.ID] = true
		owners := map[string]bool{row.ActorID: true}
		if row.TargetKind == string(identity.TargetUser) {
			owners[row.TargetID] = true
		}
		for owner := range owners {
			// What is beyond the limit of one user may be there for the sake of another.
			if id, ok := users[owner]; ok && len(out[id]) < limit {
				out[id] = append(out[id], toEventRow(row))
			}
		}
	}
	return out, nil
}

func (s *Store) newestAudit(userIDs []uuid.UUID, limit int) *bun.SelectQuery {
	const order = "e.occurred_at DESC, e.id DESC"
	ids := idStrings(userIDs)
	slices.Sort(ids)
	owners := s.dialect.owners("text", slices.Compact(ids))
	pick, join := s.dialect.lateral("audit_events", "e")
	part := func(c condition) *bun.SelectQuery {
		return s.read().NewSelect().TableExpr("audit_events AS e").ColumnExpr("e.*").Where(c.text, c.args...).
			OrderExpr(order).Limit(int64(limit))
	}
	did := part(where("e.actor_id = owner.id"))
	underwent := part(where("e.target_kind = ? AND e.target_id = owner.id", string(identity.TargetUser)))
	newest := s.read().NewSelect().TableExpr("(SELECT * FROM (?) AS did UNION SELECT * FROM (?) AS underwent) AS e", did, underwent).
		ColumnExpr(pick).OrderExpr(order).Limit(int64(limit))
	return s.read().NewSelect().TableExpr(owners.text, owners.args...).Join(join, newest).OrderExpr(order)
}

type auditDayRow struct {
	Day    string `bun:"day"`
	Action string `bun:"action"`
	Count  int    `bun:"count"`
}

// AuditDays implements identity.AdminAuditStore.
func (s *Store) AuditDays(ctx context.Context, from time.Time, actions []identity.Action) ([]identity.ActionDay, error) {
	if len(actions) == 0 {
		return nil, nil
	}
	var rows []auditDayRow
	if err := s.auditDays(from, actions).Scan(ctx, &rows); err != nil {
		return nil, s.fault("count audit events by day", err)
	}
	out := make([]identity.ActionDay, len(rows))
	for i, row := range rows {
		day, err := time.Parse(time.DateOnly, row.Day)
		if err != nil {
			return nil, fmt.Errorf("count audit events by day: %w", err)
		}
		out[i] = identity.ActionDay{Day: day, Action: identity.Action(row.Action), Count: row.Count}
	}
	return out, nil
}

func (s *Store) auditDays(from time.Time, actions []identity.Action) *bun.SelectQuery {
	since := identity.AuditFilter{OccurredAt: &identity.TimeMatch{From: &from}, Actions: actions}
	return selectAudit(s.read().NewSelect().TableExpr("audit_events AS e"), since).
		ColumnExpr(s.dialect.day("e.occurred_at") + " AS day").ColumnExpr("e.action").ColumnExpr("count(*) AS count").
		GroupExpr("1, 2").OrderExpr("1, 2")
}
