package identity

import (
	"context"
	"fmt"
)

// PasswordChange is what a person typed to change a password, and the device cookie of the browser.
type PasswordChange struct {
	Current string
	Next    string
	Device  string
}

var errSamePassword = &Error{
	Kind: Invalid, Code: CodePasswordPolicy, Field: "password", Detail: "The new password must differ from the present one.",
}

// JustProven reports whether the user must choose a new password, or has none, and has signed in a moment ago, with the present one
// or with more. It need not be asked for again.
func (s *SignIn) JustProven(b BrowserSession) bool {
	none := b.User.Password.Hash == "" && !b.SecondFactorUnproven()
	return (b.User.RequiresPasswordChange || none) && b.Session.fresh(s.source.Now())
}

// provePresent lets whoever changes a password prove the present one, and reports whether the next one is the same. One
// that was just proven is only compared.
func (s *SignIn) provePresent(ctx context.Context, a admission, c PasswordChange) (same bool, err error) {
	if c.Current == "" && s.JustProven(BrowserSession{Session: a.session, User: a.user}) {
		s.giveBack(ctx, a)
		proof, err := s.provePassword(ctx, a.user, c.Next)
		return proof.OK, err
	}
	_, err = s.prove(ctx, a, c.Current)
	return c.Next == c.Current, err
}

// ChangePassword lets the user of a session choose a new password. The present one is asked for again, unless it was
// just proven and is empty here; failures are counted, and too many in a row end the session. All other sessions and
// all grants end, also those of this session, whose cookie somebody else may have had; it goes on under a new cookie
// secret, its clients ask anew, and the user is known on this browser only.
func (s *SignIn) ChangePassword(ctx context.Context, session Session, c PasswordChange) (NewSession, error) {
	next := c.Next
	if !s.settings.Get().TakesPasswords() {
		return NewSession{}, ErrPasswordsOff
	}
	if !session.Complete() {
		return NewSession{}, ErrSessionNotFound
	}
	user, err := s.store.UserByID(ctx, session.UserID)
	if err == nil && s.settings.Get().passwordExpired(user, s.source.Now()) { // since the session was read, which is none any more
		err = ErrSessionNotFound
	}
	if err != nil {
		return NewSession{}, err
	}
	admitted, err := s.admitSession(ctx, session, user)
	if err != nil {
		return NewSession{}, err
	}
	same, err := s.provePresent(ctx, admitted, c)
	if err != nil {
		return NewSession{}, err
	}
	admitted.device = s.KnownDevice(c.Device)
	if err := s.policy.Check(next, user.Username, user.Email); err != nil {
		return NewSession{}, err
	}
	if same {
		return NewSession{}, errSamePassword
	}
	hash, err := s.hasher.Hash(ctx, next)
	if err != nil {
		return NewSession{}, err
	}
	present, before := session, user
	var device, secret string
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		now := s.source.Now()
		// The session that is still there, and the password that was proven.
		if err := tx.HoldSession(ctx, BrowserSession{Session: present, User: before}, now); err != nil {
			return err
		}
		user, err = tx.UserByID(ctx, session.UserID)
		if err != nil {
			return err
		}
		user.Password, user.RequiresPasswordChange = PasswordCredential{Hash: hash, ChangedAt: &now}, false
		user.UpdatedAt = now
		if err := tx.UpdateUser(ctx, user); err != nil {
			return err
		}
		user.Version++
		if session, secret, err = s.renew(ctx, tx, present, Factor{Kind: CredentialPassword, At: now}); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionPasswordChanged, TargetUser, user.ID.String(), user.Username)
		if err := tx.InsertAudit(ctx, event.By(user)); err != nil {
			return err
		}
		if _, err = RevokeAllAccess(ctx, tx, s.source, user, session.ID, EndPasswordChanged); err != nil {
			return err
		}
		device, err = s.remember(ctx, tx, admitted, true)
		return err
	})
	if err != nil {
		return NewSession{}, fmt.Errorf("change password: %w", err)
	}
	return NewSession{Session: session, Secret: secret, Device: device, User: user}, nil
}
