package identity

import (
	"context"
	"fmt"
)

// MayExport reports whether people may take what is stored about them themselves.
func (s *Accounts) MayExport() bool { return s.settings.Get().SelfExport }

// AdmitExport notes that the user of a session takes all that is stored about them. RateLimited when that was done too often,
// ErrSessionNotFound when the session has ended, or lacks a second factor that the user has.
func (s *Accounts) AdmitExport(ctx context.Context, b BrowserSession) error {
	if !s.MayExport() {
		return errSwitchedOff
	}
	if b.SecondFactorUnproven() {
		return ErrSessionNotFound
	}
	id := b.User.ID.String()
	if taken := s.guard.throttle.Take(ctx, s.guard.bucket(LimitExport, id)); taken.Refused() {
		return s.guard.refuse(ctx, LimitExport, userSubject(id, b.User), taken.Wait)
	}
	err := s.change(ctx, b, func(ctx context.Context, tx Store) error {
		return tx.InsertAudit(ctx, NewEvent(ctx, s.source, ActionDataExported, TargetUser, id, b.User.Username))
	})
	if err != nil {
		return fmt.Errorf("admit export: %w", err)
	}
	return nil
}
