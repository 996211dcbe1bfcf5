package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// SignIn turns a username and a password into a browser session, and lets people change their own password.
type SignIn struct{ d Deps }

// SignInAttempt is what a person typed, and the session cookie that the browser already had.
type SignInAttempt struct {
	Login    string // username or e-mail address
	Password string
	Cookie   string // secret of the present session, or empty
}

// NewSession is a session with the secret for its cookie, which is not kept anywhere else.
type NewSession struct {
	Session Session
	Secret  string
	User    User
}

// maxPassword is the longest password that is hashed, in bytes.
const maxPassword = 1024

// Password signs a person in. Every refusal (unknown user, wrong password, locked, inactive, unverified) is
// ErrInvalidCredentials and takes the same time; failures are counted and audited in the database. A successful sign-in
// always makes a new cookie secret (session fixation) and keeps the session's id only if the same user signs in again.
func (s *SignIn) Password(ctx context.Context, a SignInAttempt) (NewSession, error) {
	user, err := s.verify(ctx, a.Login, a.Password)
	if err != nil {
		return NewSession{}, err
	}
	secret := s.d.Source.NewSecret()
	var session Session
	err = s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.RecordSignIn(ctx, user.User, s.d.Source.Now(), ActorFrom(ctx).IP, user.rehash); err != nil {
			return err
		}
		var err error
		session, err = s.start(ctx, tx, user, a.Cookie, secret)
		if err != nil {
			return err
		}
		event := newEvent(ctx, s.d.Source, ActionSignedIn, TargetSession, session.ID.String(), user.Username)
		event = event.by(user.User)
		return tx.InsertAudit(ctx, event)
	})
	if errors.Is(err, ErrInvalidCredentials) {
		return NewSession{}, s.refuse(ctx, user.User, reasonOvertaken, s.d.Source.Now())
	}
	if err != nil {
		return NewSession{}, fmt.Errorf("sign in: %w", err)
	}
	return NewSession{Session: session, Secret: secret, User: user.User}, nil
}

// reasonOvertaken is why a right password is refused: a reset, a lock or a deactivation was faster.
const reasonOvertaken = "overtaken"

// verified is a user who has proven a factor, with a new hash if that of the password was weak.
type verified struct {
	User
	factor Factor
	rehash string
}

func (s *SignIn) verify(ctx context.Context, login, password string) (verified, error) {
	user, err := s.find(ctx, login)
	if err != nil && !errors.Is(err, ErrUserNotFound) {
		return verified{}, err
	}
	if len(password) > maxPassword {
		password = "" // cannot be right, and must not cost more than a normal one
	}
	ok, stale, err := s.d.Hasher.Verify(ctx, password, user.PasswordHash)
	if err != nil {
		return verified{}, fmt.Errorf("verify password: %w", err)
	}
	now := s.d.Source.Now()
	reason := ""
	switch {
	case user.ID == uuid.Nil:
		reason = "unknown_user"
	case user.Locked(now):
		reason = "locked"
	case !ok:
		reason = "wrong_password"
	case !user.Active:
		reason = "inactive"
	case s.d.Settings.RequireVerified && !user.Verified:
		reason = "unverified"
	}
	if reason != "" {
		return verified{}, s.refuse(ctx, user, reason, now)
	}
	v := verified{User: user, factor: Factor{Kind: CredentialPassword, At: now}}
	if stale {
		if v.rehash, err = s.d.Hasher.Hash(ctx, password); err != nil {
			return verified{}, err
		}
	}
	return v, nil
}

func (s *SignIn) find(ctx context.Context, login string) (User, error) {
	if strings.Contains(login, "@") {
		return s.d.Store.UserByEmail(ctx, login)
	}
	return s.d.Store.UserByUsername(ctx, login)
}

// refuse counts and notes the failure, commits that, and only then returns the refusal.
func (s *SignIn) refuse(ctx context.Context, user User, reason string, now time.Time) error {
	err := s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		event := newEvent(ctx, s.d.Source, ActionSignInFailed, TargetUser, "", "").failed(reason)
		if user.ID != uuid.Nil {
			event.TargetID, event.TargetName = user.ID.String(), user.Username
		}
		if err := tx.InsertAudit(ctx, event); err != nil {
			return err
		}
		if reason != "wrong_password" {
			return nil
		}
		failures, err := tx.RecordFailedSignIn(ctx, user.ID, s.d.Settings.LockAfter, now.Add(s.d.Settings.LockFor))
		if err != nil || failures < s.d.Settings.LockAfter {
			return err
		}
		return tx.InsertAudit(ctx, newEvent(ctx, s.d.Source, ActionAccountLocked, TargetUser, user.ID.String(), user.Username))
	})
	if err != nil {
		return fmt.Errorf("record failed sign-in: %w", err)
	}
	return ErrInvalidCredentials
}

// start makes the session, or renews the one that the browser already has for the same user.
func (s *SignIn) start(ctx context.Context, tx Store, user verified, cookie, secret string) (Session, error) {
	now := s.d.Source.Now()
	actor := ActorFrom(ctx)
	session := Session{
		ID: s.d.Source.NewID(), Digest: s.d.Keys.Digest(PurposeSession, secret), UserID: user.ID,
		CreatedAt: now, LastActiveAt: now,
		ExpiresAt: now.Add(s.d.Settings.SessionIdleTTL), MaxExpiresAt: now.Add(s.d.Settings.SessionMaxTTL),
		IP: actor.IP, UserAgent: actor.UserAgent,
	}
	session.assure(Assure(user.factor))
	if cookie == "" {
		return session, tx.InsertSession(ctx, session)
	}
	present, err := tx.SessionByDigest(ctx, s.d.Keys.Digests(PurposeSession, cookie))
	switch {
	case errors.Is(err, ErrSessionNotFound):
		return session, tx.InsertSession(ctx, session)
	case err != nil:
		return Session{}, err
	case present.Active(now) && present.UserID == user.ID:
		session.ID, session.CreatedAt = present.ID, present.CreatedAt
		err := tx.RenewSession(ctx, session)
		if errors.Is(err, ErrSessionNotFound) { // ended in this very moment
			session.ID, session.CreatedAt = s.d.Source.NewID(), now
			err = tx.InsertSession(ctx, session)
		}
		return session, err
	}
	if err := endSessions(ctx, tx, s.d.Source, EndReplaced, present.ID); err != nil {
		return Session{}, err
	}
	return session, tx.InsertSession(ctx, session)
}

// ChangePassword lets the user of a session choose a new password. The present one is asked for again; failures count
// like failed sign-ins. All other sessions and all grants of other sessions end; this session goes on under a new
// cookie secret.
func (s *SignIn) ChangePassword(ctx context.Context, session Session, current, next string) (NewSession, error) {
	if !session.Complete() {
		return NewSession{}, ErrSessionNotFound
	}
	user, err := s.d.Store.UserByID(ctx, session.UserID)
	if err != nil {
		return NewSession{}, err
	}
	if _, err := s.verify(ctx, user.Username, current); err != nil {
		return NewSession{}, err
	}
	if err := s.d.Policy.Check(next, user.Username, user.Email); err != nil {
		return NewSession{}, err
	}
	if next == current {
		return NewSession{}, &Error{
			Kind: Invalid, Code: CodePasswordPolicy, Field: "password",
			Detail: "The new password must differ from the present one.",
		}
	}
	hash, err := s.d.Hasher.Hash(ctx, next)
	if err != nil {
		return NewSession{}, err
	}
	secret := s.d.Source.NewSecret()
	err = s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		now := s.d.Source.Now()
		user, err = tx.UserByID(ctx, session.UserID)
		if err != nil {
			return err
		}
		user.PasswordHash, user.PasswordChangedAt, user.RequiresPasswordChange = hash, &now, false
		user.UpdatedAt = now
		if err := tx.UpdateUser(ctx, user); err != nil {
			return err
		}
		user.Version++
		session.Digest = s.d.Keys.Digest(PurposeSession, secret)
		session.LastActiveAt = now
		factors, err := tx.SessionFactors(ctx, session.ID)
		if err != nil {
			return err
		}
		session.assure(Assure(append(factors, Factor{Kind: CredentialPassword, At: now})...))
		session.ExpiresAt = earliest(now.Add(s.d.Settings.SessionIdleTTL), session.MaxExpiresAt)
		if err := tx.RenewSession(ctx, session); err != nil {
			return err
		}
		event := newEvent(ctx, s.d.Source, ActionPasswordChanged, TargetUser, user.ID.String(), user.Username)
		event = event.by(user)
		if err := tx.InsertAudit(ctx, event); err != nil {
			return err
		}
		_, err = endAccess(ctx, tx, s.d.Source, user, session.ID, EndPasswordChanged)
		return err
	})
	if err != nil {
		return NewSession{}, fmt.Errorf("change password: %w", err)
	}
	return NewSession{Session: session, Secret: secret, User: user}, nil
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
