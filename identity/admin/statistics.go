package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/authly/authly/identity"
)

// Statistics counts for the dashboard.
type Statistics struct {
	store  identity.StatisticsStore
	source identity.Source
	meter  *identity.Meter
}

// Dashboard is the state of the system at a glance.
type Dashboard struct {
	At             time.Time
	Users          identity.UserNumbers
	ActiveSessions int
	Days           []DashboardDay // oldest first, one for each day, also those without events
	Usage          identity.Usage
}

// DashboardDay counts sign-ins of one day (UTC).
type DashboardDay struct {
	Day      time.Time
	SignIns  int
	Failures int
}

// The bounds of the dashboard's days.
const maxDashboardDays = 90

// Dashboard returns the dashboard with sign-ins of the last days.
func (s *Statistics) Dashboard(ctx context.Context, days int) (Dashboard, error) {
	if err := requireScope(ctx, identity.ScopeSystemRead); err != nil {
		return Dashboard{}, err
	}
	if days < 1 || days > maxDashboardDays {
		return Dashboard{}, identity.InvalidField("days", "Must be between 1 and %d.", maxDashboardDays)
	}
	now := s.source.Now()
	users, err := s.store.UserNumbers(ctx, now)
	if err != nil {
		return Dashboard{}, fmt.Errorf("dashboard: %w", err)
	}
	sessions, err := s.store.CountActiveSessions(ctx, now)
	if err != nil {
		return Dashboard{}, fmt.Errorf("dashboard: %w", err)
	}
	today := now.Truncate(24 * time.Hour)
	from := today.AddDate(0, 0, 1-days)
	counted, err := s.store.AuditDays(ctx, from, []identity.Action{identity.ActionSignedIn, identity.ActionSignInFailed})
	if err != nil {
		return Dashboard{}, fmt.Errorf("dashboard: %w", err)
	}
	list := make([]DashboardDay, days)
	for i := range list {
		list[i].Day = from.AddDate(0, 0, i)
	}
	for _, c := range counted {
		at := int(c.Day.Sub(from) / (24 * time.Hour))
		if at < 0 || at >= days {
			continue
		}
		if c.Action == identity.ActionSignedIn {
			list[at].SignIns = c.Count
		} else {
			list[at].Failures = c.Count
		}
	}
	return Dashboard{At: now, Users: users, ActiveSessions: sessions, Days: list, Usage: s.meter.Read()}, nil
}
