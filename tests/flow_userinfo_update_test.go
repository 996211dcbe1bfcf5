package tests

import (
	"net/http"
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
			names  string
		}{
			`{"nickname":"Lissy","email":"new@example.org"}`:                   {400, "email"},
			`{"nickname":"Lissy","email_verified":true}`:                       {400, "email_verified"},
			`{"nickname":"Lissy","phone_number_verified":true}`:                {400, "phone_number_verified"},
			`{"nickname":"Lissy","sub":"other"}`:                               {400, "sub"},
			`{"nickname":"Lissy","admin":true}`:                                {400, "admin"},
			`{"nickname":"Lissy","shoe_size":42}`:                              {400, "shoe_size"},
			`{"nickname":"Lissy","address":{"country":"NO"}}`:                  {403, "address"},
			`{"nickname":"Lissy","birthdate":"1990-02-30"}`:                    {400, "YYYY-MM-DD"},
			`{"nickname":"Lissy","website":"javascript:alert(1)"}`:             {400, "http"},
			`{"nickname":"Lissy","zoneinfo":"Mars/Olympus"}`:                   {400, "tz database"},
			`{"nickname":"Lissy","locale":"` + strings.Repeat("x", 100) + `"}`: {400, "BCP 47"},
			`{"nickname":"Lissy","phone_number":"12"}`:                         {400, "E.164"},
			`{"nickname":7}`:          {400, "wrong type"},
			`{"nickname":"a\u0000b"}`: {400, "control"},
			`{}`:                      {400, "no claim"},
			`[]`:                      {400, "object"},
			`null`:                    {400, "object"},
			`{`:                       {400, "object"},
		} {
			answer := putUserInfo(t, n, token, "application/json", body)
			if answer.Status != c.status || !strings.Contains(answer.Text, c.names) {
				t.Errorf("%s: %d %s, want %d with %q", body, answer.Status, answer.Text, c.status, c.names)
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
