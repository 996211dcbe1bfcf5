package tests

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// pathParameter is what a pattern of the router has in the place of a value.
var pathParameter = regexp.MustCompile(`\{[^}]*\}|\*`)

// TestNoRouteStoresForStrangers asks every route of the router, also one that will be added, as somebody who has proven
// nothing: with nothing, with junk in every parameter and with more than is read. No table has a row more afterwards.
func TestNoRouteStoresForStrangers(t *testing.T) {
	t.Parallel()
	junk := url.Values{"x": {"junk", "junk"}}
	for _, name := range []string{
		"interaction", "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "token", "code",
		"grant_type", "refresh_token", "id_token_hint", "decision", "query", "variables", "client_assertion", "request", "resource",
	} {
		junk.Set(name, "junk-\x00-\u202e-"+name)
	}
	form, document := "application/x-www-form-urlencoded", "application/json"
	requests := map[string]struct{ query, kind, body string }{
		"plain":            {},
		"junk in a query":  {query: "?" + junk.Encode()},
		"a long query":     {query: "?x=" + strings.Repeat("x", 20_000)},
		"junk in a form":   {kind: form, body: junk.Encode()},
		"a large form":     {kind: form, body: "x=" + strings.Repeat("x", 1<<20)},
		"junk in JSON":     {kind: document, body: `{"query":"mutation { junk }","variables":{"junk":["junk"]},"nickname":7}`},
		"a large document": {kind: document, body: `{"query":"` + strings.Repeat("x", 1<<20) + `"}`},
		"no document":      {kind: document, body: "\xff\x00{"},
	}
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		options := newFederation(t).options(t, harness.ByName(), harness.Env("AUTHLY_SHARED_SIGNALS", "true")) // there are passkeys
		n := start(t, db, options...)
		before, routes, asked := db.RowCounts(t), 0, 0
		err := n.Server.WalkRoutes(func(method, pattern string) {
			routes++
			path := pathParameter.ReplaceAllString(pattern, "junk")
			for name, r := range requests {
				for _, header := range []http.Header{
					{},
					{"Authorization": {"Bearer junk"}, "Cookie": {"session=junk; device=junk"}, "X-Request-Id": {"junk"}},
					{"Authorization": {"Basic anVuazpqdW5r"}, "Accept": {"text/html"}, "Sec-Fetch-Site": {"same-origin"}, "Origin": {n.URL}},
				} {
					request := httptest.NewRequestWithContext(t.Context(), method, path+r.query, strings.NewReader(r.body))
					request.Header = header.Clone()
					request.Header.Set("Content-Type", r.kind)
					if pattern == entityRegistrationPath {
						request.Header.Set("Content-Type", mediaStatement)
					}
					asked++ // from an address of its own, so that none is slowed and none is noticed
					request.RemoteAddr = fmt.Sprintf("[2001:db8:%x::1]:443", asked)
					answer := httptest.NewRecorder()
					n.Server.Handler().ServeHTTP(answer, request)
					missing := answer.Code == http.StatusNotFound && !strings.HasSuffix(pattern, "*")
					if answer.Code >= 500 || missing || answer.Code == http.StatusTooManyRequests {
						t.Errorf("%s %s, %s: %d", method, path, name, answer.Code)
					}
				}
			}
		})
		if err != nil || routes < 20 {
			t.Errorf("%d routes, %v", routes, err)
		}
		// Failed sign-ins are noted, within the bounds of the throttle (docs/security/throttling.md).
		failed := identity.AuditQuery{Filter: identity.AuditFilter{Actions: []identity.Action{identity.ActionSignInFailed}}}
		noted, err := n.Server.Store.CountAuditEvents(t.Context(), failed, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(withoutEvents(t, before, 0), withoutEvents(t, db.RowCounts(t), noted)); diff != "" {
			t.Errorf("rows before (-) and after (+):\n%s", diff)
		}
	})
}
