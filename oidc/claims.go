package oidc

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/authly/authly/identity"
)

// standardClaims lists the claims of each scope (OIDC Core §5.4).
var standardClaims = func() map[string][]string {
	ofScope := map[string][]string{}
	for _, claim := range identity.StandardClaims {
		ofScope[claim.Scope] = append(ofScope[claim.Scope], claim.Name)
	}
	return ofScope
}()

// claimsOfTokens are the claims that are about the ID token and the sign-in.
var claimsOfTokens = []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid"}

// claimsSupported lists every claim that Authly can give, sorted. attributes are those that are released.
func claimsSupported(attributes []identity.AttributeDefinition) []string {
	all := append([]string{identity.ClaimGroups, identity.ClaimRoles, identity.ClaimMembershipOverage}, claimsOfTokens...)
	for _, names := range standardClaims {
		all = append(all, names...)
	}
	for _, d := range attributes {
		all = append(all, d.ClaimName())
	}
	if len(attributes) > 0 {
		all = append(all, identity.ClaimAttributeOverage)
	}
	slices.Sort(all)
	return all
}

// claimsLocales lists the languages, sorted, that attributes are in.
func claimsLocales(attributes []identity.AttributeDefinition) []string {
	var all []string
	for _, d := range attributes {
		if tag := d.Language(); tag != "" && !slices.Contains(all, tag) {
			all = append(all, tag)
		}
	}
	slices.Sort(all)
	return all
}

// requestedClaims is the claims parameter (OIDC Core §5.5), reduced to which names are asked for and which values of
// acr.
type requestedClaims struct {
	UserInfo map[string]json.RawMessage `json:"userinfo"`
	IDToken  map[string]json.RawMessage `json:"id_token"`
	Locales  []string                   `json:"claims_locales,omitempty"` // languages of attributes that fit to what was asked for
}

func parseClaimsRequest(text []byte) (requestedClaims, error) {
	var c requestedClaims
	if len(text) == 0 {
		return c, nil
	}
	err := json.Unmarshal(text, &c)
	return c, err
}

// claimRequest is what the claims parameter asks of one claim (OIDC Core §5.5.1).
type claimRequest struct {
	Essential bool  `json:"essential"`
	Value     any   `json:"value"`
	Values    []any `json:"values"`
}

// requestOf reads what is asked of a claim; a request that says nothing, or nothing that can be read, is the zero value.
func requestOf(requested map[string]json.RawMessage, name string) claimRequest {
	var c claimRequest
	if err := json.Unmarshal(requested[name], &c); err != nil {
		return claimRequest{}
	}
	return c
}

// classes returns the classes that there are among those that a sign-in should be of (OIDC Core §5.5.1.1), and whether it
// must be of one that was named.
func (c requestedClaims) classes(supported []string) (known []string, essential bool) {
	acr := requestOf(c.IDToken, "acr")
	wanted := acr.Values
	if acr.Value != nil {
		wanted = append(wanted, acr.Value)
	}
	for _, class := range wanted {
		if name, ok := class.(string); ok && slices.Contains(supported, name) {
			known = append(known, name)
		}
	}
	return known, acr.Essential && len(wanted) > 0
}

// subject is the only user that the answer may be about, or empty for any (OIDC Core §5.5).
func (c requestedClaims) subject() string {
	return slices.Concat(c.subjects(), []string{""})[0]
}

// subjects are the users that the answer is asked to be about, wherever the request names them (OIDC Core §5.5.1).
func (c requestedClaims) subjects() []string {
	var all []string
	for _, part := range []map[string]json.RawMessage{c.IDToken, c.UserInfo} {
		asked := requestOf(part, "sub")
		for _, value := range append(asked.Values, asked.Value) {
			if id, ok := value.(string); ok && !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// confine drops the standard claims that the client could not have by a scope either, and returns the scopes that the
// others belong to: they are what a person must consent to.
func (c requestedClaims) confine(client identity.Client) []string {
	var scopes []string
	allowed := client.Scopes()
	for scope, claims := range standardClaims {
		for _, name := range claims {
			for _, part := range []map[string]json.RawMessage{c.UserInfo, c.IDToken} {
				if _, asked := part[name]; !asked {
					continue
				}
				if !slices.Contains(allowed, scope) {
					delete(part, name)
				} else if !slices.Contains(scopes, scope) {
					scopes = append(scopes, scope)
				}
			}
		}
	}
	slices.Sort(scopes)
	return scopes
}

// ofAttribute reports whether a name can only be that of an attribute.
func ofAttribute(name string) bool {
	return identity.ClaimNamed(name) == nil && !slices.Contains(claimsOfTokens, name)
}

func (c requestedClaims) namesAttributes() bool {
	return slices.ContainsFunc(append(names(c.UserInfo), names(c.IDToken)...), ofAttribute)
}

// confineAttributes drops the names that stand for nothing: who asks for an attribute before it is released must ask again. It
// returns scopes that the client may have and that release the others, where none of scopes does.
func (c requestedClaims) confineAttributes(client identity.Client, attributes []identity.AttributeDefinition, scopes []string) []string {
	allowed := client.Scopes()
	var more []string
	for _, part := range []map[string]json.RawMessage{c.UserInfo, c.IDToken} {
		for _, name := range slices.Sorted(maps.Keys(part)) {
			if !ofAttribute(name) {
				continue
			}
			at := slices.IndexFunc(attributes, func(d identity.AttributeDefinition) bool {
				return d.ClaimName() == name && d.ReleasedBy(allowed)
			})
			if at < 0 {
				delete(part, name)
			} else if d := attributes[at]; !d.ReleasedBy(scopes) && !d.ReleasedBy(more) {
				first := slices.IndexFunc(d.Scopes, func(scope string) bool { return slices.Contains(allowed, scope) })
				more = append(more, d.Scopes[first])
			}
		}
	}
	return more
}

// asked are the names of one part of the request, and the languages.
func (c requestedClaims) asked(part map[string]json.RawMessage) []string {
	all := names(part)
	for _, tag := range c.Locales {
		all = append(all, identity.InLanguage(tag))
	}
	return all
}

// maxLocales bounds how many languages are looked at.
const maxLocales = 10

// localesOf returns the languages of attributes that fit to a claims_locales (OIDC Core §5.2): the same, or a more general one that
// readers of the asked one understand (RFC 4647 §3.4).
func localesOf(asked string, attributes []identity.AttributeDefinition) []string {
	var out []string
	for i, wanted := range strings.Fields(asked) {
		if i == maxLocales {
			break
		}
		for _, d := range attributes {
			tag := d.Language()
			same := len(wanted) >= len(tag) && strings.EqualFold(wanted[:len(tag)], tag) && (len(wanted) == len(tag) || wanted[len(tag)] == '-')
			if tag != "" && same && !slices.Contains(out, tag) {
				out = append(out, tag)
			}
		}
	}
	return out
}

func names(requested map[string]json.RawMessage) []string {
	var out []string
	for name := range requested {
		out = append(out, name)
	}
	return out
}

// scopeClaims returns the names that the scopes stand for.
func scopeClaims(scopes []string) []string {
	var out []string
	for _, scope := range scopes {
		out = append(out, standardClaims[scope]...)
	}
	return out
}

// userClaims returns the values of the named claims that the user has; what is not known is left out, never null (OIDC
// Core §5.3.2).
func userClaims(u identity.User, wanted []string) map[string]any {
	out := map[string]any{}
	for _, name := range wanted {
		if claim := identity.ClaimNamed(name); claim != nil {
			if value := claim.Value(&u); value != nil {
				out[name] = value
			}
		}
	}
	return out
}
