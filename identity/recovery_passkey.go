package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// RecoverableAccount is whose account a link opens, and what must be proven beside it.
type RecoverableAccount struct {
	User         User
	Password     bool // a new password can be chosen
	Passkey      bool // a passkey can be added in the place of the password
	PasswordCode bool // for a password a code is needed: of the app, or a recovery code; or a passkey or security key
	PasskeyCode  bool // for a passkey
}

// recoverable says what the link of a token opens. Whoever has a second factor proves that, too. A passkey stands for both factors:
// where the account has one, a mailbox alone must not put another beside it, nor a password in its place.
func (s *Recovery) recoverable(ctx context.Context, store PasskeyStore, t OneTimeToken, u User) (RecoverableAccount, error) {
	r := RecoverableAccount{
		User: u, Password: s.settings.Get().TakesPasswords(), Passkey: s.signIn.usesPasskeys(),
		PasswordCode: u.SecondFactor(), PasskeyCode: u.SecondFactor(),
	}
	if !u.Passkey || !r.Passkey || u.SecondFactor() {
		return r, nil
	}
	vouched, err := s.vouched(ctx, store, t)
	r.PasskeyCode = !vouched
	r.PasswordCode = !vouched && u.Password.Hash == ""
	return r, err
}

// vouched reports whether an administrator stands for the user with the link. Of passkeys that were added since then the administrator
// did not know.
func (s *Recovery) vouched(ctx context.Context, store PasskeyStore, t OneTimeToken) (bool, error) {
	if t.Purpose != TokenHanded {
		return false, nil
	}
	found, err := store.PasskeysOf(ctx, []uuid.UUID{t.UserID})
	for _, p := range found[t.UserID] {
		if p.CreatedAt.After(t.CreatedAt) {
			return false, err
		}
	}
	return true, err
}

// NewPasskey begins to make the passkey that takes the place of the password of the user of a link, or is ErrLinkInvalid.
func (s *Recovery) NewPasskey(ctx context.Context, secret string) (Ceremony, error) {
	token, r, err := s.find(ctx, secret)
	if err != nil {
		return Ceremony{}, err
	}
	return s.passkeys.begin(ctx, r.User, CredentialPasskey, recoveryPurpose(token))
}

// AddPasskey adds the passkey that an authenticator has made for the page of a link. It takes the place of the password, which is none
// any more. Nobody is signed in: nothing has shown yet that the authenticator has the key. Every session and grant ends, and
// every other link. As with Complete the link is spent by that and by nothing else; refusals are those of Complete and of Passkeys.Add.
func (s *Recovery) AddPasskey(ctx context.Context, a RecoveryAttempt) error {
	token, r, err := s.find(ctx, a.Token)
	if err != nil {
		return err
	}
	if !r.Passkey {
		return ErrPasskeyRefused
	}
	made, ceremony, err := s.passkeys.made(a.Passkey, CredentialPasskey, recoveryPurpose(token), r.User)
	if err != nil {
		return err
	}
	code, err := s.proveCode(ctx, r.User, r.PasskeyCode, token, a)
	if err != nil {
		return err
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		now, err := s.open(ctx, tx, token)
		if err != nil {
			return err
		}
		if now.PasskeyCode && code == nil || !now.Passkey {
			return ErrInvalidCode // what is needed has changed since the page was asked for
		}
		if first, err := ceremony.spend(ctx, tx); err != nil || !first {
			return orElse(err, ErrCeremonyExpired)
		}
		if code != nil {
			if err := code.spendIn(ctx, tx); err != nil {
				return err
			}
		}
		if _, err := s.setPassword(ctx, tx, now.User, ""); err != nil {
			return err
		}
		if err := s.passkeys.insert(ctx, tx, made); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.passkeys.event(ctx, ActionPasskeyAdded, now.User, Change{After: made.Name}).By(now.User))
	})
	if code != nil {
		err = s.signIn.settle(ctx, *code, err)
	}
	if err != nil {
		return fmt.Errorf("recover account by passkey: %w", err)
	}
	return nil
}

// KeyRequest begins the use of one of the passkeys and security keys of the user of a link, which serves for a new password where a
// code does; nil where none is needed, or the user has none. It is ErrLinkInvalid as Find is.
func (s *Recovery) KeyRequest(ctx context.Context, secret, browser string) (*Ceremony, error) {
	token, r, err := s.find(ctx, secret)
	if err != nil || !r.PasswordCode {
		return nil, err
	}
	return s.signIn.secondRequest(ctx, r.User, false, browser, token.ID)
}

// proveCode lets the user of a link prove what is needed beside it, a code or a key; nil when nothing is.
func (s *Recovery) proveCode(ctx context.Context, u User, needed bool, t OneTimeToken, a RecoveryAttempt) (*provenFactor, error) {
	if !needed {
		return nil, nil //nolint:nilnil // none is a normal answer
	}
	kind := kindOfCode(a.Code)
	if !u.App { // nothing shows a code but the paper
		kind = CredentialRecoveryCode
	}
	step := SecondStep{Code: a.Code, Kind: kind, Cookie: a.Cookie, Device: a.Device}
	if a.Key.Response != "" {
		step.Kind, step.Passkey, step.interaction = CredentialPasskey, a.Key, t.ID
	}
	code, err := s.signIn.proveFactor(ctx, u, step)
	if err != nil {
		return nil, err
	}
	return &code, nil
}

// open spends a token inside tx and returns what it opens now.
func (s *Recovery) open(ctx context.Context, tx Store, t OneTimeToken) (RecoverableAccount, error) {
	user, err := lockUser(ctx, tx, t.UserID)
	if err != nil {
		return RecoverableAccount{}, err
	}
	spent, err := tx.SpendOneTimeToken(ctx, t.ID, s.source.Now())
	if err != nil {
		return RecoverableAccount{}, err
	}
	if !spent || !s.opens(t, user) {
		return RecoverableAccount{}, ErrLinkInvalid
	}
	return s.recoverable(ctx, tx, t, user)
}

// setPassword stores the hash of a new password, or that there is none any more, and ends all that was begun before, inside tx.
func (s *Recovery) setPassword(ctx context.Context, tx Store, user User, hash string) (User, error) {
	now := s.source.Now()
	user.Password, user.RequiresPasswordChange = PasswordCredential{Hash: hash, ChangedAt: &now}, false
	user.UpdatedAt = now
	if err := tx.UpdateUser(ctx, user); err != nil {
		return User{}, err
	}
	user.Version++
	event := NewEvent(ctx, s.source, ActionRecoveryCompleted, TargetUser, user.ID.String(), user.Username).By(user)
	if err := tx.InsertAudit(ctx, event); err != nil {
		return User{}, err
	}
	_, err := RevokeAllAccess(ctx, tx, s.source, user, uuid.Nil, EndRecovered)
	return user, err
}

// find returns the token of a link and what that opens, or ErrLinkInvalid.
func (s *Recovery) find(ctx context.Context, secret string) (OneTimeToken, RecoverableAccount, error) {
	token, err := s.store.OneTimeTokenByDigest(ctx, s.keys.Digests(PurposeOneTimeToken, secret))
	if err != nil {
		return OneTimeToken{}, RecoverableAccount{}, err
	}
	user, err := s.store.UserByID(ctx, token.UserID)
	if errors.Is(err, ErrUserNotFound) || err == nil && !s.opens(token, user) {
		err = ErrLinkInvalid
	}
	if err != nil {
		return OneTimeToken{}, RecoverableAccount{}, err
	}
	r, err := s.recoverable(ctx, s.store, token, user)
	return token, r, err
}

// recoveryPurpose binds a ceremony to the link that it belongs to.
func recoveryPurpose(t OneTimeToken) string {
	return "recovery:" + t.ID.String() + ":" + t.UserID.String()
}
