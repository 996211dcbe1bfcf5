package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Activity is a slice of the events in which a person acts or is acted upon.
type Activity struct {
	Events  []ListRow[PersonEvent]
	Clients map[uuid.UUID]Client // through which these were done, as far as they are there
}

// Activity lists one slice of the events in which a user acts or is acted upon, newest first. Whoever shows one asks it what the
// user may know.
func (s *Accounts) Activity(ctx context.Context, user User, slice KeysetRange) (Activity, error) {
	found, err := s.store.AuditEvents(ctx, AuditQuery{Filter: AuditFilter{UserID: user.ID}, Range: slice})
	if err != nil {
		return Activity{}, fmt.Errorf("list activity: %w", err)
	}
	var clients []uuid.UUID
	a := Activity{Events: make([]ListRow[PersonEvent], len(found))}
	for i, row := range found {
		a.Events[i] = ListRow[PersonEvent]{Item: PersonEvent{AuditEvent: row.Item, Person: user.ID}, CursorKey: row.CursorKey}
		if row.Item.ClientID != nil {
			clients = append(clients, *row.Item.ClientID)
		}
	}
	if a.Clients, err = s.store.ClientsByID(ctx, clients); err != nil {
		return Activity{}, fmt.Errorf("list activity: %w", err)
	}
	return a, nil
}
