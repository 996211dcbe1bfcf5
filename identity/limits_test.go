package identity_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// scopeOf returns a scope of n different values.
func scopeOf(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("s%d", i)
	}
	return strings.Join(names, " ")
}

func list(n int, format string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return out
}

// TestTheBoundsOfAScope: each is taken at its value and refused above it, and the refusal names the bound.
func TestTheBoundsOfAScope(t *testing.T) {
	t.Parallel()
	if names, err := identity.ParseScope(scopeOf(identity.MaxScopeValues)); err != nil || len(names) != identity.MaxScopeValues {
		t.Errorf("%d values: %d, %v", identity.MaxScopeValues, len(names), err)
	}
	if names, err := identity.ParseScope(strings.Repeat("x", identity.MaxScope)); err != nil || len(names) != 1 {
		t.Errorf("%d bytes: %v", identity.MaxScope, err)
	}
	for text, bound := range map[string]string{
		scopeOf(identity.MaxScopeValues + 1):        "100 values",
		strings.Repeat("x", identity.MaxScope+1):    "4096 bytes",
		strings.Repeat("a ", identity.MaxScope/2+1): "4096 bytes",
		strings.Repeat("a ", identity.MaxScope/2):   "100 values",
	} {
		if _, err := identity.ParseScope(text); err == nil || !strings.Contains(identity.AsError(err).Detail, bound) {
			t.Errorf("%.20q (%d bytes): %v, want a word about %s", text, len(text), err, bound)
		}
	}
}

// TestTheCostOfAScopeGrowsWithItsSize counts allocations for the largest scope and for one of half its size.
func TestTheCostOfAScopeGrowsWithItsSize(t *testing.T) {
	cost := func(text string) float64 {
		return testing.AllocsPerRun(50, func() { _, _ = identity.ParseScope(text) })
	}
	half, full := cost(scopeOf(identity.MaxScopeValues/2)), cost(scopeOf(identity.MaxScopeValues))
	if full > 2.5*half+5 || full > 20 {
		t.Errorf("half of the values cost %.0f allocations, all %.0f", half, full)
	}
	for _, refused := range []string{strings.Repeat("x ", 32<<10), scopeOf(1000), strings.Repeat("\"", 60<<10)} {
		if got := cost(refused); got > 5 {
			t.Errorf("a refusal of %d bytes costs %.0f allocations", len(refused), got)
		}
	}
}

// TestTheBoundsOfAClient: each list and text of a client is taken at its bound and refused above it, by its name.
func TestTheBoundsOfAClient(t *testing.T) {
	t.Parallel()
	keys := func(n int) json.RawMessage {
		return json.RawMessage(`{"keys":[` + strings.TrimSuffix(strings.Repeat(`{},`, n), ",") + `]}`)
	}
	padded := func(n int) json.RawMessage {
		return append(json.RawMessage(`{"keys":[]}`), strings.Repeat(" ", n-11)...)
	}
	for field, test := range map[string]struct {
		most int
		set  func(c *identity.Client, n int)
	}{
		"redirect_uris":             {100, func(c *identity.Client, n int) { c.Metadata.RedirectURIs = list(n, "https://rp.example/%d") }},
		"post_logout_redirect_uris": {100, func(c *identity.Client, n int) { c.Metadata.PostLogoutRedirectURIs = list(n, "https://rp.example/%d") }},
		"request_uris": {20, func(c *identity.Client, n int) {
			c.Metadata.RequestURIs, c.Metadata.RequestObjectAlg = list(n, "https://rp.example/%d"), identity.UnsignedRequests
		}},
		"redirect_uris[0]": {2048, func(c *identity.Client, n int) {
			c.Metadata.RedirectURIs = []string{"https://rp.example/" + strings.Repeat("x", n-19)}
		}},
		"contacts":         {20, func(c *identity.Client, n int) { c.Metadata.Contacts = list(n, "%d@example.org") }},
		"contacts[0]":      {255, func(c *identity.Client, n int) { c.Metadata.Contacts = []string{strings.Repeat("x", n)} }},
		"audiences":        {100, func(c *identity.Client, n int) { c.Policy.Audiences = list(n, "https://api.example/%d") }},
		"description":      {1000, func(c *identity.Client, n int) { c.Policy.Description = strings.Repeat("x", n) }},
		"client_name":      {255, func(c *identity.Client, n int) { c.Metadata.Name = strings.Repeat("x", n) }},
		"software_id":      {255, func(c *identity.Client, n int) { c.Metadata.SoftwareID = strings.Repeat("x", n) }},
		"software_version": {255, func(c *identity.Client, n int) { c.Metadata.SoftwareVersion = strings.Repeat("x", n) }},
		"client_id":        {255, func(c *identity.Client, n int) { c.ClientID = strings.Repeat("x", n) }},
		"client_uri":       {2048, func(c *identity.Client, n int) { c.Metadata.URI = "https://rp.example/" + strings.Repeat("x", n-19) }},
		"scope":            {identity.MaxScopeValues, func(c *identity.Client, n int) { c.Metadata.Scope = scopeOf(n) }},
	} {
		at := registered(func(c *identity.Client) { test.set(c, test.most) })
		above := registered(func(c *identity.Client) { test.set(c, test.most+1) })
		if err := at.Check(); err != nil {
			t.Errorf("%s at %d: %v", field, test.most, err)
		}
		if err := above.Check(); err == nil || identity.AsError(err).Field != field {
			t.Errorf("%s at %d: %v", field, test.most+1, err)
		}
	}
	for name, test := range map[string]struct{ at, above json.RawMessage }{
		"keys": {keys(20), keys(21)}, "bytes": {padded(32 << 10), padded(32<<10 + 1)},
	} {
		declare := func(set json.RawMessage) error {
			return registered(func(c *identity.Client) {
				c.Metadata.TokenEndpointAuthMethod, c.Metadata.JWKS = identity.AuthPrivateKeyJWT, set
			}).Check()
		}
		if err := declare(test.above); err == nil || identity.AsError(err).Field != "jwks" {
			t.Errorf("a key set above the bound in %s: %v", name, err)
		}
		if err := declare(test.at); err != nil && strings.Contains(err.Error(), "at most") {
			t.Errorf("a key set at the bound in %s: %v", name, err)
		}
	}
}

// TestTheBoundsOfAResource: how many scopes an API may understand.
func TestTheBoundsOfAResource(t *testing.T) {
	t.Parallel()
	r := identity.Resource{URI: "https://api.example", Scopes: list(100, "s%d")}.WithDefaults()
	if err := r.Check(); err != nil {
		t.Errorf("at the bound: %v", err)
	}
	r.Scopes = list(101, "s%d")
	if err := r.Check(); err == nil {
		t.Error("above the bound it is taken")
	}
	r.Scopes = []string{"good", "two words", "good", "\""}
	if all := identity.AllErrors(r.Check()); len(all) != 2 || all[0].Field != "scopes[1]" || all[1].Field != "scopes[3]" {
		t.Errorf("bad scopes: %v", r.Check())
	}
}

// TestTheTokensOfAResourceAreBounded: how long they live, and how much they say.
func TestTheTokensOfAResourceAreBounded(t *testing.T) {
	t.Parallel()
	r := identity.Resource{
		URI: "https://api.example", Audiences: list(10, "urn:api:%d"), AccessTokenAlg: identity.EdDSA, AccessTokenTTL: 86_400,
	}.WithDefaults()
	if err := r.Check(); err != nil {
		t.Errorf("at the bound: %v", err)
	}
	r.Audiences, r.AccessTokenAlg, r.AccessTokenTTL = list(11, "urn:api:%d"), "HS256", 86_401
	if got := fields(r.Check()); got != "access_token_signing_alg access_token_ttl audiences" {
		t.Errorf("above the bound: %s", got)
	}
	r.Audiences, r.AccessTokenAlg, r.AccessTokenTTL, r.AccessTokenFormat = []string{"urn:api", "client", "https://x.example/#f"}, "none", -1, "JWT"
	if got := fields(r.Check()); got != "access_token_signing_alg access_token_format access_token_ttl audiences[1] audiences[2]" {
		t.Errorf("bad values: %s", got)
	}
}

// TestAllThatIsWrongIsNamedAtOnce: each field by its place, always in the same order.
func TestAllThatIsWrongIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	client := registered(func(c *identity.Client) {
		c.ClientID, c.Metadata.Name = "a b", "x\x00"
		c.Metadata.RedirectURIs = []string{"https://good.example/", "ftp://x", "https://good.example/#f"}
		c.Metadata.PostLogoutRedirectURIs = []string{"x"}
		c.Metadata.GrantTypes = append(c.Metadata.GrantTypes, "magic")
		c.Metadata.LogoURI, c.Metadata.Scope = "x", "\""
		c.Policy.IDTokenTTL = -1
	})
	const want = "client_id client_name grant_types[1] redirect_uris[1] redirect_uris[2] post_logout_redirect_uris[0] scope logo_uri id_token_ttl"
	for range 20 {
		if got := fields(client.Check()); got != want {
			t.Fatalf("named are %s, want %s", got, want)
		}
	}
	user := identity.User{Username: "x", Email: "x", Claims: identity.Claims{
		Name: "\x00", Birthdate: "never", Address: &identity.Address{Country: "\x00", Region: "\x00"},
	}}
	if got := fields(user.Check()); got != "username email name birthdate address.region address.country" {
		t.Errorf("of a user: %s", got)
	}
	if got := identity.Messages(user.Check()); strings.Count(got, "must") != 6 || !strings.HasPrefix(got, "username must be 3 to 64 letters") {
		t.Errorf("the messages: %s", got)
	}
	scope := identity.Scope{Name: "admin:x", Description: "\x00", Default: true}
	if got := fields(scope.Check()); got != "description name default" {
		t.Errorf("of a scope: %s", got)
	}
}

func fields(err error) string {
	var names []string
	for _, e := range identity.AllErrors(err) {
		names = append(names, e.Field)
	}
	return strings.Join(names, " ")
}

// TestWhatCannotBeSeenIsRefused in every text that people read and decide by.
func TestWhatCannotBeSeenIsRefused(t *testing.T) {
	t.Parallel()
	texts := map[string]func(text string) error{
		"client_name": func(text string) error {
			return registered(func(c *identity.Client) { c.Metadata.Name = text }).Check()
		},
		"description": func(text string) error { return identity.Scope{Name: "x", Description: text}.Check() },
		"name": func(text string) error {
			return identity.Resource{URI: "https://a.example", Name: text}.WithDefaults().Check()
		},
		"given_name": func(text string) error { return identity.Claims{GivenName: text}.Check() },
		"address.country": func(text string) error {
			return identity.Claims{Address: &identity.Address{Country: text}}.Check()
		},
	}
	for field, check := range texts {
		for _, bad := range []rune{
			0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2064, 0x2066, 0x2067,
			0x2068, 0x2069, 0x206a, 0x061c, 0x00ad, 0x034f, 0x115f, 0x1160, 0x17b4, 0x180e, 0x2028, 0x2029, 0x2800, 0x3164, 0xfeff,
			0xffa0, 0xfe00, 0xfe0f, 0xfff9, 0xe0001, 0xe0041, 0xe0100, 0xe000,
		} {
			for _, text := range []string{"Ba" + string(bad) + "nk", string(bad) + "Bank", "Bank" + string(bad)} {
				if err := check(text); err == nil || identity.AsError(err).Field != field {
					t.Errorf("%s with U+%04X: %v", field, bad, err)
				}
			}
		}
		for _, good := range []string{
			"Bank", "Ærlig Ångström", "名前", "名\U000e0100前", "علی\u200cرضا", "क्\u200dष", "שלום", "한국어", "I ❤️ Go", "👩\u200d💻", "e\u0301", "O’Neill",
			"日本\u3000太郎",
		} {
			if err := check(good); err != nil {
				t.Errorf("%s %q: %v", field, good, err)
			}
		}
	}
}

// TestTheFaultsOfAnInputAreBounded: what is refused must not cost more than it says.
func TestTheFaultsOfAnInputAreBounded(t *testing.T) {
	t.Parallel()
	var faults identity.Faults
	for i := range 1000 {
		faults.Add(identity.InvalidField(fmt.Sprintf("field%d", i), "Must not be."))
		if i == 19 || i == 20 {
			if got := len(identity.AllErrors(faults.Err())); got != 20 {
				t.Errorf("%d faults are told of %d", got, i+1)
			}
		}
	}
	faults.AddUnder("users[3]", identity.ErrUnavailable)
	if err := faults.Err(); identity.AsError(err).Code != identity.CodeUnavailable || len(identity.AllErrors(err)) != 1 {
		t.Errorf("a failure that is not about the input is told with others: %v", err)
	}
}

// TestTheBoundsOfResources of one request (RFC 8707 §2), for the authorization and for the token.
func TestTheBoundsOfResources(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	own := make([]string, identity.MaxResources+1)
	for i := range own {
		own[i] = f.deps.Settings.Get().Issuer
	}
	if err := f.Scopes.CheckResources(f.ctx, own[1:]); err != nil {
		t.Errorf("%d resources: %v", identity.MaxResources, err)
	}
	err := f.Scopes.CheckResources(f.ctx, own)
	if err == nil || !strings.Contains(err.Error(), "more than 20 resources") {
		t.Errorf("%d resources: %v", len(own), err)
	}
	issuance := identity.Issuance{Client: registered()}
	if _, err := f.Tokens.Issue(f.ctx, issuance, own); err == nil {
		t.Error("a token for too many resources is issued")
	}
	long := "https://api.example/" + strings.Repeat("x", identity.MaxURL-20)
	if !identity.ValidResource(long) || identity.ValidResource(long+"x") {
		t.Errorf("the bound of a resource is not %d bytes", identity.MaxURL)
	}
	client := registered(func(c *identity.Client) { c.Metadata.RedirectURIs = []string{long} })
	if _, ok := client.RedirectURI(long); !ok {
		t.Error("a redirect URI at the bound is refused")
	}
	client.Metadata.RedirectURIs = []string{long + "x"}
	if _, ok := client.RedirectURI(long + "x"); ok {
		t.Error("a redirect URI above the bound is taken")
	}
}
