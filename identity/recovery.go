package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Recovery lets people who have forgotten their password choose another one, with a link that is mailed to their verified
// address. The link stands for the password alone: whoever has a second factor proves that, too.
type Recovery struct {
	store  recoveryPorts
	source Source
	keys   *Keyring
	guard  *guard
	hasher PasswordHasher
	policy PasswordPolicy
	signIn *SignIn
	mails  *Mails

	settings *LiveSettings
	passkeys *Passkeys
}

type recoveryPorts interface {
	Transactor
	UserReader
	OneTimeTokenStore
	PasskeyStore
}

func newRecovery(d Deps, g *guard, signIn *SignIn, passkeys *Passkeys, mails *Mails) *Recovery {
	return &Recovery{
		store: d.Store, source: d.Source, keys: d.Keys, guard: g, hasher: d.Hasher, policy: d.Policy,
		signIn: signIn, passkeys: passkeys, mails: mails, settings: d.Settings,
	}
}

// RecoveryPath is the page that a mailed link opens; the token is in the query.
const RecoveryPath = "/recover/new"

// recoveryLink opens the account of somebody who has forgotten the password.
var recoveryLink = mailedLink{purpose: TokenRecovery, ttl: time.Hour, kind: MailRecovery, path: RecoveryPath}

// Enabled reports whether there is recovery: whether mail is sent.
func (s *Recovery) Enabled() bool { return s.mails.Enabled() }

// Request mails a link to the user who has a name or an address, if that user may sign in and the address is verified.
// Nobody learns whether there is one: the result is the same after the same time. Only the caller's network can have asked
// too often, which is RateLimited. device is the device cookie, or empty.
func (s *Recovery) Request(ctx context.Context, login, device string) error {
	defer s.hasher.AwaitRefusal(ctx, s.hasher.Begin())
	a := admission{network: ActorFrom(ctx).Network(), device: s.signIn.KnownDevice(device)}
	taken := s.guard.throttle.Take(ctx, s.guard.bucket(LimitMailNetwork, a.network.Narrow))
	if taken.Refused() {
		return s.guard.refuse(ctx, LimitMailNetwork, subject{key: a.network.Narrow, target: TargetUser}, taken.Wait)
	}
	if err := s.signIn.recognise(ctx, &a, login); err != nil {
		return err
	}
	if limit := s.takeMail(ctx, a); limit != "" {
		return s.guard.notice(ctx, limit, userSubject(a.account, a.user))
	}
	if err := s.mailLink(ctx, a.user); err != nil {
		return fmt.Errorf("request recovery: %w", err)
	}
	return nil
}

// takeMail takes from the limits of messages to one account, and returns the one that is used up. Where the user has signed
// in before, what strangers ask for does not count.
func (s *Recovery) takeMail(ctx context.Context, a admission) Limit {
	key := a.mailbox()
	limits := []Limit{LimitMail, LimitMails}
	parts := []string{key}
	switch {
	case a.known.Browser:
		limits, parts = []Limit{LimitMailOwn}, append(parts, a.device)
	case a.known.Network:
		limits, parts = []Limit{LimitMailOwn}, append(parts, a.network.Wide)
	}
	buckets := make([]Bucket, len(limits))
	for i, limit := range limits {
		buckets[i] = s.guard.bucket(limit, parts...)
	}
	if taken := s.guard.throttle.Take(ctx, buckets...); taken.Refused() {
		return limits[taken.Empty]
	}
	return ""
}

// mailLink writes a token with the message that holds it, or why there is none. Requests for names that nobody has are
// written for as long as their limit allows.
func (s *Recovery) mailLink(ctx context.Context, u User) error {
	unknown := u.ID == uuid.Nil
	if unknown && s.guard.throttle.Take(ctx, s.guard.bucket(LimitUnknown)).Refused() {
		return nil
	}
	return s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		event := NewEvent(ctx, s.source, ActionRecoveryRequested, TargetUser, "", "")
		if unknown {
			return tx.InsertAudit(ctx, event.Failed(string(UserUnknown)))
		}
		// Whoever deactivates or resets the user meanwhile comes before, and is seen, or after, and ends the token.
		u, err := lockUser(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		event.TargetID, event.TargetName = u.ID.String(), u.Username
		if reason := unreachable(u); reason != "" {
			return tx.InsertAudit(ctx, event.Failed(reason))
		}
		if err := s.mails.writeLink(ctx, tx, recoveryLink, u, u.Email); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, event)
	})
}

// lockUser reads a user whom nobody else changes until the transaction ends; zero when there is none any more.
func lockUser(ctx context.Context, tx Store, id uuid.UUID) (User, error) {
	users, err := tx.LockUsers(ctx, []uuid.UUID{id})
	return users[id], err
}

// unreachable returns why a user cannot recover the account by mail, or "". An address that is not verified may be a
// stranger's, who would own the account with the link.
func unreachable(u User) string {
	switch {
	case u.ID == uuid.Nil:
		return string(UserUnknown)
	case !u.Active:
		return string(UserInactive)
	case !u.Verified:
		return string(UserUnverified)
	}
	return ""
}

// Find returns whose account a link opens, or ErrLinkInvalid. It changes nothing.
func (s *Recovery) Find(ctx context.Context, token string) (RecoverableAccount, error) {
	_, r, err := s.find(ctx, token)
	return r, err
}

// opens reports whether the token still stands for the user's mailbox, or was handed to the user.
func (s *Recovery) opens(t OneTimeToken, u User) bool {
	if t.good(TokenHanded, s.source.Now()) {
		return u.Active
	}
	return t.good(TokenRecovery, s.source.Now()) && unreachable(u) == "" && t.Email == u.Email
}

// RecoveryAttempt is what a person typed on the page of a link, and the cookies that the browser has.
type RecoveryAttempt struct {
	Token  string
	Next   string // new password
	Code   string // where one is needed: of the app, or a recovery code
	Cookie string // secret of the present session, or empty
	Device string // device cookie, or empty

	Passkey CeremonyAnswer // instead of the password
	Key     CeremonyAnswer // of a passkey or security key, instead of the code for a password
}

// Complete replaces the password of the user whom a link was mailed to, and signs the user in with what was proven. Every
// session and grant ends, and every other link; browsers are known no more. The link is spent by that and by nothing else:
// a password that is refused (CodePasswordPolicy), a wrong code (ErrInvalidCode), or a passkey or key that is refused leaves it as it is.
// Else ErrLinkInvalid.
func (s *Recovery) Complete(ctx context.Context, a RecoveryAttempt) (NewSession, error) {
	token, r, err := s.find(ctx, a.Token)
	if err != nil {
		return NewSession{}, err
	}
	if !r.Password {
		return NewSession{}, ErrPasswordsOff
	}
	user := r.User
	if err := s.policy.Check(a.Next, user.Username, user.Email); err != nil {
		return NewSession{}, err
	}
	proven := verified{User: user, admission: admission{
		user: user, account: accountName(user.Username, user), network: ActorFrom(ctx).Network(), device: s.signIn.KnownDevice(a.Device),
	}}
	// Before anything is said of the password: the link alone must not serve to guess the present one.
	if proven.unspent, err = s.proveCode(ctx, user, r.PasswordCode, token, a); err != nil {
		return NewSession{}, err
	}
	if proven.unspent != nil {
		proven.factors = []Factor{proven.unspent.factor}
	}
	started, err := s.replace(ctx, token, proven, a)
	if proven.unspent != nil {
		err = s.signIn.settle(ctx, *proven.unspent, err)
	}
	return started, err
}

// replace stores the new password of somebody who has proven all that is asked for.
func (s *Recovery) replace(ctx context.Context, token OneTimeToken, proven verified, a RecoveryAttempt) (NewSession, error) {
	present, err := s.signIn.provePassword(ctx, proven.User, a.Next)
	if err != nil {
		return NewSession{}, err
	}
	if present.OK {
		return NewSession{}, errSamePassword
	}
	hash, err := s.hasher.Hash(ctx, a.Next)
	if err != nil {
		return NewSession{}, err
	}
	var started NewSession
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		opened, err := s.open(ctx, tx, token)
		if err != nil {
			return err
		}
		if opened.PasswordCode && proven.unspent == nil { // added since the page was asked for
			return ErrInvalidCode
		}
		user, err := s.setPassword(ctx, tx, opened.User, hash)
		if err != nil {
			return err
		}
		owner := proven
		owner.User, owner.factors = user, append([]Factor{{Kind: CredentialPassword, At: *user.Password.ChangedAt}}, proven.factors...)
		owner.admission.user, owner.admission.known = user, Familiarity{} // forgotten with all browsers
		started, err = s.signIn.beginIn(ctx, tx, owner, a.Cookie)
		return err
	})
	if err != nil {
		return NewSession{}, fmt.Errorf("recover account: %w", err)
	}
	return started, nil
}
