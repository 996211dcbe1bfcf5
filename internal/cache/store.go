package cache

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// How long the lookups of every request are cached while none of their tags is invalidated.
const (
	clientTTL      = 5 * time.Minute
	grantStatusTTL = 5 * time.Minute // the permission check of a token
)

// Store decorates an identity.Store. Reads inside a transaction are never served from memory.
type Store struct {
	invalidatingStore
	local *LocalCache
	bus   *Bus
}

// NewStore returns a store that caches the hot lookups of inner in memory.
func NewStore(inner identity.Store, local *LocalCache, bus *Bus) *Store {
	s := &Store{local: local, bus: bus}
	s.invalidatingStore = invalidatingStore{Store: inner, invalidate: bus.Invalidate}
	return s
}

// InTx implements identity.Store: what a transaction changes is invalidated after it has ended, also when it is not
// known whether it was committed.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context, tx identity.Store) error) error {
	var tags []string
	err := s.invalidatingStore.Store.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
		tags = tags[:0] // a transaction may run again
		return fn(ctx, invalidatingStore{Store: tx, invalidate: func(_ context.Context, more ...string) { tags = append(tags, more...) }})
	})
	s.bus.Invalidate(ctx, tags...)
	return err
}

// ClientByClientID implements identity.ClientReader.
func (s *Store) ClientByClientID(ctx context.Context, clientID string) (identity.Client, error) {
	return Get(ctx, s.local, "client_id:"+clientID, clientTTL, func(ctx context.Context) (Loaded[identity.Client], error) {
		c, err := s.Store.ClientByClientID(ctx, clientID)
		return Loaded[identity.Client]{Value: c, Tags: []string{clientTag(c.ID)}}, err
	})
}

// Clients implements identity.ClientLister.
func (s *Store) Clients(ctx context.Context) ([]identity.Client, error) {
	return Get(ctx, s.local, "clients", clientTTL, func(ctx context.Context) (Loaded[[]identity.Client], error) {
		all, err := s.Store.Clients(ctx)
		return Loaded[[]identity.Client]{Value: all, Tags: []string{identity.CacheTagClients}}, err
	})
}

// ClientByID implements identity.ClientReader.
func (s *Store) ClientByID(ctx context.Context, id uuid.UUID) (identity.Client, error) {
	return Get(ctx, s.local, clientTag(id), clientTTL, func(ctx context.Context) (Loaded[identity.Client], error) {
		c, err := s.Store.ClientByID(ctx, id)
		return Loaded[identity.Client]{Value: c, Tags: []string{clientTag(id)}}, err
	})
}

// Scopes implements identity.ScopeStore.
func (s *Store) Scopes(ctx context.Context) ([]identity.Scope, error) {
	return Get(ctx, s.local, "scopes", clientTTL, func(ctx context.Context) (Loaded[[]identity.Scope], error) {
		all, err := s.Store.Scopes(ctx)
		return Loaded[[]identity.Scope]{Value: all, Tags: []string{identity.CacheTagScopes}}, err
	})
}

// Resources implements identity.ScopeStore.
func (s *Store) Resources(ctx context.Context) ([]identity.Resource, error) {
	return Get(ctx, s.local, "resources", clientTTL, func(ctx context.Context) (Loaded[[]identity.Resource], error) {
		all, err := s.Store.Resources(ctx)
		return Loaded[[]identity.Resource]{Value: all, Tags: []string{identity.CacheTagResources}}, err
	})
}

// DetailTypes implements identity.ScopeReader.
func (s *Store) DetailTypes(ctx context.Context) ([]identity.DetailType, error) {
	return Get(ctx, s.local, "detail_types", clientTTL, func(ctx context.Context) (Loaded[[]identity.DetailType], error) {
		all, err := s.Store.DetailTypes(ctx)
		return Loaded[[]identity.DetailType]{Value: all, Tags: []string{identity.CacheTagScopes}}, err
	})
}

// AttributeDefinitions implements identity.AttributeReader.
func (s *Store) AttributeDefinitions(ctx context.Context) ([]identity.AttributeDefinition, error) {
	return Get(ctx, s.local, "attributes", clientTTL, func(ctx context.Context) (Loaded[[]identity.AttributeDefinition], error) {
		all, err := s.Store.AttributeDefinitions(ctx)
		return Loaded[[]identity.AttributeDefinition]{Value: all, Tags: []string{identity.CacheTagAttributes}}, err
	})
}

// Providers implements identity.ProviderStore.
func (s *Store) Providers(ctx context.Context) ([]identity.IdentityProvider, error) {
	return Get(ctx, s.local, "providers", clientTTL, func(ctx context.Context) (Loaded[[]identity.IdentityProvider], error) {
		all, err := s.Store.Providers(ctx)
		return Loaded[[]identity.IdentityProvider]{Value: all, Tags: []string{identity.CacheTagProviders}}, err
	})
}

// TrustedIssuers implements identity.TrustedIssuerReader.
func (s *Store) TrustedIssuers(ctx context.Context) ([]identity.TrustedIssuer, error) {
	return Get(ctx, s.local, "trusted_issuers", clientTTL, func(ctx context.Context) (Loaded[[]identity.TrustedIssuer], error) {
		all, err := s.Store.TrustedIssuers(ctx)
		return Loaded[[]identity.TrustedIssuer]{Value: all, Tags: []string{identity.CacheTagTrusted}}, err
	})
}

// UserAttributes implements identity.AttributeReader. Those of one user, which tokens ask for, are cached.
func (s *Store) UserAttributes(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]identity.AttributeValues, error) {
	if len(userIDs) != 1 {
		return s.Store.UserAttributes(ctx, userIDs)
	}
	key := "user_attributes:" + userIDs[0].String()
	return Get(ctx, s.local, key, grantStatusTTL, func(ctx context.Context) (Loaded[map[uuid.UUID]identity.AttributeValues], error) {
		found, err := s.Store.UserAttributes(ctx, userIDs)
		tags := []string{identity.CacheTagUser(userIDs[0]), identity.CacheTagAttributes}
		return Loaded[map[uuid.UUID]identity.AttributeValues]{Value: found, Tags: tags}, err
	})
}

// Memberships implements identity.MembershipReader. Those of one user, which tokens ask for, are cached.
func (s *Store) Memberships(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]identity.Memberships, error) {
	if len(userIDs) != 1 {
		return s.Store.Memberships(ctx, userIDs)
	}
	key := "memberships:" + userIDs[0].String()
	return Get(ctx, s.local, key, grantStatusTTL, func(ctx context.Context) (Loaded[map[uuid.UUID]identity.Memberships], error) {
		found, err := s.Store.Memberships(ctx, userIDs)
		tags := []string{identity.CacheTagUser(userIDs[0]), identity.CacheTagGroups, identity.CacheTagRoles}
		return Loaded[map[uuid.UUID]identity.Memberships]{Value: found, Tags: tags}, err
	})
}

// GrantStatus implements identity.AccessTokenStore. The state of the refresh family is not up to date;
// GrantStatusByID, which is passed on, reads it.
func (s *Store) GrantStatus(ctx context.Context, grantID uuid.UUID, jti string, now time.Time) (identity.GrantStatus, error) {
	key := "grant_status:" + grantID.String()
	if known, ok := Lookup[identity.GrantStatus](s.local, key, grantStatusTTL); ok && activeAt(known, now) {
		if _, ok := Lookup[bool](s.local, "jti:"+jti, grantStatusTTL); ok {
			s.local.hits.Add(1)
			return known, nil
		}
	}
	s.local.misses.Add(1)
	version := s.local.versions.Version()
	status, err := s.Store.GrantStatus(ctx, grantID, jti, now)
	if err != nil {
		return status, err
	}
	cached := status
	cached.TokenRevoked = false
	s.local.put(key, cached, grantStatusTags(cached), version)
	if !status.TokenRevoked {
		s.local.put("jti:"+jti, true, []string{tokenTag(jti)}, version)
	}
	return status, nil
}

// activeAt reports whether time alone has not changed a cached status: a session that has expired may have been
// prolonged elsewhere.
func activeAt(s identity.GrantStatus, now time.Time) bool {
	return s.SessionActive && (s.ActiveUntil.IsZero() || s.ActiveUntil.After(now))
}

func grantStatusTags(s identity.GrantStatus) []string {
	tags := []string{grantTag(s.Grant.ID), identity.CacheTagUser(s.Grant.UserID), clientTag(s.Grant.ClientID)}
	if s.Grant.SessionID != nil {
		tags = append(tags, sessionTag(*s.Grant.SessionID))
	}
	return tags
}

// TokenRevoked implements identity.AccessTokenStore. Only false is cached.
func (s *Store) TokenRevoked(ctx context.Context, jti string) (bool, error) {
	key := "jti:" + jti
	if _, ok := Lookup[bool](s.local, key, grantStatusTTL); ok {
		s.local.hits.Add(1)
		return false, nil
	}
	s.local.misses.Add(1)
	version := s.local.versions.Version()
	revoked, err := s.Store.TokenRevoked(ctx, jti)
	if err == nil && !revoked {
		s.local.put(key, true, []string{tokenTag(jti)}, version)
	}
	return revoked, err
}
