package identity

import (
	"context"
	"net/url"
	"time"

	"github.com/google/uuid"
)

// TokenPurpose is what a one-time token is good for, and for nothing else.
type TokenPurpose string

// The purposes.
const (
	TokenRecovery     TokenPurpose = "recovery"     // choose a new password
	TokenVerification TokenPurpose = "verification" // show that an address is the user's
)

// OneTimeToken is a secret that is mailed to a user in a link and works once: whoever spends it deletes the row. Of a purpose
// a user has one; a newer one takes its place.
type OneTimeToken struct {
	ID        uuid.UUID
	Digest    []byte // keyed digest of the secret, which is not stored
	Purpose   TokenPurpose
	UserID    uuid.UUID
	Email     string // the address that it was mailed to
	CreatedAt time.Time
	ExpiresAt time.Time
}

// ErrLinkInvalid refuses a link that is none, was used, has expired or was replaced by a newer one: nobody is told which.
var ErrLinkInvalid = &Error{Kind: NotFound, Code: CodeLinkInvalid, Detail: "This link is no longer valid. Ask for a new one."}

// mailedLink is a kind of links with a token.
type mailedLink struct {
	purpose TokenPurpose
	ttl     time.Duration
	kind    MailKind
	path    string // of the page that it opens; the token is in the query
}

// writeLink makes a token for a user and the message to the user's address that holds it, inside tx. Nothing else has it. The
// link is of the issuer, whatever the request says of the host.
func (s *Mails) writeLink(ctx context.Context, tx Store, l mailedLink, u User) error {
	now, secret := s.source.Now(), s.source.NewSecret()
	token := OneTimeToken{
		ID: s.source.NewID(), Digest: s.keys.Digest(PurposeOneTimeToken, secret), Purpose: l.purpose, UserID: u.ID, Email: u.Email,
		CreatedAt: now, ExpiresAt: now.Add(l.ttl),
	}
	if err := tx.SaveOneTimeToken(ctx, token); err != nil {
		return err
	}
	content := MailContent{
		Username: u.Username, At: now, IP: ActorFrom(ctx).IP, Until: token.ExpiresAt,
		Link: s.settings.Get().Issuer + l.path + "?token=" + url.QueryEscape(secret),
	}
	return s.write(ctx, tx, letter{user: u, kind: l.kind, to: u.Email, content: content})
}

// good reports whether the token can be spent for the purpose at the given time.
func (t OneTimeToken) good(purpose TokenPurpose, now time.Time) bool {
	return t.Purpose == purpose && t.ExpiresAt.After(now)
}
