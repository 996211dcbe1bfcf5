package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// AuditEvents implements identity.AuditStoreAdmin.
func (s *Store) AuditEvents(ctx context.Context, q identity.AuditQuery) ([]identity.Listed[identity.AuditEvent], error) {
	if q.Slice.Limit <= 0 {
		return nil, nil
	}
	var rows []auditRow
	list, err := timedList(selectAudit(s.read().NewSelect().Model(&rows), q.Filter), "e", "occurred_at", q.Ascending, q.Slice)
	if err != nil {
		return nil, err
	}
	if err := list.Scan(ctx); err != nil {
		return nil, s.fault("list audit events", err)
	}
	if q.Slice.Backward {
		slices.Reverse(rows)
	}
	return mapped(rows, toListedEvent), nil
}

func toListedEvent(r auditRow) identity.Listed[identity.AuditEvent] {
	e := toEvent(r)
	return listed(e, e.OccurredAt, e.ID)
}

func selectAudit(list *bun.SelectQuery, f identity.AuditFilter) *bun.SelectQuery {
	for column, text := range map[string]string{
		"actor_id": f.ActorID, "actor_name": f.ActorName, "target_kind": string(f.Target), "target_id": f.TargetID,
		"outcome": string(f.Outcome), "ip": f.IP, "request_id": f.RequestID,
	} {
		if text != "" {
			list = list.Where("e."+column+" = ?", text)
		}
	}
	if f.From != nil {
		list = list.Where("e.occurred_at >= ?", f.From.UTC())
	}
	if f.Before != nil {
		list = list.Where("e.occurred_at < ?", f.Before.UTC())
	}
	if f.ClientID != uuid.Nil {
		list = list.Where("e.client_id = ?", f.ClientID)
	}
	if len(f.Actions) > 0 {
		list = list.Where("e.action IN (?)", bun.List(f.Actions))
	}
	return list
}

// CountAuditEvents implements identity.AuditStoreAdmin.
func (s *Store) CountAuditEvents(ctx context.Context, q identity.AuditQuery, limit int) (int, error) {
	capped := selectAudit(s.read().NewSelect().Model((*auditRow)(nil)).ColumnExpr("1"), q.Filter).Limit(int64(limit) + 1)
	var n int
	err := s.read().NewSelect().TableExpr("(?) AS counted", capped).ColumnExpr("count(*)").Scan(ctx, &n)
	return n, s.fault("count audit events", err)
}

// NewestAuditOf implements identity.AuditStoreAdmin.
func (s *Store) NewestAuditOf(
	ctx context.Context, kind identity.TargetKind, ids []string, limit int,
) (map[string][]identity.Listed[identity.AuditEvent], error) {
	out := make(map[string][]identity.Listed[identity.AuditEvent], len(ids))
	if len(ids) == 0 || limit <= 0 {
		return out, nil
	}
	names := columns[auditRow](s.reader.bun, "e", "")
	each := s.read().NewSelect().TableExpr("audit_events AS e").ColumnExpr(names).Where("e.target_kind = ?", string(kind))
	var rows []auditRow
	err := s.newest(each, "e", "target_id", "occurred_at", "text", bun.List(ids), limit).ColumnExpr(names).
		OrderExpr("e.occurred_at DESC, e.id DESC").Scan(ctx, &rows)
	if err != nil {
		return nil, s.fault("list audit events of targets", err)
	}
	for _, row := range rows {
		out[row.TargetID] = append(out[row.TargetID], toListedEvent(row))
	}
	return out, nil
}

// AuditDays implements identity.AuditStoreAdmin.
func (s *Store) AuditDays(ctx context.Context, from time.Time, actions []identity.Action) ([]identity.ActionDay, error) {
	if len(actions) == 0 {
		return nil, nil
	}
	var rows []struct {
		Day    string `bun:"day"`
		Action string `bun:"action"`
		Count  int    `bun:"count"`
	}
	err := s.read().NewSelect().TableExpr("audit_events AS e").ColumnExpr(s.dialect.day("e.occurred_at")+" AS day").ColumnExpr("e.action").ColumnExpr("count(*) AS count").
		Where("e.action IN (?)", bun.List(actions)).Where("e.occurred_at >= ?", from.UTC()).GroupExpr("1, 2").OrderExpr("1, 2").Scan(ctx, &rows)
	if err != nil {
		return nil, s.fault("count audit events by day", err)
	}
	out := make([]identity.ActionDay, len(rows))
	for i, row := range rows {
		at, err := time.Parse(time.DateOnly, row.Day)
		if err != nil {
			return nil, s.fault("read day", err)
		}
		out[i] = identity.ActionDay{Day: at, Action: identity.Action(row.Action), Count: row.Count}
	}
	return out, nil
}
