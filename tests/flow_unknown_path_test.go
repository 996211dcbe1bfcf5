package tests

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestAnUnknownPathIsAPageForBrowsersAndJSONForPrograms: wherever it is, and whatever the method.
func TestAnUnknownPathIsAPageForBrowsersAndJSONForPrograms(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, path := range []string{
		"/nowhere", "/login/nowhere", "/consent/nowhere", "/account/nowhere", "/logout/nowhere", "/oauth2/auth", "/api/nowhere",
		"/api/v1/oauth/nowhere", "/oidc/nowhere", "/graphql/nowhere", "/admin", "/admin/nowhere", "/.well-known/nowhere",
		"/.well-known/openid-configuration/nowhere", "/health/nowhere", "/%2e%2e/nowhere", "/login%00",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			for accept, page := range map[string]bool{browser: true, "*/*": false, "": false, "application/json, text/html": false} {
				if method == http.MethodHead && !page {
					continue // the answer has the type of a body that is not there to be read
				}
				a := n.Send(t, method, path, "Accept", accept)
				kind := a.Header.Get("Content-Type")
				if a.Status != http.StatusNotFound || strings.HasPrefix(kind, "text/html") != page || a.Header.Get("Vary") != "Accept" {
					t.Errorf("%s %s for %q: %d %s, Vary %q", method, path, accept, a.Status, kind, a.Header.Get("Vary"))
				}
				switch {
				case method == http.MethodHead:
					if a.Text != "" {
						t.Errorf("HEAD %s: %s", path, a.Text)
					}
				case page:
					if !strings.Contains(a.Text, "Page not found") || a.Header.Get("Content-Security-Policy") == "" {
						t.Errorf("%s %s: %v %s", method, path, a.Header, a.Text)
					}
				default:
					var body map[string]string
					if err := json.Unmarshal([]byte(a.Text), &body); err != nil || body["error"] != "not_found" || body["request_id"] == "" {
						t.Errorf("%s %s: %s", method, path, a.Text)
					}
				}
			}
		}
	}
}

// TestAWrongMethodIsToldTheRightOnes (RFC 9110 §15.5.6), on every route but those that take any method.
func TestAWrongMethodIsToldTheRightOnes(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	routes := map[string][]string{}
	if err := n.Server.WalkRoutes(func(method, pattern string) { routes[pattern] = append(routes[pattern], method) }); err != nil {
		t.Fatal(err)
	}
	for pattern, methods := range routes {
		if slices.Contains(methods, http.MethodTrace) {
			continue
		}
		if slices.Contains(methods, http.MethodGet) {
			methods = append(methods, http.MethodHead)
		}
		slices.Sort(methods)
		for _, wrong := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if slices.Contains(methods, wrong) {
				continue
			}
			a := n.Send(t, wrong, pathParameter.ReplaceAllString(pattern, "junk"))
			allowed := slices.Sorted(slices.Values(a.Header.Values("Allow")))
			if a.Status != http.StatusMethodNotAllowed || !slices.Equal(allowed, slices.Compact(methods)) {
				t.Errorf("%s %s: %d, Allow %v, want %v", wrong, pattern, a.Status, allowed, methods)
			}
		}
	}
}
