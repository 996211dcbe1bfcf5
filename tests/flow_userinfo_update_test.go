package tests

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

func putUserInfo(t *testing.T, n *harness.Node, token, media, body string) harness.Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, n.URL+"/oidc/userinfo", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", media)
	return harness.Do(t, request)
}

// TestSelfServiceProfile is PUT /oidc/userinfo: claims under the granted scopes, all or nothing.
func TestSelfServiceProfile(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		party := harness.NewParty(t, n, "web", "openid", "profile", "phone", "profile:write", "phone:write")
		token := party.Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword).AccessToken
		before := n.UserInfo(t, token).Text
		events := db.Count(t, "SELECT count(*) FROM audit_events")
		for body, c := range map[string]struct {
			status int
			names  string // the claim that is refused, if it is one
			says   string
		}{
			`{"nickname":"Lissy","email":"new@example.org"}`:                   {400, "email", "cannot be changed"},
			`{"nickname":"Lissy","email_verified":true}`:                       {400, "email_verified", "cannot be changed"},
			`{"nickname":"Lissy","phone_number_verified":true}`:                {400, "phone_number_verified", "cannot be changed"},
			`{"nickname":"Lissy","sub":"other"}`:                               {400, "sub", "cannot be changed"},
			`{"nickname":"Lissy","admin":true}`:                                {400, "admin", "cannot be changed"},
			`{"nickname":"Lissy","shoe_size":42}`:                              {400, "shoe_size", "cannot be changed"},
			`{"nickname":"Lissy","address":{"country":"NO"}}`:                  {403, "address", "needs the scope address:write."},
			`{"nickname":"Lissy","birthdate":"1990-02-30"}`:                    {400, "birthdate", "YYYY-MM-DD"},
			`{"nickname":"Lissy","website":"javascript:alert(1)"}`:             {400, "website", "http"},
			`{"nickname":"Lissy","zoneinfo":"Mars/Olympus"}`:                   {400, "zoneinfo", "tz database"},
			`{"nickname":"Lissy","locale":"` + strings.Repeat("x", 100) + `"}`: {400, "locale", "BCP 47"},
			`{"nickname":"Lissy","phone_number":"12"}`:                         {400, "phone_number", "E.164"},
			// Of several faults always the same is told.
			`{"zoneinfo":"x","website":"x","picture":"x","profile":"x"}`: {400, "profile", "http"},
			`{"website":7,"nickname":7,"gender":7}`:                      {400, "website", "gender must be a text or null, not a number. nickname must be"},
			`{"nickname":7}`:                                             {400, "nickname", "nickname must be a text or null, not a number."},
			`{"nickname":"a\u0000b"}`:                                    {400, "nickname", "nickname must not have control characters."},
			`{}`:                                                         {400, "", "no claim"},
			`[]`:                                                         {400, "", "object"},
			`null`:                                                       {400, "", "object"},
			`{`:                                                          {400, "", "object"},
		} {
			answer := putUserInfo(t, n, token, "application/json", body)
			description, _ := answer.Body["error_description"].(string)
			if answer.Status != c.status || !slices.Contains(strings.Fields(description), c.names) && c.names != "" ||
				!strings.Contains(description, c.says) {
				t.Errorf("%s: %d %s, want %d that names %q and says %q", body, answer.Status, answer.Text, c.status, c.names, c.says)
			}
		}
		if answer := putUserInfo(t, n, token, "text/plain", `{"nickname":"Lissy"}`); answer.Status != http.StatusBadRequest {
			t.Errorf("text/plain: %d", answer.Status)
		}
		if after := n.UserInfo(t, token).Text; after != before {
			t.Errorf("a refused change changed something:\n%s\n%s", before, after)
		}
		if after := db.Count(t, "SELECT count(*) FROM audit_events"); after != events {
			t.Errorf("%d events for refused changes", after-events)
		}

		good := putUserInfo(t, n, token, "application/json", `{"nickname":"Lissy","picture":null,"phone_number":"+4711111111","birthdate":"0000-05-04"}`)
		if good.Status != http.StatusOK {
			t.Fatal(good.Text)
		}
		now := n.UserInfo(t, token).Body
		if now["nickname"] != "Lissy" || now["phone_number"] != "+4711111111" || now["phone_number_verified"] != false || now["birthdate"] != "0000-05-04" {
			t.Errorf("userinfo %v", now)
		}
		if _, there := now["picture"]; there {
			t.Error("null did not clear the picture")
		}
		if after := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'user.profile_updated'"); after != 1 {
			t.Errorf("%d audit events", after)
		}
		if answer := putUserInfo(t, n, token, "application/json", `{"nickname":"Lissy"}`); answer.Status != http.StatusOK {
			t.Errorf("a change of nothing: %s", answer.Text)
		}
	})
}

// writable are the scopes that write, each with a change that it is for.
var writable = map[string]string{
	identity.ScopeProfileWrite: `{"nickname":"Lissy"}`, identity.ScopePhoneWrite: `{"phone_number":"+4711111111"}`,
	identity.ScopeAddressWrite: `{"address":{"country":"NO"}}`,
}

// TestAScopeThatReadsDoesNotWrite: whatever else was granted, each change needs the scope that is named after it, of a
// first-party client too, and also when the client asked for nothing and gets its default scopes.
func TestAScopeThatReadsDoesNotWrite(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	firstParty := harness.WebClient("first-party")
	firstParty.Policy.SkipConsent = true
	readOnly := harness.WebClient("read-only")
	readOnly.Policy.SkipConsent, readOnly.Metadata.Scope = true, "openid profile email address phone"
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{firstParty, readOnly}})
	all := []string{"openid", "profile", "email", "address", "phone", "offline_access"}
	tokens := func(client string, scopes ...string) *oauth2.Token {
		return harness.NewParty(t, n, client, scopes...).Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
	}
	for _, client := range []string{"web", "first-party"} {
		reading := tokens(client, all...)
		for scope, change := range writable {
			a := putUserInfo(t, n, reading.AccessToken, "application/json", change)
			if challenge := a.Header.Get("WWW-Authenticate"); a.Status != http.StatusForbidden || a.Body["error"] != "insufficient_scope" ||
				!strings.Contains(challenge, `scope="`+scope+`"`) {
				t.Errorf("%s with every scope that reads: %s: %d %s, %s", client, change, a.Status, a.Text, challenge)
			}
			widened := n.Form(t, "/api/v1/oauth/token", client, harness.ClientSecret, harness.Values(
				"grant_type", "refresh_token", "refresh_token", reading.RefreshToken, "scope", "openid "+scope))
			oauthError(t, "a refresh that asks for "+scope, widened, 400, "invalid_scope")
		}
	}
	for scope, own := range writable {
		token := tokens("web", "openid", scope).AccessToken
		for _, change := range writable {
			want := http.StatusForbidden
			if change == own {
				want = http.StatusOK
			}
			if a := putUserInfo(t, n, token, "application/json", change); a.Status != want {
				t.Errorf("%s with %s: %d %s", change, scope, a.Status, a.Text)
			}
		}
		if a := n.UserInfo(t, token); len(a.Body) != 1 {
			t.Errorf("%s reads %s", scope, a.Text)
		}
		if got := tokens("read-only", "openid", scope).Extra("scope"); got != "openid" {
			t.Errorf("a client that is not registered for %s got %v", scope, got)
		}
	}
}

// TestTheConsentPageSaysWhatIsChanged: in words for people, and never for a scope that reads.
func TestTheConsentPageSaysWhatIsChanged(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	browser := harness.NewBrowser(t, n)
	browser.Get(harness.NewParty(t, n, "web", "openid", "profile", "phone", "address").AuthURL())
	browser.SignIn("alice", harness.AlicePassword)
	if text := browser.Text(); !strings.Contains(text, "Read your profile") || strings.Contains(text, "Change your") {
		t.Errorf("scopes that read: %s", text)
	}
	browser.Get(harness.NewParty(t, n, "web", "openid", "profile:write", "phone:write", "address:write").AuthURL())
	for _, words := range []string{"Change your profile", "Change your phone number", "Change your postal address"} {
		if text := browser.Text(); !strings.Contains(text, words) {
			t.Errorf("no %q: %s", words, text)
		}
	}
}

// TestNobodyPrefersAnothersUsername: however it is written; one's own may be preferred.
func TestNobodyPrefersAnothersUsername(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}})
		party := harness.NewParty(t, n, "web", "openid", "profile", "profile:write")
		token := party.Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword).AccessToken
		prefer := func(name string) harness.Answer {
			return putUserInfo(t, n, token, "application/json", `{"nickname":"new","preferred_username":"`+name+`"}`)
		}
		before := n.UserInfo(t, token).Text
		for _, name := range []string{"bob", "BOB", "b\\uff4fb", " bob", "bo\\u200bb", "ADMIN", "adm\\u0130n"} {
			a := prefer(name)
			if a.Status != http.StatusBadRequest || !strings.Contains(a.String("error_description"), "preferred_username") {
				t.Errorf("%s: %d %s", name, a.Status, a.Text)
			}
		}
		if after := n.UserInfo(t, token).Text; after != before {
			t.Errorf("a refused change changed something:\n%s\n%s", before, after)
		}
		for _, name := range []string{"Alice", "the white queen"} {
			if a := prefer(name); a.Status != http.StatusOK || a.Body["preferred_username"] != name {
				t.Errorf("%s: %d %s", name, a.Status, a.Text)
			}
		}
		if a := prefer("carol"); a.Status != http.StatusOK {
			t.Fatal(a.Text)
		}
		_, _, err := n.Server.Admin.Users.Create(harness.System(t), admin.NewUser{
			Username: "Carol", Email: "carol@example.org", Password: harness.BobPassword,
		})
		if e := identity.AsError(err); e.Code != identity.CodeDuplicateUsername || e.Field != "username" {
			t.Errorf("a new user with a username that Alice goes by: %v", err)
		}
		carol := "cAROL"
		_, err = n.Server.Admin.Users.Update(harness.System(t), n.User(t, "bob").ID, admin.UserChange{Username: &carol}, nil)
		if e := identity.AsError(err); e.Code != identity.CodeDuplicateUsername || e.Field != "username" {
			t.Errorf("a user renamed to what Alice goes by: %v", err)
		}
	})
}

// TestNothingThatWaitsChangesAProfile: neither the handle of a sign-in that waits for its second factor, nor what the browser has
// proven for it, is a token for PUT /oidc/userinfo.
func TestNothingThatWaitsChangesAProfile(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		owner, _ := signedIn(t, n)
		addApp(t, n, owner)
		b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web", "openid", "profile", "profile:write")
		b.Get(party.AuthURL())
		b.SignIn("alice", harness.AlicePassword)
		if b.URL.Path != "/login/second" {
			t.Fatalf("it waits at %s", b.URL)
		}
		credentials := map[string]string{"the handle": b.URL.Query().Get("interaction")}
		for _, c := range b.Cookies(n.URL + "/login") {
			credentials["the cookie "+c.Name] = c.Value
		}
		if len(credentials) < 2 {
			t.Fatal("the browser carries nothing")
		}
		for name, value := range credentials {
			if a := putUserInfo(t, n, value, "application/json", `{"nickname":"Lissy"}`); a.Status != http.StatusUnauthorized {
				t.Errorf("%s: %d %s", name, a.Status, a.Text)
			}
		}
		b.Send(http.MethodPut, n.URL+"/oidc/userinfo", nil, http.Header{"Content-Type": {"application/json"}, "Sec-Fetch-Site": {"same-origin"}})
		if b.Status != http.StatusUnauthorized {
			t.Errorf("with the cookies alone: %d", b.Status)
		}
		if got := n.User(t, "alice").Claims.Nickname; got == "Lissy" {
			t.Error("the profile was changed")
		}
	})
}
