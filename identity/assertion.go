package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// AssertionVerifier checks what clients and trusted issuers sign.
type AssertionVerifier interface {
	// VerifyAssertion checks the signature of a JWT by a key that the client has registered, and returns its claims, unchecked. A
	// failure of the token is ErrInvalidToken.
	VerifyAssertion(ctx context.Context, client Client, token string) (json.RawMessage, error)
	// VerifySecretAssertion is VerifyAssertion by secrets of a client that signs with them.
	VerifySecretAssertion(client Client, secrets [][]byte, token string) (json.RawMessage, error)
	// VerifyRequestObject checks a request object (RFC 9101 §6.2), with or without a signature as the client is registered,
	// and returns its claims, unchecked. A failure of the object is ErrInvalidToken.
	VerifyRequestObject(ctx context.Context, client Client, object string) (claims json.RawMessage, signed bool, err error)
	// VerifyTrusted is VerifyAssertion with the keys of an issuer.
	VerifyTrusted(ctx context.Context, issuer TrustedIssuer, token string) (json.RawMessage, error)
	// HasCertificate reports whether a certificate, as DER, is one of those that the client has published (RFC 8705 §2.2.2).
	HasCertificate(ctx context.Context, client Client, der []byte) (bool, error)
}

// AssertionAlgorithms lists what assertions may be signed with by keys. No list has symmetric algorithms beside others: a public key
// is nobody's secret (RFC 8725 §3.1).
func AssertionAlgorithms() []string { return texts(Algorithms()) }

// SecretAssertionAlgorithms lists what assertions may be signed with by secrets (RFC 7518 §3.2).
func SecretAssertionAlgorithms() []string { return []string{"HS256", "HS384", "HS512"} }

// assertionAlgorithms are those of the list that a client of the method signs by.
func (m AuthMethod) assertionAlgorithms() []string {
	if m == AuthClientSecretJWT {
		return SecretAssertionAlgorithms()
	}
	return AssertionAlgorithms()
}

// AssertionMethod returns the method of a client that presents a JWT as its assertion: who signs symmetrically does it with a secret.
func AssertionMethod(token string) AuthMethod {
	encoded, _, _ := strings.Cut(token, ".")
	header, err := base64.RawURLEncoding.DecodeString(encoded)
	var h struct {
		Algorithm string `json:"alg"`
	}
	if err == nil && json.Unmarshal(header, &h) == nil && slices.Contains(SecretAssertionAlgorithms(), h.Algorithm) {
		return AuthClientSecretJWT
	}
	return AuthPrivateKeyJWT
}

// The bounds of an assertion's times. Clocks differ by a little; who makes an assertion may make it an hour long at most, and the
// platform of a workload, which renews it by itself, a day.
const (
	assertionSkew        = 30 * time.Second
	maxAssertion         = time.Hour
	maxWorkloadAssertion = 24 * time.Hour
)

// assertionClaims are the claims of RFC 7523 §3.
type assertionClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  Audience `json:"aud"`
	ID        string   `json:"jti"`
	ExpiresAt *float64 `json:"exp"`
	NotBefore *float64 `json:"nbf"`
	IssuedAt  *float64 `json:"iat"`
	AuthTime  *float64 `json:"auth_time"` // of who is asserted about (OIDC Core §2)
}

// assertion is one whose signature was verified. What it claims is yet to be checked.
type assertion struct {
	assertionClaims
	raw    json.RawMessage
	signed string // what the signature is of: it tells assertions apart that have no jti
}

// readAssertion reads what a verifier has returned for a token.
func readAssertion(token string, raw json.RawMessage) (assertion, error) {
	a := assertion{raw: raw, signed: token[:strings.LastIndexByte(token, '.')]}
	return a, json.Unmarshal(raw, &a.assertionClaims)
}

// ClaimedBy returns the issuer and the subject that a JWT names, which its signature has yet to prove; ok if it has the form of one.
func ClaimedBy(token string) (issuer, subject string, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", "", false
	}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	var c struct {
		Issuer  string `json:"iss"`
		Subject string `json:"sub"`
	}
	if err != nil || json.Unmarshal(payload, &c) != nil {
		return "", "", false
	}
	return c.Issuer, c.Subject, true
}

// fault says what is wrong with the audience or a time of the assertion, or nothing.
func (a assertion) fault(p assertionPlace, now time.Time, longest time.Duration) string {
	expires, ok := numericDate(a.ExpiresAt)
	switch {
	case !p.names(a):
		return "aud"
	case !ok || !expires.Add(assertionSkew).After(now) || expires.After(now.Add(longest+assertionSkew)):
		return "exp"
	}
	if a.early(now) {
		return "nbf or iat is in the future"
	}
	return ""
}

// early reports whether the time of the claims is yet to come.
func (c assertionClaims) early(now time.Time) bool {
	return slices.ContainsFunc([]*float64{c.NotBefore, c.IssuedAt}, func(date *float64) bool {
		at, ok := numericDate(date)
		return date != nil && (!ok || at.After(now.Add(assertionSkew)))
	})
}

// unspent reports whether nobody has used the assertion before, on any node, and notes that it is used. key says of whom it is.
func (a assertion) unspent(ctx context.Context, in ReplayStore, key string) (bool, error) {
	expires, _ := numericDate(a.ExpiresAt)
	id := ":" + a.ID
	if a.ID == "" {
		id = "." + a.signed
	}
	first, err := in.MarkUsed(ctx, key+id, expires.Add(2*assertionSkew))
	if err != nil {
		return false, fmt.Errorf("remember assertion: %w", err)
	}
	return first, nil
}

// assertionPlace is where an assertion is presented: what it may name as its audience.
type assertionPlace struct {
	issuer     string
	endpoints  []string // URLs that it may name instead of the issuer
	issuerOnly bool     // it must name the issuer alone, as one string
}

// names reports whether the audience of an assertion is here. A list with a foreign value could be an assertion that another
// server was meant to get, so none is accepted (CVE-2025-27370).
func (p assertionPlace) names(a assertion) bool {
	if p.issuerOnly {
		var shape struct {
			Audience any `json:"aud"`
		}
		return json.Unmarshal(a.raw, &shape) == nil && shape.Audience == any(p.issuer)
	}
	return len(a.Audience) > 0 && subset(a.Audience, append([]string{p.issuer}, p.endpoints...))
}

// proveAssertion checks a client assertion (RFC 7523 §3, OIDC Core §9): signed by a key of the client, or by a secret of one with
// client_secret_jwt, about itself, for this server alone, in time, and never seen before on any node. Clients with
// assertion_audience issuer must name the issuer alone, as one string. That of a client whose assertions somebody else issues is
// checked as of a workload. One that is the grant as well may lack jti, which RFC 7523 §3 lets it and OpenID Connect does not.
func (s *ClientAuthentication) proveAssertion(ctx context.Context, client Client, presented ClientCredentials) error {
	place := assertionPlace{s.issuer, presented.Audiences, client.Policy.AssertionAudience == "issuer"}
	token := presented.Assertion
	if client.Policy.AssertionIssuer != "" {
		return s.proveWorkload(ctx, client, token, place)
	}
	raw, err := s.verifyOwn(ctx, client, token)
	a, err := verifiedAssertion(token, raw, err)
	if err != nil {
		return err
	}
	switch fault := a.fault(place, s.source.Now(), maxAssertion); {
	case a.Issuer != client.ClientID || a.Subject != client.ClientID:
		return badAssertion("iss and sub must be the client_id")
	case fault != "":
		return badAssertion(fault)
	case a.ID == "" && !presented.Granting || len(a.ID) > MaxText:
		return badAssertion("jti")
	}
	first, err := a.unspent(ctx, s.replays, "assertion:"+client.ClientID)
	if err == nil && !first {
		err = badAssertion("jti was used before")
	}
	return err
}

// verifyOwn checks the signature of what a client asserts itself, by its own keys or by its secrets, never by both.
func (s *ClientAuthentication) verifyOwn(ctx context.Context, client Client, token string) (json.RawMessage, error) {
	if client.signsWithSecret() {
		return s.assertions.VerifySecretAssertion(client, client.signingSecrets(s.keys, s.source.Now()), token)
	}
	return s.assertions.VerifyAssertion(ctx, client, token)
}

// proveWorkload checks what a trusted issuer asserts about a client (RFC 7523 §3, RFC 7521 §4.2): that the operator has named the
// issuer and the subject for the client. Platforms give a workload one assertion for many requests, so it is not spent.
func (s *ClientAuthentication) proveWorkload(ctx context.Context, client Client, token string, place assertionPlace) error {
	issuer, ok, err := findTrusted(ctx, s.issuers, client.Policy.AssertionIssuer)
	switch {
	case err != nil:
		return fmt.Errorf("find trusted issuer: %w", err)
	case !ok:
		return badAssertion("the issuer that the client names is not trusted")
	}
	raw, err := s.assertions.VerifyTrusted(ctx, issuer, token)
	a, err := verifiedAssertion(token, raw, err)
	if err != nil {
		return err
	}
	switch fault := a.fault(place, s.source.Now(), maxWorkloadAssertion); {
	case !issuer.issued(a.assertionClaims):
		return badAssertion("iss must be the issuer that the client names")
	case a.Subject != client.Policy.AssertionSubject:
		return badAssertion("sub must be the subject that the client names")
	case fault != "":
		return badAssertion(fault)
	}
	return nil
}

// verifiedAssertion reads what a verifier has returned for a client assertion.
func verifiedAssertion(token string, raw json.RawMessage, err error) (assertion, error) {
	if errors.Is(err, ErrInvalidToken) {
		return assertion{}, badAssertion("signature").Because(err)
	}
	if err != nil {
		return assertion{}, fmt.Errorf("verify client assertion: %w", err)
	}
	a, err := readAssertion(token, raw)
	if err != nil {
		return assertion{}, badAssertion("claims").Because(err)
	}
	return a, nil
}

// numericDate reads a NumericDate (RFC 7519 §2) within sane bounds.
func numericDate(seconds *float64) (time.Time, bool) {
	if seconds == nil || *seconds < 0 || *seconds > 1e11 {
		return time.Time{}, false
	}
	return time.Unix(int64(*seconds), 0).UTC(), true
}

func badAssertion(reason string) *Error {
	refusal := &Error{Kind: Unauthenticated, Code: CodeInvalidClient, Detail: "The client assertion is not valid."}
	return refusal.Breaks(RuleAssertion).Expecting("What is wrong is: " + reason + ".").Because(errors.New(reason))
}
