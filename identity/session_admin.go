package identity

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// SessionFilter selects sessions. Set conditions must all hold.
type SessionFilter struct {
	UserID   uuid.UUID
	ClientID uuid.UUID // with a live grant of this client
	Active   *bool
}

// SessionOrderField is a time that a list of sessions can be ordered by.
type SessionOrderField string

// The order fields of sessions.
const (
	SessionOrderCreatedAt    SessionOrderField = "CREATED_AT" // also when none is given
	SessionOrderLastActiveAt SessionOrderField = "LAST_ACTIVE_AT"
)

// SessionQuery is what a store is asked for; newest first unless Ascending.
type SessionQuery struct {
	Filter    SessionFilter
	Order     SessionOrderField
	Ascending bool
	Range     KeysetRange
	Now       time.Time
}

// AdminSessionStore is what administration adds to SessionStore and GrantStore.
type AdminSessionStore interface {
	// Sessions lists one slice, ordered by the time of Order and id.
	Sessions(ctx context.Context, q SessionQuery) ([]ListRow[Session], error)
	// CountSessions counts up to limit+1 sessions that match.
	CountSessions(ctx context.Context, q SessionQuery, limit int) (int, error)
	// NewestSessions lists up to limit sessions of each of many users, newest first.
	NewestSessions(ctx context.Context, userIDs []uuid.UUID, activeOnly bool, limit int, now time.Time) (map[uuid.UUID][]ListRow[Session], error)
	// GrantsOfSessions lists the grants of many sessions, oldest first, in one statement: of each client in a session the
	// newest ten, live ones before those that have ended.
	GrantsOfSessions(ctx context.Context, sessionIDs []uuid.UUID) (map[uuid.UUID][]Grant, error)
	// NewestGrants lists up to limit live grants of each of many users, newest first.
	NewestGrants(ctx context.Context, userIDs []uuid.UUID, limit int) (map[uuid.UUID][]Grant, error)
	// ConsentsOf lists the consents of many users, the latest first, in one statement.
	ConsentsOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]Consent, error)
	// CountActiveSessions counts all active sessions.
	CountActiveSessions(ctx context.Context, now time.Time) (int, error)
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
	Filter    SessionFilter
	Order     SessionOrderField // empty: CREATED_AT
	Ascending bool
}

// name identifies the list in its cursors.
func (l SessionList) name() string {
	if l.Order == "" {
		l.Order = SessionOrderCreatedAt
	}
	return listName("sessions", l)
}

// List returns one page of sessions.
func (s *Sessions) List(ctx context.Context, l SessionList, args PageArgs) (Page[Session], error) {
	if err := requireScope(ctx, ScopeSessionsRead); err != nil {
		return Page[Session]{}, err
	}
	p := pager{keys: s.d.Keys, list: l.name()}
	slice, err := p.slice(args)
	if err != nil {
		return Page[Session]{}, err
	}
	rows, err := s.d.Store.Sessions(ctx, SessionQuery{
		Filter: l.Filter, Order: l.Order, Ascending: l.Ascending, Range: slice, Now: s.d.Source.Now(),
	})
	if err != nil {
		return Page[Session]{}, fmt.Errorf("list sessions: %w", err)
	}
	return page(p, slice, rows), nil
}

// Count counts the sessions of a list.
func (s *Sessions) Count(ctx context.Context, l SessionList) (Count, error) {
	if err := requireScope(ctx, ScopeSessionsRead); err != nil {
		return Count{}, err
	}
	n, err := s.d.Store.CountSessions(ctx, SessionQuery{Filter: l.Filter, Now: s.d.Source.Now()}, CountLimit)
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
func (s *Sessions) ByUsers(ctx context.Context, userIDs []uuid.UUID, activeOnly bool, first int) (map[uuid.UUID]Page[Session], error) {
	if err := requireScope(ctx, ScopeSessionsRead); err != nil {
		return nil, err
	}
	if first < 1 || first > MaxPageSize {
		return nil, InvalidField("first", "Must be between 1 and %d.", MaxPageSize)
	}
	rows, err := s.d.Store.NewestSessions(ctx, userIDs, activeOnly, first+1, s.d.Source.Now())
	if err != nil {
		return nil, fmt.Errorf("list sessions of users: %w", err)
	}
	out := make(map[uuid.UUID]Page[Session], len(userIDs))
	for _, id := range userIDs {
		filter := SessionFilter{UserID: id}
		if activeOnly {
			filter.Active = &activeOnly
		}
		p := pager{keys: s.d.Keys, list: SessionList{Filter: filter}.name()}
		out[id] = page(p, KeysetRange{Limit: first + 1}, rows[id])
	}
	return out, nil
}

// Grants lists the grants of many sessions: the clients in them and their scopes.
func (s *Sessions) Grants(ctx context.Context, sessionIDs []uuid.UUID) (map[uuid.UUID][]Grant, error) {
	if err := requireScope(ctx, ScopeSessionsRead); err != nil {
		return nil, err
	}
	return s.d.Store.GrantsOfSessions(ctx, sessionIDs)
}

// RevokeBy names sessions to end by exactly one of its fields.
type RevokeBy struct {
	IDs      []uuid.UUID // up to 1000
	UserID   uuid.UUID
	ClientID uuid.UUID // every session in which the client has a live grant
}

// Revoke ends sessions and the grants that are bound to them. ErrSessionNotFound when a single id names no live
// session.
func (s *Sessions) Revoke(ctx context.Context, by RevokeBy) (RevokedCounts, error) {
	if err := requireScope(ctx, ScopeSessionsWrite); err != nil {
		return RevokedCounts{}, err
	}
	named := 0
	for _, given := range []bool{len(by.IDs) > 0, by.UserID != uuid.Nil, by.ClientID != uuid.Nil} {
		if given {
			named++
		}
	}
	if named > 1 {
		return RevokedCounts{}, InvalidField("by", "Give ids, a user or a client, and only one of them.")
	}
	if by.UserID != uuid.Nil {
		users := Users(*s)
		return users.RevokeSessions(ctx, by.UserID, false)
	}
	if by.ClientID != uuid.Nil {
		return s.revokeOfClient(ctx, by.ClientID)
	}
	if len(by.IDs) == 0 || len(by.IDs) > maxBulk {
		return RevokedCounts{}, InvalidField("ids", "Must name 1 to %d sessions.", maxBulk)
	}
	ended, err := runIdempotent(ctx, s.d, func(ctx context.Context, tx Store) (RevokedCounts, error) { return s.revoke(ctx, tx, by.IDs) })
	if err != nil {
		return RevokedCounts{}, fmt.Errorf("revoke sessions: %w", err)
	}
	if ended.Sessions == 0 && len(by.IDs) == 1 {
		return RevokedCounts{}, ErrSessionNotFound
	}
	return ended, nil
}

// revokeOfClient ends the sessions that are active and in which a client has a grant, some in each transaction, newest
// first.
func (s *Sessions) revokeOfClient(ctx context.Context, clientID uuid.UUID) (RevokedCounts, error) {
	active := true
	query := SessionQuery{
		Filter: SessionFilter{ClientID: clientID, Active: &active}, Range: KeysetRange{Limit: bulkChunk}, Now: s.d.Source.Now(),
	}
	var total RevokedCounts
	for {
		// Looking is part of the transaction: an Idempotency keeps each, also the last one, which finds nothing.
		ended, err := runIdempotent(ctx, s.d, func(ctx context.Context, tx Store) (RevokedCounts, error) {
			rows, err := tx.Sessions(ctx, query)
			if err != nil {
				return RevokedCounts{}, err
			}
			ids := make([]uuid.UUID, len(rows))
			for i, row := range rows {
				ids[i] = row.Item.ID
			}
			return s.revoke(ctx, tx, ids)
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

// revoke ends those of the sessions that are live, and the grants that are bound to these.
func (s *Sessions) revoke(ctx context.Context, tx Store, ids []uuid.UUID) (RevokedCounts, error) {
	if len(ids) == 0 {
		return RevokedCounts{}, nil
	}
	now := s.d.Source.Now()
	sessions, err := tx.EndSessions(ctx, SessionSelection{IDs: ids}, now, EndRevoked)
	if err != nil || len(sessions) == 0 {
		return RevokedCounts{}, err
	}
	if err := enqueueLogouts(ctx, tx, s.d.Source, sessions); err != nil {
		return RevokedCounts{}, err
	}
	grants, err := tx.EndGrants(ctx, GrantSelection{SessionIDs: sessions, OnlySessionBound: true}, now, EndRevoked)
	if err != nil {
		return RevokedCounts{}, err
	}
	events := make([]AuditEvent, len(sessions))
	for i, id := range sessions {
		events[i] = newEvent(ctx, s.d.Source, ActionSessionsEnded, TargetSession, id.String(), "")
		events[i].Reason = string(EndRevoked)
	}
	return RevokedCounts{Sessions: len(sessions), Grants: len(grants)}, tx.InsertAudit(ctx, events...)
}

// Get finds one session.
func (s *Sessions) Get(ctx context.Context, id uuid.UUID) (Session, error) {
	if err := requireScope(ctx, ScopeSessionsRead); err != nil {
		return Session{}, err
	}
	return s.d.Store.SessionByID(ctx, id)
}

// OfUsers lists the live grants of each of many users, newest first: which applications hold which scopes.
func (s *Grants) OfUsers(ctx context.Context, userIDs []uuid.UUID, limit int) (map[uuid.UUID][]Grant, error) {
	if err := requireScope(ctx, ScopeUsersRead); err != nil {
		return nil, err
	}
	return s.d.Store.NewestGrants(ctx, userIDs, min(limit, MaxPageSize))
}

// Consents lists what each of many users has allowed clients for good, the latest first.
func (s *Grants) Consents(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]Consent, error) {
	if err := requireScope(ctx, ScopeUsersRead); err != nil {
		return nil, err
	}
	return s.d.Store.ConsentsOf(ctx, userIDs)
}

// RevokeForUser ends grants of a user: the one with the id, or all of a client with the consent, so that the user is
// asked again. ErrGrantNotFound when there was nothing.
func (s *Grants) RevokeForUser(ctx context.Context, userID, grantID, clientID uuid.UUID) (int, error) {
	if err := requireScope(ctx, ScopeUsersWrite); err != nil {
		return 0, err
	}
	if grantID == uuid.Nil && clientID == uuid.Nil {
		return 0, InvalidField("by", "Name a grant or a client.")
	}
	selection := GrantSelection{UserID: userID, ClientID: clientID}
	if grantID != uuid.Nil {
		selection.IDs = []uuid.UUID{grantID}
	}
	ended, err := runIdempotent(ctx, s.d, func(ctx context.Context, tx Store) (int, error) {
		user, err := tx.UserByID(ctx, userID)
		if err != nil {
			return 0, err
		}
		ids, err := tx.EndGrants(ctx, selection, s.d.Source.Now(), EndRevoked)
		if err != nil {
			return 0, err
		}
		forgotten := false
		if clientID != uuid.Nil {
			if forgotten, err = tx.DeleteConsent(ctx, userID, clientID); err != nil {
				return 0, err
			}
		}
		if len(ids) == 0 && !forgotten {
			return 0, ErrGrantNotFound
		}
		event := newEvent(ctx, s.d.Source, ActionGrantEnded, TargetUser, userID.String(), user.Username)
		event.Reason = string(EndRevoked)
		event.Changes = map[string]Change{"grants": {After: len(ids)}}
		if forgotten {
			event.Changes["consents"] = Change{After: 1}
		}
		return len(ids), tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return 0, fmt.Errorf("revoke grant: %w", err)
	}
	return ended, nil
}
