package cache

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// The names that answers depend on.
const (
	scopesName    = "scopes"
	resourcesName = "resources"
	// UsersName is bumped by every change of a user, and SessionsName by every change of a session's life: for listings.
	UsersName    = "users"
	SessionsName = "sessions"
	clientsName  = "clients"
)

func clientName(id uuid.UUID) string  { return "client:" + id.String() }
func userName(id uuid.UUID) string    { return "user:" + id.String() }
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
	defer w.changed(ctx, UsersName)
	return w.Store.InsertUser(ctx, u)
}

// UpdateUser implements identity.UserStore.
func (w writes) UpdateUser(ctx context.Context, u identity.User) error {
	defer w.changed(ctx, UsersName, userName(u.ID))
	return w.Store.UpdateUser(ctx, u)
}

// DeleteUser implements identity.UserStore.
func (w writes) DeleteUser(ctx context.Context, id uuid.UUID) error {
	defer w.changed(ctx, UsersName, SessionsName, userName(id))
	return w.Store.DeleteUser(ctx, id)
}

// RecordSignIn implements identity.UserStore.
func (w writes) RecordSignIn(ctx context.Context, u identity.User, at time.Time, ip, rehash string) error {
	defer w.changed(ctx, UsersName, userName(u.ID))
	return w.Store.RecordSignIn(ctx, u, at, ip, rehash)
}

// RecordFailedSignIn implements identity.UserStore.
func (w writes) RecordFailedSignIn(ctx context.Context, id uuid.UUID, lockAfter int, lockUntil time.Time) (int, error) {
	defer w.changed(ctx, UsersName, userName(id))
	return w.Store.RecordFailedSignIn(ctx, id, lockAfter, lockUntil)
}

// UnlockUser implements identity.UserStoreAdmin.
func (w writes) UnlockUser(ctx context.Context, id uuid.UUID) error {
	defer w.changed(ctx, UsersName, userName(id))
	return w.Store.UnlockUser(ctx, id)
}

// SetUserFlags implements identity.UserStoreAdmin.
func (w writes) SetUserFlags(ctx context.Context, ids []uuid.UUID, flags identity.UserFlags, at time.Time) ([]uuid.UUID, error) {
	names := []string{UsersName}
	for _, id := range ids {
		names = append(names, userName(id))
	}
	defer w.changed(ctx, names...)
	return w.Store.SetUserFlags(ctx, ids, flags, at)
}

// InsertSession implements identity.SessionStore.
func (w writes) InsertSession(ctx context.Context, s identity.Session) error {
	defer w.changed(ctx, SessionsName)
	return w.Store.InsertSession(ctx, s)
}

// RenewSession implements identity.SessionStore.
func (w writes) RenewSession(ctx context.Context, s identity.Session) error {
	defer w.changed(ctx, SessionsName, sessionName(s.ID))
	return w.Store.RenewSession(ctx, s)
}

// EndSessions implements identity.SessionStore.
func (w writes) EndSessions(ctx context.Context, sel identity.SessionSelection, at time.Time, why identity.EndReason) ([]uuid.UUID, error) {
	ended, err := w.Store.EndSessions(ctx, sel, at, why)
	names := []string{SessionsName}
	for _, id := range ended {
		names = append(names, sessionName(id))
	}
	w.changed(ctx, names...)
	return ended, err
}

// InsertClient implements identity.ClientStore.
func (w writes) InsertClient(ctx context.Context, c identity.Client) error {
	defer w.changed(ctx, clientsName)
	return w.Store.InsertClient(ctx, c)
}

// UpdateClient implements identity.ClientStore.
func (w writes) UpdateClient(ctx context.Context, c identity.Client) error {
	defer w.changed(ctx, clientsName, clientName(c.ID))
	return w.Store.UpdateClient(ctx, c)
}

// DeleteClient implements identity.ClientStore.
func (w writes) DeleteClient(ctx context.Context, id uuid.UUID) error {
	defer w.changed(ctx, clientsName, clientName(id))
	return w.Store.DeleteClient(ctx, id)
}

// SaveScope implements identity.ScopeStore.
func (w writes) SaveScope(ctx context.Context, s identity.Scope) error {
	defer w.changed(ctx, scopesName)
	return w.Store.SaveScope(ctx, s)
}

// DeleteScope implements identity.ScopeStore.
func (w writes) DeleteScope(ctx context.Context, name string) error {
	defer w.changed(ctx, scopesName)
	return w.Store.DeleteScope(ctx, name)
}

// SaveResource implements identity.ScopeStore.
func (w writes) SaveResource(ctx context.Context, r identity.Resource) error {
	defer w.changed(ctx, resourcesName)
	return w.Store.SaveResource(ctx, r)
}

// DeleteResource implements identity.ScopeStore.
func (w writes) DeleteResource(ctx context.Context, uri string) error {
	defer w.changed(ctx, resourcesName)
	return w.Store.DeleteResource(ctx, uri)
}

// EndGrants implements identity.GrantStore.
func (w writes) EndGrants(ctx context.Context, sel identity.GrantSelection, at time.Time, why identity.EndReason) ([]uuid.UUID, error) {
	ended, err := w.Store.EndGrants(ctx, sel, at, why)
	names := make([]string, len(ended))
	for i, id := range ended {
		names[i] = grantName(id)
	}
	w.changed(ctx, names...)
	return ended, err
}

// EndGrant implements identity.GrantStore.
func (w writes) EndGrant(
	ctx context.Context, id, clientID uuid.UUID, at time.Time, why identity.EndReason, event identity.AuditEvent,
) (bool, error) {
	defer w.changed(ctx, grantName(id))
	return w.Store.EndGrant(ctx, id, clientID, at, why, event)
}

// RevokeToken implements identity.GrantStore.
func (w writes) RevokeToken(ctx context.Context, jti string, expires time.Time, event identity.AuditEvent) error {
	defer w.changed(ctx, tokenName(jti))
	return w.Store.RevokeToken(ctx, jti, expires, event)
}
