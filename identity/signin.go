package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// SignIn turns what a person proves into a browser session, and lets people change their own password.
type SignIn struct {
	store    signInPorts
	source   Source
	keys     *Keyring
	hasher   PasswordHasher
	policy   PasswordPolicy
	settings Settings
}

type signInPorts interface {
	Transactor
	UserReader
}

func newSignIn(d Deps) *SignIn {
	return &SignIn{store: d.Store, source: d.Source, keys: d.Keys, hasher: d.Hasher, policy: d.Policy, settings: d.Settings}
}

// SignInAttempt is what a person typed, and the session cookie that the browser already had.
type SignInAttempt struct {
	Login    string // username or e-mail address
	Password string
	Cookie   string // secret of the present session, or empty

	ClientID uuid.UUID // of the client that asked for the sign-in; zero when none did
}

// NewSession is a session with the secret for its cookie, which is not stored anywhere else.
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
	if actor := ActorFrom(ctx); actor.ClientID == uuid.Nil {
		actor.ClientID = a.ClientID
		ctx = WithActor(ctx, actor)
	}
	user, err := s.verify(ctx, a.Login, a.Password)
	if err != nil {
		return NewSession{}, err
	}
	return s.begin(ctx, user, a.Cookie)
}

// begin records the sign-in of somebody who has proven a factor and makes the session, both or neither.
func (s *SignIn) begin(ctx context.Context, user verified, cookie string) (NewSession, error) {
	secret := s.source.NewSecret()
	var session Session
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.RecordSignIn(ctx, user.User, s.source.Now(), ActorFrom(ctx).IP, user.rehash); err != nil {
			return err
		}
		var err error
		session, err = s.start(ctx, tx, user, cookie, secret)
		if err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionSignedIn, TargetSession, session.ID.String(), user.Username)
		event = event.By(user.User)
		return tx.InsertAudit(ctx, event)
	})
	if errors.Is(err, ErrInvalidCredentials) {
		return NewSession{}, s.refuse(ctx, user.User, reasonOvertaken, s.source.Now())
	}
	if err != nil {
		return NewSession{}, fmt.Errorf("sign in: %w", err)
	}
	return NewSession{Session: session, Secret: secret, User: user.User}, nil
}

// Reasons of a refused sign-in, for the trail.
const (
	reasonWrongPassword = "wrong_password" // counted: so many in a row lock the account
	reasonOvertaken     = "overtaken"      // the password was right, but a reset, a lock or a deactivation was faster
)

// verified is a user who has proven a factor and may sign in, with a new hash if that of the password was weak.
type verified struct {
	User
	factor Factor
	rehash string
}

// verify finds the user, lets them prove their password and checks that they may sign in. The work is the same for a user
// who does not exist.
func (s *SignIn) verify(ctx context.Context, login, password string) (verified, error) {
	user, err := s.find(ctx, login)
	if err != nil && !errors.Is(err, ErrUserNotFound) {
		return verified{}, err
	}
	proven, stale, err := s.provePassword(ctx, user, password)
	if err != nil {
		return verified{}, err
	}
	now := s.source.Now()
	if reason := s.refusalReason(user, proven, now); reason != "" {
		return verified{}, s.refuse(ctx, user, reason, now)
	}
	v := verified{User: user, factor: Factor{Kind: CredentialPassword, At: now}}
	if stale {
		if v.rehash, err = s.hasher.Hash(ctx, password); err != nil {
			return verified{}, err
		}
	}
	return v, nil
}

// provePassword reports whether the password is the user's, and whether its hash is weaker than those made today.
func (s *SignIn) provePassword(ctx context.Context, user User, password string) (proven, stale bool, err error) {
	if len(password) > maxPassword {
		password = "" // cannot be right, and must not cost more than a normal one
	}
	proven, stale, err = s.hasher.Verify(ctx, password, user.Password.Hash)
	if err != nil {
		return false, false, fmt.Errorf("verify password: %w", err)
	}
	return proven, stale, nil
}

// refusalReason returns why the user may not sign in, or "". Only failures of users who are not locked are counted.
func (s *SignIn) refusalReason(user User, proven bool, now time.Time) string {
	reason := user.eligibility(&s.settings)
	switch {
	case reason == UserUnknown:
	case user.Locked(now):
		return "locked"
	case !proven:
		return reasonWrongPassword
	case reason == PasswordChangeDue:
		return "" // here it can be changed
	}
	return string(reason)
}

func (s *SignIn) find(ctx context.Context, login string) (User, error) {
	if strings.Contains(login, "@") {
		return s.store.UserByEmail(ctx, login)
	}
	return s.store.UserByUsername(ctx, login)
}

// refuse counts and notes the failure, commits that, and only then returns the refusal.
func (s *SignIn) refuse(ctx context.Context, user User, reason string, now time.Time) error {
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		event := NewEvent(ctx, s.source, ActionSignInFailed, TargetUser, "", "").Failed(reason)
		if user.ID != uuid.Nil {
			event.TargetID, event.TargetName = user.ID.String(), user.Username
		}
		if err := tx.InsertAudit(ctx, event); err != nil {
			return err
		}
		if reason != reasonWrongPassword {
			return nil
		}
		failures, err := tx.RecordFailedSignIn(ctx, user.ID, s.settings.LockAfter, now.Add(s.settings.LockFor))
		if err != nil || failures < s.settings.LockAfter {
			return err
		}
		return tx.InsertAudit(ctx, NewEvent(ctx, s.source, ActionAccountLocked, TargetUser, user.ID.String(), user.Username))
	})
	if err != nil {
		return fmt.Errorf("record failed sign-in: %w", err)
	}
	return ErrInvalidCredentials
}

// start makes the session, or renews the one that the browser already has for the same user.
func (s *SignIn) start(ctx context.Context, tx Store, user verified, cookie, secret string) (Session, error) {
	now := s.source.Now()
	actor := ActorFrom(ctx)
	session := Session{
		ID: s.source.NewID(), Digest: s.keys.Digest(PurposeSession, secret), UserID: user.ID,
		CreatedAt: now, LastActiveAt: now,
		ExpiresAt: now.Add(s.settings.SessionIdleTTL), MaxExpiresAt: now.Add(s.settings.SessionMaxTTL),
		IP: actor.IP, UserAgent: actor.UserAgent,
	}
	session.SetAssurance(Assure(user.factor))
	if cookie == "" {
		return session, tx.InsertSession(ctx, session)
	}
	present, err := tx.SessionByDigest(ctx, s.keys.Digests(PurposeSession, cookie))
	switch {
	case errors.Is(err, ErrSessionNotFound):
		return session, tx.InsertSession(ctx, session)
	case err != nil:
		return Session{}, err
	case present.Active(now) && present.UserID == user.ID:
		session.ID, session.CreatedAt = present.ID, present.CreatedAt
		err := tx.RenewSession(ctx, session)
		if errors.Is(err, ErrSessionNotFound) { // ended in this very moment
			session.ID, session.CreatedAt = s.source.NewID(), now
			err = tx.InsertSession(ctx, session)
		}
		return session, err
	}
	if _, _, err := TerminateSessions(ctx, tx, s.source, EndReplaced, present.ID); err != nil {
		return Session{}, err
	}
	return session, tx.InsertSession(ctx, session)
}

// ChangePassword lets the user of a session choose a new password. The present one is asked for again; failures count
// like failed sign-ins. All other sessions and all grants end, also those of this session, whose cookie somebody else may
// have had; it goes on under a new cookie secret, and its clients ask anew.
func (s *SignIn) ChangePassword(ctx context.Context, session Session, current, next string) (NewSession, error) {
	if !session.Complete() {
		return NewSession{}, ErrSessionNotFound
	}
	user, err := s.store.UserByID(ctx, session.UserID)
	if err != nil {
		return NewSession{}, err
	}
	if _, err := s.verify(ctx, user.Username, current); err != nil {
		return NewSession{}, err
	}
	if err := s.policy.Check(next, user.Username, user.Email); err != nil {
		return NewSession{}, err
	}
	if next == current {
		return NewSession{}, &Error{
			Kind: Invalid, Code: CodePasswordPolicy, Field: "password",
			Detail: "The new password must differ from the present one.",
		}
	}
	hash, err := s.hasher.Hash(ctx, next)
	if err != nil {
		return NewSession{}, err
	}
	secret, present, before := s.source.NewSecret(), session, user
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		now := s.source.Now()
		// The session that is still there, and the password that was proven.
		if err := tx.HoldSession(ctx, BrowserSession{Session: present, User: before}, now); err != nil {
			return err
		}
		user, err = tx.UserByID(ctx, session.UserID)
		if err != nil {
			return err
		}
		user.Password.Hash, user.Password.ChangedAt, user.RequiresPasswordChange = hash, &now, false
		user.UpdatedAt = now
		if err := tx.UpdateUser(ctx, user); err != nil {
			return err
		}
		user.Version++
		session.Digest = s.keys.Digest(PurposeSession, secret)
		session.LastActiveAt = now
		factors, err := tx.SessionFactors(ctx, session.ID)
		if err != nil {
			return err
		}
		session.SetAssurance(Assure(append(factors, Factor{Kind: CredentialPassword, At: now})...))
		session.ExpiresAt = earliest(now.Add(s.settings.SessionIdleTTL), session.MaxExpiresAt)
		if err := tx.RenewSession(ctx, session); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionPasswordChanged, TargetUser, user.ID.String(), user.Username)
		event = event.By(user)
		if err := tx.InsertAudit(ctx, event); err != nil {
			return err
		}
		_, err = RevokeAllAccess(ctx, tx, s.source, user, session.ID, EndPasswordChanged)
		return err
	})
	if err != nil {
		return NewSession{}, fmt.Errorf("change password: %w", err)
	}
	return NewSession{Session: session, Secret: secret, User: user}, nil
}
