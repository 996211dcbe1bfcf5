package middleware

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
)

func ok(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

func deny(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	for body, tooLong := range map[string]bool{"12345678": false, "123456789": true} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		BodyLimit(8)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			if _, limited := errors.AsType[*http.MaxBytesError](err); limited != tooLong {
				t.Errorf("%q: %v", body, err)
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	router := chi.NewRouter()
	router.Route("/token", func(r chi.Router) {
		r.Use(CORS(http.MethodPost))
		r.Post("/", ok)
	})
	send := func(method string, headers ...string) *httptest.ResponseRecorder {
		r := request(method, "/token")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		router.ServeHTTP(w, r)
		return w
	}
	const origin, method, wanted = "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"

	w := send(http.MethodPost, origin, "https://spa.example")
	if w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" ||
		w.Header().Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("request: %d %v", w.Code, w.Header())
	}
	exposed := strings.ToLower(w.Header().Get("Access-Control-Expose-Headers"))
	for _, name := range []string{"www-authenticate", "dpop-nonce", "x-fapi-interaction-id", "x-request-id", "retry-after"} {
		if !strings.Contains(exposed, name) {
			t.Errorf("%s is not exposed: %s", name, exposed)
		}
	}
	w = send(http.MethodOptions, origin, "https://spa.example", method, "POST", wanted,
		"authorization, baggage, content-type, dpop, traceparent, x-requested-with")
	if w.Code != http.StatusOK || w.Header().Get("Access-Control-Allow-Origin") != "*" ||
		w.Header().Get("Access-Control-Allow-Methods") != "POST" {
		t.Errorf("preflight: %d %v", w.Code, w.Header())
	}
	if allowed := strings.ToLower(w.Header().Get("Access-Control-Allow-Headers")); !strings.Contains(allowed, "traceparent") {
		t.Errorf("allowed headers %s", allowed)
	}
	for name, headers := range map[string][]string{
		"another method": {origin, "https://spa.example", method, "DELETE"},
	} {
		if w := send(http.MethodOptions, headers...); w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s is allowed: %v", name, w.Header())
		}
	}
	if w := send(http.MethodPost); w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("without an origin: %v", w.Header())
	}
}

func TestGate(t *testing.T) {
	t.Parallel()
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for name, test := range map[string]struct {
		peer    string
		allowed []netip.Prefix
		want    int
	}{
		"an allowed peer":            {"127.0.0.1:1", loopback, http.StatusOK},
		"an allowed peer by IPv6":    {"[::1]:1", loopback, http.StatusOK},
		"IPv4 in IPv6":               {"[::ffff:127.0.0.1]:1", loopback, http.StatusOK},
		"another peer":               {"192.0.2.1:1", loopback, http.StatusForbidden},
		"a peer without an address":  {"@", []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}, http.StatusForbidden},
		"no networks means nobody":   {"127.0.0.1:1", nil, http.StatusForbidden},
		"a proxy is the peer itself": {"10.0.0.1:1", loopback, http.StatusForbidden},
	} {
		r := request(http.MethodPost, "/graphql")
		r.RemoteAddr = test.peer
		r.Header.Set("X-Forwarded-For", "127.0.0.1")
		w := httptest.NewRecorder()
		trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		RequestContext(source(), trusted)(Gate(test.allowed, deny)(http.HandlerFunc(ok))).ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	w := httptest.NewRecorder()
	Gate(loopback, deny)(http.HandlerFunc(ok)).ServeHTTP(w, request(http.MethodPost, "/graphql"))
	if w.Code != http.StatusForbidden {
		t.Error("the gate is open without RequestContext")
	}
}

func TestSameOrigin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		method, header, value string
		want                  int
	}{
		"a post of our own page":          {http.MethodPost, "Sec-Fetch-Site", "same-origin", http.StatusOK},
		"a post of another site":          {http.MethodPost, "Sec-Fetch-Site", "cross-site", http.StatusForbidden},
		"a post of a sibling":             {http.MethodPost, "Sec-Fetch-Site", "same-site", http.StatusForbidden},
		"a link of another site":          {http.MethodGet, "Sec-Fetch-Site", "cross-site", http.StatusOK},
		"an old browser, our own page":    {http.MethodPost, "Origin", "http://example.com", http.StatusOK},
		"an old browser, another site":    {http.MethodPost, "Origin", "http://evil.example", http.StatusForbidden},
		"a program that is not a browser": {http.MethodPost, "Accept", "*/*", http.StatusOK},
	} {
		r := request(test.method, "/login")
		r.Header.Set(test.header, test.value)
		w := httptest.NewRecorder()
		SameOrigin(deny)(http.HandlerFunc(ok)).ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}
