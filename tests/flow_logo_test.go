package tests

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestTheLogoOfAClient is fetched by the server, once in an hour for everybody, and only for whoever is asked for consent.
func TestTheLogoOfAClient(t *testing.T) {
	t.Parallel()
	const picture = "\x89PNG\r\n\x1a\n and the rest"
	var fetched atomic.Int64
	bodies := map[string]string{
		"/logo": picture, "/another": picture + " of another", "/svg": `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
		"/large": picture + strings.Repeat("x", 256<<10), "/empty": "", "/text": "a logo", "/html": "<!DOCTYPE html><script>alert(1)</script>",
	}
	studio := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fetched.Add(1)
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/logo", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "image/png") // whatever is there
		_, _ = w.Write([]byte(bodies[r.URL.Path]))
	}))
	t.Cleanup(studio.Close)
	clock := &harness.Clock{}
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"), harness.WithClock(clock))
	logo := func(path string) { // of the client web from now on
		client := harness.WebClient("web")
		client.Metadata.LogoURI = studio.URL + path
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
	}
	browser := harness.NewBrowser(t, n)
	asked := func() string { // the address of the logo on a consent page
		browser.Get(harness.NewParty(t, n, "web").AuthURL())
		if browser.Has("login-submit") {
			browser.SignIn("alice", harness.AlicePassword)
		}
		address, _ := browser.Page.Find(".badge img").Attr("src")
		return n.URL + address
	}
	logo("/logo")
	for range 3 {
		browser.Get(asked())
		if h := browser.Header; browser.Status != http.StatusOK || browser.Body != picture || h.Get("Content-Type") != "image/png" ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
			t.Errorf("%d %v %q", browser.Status, browser.Header, browser.Body)
		}
	}
	stranger := harness.NewBrowser(t, n)
	address := asked()
	clock.Advance(time.Hour)
	stranger.Get(address)
	if stranger.Status != http.StatusBadRequest || fetched.Load() != 1 {
		t.Errorf("a stranger gets %d; fetched %d times", stranger.Status, fetched.Load())
	}
	if browser.Get(asked()); browser.Body != picture || fetched.Load() != 2 {
		t.Errorf("after an hour %q, fetched %d times", browser.Body, fetched.Load())
	}
	logo("/another")
	if browser.Get(asked()); browser.Body != bodies["/another"] || fetched.Load() != 3 {
		t.Errorf("another logo is %q, fetched %d times", browser.Body, fetched.Load())
	}
	for _, path := range []string{"/svg", "/large", "/empty", "/text", "/html", "/moved"} {
		fetched.Store(0)
		logo(path)
		for range 2 {
			if browser.Get(asked()); browser.Status != http.StatusNoContent || browser.Body != "" || fetched.Load() != 1 {
				t.Errorf("%s: %d %q, fetched %d times", path, browser.Status, browser.Body, fetched.Load())
			}
		}
	}
}
