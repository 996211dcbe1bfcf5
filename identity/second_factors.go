package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// SecondFactors lets people add and remove what they prove a second time who they are with.
type SecondFactors struct {
	store    secondFactorPorts
	source   Source
	keys     *Keyring
	settings *LiveSettings
	signIn   *SignIn
}

type secondFactorPorts interface {
	Transactor
	SecondFactorStore
	DeviceStore
}

// NewTOTP makes an authenticator app that can be added to the user of a session.
func (s *SecondFactors) NewTOTP(b BrowserSession) TOTPEnrolment {
	return s.showEnrolment(b, s.source.newBytes(totpSecret))
}

// TOTP returns what was sealed into a page of the session, to show it once more; ErrInvalidCode when it is none.
func (s *SecondFactors) TOTP(b BrowserSession, sealed string) (TOTPEnrolment, error) {
	secret, err := s.openEnrolment(b.Session, sealed)
	if err != nil {
		return TOTPEnrolment{}, ErrInvalidCode.Because(err)
	}
	return s.showEnrolment(b, secret), nil
}

// AddTOTP adds an authenticator app that a page has shown, once a code proves that the person has it; else ErrInvalidCode.
// The code counts as the second factor of the session, which goes on under a new cookie secret, and for no sign-in. One who
// has an app already removes that first.
func (s *SecondFactors) AddTOTP(ctx context.Context, b BrowserSession, sealed string, step SecondStep) (NewSession, error) {
	secret, err := s.openEnrolment(b.Session, sealed)
	if err != nil {
		return NewSession{}, ErrInvalidCode.Because(err)
	}
	if b.SecondFactorUnproven() { // a password alone must not add to a passkey
		return NewSession{}, ErrSessionNotFound
	}
	now := s.source.Now()
	at, ok := matchTOTP(secret, cleanCode(step.Code), now, 0)
	if !ok {
		return NewSession{}, ErrInvalidCode // nobody is guessing: the secret is in the page
	}
	app := TOTP{ID: s.source.NewID(), UserID: b.User.ID, LastStep: at, CreatedAt: now, LastUsedAt: &now}
	app.Sealed = s.keys.Seal(PurposeTOTP, secret, totpContext(app.ID))
	started := NewSession{User: b.User}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, now); err != nil {
			return err
		}
		added, err := tx.InsertTOTP(ctx, app)
		if err != nil {
			return err
		}
		if !added {
			return Errorf(Conflict, CodeDuplicateCredential, "An authenticator app was added already.")
		}
		factor := Factor{Kind: CredentialTOTP, At: now, CredentialID: app.ID}
		if started.Session, started.Secret, err = s.signIn.renew(ctx, tx, b.Session, factor); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionTOTPAdded, TargetUser, b.User.ID.String(), b.User.Username).By(b.User)
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return NewSession{}, fmt.Errorf("add authenticator app: %w", err)
	}
	started.User.App, started.Device = true, step.Device
	return started, nil
}

// RemoveTOTP removes the authenticator app of the user of a session in which it was proven; nothing is done when there is
// none.
func (s *SecondFactors) RemoveTOTP(ctx context.Context, b BrowserSession) error {
	if b.SecondFactorUnproven() {
		return ErrSessionNotFound
	}
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, s.source.Now()); err != nil {
			return err
		}
		_, err := RemoveTOTP(ctx, tx, s.source, b.User, b.User)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove authenticator app: %w", err)
	}
	return nil
}

// RemoveTOTP removes the authenticator app of a user and the codes that stand for it, inside tx; false when there is none.
// Browsers on which the user is known stay known. by is the user, or zero for the actor of the context.
func RemoveTOTP(ctx context.Context, tx Store, source Source, user, by User) (bool, error) {
	removed, err := tx.DeleteTOTP(ctx, user.ID)
	if err != nil || !removed {
		return false, err
	}
	if !user.Passkey && !user.SecurityKey {
		if _, err := tx.DeleteRecoveryCodes(ctx, user.ID); err != nil { // there is nothing that they stand for
			return false, err
		}
	}
	if _, err := tx.EndTrust(ctx, user.ID, nil, source.Now()); err != nil { // which was in what is gone
		return false, err
	}
	event := NewEvent(ctx, source, ActionTOTPRemoved, TargetUser, user.ID.String(), user.Username)
	if by.ID == user.ID {
		event = event.By(by)
	}
	return true, tx.InsertAudit(ctx, event)
}

// SecondFactorState is what a person has as a second factor.
type SecondFactorState struct {
	TOTP          *Credential // nil: none
	RecoveryCodes RecoveryCodes
	Trusted       int // browsers that spare it
}

// Of returns what the user has.
func (s *SecondFactors) Of(ctx context.Context, user User) (SecondFactorState, error) {
	if !user.SecondFactor() && !user.Passkey {
		return SecondFactorState{}, nil
	}
	codes, err := s.store.RecoveryCodesOf(ctx, []uuid.UUID{user.ID})
	if err != nil {
		return SecondFactorState{}, err
	}
	state := SecondFactorState{RecoveryCodes: codes[user.ID]}
	if !user.SecondFactor() {
		return state, nil
	}
	if state.Trusted, err = s.store.CountTrusted(ctx, user.ID, s.source.Now()); err != nil || !user.App {
		return state, err
	}
	app, err := s.store.TOTPOf(ctx, user.ID)
	if errors.Is(err, ErrCredentialNotFound) {
		return state, nil
	}
	if err != nil {
		return SecondFactorState{}, err
	}
	state.TOTP = &Credential{
		ID: app.ID, Kind: CredentialTOTP, UserID: app.UserID, CreatedAt: app.CreatedAt, LastUsedAt: app.LastUsedAt,
	}
	return state, nil
}

// EndTrust asks the user of a session for the second factor on every browser again.
func (s *SecondFactors) EndTrust(ctx context.Context, b BrowserSession) error {
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, s.source.Now()); err != nil {
			return err
		}
		ended, err := tx.EndTrust(ctx, b.User.ID, nil, s.source.Now())
		if err != nil || ended == 0 {
			return err
		}
		event := NewEvent(ctx, s.source, ActionBrowsersForgotten, TargetUser, b.User.ID.String(), b.User.Username).By(b.User)
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return fmt.Errorf("end trust in browsers: %w", err)
	}
	return nil
}
