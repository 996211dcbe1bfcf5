package oidc

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
)

// TestTheParametersOfOpenIDConnect runs the checks that need no key of the server, in their order.
func TestTheParametersOfOpenIDConnect(t *testing.T) {
	t.Parallel()
	week := 7 * 24 * 3600
	for query, want := range map[string]struct {
		refused string // the code; empty: taken
		check   func(p identity.AuthorizationParams) bool
	}{
		"":                     {"", func(p identity.AuthorizationParams) bool { return p.MaxAge == &week && p.Nonce == "" }},
		"nonce=n":              {"", func(p identity.AuthorizationParams) bool { return p.Nonce == "n" }},
		"prompt=login+consent": {"", func(p identity.AuthorizationParams) bool { return slices.Equal(p.Prompt, []string{"login", "consent"}) }},
		"prompt=none":          {"", func(p identity.AuthorizationParams) bool { return slices.Equal(p.Prompt, []string{"none"}) }},
		"prompt=none+login":    {"invalid_request", nil},
		"prompt=create":        {"invalid_request", nil},
		"max_age=0":            {"", func(p identity.AuthorizationParams) bool { return *p.MaxAge == 0 }},
		"max_age=99999999999":  {"", func(p identity.AuthorizationParams) bool { return *p.MaxAge == 1<<31-1 }},
		"max_age=-1":           {"invalid_request", nil},
		"max_age=soon":         {"invalid_request", nil},
		"login_hint=alice":     {"", func(p identity.AuthorizationParams) bool { return p.LoginHint == "alice" }},
		"acr_values=1+2":       {"", func(p identity.AuthorizationParams) bool { return slices.Equal(p.ACRValues, []string{"1", "2"}) }},
		"claims=%7B":           {"invalid_request", nil},
		"claims=" + url.QueryEscape(`{"id_token":{"acr":{"essential":true,"value":"2"}}}`): {"unmet_authentication_requirements", nil},
		"nonce=" + strings.Repeat("n", maxNonce+1):                                         {"invalid_request", nil},
		"login_hint=" + strings.Repeat("x", maxHint+1): {"", func(p identity.AuthorizationParams) bool {
			return p.LoginHint == ""
		}},
	} {
		params, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		c := &oauth.CheckedRequest{Params: params, Client: identity.Client{Metadata: identity.ClientMetadata{DefaultMaxAge: &week}}}
		for _, row := range extension().RequestChecks() {
			if err = row.Check(c); err != nil {
				break
			}
		}
		switch {
		case want.refused != "":
			if err == nil || oauth.FromError(err).Code != want.refused {
				t.Errorf("%.40s: %v, want %s", query, err, want.refused)
			}
		case err != nil || !want.check(c.Out):
			t.Errorf("%.40s: %+v, %v", query, c.Out, err)
		}
	}
}

// TestADeviceIsAskedNothingOfTheBrowser: none of the parameters of OpenID Connect is known to device authorization.
func TestADeviceIsAskedNothingOfTheBrowser(t *testing.T) {
	t.Parallel()
	for _, row := range extension().RequestChecks() {
		if row.At&^oauth.AtCIBA != oauth.AtAuthorize|oauth.AtPAR {
			t.Errorf("%s concerns the endpoints %b", row.Name, row.At)
		}
	}
}
