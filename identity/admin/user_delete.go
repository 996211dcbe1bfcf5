package admin

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// DeleteUserOptions are the terms of a deletion.
type DeleteUserOptions struct {
	ExpectedVersion *int // unless nil, must be the current one
	Pseudonymise    bool // replace the user's names in the audit trail and drop addresses and agents there
}

// Delete removes a user with sessions, grants, codes and consents in one transaction. Audit events stay. ErrSelfAdmin
// for oneself, ErrLastAdmin for the last active administrator, *VersionConflictError.
func (s *Users) Delete(ctx context.Context, id uuid.UUID, terms DeleteUserOptions) (identity.DeletedCounts, error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return identity.DeletedCounts{}, err
	}
	removed, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.DeletedCounts, error) {
		user, err := lockUser(ctx, tx, id)
		if err != nil {
			return identity.DeletedCounts{}, err
		}
		if terms.ExpectedVersion != nil && *terms.ExpectedVersion != user.Version {
			return identity.DeletedCounts{}, &identity.VersionConflictError{CurrentVersion: user.Version}
		}
		return s.delete(ctx, tx, user, terms.Pseudonymise)
	})
	if err != nil {
		return identity.DeletedCounts{}, fmt.Errorf("delete user: %w", err)
	}
	return removed, nil
}

func (s *Users) delete(ctx context.Context, tx identity.Store, user identity.User, pseudonymise bool) (identity.DeletedCounts, error) {
	if isSelf(ctx, user.ID) {
		return identity.DeletedCounts{}, identity.ErrSelfAdmin
	}
	if _, err := identity.RevokeAllAccess(ctx, tx, s.source, user, uuid.Nil, identity.EndDeleted); err != nil {
		return identity.DeletedCounts{}, err
	}
	removed, err := tx.CountUserRows(ctx, user.ID)
	if err != nil {
		return identity.DeletedCounts{}, err
	}
	if err := tx.DeleteUser(ctx, user.ID); err != nil {
		return identity.DeletedCounts{}, err
	}
	event := identity.NewEvent(ctx, s.source, identity.ActionUserDeleted, identity.TargetUser, user.ID.String(), user.Username)
	event.Changes = map[string]identity.Change{
		"sessions": {Before: removed.Sessions}, "grants": {Before: removed.Grants}, "consents": {Before: removed.Consents},
	}
	if pseudonymise {
		pseudonym := pseudonymOf(user.ID)
		if err := tx.PseudonymiseAudit(ctx, user.ID, pseudonym); err != nil {
			return identity.DeletedCounts{}, err
		}
		event.TargetName = pseudonym
	}
	return removed, tx.InsertAudit(ctx, event)
}

// lockUser reads a user who is going to be changed: what is decided from the answer holds until the transaction ends.
func lockUser(ctx context.Context, tx identity.Store, id uuid.UUID) (identity.User, error) {
	found, err := tx.LockUsers(ctx, []uuid.UUID{id})
	if err != nil {
		return identity.User{}, err
	}
	user, ok := found[id]
	if !ok {
		return identity.User{}, identity.ErrUserNotFound
	}
	return user, nil
}

// pseudonymOf is what a deleted user is called in the audit trail.
func pseudonymOf(id uuid.UUID) string {
	return "deleted-" + strings.ReplaceAll(id.String(), "-", "")[20:]
}

// PasswordReset is what a reset did. Temporary is shown once; it is empty when the reset was done by an earlier call of
// the same Idempotency.
type PasswordReset struct {
	User      identity.User `json:"-"`
	Temporary string        `json:"-"` // not stored
	Sessions  int           // ended
	Grants    int           // ended
}

// ResetPassword returns a user a temporary password that must be changed at the next sign-in, lifts a lock, and ends
// every session and grant.
func (s *Users) ResetPassword(ctx context.Context, id uuid.UUID) (PasswordReset, error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return PasswordReset{}, err
	}
	temporary, hash, err := s.temporary(ctx)
	if err != nil {
		return PasswordReset{}, err
	}
	reset, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (PasswordReset, error) {
		user, err := lockUser(ctx, tx, id)
		if err != nil {
			return PasswordReset{}, err
		}
		reset, err := s.reset(ctx, tx, user, hash)
		reset.Temporary = temporary
		return reset, err
	})
	if err == nil && reset.User.ID == uuid.Nil { // done by an earlier call
		reset.User, err = s.store.UserByID(ctx, id)
	}
	if err != nil {
		return PasswordReset{}, fmt.Errorf("reset password: %w", err)
	}
	return reset, nil
}

func (s *Users) temporary(ctx context.Context) (password, hash string, err error) {
	password = s.policy.Temporary(s.source)
	hash, err = s.hasher.Hash(ctx, password)
	return password, hash, err
}

func (s *Users) reset(ctx context.Context, tx identity.Store, user identity.User, hash string) (PasswordReset, error) {
	now := s.source.Now()
	user.Password.Hash, user.Password.ChangedAt, user.RequiresPasswordChange, user.UpdatedAt = hash, &now, true, now
	if err := tx.UpdateUser(ctx, user); err != nil {
		return PasswordReset{}, err
	}
	user.Version++
	if err := tx.UnlockUser(ctx, user.ID); err != nil {
		return PasswordReset{}, err
	}
	user.FailedAttempts, user.LockedUntil = 0, nil
	event := identity.NewEvent(ctx, s.source, identity.ActionPasswordReset, identity.TargetUser, user.ID.String(), user.Username)
	if err := tx.InsertAudit(ctx, event); err != nil {
		return PasswordReset{}, err
	}
	ended, err := identity.RevokeAllAccess(ctx, tx, s.source, user, uuid.Nil, identity.EndPasswordReset)
	return PasswordReset{User: user, Sessions: ended.Sessions, Grants: ended.Grants}, err
}

// Unlock lifts a lock and forgets failed sign-ins.
func (s *Users) Unlock(ctx context.Context, id uuid.UUID) (identity.User, error) {
	return s.change(ctx, id, "unlock user", func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error) {
		if user.FailedAttempts == 0 && user.LockedUntil == nil {
			return user, nil
		}
		if err := tx.UnlockUser(ctx, user.ID); err != nil {
			return identity.User{}, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionUserUnlocked, identity.TargetUser, user.ID.String(), user.Username)
		event.Changes = map[string]identity.Change{"failed_attempts": {Before: user.FailedAttempts, After: 0}}
		user.FailedAttempts, user.LockedUntil = 0, nil
		return user, tx.InsertAudit(ctx, event)
	})
}

// change runs one change of a user in a transaction after the right was checked.
func (s *Users) change(
	ctx context.Context, id uuid.UUID, operation string, do func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error),
) (identity.User, error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return identity.User{}, err
	}
	after, _, err := runIdempotentUser(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.User, error) {
		user, err := lockUser(ctx, tx, id)
		if err != nil {
			return identity.User{}, err
		}
		return do(ctx, tx, user)
	})
	if err != nil {
		return identity.User{}, fmt.Errorf("%s: %w", operation, err)
	}
	return after, nil
}

// RevokeSessions ends every session of a user and every grant that is bound to one; grants with offline access too when
// offline is set.
func (s *Users) RevokeSessions(ctx context.Context, id uuid.UUID, offline bool) (identity.RevokedCounts, error) {
	if err := requireScope(ctx, identity.ScopeSessionsWrite); err != nil {
		return identity.RevokedCounts{}, err
	}
	ended, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.RevokedCounts, error) {
		user, err := lockUser(ctx, tx, id)
		if err != nil {
			return identity.RevokedCounts{}, err
		}
		return revokeSessions(ctx, tx, s.source, user, offline)
	})
	if err != nil {
		return identity.RevokedCounts{}, fmt.Errorf("revoke sessions: %w", err)
	}
	return ended, nil
}

func revokeSessions(ctx context.Context, tx identity.Store, source identity.Source, user identity.User, offline bool) (identity.RevokedCounts, error) {
	return identity.RevokeAccess(ctx, tx, source, user, identity.SessionSelection{UserID: user.ID}, identity.GrantSelection{UserID: user.ID, OnlySessionBound: !offline}, identity.EndRevoked)
}
