package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAGuesserLearnsNothing: an unknown client, a wrong secret, a client that was switched off and one that needs
// another method all look the same, to the byte (F-C3, F-C4, E-07).
func TestAGuesserLearnsNothing(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_TRUSTED_PROXIES", "127.0.0.1/32"))
	off := harness.WebClient("off")
	off.Inactive = true
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{off, harness.PublicClient("spa"), harness.ServiceClient("machine", "")}})
	const newSecret = "another-client-secret-of-forty-chars-002"
	renewed := harness.ServiceClient("machine", "")
	renewed.Secret = newSecret
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{renewed}})

	ask := func(path, id, secret string) harness.Answer {
		form := harness.Values("grant_type", "client_credentials", "token", "x")
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("X-Request-ID", "the-same-for-all")
		request.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
		a := harness.Do(t, request)
		a.Header.Del("Date")
		return a
	}
	for _, path := range []string{"/api/v1/oauth/token", "/api/v1/oauth/introspect", "/api/v1/oauth/revoke"} {
		unknown := ask(path, "nobody", harness.ClientSecret)
		oauthError(t, path, unknown, 401, "invalid_client")
		for name, c := range map[string][2]string{
			"a wrong secret":                {"web", strings.Repeat("x", 40)},
			"no secret":                     {"web", ""},
			"a secret but for its end":      {"web", harness.ClientSecret[:39]},
			"a secret and more":             {"web", harness.ClientSecret + "x"},
			"a secret of another case":      {"web", strings.ToUpper(harness.ClientSecret)},
			"a secret with NUL":             {"web", harness.ClientSecret + "\x00"},
			"the old secret":                {"machine", harness.ClientSecret},
			"a client that is switched off": {"off", harness.ClientSecret},
			"a public client with a secret": {"spa", harness.ClientSecret},
			"another case of the client_id": {"WEB", harness.ClientSecret},
			"a client_id with a wildcard":   {"we%", harness.ClientSecret},
			"an empty client_id":            {"", harness.ClientSecret},
			"a client_id of 10 kB":          {strings.Repeat("w", 10_000), harness.ClientSecret},
		} {
			got := ask(path, c[0], c[1])
			if diff := cmp.Diff(unknown, got); diff != "" {
				t.Errorf("%s, %s: %s", path, name, diff)
			}
		}
	}
	if a := n.Form(t, "/api/v1/oauth/token", "machine", newSecret, harness.Values("grant_type", "client_credentials")); a.Status != http.StatusOK {
		t.Errorf("the new secret: %d %s", a.Status, a.Text)
	}
}

// TestCredentialsInTheURLDoNotCount: RFC 6749 §2.3.1, OAuch C-T7.
func TestCredentialsInTheURLDoNotCount(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	post := harness.ServiceClient("poster", "")
	post.Metadata.TokenEndpointAuthMethod = identity.AuthClientSecretPost
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{post}})
	credentials := harness.Values("client_id", "poster", "client_secret", harness.ClientSecret)
	oauthError(t, "in the URL", n.Form(t, "/api/v1/oauth/token?"+credentials.Encode(), "", "",
		harness.Values("grant_type", "client_credentials")), 401, "invalid_client")
	credentials.Set("grant_type", "client_credentials")
	if a := n.Form(t, "/api/v1/oauth/token", "", "", credentials); a.Status != http.StatusOK {
		t.Errorf("in the body: %d %s", a.Status, a.Text)
	}
	oauthError(t, "by two methods", n.Form(t, "/api/v1/oauth/token", "poster", harness.ClientSecret, credentials), 400, "invalid_request")
}

// TestASecretOfAnyCharactersIsDecodedAsAForm: F-C2, RFC 6749 §2.3.1.
func TestASecretOfAnyCharactersIsDecodedAsAForm(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	odd := harness.ServiceClient("odd", "")
	odd.Secret = `a:b%c+d e&f=g"h\i/j?k#l~m'n<o>p{q}r|s^t`
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{odd}})
	if a := n.Form(t, "/api/v1/oauth/token", "odd", odd.Secret, harness.Values("grant_type", "client_credentials")); a.Status != http.StatusOK {
		t.Errorf("%d %s", a.Status, a.Text)
	}
}
