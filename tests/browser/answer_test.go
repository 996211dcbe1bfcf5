package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// slowness is how long the callback of these tests takes: as long as a busy application.
const slowness = 2 * time.Second

// slowCallback is a redirect URI that takes its time, and may send the browser on to another origin.
func slowCallback(t *testing.T, next string) *callback {
	t.Helper()
	return callbackWith(t, func(w http.ResponseWriter, r *http.Request) {
		select { // the browser waits, or has gone elsewhere
		case <-r.Context().Done():
		case <-time.After(slowness):
			if next != "" {
				http.Redirect(w, r, next, http.StatusFound)
				return
			}
			welcome(w, r)
		}
	})
}

// elsewhere is a page of another origin that a callback leads to.
func elsewhere(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!DOCTYPE html><title>Home</title><link rel=icon href=data:,><p id=welcome>Welcome home</p>"))
	}))
	t.Cleanup(s.Close)
	return s.URL + "/home"
}

// newSlowStage is newStage with a slow callback; consent is asked for or not.
func newSlowStage(t *testing.T, consent bool, next string) stage {
	t.Helper()
	return stageWith(t, slowCallback(t, next), func(c *admin.NewClient) { c.Policy.SkipConsent = !consent })
}

// latest returns the answer that the browser followed to the end: the last one.
func (s stage) latest(t *testing.T) answer {
	t.Helper()
	last := s.callback.wait(t)
	for {
		select {
		case last = <-s.callback.answers:
		default:
			return last
		}
	}
}

// TestASecondClickWhileTheCallbackIsSlow ends at the application with a code that works, by either button, with scripts
// and without.
func TestASecondClickWhileTheCallbackIsSlow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		button  string
		scripts bool
	}{
		"on Sign in":                 {"login-submit", true},
		"on Sign in without scripts": {"login-submit", false},
		"on Allow":                   {"approve", true},
		"on Allow without scripts":   {"approve", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSlowStage(t, c.button == "approve", "")
			b := open(t, phone, height)
			if !c.scripts {
				b.withoutScripts()
			}
			b.do(chromedp.Navigate(s.party.AuthURL()))
			b.fill("username", "alice")
			b.fill("password", harness.AlicePassword)
			if c.button == "approve" {
				b.click("login-submit")
			}
			b.see(c.button)
			x, y := b.middle(c.button)
			b.do(chromedp.MouseClickXY(x, y))
			first := s.callback.wait(t) // the callback has begun, the page is still there
			b.do(chromedp.MouseClickXY(x, y))
			b.see("welcome")
			answer := first
			select {
			case answer = <-s.callback.answers: // without scripts the second click goes all the way
			default:
			}
			if (answer.Get("code") != first.Get("code")) == c.scripts {
				t.Errorf("scripts %v: codes %.8s and %.8s", c.scripts, first.Get("code"), answer.Get("code"))
			}
			s.callback.answers <- answer
			s.finish(t, http.MethodGet)
		})
	}
}

// middle returns where to click on an element. Asking for it once more would wait for the page that is on its way.
func (b *tab) middle(name string) (x, y float64) {
	b.t.Helper()
	text := b.truth(`(() => {
		const box = document.querySelector('#` + name + `').getBoundingClientRect();
		return box.x + box.width / 2 + ' ' + (box.y + box.height / 2);
	})()`)
	if _, err := fmt.Sscan(text, &x, &y); err != nil {
		b.t.Fatal(err)
	}
	return x, y
}

// TestADoubleClick is two clicks at once.
func TestADoubleClick(t *testing.T) {
	t.Parallel()
	s := newSlowStage(t, true, "")
	b := open(t, phone, height)
	b.withoutScripts()
	b.do(chromedp.Navigate(s.party.AuthURL()))
	b.fill("username", "alice")
	b.fill("password", harness.AlicePassword)
	b.do(chromedp.DoubleClick("#login-submit", chromedp.NodeVisible))
	b.see("approve")
	b.do(chromedp.DoubleClick("#approve", chromedp.NodeVisible))
	b.see("welcome")
	s.callback.answers <- s.latest(t)
	s.finish(t, http.MethodGet)
}

// TestACallbackThatLeadsOn to another origin works at the first sign-in of the day, where the chain begins with a form.
func TestACallbackThatLeadsOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		mode    string
		consent bool
		method  string
	}{
		"after a sign-in":            {"query", false, http.MethodGet},
		"after a consent":            {"query", true, http.MethodGet},
		"after a form":               {"form_post", false, http.MethodPost},
		"after a consent and a form": {"form_post", true, http.MethodPost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSlowStage(t, c.consent, elsewhere(t))
			b := open(t, desktop, height)
			b.do(chromedp.Navigate(s.party.AuthURL("response_mode", c.mode)))
			b.signIn("alice", harness.AlicePassword)
			if c.consent {
				b.click("approve")
			}
			b.see("welcome")
			b.reads("Welcome home")
			s.finish(t, c.method)
		})
	}
}

// TestAnApplicationOnTheDevice gets its answer by its own scheme: the browser hands the URL on, and no policy forbids it.
func TestAnApplicationOnTheDevice(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	app := harness.WebClient("app")
	app.Secret, app.Metadata.TokenEndpointAuthMethod, app.Metadata.ApplicationType = "", "none", "native"
	app.Metadata.RedirectURIs = []string{"com.example.app:/callback"}
	s.node.Apply(t, admin.Desired{Clients: []admin.NewClient{app}})
	party := harness.NewParty(t, s.node, "app")
	party.Config.RedirectURL = "com.example.app:/callback"
	b := open(t, phone, height)
	b.expect("request to com.example.app:/callback?code=")
	b.do(chromedp.Navigate(party.AuthURL()))
	b.signIn("alice", harness.AlicePassword)
	b.click("approve")
	b.complained("com.example.app:/callback?code=")
}

// complained waits for a complaint with the text.
func (b *tab) complained(part string) {
	b.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		b.mu.Lock()
		all := strings.Join(b.complaints, "\n")
		b.mu.Unlock()
		if strings.Contains(all, part) {
			return
		}
		select {
		case <-b.ctx.Done():
			b.t.Fatalf("no complaint about %s: %s", part, all)
		case <-tick.C:
		}
	}
}

// TestThereIsAWayOnFromEveryPage: Back after a sign-in, a consent that is done, a page that was left open, a page that is
// none.
func TestThereIsAWayOnFromEveryPage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	b := open(t, phone, height)
	b.do(chromedp.Navigate(s.party.AuthURL()))
	b.see("login-submit")
	s.node.Clock.Advance(2 * time.Hour) // the page is left open
	b.signIn("alice", harness.AlicePassword)
	b.see("approve")
	b.do(chromedp.NavigateBack()) // to the login page, which has nothing left to do
	b.see("approve")
	consent := b.truth("location.href")
	b.click("approve")
	b.see("welcome")
	s.finish(t, http.MethodGet)
	b.do(chromedp.Navigate(consent)) // finished, in this session: it leads on
	b.see("welcome")
	if again := s.callback.wait(t); again.Get("code") == "" {
		t.Errorf("answer %v", again.Values)
	}

	b.expect("404")
	b.do(chromedp.Navigate(s.node.URL + "/no/such/page"))
	b.reads("There is no page at this address.")
	b.do(chromedp.Click("a.button", chromedp.NodeVisible))
	b.click("account")
	b.see("sign-out")
	b.do(chromedp.Navigate(s.node.URL + "/.well-known/change-password"))
	b.see("password-submit")

	// In another browser the finished request leads nowhere but has links.
	other := open(t, phone, height)
	other.expect("400")
	at, err := url.Parse(consent)
	if err != nil {
		t.Fatal(err)
	}
	other.do(chromedp.Navigate(s.node.URL + at.RequestURI()))
	other.reads("This sign-in is finished")
	other.do(chromedp.Click("a.button", chromedp.NodeVisible))
	other.see("account")
}
