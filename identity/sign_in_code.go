package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// SignInCode is a code that was mailed to whom a browser says to be.
type SignInCode struct {
	ID         uuid.UUID
	Digest     []byte // keyed digest of the secret that the browser has as a cookie
	Login      string // what was typed
	UserID     uuid.UUID
	Email      string // the user's address, to which the code was mailed; empty: to nobody
	CodeDigest []byte // keyed digest of the code; where none was mailed, of what nobody knows
	Attempts   int
	CreatedAt  time.Time
	ExpiresAt  time.Time
}

// ErrSignInCodeNotFound refuses a code that is too old, was used or tried too often, or is another browser's.
var ErrSignInCodeNotFound = &Error{
	Kind: NotFound, Code: CodeSignInCodeNotFound,
	Detail: "This code is no longer good, or was asked for in another browser. Ask for a new one.",
}

// codeProvenFor is how long a browser is known by a mailed code alone.
const codeProvenFor = time.Hour

// SignInCodes mails codes to people, which they type in the browser that asked. Where the operator has chosen so a code signs in, as
// one factor. Everywhere it makes the browser known for an hour, so that whoever reads the user's mail is not slowed by what
// strangers guess at the account.
type SignInCodes struct {
	store    signInCodePorts
	source   Source
	keys     *Keyring
	guard    *guard
	hasher   PasswordHasher
	settings *LiveSettings
	signIn   *SignIn
	mails    *Mails
}

type signInCodePorts interface {
	Transactor
	UserReader
	SignInCodeStore
}

func newSignInCodes(d Deps, g *guard, signIn *SignIn, mails *Mails) *SignInCodes {
	return &SignInCodes{
		store: d.Store, source: d.Source, keys: d.Keys, guard: g, hasher: d.Hasher, settings: d.Settings, signIn: signIn, mails: mails,
	}
}

// Enabled reports whether codes can be mailed.
func (s *SignInCodes) Enabled() bool { return s.mails.Enabled() }

// SignIn reports whether a code signs in, and not only makes the browser known.
func (s *SignInCodes) SignIn() bool { return s.Enabled() && s.settings.Get().EmailSignIn }

// SignInCodeRequest is whom a browser says to be, and the cookies that it has.
type SignInCodeRequest struct {
	Login  string // username or e-mail address
	Cookie string // secret of the code that was asked for before, or empty
	Device string // device cookie, or empty
}

// Request mails a code to the verified address of the user who has a name or an address, if there is one who may sign in, and
// returns the secret that the browser needs to use it. Nobody learns whether there is one: the result is the same after the same
// time, and so is what is written. Only the caller's network can have asked too often, which is RateLimited.
func (s *SignInCodes) Request(ctx context.Context, r SignInCodeRequest) (secret string, err error) {
	defer s.hasher.AwaitRefusal(ctx, s.hasher.Begin())
	a := admission{network: ActorFrom(ctx).Network(), device: s.signIn.KnownDevice(r.Device)}
	taken := s.guard.throttle.Take(ctx, s.guard.bucket(LimitMailNetwork, a.network.Narrow))
	if taken.Refused() {
		return "", s.guard.refuse(ctx, LimitMailNetwork, subject{key: a.network.Narrow, target: TargetUser}, taken.Wait)
	}
	if err := s.signIn.recognise(ctx, &a, r.Login); err != nil {
		return "", err
	}
	limits, buckets := s.guard.mailLimits("sign_in_code", a)
	taken = s.guard.throttle.Take(ctx, buckets...)
	if taken.Refused() {
		if err := s.guard.notice(ctx, limits[taken.Empty], userSubject(a.account, a.user)); err != nil {
			return "", err
		}
		if present, err := s.Find(ctx, r.Cookie); err == nil && strings.EqualFold(present.Login, r.Login) {
			return r.Cookie, nil // the code of before is still good
		}
	}
	if secret, err = s.begin(ctx, r, a.user, !taken.Refused()); err != nil {
		return "", fmt.Errorf("mail a code: %w", err)
	}
	return secret, nil
}

// mailLimits returns the limits of codes to one account. Where the user has signed in before, what strangers ask for does not count.
func (g *guard) mailLimits(purpose string, a admission) ([]Limit, []Bucket) {
	key := a.mailbox()
	switch {
	case a.known.Browser:
		return []Limit{LimitMailOwn}, []Bucket{g.bucket(LimitMailOwn, purpose, key, a.device)}
	case a.known.Network:
		return []Limit{LimitMailOwn}, []Bucket{g.bucket(LimitMailOwn, purpose, key, a.network.Wide)}
	}
	return g.strangersMail(a.network, purpose, key)
}

// begin writes a code with its message, if one is sent, or with why there is none.
func (s *SignInCodes) begin(ctx context.Context, r SignInCodeRequest, u User, send bool) (secret string, err error) {
	now := s.source.Now()
	secret = s.source.NewSecret()
	row := SignInCode{
		ID: s.source.NewID(), Digest: s.keys.Digest(PurposeOneTimeToken, secret), Login: r.Login, CreatedAt: now,
		ExpiresAt: now.Add(mailedCodeTTL),
	}
	written := u.ID != uuid.Nil || !s.guard.throttle.Take(ctx, s.guard.bucket(LimitUnknown)).Refused()
	return secret, s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		event := NewEvent(ctx, s.source, ActionSignInCodeSent, TargetUser, "", "")
		if u.ID != uuid.Nil {
			if u, err = lockUser(ctx, tx, u.ID); err != nil {
				return err
			}
			event.TargetID, event.TargetName = u.ID.String(), u.Username
		}
		reason, code := unreachable(u), s.source.NewSecret() // what no message tells nobody guesses
		if send && reason == "" {
			row.UserID, row.Email, code = u.ID, u.Email, s.source.newMailedCode()
		}
		row.CodeDigest = s.keys.codeDigest(row.ID, code)
		if err := tx.InsertSignInCode(ctx, row); err != nil || !send {
			return err
		}
		if reason != "" {
			if !written {
				return nil
			}
			return tx.InsertAudit(ctx, event.Failed(reason))
		}
		l := letter{user: u, kind: MailSignInCode, to: u.Email, content: MailContent{
			Username: u.Username, At: now, IP: ActorFrom(ctx).IP, Until: row.ExpiresAt, Code: spellMailedCode(code),
		}}
		if err := s.mails.write(ctx, tx, l); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, event)
	})
}

// Find returns the code that a browser has asked for, or ErrSignInCodeNotFound.
func (s *SignInCodes) Find(ctx context.Context, cookie string) (SignInCode, error) {
	if cookie == "" {
		return SignInCode{}, ErrSignInCodeNotFound
	}
	c, err := s.store.SignInCodeByDigest(ctx, s.keys.Digests(PurposeOneTimeToken, cookie))
	if err == nil && !c.ExpiresAt.After(s.source.Now()) {
		err = ErrSignInCodeNotFound
	}
	return c, err
}

// SignInCodeAttempt is what a person typed, and the cookies that the browser has.
type SignInCodeAttempt struct {
	Code    string
	Request string // secret of the code that was asked for
	Cookie  string // secret of the present session, or empty
	Device  string // device cookie, or empty

	ClientID uuid.UUID // of the client that asked for the sign-in; zero when none did
}

// Prove spends a code. Where codes sign in it begins a session, or is pending for whoever has a second factor; else the result has
// no session, and the browser is known. A wrong code is ErrInvalidCode; after five of them, or ten minutes, it is
// ErrSignInCodeNotFound, as it is when the address or the password has changed meanwhile.
//
// Refusals take the same time: what is written of names that nobody has is bounded, and must not be told by that.
func (s *SignInCodes) Prove(ctx context.Context, a SignInCodeAttempt) (started NewSession, err error) {
	ctx = throughClient(ctx, a.ClientID)
	began := s.hasher.Begin()
	defer func() {
		if err != nil {
			s.hasher.AwaitRefusal(ctx, began)
		}
	}()
	row, err := s.Find(ctx, a.Request)
	if err != nil {
		return NewSession{}, err
	}
	code, err := readMailedCode(a.Code)
	if err != nil {
		return NewSession{}, err
	}
	// Committed by itself: a guess counts whatever becomes of it.
	switch counted, err := s.store.TrySignInCode(context.WithoutCancel(ctx), row.ID, mailedCodeTries, s.source.Now()); {
	case err != nil:
		return NewSession{}, fmt.Errorf("try a mailed code: %w", err)
	case !counted:
		return NewSession{}, ErrSignInCodeNotFound
	}
	user := User{}
	if row.UserID != uuid.Nil {
		if user, err = s.store.UserByID(ctx, row.UserID); err != nil && !errors.Is(err, ErrUserNotFound) {
			return NewSession{}, err
		}
	}
	if !s.keys.isCode(row.ID, code, row.CodeDigest) {
		return NewSession{}, s.signIn.refuseProof(ctx, user, reasonWrongCode, ErrInvalidCode)
	}
	if !row.proves(user) {
		return NewSession{}, s.signIn.refuseProof(ctx, user, reasonOvertaken, ErrSignInCodeNotFound)
	}
	proven := admission{
		user: user, account: accountName(user.Username, user), network: ActorFrom(ctx).Network(), device: s.signIn.KnownDevice(a.Device),
	}
	if err := s.signIn.locate(ctx, &proven, user.ID); err != nil {
		return NewSession{}, err
	}
	started, err = s.use(ctx, row, proven, a.Cookie)
	if errors.Is(err, ErrInvalidCredentials) { // a deactivation or a reset was faster
		return NewSession{}, s.signIn.refuseProof(ctx, user, reasonOvertaken, ErrSignInCodeNotFound)
	}
	if err != nil {
		return NewSession{}, fmt.Errorf("prove a mailed code: %w", err)
	}
	return started, nil
}

// proves reports whether the code still stands for the mailbox of the user, who has not chosen another password since.
func (c SignInCode) proves(u User) bool {
	changed := u.Password.ChangedAt
	return unreachable(u) == "" && u.Email == c.Email && (changed == nil || !changed.After(c.CreatedAt))
}

// use does what a right code is good for.
func (s *SignInCodes) use(ctx context.Context, row SignInCode, a admission, cookie string) (NewSession, error) {
	now := s.source.Now()
	spend := func(ctx context.Context, tx Store) error {
		spent, err := tx.SpendSignInCode(ctx, row.ID, now)
		if err == nil && !spent {
			err = ErrSignInCodeNotFound
		}
		return err
	}
	if !s.SignIn() {
		return s.know(ctx, a, spend)
	}
	owner := verified{User: a.user, admission: a, factors: []Factor{{Kind: CredentialEmail, At: now}}}
	if reason := s.signIn.refusalReason(a.user, true); reason != "" {
		refusal := ErrSignInCodeNotFound
		if reason == reasonExpired {
			refusal = ErrPasswordExpired // whoever reads the mail may know what has become of the password
		}
		return NewSession{}, s.signIn.refuseProof(ctx, a.user, reason, refusal)
	}
	if a.user.SecondFactor() && !s.signIn.spared(&owner) {
		if err := s.store.InTx(ctx, spend); err != nil {
			return NewSession{}, err
		}
		return s.signIn.await(ctx, owner)
	}
	var started NewSession
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) (err error) {
		if err := spend(ctx, tx); err != nil {
			return err
		}
		started, err = s.signIn.beginIn(ctx, tx, owner, cookie)
		return err
	})
	if err == nil {
		s.guard.watch.SignIn("")
	}
	return started, err
}

// know makes the browser known for a while: not for longer, since nobody has signed in there, and not trusted.
func (s *SignInCodes) know(ctx context.Context, a admission, spend func(ctx context.Context, tx Store) error) (NewSession, error) {
	started := NewSession{User: a.user}
	return started, s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := spend(ctx, tx); err != nil || a.known.Browser {
			return err
		}
		now := s.source.Now()
		until := now.Add(codeProvenFor)
		place := Place{UserID: a.user.ID, At: now, Until: &until}
		if a.device != "" {
			place.Former = s.keys.Digests(PurposeDevice, a.device)
		}
		started.Device = newDevice(s.source, s.keys) // a planted one must not become known
		place.Browser = s.keys.Digest(PurposeDevice, started.Device)
		if err := tx.RememberPlace(ctx, place); err != nil {
			return err
		}
		event := NewEvent(ctx, s.source, ActionBrowserProven, TargetUser, a.user.ID.String(), a.user.Username)
		return tx.InsertAudit(ctx, event.By(a.user))
	})
}
