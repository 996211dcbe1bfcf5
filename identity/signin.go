package identity

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// SignIn turns what a person proves into a browser session, and lets people change their own password.
type SignIn struct {
	store    signInPorts
	source   Source
	keys     *Keyring
	guard    *guard
	hasher   PasswordHasher
	policy   PasswordPolicy
	settings *LiveSettings
	passkeys PasskeyVerifier // nil = there are no passkeys
}

type signInPorts interface {
	Transactor
	UserReader
	SignInRecorder
	DeviceStore
	SecondFactorStore
	PasskeyStore
	ProviderStore
}

func newSignIn(d Deps, g *guard) *SignIn {
	return &SignIn{
		store: d.Store, source: d.Source, keys: d.Keys, guard: g, hasher: d.Hasher, policy: d.Policy, settings: d.Settings, passkeys: d.Passkeys,
	}
}

// SignInAttempt is what a person typed, and the cookies that the browser already had.
type SignInAttempt struct {
	Login    string // username or e-mail address
	Password string
	Cookie   string // secret of the present session, or empty
	Device   string // device cookie, or empty

	ClientID uuid.UUID // of the client that asked for the sign-in; zero when none did
}

// NewSession is a session with the secrets for its cookies, which are not stored anywhere else.
type NewSession struct {
	Session Session
	Secret  string
	Device  string // by which the browser is known to have been used by the user
	User    User

	Pending *PendingSignIn // instead of all others: there is no session before the second factor
	Link    *PendingLink   // instead: nobody is connected with who has signed in at a provider
}

// DeviceKnownFor is how long a device cookie is good for after a sign-in.
const DeviceKnownFor = browserKnownFor

// maxPassword is the longest password that is hashed, in bytes.
const maxPassword = 1024

// Password signs a person in. Every refusal (unknown user, wrong password, inactive, unverified) is
// ErrInvalidCredentials and takes the same time, but for a temporary password that was proven and has expired, which is
// ErrPasswordExpired; failures are counted and audited in the database. Whoever has tried
// too often is refused as RateLimited before the password is looked at (docs/security/throttling.md). A successful
// sign-in always makes a new cookie secret (session fixation) and keeps the session's id only if the same user signs in
// again. For a user who has a second factor there is no session yet, unless the browser spares it: the result is pending.
func (s *SignIn) Password(ctx context.Context, a SignInAttempt) (NewSession, error) {
	ctx = throughClient(ctx, a.ClientID)
	user, err := s.verify(ctx, a.Login, a.Password, a.Device)
	if err != nil {
		return NewSession{}, err
	}
	if user.SecondFactor() && !s.spared(&user) {
		return s.await(ctx, user)
	}
	return s.begin(ctx, user, a.Cookie)
}

// spared reports whether the browser spares the second factor, and adds that to what was proven.
func (s *SignIn) spared(user *verified) bool {
	if !user.admission.known.Trusted || s.settings.Get().TrustBrowser == 0 {
		return false
	}
	user.factors = append(user.factors, Factor{Kind: CredentialBrowser, At: s.source.Now()})
	return true
}

// await returns a sign-in that waits for the second factor. Of the password there is nothing more to do but to strengthen
// a weak hash.
func (s *SignIn) await(ctx context.Context, user verified) (NewSession, error) {
	if user.rehash != "" {
		if err := s.store.UpgradePassword(ctx, user.User, user.rehash); err != nil {
			return NewSession{}, fmt.Errorf("sign in: %w", err)
		}
	}
	pending := PendingSignIn{User: user.User, Since: s.source.Now(), First: user.factors[0], ProviderID: user.link.ProviderID}
	return NewSession{User: user.User, Pending: &pending}, nil
}

// begin records the sign-in of somebody who has proven a factor and makes the session, both or neither.
func (s *SignIn) begin(ctx context.Context, user verified, cookie string) (NewSession, error) {
	var started NewSession
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		var err error
		started, err = s.beginIn(ctx, tx, user, cookie)
		return err
	})
	if errors.Is(err, ErrInvalidCredentials) {
		return NewSession{}, s.refuse(ctx, user.admission, user.proof, reasonOvertaken)
	}
	if err != nil {
		return NewSession{}, fmt.Errorf("sign in: %w", err)
	}
	return started, nil
}

// beginIn is begin inside tx.
func (s *SignIn) beginIn(ctx context.Context, tx Store, user verified, cookie string) (NewSession, error) {
	now := s.source.Now()
	user.User = s.settings.Get().dated(user.User, now)
	if err := tx.RecordSignIn(ctx, user.User, now, ActorFrom(ctx).IP, user.rehash); err != nil {
		return NewSession{}, err
	}
	if err := s.useLink(ctx, tx, user.link); err != nil {
		return NewSession{}, err
	}
	if user.unspent != nil {
		if err := user.unspent.spendIn(ctx, tx); err != nil {
			return NewSession{}, err
		}
	}
	started := NewSession{Secret: s.source.NewSecret(), User: user.User}
	started.User.Passkey = started.User.Passkey && s.usesPasskeys() // one that cannot be used is none
	var err error
	if started.Session, err = s.start(ctx, tx, user, cookie, started.Secret); err != nil {
		return NewSession{}, err
	}
	if started.Device, err = s.remember(ctx, tx, user.admission, true); err != nil {
		return NewSession{}, err
	}
	event := NewEvent(ctx, s.source, ActionSignedIn, TargetSession, started.Session.ID.String(), user.Username).By(user.User)
	return started, tx.InsertAudit(ctx, event)
}

// Reasons of a refused sign-in, for the trail.
const (
	reasonWrongPassword = "wrong_password" // counted: many in a row make the limits for strangers strict
	reasonExpired       = "expired"        // the password was right, but a temporary one whose time is over
	reasonOvertaken     = "overtaken"      // the password was right, but a reset or a deactivation was faster
)

// verified is a user who has proven a factor and may sign in, with a new hash if that of the password was weak.
type verified struct {
	User
	admission admission
	proof     PasswordProof
	factors   []Factor
	rehash    string
	unspent   *provenFactor  // what can be proven once; nil without one
	link      LinkedIdentity // by which they have signed in at a provider; zero without
}

// verify finds the user, lets them prove their password and checks that they may sign in. The work is the same for a
// user who does not exist.
func (s *SignIn) verify(ctx context.Context, login, password, device string) (verified, error) {
	if !s.settings.Get().TakesPasswords() {
		return verified{}, ErrPasswordsOff
	}
	a, err := s.admit(ctx, login, device)
	if err != nil {
		return verified{}, err
	}
	return s.prove(ctx, a, password)
}

// prove lets the user of an admission prove their password and checks that they may sign in.
func (s *SignIn) prove(ctx context.Context, a admission, password string) (verified, error) {
	proof, err := s.provePassword(ctx, a.user, password)
	if err != nil {
		s.giveBack(ctx, a) // nothing was tried
		return verified{}, err
	}
	reason := s.refusalReason(a.user, proof.OK)
	s.guard.watch.SignIn(reason)
	if reason != "" {
		err := s.refuse(ctx, a, proof, reason)
		if reason == reasonExpired && errors.Is(err, ErrInvalidCredentials) {
			err = ErrPasswordExpired // whoever knows the password may know what has become of it
		}
		return verified{}, err
	}
	s.giveBack(ctx, a)
	v := verified{User: a.user, admission: a, proof: proof, factors: []Factor{{Kind: CredentialPassword, At: s.source.Now()}}}
	if proof.Stale {
		if v.rehash, err = s.hasher.Hash(ctx, password); err != nil {
			return verified{}, err
		}
	}
	return v, nil
}

// provePassword reports whether the password is the user's, and whether its hash is weaker than those made today.
func (s *SignIn) provePassword(ctx context.Context, user User, password string) (PasswordProof, error) {
	if len(password) > maxPassword {
		password = "" // cannot be right, and must not cost more than a normal one
	}
	proof, err := s.hasher.Verify(ctx, password, user.Password.Hash)
	if err != nil {
		return PasswordProof{}, fmt.Errorf("verify password: %w", err)
	}
	return proof, nil
}

// refusalReason returns why the user may not sign in, or "".
func (s *SignIn) refusalReason(user User, proven bool) string {
	reason := user.eligibility(s.settings.Get())
	switch {
	case reason == UserUnknown:
	case !proven:
		return reasonWrongPassword
	case !user.Active:
	case s.settings.Get().passwordExpired(user, s.source.Now()):
		return reasonExpired
	case reason == PasswordChangeDue, reason == UserUnverified:
		return "" // what is missing is done after the sign-in
	}
	return string(reason)
}

// find looks up a name that a user can have. Any other is nobody's, although the databases fold letters beyond ASCII: the
// Kelvin sign to a k.
func (s *SignIn) find(ctx context.Context, login string) (User, error) {
	switch {
	case ValidEmail(login):
		return s.store.UserByEmail(ctx, login)
	case ValidUsername(login):
		return s.store.UserByUsername(ctx, login)
	}
	return User{}, ErrUserNotFound
}

// refuse counts and notes the failure, commits that, and only then returns the refusal, after the same time whatever
// the reason is.
func (s *SignIn) refuse(ctx context.Context, a admission, proof PasswordProof, reason string) error {
	defer s.hasher.AwaitRefusal(ctx, proof)
	ctx = context.WithoutCancel(ctx) // a guesser who hangs up has guessed all the same
	if err := s.recordFailure(ctx, a, reason); err != nil {
		return fmt.Errorf("record failed sign-in: %w", err)
	}
	if !a.firstAtAccount() {
		return ErrInvalidCredentials
	}
	accounts := s.guard.bucket(LimitManyAccounts, a.network.Narrow)
	if s.guard.throttle.Take(ctx, accounts).Refused() {
		if err := s.guard.notice(ctx, LimitManyAccounts, subject{key: a.network.Narrow, target: TargetUser}); err != nil {
			return err
		}
	}
	return ErrInvalidCredentials
}

// recordFailure writes the failure, and ends a session in which too many have come in a row. Names that nobody has are
// written for as long as their limit allows: a stranger could think of any number of them.
func (s *SignIn) recordFailure(ctx context.Context, a admission, reason string) error {
	now, unknown := s.source.Now(), a.user.ID == uuid.Nil
	unwritten := unknown && s.guard.throttle.Take(ctx, s.guard.bucket(LimitUnknown)).Refused()
	if unknown || reason == reasonWrongPassword {
		s.guard.throttle.Take(ctx, s.failures(&a))
	}
	return s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		event := NewEvent(ctx, s.source, ActionSignInFailed, TargetUser, "", "").Failed(reason)
		if !unknown {
			event.TargetID, event.TargetName = a.user.ID.String(), a.user.Username
		}
		if !unwritten {
			if err := tx.InsertAudit(ctx, event); err != nil {
				return err
			}
		}
		if reason != reasonWrongPassword && !unknown {
			return nil
		}
		// For a name that nobody has it counts nothing, which takes as long.
		if _, err := tx.RecordFailedSignIn(ctx, a.user.ID, a.slowedUntil(now)); err != nil && !(unknown && errors.Is(err, ErrUserNotFound)) {
			return err
		}
		if !a.exhausted() {
			return nil
		}
		return endSession(ctx, tx, s.source, EndPasswordGuessed, a.session.ID, a.user.Username, User{})
	})
}

// start makes the session, or renews the one that the browser already has for the same user.
func (s *SignIn) start(ctx context.Context, tx Store, user verified, cookie, secret string) (Session, error) {
	now := s.source.Now()
	actor := ActorFrom(ctx)
	session := Session{
		ID: s.source.NewID(), Digest: s.keys.Digest(PurposeSession, secret), UserID: user.ID,
		CreatedAt: now, LastActiveAt: now,
		ExpiresAt: now.Add(s.settings.Get().SessionIdleTTL), MaxExpiresAt: now.Add(s.settings.Get().SessionMaxTTL),
		IP: actor.IP, UserAgent: actor.UserAgent,
	}
	session.SetAssurance(Assure(user.factors...))
	if user.link.ProviderID != uuid.Nil {
		session.ProviderID = &user.link.ProviderID
	}
	if cookie == "" {
		return session, s.open(ctx, tx, user.User, session)
	}
	present, err := tx.SessionByDigest(ctx, s.keys.Digests(PurposeSession, cookie))
	switch {
	case errors.Is(err, ErrSessionNotFound):
		return session, s.open(ctx, tx, user.User, session)
	case err != nil:
		return Session{}, err
	case present.Active(now) && present.UserID == user.ID:
		session.ID, session.CreatedAt = present.ID, present.CreatedAt
		err := tx.RenewSession(ctx, session)
		if errors.Is(err, ErrSessionNotFound) { // ended in this very moment
			session.ID, session.CreatedAt = s.source.NewID(), now
			err = s.open(ctx, tx, user.User, session)
		}
		return session, err
	}
	if err := endSession(ctx, tx, s.source, EndReplaced, present.ID, "", user.User); err != nil {
		return Session{}, err
	}
	return session, s.open(ctx, tx, user.User, session)
}

// open inserts a session and ends those of the user that were idle longest, so that no more than MaxSessions are live.
// RecordSignIn before it has locked the user, so that sign-ins at the same moment count one another.
func (s *SignIn) open(ctx context.Context, tx Store, user User, session Session) error {
	surplus, err := tx.SessionsBeyond(ctx, user.ID, MaxSessions-1, session.CreatedAt)
	if err != nil {
		return err
	}
	if len(surplus) > 0 {
		if _, err := RevokeAccess(
			ctx, tx, s.source, user, SessionSelection{IDs: surplus}, GrantSelection{SessionIDs: surplus, OnlySessionBound: true}, EndSurplus,
		); err != nil {
			return err
		}
	}
	return tx.InsertSession(ctx, session)
}
