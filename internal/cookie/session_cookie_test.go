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
		secure bool
		do     func(SessionCookie, http.ResponseWriter)
		want   string
	}{
		"https": {
			true, func(c SessionCookie, w http.ResponseWriter) { c.Set(w, "v", expires) },
			"__Host-authly_session=v; Path=/; Expires=Wed, 02 Jan 2030 03:04:05 GMT; HttpOnly; Secure; SameSite=Lax",
		},
		"http": {
			false, func(c SessionCookie, w http.ResponseWriter) { c.Set(w, "v", expires) },
			"authly_session=v; Path=/; Expires=Wed, 02 Jan 2030 03:04:05 GMT; HttpOnly; SameSite=Lax",
		},
		"until the browser closes": {
			true, func(c SessionCookie, w http.ResponseWriter) { c.Set(w, "v", time.Time{}) },
			"__Host-authly_session=v; Path=/; HttpOnly; Secure; SameSite=Lax",
		},
		"clear": {
			true, func(c SessionCookie, w http.ResponseWriter) { c.Clear(w) },
			"__Host-authly_session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
		},
	} {
		w := httptest.NewRecorder()
		test.do(New(test.secure, Session), w)
		if got := w.Result().Header.Get("Set-Cookie"); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
	}
}

func TestGet(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 128)
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
		"128 bytes":                    {true, "__Host-authly_session=" + long, long},
		"129 bytes":                    {true, "__Host-authly_session=a" + long, ""},
		"two of them":                  {true, "__Host-authly_session=v; __Host-authly_session=w", ""},
		"the same twice":               {true, "__Host-authly_session=v; __Host-authly_session=v", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Header.Set("Cookie", test.header)
		if got := New(test.secure, Session).Get(r); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
