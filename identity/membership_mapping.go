package identity

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// reservedClaims mean something else where the claims about groups, roles and attributes are: in ID tokens, access tokens, UserInfo and
// introspection. The claims about people (StandardClaims) are reserved too.
var reservedClaims = []string{
	"iss", "sub", "aud", "exp", "nbf", "iat", "jti", // RFC 7519 §4.1
	"auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash", "s_hash", "sub_jwk", // OIDC Core §2, §3.3.2.11, §7.4
	"_claim_names", "_claim_sources", // §5.6.2
	"sid", "events", "toe", "txn", // OIDC Back-Channel Logout §2.4, RFC 8417 §2.2
	"client_id", "scope", "cnf", "act", "may_act", "authorization_details", // RFC 9068, RFC 7800, RFC 8693, RFC 9396
	"active", "username", "token_type", // RFC 7662 §2.2
	"gid", ClaimMembershipOverage, ClaimAttributeOverage, // Authly's own
}

// claimNameCharacters make names that need no escape: those of standards, and URIs (RFC 7519 §4.2).
const claimNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:/~"

func (p ClientPolicy) checkMembershipClaims(faults *Faults) {
	for _, claim := range []struct{ field, name, prefixField, prefix string }{
		{"groups_claim", p.GroupsClaim, "groups_prefix", p.GroupsPrefix}, {"roles_claim", p.RolesClaim, "roles_prefix", p.RolesPrefix},
	} {
		switch {
		case len(claim.name) > MaxText || strings.Trim(claim.name, claimNameCharacters) != "":
			faults.Add(InvalidField(claim.field, "Must be at most %d letters, digits or any of _ - . : / ~.", MaxText))
		case slices.Contains(reservedClaims, claim.name) || ClaimNamed(claim.name) != nil:
			faults.Add(InvalidField(claim.field, "Must not be the name of a claim that has a meaning of its own."))
		}
		faults.Add(CheckText(claim.prefixField, claim.prefix, MaxText, false))
	}
	if cmp.Or(p.GroupsClaim, ClaimGroups) == cmp.Or(p.RolesClaim, ClaimRoles) {
		faults.Add(InvalidField("roles_claim", "Must not be the name of the claim about groups."))
	}
}

// prefixed returns the values of a claim as a client wants them.
func prefixed(prefix string, values []string) []string {
	if prefix == "" {
		return values
	}
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = prefix + value
	}
	return out
}

// In returns what is written as the JSON object of a document with the claims in it. The document has none of their names.
func (r ReleasedClaims) In(document any) any {
	if len(r) > 0 {
		return withClaims{document, r}
	}
	return document
}

// withClaims is a document with further claims.
type withClaims struct {
	document any
	claims   map[string]any
}

// MarshalJSON writes one object of both.
func (w withClaims) MarshalJSON() ([]byte, error) {
	head, err := json.Marshal(w.document)
	if err != nil {
		return nil, err
	}
	tail, err := json.Marshal(w.claims)
	if err != nil {
		return nil, err
	}
	if len(head) <= len("{}") {
		return nil, fmt.Errorf("add claims to %s: no members", head)
	}
	return append(append(head[:len(head)-1], ','), tail[1:]...), nil
}
