package clients

import (
	"net/url"
	"testing"
)

func expressLogin(t *testing.T, s section) {
	g := newGuide(t, s)
	g.npm()
	g.start("node", "app.mjs")
	g.shows(g.signIn("/"), "Alice Adams", "alice@example.org")
}

func expressAPI(t *testing.T, s section) {
	g := newGuide(t, s)
	g.npm()
	g.start("node", "api.mjs")
	g.protects("/invoices", "caller")
}

func passport(t *testing.T, s section) {
	g := newGuide(t, s)
	g.npm()
	g.start("node", "app.mjs")
	g.shows(g.signIn("/"), "Alice Adams", "alice@example.org")
}

func authJS(t *testing.T, s section) {
	g := newGuide(t, s)
	g.npm()
	g.start("node", "app.mjs")
	b := g.browser()
	b.Get(g.url("/"))
	b.Post(g.url("/auth/signin/authly"), url.Values{ // the button of the page of Auth.js
		"csrfToken": {b.Page.Find("input[name=csrfToken]").AttrOr("value", "")}, "callbackUrl": {g.url("/")},
	})
	g.shows(g.fill(b), "Alice Adams", "alice@example.org")
}
