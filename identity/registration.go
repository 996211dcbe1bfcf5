package identity

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// RegistrationMode says who may make an account for themselves.
type RegistrationMode string

// The modes.
const (
	RegistrationClosed RegistrationMode = "closed" // nobody
	RegistrationInvite RegistrationMode = "invite" // who was invited
	RegistrationOpen   RegistrationMode = "open"   // they too, and everybody with an address of RegistrationDomains
)

// Registers reports whether people can make accounts for themselves who were not invited.
func (s *Settings) Registers() bool { return s.Registration == RegistrationOpen }

// admits reports whether people may register with an address: one whose domain, after the last at sign, is on the list, or
// below one that is there as *.example.org.
func (s *Settings) admits(email string) bool {
	domain := strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
	return len(s.RegistrationDomains) == 0 || slices.ContainsFunc(s.RegistrationDomains, func(d string) bool {
		above, below := strings.CutPrefix(d, "*")
		return d == domain || below && strings.HasSuffix(domain, above)
	})
}

// Registration is somebody who wants an account: an address, and the browser that asked. There is no user before the code
// that was mailed to the address was typed in that browser.
type Registration struct {
	ID           uuid.UUID
	Digest       []byte // keyed digest of the secret that the browser has as a cookie
	Email        string
	InvitationID uuid.UUID // by which they register; zero: by none
	CodeDigest   []byte    // keyed digest of the code; where none was mailed, of what nobody knows
	Attempts     int
	CreatedAt    time.Time
	ExpiresAt    time.Time
	ProvenAt     *time.Time // the code was typed
}

// RegistrationTTL is how long there is to make the account once the code was typed.
const RegistrationTTL = time.Hour

// RegistrationCodePath is the page where the code is typed.
const RegistrationCodePath = "/register/code"

// The refusals of registration.
var (
	ErrRegistrationClosed = &Error{
		Kind: Forbidden, Code: CodeRegistrationClosed, Detail: "Nobody can make an account here at present.",
	}
	ErrRegistrationNotFound = &Error{
		Kind: NotFound, Code: CodeRegistrationNotFound,
		Detail: "This code is no longer good, or was asked for in another browser. Ask for a new one.",
	}
)

// Registrations lets people make accounts for themselves: an address, a code that is mailed to it, and then the account. As
// no account exists before its mailbox is proven, nobody can lie in wait in an account that is another's
// (Sudhodanan and Paverd, Pre-hijacked accounts, USENIX Security 2022).
type Registrations struct {
	store    registrationPorts
	source   Source
	keys     *Keyring
	guard    *guard
	hasher   PasswordHasher
	policy   PasswordPolicy
	settings *LiveSettings
	signIn   *SignIn
	mails    *Mails
}

type registrationPorts interface {
	Transactor
	UserReader
	AttributeReader
	RegistrationStore
	InvitationStore
}

func newRegistrations(d Deps, g *guard, signIn *SignIn, mails *Mails) *Registrations {
	return &Registrations{
		store: d.Store, source: d.Source, keys: d.Keys, guard: g, hasher: d.Hasher, policy: d.Policy, settings: d.Settings,
		signIn: signIn, mails: mails,
	}
}

// Enabled reports whether there can be registration at all: whether mail is sent.
func (s *Registrations) Enabled() bool { return s.mails.Enabled() }

// Open reports whether people can make accounts for themselves now who were not invited.
func (s *Registrations) Open() bool { return s.Enabled() && s.settings.Get().Registers() }

// Invites reports whether those can who were invited, at least.
func (s *Registrations) Invites() bool {
	return s.Enabled() && s.settings.Get().Registration != RegistrationClosed
}

// allows reports whether somebody who has begun may go on now.
func (s *Registrations) allows(r Registration) bool {
	return s.Open() || r.InvitationID != uuid.Nil && s.Invites()
}

// RegistrationRequest is what a person typed to begin with.
type RegistrationRequest struct {
	Email       string
	Cookie      string // secret of the registration that the browser is in the middle of, or empty
	Interaction string // handle of the interaction to go on with, or empty
	Locale      string // in which the page is read
	Invitation  string // secret of the link, or empty
}

// admission checks who may begin: whoever was invited, for that address, and else everybody with an address of the list. It
// returns the invitation, if there is one.
func (s *Registrations) admission(ctx context.Context, r RegistrationRequest) (i Invitation, err error) {
	if !s.Open() && (r.Invitation == "" || !s.Invites()) {
		return i, ErrRegistrationClosed
	}
	if r.Invitation != "" {
		if i, err = s.Invited(ctx, r.Invitation); err != nil {
			return i, err
		}
	}
	switch err := checkEmail(r.Email); {
	case err != nil:
		return i, err
	case i.ID != uuid.Nil && !strings.EqualFold(i.Email, r.Email):
		return i, InvalidField("email", "Must be the one that the invitation was sent to.")
	case i.ID == uuid.Nil && !s.settings.Get().admits(r.Email):
		return i, InvalidField("email", "Must be an address of another domain: with this one nobody can register.")
	}
	return i, nil
}

// Begin mails a code to an address, and returns the secret that the browser needs to use it. Of an address that has an
// account its owner hears instead, and whoever asks learns nothing: result, time and what is written are the same. Only the
// caller's network can have asked too often, which is RateLimited; where the address was asked about too often no message goes.
// What strangers ask about an address keeps no code from who was invited, and those of one network none from anybody elsewhere.
func (s *Registrations) Begin(ctx context.Context, r RegistrationRequest) (secret string, err error) {
	invitation, err := s.admission(ctx, r)
	if err != nil {
		return "", err
	}
	defer s.hasher.AwaitRefusal(ctx, s.hasher.Begin())
	network := ActorFrom(ctx).Network()
	taken := s.guard.throttle.Take(ctx, s.guard.bucket(LimitMailNetwork, network.Narrow))
	if taken.Refused() {
		return "", s.guard.refuse(ctx, LimitMailNetwork, subject{key: network.Narrow, target: TargetUser}, taken.Wait)
	}
	address := strings.ToLower(r.Email)
	limits, buckets := s.guard.strangersMail(network, "registration", address)
	if invitation.ID != uuid.Nil { // no stranger, and programs that press buttons must leave some
		limits, buckets = []Limit{LimitMailOwn}, []Bucket{s.guard.bucket(LimitMailOwn, "invitation", invitation.ID.String())}
		r.Email = invitation.Email
	}
	taken = s.guard.throttle.Take(ctx, buckets...)
	if taken.Refused() {
		if err := s.guard.notice(ctx, limits[taken.Empty], subject{key: address, target: TargetUser}); err != nil {
			return "", err
		}
		present, err := s.Find(ctx, r.Cookie)
		if err == nil && strings.EqualFold(present.Email, address) && present.InvitationID == invitation.ID {
			return r.Cookie, nil // the code of before is still good
		}
	}
	secret, err = s.begin(ctx, r, invitation.ID, !taken.Refused())
	if err != nil {
		return "", fmt.Errorf("begin registration: %w", err)
	}
	return secret, nil
}

// begin writes a registration with its message, if one is sent.
func (s *Registrations) begin(ctx context.Context, r RegistrationRequest, invitation uuid.UUID, send bool) (secret string, err error) {
	now := s.source.Now()
	secret = s.source.NewSecret()
	registration := Registration{
		ID: s.source.NewID(), Digest: s.keys.Digest(PurposeOneTimeToken, secret), Email: r.Email, CreatedAt: now,
		ExpiresAt: now.Add(mailedCodeTTL), InvitationID: invitation,
	}
	written := !s.guard.throttle.Take(ctx, s.guard.bucket(LimitUnknown)).Refused()
	return secret, s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		owner, err := tx.UserByEmail(ctx, r.Email)
		if err != nil && !errors.Is(err, ErrUserNotFound) {
			return err
		}
		known := err == nil
		// What no message tells nobody guesses: else many who ask could, for an address that no code was mailed to.
		code := s.source.NewSecret()
		if send && !known {
			code = s.source.newMailedCode()
		}
		registration.CodeDigest = s.keys.codeDigest(registration.ID, code)
		if err := tx.InsertRegistration(ctx, registration); err != nil || !send {
			return err
		}
		event := NewEvent(ctx, s.source, ActionRegistrationStarted, TargetUser, "", "")
		query := url.Values{"code": {code}}
		if r.Interaction != "" {
			query.Set("interaction", r.Interaction)
		}
		if r.Invitation != "" {
			query.Set(ParamInvitation, r.Invitation)
		}
		l := letter{locale: r.Locale, kind: MailRegistration, to: r.Email, content: MailContent{
			At: now, IP: ActorFrom(ctx).IP, Until: registration.ExpiresAt, Code: spellMailedCode(code),
			Link: s.settings.Get().Issuer + RegistrationCodePath + "?" + query.Encode(),
		}}
		if known {
			event.TargetID, event.TargetName = owner.ID.String(), owner.Username
			event = event.Failed("address_taken")
			l = letter{user: owner, kind: MailRegistered, to: owner.Email, content: MailContent{
				At: now, IP: ActorFrom(ctx).IP, Link: s.settings.Get().Issuer + "/login",
			}}
		}
		if err := s.mails.write(ctx, tx, l); err != nil || !written {
			return err
		}
		return tx.InsertAudit(ctx, event)
	})
}

// Find returns the registration that a browser is in the middle of, or ErrRegistrationNotFound.
func (s *Registrations) Find(ctx context.Context, cookie string) (Registration, error) {
	if cookie == "" {
		return Registration{}, ErrRegistrationNotFound
	}
	r, err := s.store.RegistrationByDigest(ctx, s.keys.Digests(PurposeOneTimeToken, cookie))
	if err == nil && !r.ExpiresAt.After(s.source.Now()) {
		err = ErrRegistrationNotFound
	}
	return r, err
}

// ProveAddress notes that the person in a browser reads what is sent to the address, by the code. A wrong one is
// ErrInvalidCode; after five of them, or ten minutes, the code is dead: ErrRegistrationNotFound.
func (s *Registrations) ProveAddress(ctx context.Context, cookie, code string) error {
	r, err := s.Find(ctx, cookie)
	switch {
	case !s.Invites(), err == nil && !s.allows(r):
		return ErrRegistrationClosed
	case err != nil || r.ProvenAt != nil:
		return err
	}
	if code, err = readMailedCode(code); err != nil {
		return err
	}
	right := s.keys.isCode(r.ID, code, r.CodeDigest)
	counted, proven := false, false
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) (err error) {
		now := s.source.Now()
		counted, err = tx.TryRegistration(ctx, r.ID, mailedCodeTries, now)
		if err != nil || !counted || !right {
			return err
		}
		proven, err = tx.ProveRegistration(ctx, r.ID, now, now.Add(RegistrationTTL))
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("prove the address of a registration: %w", err)
	case !counted, right && !proven:
		return ErrRegistrationNotFound
	case !right:
		return ErrInvalidCode
	}
	return nil
}
