package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// LinkedIdentities lists who users are at identity providers, oldest first; who has none is absent.
func (s *Users) LinkedIdentities(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]identity.LinkedIdentity, error) {
	known, err := ofUsers(ctx, s.store, identity.ScopeUsersRead, ids)
	if err != nil {
		return nil, err
	}
	found, err := s.store.LinkedIdentitiesOf(ctx, known)
	if err != nil {
		return nil, fmt.Errorf("list linked identities: %w", err)
	}
	return found, nil
}

// UnlinkIdentity disconnects a user from a provider, and ends what was begun through it; ErrCredentialNotFound when the user has no
// such identity, ErrLastCredential when there is nothing else to sign in with.
func (s *Users) UnlinkIdentity(ctx context.Context, id, linked uuid.UUID) (identity.User, error) {
	unlink := func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error) {
		return user, identity.UnlinkIdentity(ctx, tx, s.source, user, linked, identity.User{})
	}
	return s.change(ctx, id, identity.ScopeUsersWrite, "unlink identity", unlink)
}
