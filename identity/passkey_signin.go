package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// Reasons of a refused passkey, for the trail.
const (
	reasonUnknownPasskey = "unknown_passkey"
	reasonWrongPasskey   = "wrong_passkey"
	reasonKeyAlone       = "security_key" // it would have been the only factor
	reasonPasskeyUsed    = "passkey_used" // the answer had come before, or the passkey was removed meanwhile
)

// PasskeyAttempt is the response of an authenticator on the sign-in page, and the cookies that the browser already had.
type PasskeyAttempt struct {
	Answer      CeremonyAnswer
	Interaction uuid.UUID // that the page belongs to; zero without one
	Cookie      string    // secret of the present session, or empty
	Device      string    // device cookie, or empty

	ClientID uuid.UUID // of the client that asked for the sign-in; zero when none did
}

// NewBrowser makes the value of a cookie that tells browsers apart whose pages have ceremonies.
func (s *SignIn) NewBrowser() string { return s.source.NewSecret() }

// usesPasskeys reports whether people can sign in with passkeys at present.
func (s *SignIn) usesPasskeys() bool {
	return s.passkeys != nil && s.settings.Get().Passkeys != PasskeysOff
}

// PasskeyRequest begins the use of any passkey on a sign-in page of a browser. Nobody is named yet, so nothing is read.
func (s *SignIn) PasskeyRequest(browser string, interaction uuid.UUID) (Ceremony, error) {
	options, err := s.passkeys.Request(nil, nil, true, s.source.newBytes(passkeyChallenge))
	if err != nil {
		return Ceremony{}, err
	}
	return s.keys.sealCeremony(options, requestPurpose(browser, interaction, uuid.Nil), s.source.Now()), nil
}

// Passkey signs in whom a passkey belongs to. Since the authenticator has verified the person, nothing else is asked for. A
// refusal is ErrPasskeyUnknown when nobody has the passkey, ErrCeremonyExpired when the page could not serve any more, and
// else ErrPasskeyRefused, whatever the reason is. Nothing that was refused counts on the account: there is nothing to guess.
func (s *SignIn) Passkey(ctx context.Context, a PasskeyAttempt) (NewSession, error) {
	ctx = throughClient(ctx, a.ClientID)
	if !s.usesPasskeys() {
		return NewSession{}, ErrPasskeyRefused
	}
	ceremony, err := s.keys.openCeremony(a.Answer, requestPurpose(a.Answer.Browser, a.Interaction, uuid.Nil), s.source.Now())
	if err != nil {
		return NewSession{}, err
	}
	admitted, err := s.admitAnswer(ctx, a.Device)
	if err != nil {
		return NewSession{}, err
	}
	p, err := s.findPasskey(ctx, ceremony)
	if errors.Is(err, ErrPasskeyUnknown) || errors.Is(err, ErrPasskeyRefused) {
		return NewSession{}, s.refuseProof(ctx, User{}, reasonOf(err), err)
	}
	if err != nil {
		return NewSession{}, err
	}
	user, err := s.store.UserByID(ctx, p.UserID)
	if err != nil {
		return NewSession{}, err
	}
	if p.SecurityKey {
		return NewSession{}, s.refuseProof(ctx, user, reasonKeyAlone, ErrKeyAlone)
	}
	proven, err := s.verifyPasskey(p, ceremony)
	if errors.Is(err, ErrPasskeyRefused) {
		return NewSession{}, s.refuseProof(ctx, user, reasonWrongPasskey, err)
	}
	if err != nil {
		return NewSession{}, err
	}
	admitted.user, admitted.account = user, accountName(user.Username, user)
	proven.admission = admitted
	return s.beginWithPasskey(ctx, user, proven, a.Cookie)
}

// beginWithPasskey makes the session of whoever has proven a passkey, if they may sign in.
func (s *SignIn) beginWithPasskey(ctx context.Context, user User, proven provenFactor, cookie string) (NewSession, error) {
	if reason := s.refusalReason(user, true); reason != "" {
		refusal := ErrPasskeyRefused
		if reason == reasonExpired {
			refusal = ErrPasswordExpired // whoever has the passkey may know what has become of the password
		}
		return NewSession{}, s.refuseProof(ctx, user, reason, refusal)
	}
	if err := s.locate(ctx, &proven.admission, user.ID); err != nil {
		return NewSession{}, err
	}
	var started NewSession
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		var err error
		owner := verified{User: user, admission: proven.admission, factors: []Factor{proven.factor}, unspent: &proven}
		started, err = s.beginIn(ctx, tx, owner, cookie)
		return err
	})
	switch {
	case errors.Is(err, ErrPasskeyRefused):
		return NewSession{}, s.refuseProof(ctx, user, reasonPasskeyUsed, ErrPasskeyRefused)
	case errors.Is(err, ErrInvalidCredentials): // a deactivation or a reset was faster
		return NewSession{}, s.refuseProof(ctx, user, reasonOvertaken, ErrPasskeyRefused)
	case err != nil:
		return NewSession{}, fmt.Errorf("sign in with passkey: %w", err)
	}
	s.guard.watch.SignIn("")
	s.giveBack(ctx, proven.admission)
	return started, nil
}

// SecondPasskeyRequest begins the use of one of the passkeys and security keys of the user on the page of the second step; nil when
// the user has none. Where the client asks for it and the user can do so, a passkey must verify the person: else all serve.
func (s *SignIn) SecondPasskeyRequest(ctx context.Context, i Interaction, user User, browser string) (*Ceremony, error) {
	return s.secondRequest(ctx, user, user.Passkey && i.classes().preferred(user.reach()) >= LevelThree, browser, i.ID)
}

// secondRequest begins the use of one of the passkeys and security keys of the user for an interaction, or the link of a recovery; with the
// person verified, one of the passkeys.
func (s *SignIn) secondRequest(ctx context.Context, user User, verified bool, browser string, id uuid.UUID) (*Ceremony, error) {
	if !s.usesPasskeys() || !user.Passkey && !user.SecurityKey {
		return nil, nil //nolint:nilnil // none is a normal answer
	}
	found, err := s.store.PasskeysOf(ctx, []uuid.UUID{user.ID})
	allowed := found[user.ID]
	if verified {
		allowed = onlyPasskeys(allowed)
	}
	if err != nil || len(allowed) == 0 {
		return nil, err
	}
	handle, err := s.store.PasskeyHandle(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	options, err := s.passkeys.Request(handle, allowed, verified, s.source.newBytes(passkeyChallenge))
	if err != nil {
		return nil, err
	}
	c := s.keys.sealCeremony(options, requestPurpose(browser, id, user.ID), s.source.Now())
	return &c, nil
}

// provePasskey lets a user whose first factor was right prove a passkey or a security key.
func (s *SignIn) provePasskey(ctx context.Context, user User, step SecondStep) (provenFactor, error) {
	if !s.usesPasskeys() {
		return provenFactor{}, ErrPasskeyRefused
	}
	ceremony, err := s.keys.openCeremony(step.Passkey, requestPurpose(step.Passkey.Browser, step.interaction, user.ID), s.source.Now())
	if err != nil {
		return provenFactor{}, err
	}
	a, err := s.admitAnswer(ctx, step.Device)
	if err != nil {
		return provenFactor{}, err
	}
	a.user, a.account = user, accountName(user.Username, user)
	if err := s.locate(ctx, &a, user.ID); err != nil {
		return provenFactor{}, err
	}
	p, err := s.findPasskey(ctx, ceremony)
	if err == nil && p.UserID != user.ID {
		err = ErrPasskeyRefused
	}
	var proven provenFactor
	if err == nil {
		proven, err = s.verifyPasskey(p, ceremony)
	}
	if errors.Is(err, ErrPasskeyUnknown) || errors.Is(err, ErrPasskeyRefused) {
		return provenFactor{}, s.refuseFactor(ctx, a, nil, reasonOf(err), err)
	}
	a.trust = step.Trust && user.SecondFactor() && s.settings.Get().TrustBrowser > 0
	proven.admission = a
	return proven, err
}

// reasonOf says in the trail why a passkey was not accepted.
func reasonOf(err error) string {
	if errors.Is(err, ErrPasskeyUnknown) {
		return reasonUnknownPasskey
	}
	return reasonWrongPasskey
}

// admitAnswer decides whether an answer of an authenticator or a provider may be looked at: so many come from one network, or from
// a browser that is known.
func (s *SignIn) admitAnswer(ctx context.Context, device string) (admission, error) {
	a := admission{network: ActorFrom(ctx).Network(), device: s.KnownDevice(device)}
	key := a.network.Narrow
	if a.device != "" {
		key = a.device
	}
	a.limits, a.buckets = []Limit{LimitPasskey}, []Bucket{s.guard.bucket(LimitPasskey, key)}
	if taken := s.guard.throttle.Take(ctx, a.buckets...); taken.Refused() {
		return admission{}, s.guard.refuse(ctx, LimitPasskey, subject{key: key, target: TargetUser}, taken.Wait)
	}
	return a, nil
}

// findPasskey returns the passkey that has answered; ErrPasskeyUnknown when nobody has it.
func (s *SignIn) findPasskey(ctx context.Context, c openedCeremony) (Passkey, error) {
	id, err := s.passkeys.CredentialID(c.response)
	if err != nil {
		return Passkey{}, err
	}
	p, err := s.store.PasskeyByCredential(ctx, id)
	if errors.Is(err, ErrCredentialNotFound) {
		err = ErrPasskeyUnknown
	}
	return p, err
}

// verifyPasskey verifies what a passkey has answered, which counts when it is spent.
func (s *SignIn) verifyPasskey(p Passkey, c openedCeremony) (provenFactor, error) {
	use, err := s.passkeys.Verify(p, c.state, c.response)
	if err != nil {
		return provenFactor{}, err
	}
	factor := p.factor(s.source.Now(), use.BackupEligible)
	factor.Verified = use.UserVerified && !p.SecurityKey
	return provenFactor{
		factor:  factor,
		refusal: ErrPasskeyRefused,
		spend: func(ctx context.Context, tx Store) (bool, error) {
			if first, err := c.spend(ctx, tx); err != nil || !first {
				return false, err
			}
			return s.usePasskey(ctx, tx, p, use)
		},
	}, nil
}

// usePasskey notes the use of a passkey, inside tx. A count that has not moved on refuses nobody: authenticators err more
// often than they are copied, and the person hears of it (WebAuthn §6.1.1).
func (s *SignIn) usePasskey(ctx context.Context, tx Store, p Passkey, use PasskeyUse) (bool, error) {
	now := s.source.Now()
	moved, err := tx.UsePasskey(ctx, p.ID, use, now)
	if err != nil {
		return false, err
	}
	if !moved {
		if there, err := tx.SuspectPasskey(ctx, p.ID, use, now); err != nil || !there {
			return false, err
		}
	}
	if moved && use.BackupEligible == p.BackupEligible {
		return true, nil
	}
	owner, err := tx.UserByID(ctx, p.UserID)
	if err != nil {
		return false, err
	}
	if !moved {
		event := passkeyEvent(ctx, s.source, p.actions().suspected, owner, Change{After: p.Name})
		event.Changes["sign_count"] = Change{Before: p.SignCount, After: use.SignCount}
		if err := tx.InsertAudit(ctx, event.By(owner)); err != nil {
			return false, err
		}
	}
	if use.BackupEligible != p.BackupEligible {
		event := passkeyEvent(ctx, s.source, p.actions().backup, owner, Change{After: p.Name})
		event.Changes["backup_eligible"] = Change{Before: p.BackupEligible, After: use.BackupEligible}
		return true, tx.InsertAudit(ctx, event.By(owner))
	}
	return true, nil
}

// refuseProof notes that nobody was signed in, commits that, and only then returns the refusal. Those of nobody are written
// for as long as their limit allows.
func (s *SignIn) refuseProof(ctx context.Context, user User, reason string, refusal error) error {
	s.guard.watch.SignIn(reason)
	ctx = context.WithoutCancel(ctx)
	event := NewEvent(ctx, s.source, ActionSignInFailed, TargetUser, "", "").Failed(reason)
	if user.ID != uuid.Nil {
		event.TargetID, event.TargetName = user.ID.String(), user.Username
	} else if s.guard.throttle.Take(ctx, s.guard.bucket(LimitUnknown)).Refused() {
		return refusal
	}
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error { return tx.InsertAudit(ctx, event) })
	if err != nil {
		return fmt.Errorf("record refused sign-in: %w", err)
	}
	return refusal
}
