package tests

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestUsersChangeAttributesThemselves: those that are declared so, through a client that is told of them and may change their
// profile; all or nothing, and by the rules that administrators have.
func TestUsersChangeAttributesThemselves(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		web := harness.WebClient("web")
		web.Metadata.Scope += " hr"
		bob := harness.Alice()
		bob.Username, bob.Email, bob.Attributes = "bob", "bob@example.org", identity.AttributeValues{"badge": {"B2"}}
		own := func(d identity.AttributeDefinition) identity.AttributeDefinition {
			d.UserWritable, d.Scopes = true, []string{"hr"}
			return d
		}
		n.Apply(t, admin.Desired{
			Scopes: []identity.Scope{{Name: "hr"}, {Name: "payroll"}}, Clients: []admin.NewClient{web}, Users: []admin.DesiredUser{bob},
			Attributes: []identity.AttributeDefinition{
				own(identity.AttributeDefinition{Name: "badge", Type: identity.AttributeString, Unique: true, Claim: "urn:badge", Pattern: "[A-Z][0-9]"}),
				own(identity.AttributeDefinition{Name: "level", Type: identity.AttributeInteger}),
				own(identity.AttributeDefinition{Name: "teams", Type: identity.AttributeStringList}),
				{Name: "grade", Type: identity.AttributeInteger, Scopes: []string{"hr"}},
				{Name: "salary", Type: identity.AttributeInteger, Scopes: []string{"payroll"}, UserWritable: true},
			},
		})
		tokens := func(scopes ...string) string {
			return harness.NewParty(t, n, "web", scopes...).Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword).AccessToken
		}
		token := tokens("openid", "profile", "profile:write", "hr")
		before, events := n.UserInfo(t, token).Text, db.Count(t, "SELECT count(*) FROM audit_events")
		for body, c := range map[string]struct{ name, says string }{
			`{"nickname":"Lissy","grade":7}`:                    {"grade", "cannot be changed here"},
			`{"nickname":"Lissy","salary":7}`:                   {"salary", "cannot be changed here"},
			`{"nickname":"Lissy","badge":"A1"}`:                 {"badge", "cannot be changed here"}, // that is not how the client knows it
			`{"nickname":"Lissy","urn:badge":"wrong"}`:          {"urn:badge", "must match the pattern"},
			`{"nickname":"Lissy","urn:badge":"B2"}`:             {"urn:badge", "is the value of another user"},
			`{"nickname":"Lissy","level":1.5}`:                  {"level", "whole number"},
			`{"nickname":"Lissy","level":{"a":1}}`:              {"level", "must be null, a text"},
			`{"nickname":"Lissy","teams":["a","A"],"level":[]}`: {"teams[1]", "must not be there twice"},
		} {
			answer := putUserInfo(t, n, token, "application/json", body)
			says, _ := answer.Body["error_description"].(string)
			if answer.Status != http.StatusBadRequest || !slices.Contains(strings.Fields(says), c.name) ||
				!strings.Contains(strings.ToLower(says), c.says) {
				t.Errorf("%s: %d %s", body, answer.Status, answer.Text)
			}
		}
		reading := tokens("openid", "hr")
		refused := putUserInfo(t, n, reading, "application/json", `{"level":7}`)
		if challenge := refused.Header.Get("WWW-Authenticate"); refused.Status != http.StatusForbidden || !strings.Contains(challenge, `scope="profile:write"`) {
			t.Errorf("without profile:write: %d %s", refused.Status, challenge)
		}
		if a := putUserInfo(t, n, tokens("openid", "profile:write"), "application/json", `{"level":7}`); a.Status != http.StatusBadRequest {
			t.Errorf("without a scope that releases it: %d %s", a.Status, a.Text)
		}
		if after := n.UserInfo(t, token).Text; after != before {
			t.Errorf("a refused change changed something:\n%s\n%s", before, after)
		}
		for _, body := range []string{`{"nickname":"Lissy","urn:badge":"A1","level":"7","teams":["x","b"]}`, `{"level":8,"teams":null}`, `{"level":8}`} {
			if a := putUserInfo(t, n, token, "application/json", body); a.Status != http.StatusOK {
				t.Errorf("%s: %s", body, a.Text)
			}
		}
		now := n.UserInfo(t, token).Body
		if diff := cmp.Diff([]any{"Lissy", "A1", 8.0, nil}, []any{now["nickname"], now["urn:badge"], now["level"], now["teams"]}); diff != "" {
			t.Error(diff)
		}
		changed := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'user.profile_updated'")
		if changed != 2 || db.Count(t, "SELECT count(*) FROM audit_events") < events+2 {
			t.Errorf("%d events", changed)
		}
	})
}
