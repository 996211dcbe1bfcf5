package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// PasswordReset is what a reset did. Temporary is shown once; it is empty when the reset was done by an earlier call of
// the same Idempotency.
type PasswordReset struct {
	User      identity.User `json:"-"`
	Temporary string        `json:"-"` // not stored
	Link      string        `json:"-"` // of Recover, where no password is taken; not stored
	Sessions  int           // ended
	Grants    int           // ended
}

// ResetPassword returns a user a temporary password that must be changed at the next sign-in, lifts a lock, and ends
// every session and grant.
func (s *Users) ResetPassword(ctx context.Context, id uuid.UUID) (PasswordReset, error) {
	scope, err := requireUsers(ctx, identity.ScopeUsersReset)
	if err == nil {
		err = s.takesPasswords()
	}
	if err != nil {
		return PasswordReset{}, err
	}
	temporary, hash, err := s.temporary(ctx)
	if err != nil {
		return PasswordReset{}, err
	}
	reset, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (PasswordReset, error) {
		user, err := lockUser(ctx, tx, scope, id)
		if err != nil {
			return PasswordReset{}, err
		}
		reset, err := s.reset(ctx, tx, user, hash)
		reset.Temporary = temporary
		return reset, err
	})
	if err == nil && reset.User.ID == uuid.Nil { // done by an earlier call
		reset.User, err = s.replayedUser(ctx, scope, id)
	}
	if err != nil {
		return PasswordReset{}, fmt.Errorf("reset password: %w", err)
	}
	return reset, nil
}

// takesPasswords refuses to make a password that would be of no use to its user.
func (s *Users) takesPasswords() error {
	if s.settings.Get().TakesPasswords() {
		return nil
	}
	return identity.Errorf(identity.Conflict, identity.CodePasswordsOff,
		"No passwords are taken here (AUTHLY_PASSKEYS): make a recovery link.")
}

func (s *Users) temporary(ctx context.Context) (password, hash string, err error) {
	password = s.policy.Temporary(s.source)
	hash, err = s.hasher.Hash(ctx, password)
	return password, hash, err
}

func (s *Users) reset(ctx context.Context, tx identity.Store, user identity.User, hash string) (PasswordReset, error) {
	if err := overUsers(ctx, user); err != nil {
		return PasswordReset{}, err
	}
	now := s.source.Now()
	user.Password, user.RequiresPasswordChange, user.UpdatedAt = s.madePassword(hash, now, true), true, now
	if err := tx.UpdateUser(ctx, user); err != nil {
		return PasswordReset{}, err
	}
	user.Version++
	if err := tx.UnlockUser(ctx, user.ID, now); err != nil {
		return PasswordReset{}, err
	}
	user.FailedAttempts, user.LockedUntil, user.UnlockedAt = 0, nil, &now
	event := identity.NewEvent(ctx, s.source, identity.ActionPasswordReset, identity.TargetUser, user.ID.String(), user.Username)
	if err := tx.InsertAudit(ctx, event); err != nil {
		return PasswordReset{}, err
	}
	ended, err := identity.RevokeAllAccess(ctx, tx, s.source, user, uuid.Nil, identity.EndPasswordReset)
	return PasswordReset{User: user, Sessions: ended.Sessions, Grants: ended.Grants}, err
}
