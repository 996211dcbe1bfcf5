package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Passkeys lists the passkeys and security keys of users, oldest first; who has none is absent.
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

// RemovePasskey takes a passkey or a security key from a user; ErrCredentialNotFound when the user has no such one, ErrLastCredential when
// there is nothing else to sign in with. Whoever may only reset
// passwords may not, as with RemoveTOTP.
func (s *Users) RemovePasskey(ctx context.Context, id uuid.UUID, kind identity.CredentialKind, passkey uuid.UUID) (identity.User, error) {
	remove := func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error) {
		found, err := tx.PasskeysOf(ctx, []uuid.UUID{user.ID})
		if err != nil {
			return identity.User{}, err
		}
		i := slices.IndexFunc(found[user.ID], func(p identity.Passkey) bool { return p.ID == passkey && p.Kind() == kind })
		if i < 0 {
			return identity.User{}, identity.ErrCredentialNotFound
		}
		if _, err = identity.RemovePasskey(ctx, tx, s.source, user, found[user.ID][i]); err != nil {
			return identity.User{}, err
		}
		left := slices.Delete(found[user.ID], i, i+1)
		has := func(kind identity.CredentialKind) bool {
			return slices.ContainsFunc(left, func(p identity.Passkey) bool { return p.Kind() == kind })
		}
		user.Passkey, user.SecurityKey = has(identity.CredentialPasskey), has(identity.CredentialSecurityKey)
		user.SecondStep = user.SecondStep && user.Passkey
		return user, identity.CheckWayIn(ctx, tx, user.ID)
	}
	return s.change(ctx, id, identity.ScopeUsersWrite, "remove passkey", remove)
}
