package store

import (
	"context"
	"database/sql"
	"errors"
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
	)
	err := s.get(ctx, passwordOf, []any{scanDestination(&since), scanDestination(&used)}, userID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, s.fault("list credentials", err)
	}
	return []identity.Credential{{
		ID: userID, Kind: identity.CredentialPassword, UserID: userID, CreatedAt: since.UTC(), LastUsedAt: utc(used),
	}}, nil
}
