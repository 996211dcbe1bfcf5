package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Audit reads the trail.
type Audit struct {
	store auditStore
	keys  *identity.Keyring
	chain *identity.AuditChain
}

// auditStore is what Audit reads.
type auditStore interface {
	identity.AdminAuditStore
	identity.ReachReader
}

// AuditList selects and orders a list of audit events.
type AuditList struct {
	Filter    identity.AuditFilter
	Ascending bool
}

// maxActions is how many actions a filter may name.
const maxActions = 50

func (l AuditList) check() error {
	for _, field := range []struct{ name, text string }{
		{"actor_id", l.Filter.ActorID},
		{"actor_name", l.Filter.ActorName},
		{"target_id", l.Filter.TargetID},
		{"ip", l.Filter.IP},
		{"request_id", l.Filter.RequestID},
	} {
		if err := identity.CheckText("filter."+field.name, field.text, identity.MaxText, false); err != nil {
			return err
		}
	}
	if len(l.Filter.Actions) > maxActions {
		return identity.InvalidField("filter.actions", "Must list at most %d actions.", maxActions)
	}
	for _, action := range l.Filter.Actions {
		if !action.Known() {
			return identity.InvalidField("filter.actions", "Must be actions of the audit trail, such as %s.", identity.ActionSignedIn)
		}
	}
	return nil
}

// List returns one page of events.
func (s *Audit) List(ctx context.Context, l AuditList, args PageArgs) (Page[identity.AuditEvent], error) {
	found, err := ofUser(ctx, s.store, identity.ScopeAuditRead, l.Filter.UserID)
	if err != nil {
		return Page[identity.AuditEvent]{}, err
	}
	if err := l.check(); err != nil {
		return Page[identity.AuditEvent]{}, err
	}
	p := pager{keys: s.keys, list: listName("audit", l)}
	return readPage(p, args, "list audit events", func(slice identity.KeysetRange) ([]identity.ListRow[identity.AuditEvent], error) {
		if !found {
			return nil, nil
		}
		return s.store.AuditEvents(ctx, identity.AuditQuery{Filter: l.Filter, Ascending: l.Ascending, Range: slice})
	})
}

// Count counts the events of a list.
func (s *Audit) Count(ctx context.Context, l AuditList) (Count, error) {
	found, err := ofUser(ctx, s.store, identity.ScopeAuditRead, l.Filter.UserID)
	if err != nil || !found {
		return Count{}, err
	}
	if err := l.check(); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountAuditEvents(ctx, identity.AuditQuery{Filter: l.Filter}, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count audit events: %w", err)
	}
	return countOf(n), nil
}

// ByIDs finds many events in one statement; missing ones are absent.
func (s *Audit) ByIDs(ctx context.Context, ids []uuid.UUID) ([]identity.AuditEvent, error) {
	if err := requireScope(ctx, identity.ScopeAuditRead); err != nil {
		return nil, err
	}
	return s.store.AuditEventsByID(ctx, ids)
}

// OfUsers returns the first page of the history of each of many users, newest first: what they did and what was done to
// them. The cursors are those of List with this user.
func (s *Audit) OfUsers(ctx context.Context, ids []uuid.UUID, first int) (map[uuid.UUID]Page[identity.AuditEvent], error) {
	ids, err := ofUsers(ctx, s.store, identity.ScopeAuditRead, ids)
	if err != nil {
		return nil, err
	}
	return firstPages(ctx, ids, first, s.store.NewestAuditOf, func(id uuid.UUID) pager {
		return pager{keys: s.keys, list: listName("audit", AuditList{Filter: identity.AuditFilter{UserID: id}})}
	})
}
