package cookie

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestSetAndClear(t *testing.T) {
	t.Parallel()
	expires := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, test := range map[string]struct {
		issuer string
		do     func(SessionCookie, http.ResponseWriter)
		want   string
	}{
		"https": {
			"https://id.example", func(c SessionCookie, w http.ResponseWriter) { c.Set(w, "v", expires) },
			"__Host-authly_session=v; Path=/; Expires=Wed, 02 Jan 2030 03:04:05 GMT; HttpOnly; Secure; SameSite=Lax",
		},
		"http": {
			"http://localhost", func(c SessionCookie, w http.ResponseWriter) { c.Set(w, "v", expires) },
			"authly_session=v; Path=/; Expires=Wed, 02 Jan 2030 03:04:05 GMT; HttpOnly; SameSite=Lax",
		},
		"until the browser closes": {
			"https://id.example", func(c SessionCookie, w http.ResponseWriter) { c.Set(w, "v", time.Time{}) },
			"__Host-authly_session=v; Path=/; HttpOnly; Secure; SameSite=Lax",
		},
		"https with a port": {
			"https://id.example:8443", func(c SessionCookie, w http.ResponseWriter) { c.Set(w, "v", time.Time{}) },
			"__Host-authly_session_8443=v; Path=/; HttpOnly; Secure; SameSite=Lax",
		},
		"http with a port": {
			"http://[::1]:8080", func(c SessionCookie, w http.ResponseWriter) { c.Set(w, "v", time.Time{}) },
			"authly_session_8080=v; Path=/; HttpOnly; SameSite=Lax",
		},
		"clear": {
			"https://id.example", func(c SessionCookie, w http.ResponseWriter) { c.Clear(w) },
			"__Host-authly_session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
		},
	} {
		w := httptest.NewRecorder()
		test.do(New(test.issuer, Session), w)
		if got := w.Result().Header.Get("Set-Cookie"); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 192)
	for name, test := range map[string]struct {
		secure       bool
		header, want string
	}{
		"absent":                       {true, "", ""},
		"present":                      {true, "x=1; __Host-authly_session=v; y=2", "v"},
		"by its plain name over https": {true, "authly_session=v", ""},
		"by its plain name over http":  {false, "authly_session=v", "v"},
		"with the prefix over http":    {false, "__Host-authly_session=v", ""},
		"in another case":              {true, "__HOST-authly_session=v", ""},
		"192 bytes":                    {true, "__Host-authly_session=" + long, long},
		"193 bytes":                    {true, "__Host-authly_session=a" + long, ""},
		"two of them":                  {true, "__Host-authly_session=v; __Host-authly_session=w", ""},
		"the same twice":               {true, "__Host-authly_session=v; __Host-authly_session=v", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header.Set("Cookie", test.header)
		issuer := "http://localhost"
		if test.secure {
			issuer = "https://id.example"
		}
		if got := New(issuer, Session).Get(r); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestTwoIssuersOnOneHost: a browser sends both cookies to both servers, and each reads its own.
func TestTwoIssuersOnOneHost(t *testing.T) {
	t.Parallel()
	first, second := New("http://localhost:8080", Session), New("http://localhost:8081", Session)
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.AddCookie(&http.Cookie{Name: first.Name(), Value: "one"})
	r.AddCookie(&http.Cookie{Name: second.Name(), Value: "two"})
	if a, b := first.Get(r), second.Get(r); a != "one" || b != "two" {
		t.Errorf("%q and %q", a, b)
	}
}
