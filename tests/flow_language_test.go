package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/translation"
	"github.com/authly/authly/tests/harness"
)

// inLanguage gets a page as a browser of these languages.
func inLanguage(b *harness.Browser, address, languages string) {
	b.Send(http.MethodGet, address, nil, http.Header{"Accept-Language": {languages}, "Sec-Fetch-Site": {"none"}})
}

// reads fails unless the page is in a language: its mark, its direction, and a text of it.
func reads(t *testing.T, b *harness.Browser, code, text string) {
	t.Helper()
	if b.Page == nil {
		t.Fatalf("%s: %d is no page", b.URL, b.Status)
	}
	html := b.Page.Find("html")
	if got := html.AttrOr("lang", ""); got != code || html.AttrOr("dir", "") != "ltr" {
		t.Errorf("%s: lang=%q, want %q", b.URL, got, code)
	}
	if want := strings.Join(strings.Fields(translation.In(code).Say(text)), " "); !strings.Contains(b.Text(), want) {
		t.Errorf("%s: %q is missing: %s", b.URL, want, b.Text())
	}
}

// TestTheLanguageOfAPageIsFound in this order: what the client asks for, what the person has chosen in the browser, what their
// account says, what the browser asks for, what the server has.
func TestTheLanguageOfAPageIsFound(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db, harness.Env("AUTHLY_DEFAULT_LOCALE", "nb"))
		alice := harness.Alice()
		alice.Claims.Locale = "es-MX"
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{alice}, Clients: []admin.NewClient{harness.WebClient("web")}})
		party := harness.NewParty(t, n, "web")
		b := harness.NewBrowser(t, n)
		for languages, want := range map[string]string{
			"": "nb", "fr-CA,en;q=0.5": "fr", "xx,zh": "nb", "de;q=0, *": "nb", strings.Repeat("de,", 10<<10): "de",
		} {
			inLanguage(b, n.URL+"/login", languages)
			reads(t, b, want, "Forgot your password? Your administrator can give you a new one.")
		}

		inLanguage(b, n.URL+"/login", strings.Repeat("de,", 350<<10)) // more than a server takes
		if b.Status != http.StatusOK && b.Status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("1 MiB of languages: %d", b.Status)
		}
		b.Get(party.AuthURL("ui_locales", "xx ja de"))
		reads(t, b, "ja", "Username or e-mail")
		if b.SignIn("alice", "wrong"); b.Status != http.StatusUnauthorized {
			t.Errorf("status %d", b.Status)
		}
		reads(t, b, "ja", "The username or the password is wrong.")
		b.Submit("language-fr", nil) // takes the place of what the client has asked for
		reads(t, b, "fr", "Username or e-mail")
		b.SignIn("alice", harness.AlicePassword)
		reads(t, b, "fr", "Allow")
		b.Submit("approve", nil)
		if party.Code(b) == "" {
			t.Error("the interaction was lost with the language")
		}

		b.Get(n.URL + "/account") // the choice is stronger than the account
		reads(t, b, "fr", "Sign out")
		b.Get(party.AuthURL("ui_locales", "de", "prompt", "login")) // and the client than the choice
		reads(t, b, "de", "Password")

		other := harness.NewBrowser(t, n)
		inLanguage(other, n.URL+"/login", "ja")
		other.SignIn("alice", harness.AlicePassword) // the form is posted without that header
		other.Get(n.URL + "/account/security")
		reads(t, other, "es", "Sign-in and security")
		inLanguage(other, n.URL+"/account/security", "ja")
		reads(t, other, "es", "Authenticator app")
		other.Get(n.URL + "/nowhere")
		reads(t, other, "nb", "There is no page at this address.") // whose it is was not asked
	})
}

// TestAChoiceOfALanguageLeadsNowhereElse: it comes back to pages of the server alone.
func TestAChoiceOfALanguageLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	b := harness.NewBrowser(t, n)
	b.Hold = true
	for page, want := range map[string]string{
		"/login": "/login", "/account/password": "/account/password", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/",
		"/login?x=y": "/", "/logout/../login": "/", "": "/", "/language": "/", "/consent/logo": "/", "javascript:alert(1)": "/",
	} {
		b.Post(n.URL+"/language", url.Values{"language": {"de"}, "page": {page}})
		if b.Status != http.StatusSeeOther || b.URL.String() != n.URL+want {
			t.Errorf("%s: %d to %s", page, b.Status, b.URL)
		}
	}
	b.Post(n.URL+"/language", url.Values{"language": {"fr"}, "page": {"/register/code"}, "interaction": {"forged\r\nX: y"}, "token": {"a&b"}})
	if got := b.URL.RawQuery; strings.ContainsAny(got, "\r\n") {
		t.Errorf("led to %s", b.URL)
	}
	for _, language := range []string{"", "xx", "<b>", strings.Repeat("d", 1000)} {
		b.Post(n.URL+"/language", url.Values{"language": {language}, "page": {"/login"}})
		if b.Status != http.StatusBadRequest {
			t.Errorf("%.10q: %d", language, b.Status)
		}
	}
	b.Send(http.MethodPost, n.URL+"/language", url.Values{"language": {"ja"}, "page": {"/login"}}, http.Header{"Sec-Fetch-Site": {"cross-site"}})
	if b.Status != http.StatusForbidden {
		t.Errorf("another site chose a language: %d", b.Status)
	}
}

// TestMessagesAreInTheLanguageOfTheAccount whoever asks for them; who has none yet reads that of the page, and so does the account
// that they make.
func TestMessagesAreInTheLanguageOfTheAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := harness.Start(t, db, open(mailbox, harness.Env("AUTHLY_DEFAULT_LOCALE", "fr"))...)
		german, unspoken := harness.Alice(), harness.Alice()
		german.Claims.Locale = "de-AT"
		unspoken.Username, unspoken.Email, unspoken.Claims = "bob", "bob@example.org", german.Claims
		unspoken.Claims.Locale = "zh"
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{german, unspoken}})
		for name, want := range map[string]string{"alice": "de", "bob": "fr"} {
			b := harness.NewBrowser(t, n)
			inLanguage(b, n.URL+"/recover", "ja")
			action, values := b.Form("recover-submit")
			values.Set("login", name)
			b.Send(http.MethodPost, action, values, http.Header{"Accept-Language": {"ja"}, "Sec-Fetch-Site": {"same-origin"}})
			reads(t, b, "ja", "If there is an account with this name or address, we have sent a message to its e-mail address.")
			l := mailbox.Next(t)
			nothing := translation.In(want).Say("If it was not you, there is nothing to do: nothing changes as long as nobody opens the page. Give the link to nobody.")
			if l.Subject() != translation.In(want).Say("Get back into your account") || !strings.Contains(l.Plain, nothing) || !strings.Contains(l.HTML, nothing) ||
				l.Header.Get("Content-Language") != want || !strings.Contains(l.HTML, `<html lang="`+want+`" dir="ltr">`) {
				t.Errorf("%s: %s: %s\n%s", name, l.Subject(), l.Plain, l.HTML)
			}
		}

		b := harness.NewBrowser(t, n)
		b.Get(n.URL + "/register")
		b.Submit("language-ja", nil)
		askForAccount(t, b, "carol@example.org")
		l := mailbox.Next(t)
		if l.Header.Get("Content-Language") != "ja" || l.Subject() != translation.In("ja").Say("Your code to make an account") {
			t.Errorf("%s: %s", l.Subject(), l.Plain)
		}
		b.Submit("code-submit", map[string]string{"code": codeIn(t, l)})
		b.Submit("account-submit", account(nil))
		reads(t, b, "ja", "Sign out")
		n.Stop()
		if got := db.Count(t, "SELECT count(*) FROM users WHERE username = 'carol' AND locale = 'ja'"); got != 1 {
			t.Error("the account has not the language in which it was made")
		}
	})
}

// TestALongWishForLanguagesIsHarmless: a megabyte is more than any header may be, and of less no more than the beginning is read.
func TestALongWishForLanguagesIsHarmless(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	if a := n.Get(t, "/login", "Accept-Language", strings.Repeat("de,", 1<<20/3)); a.Status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a megabyte: %d", a.Status)
	}
	b := harness.NewBrowser(t, n)
	inLanguage(b, n.URL+"/login", strings.Repeat("tlh;q=0.9,", 1<<11)+"de")
	reads(t, b, "en", "Sign in")
	inLanguage(b, n.URL+"/login", "de,"+strings.Repeat("tlh;q=0.9,", 1<<11))
	reads(t, b, "de", "Sign in")
}
