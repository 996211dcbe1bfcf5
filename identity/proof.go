package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// SchemeDPoP presents a token with a proof of possession of the key that it is bound to (RFC 9449 §7.1).
const SchemeDPoP TokenScheme = "DPoP"

// ProofVerifier checks what shows possession of a key.
type ProofVerifier interface {
	// VerifyProof checks the form of a DPoP proof and its signature with the key that it carries (RFC 9449 §4.3). It returns
	// the SHA-256 thumbprint of the key (RFC 7638), in base64url, and the claims, unchecked. A failure is ErrInvalidToken.
	VerifyProof(proof string) (thumbprint string, claims json.RawMessage, err error)
}

// ProofAlgorithms lists what proofs may be signed with (RFC 9449 §5.1): keys are made for them, so that none needs PKCS #1 v1.5.
func ProofAlgorithms() []string {
	return []string{"ES256", "PS256", "EdDSA", "ES384", "PS384", "PS512"}
}

// Proof is a DPoP proof as a request carries it.
type Proof struct {
	JWT    string // of the header DPoP; empty when there is none
	Method string // of the request
	Path   string // of the request
}

// The bounds of a proof: its age, how far a client's clock may be ahead, and its length in bytes.
const (
	proofAge  = time.Minute
	proofSkew = 30 * time.Second
	maxProof  = 4 << 10
)

// Proofs checks proofs of possession (RFC 9449).
type Proofs struct {
	verifier ProofVerifier
	replays  ReplayStore
	source   Source
	keys     *Keyring
	settings *LiveSettings
}

func newProofs(d Deps) *Proofs {
	return &Proofs{verifier: d.Proofs, replays: d.Store, source: d.Source, keys: d.Keys, settings: d.Settings}
}

// CheckedProof is a proof that holds, and that may have been used before.
type CheckedProof struct {
	Thumbprint string // of its key (RFC 7638); empty without a proof
	id         string
	expires    time.Time
}

// Caller is what a request has proven to hold, beside the client's own credentials.
type Caller struct {
	Proof       CheckedProof
	Certificate string           // thumbprint of its certificate; empty without one
	Sender      SenderConstraint // what tokens for it are bound to; it may be nothing
}

// proofClaims are the claims of RFC 9449 §4.2.
type proofClaims struct {
	ID       string   `json:"jti"`
	Method   string   `json:"htm"`
	URL      string   `json:"htu"`
	IssuedAt *float64 `json:"iat"`
	Token    string   `json:"ath"`
	Nonce    string   `json:"nonce"`
}

// Check verifies a proof. token is the access token that is presented with it, or empty where none is. A proof that does not
// hold is CodeInvalidProof, one without the nonce of the server CodeUseProofNonce. Nothing is written.
func (s *Proofs) Check(p Proof, token string) (CheckedProof, error) {
	if len(p.JWT) > maxProof {
		return CheckedProof{}, badProof("a proof of at most 4 KiB")
	}
	thumbprint, raw, err := s.verifier.VerifyProof(p.JWT)
	if errors.Is(err, ErrInvalidToken) {
		return CheckedProof{}, badProof("one JWT of the type dpop+jwt, signed by the public key in its header").Because(err)
	}
	if err != nil {
		return CheckedProof{}, fmt.Errorf("verify proof: %w", err)
	}
	var c proofClaims
	if err := json.Unmarshal(raw, &c); err != nil {
		return CheckedProof{}, badProof("claims of the types of RFC 9449").Because(err)
	}
	now := s.source.Now()
	issued, ok := numericDate(c.IssuedAt)
	switch {
	case c.ID == "" || len(c.ID) > MaxText:
		return CheckedProof{}, badProof("a jti")
	case c.Method != p.Method:
		return CheckedProof{}, badProof("htm " + p.Method)
	case !s.isHere(c.URL, p.Path):
		return CheckedProof{}, badProof("htu " + s.settings.Get().Issuer + p.Path)
	case !ok || issued.After(now.Add(proofSkew)) || issued.Before(now.Add(-proofAge)):
		return CheckedProof{}, badProof("an iat of now")
	case token != "" && subtle.ConstantTimeCompare([]byte(c.Token), []byte(tokenHash(token))) != 1:
		return CheckedProof{}, badProof("an ath of the access token")
	case s.settings.Get().ProofNonce && !s.isNonce(c.Nonce):
		return CheckedProof{}, ErrUseProofNonce
	}
	return CheckedProof{Thumbprint: thumbprint, id: c.ID, expires: issued.Add(proofAge + proofSkew)}, nil
}

// Use spends a proof: it is good once, on all nodes. It is for whoever has shown more than a key, which anybody can make: a
// client that is proven, or a token that holds.
func (s *Proofs) Use(ctx context.Context, p CheckedProof) error {
	if p.Thumbprint == "" {
		return nil
	}
	first, err := s.replays.MarkUsed(ctx, "dpop:"+p.Thumbprint+":"+p.id, p.expires)
	if err != nil {
		return fmt.Errorf("remember proof: %w", err)
	}
	if !first {
		return badProof("a jti that was not used before")
	}
	return nil
}

// tokenHash is the claim ath of a token (RFC 9449 §4.2).
func tokenHash(token string) string {
	digest := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(digest[:])
}

// isHere reports whether htu is a path of this server: of the issuer, or of where clients come with certificates. What Host a
// proxy sends does not count.
func (s *Proofs) isHere(htu, path string) bool {
	settings := s.settings.Get()
	return sameEndpoint(htu, settings.Issuer+path) || settings.MutualTLS.URL != "" && sameEndpoint(htu, settings.MutualTLS.URL+path)
}

// sameEndpoint compares htu with the URL of the request, without query and fragment and in their normal form (RFC 9449 §4.3).
func sameEndpoint(htu, own string) bool {
	a, err := url.Parse(htu)
	if err != nil || a.User != nil || a.Opaque != "" {
		return false
	}
	b, err := url.Parse(own)
	return err == nil && strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(a.Hostname(), b.Hostname()) &&
		portOf(a) == portOf(b) && (a.EscapedPath() == b.EscapedPath() || a.Path == "" && b.Path == "/")
}

func portOf(u *url.URL) string {
	switch port := u.Port(); {
	case port != "":
		return port
	case strings.EqualFold(u.Scheme, "https"):
		return "443"
	default:
		return "80"
	}
}

// The nonces of the server (RFC 9449 §8): the time of a period and its MAC, so that every node knows them and none is stored. One
// is good for the rest of its period and for the next.
const (
	noncePeriod = 5 * time.Minute
	nonceSize   = 8 + 16
)

// Nonce returns what a client must put into its next proofs, or "" when none is asked for.
func (s *Proofs) Nonce() string {
	if !s.settings.Get().ProofNonce {
		return ""
	}
	period := binary.BigEndian.AppendUint64(nil, uint64(s.source.Now().Unix()/int64(noncePeriod.Seconds()))) //nolint:gosec // after 1970
	return base64.RawURLEncoding.EncodeToString(append(period, s.keys.MAC(PurposeProofNonce, period)[:16]...))
}

func (s *Proofs) isNonce(nonce string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(nonce)
	if err != nil || len(raw) != nonceSize || !s.keys.Verify(PurposeProofNonce, raw[:8], raw[8:]) {
		return false
	}
	age := s.source.Now().Unix()/int64(noncePeriod.Seconds()) - int64(binary.BigEndian.Uint64(raw[:8])) //nolint:gosec // is ours
	return age >= -1 && age <= 1
}

// ErrUseProofNonce asks for a proof with the nonce of the server (RFC 9449 §8).
var ErrUseProofNonce = Errorf(Invalid, CodeUseProofNonce, "The proof needs the nonce of this server.").Breaks(RuleProofNonce)

// errProofMissing refuses a client that is registered for bound tokens only (RFC 9449 §5.2).
var errProofMissing = Errorf(Invalid, CodeInvalidProof, "The client must prove possession of a key (DPoP).").Breaks(RuleProofRequired)

// CheckKey refuses a key that tokens of the client would be bound to: they are bound to its certificate, and a token to one key
// (RFC 7800 §3.1), or the operator says that it uses none. A proof is not ignored, since the client would believe its tokens bound.
func (c Client) CheckKey() error {
	switch {
	case c.Metadata.CertificateBoundTokens:
		return errProofBesideCertificate
	case c.Policy.RefuseDPoP:
		return errProofRefused
	}
	return nil
}

var (
	errProofBesideCertificate = Errorf(Invalid, CodeInvalidProof, "The tokens of the client are bound to its certificate and not to a key.").
					Breaks(RuleProofUnused)
	errProofRefused = Errorf(Invalid, CodeInvalidProof, "The client does not use proofs of possession (DPoP).").Breaks(RuleProofUnused)
)

// CheckTokenRequest returns what a request for tokens has proven, and what they are bound to: the certificate, for a client that is
// registered so and must present it, else the key of a proof. A client that is registered for it must send one.
func (s *Proofs) CheckTokenRequest(client Client, p Proof, c Certificate) (Caller, error) {
	caller := Caller{Certificate: c.Thumbprint()}
	if p.JWT != "" {
		if err := client.CheckKey(); err != nil {
			return Caller{}, err
		}
	}
	switch m := client.Metadata; {
	case m.CertificateBoundTokens && caller.Certificate == "":
		return Caller{}, errCertificateMissing(c)
	case m.CertificateBoundTokens:
		caller.Sender.Certificate = caller.Certificate
	case p.JWT != "":
		var err error
		if caller.Proof, err = s.Check(p, ""); err != nil {
			return Caller{}, err
		}
		caller.Sender.Key = caller.Proof.Thumbprint
	case m.BoundAccessTokens:
		return Caller{}, errProofMissing
	}
	return caller, nil
}

// ErrProofHeader refuses a request whose header DPoP is not one proof (RFC 9449 §4.3).
var ErrProofHeader = badProof("one header DPoP, with a proof")

// OfProof reports whether what is refused is the proof of possession of a key, and not what came with it.
func OfProof(err error) bool {
	code := AsError(err).Code
	return code == CodeInvalidProof || code == CodeUseProofNonce
}

func badProof(expected string) *Error {
	refusal := Errorf(Invalid, CodeInvalidProof, "The proof of possession (DPoP) is not valid.")
	return refusal.Breaks(RuleProof).Expecting("What was expected is: " + expected + ".")
}

// IsThumbprint reports whether a text has the form of a SHA-256 thumbprint (RFC 7638 §3).
func IsThumbprint(text string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(raw) == sha256.Size && base64.RawURLEncoding.EncodedLen(len(raw)) == len(text)
}
