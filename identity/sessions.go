package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
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
		if err := endSessions(ctx, tx, s.d.Source, EndLogout, b.Session.ID); err != nil {
			return err
		}
		event := newEvent(ctx, s.d.Source, ActionSessionsEnded, TargetSession, b.Session.ID.String(), b.User.Username)
		event = event.by(b.User)
		event.Reason = string(EndLogout)
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// endSessions ends sessions with the grants that are bound to them, and notes which clients must hear of it.
func endSessions(ctx context.Context, tx Store, source Source, reason EndReason, ids ...uuid.UUID) error {
	_, _, err := endThese(ctx, tx, source, SessionSelection{IDs: ids}, GrantSelection{SessionIDs: ids, OnlySessionBound: true}, reason)
	return err
}

// endThese ends sessions and then grants and returns which. In between it notes which clients must hear that the
// sessions have ended: with their grants it could no longer be told.
func endThese(
	ctx context.Context, tx Store, source Source, sessions SessionSelection, grants GrantSelection, reason EndReason,
) (endedSessions, endedGrants []uuid.UUID, err error) {
	now := source.Now()
	if endedSessions, err = tx.EndSessions(ctx, sessions, now, reason); err != nil {
		return nil, nil, err
	}
	if err := enqueueLogouts(ctx, tx, source, endedSessions); err != nil {
		return nil, nil, err
	}
	endedGrants, err = tx.EndGrants(ctx, grants, now, reason)
	return endedSessions, endedGrants, err
}
