package browser_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// relyingParty is an application that has a session in a cookie of its own, which it ends when its page is loaded in a frame.
type relyingParty struct {
	*httptest.Server
	client *harness.Party

	mu     sync.Mutex
	ended  []string // queries with which its page was loaded
	silent bool     // never responds there
}

func newRelyingParty(t *testing.T, n *harness.Node, id string) *relyingParty {
	t.Helper()
	p := &relyingParty{}
	hang := make(chan struct{})
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/callback":
			if _, err := p.client.Exchange(r.FormValue("code")); err != nil {
				t.Error(err)
			}
			http.SetCookie(w, &http.Cookie{Name: "session_" + id, Value: "alive", Path: "/"})
			welcome(w, r)
		case "/bye":
			p.mu.Lock()
			p.ended = append(p.ended, r.URL.RawQuery)
			silent := p.silent
			p.mu.Unlock()
			if silent {
				<-hang
			}
			http.SetCookie(w, &http.Cookie{Name: "session_" + id, Path: "/", MaxAge: -1})
			// A page that would take the browser elsewhere may not.
			_, _ = w.Write([]byte("<script>try { top.location = '/stolen' } catch (e) {}</script>"))
		case "/state":
			_, err := r.Cookie("session_" + id)
			_, _ = w.Write([]byte("<p id=state>" + map[bool]string{true: "signed in", false: "signed out"}[err == nil] + "</p>"))
		case "/out":
			_, _ = w.Write([]byte("<p id=out>back</p>"))
		}
	}))
	t.Cleanup(func() { close(hang); p.Close() })
	client := harness.WebClient(id)
	client.Metadata.Name = id
	client.Metadata.RedirectURIs = []string{p.URL + "/callback"}
	client.Metadata.PostLogoutRedirectURIs = []string{p.URL + "/out"}
	client.Metadata.FrontchannelLogoutURI, client.Metadata.FrontchannelNeedsSID = p.URL+"/bye", true
	client.Policy.SkipConsent = true
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
	p.client = harness.NewParty(t, n, id)
	p.client.Config.RedirectURL = p.URL + "/callback"
	return p
}

func (p *relyingParty) loads() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.ended...)
}

// TestASessionEndsInTheFramesOfABrowser: two applications of other origins end their own sessions when the person signs out of one.
func TestASessionEndsInTheFramesOfABrowser(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Alice()}})
	one, two := newRelyingParty(t, n, "one"), newRelyingParty(t, n, "two")
	tab := open(t, 1000, 700)
	tab.expect("Unsafe attempt to initiate navigation") // of the pages in the frames
	enter := func() {
		t.Helper()
		for i, p := range []*relyingParty{one, two} {
			tab.do(chromedp.Navigate(p.client.AuthURL()))
			if i == 0 {
				tab.signIn("alice", harness.AlicePassword)
			}
			tab.see("welcome")
		}
	}
	enter()
	logout := n.URL + "/oidc/logout?client_id=one&state=xyz&post_logout_redirect_uri=" + one.URL + "/out"
	tab.do(chromedp.Navigate(logout))
	tab.click("logout-confirm")
	tab.see("out") // the pages of the applications have not taken the browser elsewhere
	if at := tab.eventually("location.href"); at != one.URL+"/out?state=xyz" {
		t.Errorf("at %s", at)
	}
	for _, p := range []*relyingParty{one, two} {
		if loads := p.loads(); len(loads) != 1 || !strings.Contains(loads[0], "sid=") || !strings.Contains(loads[0], "iss=") {
			t.Errorf("loaded with %q", loads)
		}
		tab.do(chromedp.Navigate(p.URL + "/state"))
		tab.reads("signed out")
	}

	two.mu.Lock()
	two.silent = true
	two.mu.Unlock()
	enter()
	tab.do(chromedp.Navigate(n.URL + "/logout"))
	tab.click("logout-confirm")
	if text := tab.eventually("/two could not/.test(document.body.textContent) ? document.body.textContent : ''"); !strings.Contains(text, "one signed out") {
		t.Error(text)
	}
}
