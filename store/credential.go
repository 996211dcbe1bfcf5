package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// The password is stored with its user (docs/decisions/0030). As long as there is no other way to sign in, it was last used
// when the user last signed in.
var passwordOf = statement{"select users", `SELECT coalesce(password_changed_at, created_at), last_login_at FROM users
	WHERE id = $1 AND password_hash <> ''`}

// CredentialsOf implements identity.CredentialStore.
func (s *Store) CredentialsOf(ctx context.Context, userID uuid.UUID) ([]identity.Credential, error) {
	var (
		since time.Time
		used  *time.Time
		found []identity.Credential
	)
	err := s.get(ctx, passwordOf, []any{scanDestination(&since), scanDestination(&used)}, userID)
	switch {
	case err == nil:
		found = append(found, identity.Credential{
			ID: userID, Kind: identity.CredentialPassword, UserID: userID, CreatedAt: since.UTC(), LastUsedAt: utc(used),
		})
	case !errors.Is(err, sql.ErrNoRows):
		return nil, s.fault("list credentials", err)
	}
	app, err := s.TOTPOf(ctx, userID)
	switch {
	case err == nil:
		found = append(found, identity.Credential{
			ID: app.ID, Kind: identity.CredentialTOTP, UserID: userID, CreatedAt: app.CreatedAt, LastUsedAt: app.LastUsedAt,
		})
	case !errors.Is(err, identity.ErrCredentialNotFound):
		return nil, err
	}
	passkeys, err := s.PasskeysOf(ctx, []uuid.UUID{userID})
	if err != nil {
		return nil, err
	}
	for _, p := range passkeys[userID] {
		found = append(found, identity.Credential{
			ID: p.ID, Kind: p.Kind(), UserID: userID, Name: p.Name, CreatedAt: p.CreatedAt, LastUsedAt: p.LastUsedAt,
		})
	}
	linked, err := s.LinkedIdentitiesOf(ctx, []uuid.UUID{userID})
	if err != nil {
		return nil, err
	}
	for _, l := range linked[userID] {
		found = append(found, identity.Credential{
			ID: l.ID, Kind: identity.CredentialFederated, UserID: userID, CreatedAt: l.CreatedAt, LastUsedAt: l.LastUsedAt,
		})
	}
	slices.SortStableFunc(found, func(a, b identity.Credential) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return found, nil
}
