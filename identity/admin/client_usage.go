package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// maxUsageDays is how many days of a client are told: those of identity.UsageRetention.
const maxUsageDays = 90

// ClientUsage is how much a client was used.
type ClientUsage struct {
	LastUsedAt *time.Time           // nil = never, or before it was counted
	Days       []identity.ClientDay // oldest first, one for each day, also those without a request
}

// Usage returns how much each of many clients was used in the last days, today among them: on all nodes, up to what each
// has stored last.
func (s *Clients) Usage(ctx context.Context, clientIDs []uuid.UUID, days int) (map[uuid.UUID]ClientUsage, error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return nil, err
	}
	if days < 1 || days > maxUsageDays {
		return nil, identity.InvalidField("days", "Must be between 1 and %d.", maxUsageDays)
	}
	stored, err := s.store.ClientDays(ctx, clientIDs)
	if err != nil {
		return nil, fmt.Errorf("usage of clients: %w", err)
	}
	from := s.source.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1-days)
	out := make(map[uuid.UUID]ClientUsage, len(clientIDs))
	for _, id := range clientIDs {
		usage := ClientUsage{Days: make([]identity.ClientDay, days)}
		for i := range usage.Days {
			usage.Days[i] = identity.ClientDay{ClientID: id, Day: from.AddDate(0, 0, i)}
		}
		for _, d := range stored[id] {
			if usage.LastUsedAt == nil || d.LastUsedAt.After(*usage.LastUsedAt) {
				usage.LastUsedAt = &d.LastUsedAt
			}
			if at := int(d.Day.Sub(from) / (24 * time.Hour)); !d.Day.Before(from) && at < days {
				usage.Days[at] = d
			}
		}
		out[id] = usage
	}
	return out, nil
}
