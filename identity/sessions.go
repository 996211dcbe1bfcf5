package identity

import (
	"context"
	"fmt"
	"time"
)

// Sessions is the life of browser sessions after sign-in.
type Sessions struct{ d Deps }

// touchEvery is how stale the last activity of a session may be, so that not every page view is a write.
const touchEvery = time.Minute

// BrowserSession is who a browser's cookie stands for.
type BrowserSession struct {
	Session Session
	User    User
}

// FromCookie finds the live session of a cookie's secret; ErrSessionNotFound when there is none, it has ended or
// expired, or the user is not active.
func (s *Sessions) FromCookie(ctx context.Context, secret string) (BrowserSession, error) {
	if secret == "" {
		return BrowserSession{}, ErrSessionNotFound
	}
	b, err := s.d.Store.BrowserSessionByDigest(ctx, s.d.Keys.Digests(PurposeSession, secret))
	if err != nil {
		return BrowserSession{}, err
	}
	now := s.d.Source.Now()
	if !b.Session.Active(now) || !b.User.Active {
		return BrowserSession{}, ErrSessionNotFound
	}
	if now.Sub(b.Session.LastActiveAt) >= touchEvery {
		b.Session.LastActiveAt = now
		b.Session.ExpiresAt = earliest(now.Add(s.d.Settings.SessionIdleTTL), b.Session.MaxExpiresAt)
		if err := s.d.Store.TouchSession(ctx, b.Session.ID, now, b.Session.ExpiresAt); err != nil {
			return BrowserSession{}, fmt.Errorf("touch session: %w", err)
		}
	}
	return b, nil
}

// SignOut ends a session and the grants that were given in it without offline access.
func (s *Sessions) SignOut(ctx context.Context, b BrowserSession) error {
	err := s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if _, _, err := TerminateSessions(ctx, tx, s.d.Source, EndLogout, b.Session.ID); err != nil {
			return err
		}
		event := NewEvent(ctx, s.d.Source, ActionSessionsEnded, TargetSession, b.Session.ID.String(), b.User.Username)
		event = event.By(b.User)
		event.Reason = string(EndLogout)
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}
