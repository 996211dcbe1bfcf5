package identity

import (
	"context"
	"time"
)

// KeyState is a stage in the lifecycle of a signing key.
type KeyState string

// The stages: published but not signing; signing; published until the last token it signed has expired.
const (
	KeyNext    KeyState = "next"
	KeyActive  KeyState = "active"
	KeyRetired KeyState = "retired"
)

// SigningKey is a key pair of the server; all nodes share it through the database.
type SigningKey struct {
	KID         string // RFC 7638 thumbprint
	Algorithm   Algorithm
	Sealed      []byte // private key, PKCS #8, sealed under the root secret and bound to KID
	State       KeyState
	CreatedAt   time.Time
	ActivatedAt *time.Time
	RetiredAt   *time.Time
	ExpiresAt   *time.Time // when a retired key leaves the key set
}

// Published reports whether the key set has the key. One that decrypts is there while it is the one to encrypt to: every node has its
// successor before, and its predecessors open what others have encrypted by an older copy of the set.
func (k SigningKey) Published() bool { return !k.Algorithm.Encrypts() || k.State == KeyActive }

// The values of the JOSE header typ that tell Authly's tokens apart (RFC 8725 §3.11). Access tokens for a resource that
// demands TypeJWT have that of ID tokens; Authly tells them apart by their claims (AccessClaims, decision 0043).
const (
	TypeAccessToken = "at+jwt" // RFC 9068 §2.1
	TypeJWT         = "JWT"
	TypeIDToken     = TypeJWT
	TypeLogoutToken = "logout+jwt"

	TypeSecurityEventToken = "secevent+jwt" // RFC 8417 §2.3

	TypeUserInfo              = "userinfo+jwt"
	TypeIntrospection         = "token-introspection+jwt" // RFC 9701 §5
	TypeAuthorizationResponse = "oauth-authz-resp+jwt"    // JARM names none
)

// TokenSigner signs and verifies JSON Web Tokens with the server's keys.
type TokenSigner interface {
	// Sign makes a compact JWS of the claims with the active key of the algorithm. claims must marshal to a JSON object.
	Sign(ctx context.Context, alg Algorithm, typ string, claims any) (string, error)
	// SignWithSecret is Sign with HS256 and a secret that somebody else has too.
	SignWithSecret(secret []byte, typ string, claims any) (string, error)
	// VerifyWithSecrets is VerifyIgnoringTime for what SignWithSecret has made with one of the secrets.
	VerifyWithSecrets(secrets [][]byte, token, typ string, out any) error
	// Verify checks signature, typ, issuer and times, and unmarshals the claims into out. A failure of the token is
	// ErrInvalidToken.
	Verify(ctx context.Context, token, typ string, out any) error
	// VerifyIgnoringTime is Verify but for the times: for what is only a hint of who someone was.
	VerifyIgnoringTime(ctx context.Context, token, typ string, out any) error
	// Decrypt opens a compact JWE that is encrypted to a key of the server, as a client has registered to encrypt; zero = in any
	// way that there is. A failure of the token is ErrInvalidToken.
	Decrypt(ctx context.Context, token string, as Encryption) ([]byte, error)
	// KeySet is the published JWK set (RFC 7517 §5) as JSON.
	KeySet(ctx context.Context) ([]byte, error)
}

// KeyMaker makes signing keys. State and times are left to the caller.
type KeyMaker interface {
	// Make generates a key pair.
	Make(alg Algorithm) (SigningKey, error)
	// Import reads a private key: a PEM block (PKCS #8, RFC 5208; SEC 1, RFC 5915; PKCS #1, RFC 8017) or a JSON Web Key. An empty
	// algorithm is that of the JSON Web Key, else the first that the key can be for. What it cannot be used for signing with is an
	// Invalid error, which never repeats any of it.
	Import(material string, algorithm Algorithm) (SigningKey, error)
	// Public returns the public half of a key.
	Public(k SigningKey) (PublicKey, error)
}

// PublicKey is the public half of a signing key in the two forms that are passed on.
type PublicKey struct {
	PEM string // SubjectPublicKeyInfo (RFC 7468 §13)
	JWK []byte // as the key set has it
}

// PasswordHasher hashes and verifies passwords of people.
type PasswordHasher interface {
	// Hash returns the PHC string of a password. It may return an Unavailable error when too many hashes are asked for.
	Hash(ctx context.Context, password string) (string, error)
	// Verify compares in constant time. An empty encoded takes as long as a real one and is false. The errors are those of
	// Hash, or RateLimited when too many of the caller's network wait.
	Verify(ctx context.Context, password, encoded string) (PasswordProof, error)
	// Begin returns a proof of nothing, for work without a password whose answer must take as long as a refusal.
	Begin() PasswordProof
	// AwaitRefusal returns when a refusal may be sent after Verify: after the same time whatever was verified, and why it is
	// refused.
	AwaitRefusal(ctx context.Context, proof PasswordProof)
	// CheckEncoded reports, without computing a hash, whether Verify understands an encoded hash.
	CheckEncoded(encoded string) error
}

// PasswordProof is what a Verify has come to.
type PasswordProof struct {
	OK    bool
	Stale bool      // the password is right, and its hash weaker than those made today
	Began time.Time // when its work began, after the queue
}

// PasswordPolicy decides which passwords are good enough, and makes temporary ones.
type PasswordPolicy interface {
	// Check returns an Invalid error with CodePasswordPolicy that says what is wrong. personal are names that the password
	// must not contain.
	Check(password string, personal ...string) error
	// Temporary makes a random password of 12 characters with four classes.
	Temporary(source Source) string
}
