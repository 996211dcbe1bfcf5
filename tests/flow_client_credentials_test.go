package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/tests/harness"
)

// TestClientCredentials: RFC 6749 §4.4, RFC 8707, RFC 9068 §2.2.
func TestClientCredentials(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		withAPIs(t, n)
		grants := db.Count(t, "SELECT count(*) FROM grants")
		a := n.Token(t, "machine", "grant_type", "client_credentials", "scope", "invoices:read orders:read", "resource", invoices)
		if a.Status != http.StatusOK || a.Body["token_type"] != "Bearer" || a.Body["scope"] == "" || a.Body["expires_in"] != 600.0 {
			t.Fatalf("%d %s", a.Status, a.Text)
		}
		for _, name := range []string{"refresh_token", "id_token"} {
			if _, ok := a.Body[name]; ok {
				t.Errorf("the answer has a %s", name)
			}
		}
		if !strings.Contains(a.Header.Get("Cache-Control"), "no-store") || a.Header.Get("Pragma") != "no-cache" {
			t.Errorf("headers %v", a.Header)
		}
		token := a.String("access_token")
		if header := harness.JWT(t, token, 0); header["typ"] != "at+jwt" || header["alg"] != "ES256" || header["kid"] == nil {
			t.Errorf("header %v", header)
		}
		claims := harness.JWT(t, token, 1)
		for name, want := range map[string]any{"iss": n.Issuer, "sub": "machine", "client_id": "machine", "aud": invoices} {
			if claims[name] != want {
				t.Errorf("%s is %v, want %v", name, claims[name], want)
			}
		}
		for _, name := range []string{"jti", "iat", "exp", "scope"} {
			if claims[name] == nil {
				t.Errorf("no %s", name)
			}
		}
		for _, name := range []string{"sid", "auth_time", "acr", "nonce"} {
			if claims[name] != nil {
				t.Errorf("%s is %v", name, claims[name])
			}
		}
		if after := db.Count(t, "SELECT count(*) FROM grants"); after != grants {
			t.Error("something was written")
		}
		two := n.Token(t, "machine", "grant_type", "client_credentials", "resource", invoices, "resource", orders)
		if diff := cmp.Diff([]any{invoices, orders}, harness.JWT(t, two.String("access_token"), 1)["aud"]); diff != "" {
			t.Error(diff)
		}
		if again := n.Token(t, "machine", "grant_type", "client_credentials"); again.String("access_token") == token {
			t.Error("the same token twice")
		}
	})
}

func TestTheScopesOfClientCredentials(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	withAPIs(t, n)
	for name, c := range map[string]struct {
		asked  []string
		status int
		want   string // scope or error
	}{
		"one":                       {[]string{"scope", "orders:read"}, 200, "orders:read"},
		"none means the defaults":   {nil, 200, "invoices:read"},
		"more than it may have":     {[]string{"scope", "orders:read invoices:write"}, 200, "orders:read"},
		"nothing of what it may":    {[]string{"scope", "invoices:write"}, 400, "invalid_scope"},
		"only what needs a user":    {[]string{"scope", "openid offline_access"}, 400, "invalid_scope"},
		"what needs a user besides": {[]string{"scope", "openid orders:read offline_access"}, 200, "orders:read"},
		"malformed":                 {[]string{"scope", `a"b`}, 400, "invalid_scope"},
		"an unknown resource":       {[]string{"resource", "https://nowhere.example"}, 400, "invalid_target"},
		"a resource and a fragment": {[]string{"resource", invoices + "#x"}, 400, "invalid_target"},
		"a resource that is no URI": {[]string{"resource", "invoices"}, 400, "invalid_target"},
		"one good and one unknown":  {[]string{"resource", invoices, "resource", "https://nowhere.example"}, 400, "invalid_target"},
		"two scope parameters":      {[]string{"scope", "orders:read", "scope", "invoices:read"}, 400, "invalid_request"},
	} {
		a := n.Token(t, "machine", append([]string{"grant_type", "client_credentials"}, c.asked...)...)
		if c.status != http.StatusOK {
			oauthError(t, name, a, c.status, c.want)
		} else if a.Status != http.StatusOK || a.Body["scope"] != c.want {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
	}
}
