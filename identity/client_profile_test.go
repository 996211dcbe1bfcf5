package identity_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

const profileKeys = `{"keys":[{"kty":"EC","crv":"P-256","kid":"1",` +
	`"x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}`

// profiled is a registration of a web application with keys, as the profile makes it.
func profiled(p identity.ClientProfile, said ...string) identity.Client {
	c := identity.Client{
		ClientID: "bank", Active: true, Policy: identity.DefaultPolicy(),
		Metadata: identity.ClientMetadata{RedirectURIs: []string{callback}, JWKS: json.RawMessage(profileKeys)},
	}
	if p == identity.ProfileOIDCBasic || p == identity.ProfileOAuth21 {
		c.Metadata.JWKS = nil // it authenticates with a secret
	}
	p.Set(&c.Metadata, &c.Policy, func(field string) bool { return slices.Contains(said, field) })
	return c
}

// TestAProfileRuleMakesARegistrationWhatItAsksFor: a client of which nothing else is said holds all rules of its profile.
func TestAProfileRuleMakesARegistrationWhatItAsksFor(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	table.WriteString("| Profile | Standard | What it sets where nothing is said |\n|---|---|---|\n")
	for _, profile := range identity.ClientProfiles() {
		client := profiled(profile)
		if err := client.Check(); err != nil || client.Policy.Profile != profile {
			t.Errorf("%s: %+v: %v", profile, client, err)
		}
		plain := profiled("")
		var standards, fields []string
		for _, rule := range identity.ClientRules() {
			if slices.ContainsFunc(profiled("").Against(profile), func(a identity.ClientAdvice) bool { return a.ID == rule.ID }) {
				fields = append(fields, rule.Field)
			}
		}
		for _, a := range everything().Against(profile) {
			standards = append(standards, string(a.Standard))
		}
		if plain.Policy.RequirePKCE != client.Policy.RequirePKCE {
			fields = append(fields, "require_pkce")
		}
		slices.Sort(standards)
		before, after := fieldsOf(t, plain), fieldsOf(t, client)
		var sets []string
		for _, field := range slices.Compact(fields) {
			if fmt.Sprint(before[field]) != fmt.Sprint(after[field]) {
				sets = append(sets, fmt.Sprintf("`%s` %v", field, after[field]))
			}
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", profile, strings.Join(slices.Compact(standards), ", "), strings.Join(sets, ", "))
	}
	documented(t, "../docs/client-advice.md", "<!-- profiles: go test ./identity -run Rule -update -->\n", table.String())
}

// fieldsOf returns the registration by the names of its fields.
func fieldsOf(t *testing.T, c identity.Client) map[string]any {
	t.Helper()
	all := map[string]any{"require_pkce": false}
	for _, part := range []any{c.Metadata, c.Policy} {
		raw, err := json.Marshal(part)
		noError(t, err)
		noError(t, json.Unmarshal(raw, &all))
	}
	return all
}

// everything is a client that breaks every rule that a client of a profile can break.
func everything() identity.Client {
	return identity.Client{Metadata: identity.ClientMetadata{
		GrantTypes:    []identity.GrantType{identity.GrantImplicit, identity.GrantPassword},
		ResponseTypes: []string{"id_token token"}, TokenEndpointAuthMethod: identity.AuthNone,
	}}
}

// TestEveryRuleOfAProfileIsHeld: what contradicts the profile is refused at its field, however it came about.
func TestEveryRuleOfAProfileIsHeld(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for name, c := range map[string]struct {
		profile identity.ClientProfile
		change  func(*identity.Client)
		breaks  string
	}{
		"a public client": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod = identity.AuthNone
		}, "fapi1.client_authentication"},
		"a secret": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod = identity.AuthClientSecretPost
		}, "fapi1.client_authentication"},
		"a certificate": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.TokenEndpointAuthMethod, c.Metadata.TLSSubject = identity.AuthTLS, "CN=bank"
		}, ""},
		"bound to nothing": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.CertificateBoundTokens = false
		}, "fapi1.bound_tokens"},
		"bound to a key": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.CertificateBoundTokens, c.Metadata.BoundAccessTokens = false, true
		}, "fapi1.bound_tokens"},
		"unsigned requests": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.RequireSignedRequest = false
		}, "fapi1.signed_requests"},
		"an ID token beside the code": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.ResponseTypes = []string{"code", "id_token code"}
			c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, identity.GrantImplicit)
		}, ""},
		"an access token beside the code": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.ResponseTypes = []string{"code token"}
		}, "fapi1.response_types"},
		"unsigned authentication requests": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, identity.GrantCIBA)
		}, "fapi1.backchannel_requests"},
		"authentication requests by EdDSA": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.GrantTypes, c.Metadata.BackchannelRequestAlg = append(c.Metadata.GrantTypes, identity.GrantCIBA), "EdDSA"
		}, "fapi1.backchannel_requests"},
		"ID tokens by EdDSA":     {identity.ProfileFAPI1, func(c *identity.Client) { c.Metadata.IDTokenAlg = identity.EdDSA }, "fapi1.id_token_algorithm"},
		"UserInfo by ES384":      {identity.ProfileFAPI1, func(c *identity.Client) { c.Metadata.UserinfoAlg = "ES384" }, "fapi1.userinfo_algorithm"},
		"access tokens by RS256": {identity.ProfileFAPI1, func(c *identity.Client) { c.Metadata.AccessTokenAlg = identity.RS256 }, "fapi1.access_token_algorithm"},
		"responses by default":   {identity.ProfileFAPI1, func(c *identity.Client) { c.Metadata.AuthorizationAlg = "" }, "fapi1.authorization_algorithm"},
		"introspection by default": {identity.ProfileFAPI1, func(c *identity.Client) {
			c.Metadata.IntrospectionAlg = ""
		}, "fapi1.introspection_algorithm"},
		"requests by RS256":   {identity.ProfileFAPI1, func(c *identity.Client) { c.Metadata.RequestObjectAlg = "RS256" }, "fapi1.request_object_algorithm"},
		"requests by PS256":   {identity.ProfileFAPI1, func(c *identity.Client) { c.Metadata.RequestObjectAlg = "PS256" }, ""},
		"assertions by EdDSA": {identity.ProfileFAPI1, func(c *identity.Client) { c.Metadata.TokenEndpointAuthAlg = "EdDSA" }, "fapi1.assertion_algorithm"},
		"assertions by ES256": {identity.ProfileFAPI1, func(c *identity.Client) { c.Metadata.TokenEndpointAuthAlg = "ES256" }, ""},
		"signing: unsigned": {identity.ProfileFAPI2Signing, func(c *identity.Client) {
			c.Metadata.RequireSignedRequest = false
		}, "fapi2_signing.signed_requests"},
		"signing: requests by RS512": {identity.ProfileFAPI2Signing, func(c *identity.Client) {
			c.Metadata.RequestObjectAlg = "RS512"
		}, "fapi2_signing.request_object_algorithm"},
		"signing: responses by RS256": {identity.ProfileFAPI2Signing, func(c *identity.Client) {
			c.Metadata.AuthorizationAlg = identity.RS256
		}, "fapi2_signing.authorization_algorithm"},
		"signing: introspection by PS512": {identity.ProfileFAPI2Signing, func(c *identity.Client) {
			c.Metadata.IntrospectionAlg = "PS512"
		}, "fapi2_signing.introspection_algorithm"},
		"signing: rotation": {identity.ProfileFAPI2Signing, func(c *identity.Client) { c.Policy.RefreshTokenRotation = true }, "fapi2.rotation"},
		"assertions by any": {identity.ProfileFAPI2, func(c *identity.Client) { c.Metadata.TokenEndpointAuthAlg = "" }, ""},
		"FAPI 2, unsigned":  {identity.ProfileFAPI2, func(c *identity.Client) { c.Metadata.RequireSignedRequest = false }, ""},
		"OAuth 2.1 without PKCE": {identity.ProfileOAuth21, func(c *identity.Client) {
			c.Policy.RequirePKCE = false
		}, "oauth2_1.pkce"},
		"Basic without openid": {identity.ProfileOIDCBasic, func(c *identity.Client) { c.Metadata.Scope = "email" }, "oidc_basic.scope"},
		"Basic with tokens": {identity.ProfileOIDCBasic, func(c *identity.Client) {
			c.Metadata.ResponseTypes = []string{"code", "code token"}
		}, "oidc_basic.response_types"},
		"Basic without codes": {identity.ProfileOIDCBasic, func(c *identity.Client) {
			c.Metadata.GrantTypes = []identity.GrantType{identity.GrantClientCredentials}
		}, "oidc_basic.grant_types"},
		"Basic with PKCE":        {identity.ProfileOIDCBasic, func(c *identity.Client) { c.Policy.RequirePKCE = true }, ""},
		"a profile there is not": {"fapi3", func(*identity.Client) {}, "profile"},
	} {
		client := profiled(c.profile)
		c.change(&client)
		var broken []string
		for _, advice := range client.Against(c.profile) {
			broken = append(broken, advice.ID)
			seen[advice.ID] = true
			if !slices.ContainsFunc(client.Advice(), func(a identity.ClientAdvice) bool { return a.ID == advice.ID }) {
				t.Errorf("%s: the advice lacks %s", name, advice.ID)
			}
			if err := client.Check(); !names(err, advice.Field, string(c.profile)) {
				t.Errorf("%s is not refused at %s: %v", name, advice.Field, err)
			}
		}
		if got := strings.Join(broken, " "); got != c.breaks && c.breaks != "profile" {
			t.Errorf("%s breaks %q", name, got)
		}
		if err := client.Check(); c.breaks == "profile" && !names(err, "profile", "oidc_basic") || c.breaks == "" && err != nil &&
			strings.Contains(err.Error(), "Contradicts") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, rule := range identity.ClientRules() {
		family, _, _ := strings.Cut(rule.ID, ".")
		if !seen[rule.ID] && !slices.Contains([]string{"rfc9700", "oauth2_1", "fapi2", "cost"}, family) {
			t.Errorf("nothing breaks %s", rule.ID)
		}
	}
}

// names reports whether an error is of a field, and says a word of it.
func names(err error, field, word string) bool {
	var all identity.FieldErrors
	one := (*identity.Error)(nil)
	switch {
	case errors.As(err, &all):
	case errors.As(err, &one):
		all = identity.FieldErrors{one}
	}
	return slices.ContainsFunc(all, func(e *identity.Error) bool { return e.Field == field && strings.Contains(e.Detail, word) })
}

// TestWhatWasSaidStaysBesideAProfileRule, and is refused where it contradicts it.
func TestWhatWasSaidStaysBesideAProfileRule(t *testing.T) {
	t.Parallel()
	client := profiled(identity.ProfileFAPI2, "refresh_token_rotation", "id_token_signed_response_alg", "require_pkce")
	if !client.Policy.RefreshTokenRotation || client.Metadata.IDTokenAlg != identity.RS256 || !client.Metadata.RequirePushedRequests {
		t.Errorf("%+v", client)
	}
	err := client.Check()
	if !names(err, "refresh_token_rotation", "§5.3.2.1 item 9") || !names(err, "id_token_signed_response_alg", "PS256, ES256 or EdDSA") ||
		names(err, "require_pkce", "") {
		t.Error(err)
	}
	if c := profiled(identity.ProfileOIDCBasic, "require_pkce"); !c.Policy.RequirePKCE || c.Check() != nil {
		t.Error("a Basic client that wants PKCE may have it")
	}
	bound := profiled("")
	bound.Metadata.CertificateBoundTokens = true
	identity.ProfileFAPI2.Set(&bound.Metadata, &bound.Policy, func(string) bool { return false })
	if bound.Metadata.BoundAccessTokens || bound.Check() != nil {
		t.Error("tokens are bound once")
	}
}

// TestAProfileLimitsWhatItsClientSignsWith, where it has registered nothing narrower.
func TestAProfileLimitsWhatItsClientSignsWith(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		profile    identity.ClientProfile
		registered string
		want       string
	}{
		{"", "", strings.Join(identity.AssertionAlgorithms(), " ")},
		{identity.ProfileOAuth21, "", strings.Join(identity.AssertionAlgorithms(), " ")},
		{identity.ProfileFAPI1, "", "PS256 ES256"},
		{identity.ProfileFAPI2, "", "PS256 ES256 EdDSA"},
		{identity.ProfileFAPI2Signing, "ES256", "ES256"},
	} {
		client := identity.Client{Policy: identity.ClientPolicy{Profile: c.profile}}
		if got := strings.Join(client.SigningAlgorithms(c.registered, identity.AssertionAlgorithms()), " "); got != c.want {
			t.Errorf("%s %s: %s", c.profile, c.registered, got)
		}
	}
}
