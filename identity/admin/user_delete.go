package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// DeleteUserOptions are the terms of a deletion.
type DeleteUserOptions struct {
	ExpectedVersion *int // unless nil, must be the current one
	Pseudonymise    bool // leave the user's names nowhere: a pseudonym takes their place, and what the trail has of addresses is dropped
}

// Delete removes a user with sessions, grants, codes and consents in one transaction. Audit events stay. ErrSelfAdmin
// for oneself, ErrLastAdmin for the last active administrator, *VersionConflictError.
func (s *Users) Delete(ctx context.Context, id uuid.UUID, terms DeleteUserOptions) (identity.DeletedCounts, error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return identity.DeletedCounts{}, err
	}
	removed, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.DeletedCounts, error) {
		user, err := lockUser(ctx, tx, identity.ScopeUsersWrite, id)
		if err != nil {
			return identity.DeletedCounts{}, err
		}
		if err := atVersion(terms.ExpectedVersion, user.Version); err != nil {
			return identity.DeletedCounts{}, err
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
	if err := overUsers(ctx, user); err != nil {
		return identity.DeletedCounts{}, err
	}
	return identity.DeleteUser(ctx, tx, s.source, s.changes.keys, user, identity.ActionUserDeleted, pseudonymise)
}

// lockUser reads a user who is going to be changed: what is decided from the answer holds until the transaction ends.
func lockUser(ctx context.Context, tx identity.Store, scope string, id uuid.UUID) (identity.User, error) {
	found, err := lockUsers(ctx, tx, scope, []uuid.UUID{id})
	if err != nil {
		return identity.User{}, err
	}
	user, ok := found[id]
	if !ok {
		return identity.User{}, identity.ErrUserNotFound
	}
	return user, nil
}
