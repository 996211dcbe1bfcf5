package identity

import (
	"net/url"
	"slices"
	"strings"
)

// Standard is a document whose rules a registration can break.
type Standard string

// The standards that registrations are compared with.
const (
	StandardBestPractice Standard = "RFC 9700"                  // the best current practice for OAuth security
	StandardOAuth21      Standard = "OAuth 2.1"                 // the draft
	StandardFAPI2        Standard = "FAPI 2.0 Security Profile" // for banks, health and government
	StandardFAPI2Signing Standard = "FAPI 2.0 Message Signing"  // besides, where messages must not be denied later
	StandardFAPI1        Standard = "FAPI 1.0 Advanced"         // what FAPI 2.0 follows on
	StandardOIDCBasic    Standard = "OpenID Connect Core"       // as plainly as a Basic OpenID Provider needs it (§15.1)
	StandardCost         Standard = "Cost"                      // our own: what makes the server work more than it has to
)

// generalStandards are those that every registration is compared with. The others concern clients of their profiles alone.
var generalStandards = []Standard{StandardBestPractice, StandardOAuth21, StandardFAPI2, StandardCost}

// ClientAdvice is a rule that a registration breaks. That does not make it wrong: most clients need not follow FAPI 2.0.
type ClientAdvice struct {
	ID       string // stable, such as rfc9700.pkce
	Standard Standard
	Clause   string // such as §2.1.1
	Field    string // of the registration, in the domain's spelling
	Problem  string // what is so
	Repair   string // what to change
}

// Advice returns the rules that the registration breaks of the standards that are for all, and of its profile's, in a stable order.
func (c Client) Advice() []ClientAdvice {
	return c.broken(rulesOf(slices.Concat(generalStandards, clientProfiles[c.Policy.Profile].standards)))
}

// broken returns those of some rules that the registration breaks.
func (c Client) broken(rules []clientRule) []ClientAdvice {
	var out []ClientAdvice
	for _, rule := range rules {
		if rule.broken(c) {
			out = append(out, rule.ClientAdvice)
		}
	}
	return out
}

// ClientRules lists all rules that registrations are compared with.
func ClientRules() []ClientAdvice {
	out := make([]ClientAdvice, len(clientRules))
	for i, rule := range clientRules {
		out[i] = rule.ClientAdvice
	}
	return out
}

func allows(g GrantType) func(Client) bool { return func(c Client) bool { return c.Allows(g) } }

// tokenInResponse reports whether the client may ask for access tokens in authorization responses.
func tokenInResponse(c Client) bool {
	return slices.ContainsFunc(c.Metadata.ResponseTypes, func(text string) bool {
		t, _ := ParseResponseType(text)
		return t.Token()
	})
}

func withoutPKCE(c Client) bool { return c.Allows(GrantAuthorizationCode) && !c.Policy.RequirePKCE }

func looseAssertions(c Client) bool {
	method := c.Metadata.TokenEndpointAuthMethod
	return (method == AuthPrivateKeyJWT || method == AuthClientSecretJWT) && c.Policy.AssertionAudience != "issuer"
}

// respondsOtherThan reports whether the client may be sent responses of another type than some.
func (c Client) respondsOtherThan(types ...ResponseType) bool {
	return slices.ContainsFunc(c.Metadata.ResponseTypes, func(text string) bool {
		t, _ := ParseResponseType(text)
		return !slices.Contains(types, t)
	})
}

// redirectsTo reports whether one of the redirect URIs is of a sort.
func (c Client) redirectsTo(sort func(*url.URL) bool) bool {
	return slices.ContainsFunc(c.Metadata.RedirectURIs, func(uri string) bool {
		u, err := url.Parse(uri)
		return err == nil && sort(u)
	})
}

func overHTTP(u *url.URL) bool { return strings.EqualFold(u.Scheme, "http") }

func namedLocalhost(u *url.URL) bool {
	return overHTTP(u) && strings.EqualFold(u.Hostname(), "localhost")
}
