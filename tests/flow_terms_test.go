package tests

import (
	"net/http"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// inForce puts a version of the terms in force on a node.
func inForce(n *harness.Node, version string) {
	settings := *n.Server.Domain.Settings.Get()
	settings.TermsVersion = version
	n.Server.Domain.Settings.Set(settings)
}

// TestTermsAreAcceptedBeforeAnApplicationGetsAnything: at registration, and whenever another version is in force, once for all
// applications; the account pages stay open, and what was accepted is stored with its time.
func TestTermsAreAcceptedBeforeAnApplicationGetsAnything(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, open(mailbox, harness.Env("AUTHLY_TERMS_VERSION", "2026-12"), harness.Env("AUTHLY_TERMS_URL", "https://acme.example/terms"),
			harness.Env("AUTHLY_PASSWORD_GRANT", "true"))...)
		legacy := harness.WebClient("legacy")
		legacy.Metadata.GrantTypes = append(legacy.Metadata.GrantTypes, "password")
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{legacy}})
		party, b := harness.NewParty(t, n, "web"), harness.NewBrowser(t, n)
		password := func() harness.Answer {
			return n.Token(t, "legacy", "grant_type", "password", "username", "alice", "password", harness.AlicePassword)
		}

		// Alice was there before there were terms.
		b.Get(party.AuthURL())
		if link := b.Page.Find("#link-terms"); link.AttrOr("href", "") != "https://acme.example/terms" {
			t.Error("the terms are not linked below the page")
		}
		b.SignIn("alice", harness.AlicePassword)
		if b.URL.Path != "/terms" || b.Page.Find("#terms-link").AttrOr("href", "") != "https://acme.example/terms" {
			t.Fatalf("at %s: %s", b.URL, b.Text())
		}
		if got := password(); got.Status != http.StatusBadRequest || got.String("error") != "invalid_grant" {
			t.Errorf("the password grant: %d %s", got.Status, got.Text)
		}
		here := b.URL.String()
		silent := harness.NewParty(t, n, "web")
		b.Get(silent.AuthURL("prompt", "none"))
		if got := silent.Answer(b).Get("error"); got != "interaction_required" {
			t.Errorf("without a page: %q", got)
		}
		b.Get(n.URL + "/account/data")
		if b.URL.Path != "/account/data" {
			t.Errorf("the account is shut: %s", b.URL)
		}

		// Another version comes into force while the page is shown; what was shown is not what is accepted.
		b.Get(here)
		action, values := b.Form("terms-accept")
		inForce(n, "2027-01")
		b.Post(action, values)
		if b.Status != http.StatusConflict || b.Page.Find("input[name=terms]").AttrOr("value", "") != "2027-01" {
			t.Errorf("%d %s", b.Status, b.Text())
		}
		for name, change := range map[string][2]string{
			"nothing is decided": {"decision", ""}, "another session": {"session", "0198c8a0-0000-7000-8000-000000000000"}, "none": {"terms", ""},
		} {
			action, values := b.Form("terms-accept")
			values.Set("decision", "accept")
			values.Set(change[0], change[1])
			b.Post(action, values)
			b.Get(here)
			if b.URL.Path != "/terms" || n.User(t, "alice").Terms.Version != "" {
				t.Errorf("%s: at %s", name, b.URL)
			}
		}
		b.Submit("terms-accept", nil)
		b.Submit("approve", nil)
		if party.Code(b) == "" {
			t.Error("no code")
		}
		if got := n.User(t, "alice").Terms; got.Version != "2027-01" || got.At == nil {
			t.Errorf("stored: %+v", got)
		}
		if got := password(); got.Status != http.StatusOK {
			t.Errorf("the password grant: %d %s", got.Status, got.Text)
		}
		other := harness.NewParty(t, n, "other")
		b.Get(other.AuthURL())
		if b.URL.Path != "/consent" {
			t.Errorf("asked again: %s", b.URL)
		}
		inForce(n, "2027-02")
		again := harness.NewParty(t, n, "web")
		b.Get(again.AuthURL())
		b.Submit("deny", nil)
		if got := again.Answer(b).Get("error"); got != "access_denied" {
			t.Errorf("who does not accept: %q", got)
		}
		if events := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'terms.accepted'"); events != 1 {
			t.Errorf("%d events", events)
		}
		denied := "SELECT count(*) FROM audit_events WHERE action = 'terms.denied' AND target_name = 'web' AND actor_name = 'alice'"
		if db.Count(t, denied) != 1 || db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'consent.denied'") != 0 {
			t.Error("the refusal is not in the trail as one of the terms")
		}

		// Carol registers.
		newcomer := harness.NewBrowser(t, n)
		proveAddress(t, n, mailbox, newcomer, "carol@id.example")
		newcomer.Submit("account-submit", account(map[string]string{"terms": ""}))
		if !newcomer.Has("terms-error") || newcomer.Status != http.StatusBadRequest {
			t.Errorf("%d: %s", newcomer.Status, newcomer.Text())
		}
		newcomer.Submit("account-submit", account(map[string]string{"terms": "2026-12"})) // of a page that was shown before
		if !newcomer.Has("terms-error") {
			t.Errorf("former terms: %s", newcomer.Text())
		}
		newcomer.Submit("account-submit", account(map[string]string{"terms": "2027-02"}))
		if got := n.User(t, "carol").Terms; got.Version != "2027-02" || got.At == nil {
			t.Errorf("stored: %+v", got)
		}
		joined := harness.NewParty(t, n, "web")
		newcomer.Get(joined.AuthURL())
		if newcomer.URL.Path != "/consent" {
			t.Errorf("Carol is asked again: %s", newcomer.URL)
		}
	})
}
