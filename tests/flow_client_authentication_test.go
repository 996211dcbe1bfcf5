package tests

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// secretPlaces are the endpoints that authenticate clients, each with what a good client sends besides.
var secretPlaces = map[string]url.Values{
	"/api/v1/oauth/token":      {"grant_type": {"client_credentials"}},
	"/api/v1/oauth/revoke":     {"token": {"unknown"}},
	"/api/v1/oauth/introspect": {"token": {"unknown"}},
}

// secretInBody adds id and secret to a form.
func secretInBody(form url.Values, id, secret string) url.Values {
	out := harness.Values("client_id", id, "client_secret", secret)
	for name, values := range form {
		out[name] = values
	}
	return out
}

// TestASecretCountsInHeaderAndBodyAlike: whichever of the two was registered, one of them at a time, at every endpoint.
func TestASecretCountsInHeaderAndBodyAlike(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	basic, post, public := harness.ServiceClient("basic", ""), harness.ServiceClient("post", ""), harness.PublicClient("public")
	post.Metadata.TokenEndpointAuthMethod = identity.AuthClientSecretPost
	signing := serviceClient("signing", func(m *identity.ClientMetadata) { m.JWKS = newClientKey(t, "k").JWKS(t) })
	n.Apply(t, admin.Desired{
		Scopes: []identity.Scope{{Name: "reports"}}, Clients: []admin.NewClient{basic, post, public, signing},
	})
	for path, form := range secretPlaces {
		for _, id := range []string{"basic", "post"} {
			for name, a := range map[string]harness.Answer{
				"in the header": n.Form(t, path, id, harness.ClientSecret, form),
				"in the body":   n.Form(t, path, "", "", secretInBody(form, id, harness.ClientSecret)),
			} {
				if a.Status != http.StatusOK {
					t.Errorf("%s, %s %s: %d %s", path, id, name, a.Status, a.Text)
				}
			}
			wrong := harness.ClientSecret + "x"
			oauthError(t, path+" wrong in the header", n.Form(t, path, id, wrong, form), 401, "invalid_client")
			oauthError(t, path+" wrong in the body", n.Form(t, path, "", "", secretInBody(form, id, wrong)), 401, "invalid_client")
			both := n.Form(t, path, id, harness.ClientSecret, secretInBody(form, id, harness.ClientSecret))
			oauthError(t, path+" in both", both, 400, "invalid_request")
		}
		for _, id := range []string{"public", "signing"} {
			oauthError(t, path+" header of "+id, n.Form(t, path, id, harness.ClientSecret, form), 401, "invalid_client")
			oauthError(t, path+" body of "+id, n.Form(t, path, "", "", secretInBody(form, id, harness.ClientSecret)), 401, "invalid_client")
		}
	}
}

// TestARefusedClientIsToldApartInTheLog: which method was registered and which was used, and never a secret.
func TestARefusedClientIsToldApartInTheLog(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	signing := serviceClient("signing", func(m *identity.ClientMetadata) { m.JWKS = newClientKey(t, "k").JWKS(t) })
	n.Apply(t, admin.Desired{Scopes: []identity.Scope{{Name: "reports"}}, Clients: []admin.NewClient{signing}})
	const wrong = "a-wrong-secret-of-some-length-0123456789"
	form := harness.Values("grant_type", "client_credentials")
	for used, a := range map[string]harness.Answer{
		"client web is registered with client_secret_basic, client_secret_basic was used": n.Form(t, "/api/v1/oauth/token", "web", wrong, form),
		"client web is registered with client_secret_basic, client_secret_post was used": n.Form(
			t, "/api/v1/oauth/token", "", "", secretInBody(form, "web", wrong)),
		"client web is registered with client_secret_basic, none was used": n.Form(
			t, "/api/v1/oauth/token", "", "", harness.Values("grant_type", "client_credentials", "client_id", "web")),
		"client signing is registered with private_key_jwt, client_secret_basic was used": n.Form(
			t, "/api/v1/oauth/token", "signing", wrong, form),
		"no such client; client_secret_basic was used": n.Form(t, "/api/v1/oauth/token", "nobody", wrong, form),
	} {
		oauthError(t, used, a, 401, "invalid_client")
		if !strings.Contains(n.Logs.String(), used) {
			t.Errorf("the log does not say: %s", used)
		}
		if strings.Contains(a.Text, "registered") {
			t.Errorf("the answer says %s", a.Text)
		}
	}
	if strings.Contains(n.Logs.String(), wrong) {
		t.Error("the log has the secret")
	}
}

// TestSpacesAfterTheScheme: one or more may follow (RFC 9110 §11.4), nothing else may, and its case does not matter.
func TestSpacesAfterTheScheme(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", ""), adminClient("console")}})
	_, token := signedIn(t, n)
	adminsToken := adminToken(t, n)
	encoded := base64.StdEncoding.EncodeToString([]byte("machine:" + harness.ClientSecret))
	for separator, ok := range map[string]bool{" ": true, "  ": true, "    ": true, "\t": false, " \t": false, "\t ": false, "": false, ",": false} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/api/v1/oauth/token",
			strings.NewReader("grant_type=client_credentials"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Authorization", "bAsIc"+separator+encoded)
		for name, status := range map[string]int{
			"the token endpoint": harness.Do(t, request).Status,
			"UserInfo":           n.Get(t, "/oidc/userinfo", "Authorization", "bEaReR"+separator+token.AccessToken).Status,
			"the admin API": n.GraphQL(t, "", "{ users(first: 1) { nodes { id } } }", nil,
				"Authorization", "bEaReR"+separator+adminsToken).Status,
		} {
			if (status == http.StatusOK) != ok {
				t.Errorf("%q at %s: %d", separator, name, status)
			}
		}
	}
}
