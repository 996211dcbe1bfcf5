package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// RecoveryCodes says of many users how many codes they have; who has no set is absent. Nobody sees the codes.
func (s *Users) RecoveryCodes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.RecoveryCodes, error) {
	known, err := ofUsers(ctx, s.store, identity.ScopeUsersRead, ids)
	if err != nil {
		return nil, err
	}
	return s.store.RecoveryCodesOf(ctx, known)
}

// Browsers lists the browsers on which many users are known.
func (s *Users) Browsers(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]identity.KnownBrowser, error) {
	known, err := ofUsers(ctx, s.store, identity.ScopeUsersRead, ids)
	if err != nil {
		return nil, err
	}
	return s.store.BrowsersOfUsers(ctx, known)
}

// RemoveRecoveryCodes takes the recovery codes from a user, whose app stays. One who has none is returned as they are.
func (s *Users) RemoveRecoveryCodes(ctx context.Context, id uuid.UUID) (identity.User, error) {
	remove := func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error) {
		removed, err := tx.DeleteRecoveryCodes(ctx, user.ID)
		if err != nil || !removed {
			return user, err
		}
		return user, tx.InsertAudit(ctx, s.eventOf(ctx, identity.ActionRecoveryCodesRemoved, user))
	}
	return s.change(ctx, id, identity.ScopeUsersWrite, "remove recovery codes", remove)
}

// ForgetBrowsers makes a user a stranger on every browser: the second factor is asked for on each again. Sessions go on.
func (s *Users) ForgetBrowsers(ctx context.Context, id uuid.UUID) (identity.User, error) {
	forget := func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error) {
		browsers, err := tx.BrowsersOfUsers(ctx, []uuid.UUID{user.ID})
		if err != nil || len(browsers[user.ID]) == 0 {
			return user, err
		}
		if err := tx.ForgetBrowsers(ctx, user.ID); err != nil {
			return identity.User{}, err
		}
		return user, tx.InsertAudit(ctx, s.eventOf(ctx, identity.ActionBrowsersForgotten, user))
	}
	return s.change(ctx, id, identity.ScopeUsersWrite, "forget browsers", forget)
}

// RequireSecondFactor says whether a user must have a second factor, whatever the policy asks of all. The time of grace runs
// from the next sign-in.
func (s *Users) RequireSecondFactor(ctx context.Context, id uuid.UUID, required bool) (identity.User, error) {
	require := func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error) {
		if user.SecondFactorRequired == required {
			return user, nil
		}
		before := user
		user.SecondFactorRequired, user.UpdatedAt = required, s.source.Now()
		if err := tx.UpdateUser(ctx, user); err != nil {
			return identity.User{}, err
		}
		user.Version++
		event := s.eventOf(ctx, identity.ActionUserUpdated, user)
		event.Changes = identity.UserChanges(before, user)
		return user, tx.InsertAudit(ctx, event)
	}
	return s.change(ctx, id, identity.ScopeUsersWrite, "require second factor", require)
}

// SendVerification mails a user a link that shows that the address is theirs. ErrNoMail without a mail server; nothing is sent
// when the address is verified.
func (s *Users) SendVerification(ctx context.Context, id uuid.UUID) (identity.User, error) {
	send := func(ctx context.Context, tx identity.Store, user identity.User) (identity.User, error) {
		if user.Verified {
			return user, nil
		}
		return user, s.mails.WriteVerification(ctx, tx, user)
	}
	return s.change(ctx, id, identity.ScopeUsersWrite, "send verification", send)
}

// NewRecoveryLink asks for a link by which a user chooses a new password.
type NewRecoveryLink struct {
	UserID uuid.UUID
	TTL    time.Duration
	Mail   bool // to the verified address of the user, and shown to nobody
}

// MadeRecoveryLink is such a link. Link is empty when it was made by an earlier call of the same Idempotency.
type MadeRecoveryLink struct {
	User identity.User         `json:"-"`
	Link identity.RecoveryLink `json:"-"` // not stored
}

// CreateRecoveryLink makes a link by which a user chooses a new password or adds a passkey. Nothing ends until it is used. It is no
// way round an authenticator app. For a user with a passkey it needs ScopeUsersWrite, as to remove that does, and for an
// administrator ScopeAdminsWrite: with it one is who it is for.
func (s *Users) CreateRecoveryLink(ctx context.Context, n NewRecoveryLink) (MadeRecoveryLink, error) {
	scope, err := requireUsers(ctx, identity.ScopeUsersReset)
	if err != nil {
		return MadeRecoveryLink{}, err
	}
	if n.TTL < identity.ShortestHandedLink || n.TTL > identity.LongestHandedLink {
		return MadeRecoveryLink{}, identity.InvalidField("ttl", "Must be between 15 minutes and 24 hours.")
	}
	made, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (MadeRecoveryLink, error) {
		user, err := lockUser(ctx, tx, scope, n.UserID)
		if err != nil {
			return MadeRecoveryLink{}, err
		}
		if err := overUsers(ctx, user); err != nil {
			return MadeRecoveryLink{}, err
		}
		if user.Passkey { // the link puts another in its place
			if scope, err = requireUsers(ctx, identity.ScopeUsersWrite); err == nil {
				user, err = lockUser(ctx, tx, scope, n.UserID)
			}
			if err != nil {
				return MadeRecoveryLink{}, err
			}
		}
		link, err := s.mails.MakeRecoveryLink(ctx, tx, user, n.TTL, n.Mail)
		return MadeRecoveryLink{User: user, Link: link}, err
	})
	if err == nil && made.User.ID == uuid.Nil { // done by an earlier call
		made.User, err = s.replayedUser(ctx, scope, n.UserID)
	}
	if err != nil {
		return MadeRecoveryLink{}, fmt.Errorf("create recovery link: %w", err)
	}
	return made, nil
}

// eventOf is an audit event about a user.
func (s *Users) eventOf(ctx context.Context, action identity.Action, u identity.User) identity.AuditEvent {
	return identity.NewEvent(ctx, s.source, action, identity.TargetUser, u.ID.String(), u.Username)
}
