package cache

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// The names that lookups depend on, besides the subjects of identity.
func clientName(id uuid.UUID) string  { return "client:" + id.String() }
func sessionName(id uuid.UUID) string { return "session:" + id.String() }
func grantName(id uuid.UUID) string   { return "grant:" + id.String() }
func tokenName(jti string) string     { return "jti:" + jti }

// writes passes every write on and reports what it may have changed, also when it failed: then nobody knows.
type writes struct {
	identity.Store
	changed func(ctx context.Context, names ...string)
}

// InsertUser implements identity.UserStore.
func (w writes) InsertUser(ctx context.Context, u identity.User) error {
	defer w.changed(ctx, identity.CacheTagUsers)
	return w.Store.InsertUser(ctx, u)
}

// UpdateUser implements identity.UserStore.
func (w writes) UpdateUser(ctx context.Context, u identity.User) error {
	defer w.changed(ctx, identity.CacheTagUsers, identity.CacheTagUser(u.ID))
	return w.Store.UpdateUser(ctx, u)
}

// DeleteUser implements identity.UserStore.
func (w writes) DeleteUser(ctx context.Context, id uuid.UUID) error {
	defer w.changed(ctx, identity.CacheTagUsers, identity.CacheTagSessions, identity.CacheTagUser(id))
	return w.Store.DeleteUser(ctx, id)
}

// RecordSignIn implements identity.UserStore.
func (w writes) RecordSignIn(ctx context.Context, u identity.User, at time.Time, ip, rehash string) error {
	defer w.changed(ctx, identity.CacheTagUsers, identity.CacheTagUser(u.ID))
	return w.Store.RecordSignIn(ctx, u, at, ip, rehash)
}

// RecordFailedSignIn implements identity.UserStore.
func (w writes) RecordFailedSignIn(ctx context.Context, id uuid.UUID, lockAfter int, lockUntil time.Time) (int, error) {
	defer w.changed(ctx, identity.CacheTagUsers, identity.CacheTagUser(id))
	return w.Store.RecordFailedSignIn(ctx, id, lockAfter, lockUntil)
}

// UnlockUser implements identity.AdminUserStore.
func (w writes) UnlockUser(ctx context.Context, id uuid.UUID) error {
	defer w.changed(ctx, identity.CacheTagUsers, identity.CacheTagUser(id))
	return w.Store.UnlockUser(ctx, id)
}

// SetUserFlags implements identity.AdminUserStore.
func (w writes) SetUserFlags(ctx context.Context, ids []uuid.UUID, flags identity.UserFlags, at time.Time) ([]uuid.UUID, error) {
	names := []string{identity.CacheTagUsers}
	for _, id := range ids {
		names = append(names, identity.CacheTagUser(id))
	}
	defer w.changed(ctx, names...)
	return w.Store.SetUserFlags(ctx, ids, flags, at)
}

// InsertSession implements identity.SessionStore.
func (w writes) InsertSession(ctx context.Context, s identity.Session) error {
	defer w.changed(ctx, identity.CacheTagSessions)
	return w.Store.InsertSession(ctx, s)
}

// RenewSession implements identity.SessionStore.
func (w writes) RenewSession(ctx context.Context, s identity.Session) error {
	defer w.changed(ctx, identity.CacheTagSessions, sessionName(s.ID))
	return w.Store.RenewSession(ctx, s)
}

// TouchSession implements identity.SessionStore. What is known of a token that stands on the session stays true.
func (w writes) TouchSession(ctx context.Context, id uuid.UUID, at, expires time.Time) error {
	defer w.changed(ctx, identity.CacheTagSessions)
	return w.Store.TouchSession(ctx, id, at, expires)
}

// EndSessions implements identity.SessionStore.
func (w writes) EndSessions(ctx context.Context, sel identity.SessionSelection, at time.Time, reason identity.EndReason) ([]uuid.UUID, error) {
	ended, err := w.Store.EndSessions(ctx, sel, at, reason)
	names := []string{identity.CacheTagSessions}
	for _, id := range ended {
		names = append(names, sessionName(id))
	}
	w.changed(ctx, names...)
	return ended, err
}

// InsertClient implements identity.ClientStore.
func (w writes) InsertClient(ctx context.Context, c identity.Client) error {
	defer w.changed(ctx, identity.CacheTagClients)
	return w.Store.InsertClient(ctx, c)
}

// UpdateClient implements identity.ClientStore.
func (w writes) UpdateClient(ctx context.Context, c identity.Client) error {
	defer w.changed(ctx, identity.CacheTagClients, clientName(c.ID))
	return w.Store.UpdateClient(ctx, c)
}

// DeleteClient implements identity.ClientStore.
func (w writes) DeleteClient(ctx context.Context, id uuid.UUID) error {
	defer w.changed(ctx, identity.CacheTagClients, clientName(id))
	return w.Store.DeleteClient(ctx, id)
}

// SaveScope implements identity.ScopeStore.
func (w writes) SaveScope(ctx context.Context, s identity.Scope) error {
	defer w.changed(ctx, identity.CacheTagScopes)
	return w.Store.SaveScope(ctx, s)
}

// DeleteScope implements identity.ScopeStore.
func (w writes) DeleteScope(ctx context.Context, name string) error {
	defer w.changed(ctx, identity.CacheTagScopes)
	return w.Store.DeleteScope(ctx, name)
}

// SaveResource implements identity.ScopeStore.
func (w writes) SaveResource(ctx context.Context, r identity.Resource) error {
	defer w.changed(ctx, identity.CacheTagResources)
	return w.Store.SaveResource(ctx, r)
}

// DeleteResource implements identity.ScopeStore.
func (w writes) DeleteResource(ctx context.Context, uri string) error {
	defer w.changed(ctx, identity.CacheTagResources)
	return w.Store.DeleteResource(ctx, uri)
}

// EndGrants implements identity.GrantStore.
func (w writes) EndGrants(ctx context.Context, sel identity.GrantSelection, at time.Time, reason identity.EndReason) ([]uuid.UUID, error) {
	ended, err := w.Store.EndGrants(ctx, sel, at, reason)
	names := make([]string, len(ended))
	for i, id := range ended {
		names[i] = grantName(id)
	}
	w.changed(ctx, names...)
	return ended, err
}

// EndGrant implements identity.GrantStore.
func (w writes) EndGrant(
	ctx context.Context, id, clientID uuid.UUID, at time.Time, reason identity.EndReason, event identity.AuditEvent,
) (bool, error) {
	defer w.changed(ctx, grantName(id), identity.CacheTagAudit)
	return w.Store.EndGrant(ctx, id, clientID, at, reason, event)
}

// RevokeToken implements identity.AccessTokenStore.
func (w writes) RevokeToken(ctx context.Context, jti string, expires time.Time, event identity.AuditEvent) error {
	defer w.changed(ctx, tokenName(jti), identity.CacheTagAudit)
	return w.Store.RevokeToken(ctx, jti, expires, event)
}

// InsertAudit implements identity.AuditStore.
func (w writes) InsertAudit(ctx context.Context, events ...identity.AuditEvent) error {
	defer w.changed(ctx, identity.CacheTagAudit)
	return w.Store.InsertAudit(ctx, events...)
}

// PseudonymiseAudit implements identity.AdminUserStore.
func (w writes) PseudonymiseAudit(ctx context.Context, id uuid.UUID, pseudonym string) error {
	defer w.changed(ctx, identity.CacheTagAudit)
	return w.Store.PseudonymiseAudit(ctx, id, pseudonym)
}
