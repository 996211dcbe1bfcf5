package store

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type auditRow struct {
	bun.BaseModel `bun:"table:audit_events,alias:e"`

	ID         uuid.UUID    `bun:"id,pk"`
	OccurredAt time.Time    `bun:"occurred_at"`
	ActorKind  string       `bun:"actor_kind"`
	ActorID    string       `bun:"actor_id"`
	ActorName  string       `bun:"actor_name"`
	ClientID   *uuid.UUID   `bun:"client_id"`
	Action     string       `bun:"action"`
	TargetKind string       `bun:"target_kind"`
	TargetID   string       `bun:"target_id"`
	TargetName string       `bun:"target_name"`
	Outcome    string       `bun:"outcome"`
	Reason     string       `bun:"reason"`
	IP         string       `bun:"ip"`
	UserAgent  string       `bun:"user_agent"`
	RequestID  string       `bun:"request_id"`
	Changes    auditChanges `bun:"changes,type:jsonb"`
	Signature  []byte       `bun:"digest" store:"write-only"`
}

// auditChanges are stored with every text in them, at any depth, sanitized.
type auditChanges map[string]identity.Change

// MarshalJSON implements json.Marshaler.
func (c auditChanges) MarshalJSON() ([]byte, error) {
	text, err := json.Marshal(map[string]identity.Change(c))
	if err != nil || len(c) == 0 {
		return text, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return json.Marshal(sanitizeValue(value))
}

func sanitizeValue(value any) any {
	switch v := value.(type) {
	case string:
		return sanitize(v)
	case []any:
		return mapped(v, sanitizeValue)
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, element := range v {
			out[sanitize(name)] = sanitizeValue(element)
		}
		return out
	}
	return value
}

func fromEvent(e identity.AuditEvent) auditRow {
	row := auditRow{
		ID: e.ID, OccurredAt: e.OccurredAt, ActorKind: string(e.ActorKind), ActorID: sanitize(e.ActorID),
		ActorName: sanitize(e.ActorName), ClientID: e.ClientID, Action: string(e.Action), TargetKind: string(e.Target),
		TargetID: sanitize(e.TargetID), TargetName: sanitize(e.TargetName), Outcome: string(e.Outcome),
		Reason: sanitize(e.Reason), IP: sanitize(e.IP), UserAgent: sanitize(e.UserAgent), RequestID: sanitize(e.RequestID),
		Changes: e.Changes,
	}
	if row.Changes == nil {
		row.Changes = auditChanges{}
	}
	return row
}

func toEvent(r auditRow) identity.AuditEvent {
	e := identity.AuditEvent{
		ID: r.ID, OccurredAt: r.OccurredAt.UTC(), ActorKind: identity.ActorKind(r.ActorKind), ActorID: r.ActorID,
		ActorName: r.ActorName, ClientID: r.ClientID, Action: identity.Action(r.Action),
		Target: identity.TargetKind(r.TargetKind), TargetID: r.TargetID, TargetName: r.TargetName,
		Outcome: identity.Outcome(r.Outcome), Reason: r.Reason, IP: r.IP, UserAgent: r.UserAgent, RequestID: r.RequestID,
	}
	if len(r.Changes) > 0 {
		e.Changes = r.Changes
	}
	return e
}

var insertEvent = insertion[auditRow]("")

// InsertAudit implements identity.AuditStore.
func (s *Store) InsertAudit(ctx context.Context, events ...identity.AuditEvent) error {
	var err error
	switch rows := mapped(events, s.eventRow); len(rows) {
	case 0:
	case 1:
		_, err = s.exec(ctx, insertEvent, arguments(&rows[0])...)
	default:
		_, err = s.write().NewInsert().Model(&rows).Exec(ctx)
	}
	return s.fault("insert audit events", err)
}
