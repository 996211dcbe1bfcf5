package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Passkeys lets people add, rename and remove their passkeys and security keys.
type Passkeys struct {
	store    passkeyPorts
	source   Source
	keys     *Keyring
	verifier PasskeyVerifier // nil = there are no passkeys
	signIn   *SignIn
}

type passkeyPorts interface {
	Transactor
	PasskeyStore
}

// Enabled reports whether there are passkeys.
func (s *Passkeys) Enabled() bool { return s.signIn.usesPasskeys() }

// PasskeyList is what a person has of passkeys.
type PasskeyList struct {
	Passkeys     []Passkey // oldest first
	SecurityKeys []Passkey // as well; also where they cannot be used at present, since they are asked for all the same

	// What authenticators are told, so that they offer none that was removed (WebAuthn §5.1.10.2).
	RelyingPartyID string
	Handle         []byte // empty: the user never had one
}

// Of returns what the user has.
func (s *Passkeys) Of(ctx context.Context, user User) (PasskeyList, error) {
	if !s.Enabled() && !user.SecurityKey {
		return PasskeyList{}, nil
	}
	handle, err := s.store.PasskeyHandle(ctx, user.ID)
	if errors.Is(err, ErrCredentialNotFound) {
		return PasskeyList{}, nil
	}
	if err != nil {
		return PasskeyList{}, err
	}
	found, err := s.store.PasskeysOf(ctx, []uuid.UUID{user.ID})
	if err != nil {
		return PasskeyList{}, err
	}
	var list PasskeyList
	for _, p := range found[user.ID] {
		if p.SecurityKey {
			list.SecurityKeys = append(list.SecurityKeys, p)
		}
	}
	if s.Enabled() {
		list.Passkeys, list.RelyingPartyID, list.Handle = onlyPasskeys(found[user.ID]), s.verifier.RelyingPartyID(), handle
	}
	return list, nil
}

// New begins to make another passkey or security key for the user of a session.
func (s *Passkeys) New(ctx context.Context, b BrowserSession, kind CredentialKind) (Ceremony, error) {
	return s.begin(ctx, b.User, kind, creationPurpose(b.Session, kind))
}

// begin makes the options for another passkey or security key of a user, for a purpose. What is a security key may become a passkey,
// too, but not the other way round: a passkey is all that it would be.
func (s *Passkeys) begin(ctx context.Context, user User, kind CredentialKind, purpose string) (Ceremony, error) {
	list, err := s.Of(ctx, user)
	if err != nil {
		return Ceremony{}, err
	}
	if len(list.Handle) == 0 {
		list.Handle = s.source.newBytes(passkeyHandleSize) // stored with the first passkey
	}
	asked := NewPasskey{
		Handle: list.Handle, Name: user.Username, DisplayName: user.DisplayName(), SecurityKey: kind == CredentialSecurityKey,
		Present: list.Passkeys, Challenge: s.source.newBytes(passkeyChallenge),
	}
	if asked.SecurityKey {
		asked.Present = slices.Concat(list.Passkeys, list.SecurityKeys)
	}
	options, err := s.verifier.Creation(asked)
	if err != nil {
		return Ceremony{}, err
	}
	return s.keys.sealCeremony(options, purpose, s.source.Now()), nil
}

// Add adds the passkey or security key that an authenticator has made for a page of the session. It counts as the second factor of the
// session, which goes on under a new cookie secret: nothing has shown yet that the authenticator has the key, so it counts
// for no more. A user who can prove more than the session has must do that first: else it is ErrSessionNotFound.
func (s *Passkeys) Add(ctx context.Context, b BrowserSession, kind CredentialKind, a CeremonyAnswer, device string) (NewSession, error) {
	if b.SecondFactorUnproven() {
		return NewSession{}, ErrSessionNotFound
	}
	now := s.source.Now()
	made, ceremony, err := s.made(a, kind, creationPurpose(b.Session, kind), b.User)
	if err != nil {
		return NewSession{}, err
	}
	started := NewSession{User: b.User, Device: device}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, now); err != nil {
			return err
		}
		if first, err := ceremony.spend(ctx, tx); err != nil || !first {
			return orElse(err, ErrCeremonyExpired)
		}
		if err := s.insert(ctx, tx, made); err != nil {
			return err
		}
		if _, err := tx.EndTrust(ctx, b.User.ID, s.signIn.thisBrowser(device), now); err != nil { // what signs in has changed
			return err
		}
		factor := made.factor(now, made.BackupEligible)
		if started.Session, started.Secret, err = s.signIn.renew(ctx, tx, b.Session, factor); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.event(ctx, made.actions().added, b.User, Change{After: made.Name}).By(b.User))
	})
	if err != nil {
		return NewSession{}, fmt.Errorf("add passkey: %w", err)
	}
	started.User.Passkey = started.User.Passkey || !made.SecurityKey
	started.User.SecurityKey = started.User.SecurityKey || made.SecurityKey
	return started, nil
}

// What a passkey is called until the person says something else, if its model is not known.
var passkeyNames = map[CredentialKind]string{CredentialPasskey: "Passkey", CredentialSecurityKey: "Security key"}

// made verifies the passkey or security key that an authenticator has made for a user, for a purpose.
func (s *Passkeys) made(a CeremonyAnswer, kind CredentialKind, purpose string, user User) (Passkey, openedCeremony, error) {
	now := s.source.Now()
	ceremony, err := s.keys.openCeremony(a, purpose, now)
	if err != nil {
		return Passkey{}, openedCeremony{}, err
	}
	made, err := s.verifier.Create(ceremony.state, ceremony.response)
	made.ID, made.UserID, made.CreatedAt = s.source.NewID(), user.ID, now
	made.SecurityKey = kind == CredentialSecurityKey
	if made.Name == "" {
		made.Name = passkeyNames[kind]
	}
	return made, ceremony, err
}

// insert adds a passkey inside tx, unless there are too many.
func (s *Passkeys) insert(ctx context.Context, tx Store, made Passkey) error {
	added, err := tx.InsertPasskey(ctx, made)
	if err != nil || !added {
		if made.SecurityKey {
			return orElse(err, errKeyDuplicate)
		}
		return orElse(err, errPasskeyDuplicate)
	}
	found, err := tx.PasskeysOf(ctx, []uuid.UUID{made.UserID})
	if err == nil && len(found[made.UserID]) > maxPasskeys {
		err = errPasskeyLimit
	}
	return err
}

// orElse returns the error, or the refusal when there is none.
func orElse(err error, refusal *Error) error {
	if err != nil {
		return err
	}
	return refusal
}

func (s *Passkeys) event(ctx context.Context, action Action, user User, name Change) AuditEvent {
	return passkeyEvent(ctx, s.source, action, user, name)
}

// passkeyEvent is an event about a passkey or security key, which is told by its name.
func passkeyEvent(ctx context.Context, source Source, action Action, user User, name Change) AuditEvent {
	event := NewEvent(ctx, source, action, TargetUser, user.ID.String(), user.Username)
	event.Changes = map[string]Change{"passkey": name}
	return event
}

// Rename gives a passkey of the user of a session another name.
func (s *Passkeys) Rename(ctx context.Context, b BrowserSession, id uuid.UUID, name string) error {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxPasskeyName {
		return InvalidField("name", "Must have 1 to %d characters.", maxPasskeyName)
	}
	return s.change(ctx, b, id, "rename passkey", func(ctx context.Context, tx Store, p Passkey) error {
		if p.Name == name {
			return nil
		}
		renamed, err := tx.RenamePasskey(ctx, b.User.ID, id, name)
		if err != nil || !renamed {
			return orElse(err, ErrCredentialNotFound)
		}
		return tx.InsertAudit(ctx, s.event(ctx, p.actions().renamed, b.User, Change{Before: p.Name, After: name}).By(b.User))
	})
}

// Remove removes a passkey of the user of a session, whose browser has the device cookie. The last way to sign in stays:
// ErrLastCredential.
func (s *Passkeys) Remove(ctx context.Context, b BrowserSession, id uuid.UUID, device string) error {
	return s.change(ctx, b, id, "remove passkey", func(ctx context.Context, tx Store, p Passkey) error {
		removed, err := removePasskey(ctx, tx, s.source, b.User, p, s.signIn.thisBrowser(device))
		if err != nil || !removed {
			return orElse(err, ErrCredentialNotFound)
		}
		event := passkeyEvent(ctx, s.source, p.actions().removed, b.User, Change{Before: p.Name}).By(b.User)
		if err := tx.InsertAudit(ctx, event); err != nil {
			return err
		}
		return CheckWayIn(ctx, tx, b.User.ID)
	})
}

// change does something with a passkey of the user of a session in which all was proven that the user can prove.
func (s *Passkeys) change(
	ctx context.Context, b BrowserSession, id uuid.UUID, what string, do func(ctx context.Context, tx Store, p Passkey) error,
) error {
	if b.SecondFactorUnproven() {
		return ErrSessionNotFound
	}
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, s.source.Now()); err != nil {
			return err
		}
		found, err := tx.PasskeysOf(ctx, []uuid.UUID{b.User.ID})
		if err != nil {
			return err
		}
		for _, p := range found[b.User.ID] {
			if p.ID == id {
				return do(ctx, tx, p)
			}
		}
		return ErrCredentialNotFound
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// SetSecondStep says whether the user of a session is asked for one of the passkeys after another first factor. The session goes on, all
// that the user can prove being proven in it; ErrSessionNotFound when that is not so, and ErrCredentialNotFound when there is no passkey.
func (s *Passkeys) SetSecondStep(ctx context.Context, b BrowserSession, on bool) error {
	if b.SecondFactorUnproven() {
		return ErrSessionNotFound
	}
	if on && !b.User.Passkey {
		return ErrCredentialNotFound
	}
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		now := s.source.Now()
		if err := tx.HoldSession(ctx, b, now); err != nil {
			return err
		}
		changed, err := tx.SetSecondStep(ctx, b.User.ID, on)
		if err != nil || !changed {
			return err
		}
		action := ActionSecondStepOn
		if !on {
			action = ActionSecondStepOff
			if _, err := tx.EndTrust(ctx, b.User.ID, nil, now); err != nil { // it spares what is asked for no more
				return err
			}
		}
		return tx.InsertAudit(ctx, NewEvent(ctx, s.source, action, TargetUser, b.User.ID.String(), b.User.Username).By(b.User))
	})
	if err != nil {
		return fmt.Errorf("set second step: %w", err)
	}
	return nil
}

// RemovePasskey removes a passkey of a user for the actor of the context, inside tx; false when it is gone already. Browsers on
// which the user is known stay known.
func RemovePasskey(ctx context.Context, tx Store, source Source, user User, p Passkey) (bool, error) {
	removed, err := removePasskey(ctx, tx, source, user, p, nil)
	if err != nil || !removed {
		return false, err
	}
	return true, tx.InsertAudit(ctx, passkeyEvent(ctx, source, p.actions().removed, user, Change{Before: p.Name}))
}

// removePasskey removes a passkey, inside tx. Every browser but one asks for the second factor again.
func removePasskey(ctx context.Context, tx Store, source Source, user User, p Passkey, but [][]byte) (bool, error) {
	removed, err := tx.DeletePasskey(ctx, user.ID, p.ID)
	if err != nil || !removed {
		return false, err
	}
	if _, err = tx.EndTrust(ctx, user.ID, but, source.Now()); err != nil || user.App {
		return true, err
	}
	left, err := tx.PasskeysOf(ctx, []uuid.UUID{user.ID})
	if err == nil && len(left[user.ID]) == 0 {
		_, err = tx.DeleteRecoveryCodes(ctx, user.ID) // there is nothing that they stand for
	}
	return true, err
}

// RemovePasskeys removes all passkeys and security keys of a user, inside tx.
func RemovePasskeys(ctx context.Context, tx Store, source Source, user User) error {
	found, err := tx.PasskeysOf(ctx, []uuid.UUID{user.ID})
	if err != nil {
		return err
	}
	for _, p := range found[user.ID] {
		if _, err := RemovePasskey(ctx, tx, source, user, p); err != nil {
			return err
		}
	}
	return nil
}

// Named returns which passkey of which relying party an answer is of.
func (s *Passkeys) Named(a CeremonyAnswer) (party string, id []byte, err error) {
	id, err = s.verifier.CredentialID([]byte(a.Response))
	return s.verifier.RelyingPartyID(), id, err
}
