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
	TokenHanded       TokenPurpose = "handed"       // choose a new password, with a link that an administrator hands over

	TokenAddressChange TokenPurpose = "address_change" // make another address the user's, by showing that it is
	TokenAddressUndo   TokenPurpose = "address_undo"   // take back what another address has become the user's by
)

// OneTimeToken is a secret that is mailed to a user in a link and works once: whoever spends it deletes the row. Of a purpose
// a user has one; a newer one takes its place. Of TokenAddressUndo there may be many, none of which replaces another.
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

	interaction string // handle of the interaction to go on with, or empty
}

// writeLink makes a token for a user and the message to an address that holds it, inside tx. Nothing else has it.
func (s *Mails) writeLink(ctx context.Context, tx Store, l mailedLink, u User, to string) error {
	link, until, err := s.newLink(ctx, tx, l, u, to)
	if err != nil {
		return err
	}
	content := MailContent{Username: u.Username, At: s.source.Now(), IP: ActorFrom(ctx).IP, Until: until, Link: link}
	return s.write(ctx, tx, letter{user: u, kind: l.kind, to: to, content: content})
}

// newLink makes a token for a user, inside tx, and returns the link that holds it and when it ends. The link is of the issuer,
// whatever the request says of the host.
func (s *Mails) newLink(ctx context.Context, tx Store, l mailedLink, u User, to string) (link string, until time.Time, err error) {
	now, secret := s.source.Now(), s.source.NewSecret()
	token := OneTimeToken{
		ID: s.source.NewID(), Digest: s.keys.Digest(PurposeOneTimeToken, secret), Purpose: l.purpose, UserID: u.ID, Email: to,
		CreatedAt: now, ExpiresAt: now.Add(l.ttl),
	}
	if err := tx.SaveOneTimeToken(ctx, token); err != nil {
		return "", time.Time{}, err
	}
	query := url.Values{"token": {secret}}
	if l.interaction != "" {
		query.Set("interaction", l.interaction)
	}
	return s.settings.Get().Issuer + l.path + "?" + query.Encode(), token.ExpiresAt, nil
}

// good reports whether the token can be spent for the purpose at the given time.
func (t OneTimeToken) good(purpose TokenPurpose, now time.Time) bool {
	return t.Purpose == purpose && t.ExpiresAt.After(now)
}
