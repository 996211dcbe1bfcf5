package identity

import (
	"context"
	"fmt"
	"time"
)

// Addresses lets people show that an e-mail address is theirs, and change it, with a link that is mailed to it. A link alone shows
// nothing: programs open those of every message. Whoever opens it must be signed in as the user.
type Addresses struct {
	store  addressPorts
	source Source
	keys   *Keyring
	guard  *guard
	mails  *Mails
}

type addressPorts interface {
	Transactor
	OneTimeTokenStore
}

// VerificationPath is the page that the link of a verification opens; the token is in the query.
const VerificationPath = "/verify"

// verificationLink proves that a user reads what is sent to an address.
var verificationLink = mailedLink{purpose: TokenVerification, ttl: 24 * time.Hour, kind: MailVerification, path: VerificationPath}

// Enabled reports whether addresses can be verified: whether mail is sent.
func (s *Addresses) Enabled() bool { return s.mails.Enabled() }

// takeMail takes from the limits of links to addresses that who is signed in asks for, or is RateLimited: the address may be
// somebody else's.
func (s *Addresses) takeMail(ctx context.Context, purpose TokenPurpose, u User) error {
	key := []string{string(purpose), u.ID.String()}
	buckets := []Bucket{s.guard.bucket(LimitMail, key...), s.guard.bucket(LimitMails, key...)}
	if taken := s.guard.throttle.Take(ctx, buckets...); taken.Refused() {
		limit := []Limit{LimitMail, LimitMails}[taken.Empty]
		return s.guard.refuse(ctx, limit, userSubject(u.ID.String(), u), taken.Wait)
	}
	return nil
}

// RequestVerification mails a link to the address of who is signed in, which leads on to an interaction if there is one.
// RateLimited when that was asked for too often.
func (s *Addresses) RequestVerification(ctx context.Context, b BrowserSession, i *Interaction) error {
	link := verificationLink
	if i != nil {
		link.interaction = i.Handle
	}
	if err := s.takeMail(ctx, TokenVerification, b.User); err != nil {
		return err
	}
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, s.source.Now()); err != nil {
			return err
		}
		user, err := lockUser(ctx, tx, b.User.ID)
		if err != nil || user.Verified {
			return err
		}
		if err := s.mails.writeLink(ctx, tx, link, user, user.Email); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionVerificationSent, TargetUser, user.ID.String(), user.Username)
		return tx.InsertAudit(ctx, event.By(user))
	})
	if err != nil {
		return fmt.Errorf("request verification of an address: %w", err)
	}
	return nil
}

// Find returns what a link to an address would do for who is signed in (nil: nobody is): verify it, or make it theirs.
// ErrSessionNotFound when the link is somebody else's to open, else ErrLinkInvalid when it is none. It changes nothing.
func (s *Addresses) Find(ctx context.Context, b *BrowserSession, secret string) (OneTimeToken, error) {
	token, err := s.store.OneTimeTokenByDigest(ctx, s.keys.Digests(PurposeOneTimeToken, secret))
	switch {
	case err != nil:
		return OneTimeToken{}, err
	case !token.good(TokenVerification, s.source.Now()) && !token.good(TokenAddressChange, s.source.Now()):
		return OneTimeToken{}, ErrLinkInvalid
	case b == nil || b.SecondFactorUnproven() || b.User.ID != token.UserID:
		return OneTimeToken{}, ErrSessionNotFound
	case !token.proves(b.User):
		return OneTimeToken{}, ErrLinkInvalid
	}
	return token, nil
}

// proves reports whether the token was mailed to the address that the user has, or is to have.
func (t OneTimeToken) proves(u User) bool {
	return t.Purpose == TokenAddressChange || t.Email == u.Email
}

// Verify notes that an address is that of who is signed in, and spends the link. The errors are those of Find, and
// CodeDuplicateEmail when the address has become another user's.
func (s *Addresses) Verify(ctx context.Context, b *BrowserSession, secret string) error {
	token, err := s.Find(ctx, b, secret)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		now := s.source.Now()
		if err := tx.HoldSession(ctx, *b, now); err != nil {
			return err
		}
		user, err := lockUser(ctx, tx, token.UserID)
		if err != nil {
			return err
		}
		spent, err := tx.SpendOneTimeToken(ctx, token.ID, now)
		if err != nil {
			return err
		}
		if !spent || !token.proves(user) {
			return ErrLinkInvalid
		}
		if token.Purpose == TokenAddressChange {
			return s.move(ctx, tx, user, token.Email)
		}
		user.Verified, user.UpdatedAt = true, now
		if err := tx.UpdateUser(ctx, user); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionAddressVerified, TargetUser, user.ID.String(), user.Username)
		return tx.InsertAudit(ctx, event.By(user))
	})
	if err != nil {
		return fmt.Errorf("verify an address: %w", err)
	}
	return nil
}
