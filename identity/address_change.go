package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// UndoPath is the page that takes a change of address back; the token is in the query.
const UndoPath = "/undo"

// undoFor is how long the owner of a former address has to take it back.
const undoFor = 7 * 24 * time.Hour

// The links of a change of address.
var (
	// changeLink proves that a user reads what is sent to the address that is to be theirs.
	changeLink = mailedLink{purpose: TokenAddressChange, ttl: 24 * time.Hour, kind: MailAddressChange, path: VerificationPath}
	// askedLink and formerLink are for the owner of the account whom somebody takes it from, before and after the change.
	askedLink  = mailedLink{purpose: TokenAddressUndo, ttl: undoFor, kind: MailAddressAsked, path: UndoPath}
	formerLink = mailedLink{purpose: TokenAddressUndo, ttl: undoFor, kind: MailAddressFormer, path: UndoPath}
	// restoredLink lets the owner choose a new password: somebody else may have theirs.
	restoredLink = mailedLink{purpose: TokenRecovery, ttl: recoveryLink.ttl, kind: MailAddressRestored, path: RecoveryPath}
)

// RequestChange mails a link to an address that is to become that of who is signed in, once they have opened it (Verify), in the
// place of what was asked for before. Until then nothing changes. The present address hears of it, with a link that takes it
// back. Whether the address is another user's is not told here, but to who reads its mail. RateLimited when that was asked
// for too often.
func (s *Addresses) RequestChange(ctx context.Context, b BrowserSession, email string) error {
	if err := checkEmail(email); err != nil {
		return err
	}
	if strings.EqualFold(email, b.User.Email) {
		return InvalidField("email", "This is your address already.")
	}
	if err := s.takeMail(ctx, TokenAddressChange, b.User); err != nil {
		return err
	}
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, s.source.Now()); err != nil {
			return err
		}
		user, err := lockUser(ctx, tx, b.User.ID)
		if err != nil {
			return err
		}
		tokens, err := tx.OneTimeTokensOf(ctx, user.ID)
		if err != nil {
			return err
		}
		if err := s.mails.writeLink(ctx, tx, changeLink, user, email); err != nil {
			return err
		}
		if user.Verified && !slices.ContainsFunc(tokens, s.undoesTo(email)) {
			if err := s.mails.writeLink(ctx, tx, askedLink, user, user.Email); err != nil {
				return err
			}
		}
		event := NewEvent(ctx, s.source, ActionAddressRequested, TargetUser, user.ID.String(), user.Username)
		event.Changes = map[string]Change{"email": {Before: user.Email, After: email}}
		return tx.InsertAudit(ctx, event.By(user))
	})
	if err != nil {
		return fmt.Errorf("request change of an address: %w", err)
	}
	return nil
}

// RequestedChange returns the address that is to become that of a user once its link is opened, or "".
func (s *Addresses) RequestedChange(ctx context.Context, u User) (string, error) {
	token, err := s.requested(ctx, s.store, u.ID)
	return token.Email, err
}

// requested returns the token of a change that is asked for, or zero.
func (s *Addresses) requested(ctx context.Context, store OneTimeTokenStore, userID uuid.UUID) (OneTimeToken, error) {
	tokens, err := store.OneTimeTokensOf(ctx, userID)
	for _, t := range tokens {
		if t.good(TokenAddressChange, s.source.Now()) {
			return t, nil
		}
	}
	return OneTimeToken{}, err
}

// CancelChange ends the change of address that who is signed in has asked for; nothing is done when there is none.
func (s *Addresses) CancelChange(ctx context.Context, b BrowserSession) error {
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		now := s.source.Now()
		if err := tx.HoldSession(ctx, b, now); err != nil {
			return err
		}
		token, err := s.requested(ctx, tx, b.User.ID)
		if err != nil || token.ID == uuid.Nil {
			return err
		}
		if spent, err := tx.SpendOneTimeToken(ctx, token.ID, now); err != nil || !spent {
			return err
		}
		event := NewEvent(ctx, s.source, ActionAddressCancelled, TargetUser, b.User.ID.String(), b.User.Username).By(b.User)
		event.Changes = map[string]Change{"email": {Before: token.Email}}
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return fmt.Errorf("cancel change of an address: %w", err)
	}
	return nil
}

// move gives a user who is locked the address that they read, inside tx. The former address gets a link that takes it back if
// it was the user's. Links to it end, but for those: whoever has the account must not rid themselves of its owner.
func (s *Addresses) move(ctx context.Context, tx Store, user User, email string) error {
	former := user
	user.Email, user.Verified, user.UpdatedAt = email, true, s.source.Now()
	if err := tx.UpdateUser(ctx, user); err != nil {
		return err
	}
	user.Version++
	event := NewEvent(ctx, s.source, ActionAddressChanged, TargetUser, user.ID.String(), user.Username).By(user)
	event.Changes = UserChanges(former, user)
	if err := tx.InsertAudit(ctx, event); err != nil {
		return err
	}
	if err := tx.EndOneTimeTokens(ctx, []uuid.UUID{user.ID}, TokenAddressUndo); err != nil {
		return err
	}
	tokens, err := tx.OneTimeTokensOf(ctx, user.ID)
	if err != nil {
		return err
	}
	if returned, err := s.endUndo(ctx, tx, tokens, email); err != nil || returned || !former.Verified {
		return err
	}
	return s.mails.writeLink(ctx, tx, formerLink, user, former.Email)
}

// endUndo ends those of a user's tokens that take back what has happened since an address was left, those to the address
// included, and reports whether there is one of these. Who was there before can still take everything back; who came later
// cannot.
func (s *Addresses) endUndo(ctx context.Context, tx Store, tokens []OneTimeToken, email string) (bool, error) {
	first := slices.IndexFunc(tokens, s.undoesTo(email))
	if first < 0 {
		return false, nil
	}
	for _, t := range tokens[first:] {
		if t.Purpose != TokenAddressUndo {
			continue
		}
		if _, err := tx.SpendOneTimeToken(ctx, t.ID, s.source.Now()); err != nil {
			return false, err
		}
	}
	return true, nil
}

// undoesTo selects the tokens that give a user an address back.
func (s *Addresses) undoesTo(email string) func(OneTimeToken) bool {
	now := s.source.Now()
	return func(t OneTimeToken) bool { return t.good(TokenAddressUndo, now) && strings.EqualFold(t.Email, email) }
}

// FindUndo returns the address that a link gives back to an account, or ErrLinkInvalid. It changes nothing, and nobody needs to
// be signed in: whoever has the account may not be its owner.
func (s *Addresses) FindUndo(ctx context.Context, secret string) (OneTimeToken, error) {
	token, err := s.store.OneTimeTokenByDigest(ctx, s.keys.Digests(PurposeOneTimeToken, secret))
	if err == nil && !token.good(TokenAddressUndo, s.source.Now()) {
		return OneTimeToken{}, ErrLinkInvalid
	}
	return token, err
}

// Undo gives an account the address back that a link was mailed to, and ends everything that whoever has changed it may have:
// sessions, grants, known browsers, every other link. The address gets a link to choose a new password. Second factors stay.
// ErrLinkInvalid, or CodeDuplicateEmail when the address has become another user's.
func (s *Addresses) Undo(ctx context.Context, secret string) error {
	token, err := s.FindUndo(ctx, secret)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		user, err := lockUser(ctx, tx, token.UserID)
		if err != nil {
			return err
		}
		tokens, err := tx.OneTimeTokensOf(ctx, user.ID)
		if err != nil {
			return err
		}
		spent, err := tx.SpendOneTimeToken(ctx, token.ID, s.source.Now())
		if err != nil {
			return err
		}
		if !spent || !user.Active {
			return ErrLinkInvalid
		}
		if _, err := s.endUndo(ctx, tx, tokens, token.Email); err != nil {
			return err
		}
		undone := user
		undone.Email, undone.Verified, undone.UpdatedAt = token.Email, true, s.source.Now()
		if err := tx.UpdateUser(ctx, undone); err != nil {
			return err
		}
		undone.Version++
		event := NewEvent(ctx, s.source, ActionAddressUndone, TargetUser, user.ID.String(), user.Username).By(user)
		event.Changes = UserChanges(user, undone)
		if err := tx.InsertAudit(ctx, event); err != nil {
			return err
		}
		if _, err := RevokeAllAccess(ctx, tx, s.source, undone, uuid.Nil, EndAddressUndone); err != nil {
			return err
		}
		return s.mails.writeLink(ctx, tx, restoredLink, undone, undone.Email)
	})
	if err != nil {
		return fmt.Errorf("undo change of an address: %w", err)
	}
	return nil
}
