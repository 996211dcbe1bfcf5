package tests

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestStrangersStoreNothing walks every endpoint that answers somebody who has proven nothing, with what is good, what is
// wrong and what is large: no table has a row more afterwards. Failed sign-ins are not here: they are counted and noted,
// within the bounds of the throttle.
func TestStrangersStoreNothing(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		public := harness.WebClient("spa")
		public.Secret, public.Metadata.TokenEndpointAuthMethod = "", "none"
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{public}})
		known := harness.NewBrowser(t, n)
		token := harness.NewParty(t, n, "web").Tokens(known, "alice", harness.AlicePassword)
		before := db.RowCounts(t)

		stranger := harness.NewBrowser(t, n)
		handles := walkAuthorize(t, n, stranger)
		walkPages(t, n, stranger, handles)
		walkMachines(t, n, token.AccessToken)

		// What clients do not prove, and guessing at them, is noticed, once an episode and in all within a limit.
		noticed := identity.AuditQuery{Filter: identity.AuditFilter{
			Actions: []identity.Action{identity.ActionThrottleEngaged, identity.ActionClientRefused},
		}}
		episodes, err := n.Server.Store.CountAuditEvents(t.Context(), noticed, 100)
		if err != nil || episodes > 6 {
			t.Errorf("%d episodes, %v", episodes, err)
		}
		after := db.RowCounts(t)
		if diff := cmp.Diff(withoutEvents(t, before, 0), withoutEvents(t, after, episodes)); diff != "" {
			t.Errorf("rows before (-) and after (+):\n%s", diff)
		}
		// The walk was no walk in the void: what it was shown leads to a sign-in.
		stranger.Get(n.URL + "/login?interaction=" + handles[0])
		stranger.SignIn("alice", harness.AlicePassword)
		if after := db.RowCounts(t)["authorization_requests"]; after != before["authorization_requests"]+1 {
			t.Errorf("a person who acts leaves %d rows, before %d", after, before["authorization_requests"])
		}
	})
}

// walkAuthorize sends authorization requests of all sorts and returns the handles that they lead to.
func walkAuthorize(t *testing.T, n *harness.Node, stranger *harness.Browser) []string {
	t.Helper()
	party := harness.NewParty(t, n, "web")
	endpoint := n.URL + "/api/v1/oauth/authorize"
	var handles []string
	note := func() {
		if handle := stranger.URL.Query().Get("interaction"); handle != "" {
			handles = append(handles, handle)
		}
	}
	for _, extra := range [][]string{
		nil,
		{"prompt", "login"},
		{"prompt", "consent"},
		{"prompt", "none"},
		{"prompt", "wrong"},
		{"max_age", "0"},
		{"login_hint", "alice"},
		{"response_mode", "form_post"},
		{"response_mode", "form_post", "prompt", "none"},
		{"state", strings.Repeat("s", 4096)},
		{"state", strings.Repeat("s", 5000)},
		{"claims", `{"userinfo":{"name":null}}`},
		{"ui_locales", strings.Repeat("nb ", 3000)},
		{"redirect_uri", "https://evil.example/"},
		{"request", "x"},
		{"scope", "openid " + strings.Repeat("x ", 2000)},
		{"resource", "https://unknown.example"},
		{"id_token_hint", "x"},
	} {
		address := party.AuthURL(extra...)
		stranger.Get(address)
		note()
		_, query, _ := strings.Cut(address, "?")
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		for _, site := range []string{"same-origin", "cross-site"} {
			stranger.Send(http.MethodPost, endpoint, values, http.Header{"Sec-Fetch-Site": {site}, "Origin": {"https://rp.example"}})
			note()
		}
	}
	if len(handles) < 10 {
		t.Fatalf("only %d handles", len(handles))
	}
	return handles
}

// walkPages opens and posts every page, with and without a handle.
func walkPages(t *testing.T, n *harness.Node, stranger *harness.Browser, handles []string) {
	t.Helper()
	queries := []string{"", "?interaction=", "?interaction=" + strings.Repeat("A", 43), "?interaction=" + strings.Repeat("A", 9000)}
	for _, handle := range handles {
		queries = append(queries, "?interaction="+handle)
	}
	forms := []url.Values{
		nil,
		{"decision": {"approve"}},
		{"decision": {"deny"}},
		{"password": {"x"}, "new_password": {"a b c d e f"}, "confirm_password": {"a b c d e f"}},
		{"id_token_hint": {"x"}, "client_id": {"web"}, "post_logout_redirect_uri": {"https://rp.example/bye"}, "state": {"s"}},
	}
	for _, path := range []string{
		"/", "/login", "/consent", "/account/password", "/logout", "/oidc/logout", "/api/v1/oauth/authorize", "/.well-known/change-password", "/nowhere",
		"/consent/logo", "/console", "/console/", "/console/session", "/console/sign-in", "/console/callback", "/playground", "/playground/flows", "/playground/flows/callback", "/assets/x",
	} {
		for _, query := range queries {
			stranger.Get(n.URL + path + query)
			for _, form := range forms {
				if path == "/login" {
					continue // a failed sign-in
				}
				stranger.Post(n.URL+path+query, form)
			}
		}
	}
	stranger.Get(n.URL + "/oidc/logout?" + forms[len(forms)-1].Encode())
}

// walkMachines calls what programs call, without credentials and with wrong ones.
func walkMachines(t *testing.T, n *harness.Node, good string) {
	t.Helper()
	for _, path := range []string{
		"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource", "/.well-known/jwks.json", "/oidc/userinfo",
		"/health/live", "/health/ready", "/graphql",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodOptions} {
			n.Send(t, method, path)
			n.Send(t, method, path, "Authorization", "Bearer x"+good, "X-Request-ID", "of-a-stranger", "Origin", "https://evil.example")
		}
	}
	const assertion = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ3ZWIiLCJzdWIiOiJ3ZWIiLCJqdGkiOiJ4In0.AAAA"
	forms := []url.Values{
		{"grant_type": {"authorization_code"}, "code": {"x"}, "redirect_uri": {harness.Callback}, "code_verifier": {strings.Repeat("v", 43)}},
		{"grant_type": {"refresh_token"}, "refresh_token": {"x"}},
		{"grant_type": {"client_credentials"}},
		{"grant_type": {"password"}},
		{"token": {"x"}},
		{"token": {good[:len(good)-4] + "AAAA"}},
	}
	for _, form := range slices.Clone(forms) {
		asserted := url.Values{
			"client_assertion": {assertion}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		}
		for name, list := range form {
			asserted[name] = list
		}
		forms = append(forms, asserted)
	}
	for i, form := range forms {
		form.Set("jti", fmt.Sprint(i))
		for _, path := range []string{"/api/v1/oauth/token", "/api/v1/oauth/revoke", "/api/v1/oauth/introspect"} {
			for _, client := range []string{"", "spa", "web", "nobody"} {
				form.Set("client_id", client)
				n.Form(t, path, "", "", form)
				n.Form(t, path, client, "wrong", form)
			}
		}
	}
}

// withoutEvents returns the counts of rows without so many audit events, and without what the trail has of them: each waits
// to be chained, or has its link, and the checkpoint and the key are one for all.
func withoutEvents(t *testing.T, rows map[string]int, events int) map[string]int {
	t.Helper()
	out := maps.Clone(rows)
	out["audit_events"] -= events
	out["audit_chain"] += out["audit_pending"] - events
	if out["audit_checkpoints"] > 1 || out["audit_keys"] > 1 {
		t.Errorf("%d checkpoints and %d keys", out["audit_checkpoints"], out["audit_keys"])
	}
	for _, table := range []string{"audit_pending", "audit_checkpoints", "audit_keys"} {
		delete(out, table)
	}
	return out
}
