package cache

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// The tags that lookups depend on, besides those of identity.
func clientTag(id uuid.UUID) string  { return "client:" + id.String() }
func sessionTag(id uuid.UUID) string { return "session:" + id.String() }
func grantTag(id uuid.UUID) string   { return "grant:" + id.String() }
func tokenTag(jti string) string     { return "jti:" + jti }

// invalidatingStore passes every write on and invalidates what it may have changed, also when it failed: then nobody
// knows.
type invalidatingStore struct {
	identity.Store
	invalidate func(ctx context.Context, tags ...string)
}

// InsertUser implements identity.UserStore.
func (s invalidatingStore) InsertUser(ctx context.Context, u identity.User) error {
	defer s.invalidate(ctx, identity.CacheTagUsers)
	return s.Store.InsertUser(ctx, u)
}

// InsertUsers implements identity.BulkUserStore.
func (s invalidatingStore) InsertUsers(ctx context.Context, users []identity.User) error {
	defer s.invalidate(ctx, identity.CacheTagUsers)
	return s.Store.InsertUsers(ctx, users)
}

// UpdateUser implements identity.UserStore.
func (s invalidatingStore) UpdateUser(ctx context.Context, u identity.User) error {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(u.ID))
	return s.Store.UpdateUser(ctx, u)
}

// UpdateUsers implements identity.BulkUserStore.
func (s invalidatingStore) UpdateUsers(ctx context.Context, users []identity.User) error {
	ids := make([]uuid.UUID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	defer s.invalidate(ctx, tagsOfUsers(slices.Values(ids))...)
	return s.Store.UpdateUsers(ctx, users)
}

// DeleteUser implements identity.UserStore.
func (s invalidatingStore) DeleteUser(ctx context.Context, id uuid.UUID) error {
	defer s.invalidate(
		ctx, identity.CacheTagUsers, identity.CacheTagSessions, identity.CacheTagGroups, identity.CacheTagRoles, identity.CacheTagUser(id),
	)
	return s.Store.DeleteUser(ctx, id)
}

// AcceptTerms implements identity.TermsStore.
func (s invalidatingStore) AcceptTerms(ctx context.Context, id uuid.UUID, t identity.TermsAcceptance) error {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(id))
	return s.Store.AcceptTerms(ctx, id, t)
}

// RecordSignIn implements identity.UserStore.
func (s invalidatingStore) RecordSignIn(ctx context.Context, u identity.User, at time.Time, ip, rehash string) error {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(u.ID))
	return s.Store.RecordSignIn(ctx, u, at, ip, rehash)
}

// RecordFailedSignIn implements identity.UserStore.
func (s invalidatingStore) RecordFailedSignIn(ctx context.Context, id uuid.UUID, slowedUntil *time.Time) (int, error) {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(id))
	return s.Store.RecordFailedSignIn(ctx, id, slowedUntil)
}

// UnlockUser implements identity.AdminUserStore.
func (s invalidatingStore) UnlockUser(ctx context.Context, id uuid.UUID, at time.Time) error {
	defer s.invalidate(ctx, identity.CacheTagUsers, identity.CacheTagUser(id))
	return s.Store.UnlockUser(ctx, id, at)
}

// SetUserFlags implements identity.AdminUserStore.
func (s invalidatingStore) SetUserFlags(ctx context.Context, ids []uuid.UUID, flags identity.UserFlags, at time.Time) ([]uuid.UUID, error) {
	defer s.invalidate(ctx, tagsOfUsers(slices.Values(ids))...)
	return s.Store.SetUserFlags(ctx, ids, flags, at)
}

// InsertSession implements identity.SessionStore.
func (s invalidatingStore) InsertSession(ctx context.Context, created identity.Session) error {
	defer s.invalidate(ctx, identity.CacheTagSessions)
	return s.Store.InsertSession(ctx, created)
}

// RenewSession implements identity.SessionStore.
func (s invalidatingStore) RenewSession(ctx context.Context, renewed identity.Session) error {
	defer s.invalidate(ctx, identity.CacheTagSessions, sessionTag(renewed.ID))
	return s.Store.RenewSession(ctx, renewed)
}

// TouchSession implements identity.SessionStore. The cached status of a grant in the session stays true.
func (s invalidatingStore) TouchSession(ctx context.Context, id uuid.UUID, at, expires time.Time) error {
	defer s.invalidate(ctx, identity.CacheTagSessions)
	return s.Store.TouchSession(ctx, id, at, expires)
}

// EndSessions implements identity.SessionStore.
func (s invalidatingStore) EndSessions(
	ctx context.Context, sel identity.SessionSelection, at time.Time, reason identity.EndReason,
) ([]uuid.UUID, error) {
	ended, err := s.Store.EndSessions(ctx, sel, at, reason)
	tags := []string{identity.CacheTagSessions}
	for _, id := range ended {
		tags = append(tags, sessionTag(id))
	}
	s.invalidate(ctx, tags...)
	return ended, err
}

// InsertClient implements identity.ClientStore.
func (s invalidatingStore) InsertClient(ctx context.Context, c identity.Client) error {
	defer s.invalidate(ctx, identity.CacheTagClients)
	return s.Store.InsertClient(ctx, c)
}

// UpdateClient implements identity.ClientStore.
func (s invalidatingStore) UpdateClient(ctx context.Context, c identity.Client) error {
	defer s.invalidate(ctx, identity.CacheTagClients, clientTag(c.ID))
	return s.Store.UpdateClient(ctx, c)
}

// ResealClient implements identity.ClientWriter.
func (s invalidatingStore) ResealClient(ctx context.Context, id uuid.UUID, secrets []identity.ClientSecret) error {
	defer s.invalidate(ctx, identity.CacheTagClients, clientTag(id))
	return s.Store.ResealClient(ctx, id, secrets)
}

// ExtendClient implements identity.ClientWriter.
func (s invalidatingStore) ExtendClient(ctx context.Context, id uuid.UUID, expires time.Time) error {
	defer s.invalidate(ctx, identity.CacheTagClients, clientTag(id))
	return s.Store.ExtendClient(ctx, id, expires)
}

// DeleteUnusedClient implements identity.SelfRegisteredStore.
func (s invalidatingStore) DeleteUnusedClient(ctx context.Context, id uuid.UUID, before time.Time) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagClients, identity.CacheTagRoles, clientTag(id))
	return s.Store.DeleteUnusedClient(ctx, id, before)
}

// DeleteClient implements identity.ClientStore.
func (s invalidatingStore) DeleteClient(ctx context.Context, id uuid.UUID) error {
	defer s.invalidate(ctx, identity.CacheTagClients, identity.CacheTagRoles, clientTag(id))
	return s.Store.DeleteClient(ctx, id)
}

// InsertScope implements identity.ScopeWriter.
func (s invalidatingStore) InsertScope(ctx context.Context, scope identity.Scope) error {
	defer s.invalidate(ctx, identity.CacheTagScopes)
	return s.Store.InsertScope(ctx, scope)
}

// SaveScope implements identity.ScopeStore.
func (s invalidatingStore) SaveScope(ctx context.Context, scope identity.Scope) error {
	defer s.invalidate(ctx, identity.CacheTagScopes)
	return s.Store.SaveScope(ctx, scope)
}

// DeleteScope implements identity.ScopeStore.
func (s invalidatingStore) DeleteScope(ctx context.Context, name string) error {
	defer s.invalidate(ctx, identity.CacheTagScopes, identity.CacheTagAttributes)
	return s.Store.DeleteScope(ctx, name)
}

// SaveDetailType implements identity.ScopeWriter.
func (s invalidatingStore) SaveDetailType(ctx context.Context, t identity.DetailType) error {
	defer s.invalidate(ctx, identity.CacheTagScopes)
	return s.Store.SaveDetailType(ctx, t)
}

// DeleteDetailType implements identity.ScopeWriter.
func (s invalidatingStore) DeleteDetailType(ctx context.Context, name string) error {
	defer s.invalidate(ctx, identity.CacheTagScopes)
	return s.Store.DeleteDetailType(ctx, name)
}

// InsertResource implements identity.ScopeWriter.
func (s invalidatingStore) InsertResource(ctx context.Context, r identity.Resource) error {
	defer s.invalidate(ctx, identity.CacheTagResources)
	return s.Store.InsertResource(ctx, r)
}

// SaveResource implements identity.ScopeStore.
func (s invalidatingStore) SaveResource(ctx context.Context, r identity.Resource) error {
	defer s.invalidate(ctx, identity.CacheTagResources)
	return s.Store.SaveResource(ctx, r)
}

// DeleteResource implements identity.ScopeStore.
func (s invalidatingStore) DeleteResource(ctx context.Context, uri string) error {
	defer s.invalidate(ctx, identity.CacheTagResources)
	return s.Store.DeleteResource(ctx, uri)
}

// EndGrants implements identity.GrantStore.
func (s invalidatingStore) EndGrants(
	ctx context.Context, sel identity.GrantSelection, at time.Time, reason identity.EndReason,
) ([]uuid.UUID, error) {
	ended, err := s.Store.EndGrants(ctx, sel, at, reason)
	s.invalidateGrants(ctx, ended)
	return ended, err
}

// EndGrant implements identity.GrantStore.
func (s invalidatingStore) EndGrant(
	ctx context.Context, id, clientID uuid.UUID, at time.Time, reason identity.EndReason, event identity.AuditEvent,
) (bool, error) {
	defer s.invalidate(ctx, grantTag(id), identity.CacheTagAudit)
	return s.Store.EndGrant(ctx, id, clientID, at, reason, event)
}

// RevokeToken implements identity.GrantStore.
func (s invalidatingStore) RevokeToken(ctx context.Context, jti string, expires time.Time, event identity.AuditEvent) error {
	defer s.invalidate(ctx, tokenTag(jti), identity.CacheTagAudit)
	return s.Store.RevokeToken(ctx, jti, expires, event)
}

// InsertAudit implements identity.AuditStore.
func (s invalidatingStore) InsertAudit(ctx context.Context, events ...identity.AuditEvent) error {
	defer s.invalidate(ctx, identity.CacheTagAudit)
	return s.Store.InsertAudit(ctx, events...)
}

// InsertKey implements identity.KeyStore.
func (s invalidatingStore) InsertKey(ctx context.Context, k identity.SigningKey) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagKeys)
	return s.Store.InsertKey(ctx, k)
}

// MoveKey implements identity.KeyStore.
func (s invalidatingStore) MoveKey(ctx context.Context, k identity.SigningKey, from identity.KeyState) (bool, error) {
	defer s.invalidate(ctx, identity.CacheTagKeys)
	return s.Store.MoveKey(ctx, k, from)
}

// PseudonymiseCreator implements identity.AdminUserStore.
func (s invalidatingStore) PseudonymiseCreator(ctx context.Context, u identity.User, pseudonym string) error {
	defer s.invalidate(ctx, identity.CacheTagUsers)
	return s.Store.PseudonymiseCreator(ctx, u, pseudonym)
}

// PseudonymiseAudit implements identity.AdminUserStore.
func (s invalidatingStore) PseudonymiseAudit(ctx context.Context, id uuid.UUID, pseudonym string) error {
	defer s.invalidate(ctx, identity.CacheTagAudit)
	return s.Store.PseudonymiseAudit(ctx, id, pseudonym)
}
