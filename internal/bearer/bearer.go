package bearer

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/parameters"
)

// Why a request presents no token.
var (
	ErrMissing   = errors.New("no access token is presented")
	ErrMalformed = errors.New("the Authorization header presents no access token")
	ErrRepeated  = errors.New("more than one access token is presented")
	ErrForm      = errors.New("the body is not a valid form")
)

const paramToken = "access_token"

// FromHeader reads the token of the Authorization header (RFC 6750 §2.1): ErrMissing without one, ErrMalformed when the
// header is of another scheme or broken, ErrRepeated when there are several.
func FromHeader(r *http.Request) (identity.PresentedToken, error) {
	headers := r.Header.Values("Authorization")
	switch len(headers) {
	case 0:
		return identity.PresentedToken{}, ErrMissing
	case 1:
		if token, ok := parse(headers[0]); ok {
			return identity.PresentedToken{Scheme: identity.SchemeBearer, Token: token}, nil
		}
		return identity.PresentedToken{}, ErrMalformed
	}
	return identity.PresentedToken{}, ErrRepeated
}

// FromHeaderOrForm is FromHeader, and reads the token of a posted form too (RFC 6750 §2.2). One in both places is
// ErrRepeated; a form that cannot be read is ErrForm.
func FromHeaderOrForm(r *http.Request) (identity.PresentedToken, error) {
	presented, err := FromHeader(r)
	if errors.Is(err, ErrRepeated) || r.Method != http.MethodPost {
		return presented, err
	}
	media, _, mediaErr := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if mediaErr != nil || media != parameters.FormType {
		return presented, err
	}
	form, formErr := parameters.Form(r)
	if formErr != nil {
		return identity.PresentedToken{}, ErrForm
	}
	tokens := form[paramToken]
	switch {
	case len(tokens) == 0:
		return presented, err
	case len(tokens) > 1 || r.Header.Get("Authorization") != "":
		return identity.PresentedToken{}, ErrRepeated
	}
	return identity.PresentedToken{Scheme: identity.SchemeBearer, Token: tokens[0]}, nil
}

// parse reads an Authorization header of the form Bearer TOKEN.
func parse(header string) (token string, ok bool) {
	token, ok = Credentials(header, string(identity.SchemeBearer))
	if !ok || strings.Contains(token, ",") {
		return "", false
	}
	return token, true
}

// Credentials returns what follows the scheme in an Authorization header. The scheme is compared without regard to case,
// and one or more spaces follow it, nothing else (RFC 9110 §11.1, §11.4).
func Credentials(header, scheme string) (string, bool) {
	found, rest, spaced := strings.Cut(header, " ")
	rest = strings.TrimLeft(rest, " ")
	if !spaced || !strings.EqualFold(found, scheme) || rest == "" || strings.ContainsAny(rest, " \t") {
		return "", false
	}
	return rest, true
}

// Challenge is the value of WWW-Authenticate (RFC 6750 §3). Empty members are left out; all are printable ASCII without
// quotes and backslashes.
type Challenge struct {
	Realm       string
	Scope       string // that a good token needs
	Error       string // empty when no token was presented (RFC 6750 §3.1)
	Description string
}

// InvalidToken is the challenge for a token that does not hold.
func InvalidToken(realm string) Challenge {
	return Challenge{Realm: realm, Error: "invalid_token", Description: identity.ErrInvalidToken.Detail}
}

// String returns the header's value.
func (c Challenge) String() string {
	text, separator := string(identity.SchemeBearer), " "
	for _, member := range [][2]string{
		{"realm", c.Realm}, {"scope", c.Scope}, {"error", c.Error}, {"error_description", c.Description},
	} {
		if member[1] != "" {
			text += separator + member[0] + `="` + member[1] + `"`
			separator = ", "
		}
	}
	return text
}
