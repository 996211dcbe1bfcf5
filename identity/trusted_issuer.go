package identity

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// TrustedIssuer is somebody else whose signed assertions are taken (RFC 7523): to prove which workload a client is, or whom a
// client acts for.
type TrustedIssuer struct {
	ID        uuid.UUID
	Issuer    string // the claim iss, an https URL; or a SPIFFE trust domain such as spiffe://example.org
	Enabled   bool
	JWKS      json.RawMessage // its public keys; or
	JWKSURI   string          // where they are
	UserClaim string          // claim of an assertion that names a user; of JSON type string
	UserMatch UserMatch       // what of a user it names
	// SoftwareStatements says that it vouches for clients that register themselves (RFC 7591 §2.3).
	SoftwareStatements bool
	CreatedAt          time.Time
	UpdatedAt          time.Time
	Version            int
}

// UserMatch says what of a user the assertions of an issuer name.
type UserMatch string

// The matches.
const (
	MatchNobody   UserMatch = ""         // they name no users: they prove clients alone
	MatchSubject  UserMatch = "sub"      // the id, which is the sub of tokens of this server
	MatchUsername UserMatch = "username" // without regard to case
	MatchEmail    UserMatch = "email"    // an address that is verified, without regard to case
)

// MaxTrustedIssuers bounds how many there are.
const MaxTrustedIssuers = 50

// ErrTrustedIssuerNotFound says that there is no such trusted issuer.
var ErrTrustedIssuerNotFound = &Error{Kind: NotFound, Code: CodeTrustedNotFound, Detail: "No such trusted issuer."}

const spiffeScheme = "spiffe://"

var userMatches = []UserMatch{MatchNobody, MatchSubject, MatchUsername, MatchEmail}

// WithDefaults returns the issuer with what goes without saying.
func (t TrustedIssuer) WithDefaults() TrustedIssuer {
	if t.UserMatch != MatchNobody && t.UserClaim == "" {
		t.UserClaim = "sub"
	}
	if len(t.JWKS) == 0 {
		t.JWKS = nil // as it is read again
	}
	return t
}

// Check names all that is wrong with an issuer that is trusted at a server with an issuer of its own.
func (t TrustedIssuer) Check(own string) error {
	var faults Faults
	switch {
	case strings.HasPrefix(t.Issuer, spiffeScheme):
		if domain := strings.TrimPrefix(t.Issuer, spiffeScheme); !domainPattern.MatchString(domain) || len(domain) > MaxText {
			faults.Add(InvalidField("issuer", "Must be spiffe:// and the name of a trust domain, without a path."))
		}
		if t.UserMatch != MatchNobody {
			faults.Add(InvalidField("user_match", "Must be absent: SPIFFE names workloads, not people."))
		}
		if t.SoftwareStatements {
			faults.Add(InvalidField("software_statements", "Must be absent: SPIFFE names workloads, not software."))
		}
	case t.Issuer == own:
		faults.Add(InvalidField("issuer", "Must not be this server."))
	default:
		faults.Add(checkProviderURL("issuer", t.Issuer))
	}
	if (len(t.JWKS) == 0) == (t.JWKSURI == "") {
		faults.Add(InvalidField("jwks", "Must be given, or jwks_uri instead."))
	}
	if len(t.JWKS) > 0 {
		faults.Add(checkKeySet(t.JWKS))
	}
	if t.JWKSURI != "" {
		faults.Add(checkProviderURL("jwks_uri", t.JWKSURI))
	}
	if !slices.Contains(userMatches, t.UserMatch) {
		faults.Add(InvalidField("user_match", "Must be sub, username or email, or absent."))
	}
	if t.UserMatch == MatchNobody && t.UserClaim != "" {
		faults.Add(InvalidField("user_claim", "Must be absent without user_match."))
	}
	faults.Add(checkName("user_claim", t.UserClaim))
	return faults.Err()
}

// issued reports whether an assertion is of the issuer: of a SPIFFE trust domain by its subject, since an SVID need not have iss
// (JWT-SVID §3).
func (t TrustedIssuer) issued(c assertionClaims) bool {
	if strings.HasPrefix(t.Issuer, spiffeScheme) {
		return strings.HasPrefix(c.Subject, t.Issuer+"/")
	}
	return c.Issuer == t.Issuer
}

// validTrustedIssuer reports whether a text can name a trusted issuer.
func validTrustedIssuer(text string) bool {
	u, err := url.Parse(text)
	return err == nil && len(text) <= maxURL && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "spiffe")
}

// TrustedIssuerReader finds issuers whose assertions are taken.
type TrustedIssuerReader interface {
	// TrustedIssuers lists all, of which there are few, by issuer.
	TrustedIssuers(ctx context.Context) ([]TrustedIssuer, error)
}

// TrustedIssuerStore stores them.
type TrustedIssuerStore interface {
	TrustedIssuerReader
	// LockTrustedIssuer finds one for a transaction: until it ends, nobody else changes it. ErrTrustedIssuerNotFound.
	LockTrustedIssuer(ctx context.Context, id uuid.UUID) (TrustedIssuer, error)
	// InsertTrustedIssuer adds one; CodeDuplicateTrustedIssuer when there is one of the issuer.
	InsertTrustedIssuer(ctx context.Context, t TrustedIssuer) error
	// UpdateTrustedIssuer writes what may change of one if the stored version is t.Version, and stores t.Version+1; else
	// *VersionConflictError or ErrTrustedIssuerNotFound.
	UpdateTrustedIssuer(ctx context.Context, t TrustedIssuer) error
	// DeleteTrustedIssuer removes one, or returns ErrTrustedIssuerNotFound. What clients say of it does no more then.
	DeleteTrustedIssuer(ctx context.Context, id uuid.UUID) error
}

// findTrusted returns the enabled issuer of a name.
func findTrusted(ctx context.Context, in TrustedIssuerReader, name string) (TrustedIssuer, bool, error) {
	all, err := in.TrustedIssuers(ctx)
	if err != nil {
		return TrustedIssuer{}, false, err
	}
	at := slices.IndexFunc(all, func(t TrustedIssuer) bool { return t.Issuer == name && t.Enabled })
	if at < 0 {
		return TrustedIssuer{}, false, nil
	}
	return all[at], true, nil
}
