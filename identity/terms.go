package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// TermsAcceptance is that a user has accepted a version of the terms. The zero value: none.
type TermsAcceptance struct {
	Version string
	At      *time.Time
}

// TermsStore stores which terms users have accepted.
type TermsStore interface {
	// AcceptTerms stores that the user has accepted a version of the terms. The version of the user does not move. ErrUserNotFound.
	AcceptTerms(ctx context.Context, id uuid.UUID, t TermsAcceptance) error
}

// MaxTermsVersion is how long the name of a version of the terms may be, in bytes.
const MaxTermsVersion = 50

// TermsDue reports whether the user must accept the terms that are in force.
func (s *Settings) TermsDue(u User) bool {
	return s.TermsVersion != "" && u.Terms.Version != s.TermsVersion
}

// needsTerms: there are terms, and the user has accepted none or a version of before.
func needsTerms(_ context.Context, s *Interactions, _ Interaction, b *BrowserSession) (bool, error) {
	return s.settings.Get().TermsDue(b.User), nil
}

// ErrTermsNotAccepted refuses who has not accepted the terms, or others than are in force.
var ErrTermsNotAccepted = &Error{
	Kind: Invalid, Code: CodeTermsNotAccepted, Field: "terms", Detail: "Must be accepted.",
}

// AcceptTerms notes that the user of a session accepts a version of the terms, that which the page has shown.
// ErrTermsNotAccepted when another one is in force by now, ErrSessionNotFound when the session has ended.
func (s *Accounts) AcceptTerms(ctx context.Context, b BrowserSession, version string) error {
	if version == "" || version != s.settings.Get().TermsVersion {
		return ErrTermsNotAccepted
	}
	if !s.settings.Get().TermsDue(b.User) {
		return nil // in another tab
	}
	err := s.change(ctx, b, func(ctx context.Context, tx Store) error {
		now := s.source.Now()
		if err := tx.AcceptTerms(ctx, b.User.ID, TermsAcceptance{Version: version, At: &now}); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionTermsAccepted, TargetUser, b.User.ID.String(), b.User.Username)
		event.Changes = termsChanges(b.User.Terms.Version, version)
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return fmt.Errorf("accept terms: %w", err)
	}
	return nil
}

func termsChanges(before, after string) map[string]Change {
	changes := map[string]Change{}
	change(changes, "terms_version", before, after)
	return changes
}
