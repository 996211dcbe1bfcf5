package identity

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// DeletedCounts counts what a deletion took with it.
type DeletedCounts struct {
	Sessions int
	Grants   int
	Consents int
}

// DeleteUserOptions are the terms of a deletion.
type DeleteUserOptions struct {
	ExpectedVersion *int // unless nil, must be the current one
	Pseudonymise    bool // replace the user's names in the audit trail and drop addresses and agents there
}

// Delete removes a user with sessions, grants, codes and consents in one transaction. Audit events stay. ErrSelfAdmin
// for oneself, ErrLastAdmin for the last active administrator, *VersionConflictError.
func (s *Users) Delete(ctx context.Context, id uuid.UUID, terms DeleteUserOptions) (DeletedCounts, error) {
	if err := requireScope(ctx, ScopeUsersWrite); err != nil {
		return DeletedCounts{}, err
	}
	removed, err := runIdempotent(ctx, s.d, func(ctx context.Context, tx Store) (DeletedCounts, error) {
		user, err := lockUser(ctx, tx, id)
		if err != nil {
			return DeletedCounts{}, err
		}
		if terms.ExpectedVersion != nil && *terms.ExpectedVersion != user.Version {
			return DeletedCounts{}, &VersionConflictError{CurrentVersion: user.Version}
		}
		return s.delete(ctx, tx, user, terms.Pseudonymise)
	})
	if err != nil {
		return DeletedCounts{}, fmt.Errorf("delete user: %w", err)
	}
	return removed, nil
}

func (s *Users) delete(ctx context.Context, tx Store, user User, pseudonymise bool) (DeletedCounts, error) {
	if isSelf(ctx, user.ID) {
		return DeletedCounts{}, ErrSelfAdmin
	}
	if _, err := endAccess(ctx, tx, s.d.Source, user, uuid.Nil, EndDeleted); err != nil {
		return DeletedCounts{}, err
	}
	removed, err := tx.CountUserRows(ctx, user.ID)
	if err != nil {
		return DeletedCounts{}, err
	}
	if err := tx.DeleteUser(ctx, user.ID); err != nil {
		return DeletedCounts{}, err
	}
	event := newEvent(ctx, s.d.Source, ActionUserDeleted, TargetUser, user.ID.String(), user.Username)
	event.Changes = map[string]Change{
		"sessions": {Before: removed.Sessions}, "grants": {Before: removed.Grants}, "consents": {Before: removed.Consents},
	}
	if pseudonymise {
		pseudonym := pseudonymOf(user.ID)
		if err := tx.PseudonymiseAudit(ctx, user.ID, pseudonym); err != nil {
			return DeletedCounts{}, err
		}
		event.TargetName = pseudonym
	}
	return removed, tx.InsertAudit(ctx, event)
}

// lockUser reads a user who is going to be changed: what is decided from the answer holds until the transaction ends.
func lockUser(ctx context.Context, tx Store, id uuid.UUID) (User, error) {
	found, err := tx.LockUsers(ctx, []uuid.UUID{id})
	if err != nil {
		return User{}, err
	}
	user, ok := found[id]
	if !ok {
		return User{}, ErrUserNotFound
	}
	return user, nil
}

// pseudonymOf is what a deleted user is called in the audit trail.
func pseudonymOf(id uuid.UUID) string {
	return "deleted-" + strings.ReplaceAll(id.String(), "-", "")[20:]
}

func isSelf(ctx context.Context, id uuid.UUID) bool {
	actor := ActorFrom(ctx)
	return actor.Kind == ActorUser && actor.UserID == id
}

// PasswordReset is what a reset did. Temporary is shown once; it is empty when the reset was done by an earlier call of
// the same Idempotency.
type PasswordReset struct {
	User      User   `json:"-"`
	Temporary string `json:"-"` // not kept
	Sessions  int    // ended
	Grants    int    // ended
}

// ResetPassword returns a user a temporary password that must be changed at the next sign-in, lifts a lock, and ends
// every session and grant.
func (s *Users) ResetPassword(ctx context.Context, id uuid.UUID) (PasswordReset, error) {
	if err := requireScope(ctx, ScopeUsersWrite); err != nil {
		return PasswordReset{}, err
	}
	temporary, hash, err := s.temporary(ctx)
	if err != nil {
		return PasswordReset{}, err
	}
	reset, err := runIdempotent(ctx, s.d, func(ctx context.Context, tx Store) (PasswordReset, error) {
		user, err := lockUser(ctx, tx, id)
		if err != nil {
			return PasswordReset{}, err
		}
		reset, err := s.reset(ctx, tx, user, hash)
		reset.Temporary = temporary
		return reset, err
	})
	if err == nil && reset.User.ID == uuid.Nil { // done by an earlier call
		reset.User, err = s.d.Store.UserByID(ctx, id)
	}
	if err != nil {
		return PasswordReset{}, fmt.Errorf("reset password: %w", err)
	}
	return reset, nil
}

func (s *Users) temporary(ctx context.Context) (password, hash string, err error) {
	password = s.d.Policy.Temporary(s.d.Source)
	hash, err = s.d.Hasher.Hash(ctx, password)
	return password, hash, err
}

func (s *Users) reset(ctx context.Context, tx Store, user User, hash string) (PasswordReset, error) {
	now := s.d.Source.Now()
	user.PasswordHash, user.PasswordChangedAt, user.RequiresPasswordChange, user.UpdatedAt = hash, &now, true, now
	if err := tx.UpdateUser(ctx, user); err != nil {
		return PasswordReset{}, err
	}
	user.Version++
	if err := tx.UnlockUser(ctx, user.ID); err != nil {
		return PasswordReset{}, err
	}
	user.FailedAttempts, user.LockedUntil = 0, nil
	event := newEvent(ctx, s.d.Source, ActionPasswordReset, TargetUser, user.ID.String(), user.Username)
	if err := tx.InsertAudit(ctx, event); err != nil {
		return PasswordReset{}, err
	}
	ended, err := endAccess(ctx, tx, s.d.Source, user, uuid.Nil, EndPasswordReset)
	return PasswordReset{User: user, Sessions: ended.Sessions, Grants: ended.Grants}, err
}

// Unlock lifts a lock and forgets failed sign-ins.
func (s *Users) Unlock(ctx context.Context, id uuid.UUID) (User, error) {
	return s.change(ctx, id, "unlock user", func(ctx context.Context, tx Store, user User) (User, error) {
		if user.FailedAttempts == 0 && user.LockedUntil == nil {
			return user, nil
		}
		if err := tx.UnlockUser(ctx, user.ID); err != nil {
			return User{}, err
		}
		event := newEvent(ctx, s.d.Source, ActionUserUnlocked, TargetUser, user.ID.String(), user.Username)
		event.Changes = map[string]Change{"failed_attempts": {Before: user.FailedAttempts, After: 0}}
		user.FailedAttempts, user.LockedUntil = 0, nil
		return user, tx.InsertAudit(ctx, event)
	})
}

// change runs one change of a user in a transaction after the right was checked.
func (s *Users) change(
	ctx context.Context, id uuid.UUID, operation string, do func(ctx context.Context, tx Store, user User) (User, error),
) (User, error) {
	if err := requireScope(ctx, ScopeUsersWrite); err != nil {
		return User{}, err
	}
	after, _, err := runIdempotentUser(ctx, s.d, func(ctx context.Context, tx Store) (User, error) {
		user, err := lockUser(ctx, tx, id)
		if err != nil {
			return User{}, err
		}
		return do(ctx, tx, user)
	})
	if err != nil {
		return User{}, fmt.Errorf("%s: %w", operation, err)
	}
	return after, nil
}

// RevokedCounts counts sessions and grants that were ended.
type RevokedCounts struct {
	Sessions int
	Grants   int
}

// RevokeSessions ends every session of a user and every grant that is bound to one; grants with offline access too when
// offline is set.
func (s *Users) RevokeSessions(ctx context.Context, id uuid.UUID, offline bool) (RevokedCounts, error) {
	if err := requireScope(ctx, ScopeSessionsWrite); err != nil {
		return RevokedCounts{}, err
	}
	ended, err := runIdempotent(ctx, s.d, func(ctx context.Context, tx Store) (RevokedCounts, error) {
		user, err := lockUser(ctx, tx, id)
		if err != nil {
			return RevokedCounts{}, err
		}
		return revokeSessions(ctx, tx, s.d.Source, user, offline)
	})
	if err != nil {
		return RevokedCounts{}, fmt.Errorf("revoke sessions: %w", err)
	}
	return ended, nil
}

func revokeSessions(ctx context.Context, tx Store, source Source, user User, offline bool) (RevokedCounts, error) {
	return endOf(ctx, tx, source, user, SessionSelection{UserID: user.ID}, GrantSelection{UserID: user.ID, OnlySessionBound: !offline}, EndRevoked)
}

// AdminUserStore is what administration of users adds to UserStore.
type AdminUserStore interface {
	// LockUsers is UsersByID for a transaction: until it ends, nobody else changes these users.
	LockUsers(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]User, error)
	// UnlockUser clears failed attempts and lock. The version does not move.
	UnlockUser(ctx context.Context, id uuid.UUID) error
	// CountUserRows counts what DeleteUser would take along: sessions and grants, ended or not, and consents.
	CountUserRows(ctx context.Context, id uuid.UUID) (DeletedCounts, error)
	// PseudonymiseAudit replaces the user's names in the audit trail, as actor and as target, and empties addresses and
	// agents of the events that the user caused and of failed sign-ins, and the values in the events about the user.
	PseudonymiseAudit(ctx context.Context, id uuid.UUID, pseudonym string) error
	// SetUserFlags sets the given flags of many users in one statement where they differ, bumps their versions, and
	// returns which changed. Taking away the last active administrator is ErrLastAdmin, and nothing is changed.
	SetUserFlags(ctx context.Context, ids []uuid.UUID, flags UserFlags, at time.Time) ([]uuid.UUID, error)
	// UserNumbers counts users for the dashboard in one statement.
	UserNumbers(ctx context.Context, now time.Time) (UserNumbers, error)
}

// UserFlags are the flags that can be set for many users at once; nil keeps one.
type UserFlags struct {
	Active                 *bool
	Verified               *bool
	Admin                  *bool
	RequiresPasswordChange *bool
}

// UserNumbers are the predecessor's eight numbers of the dashboard without its time.
type UserNumbers struct {
	Total                  int
	Active                 int
	Inactive               int
	Admins                 int // active or not
	Unverified             int
	RequiresPasswordChange int
	NewLastDay             int
	NewLastWeek            int
}
