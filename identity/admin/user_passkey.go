package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Passkeys lists the passkeys of users, oldest first; who has none is absent.
func (s *Users) Passkeys(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]identity.Passkey, error) {
	known, err := ofUsers(ctx, s.store, identity.ScopeUsersRead, ids)
	if err != nil {
		return nil, err
	}
	found, err := s.store.PasskeysOf(ctx, known)
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	return found, nil
}

// RemovePasskey takes a passkey from a user; ErrCredentialNotFound when the user has no such passkey, ErrLastCredential when
// there is nothing else to sign in with. Whoever may only reset
// passwords may not, as with RemoveTOTP.
func (s *Users) RemovePasskey(ctx context.Context, id, passkey uuid.UUID) (identity.User, error) {
	remove := func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error) {
		found, err := tx.PasskeysOf(ctx, []uuid.UUID{user.ID})
		if err != nil {
			return identity.User{}, err
		}
		i := slices.IndexFunc(found[user.ID], func(p identity.Passkey) bool { return p.ID == passkey })
		if i < 0 {
			return identity.User{}, identity.ErrCredentialNotFound
		}
		if _, err = identity.RemovePasskey(ctx, tx, s.source, user, found[user.ID][i]); err != nil {
			return identity.User{}, err
		}
		user.Passkey = len(found[user.ID]) > 1
		return user, identity.CheckWayIn(ctx, tx, user.ID)
	}
	return s.change(ctx, id, identity.ScopeUsersWrite, "remove passkey", remove)
}
