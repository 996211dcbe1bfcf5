package server_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/store"
	"github.com/authly/authly/tests/harness"
)

// call serves one request in this process and tells which statements it cost.
func call(t *testing.T, n *harness.Node, path, id string, values url.Values) (map[string]any, []string) {
	t.Helper()
	ctx, counter := store.CountStatements(t.Context())
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(values.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(id, harness.ClientSecret)
	recorder := httptest.NewRecorder()
	n.Server.Handler().ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, recorder.Code, recorder.Body)
	}
	var body map[string]any
	if err := json.Unmarshal(recorder.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	return body, counter.Operations()
}

// TestHotPathsCostFewStatements holds the budgets of statements: client_credentials and introspection write nothing and
// read at most once, or twice where a scope belongs to an API, and not at all when the result is known.
func TestHotPathsCostFewStatements(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		for _, cache := range []string{"true", "false"} {
			var m identity.ClientMetadata
			m.GrantTypes, m.Scope = []identity.GrantType{identity.GrantClientCredentials}, "reports"
			n := harness.Start(t, db, harness.Env("AUTHLY_CACHE", cache))
			n.Apply(t, admin.Desired{
				Users:   []admin.DesiredUser{harness.Alice()},
				Scopes:  []identity.Scope{{Name: "reports"}},
				Clients: []admin.NewClient{harness.WebClient("web"), {ClientID: "robot", Secret: harness.ClientSecret, Metadata: m}},
			})
			form := url.Values{"grant_type": {"client_credentials"}, "scope": {"reports"}}
			budget := func(name string, operations []string, most int) {
				t.Helper()
				// The keys are read once a minute, and when they may have changed, whatever is asked.
				operations = slices.DeleteFunc(operations, func(o string) bool { return o == "select signing_keys" })
				if len(operations) > most {
					t.Errorf("cache %s: %s cost %v, at most %d allowed", cache, name, operations, most)
				}
				for _, operation := range operations {
					if !strings.HasPrefix(operation, "select") {
						t.Errorf("cache %s: %s wrote: %v", cache, name, operations)
					}
				}
			}
			_, cold := call(t, n, "/api/v1/oauth/token", "robot", form)
			budget("client_credentials", cold, 2) // the client, and the resources, one of which its scopes may belong to
			_, warm := call(t, n, "/api/v1/oauth/token", "robot", form)
			if cache == "true" {
				budget("client_credentials again", warm, 0)
			}
			token := harness.NewParty(t, n, "web").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword).AccessToken
			inspect := url.Values{"token": {token}}
			body, cold := call(t, n, "/api/v1/oauth/introspect", "web", inspect)
			if body["active"] != true {
				t.Fatalf("introspection %v", body)
			}
			if cache == "true" {
				budget("introspection", cold, 1)
				_, warm := call(t, n, "/api/v1/oauth/introspect", "web", inspect)
				budget("introspection again", warm, 0)
			} else {
				budget("introspection without a cache", cold, 3) // the client, the grant, and which attributes scopes release
			}
			n.Stop()
		}
	})
}

// TestAttributesCostOneStatement, once for a user, and none where no scope that was granted releases any.
func TestAttributesCostOneStatement(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		web := harness.WebClient("web")
		web.Metadata.Scope += " hr"
		n.Apply(t, admin.Desired{
			Users: []admin.DesiredUser{harness.Alice()}, Scopes: []identity.Scope{{Name: "hr"}}, Clients: []admin.NewClient{web},
		})
		if _, err := n.Server.Admin.Attributes.Create(harness.System(t), identity.AttributeDefinition{
			Name: "level", Type: identity.AttributeInteger, Scopes: []string{"hr"},
		}); err != nil {
			t.Fatal(err)
		}
		cost := func(scopes ...string) (reads, again int) {
			token := harness.NewParty(t, n, "web", scopes...).Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword).AccessToken
			if _, err := n.Server.Admin.Users.Update(harness.System(t), n.User(t, "alice").ID, admin.UserChange{
				PatchClaims: func(c *identity.Claims) { c.Nickname += "x" }, // what is cached of alice ends
			}, nil); err != nil {
				t.Fatal(err)
			}
			inspect := url.Values{"token": {token}}
			_, first := call(t, n, "/api/v1/oauth/introspect", "web", inspect)
			_, second := call(t, n, "/api/v1/oauth/introspect", "web", inspect)
			return len(first), len(second)
		}
		with, again := cost("openid", "hr")
		without, _ := cost("openid")
		if with != without+1 || again != 0 {
			t.Errorf("%d statements with the scope, %d without it, %d again", with, without, again)
		}
	})
}
