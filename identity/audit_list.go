package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// AuditFilter selects audit events. Set conditions must all hold.
type AuditFilter struct {
	From      *time.Time // inclusive
	Before    *time.Time // exclusive
	ActorID   string
	ActorName string
	ClientID  uuid.UUID
	Actions   []Action // any of them
	Target    TargetKind
	TargetID  string
	Outcome   Outcome
	IP        string
	RequestID string
}

// AuditQuery is what a store is asked for; newest first unless Ascending.
type AuditQuery struct {
	Filter    AuditFilter
	Ascending bool
	Range     KeysetRange
}

// AdminAuditStore is what administration adds to AuditStore.
type AdminAuditStore interface {
	// AuditEvents lists one slice, ordered by time and id.
	AuditEvents(ctx context.Context, q AuditQuery) ([]ListRow[AuditEvent], error)
	// CountAuditEvents counts up to limit+1 events that match.
	CountAuditEvents(ctx context.Context, q AuditQuery, limit int) (int, error)
	// NewestAuditOf lists up to limit events about each of many targets of one kind, newest first.
	NewestAuditOf(ctx context.Context, kind TargetKind, ids []string, limit int) (map[string][]ListRow[AuditEvent], error)
	// AuditDays counts events of the actions by day (UTC) since from, in one statement.
	AuditDays(ctx context.Context, from time.Time, actions []Action) ([]ActionDay, error)
}

// ActionDay is how often an action occurred on a day.
type ActionDay struct {
	Day    time.Time // midnight UTC
	Action Action
	Count  int
}

// Audit reads the trail.
type Audit struct{ d Deps }

// AuditList selects and orders a list of audit events.
type AuditList struct {
	Filter    AuditFilter
	Ascending bool
}

// maxActions is how many actions a filter may name.
const maxActions = 50

func (l AuditList) check() error {
	for field, text := range map[string]string{
		"actorId": l.Filter.ActorID, "actorName": l.Filter.ActorName, "targetId": l.Filter.TargetID, "ip": l.Filter.IP,
		"requestId": l.Filter.RequestID,
	} {
		if err := checkText("filter."+field, text, maxText, false); err != nil {
			return err
		}
	}
	if len(l.Filter.Actions) > maxActions {
		return InvalidField("filter.actions", "Must list at most %d actions.", maxActions)
	}
	return nil
}

// List returns one page of events.
func (s *Audit) List(ctx context.Context, l AuditList, args PageArgs) (Page[AuditEvent], error) {
	if err := requireScope(ctx, ScopeAuditRead); err != nil {
		return Page[AuditEvent]{}, err
	}
	if err := l.check(); err != nil {
		return Page[AuditEvent]{}, err
	}
	p := pager{keys: s.d.Keys, list: listName("audit", l)}
	slice, err := p.slice(args)
	if err != nil {
		return Page[AuditEvent]{}, err
	}
	rows, err := s.d.Store.AuditEvents(ctx, AuditQuery{Filter: l.Filter, Ascending: l.Ascending, Range: slice})
	if err != nil {
		return Page[AuditEvent]{}, fmt.Errorf("list audit events: %w", err)
	}
	return page(p, slice, rows), nil
}

// Count counts the events of a list.
func (s *Audit) Count(ctx context.Context, l AuditList) (Count, error) {
	if err := requireScope(ctx, ScopeAuditRead); err != nil {
		return Count{}, err
	}
	if err := l.check(); err != nil {
		return Count{}, err
	}
	n, err := s.d.Store.CountAuditEvents(ctx, AuditQuery{Filter: l.Filter}, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count audit events: %w", err)
	}
	return countOf(n), nil
}

// About returns the first page of the events about each of many targets, newest first. The cursors are those of List
// with this target.
func (s *Audit) About(ctx context.Context, kind TargetKind, ids []string, first int) (map[string]Page[AuditEvent], error) {
	if err := requireScope(ctx, ScopeAuditRead); err != nil {
		return nil, err
	}
	if first < 1 || first > MaxPageSize {
		return nil, InvalidField("first", "Must be between 1 and %d.", MaxPageSize)
	}
	rows, err := s.d.Store.NewestAuditOf(ctx, kind, ids, first+1)
	if err != nil {
		return nil, fmt.Errorf("list audit events of targets: %w", err)
	}
	out := make(map[string]Page[AuditEvent], len(ids))
	for _, id := range ids {
		p := pager{keys: s.d.Keys, list: listName("audit", AuditList{Filter: AuditFilter{Target: kind, TargetID: id}})}
		out[id] = page(p, KeysetRange{Limit: first + 1}, rows[id])
	}
	return out, nil
}

// Dashboard is the state of the system at a glance.
type Dashboard struct {
	At             time.Time
	Users          UserNumbers
	ActiveSessions int
	Days           []DashboardDay // oldest first, one for each day, also those without events
	Usage          Usage
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
func (s *Audit) Dashboard(ctx context.Context, days int) (Dashboard, error) {
	if err := requireScope(ctx, ScopeSystemRead); err != nil {
		return Dashboard{}, err
	}
	if days < 1 || days > maxDashboardDays {
		return Dashboard{}, InvalidField("days", "Must be between 1 and %d.", maxDashboardDays)
	}
	now := s.d.Source.Now()
	users, err := s.d.Store.UserNumbers(ctx, now)
	if err != nil {
		return Dashboard{}, fmt.Errorf("dashboard: %w", err)
	}
	sessions, err := s.d.Store.CountActiveSessions(ctx, now)
	if err != nil {
		return Dashboard{}, fmt.Errorf("dashboard: %w", err)
	}
	today := now.Truncate(24 * time.Hour)
	from := today.AddDate(0, 0, 1-days)
	counted, err := s.d.Store.AuditDays(ctx, from, []Action{ActionSignedIn, ActionSignInFailed})
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
		if c.Action == ActionSignedIn {
			list[at].SignIns = c.Count
		} else {
			list[at].Failures = c.Count
		}
	}
	return Dashboard{At: now, Users: users, ActiveSessions: sessions, Days: list, Usage: s.d.Meter.Read()}, nil
}
