package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// markup are texts that would act if a page let them.
var markup = []string{
	`"><script>alert(1)</script>`, `'><img src=x onerror=alert(1)>`, `</title><svg onload=alert(1)>`, `javascript:alert(1)`, `{{.Secret}}`,
	`<a href="javascript:alert(1)">x</a>`, "\u202e<b>x", `" autofocus onfocus="alert(1)`, `'-alert(1)-'`,
	`</textarea><script>1</script>`, `&lt;script&gt;`,
}

// harmless checks that a page holds no script, no handler and no address but our own paths and those that the test
// allows.
func harmless(t *testing.T, name string, b *harness.Browser, allowed ...string) {
	t.Helper()
	if b.Page == nil {
		return
	}
	b.Page.Find("script, svg[onload], iframe, object, embed, base, link, img").Each(func(_ int, s *goquery.Selection) {
		if address := s.AttrOr("src", s.AttrOr("href", "")); !strings.HasPrefix(address, "/assets/") || s.Text() != "" {
			t.Errorf("%s: element %s", name, goquery.NodeName(s))
		}
	})
	b.Page.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, a := range s.Nodes[0].Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
				t.Errorf("%s: attribute %s=%q", name, a.Key, a.Val)
			}
			if a.Key != "href" && a.Key != "action" && a.Key != "src" && a.Key != "formaction" {
				continue
			}
			ours := strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//")
			for _, prefix := range allowed {
				ours = ours || strings.HasPrefix(a.Val, prefix)
			}
			if !ours {
				t.Errorf("%s: attribute %s=%q", name, a.Key, a.Val)
			}
		}
	})
}

// TestWhatIsEchoedIsText: F-U1, F-R4, B-R4.
func TestWhatIsEchoedIsText(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	for i, text := range markup {
		id := "named" + string(rune('a'+i))
		client := harness.WebClient(id)
		client.Metadata.Name = strings.ReplaceAll(text, "\u202e", "")
		client.Metadata.Scope += " odd:<script>"
		user := harness.Bob()
		user.Username, user.Email = "user"+id, id+"@example.org"
		user.Claims.Name = client.Metadata.Name
		n.Apply(t, admin.Desired{
			Users: []admin.DesiredUser{user}, Clients: []admin.NewClient{client},
			Scopes: []identity.Scope{{Name: "odd:<script>", Description: client.Metadata.Name}},
		})
		browser := harness.NewBrowser(t, n)
		party := harness.NewParty(t, n, id, "openid", "odd:<script>")
		party.State, party.Nonce = text, text
		browser.Get(party.AuthURL("login_hint", text, "ui_locales", text, "acr_values", text, "display", text))
		if !browser.Has("login-submit") {
			t.Fatalf("%q: no login page at %s: %s", text, browser.URL, browser.Text())
		}
		harmless(t, "login", browser)
		if got := browser.Page.Find("#username").AttrOr("value", ""); got != text {
			t.Errorf("login_hint %q became %q", text, got)
		}
		browser.SignIn(text, "wrong")
		harmless(t, "failed sign-in", browser)
		browser.SignIn("user"+id, harness.BobPassword)
		if !browser.Has("approve") || !strings.Contains(browser.Text(), strings.Join(strings.Fields(client.Metadata.Name), " ")) {
			t.Errorf("%q: no consent page that names the client: %s", text, browser.Text())
		}
		harmless(t, "consent", browser)
		browser.Submit("approve", nil)
		party.Code(browser) // the state came back to the byte
		browser.Get(n.URL + "/oidc/logout?" + url.Values{"client_id": {id}, "state": {text}}.Encode())
		harmless(t, "logout", browser)
		browser.Get(n.URL + "/login")
		harmless(t, "home", browser)

		posted := harness.NewParty(t, n, id, "openid", "odd:<script>")
		posted.State = text
		browser.Get(posted.AuthURL("response_mode", "form_post"))
		harmless(t, "form_post", browser, harness.Callback)
		if got := browser.Page.Find("input[name=state]").AttrOr("value", ""); got != text {
			t.Errorf("form_post: state %q became %q", text, got)
		}
	}
}

// TestErrorsEchoNothingThatActs: every parameter of every page with every text.
func TestErrorsEchoNothingThatActs(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser, _ := signedIn(t, n)
	parameters := []string{"client_id", "redirect_uri", "interaction", "error", "error_description", "state", "username", "post_logout_redirect_uri", "id_token_hint"}
	for _, text := range markup {
		for _, parameter := range parameters {
			values := url.Values{parameter: {text}, "client_id": {"nobody"}}
			if parameter == "redirect_uri" {
				values.Set("client_id", "web")
			}
			for _, path := range []string{"/api/v1/oauth/authorize", "/login", "/consent", "/consent/logo", "/account/password", "/logout", "/oidc/logout"} {
				browser.Get(n.URL + path + "?" + values.Encode())
				harmless(t, path+" "+parameter, browser)
				if strings.Contains(browser.Body, text) && strings.ContainsAny(text, `<>"`) {
					t.Errorf("%s echoes %s as it is", path, parameter)
				}
			}
		}
		for _, path := range []string{"/" + url.PathEscape(text), "/login/" + url.PathEscape(text), "/assets/" + url.PathEscape(text)} {
			if a := n.Get(t, path, "X-Request-ID", text); strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") || strings.Contains(a.Text, text) ||
				a.Header.Get("X-Request-ID") == text {
				t.Errorf("%s: %s %s", path, a.Header.Get("Content-Type"), a.Text)
			}
		}
		// A machine's error is JSON that no browser takes for a page.
		a := n.Token(t, "web", "grant_type", text, text, text)
		if !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") || a.Header.Get("X-Content-Type-Options") != "nosniff" ||
			a.Status != http.StatusBadRequest {
			t.Errorf("token endpoint: %d %v", a.Status, a.Header)
		}
	}
}
