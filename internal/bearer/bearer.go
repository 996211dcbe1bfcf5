package bearer

import (
	"cmp"
	"errors"
	"mime"
	"net/http"
	"strconv"
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

// MetadataPath is where a protected resource says which authorization server its tokens come from (RFC 9728 §3).
const MetadataPath = "/.well-known/oauth-protected-resource"

// ProofHeader is the header that carries a proof of possession of a key (RFC 9449 §4.1).
const ProofHeader = "DPoP"

// ProofOf returns the proof of possession of a request; its JWT is empty without one. An empty header, or several, are
// identity.ErrProofHeader.
func ProofOf(r *http.Request) (identity.Proof, error) {
	proof := identity.Proof{Method: r.Method, Path: r.URL.Path}
	switch proofs := r.Header.Values(ProofHeader); {
	case len(proofs) == 0:
	case len(proofs) > 1 || proofs[0] == "":
		return identity.Proof{}, identity.ErrProofHeader
	default:
		proof.JWT = proofs[0]
	}
	return proof, nil
}

// FromHeader reads the token of the Authorization header (RFC 6750 §2.1, RFC 9449 §7.1), and the proof and the certificate beside it:
// ErrMissing without a token, ErrMalformed when the header is of another scheme or broken, ErrRepeated when there are several,
// identity.ErrProofHeader when the header DPoP is not one proof.
func FromHeader(r *http.Request) (identity.PresentedToken, error) {
	headers := r.Header.Values("Authorization")
	switch len(headers) {
	case 0:
		return identity.PresentedToken{}, ErrMissing
	case 1:
		scheme, token, ok := parse(headers[0])
		if !ok {
			return identity.PresentedToken{}, ErrMalformed
		}
		proof, err := ProofOf(r)
		if err != nil {
			return identity.PresentedToken{}, err
		}
		return identity.PresentedToken{Scheme: scheme, Token: token, Proof: proof, Certificate: thumbprint(r)}, nil
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
	return identity.PresentedToken{Scheme: identity.SchemeBearer, Token: tokens[0], Certificate: thumbprint(r)}, nil
}

// thumbprint is that of the certificate of the caller; empty without one.
func thumbprint(r *http.Request) string { return identity.CertificateFrom(r.Context()).Thumbprint() }

// SchemeOf returns the scheme that a challenge to a request is of: the one that the request has used, or Bearer.
func SchemeOf(r *http.Request) identity.TokenScheme {
	if _, ok := Credentials(r.Header.Get("Authorization"), string(identity.SchemeDPoP)); ok {
		return identity.SchemeDPoP
	}
	return identity.SchemeBearer
}

// parse reads an Authorization header of the form Bearer TOKEN or DPoP TOKEN.
func parse(header string) (scheme identity.TokenScheme, token string, ok bool) {
	for _, scheme = range []identity.TokenScheme{identity.SchemeBearer, identity.SchemeDPoP} {
		if token, ok = Credentials(header, string(scheme)); ok {
			return scheme, token, !strings.Contains(token, ",")
		}
	}
	return "", "", false
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

// Challenge is the value of WWW-Authenticate (RFC 6750 §3, RFC 9449 §7.1). Empty members are left out; all are printable ASCII
// without quotes and backslashes.
type Challenge struct {
	Scheme      identity.TokenScheme // empty: Bearer
	Realm       string
	Scope       string // that a good token needs
	Error       string // empty when no token was presented (RFC 6750 §3.1)
	Description string
	Demand      identity.SignInDemand // that the sign-in behind a token has not met (RFC 9470 §3)
	Metadata    string                // URL of the metadata of the resource (RFC 9728 §5.1)
}

// InvalidToken is the challenge for a token that does not hold.
func InvalidToken(realm string) Challenge {
	return Challenge{Realm: realm, Error: "invalid_token", Description: identity.ErrInvalidToken.Detail}
}

// RefusedProof is the challenge for a proof of possession that does not hold (RFC 9449 §7.1), or without a nonce (§9).
func RefusedProof(realm string, err error) Challenge {
	e, code := identity.AsError(err), "invalid_dpop_proof"
	if e.Code == identity.CodeUseProofNonce {
		code = "use_dpop_nonce"
	}
	return Challenge{Scheme: identity.SchemeDPoP, Realm: realm, Error: code, Description: e.Detail}
}

// InsufficientAuthentication is the challenge for a token behind which is not the sign-in that is demanded (RFC 9470 §3).
func InsufficientAuthentication(scheme identity.TokenScheme, demand identity.SignInDemand) Challenge {
	return Challenge{
		Scheme: scheme, Error: "insufficient_user_authentication", Demand: demand,
		Description: "The sign-in behind the access token is not what this needs.",
	}
}

// String returns the header's value.
func (c Challenge) String() string {
	text, separator := string(cmp.Or(c.Scheme, identity.SchemeBearer)), " "
	algorithms := ""
	if c.Scheme == identity.SchemeDPoP {
		algorithms = strings.Join(identity.ProofAlgorithms(), " ")
	}
	age := ""
	if c.Demand.MaxAge > 0 {
		age = strconv.Itoa(int(c.Demand.MaxAge.Seconds()))
	}
	for _, member := range [][2]string{
		{"realm", c.Realm},
		{"scope", c.Scope},
		{"error", c.Error},
		{"error_description", c.Description},
		{"acr_values", c.Demand.Class},
		{"max_age", age},
		{"algs", algorithms},
		{"resource_metadata", c.Metadata},
	} {
		if member[1] != "" {
			text += separator + member[0] + `="` + member[1] + `"`
			separator = ", "
		}
	}
	return text
}
