package tests

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// pairwise is a client that knows people by names of its own.
func pairwise(id string, change func(*identity.ClientMetadata)) admin.NewClient {
	c := harness.WebClient(id)
	c.Metadata.SubjectType = identity.SubjectPairwise
	if change != nil {
		change(&c.Metadata)
	}
	return c
}

// partyAt is a relying party whose only redirect URI is another than those of the others.
func partyAt(t *testing.T, n *harness.Node, clientID, callback string) *harness.Party {
	t.Helper()
	p := harness.NewParty(t, n, clientID)
	p.Config.RedirectURL = callback
	return p
}

// told are the names that a client is told of a person and a session.
type told struct{ sub, sid string }

// names returns what a client is told wherever it is told something, which is the same everywhere.
func names(t *testing.T, n *harness.Node, clientID, callback string, b *harness.Browser) (told, string) {
	t.Helper()
	tokens := partyAt(t, n, clientID, callback).Tokens(b, "alice", harness.AlicePassword)
	claims := harness.JWT(t, idToken(tokens), 1)
	s := told{}
	s.sub, _ = claims["sub"].(string)
	s.sid, _ = claims["sid"].(string)
	access := harness.JWT(t, tokens.AccessToken, 1)
	for what, got := range map[string]any{
		"UserInfo":      n.UserInfo(t, tokens.AccessToken).Body["sub"],
		"access token":  access["sub"],
		"introspection": n.Introspect(t, clientID, tokens.AccessToken).Body["sub"],
		"refresh token": n.Introspect(t, clientID, tokens.RefreshToken).Body["sub"],
	} {
		if got != s.sub {
			t.Errorf("%s: sub %v of %s, %s in the ID token", clientID, got, what, s.sub)
		}
	}
	if access["sid"] != s.sid {
		t.Errorf("%s: sid %v in the access token, %s in the ID token", clientID, access["sid"], s.sid)
	}
	refreshed := n.Refresh(t, clientID, tokens.RefreshToken)
	if token, _ := refreshed.Body["id_token"].(string); harness.JWT(t, token, 1)["sub"] != s.sub {
		t.Errorf("%s: another sub after a refresh", clientID)
	}
	return s, idToken(tokens)
}

// TestPairwiseSubjects: OIDC Core §8. Clients of one sector are told one sub, those of two sectors have nothing in common, and each is told
// the same wherever it is told something, on every node and under every root key.
func TestPairwiseSubjects(t *testing.T) {
	t.Parallel()
	list := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`["https://one.example/cb","https://two.example/cb"]`))
	}))
	t.Cleanup(list.Close)
	const one, two, other = "https://one.example/cb", "https://two.example/cb", "https://other.example/cb"
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
		second := harness.Start(t, db, harness.Env("AUTHLY_ISSUER", n.Issuer), harness.WithClock(n.Clock))
		at := func(uri string) func(*identity.ClientMetadata) {
			return func(m *identity.ClientMetadata) { m.RedirectURIs = []string{uri} }
		}
		sector := func(uri string) func(*identity.ClientMetadata) {
			return func(m *identity.ClientMetadata) { m.RedirectURIs, m.SectorURI = []string{uri}, list.URL+"/sector.json" }
		}
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{
			pairwise("one", sector(one)), pairwise("two", sector(two)), pairwise("alone", at(one)), pairwise("other", at(other)),
		}})
		browser := harness.NewBrowser(t, n, second)
		inOne, hint := names(t, n, "one", one, browser)
		inTwo, _ := names(t, second, "two", two, browser)
		alone, _ := names(t, n, "alone", one, browser)
		elsewhere, foreign := names(t, second, "other", other, browser)
		public, _ := names(t, n, "web", harness.Callback, browser)
		if inOne != inTwo {
			t.Errorf("in one sector %v and %v", inOne, inTwo)
		}
		seen := map[string]bool{}
		for _, s := range []told{inOne, alone, elsewhere, public} {
			for _, name := range []string{s.sub, s.sid} {
				if seen[name] || name == "" {
					t.Errorf("%q is told to two sectors", name)
				}
				seen[name] = true
				if _, err := uuid.Parse(name); (err == nil) != (s == public) {
					t.Errorf("%q has the form of another sort of subject", name)
				}
			}
		}

		// As a hint, and in a claims request, counts what the client knows, and nothing that it was not told.
		ask := func(clientID, callback string, extra ...string) string {
			t.Helper()
			party := partyAt(t, n, clientID, callback)
			browser.Get(party.AuthURL(append([]string{"prompt", "none"}, extra...)...))
			answer := party.Answer(browser)
			return answer.Get("error")
		}
		for name, test := range map[string]struct{ err, parameter, value string }{
			"its hint":                  {"", "id_token_hint", hint},
			"its sub":                   {"", "claims", `{"id_token":{"sub":{"value":"` + inOne.sub + `"}}}`},
			"the hint of another":       {"invalid_request", "id_token_hint", foreign},
			"the sub of another sector": {"login_required", "claims", `{"id_token":{"sub":{"value":"` + elsewhere.sub + `"}}}`},
			"the sub of public clients": {"login_required", "claims", `{"id_token":{"sub":{"value":"` + public.sub + `"}}}`},
			"a sid as a sub":            {"login_required", "claims", `{"id_token":{"sub":{"value":"` + inOne.sid + `"}}}`},
		} {
			if got := ask("one", one, test.parameter, test.value); got != test.err {
				t.Errorf("%s: %q, want %q", name, got, test.err)
			}
		}

		// The hint signs out without a question, because it names person and session.
		browser.Get(n.URL + "/oidc/logout?id_token_hint=" + hint)
		if browser.Has("logout-confirm") || browser.Status != http.StatusOK {
			t.Errorf("at %s after a logout with a hint: %d", browser.URL, browser.Status)
		}
		browser.Get(partyAt(t, n, "one", one).AuthURL("prompt", "none"))
		if got := browser.URL.Query().Get("error"); got != "login_required" {
			t.Errorf("after a logout with a hint: %q", got)
		}
		if again, _ := names(t, n, "one", one, harness.NewBrowser(t, n)); again.sub != inOne.sub || again.sid == inOne.sid {
			t.Errorf("in another session %v, before %v", again, inOne)
		}

		both := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": otherRoot, "AUTHLY_SECRET_KEYS_OLD": harness.RootSecret}
		second.Stop()
		if out := command(t, both, "keys", "rotate-root", "--output", "json"); !strings.Contains(out, `"pairwise_key": 1`) {
			t.Errorf("rotate-root: %s", out)
		}
		if out := command(t, both, "keys", "rotate-root", "--output", "json"); !strings.Contains(out, `"pairwise_key": 0`) || !strings.Contains(out, `"unreadable": 0`) {
			t.Errorf("rotate-root again: %s", out)
		}
		alike := harness.Start(t, db, harness.Env("AUTHLY_ISSUER", n.Issuer), harness.WithClock(n.Clock), harness.Env("AUTHLY_SECRET_KEY", otherRoot),
			harness.Env("AUTHLY_SECRET_KEYS_OLD", harness.RootSecret)) // for the digests of secrets
		if again, _ := names(t, alike, "two", two, harness.NewBrowser(t, alike)); again.sub != inOne.sub {
			t.Errorf("under another root key %v, before %v", again, inOne)
		}
	})
}

// TestAdministratorsFindWhomAClientSpeaksOf, by a sub of any sort, and nobody by one of another sector.
func TestAdministratorsFindWhomAClientSpeaksOf(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		api := administer(t, db)
		const one, other = "https://one.example/cb", "https://other.example/cb"
		for id, uri := range map[string]string{"one": one, "other": other} {
			client := pairwise(id, func(m *identity.ClientMetadata) { m.RedirectURIs = []string{uri} })
			api.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
		}
		browser := harness.NewBrowser(t, api.Node)
		inOne, _ := names(t, api.Node, "one", one, browser)
		public, _ := names(t, api.Node, "web", harness.Callback, browser)
		for _, c := range []struct {
			client, sub string
			want        any
		}{
			{"one", inOne.sub, "alice"},
			{"web", public.sub, "alice"},
			{"other", inOne.sub, nil},
			{"one", public.sub, nil},
			{"one", inOne.sid, nil},
			{"web", strings.ToUpper(public.sub), nil},
			{"nobody", public.sub, nil},
			{"", "", nil},
		} {
			got := api.run(t, `query($c:String!,$s:String!){user(by:{subject:{clientId:$c,sub:$s}}){username}}`, "c", c.client, "s", c.sub)
			if user := dig(got, "user"); c.want == nil && user != nil || c.want != nil && dig(user, "username") != c.want {
				t.Errorf("%s %s: %v", c.client, c.sub, got)
			}
		}
		api.refuses(t, identity.ScopeUsersRead, `query{user(by:{subject:{clientId:"web",sub:"x"}}){username}}`)
	})
}

// sectorList is a list at a sector_identifier_uri that can change.
type sectorList struct {
	mu     sync.Mutex
	status int
	text   string
	asked  int
}

func (s *sectorList) say(status int, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status, s.text = status, text
}

// ServeHTTP implements http.Handler.
func (s *sectorList) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.status == http.StatusFound {
		w.Header().Set("Location", s.text)
	}
	w.WriteHeader(s.status)
	_, _ = w.Write([]byte(s.text))
}

// TestASectorListsItsAddresses: OIDC Registration §5, at registration, at a change by the client and at one by an administrator. Who is not
// listed does not belong to the sector, and is told so by name.
func TestASectorListsItsAddresses(t *testing.T) {
	t.Parallel()
	const mine, more = "https://rp.example/cb", "https://rp.example/more"
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		list := &sectorList{}
		host := httptest.NewServer(list)
		defer host.Close()
		n := start(t, db, harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"), harness.Env("AUTHLY_CLIENT_REGISTRATION", "open"),
			harness.Env("AUTHLY_CLIENT_REGISTRATION_HOSTS", "rp.example,127.0.0.1"))
		address := host.URL + "/sector.json"
		register := func(uris string) harness.Answer {
			t.Helper()
			n.Clock.Advance(15 * time.Second) // the list is read anew
			return sendRegistration(t, n, http.MethodPost, registerPath, "", `{"redirect_uris":`+uris+`,"subject_type":"pairwise","sector_identifier_uri":"`+address+`"}`)
		}
		for name, test := range map[string]struct {
			status     int
			text, code string
		}{
			"another list":        {200, `["` + more + `"]`, "invalid_client_metadata"},
			"a longer URI":        {200, `["` + mine + `?x=1"]`, "invalid_client_metadata"},
			"an empty list":       {200, `[]`, "invalid_client_metadata"},
			"an object":           {200, `{"uris":["` + mine + `"]}`, "invalid_client_metadata"},
			"a list of numbers":   {200, `[1]`, "invalid_client_metadata"},
			"no JSON":             {200, `<html>`, "invalid_client_metadata"},
			"nothing there":       {404, `["` + mine + `"]`, "invalid_client_metadata"},
			"a list that is huge": {200, `["` + mine + `","` + strings.Repeat("x", 65<<10) + `"]`, "invalid_client_metadata"},
			"a redirect":          {302, "http://169.254.169.254/latest", "invalid_client_metadata"},
		} {
			list.say(test.status, test.text)
			oauthError(t, name, register(`["`+mine+`"]`), 400, test.code)
			n.Clock.Advance(time.Hour) // for as long as a list that could not be read is left alone at most
		}
		list.say(200, `["`+mine+`"]`)
		made := register(`["` + mine + `"]`)
		if made.Status != http.StatusCreated || made.Body["subject_type"] != "pairwise" || made.Body["sector_identifier_uri"] != address {
			t.Fatalf("a client that is listed: %d %s", made.Status, made.Text)
		}
		oauthError(t, "one that is listed and one that is not", register(`["`+mine+`","`+more+`"]`), 400, "invalid_client_metadata")

		// An administrator is held to it too, and when the redirect URIs change.
		if _, err := n.Server.Admin.Declarations.Apply(harness.System(t), admin.Desired{Clients: []admin.NewClient{
			pairwise("declared", func(m *identity.ClientMetadata) { m.RedirectURIs, m.SectorURI = []string{mine}, address }),
		}}, false); err != nil {
			t.Fatal(err)
		}
		client, err := n.Server.Admin.Clients.Named(harness.System(t), "declared")
		if err != nil {
			t.Fatal(err)
		}
		change := func(uris ...string) error {
			t.Helper()
			n.Clock.Advance(15 * time.Second)
			_, _, err := n.Server.Admin.Clients.Update(harness.System(t), client.ID, admin.ClientChange{
				Patch: func(m *identity.ClientMetadata, _ *identity.ClientPolicy) { m.RedirectURIs = uris },
			}, nil)
			return err
		}
		if err := change(mine, more); identity.AsError(err).Field != "sector_identifier_uri" || !strings.Contains(identity.Messages(err), "redirect_uris[1]") {
			t.Errorf("a redirect URI that is not listed: %v", err)
		}
		list.say(200, `["`+mine+`","`+more+`"]`)
		if err := change(mine, more); err != nil {
			t.Errorf("one that is listed by now: %v", err)
		}
		list.say(500, "")
		if err := change(mine, more); err != nil {
			t.Errorf("a change of nothing needs no list: %v", err)
		}
		asked := list.asked
		if tokens := partyAt(t, n, "declared", mine).Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword); idToken(tokens) == "" || list.asked != asked {
			t.Errorf("the list was read for a sign-in")
		}
	})
}

// TestASectorReachesNoPrivateAddress (attack B-O2), and what happened inside is not told.
func TestASectorReachesNoPrivateAddress(t *testing.T) {
	t.Parallel()
	reached := false
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	n := harness.Start(t, harness.SQLite(t), harness.Env("AUTHLY_CLIENT_REGISTRATION", "open"), harness.Env("AUTHLY_CLIENT_REGISTRATION_HOSTS", "*"))
	port := inside.URL[strings.LastIndex(inside.URL, ":"):]
	for _, address := range []string{
		inside.URL, "https://localhost" + port, "https://[::1]" + port, "https://169.254.169.254/latest", "https://0.0.0.0" + port, "http://127.0.0.1" + port,
	} {
		a := sendRegistration(t, n, http.MethodPost, registerPath, "",
			`{"redirect_uris":["https://rp.example/cb"],"subject_type":"pairwise","sector_identifier_uri":"`+address+`"}`)
		oauthError(t, address, a, 400, "invalid_client_metadata")
		if strings.Contains(a.Text, "127.0.0.1") || strings.Contains(a.Text, "public internet") || strings.Contains(a.Text, "refused") {
			t.Errorf("the answer tells what happened inside: %s", a.Text)
		}
	}
	if reached {
		t.Error("a private address was reached")
	}
}
