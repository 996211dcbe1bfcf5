package cache

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// How long the lookups of every request are kept while nothing that they depend on is bumped.
const (
	clientLife   = 5 * time.Minute
	standingLife = 5 * time.Minute // what a token stands on: the permission check
)

// Store decorates an identity.Store. Reads inside a transaction are never served from memory.
type Store struct {
	writes
	memory *Memory
	bus    *Bus
}

// NewStore keeps the hot lookups of inner in memory.
func NewStore(inner identity.Store, memory *Memory, bus *Bus) *Store {
	s := &Store{memory: memory, bus: bus}
	s.writes = writes{Store: inner, changed: bus.Bump}
	return s
}

// InTx implements identity.Store: what a transaction changes is bumped after it has ended, also when it is not known
// whether it was committed.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx identity.Store) error) error {
	var names []string
	err := s.writes.Store.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
		names = names[:0] // a transaction may run again
		return fn(ctx, writes{Store: tx, changed: func(_ context.Context, more ...string) { names = append(names, more...) }})
	})
	s.bus.Bump(ctx, names...)
	return err
}

// ClientByClientID implements identity.ClientReader.
func (s *Store) ClientByClientID(ctx context.Context, clientID string) (identity.Client, error) {
	return Get(ctx, s.memory, "client_id:"+clientID, clientLife, func(ctx context.Context) (Answer[identity.Client], error) {
		c, err := s.Store.ClientByClientID(ctx, clientID)
		return Answer[identity.Client]{Value: c, Names: []string{clientName(c.ID)}}, err
	})
}

// ClientByID implements identity.ClientReader.
func (s *Store) ClientByID(ctx context.Context, id uuid.UUID) (identity.Client, error) {
	return Get(ctx, s.memory, clientName(id), clientLife, func(ctx context.Context) (Answer[identity.Client], error) {
		c, err := s.Store.ClientByID(ctx, id)
		return Answer[identity.Client]{Value: c, Names: []string{clientName(id)}}, err
	})
}

// Scopes implements identity.ScopeStore.
func (s *Store) Scopes(ctx context.Context) ([]identity.Scope, error) {
	return Get(ctx, s.memory, "scopes", clientLife, func(ctx context.Context) (Answer[[]identity.Scope], error) {
		all, err := s.Store.Scopes(ctx)
		return Answer[[]identity.Scope]{Value: all, Names: []string{identity.CacheTagScopes}}, err
	})
}

// Resources implements identity.ScopeStore.
func (s *Store) Resources(ctx context.Context) ([]identity.Resource, error) {
	return Get(ctx, s.memory, "resources", clientLife, func(ctx context.Context) (Answer[[]identity.Resource], error) {
		all, err := s.Store.Resources(ctx)
		return Answer[[]identity.Resource]{Value: all, Names: []string{identity.CacheTagResources}}, err
	})
}

// GrantStatus implements identity.AccessTokenStore. The state of the refresh family is not kept current; GrantStatusByID,
// which is passed on, reads it.
func (s *Store) GrantStatus(ctx context.Context, grantID uuid.UUID, jti string, now time.Time) (identity.GrantStatus, error) {
	key := "standing:" + grantID.String()
	if known, ok := Peek[identity.GrantStatus](s.memory, key, standingLife); ok && aliveAt(known, now) {
		if _, ok := Peek[bool](s.memory, "jti:"+jti, standingLife); ok {
			s.memory.hits.Add(1)
			return known, nil
		}
	}
	s.memory.misses.Add(1)
	stamp := s.memory.versions.Stamp()
	standing, err := s.Store.GrantStatus(ctx, grantID, jti, now)
	if err != nil {
		return standing, err
	}
	kept := standing
	kept.TokenRevoked = false
	s.memory.put(key, kept, standingNames(kept), stamp)
	if !standing.TokenRevoked {
		s.memory.put("jti:"+jti, true, []string{tokenName(jti)}, stamp)
	}
	return standing, nil
}

// aliveAt reports whether time alone has not changed the answer: a session that has expired may have been prolonged
// elsewhere.
func aliveAt(s identity.GrantStatus, now time.Time) bool {
	return s.SessionActive && (s.ActiveUntil.IsZero() || s.ActiveUntil.After(now))
}

func standingNames(s identity.GrantStatus) []string {
	names := []string{grantName(s.Grant.ID), identity.CacheTagUser(s.Grant.UserID), clientName(s.Grant.ClientID)}
	if s.Grant.SessionID != nil {
		names = append(names, sessionName(*s.Grant.SessionID))
	}
	return names
}

// TokenRevoked implements identity.AccessTokenStore. Only "no" is kept.
func (s *Store) TokenRevoked(ctx context.Context, jti string) (bool, error) {
	key := "jti:" + jti
	if _, ok := Peek[bool](s.memory, key, standingLife); ok {
		s.memory.hits.Add(1)
		return false, nil
	}
	s.memory.misses.Add(1)
	stamp := s.memory.versions.Stamp()
	revoked, err := s.Store.TokenRevoked(ctx, jti)
	if err == nil && !revoked {
		s.memory.put(key, true, []string{tokenName(jti)}, stamp)
	}
	return revoked, err
}
