package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/internal/config"
)

// TestHEADWhereverGETIs: with the status of a page that is there, without a body, a cookie or a code.
func TestHEADWhereverGETIs(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Sources{Env: []string{
		"AUTHLY_DATABASE_URL=sqlite:" + t.TempDir() + "/authly.db", "AUTHLY_ADMIN_PASSWORD=correct horse battery 42",
	}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Build(t.Context(), c, Options{CheapPasswords: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(s.Handler())
	t.Cleanup(listening.Close)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(method, path string) *http.Response {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, listening.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = response.Body.Close() })
		return response
	}
	walked := 0
	err = chi.Walk(s.router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method != http.MethodGet || strings.HasSuffix(route, "*") {
			return nil
		}
		walked++
		got, head := send(http.MethodGet, route), send(http.MethodHead, route)
		body, err := io.ReadAll(head.Body)
		if err != nil || len(body) > 0 || head.StatusCode == http.StatusMethodNotAllowed || head.StatusCode == http.StatusNotFound ||
			len(head.Cookies()) > 0 || head.Header.Get("Location") != "" {
			t.Errorf("HEAD %s: %d %v, %d bytes, %v", route, head.StatusCode, head.Header, len(body), err)
		}
		if page := strings.HasPrefix(got.Header.Get("Content-Type"), "text/html"); !page && got.StatusCode/100 != 3 && got.StatusCode != head.StatusCode {
			t.Errorf("%s: GET %d, HEAD %d", route, got.StatusCode, head.StatusCode)
		}
		return nil
	})
	if err != nil || walked < 12 {
		t.Fatalf("%d routes, %v", walked, err)
	}
	if a := send(http.MethodHead, "/nowhere"); a.StatusCode != http.StatusNotFound {
		t.Errorf("HEAD of nothing: %d", a.StatusCode)
	}
	a := send(http.MethodHead, "/api/v1/oauth/token")
	if a.StatusCode != http.StatusMethodNotAllowed || strings.Contains(strings.Join(a.Header.Values("Allow"), ","), "HEAD") {
		t.Errorf("HEAD of what has no GET: %d %v", a.StatusCode, a.Header.Values("Allow"))
	}
}
