package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// RevokeSessions ends every session of a user and every grant that is bound to one; grants with offline access too when
// offline is set.
func (s *Users) RevokeSessions(ctx context.Context, id uuid.UUID, offline bool) (identity.RevokedCounts, error) {
	if _, err := requireReach(ctx, identity.ScopeSessionsWrite); err != nil {
		return identity.RevokedCounts{}, err
	}
	ended, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.RevokedCounts, error) {
		user, err := lockUser(ctx, tx, identity.ScopeSessionsWrite, id)
		if err == nil {
			err = overUsers(ctx, user)
		}
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

func revokeSessions(
	ctx context.Context, tx identity.Store, source identity.Source, user identity.User, offline bool,
) (identity.RevokedCounts, error) {
	return identity.RevokeAccess(
		ctx, tx, source, user, identity.SessionSelection{UserID: user.ID},
		identity.GrantSelection{UserID: user.ID, OnlySessionBound: !offline}, identity.EndRevoked,
	)
}
