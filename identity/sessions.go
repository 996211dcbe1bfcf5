package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Sessions is the lifecycle of browser sessions after sign-in.
type Sessions struct {
	store    sessionPorts
	source   Source
	keys     *Keyring
	settings *LiveSettings
	signIn   *SignIn
	subjects *Subjects
}

type sessionPorts interface {
	Transactor
	BrowserSessionByDigest(ctx context.Context, digests [][]byte) (BrowserSession, error)
	TouchSession(ctx context.Context, id uuid.UUID, at, expires time.Time) error
	signedOutPorts
}

func newSessions(d Deps, signIn *SignIn, subjects *Subjects) *Sessions {
	return &Sessions{store: d.Store, source: d.Source, keys: d.Keys, settings: d.Settings, signIn: signIn, subjects: subjects}
}

// touchEvery is how stale the last activity of a session may be, so that not every page view is a write.
const touchEvery = time.Minute

// BrowserSession is who a browser's cookie stands for.
type BrowserSession struct {
	Session Session
	User    User
}

// SecondFactorDue reports whether the user has an authenticator app or a security key, and the second factor was neither proven in
// the session nor spared by the browser. To have a passkey demands nothing of who signs in with the password.
func (b *BrowserSession) SecondFactorDue() bool {
	return b.User.SecondFactor() && b.SecondFactorUnproven() && !slices.Contains(b.Session.AMR, methodTrustedBrowser)
}

// SecondFactorUnproven reports whether the user has a second factor or a passkey that was not proven in the session. It is due
// for what is about the security of the account, and for who demands the level, also where the browser spared it.
func (b *BrowserSession) SecondFactorUnproven() bool {
	return b.Session.Level < min(b.User.reach(), LevelTwo)
}

// FromCookie finds the live session of a cookie's secret; ErrSessionNotFound when there is none, it has ended or
// expired or is incomplete, the user is not active, or the temporary password that it began with has expired.
func (s *Sessions) FromCookie(ctx context.Context, secret string) (BrowserSession, error) {
	if secret == "" {
		return BrowserSession{}, ErrSessionNotFound
	}
	b, err := s.store.BrowserSessionByDigest(ctx, s.keys.Digests(PurposeSession, secret))
	if err != nil {
		return BrowserSession{}, err
	}
	now := s.source.Now()
	if !b.Session.Active(now) || !b.User.Active || s.settings.Get().passwordExpired(b.User, now) {
		return BrowserSession{}, ErrSessionNotFound
	}
	b.User.Passkey = b.User.Passkey && s.signIn.usesPasskeys() // one that cannot be used is none
	if now.Sub(b.Session.LastActiveAt) >= touchEvery {
		b.Session.LastActiveAt = now
		b.Session.ExpiresAt = earliest(now.Add(s.settings.Get().SessionIdleTTL), b.Session.MaxExpiresAt)
		if err := s.store.TouchSession(ctx, b.Session.ID, now, b.Session.ExpiresAt); err != nil {
			return BrowserSession{}, fmt.Errorf("touch session: %w", err)
		}
	}
	return b, nil
}

// SignOut ends a session and the grants that were given in it without offline access.
func (s *Sessions) SignOut(ctx context.Context, b BrowserSession) error {
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		return endSession(ctx, tx, s.source, EndLogout, b.Session.ID, b.User.Username, b.User)
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// SignOutHinted is SignOut for the session of an ID token that its client presents without the browser: sid and sub are
// those of the token. A session that is unknown, over or another user's is left as it is.
func (s *Sessions) SignOutHinted(ctx context.Context, sid, sub string) error {
	id, err := uuid.Parse(sid)
	if err != nil {
		return nil //nolint:nilerr // an ID token without a session names none
	}
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		session, err := tx.SessionByID(ctx, id)
		if errors.Is(err, ErrSessionNotFound) || err == nil && (session.UserID.String() != sub || !session.Active(s.source.Now())) {
			return nil
		}
		if err != nil {
			return err
		}
		user, err := tx.UserByID(ctx, session.UserID)
		if err != nil {
			return err
		}
		return endSession(ctx, tx, s.source, EndLogout, id, user.Username, User{})
	})
	if err != nil {
		return fmt.Errorf("sign out by hint: %w", err)
	}
	return nil
}
