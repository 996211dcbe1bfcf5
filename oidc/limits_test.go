package oidc

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
)

// extension has the settings of a new server, and no store.
var extension = sync.OnceValue(func() *Extension {
	settings := identity.NewLiveSettings(identity.DefaultSettings("https://id.example"))
	return &Extension{Domain: identity.New(identity.Deps{Settings: settings})}
})

// checkAll runs the checks of OpenID Connect that need no key of the server.
func checkAll(name, value string) (identity.AuthorizationParams, error) {
	c := &oauth.CheckedRequest{Params: url.Values{name: {value}}}
	for _, row := range extension().RequestChecks() {
		if err := row.Check(c); err != nil {
			return c.Out, err
		}
	}
	return c.Out, nil
}

// TestTheBoundsOfTheParametersOfOpenIDConnect: each is taken at its value and refused above it.
func TestTheBoundsOfTheParametersOfOpenIDConnect(t *testing.T) {
	t.Parallel()
	nested := func(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }
	members := func(n int) string { return "{" + strings.TrimSuffix(strings.Repeat(`"a":1,`, n), ",") + "}" }
	for name, test := range map[string]struct{ at, above string }{
		"nonce":  {strings.Repeat("n", maxNonce), strings.Repeat("n", maxNonce+1)},
		"prompt": {"login" + strings.Repeat(" ", maxPrompt-5), "login" + strings.Repeat(" ", maxPrompt-4)},
		"claims": {"{}" + strings.Repeat(" ", maxClaims-2), "{}" + strings.Repeat(" ", maxClaims-1)},
	} {
		if _, err := checkAll(name, test.at); err != nil {
			t.Errorf("%s at its bound: %v", name, err)
		}
		if _, err := checkAll(name, test.above); err == nil || oauth.FromError(err).Code != "invalid_request" {
			t.Errorf("%s above its bound: %v", name, err)
		}
	}
	for name, test := range map[string]struct{ at, above string }{
		"levels":  {nested(maxClaimDepth), nested(maxClaimDepth + 1)},
		"members": {members(maxClaimMembers), members(maxClaimMembers + 1)},
	} {
		if _, err := checkAll("claims", test.at); err != nil {
			t.Errorf("claims at their bound of %s: %v", name, err)
		}
		if _, err := checkAll("claims", test.above); err == nil {
			t.Errorf("claims above their bound of %s are taken", name)
		}
	}
	for name, value := range map[string]func(p identity.AuthorizationParams) string{
		"login_hint": func(p identity.AuthorizationParams) string { return p.LoginHint },
		"ui_locales": func(p identity.AuthorizationParams) string { return p.UILocales },
		"display":    func(p identity.AuthorizationParams) string { return p.Display },
		"acr_values": func(p identity.AuthorizationParams) string { return strings.Join(p.ACRValues, "") },
	} {
		at, err := checkAll(name, strings.Repeat("x", maxHint))
		if err != nil || len(value(at)) != maxHint {
			t.Errorf("%s at its bound: %v", name, err)
		}
		if above, err := checkAll(name, strings.Repeat("x", maxHint+1)); err != nil || value(above) != "" {
			t.Errorf("%s above its bound is not ignored: %v", name, err)
		}
	}
}

// TestTheCostOfAClaimsRequestGrowsWithItsSize counts allocations for the largest claims request and for one of half its
// members.
func TestTheCostOfAClaimsRequestGrowsWithItsSize(t *testing.T) {
	cost := func(n int) float64 {
		text := `{"userinfo":{` + strings.TrimSuffix(strings.Repeat(`"email":{"essential":true},`, n), ",") + `}}`
		return testing.AllocsPerRun(20, func() {
			if _, err := checkAll("claims", text); err != nil {
				t.Fatal(err)
			}
		})
	}
	half, full := cost(maxClaimMembers/4), cost(maxClaimMembers/2-1)
	if full > 2.5*half+10 || full > 2000 {
		t.Errorf("half costs %.0f allocations, all %.0f", half, full)
	}
	refused := strings.Repeat("[", maxClaims)
	if got := testing.AllocsPerRun(10, func() { _, _ = checkAll("claims", refused) }); got > 40 {
		t.Errorf("a refusal costs %.0f allocations", got)
	}
}
