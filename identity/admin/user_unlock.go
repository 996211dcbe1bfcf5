package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Unlock forgets failed sign-ins and lets strangers try again.
func (s *Users) Unlock(ctx context.Context, id uuid.UUID) (identity.User, error) {
	unlock := func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error) {
		if user.FailedAttempts == 0 && user.LockedUntil == nil {
			return user, nil
		}
		now := s.source.Now()
		if err := tx.UnlockUser(ctx, user.ID, now); err != nil {
			return identity.User{}, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionUserUnlocked, identity.TargetUser, user.ID.String(), user.Username)
		event.Changes = map[string]identity.Change{"failed_attempts": {Before: user.FailedAttempts, After: 0}}
		user.FailedAttempts, user.LockedUntil, user.UnlockedAt = 0, nil, &now
		return user, tx.InsertAudit(ctx, event)
	}
	return s.change(ctx, id, identity.ScopeUsersUnlock, "unlock user", unlock)
}

// change runs one change of a user in a transaction after the right was checked.
func (s *Users) change(
	ctx context.Context,
	id uuid.UUID,
	scope string,
	operation string,
	do func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error),
) (identity.User, error) {
	scope, err := requireUsers(ctx, scope)
	if err != nil {
		return identity.User{}, err
	}
	after, _, err := runIdempotentUser(ctx, s.changes, scope, func(ctx context.Context, tx identity.Store) (identity.User, error) {
		user, err := lockUser(ctx, tx, scope, id)
		if err != nil {
			return identity.User{}, err
		}
		if err := overUsers(ctx, user); err != nil {
			return identity.User{}, err
		}
		return do(ctx, tx, user)
	})
	if err != nil {
		return identity.User{}, fmt.Errorf("%s: %w", operation, err)
	}
	return after, nil
}
