package store

import (
	"context"
	"fmt"
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
	return auditKey.paginate(selectAudit(s.read().NewSelect().Model((*auditRow)(nil)), q.Filter), !q.Ascending, q.Range)
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
	if f.From != nil {
		list = list.Where("e.occurred_at >= ?", *f.From)
	}
	if f.Before != nil {
		list = list.Where("e.occurred_at < ?", *f.Before)
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
	return s.count(ctx, "count audit events", match, limit)
}

// NewestAuditOf implements identity.AdminAuditStore.
func (s *Store) NewestAuditOf(
	ctx context.Context, kind identity.TargetKind, ids []string, limit int,
) (map[string][]identity.ListRow[identity.AuditEvent], error) {
	out := make(map[string][]identity.ListRow[identity.AuditEvent], len(ids))
	var targets []string
	for _, id := range ids {
		if validText(id) { // no row has another
			targets = append(targets, id)
		}
	}
	if len(targets) == 0 || limit <= 0 {
		return out, nil
	}
	rows, err := list[auditRow](ctx, s, s.newestAudit(kind, targets, limit))
	if err != nil {
		return nil, s.fault("list audit events of targets", err)
	}
	for _, row := range rows {
		out[row.TargetID] = append(out[row.TargetID], toEventRow(row))
	}
	return out, nil
}

func (s *Store) newestAudit(kind identity.TargetKind, ids []string, limit int) *bun.SelectQuery {
	t := childTable{table: "audit_events", alias: "e", owner: "target_id", kind: "text", at: "occurred_at"}
	return s.latestPerOwner(t, ids, limit, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("e.target_kind = ?", string(kind))
	})
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
	return selectAudit(s.read().NewSelect().TableExpr("audit_events AS e"), identity.AuditFilter{From: &from, Actions: actions}).
		ColumnExpr(s.dialect.day("e.occurred_at") + " AS day").ColumnExpr("e.action").ColumnExpr("count(*) AS count").
		GroupExpr("1, 2").OrderExpr("1, 2")
}
