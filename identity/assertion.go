package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// AssertionVerifier checks what clients sign with their registered keys.
type AssertionVerifier interface {
	// VerifyAssertion checks the signature of a JWT and returns its claims, unchecked. A failure of the token is
	// ErrInvalidToken.
	VerifyAssertion(ctx context.Context, client Client, token string) (json.RawMessage, error)
	// VerifyRequestObject checks a request object (RFC 9101 §6.2), with or without a signature as the client is registered,
	// and returns its claims, unchecked. A failure of the object is ErrInvalidToken.
	VerifyRequestObject(ctx context.Context, client Client, object string) (claims json.RawMessage, signed bool, err error)
}

// AssertionAlgorithms lists what clients may sign assertions with; symmetric algorithms never (RFC 8725 §3.1).
func AssertionAlgorithms() []string { return []string{"RS256", "PS256", "ES256", "EdDSA"} }

// The bounds of a client assertion's times. Clocks differ by a little; a client may make it an hour long at most.
const (
	assertionSkew = 30 * time.Second
	maxAssertion  = time.Hour
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
}

// ProveAssertion checks a private_key_jwt client assertion (RFC 7523 §3, OIDC Core §9): signed by a key of the client,
// about itself, for this server alone, in time, and never seen before on any node. endpoints are the URLs that it may
// name instead of the issuer; clients with assertion_audience issuer must name the issuer alone, as one string.
func (s *ClientAuthentication) ProveAssertion(ctx context.Context, client Client, assertion string, endpoints ...string) error {
	raw, err := s.assertions.VerifyAssertion(ctx, client, assertion)
	if errors.Is(err, ErrInvalidToken) {
		return badAssertion("signature").Because(err)
	}
	if err != nil {
		return fmt.Errorf("verify client assertion: %w", err)
	}
	var c assertionClaims
	if err := json.Unmarshal(raw, &c); err != nil {
		return badAssertion("claims").Because(err)
	}
	now := s.source.Now()
	expires, ok := numericDate(c.ExpiresAt)
	switch {
	case c.Issuer != client.ClientID || c.Subject != client.ClientID:
		return badAssertion("iss and sub must be the client_id")
	case !s.forUs(client, c.Audience, raw, endpoints):
		return badAssertion("aud")
	case !ok || !expires.Add(assertionSkew).After(now) || expires.After(now.Add(maxAssertion+assertionSkew)):
		return badAssertion("exp")
	case c.ID == "" || len(c.ID) > MaxText:
		return badAssertion("jti")
	}
	for _, early := range []*float64{c.NotBefore, c.IssuedAt} {
		if at, ok := numericDate(early); early != nil && (!ok || at.After(now.Add(assertionSkew))) {
			return badAssertion("nbf or iat is in the future")
		}
	}
	first, err := s.replays.MarkUsed(ctx, "assertion:"+client.ClientID+":"+c.ID, expires.Add(2*assertionSkew))
	if err != nil {
		return fmt.Errorf("remember client assertion: %w", err)
	}
	if !first {
		return badAssertion("jti was used before")
	}
	return nil
}

// forUs checks aud. A list with a foreign value could be an assertion that another server was meant to get, so none is
// accepted (CVE-2025-27370).
func (s *ClientAuthentication) forUs(client Client, audience Audience, raw json.RawMessage, endpoints []string) bool {
	issuer := s.issuer
	if client.Policy.AssertionAudience == "issuer" {
		var shape struct {
			Audience any `json:"aud"`
		}
		return json.Unmarshal(raw, &shape) == nil && shape.Audience == any(issuer)
	}
	return len(audience) > 0 && subset(audience, append([]string{issuer}, endpoints...))
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
