package admin

import (
	"context"
	"fmt"
	"strings"

	"github.com/authly/authly/identity"
)

// Recover lets a user who has lost every way to sign in begin anew: a temporary password, shown once, or where none is taken a link by
// which a passkey is added, and neither a second factor nor passkeys.
// Sessions and grants end. It asks for both rights that make somebody anybody, so that in practice it is for the operator,
// who has the database. login is a username or an e-mail address; ErrUserNotFound when nobody has it.
func (s *Users) Recover(ctx context.Context, login string) (PasswordReset, error) {
	if err := requireScopes(ctx, identity.ScopeUsersReset, identity.ScopeUsersWrite); err != nil {
		return PasswordReset{}, err
	}
	find := s.store.UserByUsername
	if strings.Contains(login, "@") {
		find = s.store.UserByEmail
	}
	found, err := find(ctx, login)
	if err != nil {
		return PasswordReset{}, fmt.Errorf("recover user: %w", err)
	}
	temporary, hash, err := s.temporary(ctx)
	if err != nil {
		return PasswordReset{}, err
	}
	var reset PasswordReset
	err = s.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
		user, err := lockUser(ctx, tx, identity.ScopeUsersWrite, found.ID)
		if err != nil {
			return err
		}
		if _, err := identity.RemoveTOTP(ctx, tx, s.source, user, identity.User{}); err != nil {
			return err
		}
		if err := identity.RemovePasskeys(ctx, tx, s.source, user); err != nil {
			return err
		}
		if _, err := tx.DeleteRecoveryCodes(ctx, user.ID); err != nil {
			return err
		}
		user.App, user.SecurityKey, user.Passkey, user.SecondStep = false, false, false, false
		if reset, err = s.reset(ctx, tx, user, hash); err != nil || s.settings.Get().TakesPasswords() {
			return err
		}
		temporary = "" // which would be of no use
		link, err := s.mails.MakeRecoveryLink(ctx, tx, reset.User, identity.LongestHandedLink, false)
		reset.Link = link.URL
		return err
	})
	if err != nil {
		return PasswordReset{}, fmt.Errorf("recover user: %w", err)
	}
	reset.Temporary = temporary
	return reset, nil
}
