package tests

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/authly/authly/tests/harness"
)

// TestAForgedHintIsRefused: OIDC Core §3.1.2.1, RP-Initiated Logout §4, F-L1, conformance: modified and bad
// id_token_hint.
func TestAForgedHintIsRefused(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	elsewhere := start(t, harness.SQLite(t)) // it signs with the same keys, as all test nodes do: only iss differs
	browser, tokens := signedIn(t, n)
	_, foreign := signedIn(t, elsewhere)
	all := forgeries(t, n, idToken(tokens))
	all["an access token"], all["a refresh token"] = tokens.AccessToken, tokens.RefreshToken
	all["an ID token of another issuer"] = idToken(foreign)
	other := harness.NewParty(t, n, "other").Tokens(browser, "alice", harness.AlicePassword)
	all["an ID token of another client"] = idToken(other)

	for name, hint := range all {
		party := harness.NewParty(t, n, "web")
		browser.Get(party.AuthURL("prompt", "none", "id_token_hint", hint))
		if len(hint) > 25_000 { // longer than a request line may be, or than a hint is looked at
			continue
		}
		if answer := party.Answer(browser); answer.Get("error") != "invalid_request" || answer.Has("code") {
			t.Errorf("%s: %v", name, answer)
		}
		logout := url.Values{"id_token_hint": {hint}, "client_id": {"web"}, "post_logout_redirect_uri": {"https://rp.example/bye"}, "state": {"s"}}
		browser.Get(n.URL + "/oidc/logout?" + logout.Encode())
		if browser.Status != http.StatusBadRequest || browser.Header.Get("Location") != "" {
			t.Errorf("logout with %s: status %d at %s", name, browser.Status, browser.URL)
		}
		browser.Post(n.URL+"/oidc/logout", logout)
		if browser.Status != http.StatusBadRequest || browser.Header.Get("Location") != "" {
			t.Errorf("logout by POST with %s: status %d at %s", name, browser.Status, browser.URL)
		}
	}
	live(t, n, tokens)

	// An old hint is a good hint.
	n.Clock.Advance(11 * time.Hour)
	party := harness.NewParty(t, n, "web")
	browser.Get(party.AuthURL("prompt", "none", "id_token_hint", idToken(tokens)))
	party.Code(browser)
}

// TestAHintForAnotherPersonNeverAnswersForTheOneWhoIsSignedIn: OIDC Core §3.1.2.1.
func TestAHintForAnotherPersonNeverAnswersForTheOneWhoIsSignedIn(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	_, tokens := signedIn(t, n)
	admin := harness.NewBrowser(t, n)
	harness.NewParty(t, n, "web").Tokens(admin, "admin", harness.AdminPassword)
	party := harness.NewParty(t, n, "web")
	admin.Get(party.AuthURL("prompt", "none", "id_token_hint", idToken(tokens)))
	if answer := party.Answer(admin); answer.Get("error") != "login_required" || answer.Has("code") {
		t.Errorf("answer %v", answer)
	}
	admin.Get(party.AuthURL("id_token_hint", idToken(tokens)))
	if !admin.Has("login-submit") {
		t.Errorf("no login page at %s", admin.URL)
	}
	admin.Get(n.URL + "/oidc/logout?" + url.Values{"id_token_hint": {idToken(tokens)}}.Encode())
	if !admin.Has("logout-confirm") {
		t.Errorf("a hint for Alice signed the administrator out: %s", admin.URL)
	}
}
