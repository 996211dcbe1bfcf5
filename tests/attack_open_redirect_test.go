package tests

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// evil lists addresses that must never be led to, in the spellings of the published holes (A-4.11-3, E-13, E-22).
var evil = []string{
	"https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example",
	`/\evil.example`, `\\evil.example`,
	`\/evil.example`, "/\t/evil.example", "/%09/evil.example", "/%2F/evil.example", "/%5Cevil.example",
	"https:evil.example", "https:/evil.example",
	"https:\\\\evil.example", "http:///evil.example", ".evil.example", "@evil.example", "/@evil.example",
	"javascript:alert(1)", "data:text/html,x",
	" https://evil.example", "\r\nLocation: https://evil.example", "/..//evil.example", "/.//evil.example",
	"//%65vil.example", "//evil。example",
}

// handle is that of an interaction: random, so that it may spell any word.
var handle = regexp.MustCompile(`interaction=[A-Za-z0-9_-]{43}$`)

// staysHome checks that an answer neither leads away nor names the other host in an address.
func staysHome(t *testing.T, name string, b *harness.Browser) {
	t.Helper()
	if location := handle.ReplaceAllString(b.Header.Get("Location"), ""); strings.Contains(location, "evil") || b.URL.Host == "evil.example" {
		t.Errorf("%s: led to %q", name, location)
	}
	if b.Page == nil {
		return
	}
	for _, attribute := range []string{"href", "action", "src", "content", "formaction"} {
		for _, node := range b.Page.Find("[" + attribute + "]").Nodes {
			for _, a := range node.Attr {
				if a.Key == attribute && strings.Contains(handle.ReplaceAllString(a.Val, ""), "evil") {
					t.Errorf("%s: %s=%q", name, attribute, a.Val)
				}
			}
		}
	}
	if policy := b.Header.Get("Content-Security-Policy"); strings.Contains(policy, "evil") {
		t.Errorf("%s: policy %s", name, policy)
	}
}

// TestNoMutationOfARedirectURIIsAccepted, B-O4, B-O5, B-R5, E-03, E-10, E-13, OAuch C-A2 to C-A4.
func TestNoMutationOfARedirectURIIsAccepted(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	native := harness.PublicClient("native")
	native.Metadata.ApplicationType = "native"
	native.Metadata.RedirectURIs = []string{"http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost/cb", "org.example.app:/cb"}
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{native}})
	browser, _ := signedIn(t, n)

	mutations := []string{
		harness.Callback + "/", harness.Callback + "?", harness.Callback + "?code=attacker",
		harness.Callback + "&code=attacker", harness.Callback + "#",
		harness.Callback + "#_", harness.Callback + "%00", harness.Callback + "%20", harness.Callback + "\t",
		harness.Callback + "\n", " " + harness.Callback,
		harness.Callback + "/../post", harness.Callback + "/..;/post", harness.Callback + "/%2e%2e/post",
		harness.Callback + "/..%2fpost",
		harness.Callback + "/..%252fpost", harness.Callback + ".evil.example", harness.Callback + ";x",
		harness.Callback + "\\", "https://rp.example//callback",
		"https://rp.example/./callback", "https://rp.example/CALLBACK", "https://rp.example/%63allback",
		"https://rp.example/callback%3f",
		"HTTPS://rp.example/callback", "https://RP.EXAMPLE/callback", "http://rp.example/callback",
		"https://rp.example:443/callback",
		"https://rp.example:8443/callback", "https://rp.example./callback", "https://rp.example.evil.example/callback",
		"https://evil.example/callback",
		"https://evil.example/https://rp.example/callback", "https://evil.example?https://rp.example/callback",
		"https://evil.example#https://rp.example/callback",
		"https://rp.example@evil.example/callback", "https://rp.example:x@evil.example/callback",
		"https://evil.example\\@rp.example/callback",
		"https://evil.example%2f@rp.example/callback", "https://rp.example%2eevil.example/callback",
		"https://evil.rp.example/callback",
		"https://rpXexample/callback", "//rp.example/callback", "rp.example/callback", "/callback",
		"https:/rp.example/callback", "https:rp.example/callback",
		"https://rp.example/", "https://rp.example", "https://*.example/callback", "https://rp.example/*",
		"https://xn--rp-example/callback",
		"javascript:alert(1)//https://rp.example/callback", "data:text/html,<script>", "vbscript:x",
		"file:///etc/passwd", "blob:https://rp.example/callback",
		"urn:ietf:wg:oauth:2.0:oob", "about:blank",
	}
	loopback := []string{
		"http://127.0.0.1:99999x/cb", "http://127.0.0.1/cb/", "http://127.0.0.1:8080/cbx",
		"http://127.0.0.1:8080/cb?x=1", "http://127.0.0.2:8080/cb",
		"http://localhost:8080/cb", "https://127.0.0.1:8080/cb", "http://127.0.0.1@evil.example/cb",
		"http://127.0.0.1:80@evil.example/cb",
		"http://127.0.0.1.evil.example/cb", "http://127.1:8080/cb", "http://0x7f000001/cb", "http://2130706433/cb",
		"http://[::ffff:127.0.0.1]/cb",
		"http://[::1]:80/../cb", "http://127.0.0.1:8080\\@evil.example/cb", "org.example.app://evil.example/cb",
		"org.example.app:/cb/x", "http://0.0.0.0/cb",
	}
	for clientID, uris := range map[string][]string{"web": mutations, "native": loopback} {
		for _, uri := range uris {
			for _, extra := range [][]string{nil, {"prompt", "none"}, {"response_type", "token"}, {"scope", "\x01"}, {"response_mode", "form_post"}} {
				party := harness.NewParty(t, n, clientID)
				party.Config.RedirectURL = uri
				browser.Get(party.AuthURL(extra...))
				if browser.Status != http.StatusBadRequest || browser.Header.Get("Location") != "" || !strings.Contains(browser.Text(), "Request error") {
					t.Errorf("%s %q %v: %d at %s", clientID, uri, extra, browser.Status, browser.URL)
				}
				staysHome(t, uri, browser)
			}
		}
	}
	for _, uri := range []string{"http://127.0.0.1:49152/cb", "http://[::1]:49152/cb", "http://127.0.0.1/cb", "http://localhost/cb", "org.example.app:/cb"} {
		party := harness.NewPublicParty(t, n, "native")
		party.Config.RedirectURL = uri
		party.Code(authorized(t, browser, party))
	}
}

// authorized takes a signed-in browser through the consent.
func authorized(t *testing.T, b *harness.Browser, p *harness.Party, extra ...string) *harness.Browser {
	t.Helper()
	b.Get(p.AuthURL(extra...))
	if b.Has("approve") {
		b.Submit("approve", nil)
	}
	return b
}

// TestNoParameterLeadsAwayFromThePages: A-4.11-3, E-22.
func TestNoParameterLeadsAwayFromThePages(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, _ := signedIn(t, n)
	stranger := harness.NewBrowser(t, n)
	names := []string{
		"interaction", "return_to", "return", "returnUrl", "next", "continue", "redirect", "redirect_uri",
		"redirect_url", "url", "target", "goto", "RelayState",
	}
	for _, address := range evil {
		for _, name := range names {
			query := "?" + url.Values{name: {address}}.Encode()
			for _, path := range []string{"/login", "/consent", "/consent/logo", "/account/password", "/logout", "/api/v1/oauth/authorize", "/oidc/logout"} {
				for _, b := range []*harness.Browser{browser, stranger} {
					b.Get(n.URL + path + query)
					staysHome(t, path+query, b)
				}
			}
		}
		stranger.Get(n.URL + "/login?" + url.Values{"return_to": {address}}.Encode())
		if stranger.Has("login-submit") {
			stranger.SignIn("alice", "wrong")
			staysHome(t, "after a failed sign-in", stranger)
			address, values := stranger.Form("login-submit")
			values.Set("username", "bob")
			stranger.Send(http.MethodPost, address+"&next=//evil.example", values, nil)
			staysHome(t, "after a post", stranger)
		}
		browser.Get(n.URL + strings.NewReplacer("\r", "%0D", "\n", "%0A", "\t", "%09", " ", "%20").Replace("/"+strings.TrimPrefix(address, "/")))
		staysHome(t, "as a path "+address, browser)
	}
	fresh := harness.NewBrowser(t, n)
	fresh.Get(n.URL + "/login?next=//evil.example&return_to=//evil.example")
	fresh.SignIn("alice", harness.AlicePassword)
	if fresh.URL.Path != "/login" || fresh.URL.RawQuery != "" {
		t.Errorf("after sign-in at %s", fresh.URL)
	}
}

// TestNoMutationOfAPostLogoutURIIsAccepted: A-4.11-4; RP-Initiated Logout §3.
func TestNoMutationOfAPostLogoutURIIsAccepted(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, tokens := signedIn(t, n)
	const bye = "https://rp.example/bye"
	uris := []string{
		bye + "/", bye + "?x=1", bye + "#x", bye + "%00", bye + " ", "https://RP.example/bye", "http://rp.example/bye", "https://rp.example:443/bye",
		"https://rp.example/bye/../x", "https://rp.example@evil.example/bye", "https://rp.example/", harness.Callback,
		"/bye", "//rp.example/bye",
	}
	for _, uri := range append(uris, evil...) {
		for _, who := range [][]string{{"id_token_hint", idToken(tokens)}, {"client_id", "web"}, nil, {"client_id", "nobody"}} {
			values := harness.Values(append([]string{"post_logout_redirect_uri", uri, "state", "s"}, who...)...)
			browser.Get(n.URL + "/oidc/logout?" + values.Encode())
			staysHome(t, uri, browser)
			if browser.Status != http.StatusBadRequest || browser.Header.Get("Location") != "" {
				t.Errorf("%q: status %d at %s", uri, browser.Status, browser.URL)
			}
			browser.Post(n.URL+"/oidc/logout", values)
			if browser.Status != http.StatusBadRequest || browser.Header.Get("Location") != "" {
				t.Errorf("POST %q: status %d at %s", uri, browser.Status, browser.URL)
			}
		}
	}
	again := harness.NewParty(t, n, "web")
	browser.Get(again.AuthURL("prompt", "none"))
	again.Code(browser) // nobody was signed out by all that
}
