package identity

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
)

// The bounds of how long a link lives that an administrator makes.
const (
	ShortestHandedLink = 15 * time.Minute
	LongestHandedLink  = 24 * time.Hour
)

// ErrNoMail refuses what needs a mail server where none is configured.
var ErrNoMail = &Error{Kind: Conflict, Code: CodeMailNotConfigured, Detail: "No mail server is configured (AUTHLY_SMTP_URL)."}

// ErrUnverified refuses to send a link to an address that may be a stranger's.
var ErrUnverified = &Error{Kind: Conflict, Code: CodeEmailUnverified, Detail: "The address of the user is not verified."}

// ErrMailNotFound says that there is no such message, or none any more.
var ErrMailNotFound = &Error{Kind: NotFound, Code: CodeMailNotFound, Detail: "No such message."}

// errMailOver refuses to send what is gone.
var errMailOver = &Error{
	Kind: Conflict, Code: CodeMailOver,
	Detail: "The message was sent or given up, and what it said is gone. Let what it told of be done again.",
}

// Hasten lets a message that waits be sent at once, inside tx. ErrMailNotFound or CodeMailOver.
func (s *Mails) Hasten(ctx context.Context, tx Store, id uuid.UUID) error {
	m, err := tx.MailByID(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return ErrMailNotFound
	}
	if err != nil {
		return err
	}
	if m.Over() {
		return errMailOver
	}
	hastened, err := tx.HastenJob(ctx, kindMail, id, s.source.Now())
	if err != nil || !hastened { // it is being sent
		return err
	}
	event := NewEvent(ctx, s.source, ActionMailRetried, TargetUser, "", "")
	if m.UserID != uuid.Nil { // else it is to somebody who has no account
		user, err := tx.UserByID(ctx, m.UserID)
		if err != nil {
			return err
		}
		event.TargetID, event.TargetName = user.ID.String(), user.Username
	}
	event.Changes = map[string]Change{"kind": {After: string(m.Kind)}}
	return tx.InsertAudit(ctx, event)
}

// WriteTest sends a user a message that says that it is a test, inside tx, and returns its id.
func (s *Mails) WriteTest(ctx context.Context, tx Store, u User) (uuid.UUID, error) {
	switch {
	case !s.Enabled():
		return uuid.Nil, ErrNoMail
	case unreachable(u) != "":
		return uuid.Nil, ErrUnverified
	}
	if taken := s.guard.throttle.Take(ctx, s.guard.bucket(LimitMailOwn, string(MailTest), u.ID.String())); taken.Refused() {
		return uuid.Nil, TooManyAttempts(taken.Wait)
	}
	test := letter{id: s.source.NewID(), user: u, kind: MailTest, to: u.Email, content: MailContent{Username: u.Username, At: s.source.Now()}}
	if err := s.write(ctx, tx, test); err != nil {
		return uuid.Nil, err
	}
	return test.id, tx.InsertAudit(ctx, NewEvent(ctx, s.source, ActionMailTested, TargetUser, u.ID.String(), u.Username))
}

// WriteVerification mails a link to the address of a user that shows that it is theirs, inside tx.
func (s *Mails) WriteVerification(ctx context.Context, tx Store, u User) error {
	if !s.Enabled() {
		return ErrNoMail
	}
	if err := s.writeLink(ctx, tx, verificationLink, u, u.Email); err != nil {
		return err
	}
	return tx.InsertAudit(ctx, NewEvent(ctx, s.source, ActionVerificationSent, TargetUser, u.ID.String(), u.Username))
}

// RecoveryLink is what an administrator makes for a user who cannot sign in.
type RecoveryLink struct {
	URL       string // empty: it was mailed
	ExpiresAt time.Time
}

// MakeRecoveryLink makes a link by which a user chooses a new password or adds a passkey, inside tx, and mails it to the user's verified
// address or returns it, once. It stands for the password alone, as one that the user asks for does, or for a passkey (see
// Recovery.AddPasskey); handed over, it needs no mailbox. A newer one takes its place, and whatever ends all access of the user
// ends it.
func (s *Mails) MakeRecoveryLink(ctx context.Context, tx Store, u User, ttl time.Duration, mail bool) (RecoveryLink, error) {
	if mail && !s.Enabled() {
		return RecoveryLink{}, ErrNoMail
	}
	link, told := recoveryLink, "mailed"
	link.ttl, link.kind = ttl, MailRecoveryByAdmin
	if !mail {
		link.purpose, told = TokenHanded, changedShown
	}
	event := NewEvent(ctx, s.source, ActionRecoveryLinkCreated, TargetUser, u.ID.String(), u.Username)
	event.Changes = map[string]Change{told: {After: true}}
	if err := tx.InsertAudit(ctx, event); err != nil {
		return RecoveryLink{}, err
	}
	made := RecoveryLink{ExpiresAt: s.source.Now().Add(ttl)}
	var err error
	switch {
	case !mail:
		made.URL, made.ExpiresAt, err = s.newLink(ctx, tx, link, u, u.Email)
	case unreachable(u) != "":
		err = ErrUnverified
	default:
		err = s.writeLink(ctx, tx, link, u, u.Email)
	}
	return made, err
}
