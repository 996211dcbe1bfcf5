package identity

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// MethodS256 is the one code_challenge_method that is accepted (RFC 7636 §4.2).
const MethodS256 = "S256"

// CheckChallenge holds the rules of RFC 7636 §4.3 and §4.4.1 for an authorization request: S256 only, and required
// unless the client's policy says otherwise.
func (c Client) CheckChallenge(challenge, method string) error {
	switch {
	case challenge == "" && c.Policy.RequirePKCE:
		return badChallenge(RuleChallenge, "The parameter code_challenge is required.")
	case challenge == "" && method != "":
		return badChallenge(RuleChallengeBoth, "A code_challenge_method needs a code_challenge.")
	case challenge == "":
		return nil
	case method != MethodS256:
		return badChallenge(RuleChallengeMethod, "The code_challenge_method must be S256.")
	case !ValidChallenge(challenge):
		return badChallenge(RuleChallengeForm, "The code_challenge must be the base64url form of a SHA-256 digest.")
	}
	return nil
}

func badChallenge(rule RuleID, detail string) *Error {
	return (&Error{Kind: Invalid, Code: CodeValidation, Detail: detail}).Breaks(rule)
}

// verifierMatches is the one check of a code's verifier (RFC 7636 §4.6, S256). A verifier for a code without challenge,
// and the other way round, does not match (RFC 9700 §4.8.2).
func verifierMatches(verifier, challenge string) bool {
	if challenge == "" {
		return verifier == ""
	}
	if !ValidVerifier(verifier) {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	got := base64.RawURLEncoding.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(got), []byte(challenge)) == 1
}

// ValidVerifier reports whether a code_verifier has the form of RFC 7636 §4.1: 43 to 128 unreserved characters.
func ValidVerifier(s string) bool {
	if len(s) < 43 || len(s) > 128 {
		return false
	}
	return unreserved(s)
}

// unreserved reports whether a text consists of unreserved characters (RFC 3986 §2.3).
func unreserved(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~", r))
	})
}

// ValidChallenge reports whether a code_challenge is the S256 form of RFC 7636 §4.2: base64url of 32 bytes.
func ValidChallenge(s string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(raw) == sha256.Size && !bytes.ContainsAny([]byte(s), "\r\n")
}
