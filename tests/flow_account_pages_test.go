package tests

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// at opens a page of the account and fails unless it has the element.
func at(t *testing.T, n *harness.Node, b *harness.Browser, path, element string) {
	t.Helper()
	b.Get(n.URL + path)
	if b.URL.Path != path || b.Status != http.StatusOK || !b.Has(element) {
		t.Fatalf("%s: %d at %s: %s", path, b.Status, b.URL, b.Text())
	}
}

// TestTheAccountLeadsToAllOfItsPages, each of which leads to the others.
func TestTheAccountLeadsToAllOfItsPages(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_SELF_DELETE", "false"))
	browser, _ := signedIn(t, n)
	browser.Get(n.URL + "/login")
	if browser.URL.Path != "/account" || !browser.Has("sign-out") {
		t.Fatalf("at %s: %s", browser.URL, browser.Text())
	}
	if browser.Has("delete") {
		t.Error("there is a way to what is switched off")
	}
	browser.Get(n.URL + "/account/delete")
	if browser.Status != http.StatusNotFound {
		t.Errorf("what is switched off: %d", browser.Status)
	}
	for _, id := range []string{"profile", "password", "security", "devices", "applications", "activity", "data"} {
		path := "/account/" + id
		at(t, n, browser, "/account", id)
		if browser.Page.Find("#"+id).AttrOr("href", "") != path {
			t.Errorf("%s leads to %s", id, browser.Page.Find("#"+id).AttrOr("href", ""))
		}
		browser.Get(n.URL + path)
		current := browser.Page.Find("nav [aria-current=page]")
		if browser.Status != http.StatusOK || current.AttrOr("href", "") != path || browser.Page.Find("nav a").Length() < 8 {
			t.Errorf("%s: %d, at %s of %d", path, browser.Status, current.AttrOr("href", "none"), browser.Page.Find("nav a").Length())
		}
	}
	stranger := harness.NewBrowser(t, n)
	stranger.Get(n.URL + "/account")
	stranger.SignIn("alice", harness.AlicePassword)
	if stranger.URL.Path != "/account" {
		t.Errorf("a sign-in for the account ends at %s", stranger.URL)
	}
}

// TestAProfileIsChangedOnItsPage: claims and what the operator lets people write; all that is wrong is said at once, at its field.
func TestAProfileIsChangedOnItsPage(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		writable := identity.AttributeDefinition{
			Name: "badge", DisplayName: "Badge", Description: "At the door.", Type: identity.AttributeInteger, UserWritable: true,
			Scopes: []string{"profile"},
		}
		secret := identity.AttributeDefinition{Name: "salary", DisplayName: "Salary", Type: identity.AttributeInteger}
		teams := identity.AttributeDefinition{Name: "teams", Type: identity.AttributeStringList, UserWritable: true}
		remote := identity.AttributeDefinition{Name: "remote", Type: identity.AttributeBoolean, UserWritable: true}
		for _, d := range []identity.AttributeDefinition{writable, secret, teams, remote} {
			if _, err := n.Server.Admin.Attributes.Create(harness.System(t), d); err != nil {
				t.Fatal(err)
			}
		}
		browser, token := signedIn(t, n)
		at(t, n, browser, "/account/profile", "profile-submit")
		if browser.Has("attribute-salary") || strings.Contains(browser.Text(), "Salary") {
			t.Error("what people may not write is on the page")
		}
		if got := browser.Page.Find("#given_name").AttrOr("value", ""); got != "Alice" {
			t.Errorf("given_name %q", got)
		}
		browser.Submit("profile-submit", map[string]string{
			"given_name": "Alys", "birthdate": "yesterday", "website": "nowhere", "attribute-badge": "seven", "locale": "de",
		})
		if browser.Status != http.StatusBadRequest {
			t.Fatalf("%d %s", browser.Status, browser.Text())
		}
		for _, id := range []string{"birthdate", "website", "attribute-badge"} {
			field := browser.Page.Find("#" + id)
			if !browser.Has(id+"-error") || !strings.Contains(field.AttrOr("aria-describedby", ""), id+"-error") || field.AttrOr("aria-invalid", "") != "true" {
				t.Errorf("%s is not said to be wrong: %s", id, browser.Text())
			}
		}
		if focused := browser.Page.Find("[autofocus]"); focused.Length() != 1 || focused.AttrOr("id", "") != "birthdate" {
			t.Errorf("%d fields have the focus, the first is %s", focused.Length(), focused.AttrOr("id", ""))
		}
		if got := browser.Page.Find("#given_name").AttrOr("value", ""); got != "Alys" {
			t.Errorf("what was typed is lost: %q", got)
		}
		if n.User(t, "alice").Claims.GivenName != "Alice" {
			t.Error("a part of it was saved")
		}
		browser.Submit("profile-submit", map[string]string{
			"birthdate": "", "website": "https://alys.example", "attribute-badge": "7", "attribute-teams": "red\r\nblue\r\n",
			"attribute-remote": "true", "street_address": "Storgata 2\r\nOppgang B", "phone_number": "+4711111111",
		})
		if browser.URL.Path != "/account/profile" || !browser.Has("done") {
			t.Fatalf("%d at %s: %s", browser.Status, browser.URL, browser.Text())
		}
		claims := n.User(t, "alice").Claims
		if claims.GivenName != "Alys" || claims.Birthdate != "" || claims.Locale != "de" || claims.PhoneNumberVerified ||
			claims.Address.StreetAddress != "Storgata 2\nOppgang B" || claims.Address.Locality != "Oslo" || claims.FamilyName != "Adams" {
			t.Errorf("%+v %+v", claims, claims.Address)
		}
		if got := browser.Page.Find("#attribute-teams").Text(); got != "red\nblue" {
			t.Errorf("teams %q", got)
		}
		if info := n.UserInfo(t, token.AccessToken); info.Body["given_name"] != "Alys" || info.Body["badge"] != 7.0 {
			t.Errorf("UserInfo %s", info.Text)
		}
		if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'user.profile_updated' AND actor_name = 'alice' AND actor_kind = 'user'"); got != 1 {
			t.Errorf("%d events", got)
		}
	})
}

// TestTwoTabsDoNotOverwriteEachOthersProfile: the second is told, loses nothing that was typed, and may save it knowingly.
func TestTwoTabsDoNotOverwriteEachOthersProfile(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser, _ := signedIn(t, n)
		at(t, n, browser, "/account/profile", "profile-submit")
		address, stale := browser.Form("profile-submit")
		browser.Submit("profile-submit", map[string]string{"nickname": "first"})
		stale.Set("gender", "other")
		browser.Post(address, stale)
		if browser.Status != http.StatusConflict || !strings.Contains(browser.Text(), "changed elsewhere meanwhile") {
			t.Fatalf("%d %s", browser.Status, browser.Text())
		}
		if got := n.User(t, "alice").Claims; got.Nickname != "first" || got.Gender != "female" {
			t.Errorf("%+v", got)
		}
		browser.Submit("profile-submit", map[string]string{"nickname": "first"})
		if got := n.User(t, "alice").Claims; got.Nickname != "first" || got.Gender != "other" {
			t.Errorf("saved knowingly: %+v", got)
		}
	})
}

// TestADeviceIsEndedAtTheClientToo: line 37 of what must be shown. The session ends, its client is told, offline access goes on.
func TestADeviceIsEndedAtTheClientToo(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		r := newReceiver(t)
		n := start(t, db, harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{listener(r)}})
		phone := harness.NewBrowser(t, n)
		tokens := harness.NewParty(t, n, "listener", "openid").Tokens(phone, "alice", harness.AlicePassword)
		sid, _ := harness.JWT(t, idToken(tokens), 1)["sid"].(string)
		n.Advance(t, time.Minute)
		here, _ := signedIn(t, n)
		at(t, n, here, "/account/devices", "session-"+sid+"-end")
		if !strings.Contains(here.Text(), "Linux") || !strings.Contains(here.Text(), "127.0.0.1") {
			t.Errorf("what and from where: %s", here.Text())
		}
		if buttons := here.Page.Find("button[id^=session-]").Length(); buttons != 1 {
			t.Errorf("%d devices can be ended", buttons)
		}
		here.Submit("session-"+sid+"-end", nil)
		r.wait(t)
		if here.URL.Path != "/account/devices" || here.Has("session-"+sid+"-end") || here.Has("sessions-end-others") {
			t.Errorf("at %s: %s", here.URL, here.Text())
		}
		if a := n.Introspect(t, "listener", tokens.AccessToken); a.Body["active"] != false {
			t.Errorf("introspection: %s", a.Text)
		}
		phone.Get(n.URL + "/account")
		if !phone.Has("login-submit") {
			t.Errorf("the device: %s", phone.Text())
		}
		if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'session.ended' AND reason = 'logout' AND actor_name = 'alice' AND target_id = '"+sid+"'"); got != 1 {
			t.Errorf("%d events", got)
		}
	})
}

// TestAllOtherDevicesAreEnded, this one and offline access not.
func TestAllOtherDevicesAreEnded(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		var others []*harness.Browser
		for range 3 {
			other, _ := signedIn(t, n)
			others = append(others, other)
		}
		offline := harness.NewParty(t, n, "web", "openid", "offline_access").Tokens(others[0], "alice", harness.AlicePassword)
		here, _ := signedIn(t, n)
		at(t, n, here, "/account/devices", "sessions-end-others")
		here.Submit("sessions-end-others", nil)
		for i, other := range others {
			other.Get(n.URL + "/account")
			if !other.Has("login-submit") {
				t.Errorf("device %d: %s", i, other.Text())
			}
		}
		here.Get(n.URL + "/account/devices")
		if here.URL.Path != "/account/devices" || here.Has("sessions-end-others") {
			t.Errorf("this one, at %s: %s", here.URL, here.Text())
		}
		live(t, n, offline)
	})
}

// TestAnApplicationLosesWhatItWasAllowed: line 37. Its tokens are dead, and it asks again.
func TestAnApplicationLosesWhatItWasAllowed(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser := harness.NewBrowser(t, n)
		party := harness.NewParty(t, n, "web", "openid", "profile", "offline_access")
		tokens := party.Tokens(browser, "alice", harness.AlicePassword)
		client := n.Client(t, "web")
		button := "application-" + client.ID.String() + "-revoke"
		at(t, n, browser, "/account/applications", button)
		if link := browser.Page.Find("h2 a"); link.Length() != 0 {
			t.Error("an application without a place to begin has a link")
		}
		for _, c := range []struct{ origin, want string }{
			{"", "https://rp.example/login?iss=" + url.QueryEscape(n.Issuer) + "&tenant=a"}, {"token", ""},
		} {
			begins := func(m *identity.ClientMetadata, _ *identity.ClientPolicy) {
				m.InitiateLoginURI = "https://rp.example/login?tenant=a&iss=https%3A%2F%2Fevil.example"
			}
			if _, _, err := n.Server.Admin.Clients.Update(harness.System(t), client.ID, admin.ClientChange{Patch: begins}, nil); err != nil {
				t.Fatal(err)
			}
			db.Execute(t, "UPDATE clients SET origin = '"+c.origin+"' WHERE client_id = 'web'")
			browser.Get(n.URL + "/account/applications")
			if got := browser.Page.Find("h2 a").AttrOr("href", ""); got != c.want {
				t.Errorf("a client of the origin %q begins at %q", c.origin, got)
			}
		}
		scopes, err := n.Server.Domain.Scopes.Describe(t.Context(), []string{"profile"})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{client.DisplayName(), scopes[0].Description, "Since", "Last used"} {
			if !strings.Contains(browser.Text(), want) {
				t.Errorf("%q is missing: %s", want, browser.Text())
			}
		}
		browser.Submit(button, nil)
		if browser.URL.Path != "/account/applications" || browser.Has(button) || !browser.Has("none") {
			t.Errorf("at %s: %s", browser.URL, browser.Text())
		}
		dead(t, n, tokens)
		browser.Get(party.AuthURL())
		if !browser.Has("approve") {
			t.Errorf("it is not asked again: %s", browser.Text())
		}
		if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'grant.ended' AND actor_name = 'alice'"); got != 1 {
			t.Errorf("%d events", got)
		}
	})
}

// TestTheActivityIsThePersonsOwn: newest first, in words, page by page both ways; who else has acted is not named, nor from where.
func TestTheActivityIsThePersonsOwn(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}})
		bob := harness.NewBrowser(t, n)
		bob.Get(n.URL + "/account")
		bob.SignIn("bob", harness.BobPassword)
		for range 25 {
			n.Advance(t, time.Minute)
			bob.Get(n.URL + "/account/password")
			signedIn(t, n)
		}
		as := identity.WithActor(t.Context(), identity.Actor{
			Kind: identity.ActorUser, UserID: n.User(t, "admin").ID, Name: "admin", Admin: true, Scopes: []string{identity.ScopeUsersWrite},
			IP: "198.51.100.77", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
		})
		if _, err := n.Server.Admin.Users.Update(as, n.User(t, "alice").ID, admin.UserChange{Username: new("alicia")}, nil); err != nil {
			t.Fatal(err)
		}
		n.Advance(t, time.Minute)
		browser := harness.NewBrowser(t, n)
		browser.Get(n.URL + "/account/activity")
		browser.SignIn("alicia", harness.AlicePassword)
		first := browser.Page.Find("#events li")
		if first.Length() != 20 || !strings.Contains(first.First().Text(), "Signed in") || !strings.Contains(first.First().Text(), "by you") {
			t.Fatalf("%d events: %s", first.Length(), browser.Text())
		}
		if changed := first.Eq(1).Text(); !strings.Contains(changed, "Account changed") || !strings.Contains(changed, "by an administrator") {
			t.Errorf("the change: %s", changed)
		}
		seen, top := 0, browser.Page.Find("#events").Text()
		for range 20 {
			seen += browser.Page.Find("#events li").Length()
			for _, others := range []string{"bob", "198.51.100.77", "Firefox", "admin "} {
				if strings.Contains(browser.Page.Find("#events").Text(), others) {
					t.Errorf("%q is told: %s", others, browser.Text())
				}
			}
			next := browser.Page.Find("#older").AttrOr("href", "")
			if next == "" {
				break
			}
			browser.Get(n.URL + next)
		}
		id := n.User(t, "alicia").ID.String()
		if all := db.Count(t, "SELECT count(*) FROM audit_events WHERE actor_id = '"+id+"' OR target_kind = 'user' AND target_id = '"+id+"'"); seen != all {
			t.Errorf("%d of %d events", seen, all)
		}
		for browser.Has("newer") {
			browser.Get(n.URL + browser.Page.Find("#newer").AttrOr("href", ""))
		}
		if browser.Page.Find("#events").Text() != top {
			t.Errorf("back at the top: %s", browser.Text())
		}
		browser.Get(n.URL + "/account/activity?after=x")
		if browser.Status != http.StatusBadRequest {
			t.Errorf("no place: %d", browser.Status)
		}
	})
}

// fitsTheSchema checks a JSON text against a JSON Schema in a file.
func fitsTheSchema(t *testing.T, file, text string) {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(document); err != nil {
		t.Error(err)
	}
}

// TestAPersonTakesTheirData: line 38. The document is that of an administrator's export, and has no secret.
func TestAPersonTakesTheirData(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser, _ := signedIn(t, n)
		at(t, n, browser, "/account/data", "export-submit")
		address, values := browser.Form("export-submit")
		browser.Submit("export-submit", nil)
		if browser.Status != http.StatusOK || browser.Header.Get("Content-Type") != "application/json" || browser.Header.Get("Cache-Control") != "no-store" ||
			!strings.HasPrefix(browser.Header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d %v", browser.Status, browser.Header)
		}
		var document struct {
			Username string                     `json:"username"`
			Sections map[string]json.RawMessage `json:"sections"`
		}
		if err := json.Unmarshal([]byte(browser.Body), &document); err != nil || document.Username != "alice" {
			t.Fatalf("%v %s", err, browser.Body)
		}
		fitsTheSchema(t, "../docs/user-data.schema.json", browser.Body)
		for _, section := range []string{"profile", "credentials", "sessions", "grants", "consents", "events"} {
			if !strings.Contains(string(document.Sections[section]), `"items": [`) || strings.Contains(string(document.Sections[section]), `"items": []`) {
				t.Errorf("%s: %s", section, document.Sections[section])
			}
		}
		for _, secret := range []string{n.User(t, "alice").Password.Hash, harness.AlicePassword, sessionCookie(browser, n)} {
			if strings.Contains(browser.Body, secret) {
				t.Errorf("%q is in the document", secret)
			}
		}
		if !strings.Contains(browser.Body, "profile.exported") {
			t.Error("that it was taken is not in it")
		}
		for range 2 {
			browser.Post(address, values)
		}
		browser.Post(address, values)
		if browser.Status != http.StatusTooManyRequests || browser.Header.Get("Retry-After") == "" || !browser.Has("problem") {
			t.Errorf("the fourth: %d %s", browser.Status, browser.Text())
		}
	})
}

// TestAPersonDeletesTheirAccount: line 38. Nothing of them is left but events without their names, and they hear of it.
func TestAPersonDeletesTheirAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, withMail(mailbox)...)
		elsewhere, tokens := signedIn(t, n)
		browser, _ := signedIn(t, n)
		at(t, n, browser, "/account/delete", "delete-submit")
		browser.Submit("delete-submit", map[string]string{"confirm_username": "alice@example.org"})
		if browser.Status != http.StatusBadRequest || !browser.Has("confirm-error") {
			t.Fatalf("%d %s", browser.Status, browser.Text())
		}
		id := n.User(t, "alice").ID.String()
		browser.Submit("delete-submit", map[string]string{"confirm_username": " alice "})
		if browser.Status != http.StatusOK || !browser.Has("deleted") || sessionCookie(browser, n) != "" {
			t.Fatalf("%d %s", browser.Status, browser.Text())
		}
		letter := mailbox.Next(t)
		if letter.Subject() != "Your account was deleted" || !strings.Contains(letter.Plain, "alice") {
			t.Errorf("%s: %s", letter.Subject(), letter.Plain)
		}
		elsewhere.Get(n.URL + "/account")
		if !elsewhere.Has("login-submit") {
			t.Errorf("elsewhere: %s", elsewhere.Text())
		}
		dead(t, n, tokens)
		elsewhere.SignIn("alice", harness.AlicePassword)
		if elsewhere.Status != http.StatusUnauthorized {
			t.Errorf("a sign-in: %d", elsewhere.Status)
		}
		if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'user.deleted_by_self' AND actor_id = '"+id+"' AND target_id = '"+id+"' AND ip = ''"); got != 1 {
			t.Errorf("%d events", got)
		}
		if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE (actor_id = '"+id+"' OR target_id = '"+id+"') AND (actor_name = 'alice' OR target_name = 'alice')"); got != 0 {
			t.Errorf("%d events with the name", got)
		}
		if got := db.Count(t, "SELECT count(*) FROM users WHERE username = 'alice'"); got != 0 {
			t.Errorf("%d users", got)
		}
	})
}

// TestTheLastAdministratorStays, and the trail keeps the name of one who goes.
func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser := harness.NewBrowser(t, n)
		browser.Get(n.URL + "/account/delete")
		browser.SignIn("admin", harness.AdminPassword)
		browser.Submit("delete-submit", map[string]string{"confirm_username": "admin"})
		if browser.Status != http.StatusConflict || !strings.Contains(browser.Text(), "last administrator") {
			t.Fatalf("%d %s", browser.Status, browser.Text())
		}
		yes := true
		n.Change(t, "alice", admin.UserChange{Admin: &yes})
		browser.Submit("delete-submit", map[string]string{"confirm_username": "admin"})
		if !browser.Has("deleted") {
			t.Fatalf("%d %s", browser.Status, browser.Text())
		}
		if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'user.deleted_by_self' AND target_name = 'admin' AND actor_name = 'admin'"); got != 1 {
			t.Errorf("%d events", got)
		}
	})
}
