package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// MayDelete reports whether people may delete their own accounts.
func (s *Accounts) MayDelete() bool { return s.settings.Get().SelfDelete }

// Delete deletes the user of a session, who hears of it by mail, and erases them. Of who administers the trail keeps the names:
// what they have done to others must not be nobody's (docs/decisions/0090). ErrLastAdmin for the last active administrator,
// ErrSessionNotFound when the session has ended, or lacks a second factor that the user has.
func (s *Accounts) Delete(ctx context.Context, b BrowserSession) error {
	if !s.MayDelete() {
		return errSwitchedOff
	}
	if b.SecondFactorUnproven() {
		return ErrSessionNotFound
	}
	err := s.change(ctx, b, func(ctx context.Context, tx Store) error {
		user, err := lockUser(ctx, tx, b.User.ID)
		if err != nil {
			return err
		}
		rights, err := tx.Delegations(ctx, []uuid.UUID{user.ID})
		if err != nil {
			return err
		}
		user.Delegation = rights[user.ID]
		if to := ownAddress(AuditEvent{}, user); to != "" && s.mails.Enabled() {
			content := MailContent{Username: user.Username, At: s.source.Now(), IP: ActorFrom(ctx).IP}
			nobody := User{Claims: Claims{Locale: user.Claims.Locale}} // messages of a user go with them
			if err := s.mails.write(ctx, tx, letter{user: nobody, kind: MailAccountDeleted, to: to, content: content}); err != nil {
				return err
			}
		}
		_, err = DeleteUser(ctx, tx, s.source, s.keys, user, ActionUserDeletedBySelf, !user.Administers())
		return err
	})
	if err != nil {
		return fmt.Errorf("delete account: %w", err)
	}
	return nil
}

// errSwitchedOff refuses what the operator does not want people to do themselves.
var errSwitchedOff = Errorf(Forbidden, CodeForbidden, "This is switched off on this server. Ask an administrator.")
