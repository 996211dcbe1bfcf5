package admin

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// RemoveTOTP takes the authenticator app from a user, who is not asked for it from then on. Whoever may only
// reset passwords may not: with both they would be anybody. One who has no app is returned as they are.
func (s *Users) RemoveTOTP(ctx context.Context, id uuid.UUID) (identity.User, error) {
	remove := func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error) {
		_, err := identity.RemoveTOTP(ctx, tx, s.source, user, identity.User{})
		user.App = false
		return user, err
	}
	return s.change(ctx, id, identity.ScopeUsersWrite, "remove authenticator app", remove)
}
