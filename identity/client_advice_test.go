package identity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// strict is a client that breaks no rule.
func strict() identity.Client {
	return identity.Client{
		ClientID: "strict", Active: true,
		Metadata: identity.ClientMetadata{
			ApplicationType: "web", RedirectURIs: []string{callback}, GrantTypes: []identity.GrantType{"authorization_code", "refresh_token"},
			ResponseTypes: []string{"code"}, TokenEndpointAuthMethod: identity.AuthPrivateKeyJWT, TokenEndpointAuthAlg: "ES256",
			JWKSURI: "https://app.example.org/jwks", IDTokenAlg: identity.ES256, AccessTokenAlg: identity.ES256, SubjectType: "public",
			RequirePushedRequests: true, BoundAccessTokens: true,
		},
		Policy: identity.ClientPolicy{RequirePKCE: true, AssertionAudience: "issuer"},
	}
}

// TestEveryRuleIsBrokenByWhatItNames, and by nothing else: what a change breaks is listed whole.
func TestEveryRuleIsBrokenByWhatItNames(t *testing.T) {
	t.Parallel()
	if err := strict().Check(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for name, c := range map[string]struct {
		change func(*identity.Client)
		breaks string
	}{
		"strict": {func(*identity.Client) {}, ""},
		"no PKCE": {
			func(c *identity.Client) { c.Policy.RequirePKCE = false }, "rfc9700.pkce oauth2_1.pkce fapi2.pkce",
		},
		"no PKCE without codes": {
			func(c *identity.Client) {
				c.Policy.RequirePKCE, c.Metadata.GrantTypes = false, []identity.GrantType{identity.GrantClientCredentials}
				c.Metadata.ResponseTypes = nil
			}, "",
		},
		"passwords": {
			func(c *identity.Client) {
				c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, identity.GrantPassword)
			},
			"rfc9700.password_grant oauth2_1.password_grant fapi2.password_grant",
		},
		"ID tokens in responses": {
			func(c *identity.Client) {
				c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, identity.GrantImplicit)
				c.Metadata.ResponseTypes = []string{"code id_token"}
			}, "oauth2_1.implicit fapi2.response_types",
		},
		"access tokens in responses": {
			func(c *identity.Client) {
				c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, identity.GrantImplicit)
				c.Metadata.ResponseTypes, c.Metadata.BoundAccessTokens = []string{"code", "token code"}, false
			}, "rfc9700.front_channel_token oauth2_1.implicit fapi2.bound_tokens fapi2.response_types",
		},
		"a secret": {
			func(c *identity.Client) { c.Metadata.TokenEndpointAuthMethod = identity.AuthClientSecretBasic },
			"rfc9700.shared_secret fapi2.client_authentication",
		},
		"a secret to sign with": {
			func(c *identity.Client) {
				c.Metadata.TokenEndpointAuthMethod, c.Metadata.TokenEndpointAuthAlg = identity.AuthClientSecretJWT, "HS256"
			}, "rfc9700.shared_secret fapi2.client_authentication",
		},
		"a secret to sign with, for any audience": {
			func(c *identity.Client) {
				c.Metadata.TokenEndpointAuthMethod, c.Policy.AssertionAudience = identity.AuthClientSecretJWT, ""
			}, "rfc9700.shared_secret fapi2.client_authentication fapi2.assertion_audience",
		},
		"public": {
			func(c *identity.Client) { c.Metadata.TokenEndpointAuthMethod = identity.AuthNone },
			"rfc9700.public_refresh_token fapi2.confidential",
		},
		"public with rotation": {
			func(c *identity.Client) {
				c.Metadata.TokenEndpointAuthMethod, c.Policy.RefreshTokenRotation = identity.AuthNone, true
			}, "fapi2.confidential fapi2.rotation",
		},
		"public without consent": {
			func(c *identity.Client) {
				c.Metadata.TokenEndpointAuthMethod, c.Policy.SkipConsent = identity.AuthNone, true
				c.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode}
			}, "oauth2_1.silent_public_client fapi2.confidential",
		},
		"without consent": {func(c *identity.Client) { c.Policy.SkipConsent = true }, ""},
		"rotation":        {func(c *identity.Client) { c.Policy.RefreshTokenRotation = true }, "fapi2.rotation"},
		"http": {
			func(c *identity.Client) { c.Metadata.RedirectURIs = []string{callback, "http://localhost:8080/cb"} }, "rfc9700.http_redirect",
		},
		"localhost": {
			func(c *identity.Client) {
				c.Metadata.ApplicationType, c.Metadata.RedirectURIs = "native", []string{"http://LOCALHOST/cb"}
			}, "oauth2_1.localhost",
		},
		"loopback": {
			func(c *identity.Client) {
				c.Metadata.ApplicationType, c.Metadata.RedirectURIs = "native", []string{"http://127.0.0.1/cb", "org.example:/cb"}
			}, "",
		},
		"any audience": {func(c *identity.Client) { c.Policy.AssertionAudience = "" }, "fapi2.assertion_audience"},
		"RS256 for ID tokens": {
			func(c *identity.Client) { c.Metadata.IDTokenAlg = "" }, "fapi2.id_token_algorithm cost.id_token_algorithm",
		},
		"tokens for anybody":   {func(c *identity.Client) { c.Metadata.BoundAccessTokens = false }, "fapi2.bound_tokens"},
		"requests in the open": {func(c *identity.Client) { c.Metadata.RequirePushedRequests = false }, "fapi2.pushed_requests"},
		"RS256 for UserInfo":   {func(c *identity.Client) { c.Metadata.UserinfoAlg = identity.RS256 }, "fapi2.userinfo_algorithm"},
		"RS256 for access tokens": {
			func(c *identity.Client) { c.Metadata.AccessTokenAlg = identity.RS256 }, "fapi2.access_token_algorithm cost.access_token_algorithm",
		},
		"PS256 for ID tokens": {func(c *identity.Client) { c.Metadata.IDTokenAlg = identity.PS256 }, "cost.id_token_algorithm"},
		"RS256 for access tokens that are opaque": {
			func(c *identity.Client) {
				c.Metadata.AccessTokenAlg, c.Policy.AccessTokenFormat = identity.RS256, identity.FormatOpaque
			}, "fapi2.access_token_algorithm",
		},
		"RS256 for assertions": {func(c *identity.Client) { c.Metadata.TokenEndpointAuthAlg = "RS256" }, "fapi2.assertion_algorithm"},
		"any for assertions":   {func(c *identity.Client) { c.Metadata.TokenEndpointAuthAlg = "" }, "fapi2.assertion_algorithm"},
	} {
		client := strict()
		c.change(&client)
		var broken []string
		for _, advice := range client.Advice() {
			broken = append(broken, advice.ID)
			seen[advice.ID] = true
			if advice.Clause == "" || advice.Field == "" || !strings.HasSuffix(advice.Problem, ".") || !strings.HasSuffix(advice.Repair, ".") {
				t.Errorf("%+v", advice)
			}
		}
		if got := strings.Join(broken, " "); got != c.breaks {
			t.Errorf("%s breaks %q", name, got)
		}
	}
	for _, rule := range identity.ClientRules() {
		if !seen[rule.ID] && slices.Contains([]identity.Standard{
			identity.StandardBestPractice, identity.StandardOAuth21, identity.StandardFAPI2, identity.StandardCost,
		}, rule.Standard) {
			t.Errorf("nothing breaks %s", rule.ID)
		}
	}
	var table strings.Builder
	table.WriteString("| Rule | Standard | Field | Problem | How to repair it |\n|---|---|---|---|---|\n")
	for _, rule := range identity.ClientRules() {
		fmt.Fprintf(&table, "| `%s` | %s %s | `%s` | %s | %s |\n", rule.ID, rule.Standard, rule.Clause, rule.Field, rule.Problem, rule.Repair)
	}
	documented(t, "../docs/client-advice.md", "<!-- rules: go test ./identity -run Rule -update -->\n", table.String())
	if ids := identity.ClientRules(); len(slices.CompactFunc(ids, func(a, b identity.ClientAdvice) bool { return a.ID == b.ID })) != len(ids) {
		t.Error("two rules share an id")
	}
}
