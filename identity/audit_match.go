package identity

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// Selects reports whether the filter selects an event, as the lists of the store do.
func (f AuditFilter) Selects(e AuditEvent) bool {
	for _, m := range []struct{ want, have string }{
		{f.ActorID, e.ActorID},
		{f.ActorName, e.ActorName},
		{string(f.Target), string(e.Target)},
		{f.TargetID, e.TargetID},
		{string(f.Outcome), string(e.Outcome)},
		{f.IP, e.IP},
		{f.RequestID, e.RequestID},
	} {
		if m.want != "" && m.want != m.have {
			return false
		}
	}
	return (f.OccurredAt == nil || f.OccurredAt.selects(e.OccurredAt)) &&
		(f.ClientID == uuid.Nil || e.ClientID != nil && *e.ClientID == f.ClientID) &&
		(len(f.Actions) == 0 || slices.Contains(f.Actions, e.Action)) &&
		(f.UserID == uuid.Nil || e.concerns(f.UserID))
}

// concerns reports whether a user acts, or is acted upon.
func (e AuditEvent) concerns(userID uuid.UUID) bool {
	id := userID.String()
	return e.ActorID == id || e.Target == TargetUser && e.TargetID == id
}

// selects reports whether a time that is known satisfies the conditions.
func (m TimeMatch) selects(t time.Time) bool {
	return (m.From == nil || !t.Before(*m.From)) && (m.Before == nil || t.Before(*m.Before)) && (m.IsNull == nil || !*m.IsNull)
}
