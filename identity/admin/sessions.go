package admin

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Sessions is administration of sessions.
type Sessions struct {
	changes
	store sessionStore
	users *Users
}

// sessionStore is what Sessions reads outside of its transactions.
type sessionStore interface {
	identity.SessionReader
	identity.AdminSessionStore
	identity.ReachReader
	identity.ClientUserLister
}

// listName identifies a list in its cursors by what selects and orders it.
func listName(kind string, selection any) string {
	text, err := json.Marshal(selection)
	if err != nil {
		panic("identity: list: " + err.Error()) // plain data always marshals
	}
	sum := sha256.Sum256(append([]byte(kind+":"), text...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// SessionList selects and orders a list of sessions.
type SessionList struct {
	Filter    identity.SessionFilter
	Order     identity.SessionOrderField // empty: CREATED_AT
	Ascending bool
}

// name identifies the list in its cursors.
func (l SessionList) name() string {
	if l.Order == "" {
		l.Order = identity.SessionOrderCreatedAt
	}
	return listName("sessions", l)
}

// List returns one page of sessions.
func (s *Sessions) List(ctx context.Context, l SessionList, args PageArgs) (Page[identity.Session], error) {
	found, err := ofUser(ctx, s.store, identity.ScopeSessionsRead, l.Filter.UserID)
	if err != nil {
		return Page[identity.Session]{}, err
	}
	p := pager{keys: s.keys, list: l.name()}
	return readPage(p, args, "list sessions", func(slice identity.KeysetRange) ([]identity.ListRow[identity.Session], error) {
		if !found {
			return nil, nil
		}
		return s.store.Sessions(ctx, identity.SessionQuery{
			Filter: l.Filter, Order: l.Order, Ascending: l.Ascending, Range: slice, Now: s.source.Now(),
		})
	})
}

// Count counts the sessions of a list.
func (s *Sessions) Count(ctx context.Context, l SessionList) (Count, error) {
	found, err := ofUser(ctx, s.store, identity.ScopeSessionsRead, l.Filter.UserID)
	if err != nil || !found {
		return Count{}, err
	}
	n, err := s.store.CountSessions(ctx, identity.SessionQuery{Filter: l.Filter, Now: s.source.Now()}, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count sessions: %w", err)
	}
	return countOf(n), nil
}

// countOf caps a count that a store stopped at CountLimit+1.
func countOf(n int) Count {
	if n > CountLimit {
		return Count{Value: CountLimit, AtLeast: true}
	}
	return Count{Value: n}
}

// ByUsers returns the first page of the sessions of each of many users, newest first, with few statements. The cursors
// are those of List for one user.
func (s *Sessions) ByUsers(
	ctx context.Context, userIDs []uuid.UUID, activeOnly bool, first int,
) (map[uuid.UUID]Page[identity.Session], error) {
	userIDs, err := ofUsers(ctx, s.store, identity.ScopeSessionsRead, userIDs)
	if err != nil {
		return nil, err
	}
	read := func(ctx context.Context, userIDs []uuid.UUID, limit int) (map[uuid.UUID][]identity.ListRow[identity.Session], error) {
		return s.store.NewestSessions(ctx, userIDs, activeOnly, limit, s.source.Now())
	}
	return firstPages(ctx, userIDs, first, read, func(id uuid.UUID) pager {
		filter := identity.SessionFilter{UserID: id, Active: identity.OnlyActive(activeOnly)}
		return pager{keys: s.keys, list: SessionList{Filter: filter}.name()}
	})
}

// Grants lists the grants of many sessions: the clients in them and their scopes.
func (s *Sessions) Grants(ctx context.Context, sessionIDs []uuid.UUID) (map[uuid.UUID][]identity.Grant, error) {
	if err := requireScope(ctx, identity.ScopeSessionsRead); err != nil {
		return nil, err
	}
	return s.store.GrantsOfSessions(ctx, sessionIDs)
}

// RevokeBy names sessions to end by exactly one of its fields.
type RevokeBy struct {
	IDs      []uuid.UUID // up to 1000
	UserID   uuid.UUID
	ClientID uuid.UUID // every session in which the client has a live grant

	IncludeOffline bool // the grants that were given in the sessions and outlive them end too
}

// Revoke ends sessions and the grants that are bound to them. ErrSessionNotFound when a single id names no live
// session, and no ended one that left a grant to end. Sessions of an administrator need admin:admins:write too; without it
// none of the named ones ends, and of those of a client none of the hundred in which there is one.
func (s *Sessions) Revoke(ctx context.Context, by RevokeBy) (identity.RevokedCounts, error) {
	if err := requireScope(ctx, identity.ScopeSessionsWrite); err != nil {
		return identity.RevokedCounts{}, err
	}
	if err := checkSelection(len(by.IDs), by.UserID, by.ClientID, "sessions"); err != nil {
		return identity.RevokedCounts{}, err
	}
	if by.UserID != uuid.Nil {
		return s.users.RevokeSessions(ctx, by.UserID, by.IncludeOffline)
	}
	if by.ClientID != uuid.Nil {
		return s.revokeOfClient(ctx, by.ClientID, by.IncludeOffline)
	}
	ended, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.RevokedCounts, error) {
		return s.revoke(ctx, tx, by.IDs, by.IncludeOffline)
	})
	if err != nil {
		return identity.RevokedCounts{}, fmt.Errorf("revoke sessions: %w", err)
	}
	if ended == (identity.RevokedCounts{}) && len(by.IDs) == 1 {
		return identity.RevokedCounts{}, identity.ErrSessionNotFound
	}
	return ended, nil
}

// revokeOfClient ends the sessions that are active and in which a client has a grant, some in each transaction, newest
// first.
func (s *Sessions) revokeOfClient(ctx context.Context, clientID uuid.UUID, offline bool) (identity.RevokedCounts, error) {
	active := true
	query := identity.SessionQuery{
		Filter: identity.SessionFilter{ClientID: clientID, Active: &active}, Range: identity.KeysetRange{Limit: bulkChunk}, Now: s.source.Now(),
	}
	var total identity.RevokedCounts
	for {
		// Looking is part of the transaction: an Idempotency keeps each, also the last one, which finds nothing.
		ended, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.RevokedCounts, error) {
			rows, err := tx.Sessions(ctx, query)
			if err != nil {
				return identity.RevokedCounts{}, err
			}
			ids := make([]uuid.UUID, len(rows))
			for i, row := range rows {
				ids[i] = row.Item.ID
			}
			return s.revoke(ctx, tx, ids, offline)
		})
		if err != nil {
			return total, fmt.Errorf("revoke sessions of client: %w", err)
		}
		if ended.Sessions == 0 {
			return total, nil
		}
		total.Sessions += ended.Sessions
		total.Grants += ended.Grants
	}
}

// revoke ends those of the sessions that are live, and the grants that are bound to these; with offline all that were given
// in the sessions.
func (s *Sessions) revoke(ctx context.Context, tx identity.Store, ids []uuid.UUID, offline bool) (identity.RevokedCounts, error) {
	if len(ids) == 0 {
		return identity.RevokedCounts{}, nil
	}
	if err := lockOwners(ctx, tx, ids); err != nil {
		return identity.RevokedCounts{}, err
	}
	sessions, grants, err := identity.TerminateOpened(ctx, tx, s.source, identity.EndRevoked, offline, ids...)
	if err != nil {
		return identity.RevokedCounts{}, err
	}
	var events []identity.AuditEvent
	note := func(action identity.Action, kind identity.TargetKind, id uuid.UUID) {
		event := identity.NewEvent(ctx, s.source, action, kind, id.String(), "")
		event.Reason = string(identity.EndRevoked)
		events = append(events, event)
	}
	for _, id := range sessions {
		note(identity.ActionSessionsEnded, identity.TargetSession, id)
	}
	if offline {
		for _, id := range grants {
			note(identity.ActionGrantEnded, identity.TargetGrant, id)
		}
	}
	return identity.RevokedCounts{Sessions: len(sessions), Grants: len(grants)}, tx.InsertAudit(ctx, events...)
}

// Get finds one session.
func (s *Sessions) Get(ctx context.Context, id uuid.UUID) (identity.Session, error) {
	if err := requireScope(ctx, identity.ScopeSessionsRead); err != nil {
		return identity.Session{}, err
	}
	return s.store.SessionByID(ctx, id)
}

// ByIDs finds many sessions, ended or not; missing ones are absent.
func (s *Sessions) ByIDs(ctx context.Context, ids []uuid.UUID) ([]identity.Session, error) {
	within, err := requireReach(ctx, identity.ScopeSessionsRead)
	if err != nil {
		return nil, err
	}
	found, err := s.store.SessionsByID(ctx, ids)
	if err != nil || !within.limited() {
		return found, err
	}
	owners := make([]uuid.UUID, len(found))
	for i, x := range found {
		owners[i] = x.UserID
	}
	owners, err = within.among(ctx, s.store, owners)
	return slices.DeleteFunc(found, func(x identity.Session) bool { return !slices.Contains(owners, x.UserID) }), err
}
