package identity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// SecondStep is what a person typed to prove a second factor, and the cookies that the browser has.
type SecondStep struct {
	Code   string
	Kind   CredentialKind // CredentialRecoveryCode, CredentialPasskey (also for security keys), or else that of an authenticator app
	Trust  bool           // the browser shall spare the user the step from now on
	Cookie string         // secret of the present session, or empty
	Device string         // device cookie, or empty

	Passkey     CeremonyAnswer // of a passkey or security key, instead of the code
	interaction uuid.UUID      // that the ceremony belongs to, or the link of a recovery
}

// secondFactor is the class of an attempt whose first factor was right.
const secondFactor class = "second_factor"

// provenFactor is a factor that was right when it was looked at. It is spent in the transaction that does something for it.
type provenFactor struct {
	admission admission
	factor    Factor
	refusal   *Error // of one that was spent before
	spend     func(ctx context.Context, tx Store) (bool, error)
}

// SecondFactor proves a second factor for an interaction. It finishes the sign-in that is pending in it, with a session
// that did not exist before, or else raises the level of the session that the browser has: the same session, under a new
// cookie secret. A code that is wrong or was used is ErrInvalidCode; of a passkey it is ErrPasskeyRefused, ErrPasskeyUnknown or
// ErrCeremonyExpired.
func (s *SignIn) SecondFactor(ctx context.Context, i Interaction, b *BrowserSession, step SecondStep) (NewSession, error) {
	ctx = throughClient(ctx, i.ClientID)
	step.interaction = i.ID
	switch {
	case i.Pending != nil:
		return s.finish(ctx, *i.Pending, step)
	case b != nil && b.Session.Complete():
		return s.raise(ctx, *b, step)
	}
	return NewSession{}, ErrSessionNotFound
}

// finish makes the session of a pending sign-in.
func (s *SignIn) finish(ctx context.Context, p PendingSignIn, step SecondStep) (NewSession, error) {
	proven, err := s.proveFactor(ctx, p.User, step)
	if err != nil {
		return NewSession{}, err
	}
	user := verified{User: p.User, admission: proven.admission, factors: []Factor{p.First, proven.factor}, unspent: &proven}
	if p.First.Kind == CredentialFederated {
		if user.link, err = s.linkOf(ctx, p); err != nil {
			return NewSession{}, err
		}
	}
	started, err := s.begin(ctx, user, step.Cookie)
	return started, s.settle(ctx, proven, err)
}

// raise adds a second factor to a session.
func (s *SignIn) raise(ctx context.Context, b BrowserSession, step SecondStep) (NewSession, error) {
	proven, err := s.proveFactor(ctx, b.User, step)
	if err != nil {
		return NewSession{}, err
	}
	started := NewSession{User: b.User}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.HoldSession(ctx, b, s.source.Now()); err != nil {
			return err
		}
		if err := proven.spendIn(ctx, tx); err != nil {
			return err
		}
		var err error
		if started.Session, started.Secret, err = s.renew(ctx, tx, b.Session, proven.factor); err != nil {
			return err
		}
		if started.Device, err = s.remember(ctx, tx, proven.admission, true); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionSessionRaised, TargetSession, b.Session.ID.String(), b.User.Username).By(b.User)
		return tx.InsertAudit(ctx, event)
	})
	if err = s.settle(ctx, proven, err); err != nil {
		return NewSession{}, fmt.Errorf("second factor: %w", err)
	}
	return started, nil
}

// renew adds proven factors to a session, inside tx, which goes on under a new cookie secret. One of a server of before
// does not say what was proven in it: that was the password.
func (s *SignIn) renew(ctx context.Context, tx Store, session Session, proven ...Factor) (Session, string, error) {
	now, secret := s.source.Now(), s.source.NewSecret()
	factors, err := tx.SessionFactors(ctx, session.ID)
	if err != nil {
		return Session{}, "", err
	}
	if len(factors) == 0 && session.Complete() {
		factors = []Factor{{Kind: CredentialPassword, At: session.AuthTime}}
	}
	session.SetAssurance(Assure(append(factors, proven...)...))
	session.Digest, session.LastActiveAt = s.keys.Digest(PurposeSession, secret), now
	session.ExpiresAt = earliest(now.Add(s.settings.Get().SessionIdleTTL), session.MaxExpiresAt)
	return session, secret, tx.RenewSession(ctx, session)
}

// spendIn spends the factor, or refuses it: somebody was faster.
func (p *provenFactor) spendIn(ctx context.Context, tx Store) error {
	spent, err := p.spend(ctx, tx)
	if err == nil && !spent {
		err = p.refusal
	}
	return err
}

// settle gives back what a right factor took, and counts one that was used.
func (s *SignIn) settle(ctx context.Context, proven provenFactor, err error) error {
	switch {
	case errors.Is(err, ErrInvalidCode):
		return s.refuseFactor(ctx, proven.admission, nil, reasonCodeUsed, ErrInvalidCode)
	case errors.Is(err, ErrPasskeyRefused):
		return s.refuseFactor(ctx, proven.admission, nil, reasonPasskeyUsed, ErrPasskeyRefused)
	}
	s.giveBack(ctx, proven.admission)
	return err
}

// Reasons of a refused second factor, for the trail.
const (
	reasonWrongCode = "wrong_code"
	reasonCodeUsed  = "code_used"
)

// proveFactor lets a user whose first factor was right prove a second factor. It counts on an account of its own, by the user alone:
// whoever comes this far knows the password. It never shuts out the browsers on which the user is known.
func (s *SignIn) proveFactor(ctx context.Context, user User, step SecondStep) (provenFactor, error) {
	switch step.Kind {
	case CredentialPasskey, CredentialSecurityKey:
		return s.provePasskey(ctx, user, step)
	case CredentialRecoveryCode:
		return s.proveRecoveryCode(ctx, user, step)
	case CredentialPassword, CredentialTOTP, CredentialBrowser, CredentialFederated, CredentialEmail:
	}
	app, err := s.store.TOTPOf(ctx, user.ID)
	if errors.Is(err, ErrCredentialNotFound) {
		return provenFactor{}, ErrInvalidCode // it was removed since the page was asked for
	}
	if err != nil {
		return provenFactor{}, err
	}
	limit := LimitSecondFactor
	if app.Failures >= strictAfter {
		limit = LimitSecondFactorStrict
	}
	a, err := s.admitCode(ctx, user, step.Device, limit)
	if err != nil {
		return provenFactor{}, err
	}
	secret, err := s.keys.Open(PurposeTOTP, app.Sealed, totpContext(app.ID))
	if err != nil {
		s.giveBack(ctx, a)
		return provenFactor{}, fmt.Errorf("open authenticator app: %w", err)
	}
	a.trust = step.Trust && s.settings.Get().TrustBrowser > 0
	now := s.source.Now()
	at, ok := matchTOTP(secret, cleanCode(step.Code), now, app.LastStep)
	if !ok {
		return provenFactor{}, s.refuseFactor(ctx, a, &app, reasonWrongCode, ErrInvalidCode)
	}
	return provenFactor{
		admission: a, factor: Factor{Kind: CredentialTOTP, At: now, CredentialID: app.ID}, refusal: ErrInvalidCode,
		spend: func(ctx context.Context, tx Store) (bool, error) { return tx.SpendTOTP(ctx, app.ID, at, now) },
	}, nil
}

// admitCode decides whether a code may be tried, by the limit unless the user is known on the browser.
func (s *SignIn) admitCode(ctx context.Context, user User, device string, limit Limit) (admission, error) {
	a := admission{
		user: user, account: accountName(user.Username, user), class: secondFactor, network: ActorFrom(ctx).Network(),
		device: s.KnownDevice(device),
	}
	if err := s.locate(ctx, &a, user.ID); err != nil {
		return admission{}, err
	}
	parts := []string{user.ID.String(), era(user.UnlockedAt)}
	if a.known.Browser {
		limit, parts = LimitSecondFactorBrowser, []string{user.ID.String(), a.device}
	}
	a.limits, a.buckets = []Limit{limit}, []Bucket{s.guard.bucket(limit, parts...)}
	taken := s.guard.throttle.Take(ctx, a.buckets...)
	if taken.Refused() {
		return admission{}, s.guard.refuse(ctx, limit, userSubject(a.account, user), taken.Wait)
	}
	a.left = taken.Left
	return a, nil
}

// refuseFactor counts and notes a refused second factor, commits that, and only then returns the refusal.
func (s *SignIn) refuseFactor(ctx context.Context, a admission, app *TOTP, reason string, refusal error) error {
	ctx = context.WithoutCancel(ctx) // a guesser who hangs up has guessed all the same
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if app != nil {
			if err := tx.RecordTOTPFailure(ctx, app.ID); err != nil {
				return err
			}
		}
		event := NewEvent(ctx, s.source, ActionSecondFactorFailed, TargetUser, a.user.ID.String(), a.user.Username)
		return tx.InsertAudit(ctx, event.Failed(reason))
	})
	if err != nil {
		return fmt.Errorf("record refused second factor: %w", err)
	}
	return refusal
}

// era is a part of the keys of limits that an administrator starts anew by unlocking the user.
func era(unlockedAt *time.Time) string {
	if unlockedAt == nil {
		return ""
	}
	return unlockedAt.Format(time.RFC3339Nano)
}
