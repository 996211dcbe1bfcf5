package identity

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Addresses lets people show that their e-mail address is theirs, with a link that is mailed to it. A link alone shows
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

// RequestVerification mails a link to the address of who is signed in. RateLimited when that was asked for too often: the
// address may be somebody else's.
func (s *Addresses) RequestVerification(ctx context.Context, b BrowserSession) error {
	key := []string{string(TokenVerification), b.User.ID.String()}
	buckets := []Bucket{s.guard.bucket(LimitMail, key...), s.guard.bucket(LimitMails, key...)}
	if taken := s.guard.throttle.Take(ctx, buckets...); taken.Refused() {
		limit := []Limit{LimitMail, LimitMails}[taken.Empty]
		return s.guard.refuse(ctx, limit, userSubject(b.User.ID.String(), b.User), taken.Wait)
	}
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, s.source.Now()); err != nil {
			return err
		}
		user, err := lockUser(ctx, tx, b.User.ID)
		if err != nil || user.Verified {
			return err
		}
		if err := s.mails.writeLink(ctx, tx, verificationLink, user); err != nil {
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

// Find returns the address that a link would verify for who is signed in (nil: nobody is). ErrSessionNotFound when the link
// is somebody else's to open, else ErrLinkInvalid when it is none. It changes nothing.
func (s *Addresses) Find(ctx context.Context, b *BrowserSession, secret string) (string, error) {
	token, err := s.find(ctx, b, secret)
	return token.Email, err
}

func (s *Addresses) find(ctx context.Context, b *BrowserSession, secret string) (OneTimeToken, error) {
	token, err := s.store.OneTimeTokenByDigest(ctx, s.keys.Digests(PurposeOneTimeToken, secret))
	switch {
	case err != nil:
		return OneTimeToken{}, err
	case !token.good(TokenVerification, s.source.Now()):
		return OneTimeToken{}, ErrLinkInvalid
	case b == nil || b.SecondFactorUnproven() || b.User.ID != token.UserID:
		return OneTimeToken{}, ErrSessionNotFound
	case b.User.Email != token.Email:
		return OneTimeToken{}, ErrLinkInvalid
	}
	return token, nil
}

// Verify notes that the address of who is signed in is theirs, and spends the link. The errors are those of Find.
func (s *Addresses) Verify(ctx context.Context, b *BrowserSession, secret string) error {
	token, err := s.find(ctx, b, secret)
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
		if !spent || user.Email != token.Email {
			return ErrLinkInvalid
		}
		user.Verified, user.UpdatedAt = true, now
		if err := tx.UpdateUser(ctx, user); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionAddressVerified, TargetUser, user.ID.String(), user.Username)
		return tx.InsertAudit(ctx, event.By(user))
	})
	if errors.Is(err, ErrSessionNotFound) || errors.Is(err, ErrLinkInvalid) {
		return err
	}
	if err != nil {
		return fmt.Errorf("verify an address: %w", err)
	}
	return nil
}
