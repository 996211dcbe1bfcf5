package tests

import (
	"net/http"
	"slices"
	"strings"
	"testing"

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
		party := harness.NewParty(t, n, "web", "openid", "profile", "phone")
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
			`{"nickname":"Lissy","address":{"country":"NO"}}`:                  {403, "address", "needs the scope"},
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
