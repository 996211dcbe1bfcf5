package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// TestEveryChangeIsAudited: ≠ the origin wrote log lines only. Each mutation writes its events, with who, through what
// and from where.
func TestEveryChangeIsAudited(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		id := a.added(t, "bob", nil)
		self, _ := dig(a.run(t, "{me{id}}"), "me", "id").(string)
		client, _ := dig(a.run(t, `{client(by:{clientId:"web"}){id}}`), "client", "id").(string)
		signIn := func() { a.signIn(t, "bob", harness.BobPassword) }
		for _, c := range []struct {
			before   func()
			document string
			actions  string // of the events that the request writes, oldest first
		}{
			{nil, `updateUser(input:{id:$id,nickname:"B"}){userErrors{code}}`, "user.updated"},
			{nil, `updateUser(input:{id:$id,nickname:"B"}){userErrors{code}}`, ""},
			{nil, `setUserVerified(input:{id:$id,verified:true}){userErrors{code}}`, "user.updated"},
			{signIn, `revokeUserGrant(input:{userId:$id,by:{client:"` + client + `"}}){userErrors{code}}`, "grant.ended"},
			{signIn, `revokeUserSessions(input:{id:$id}){userErrors{code}}`, "session.ended"},
			{signIn, `revokeSessions(input:{by:{client:"` + client + `"}}){userErrors{code}}`, "session.ended"},
			{signIn, `bulkRevokeSessions(input:{ids:[$id]}){userErrors{code}}`, "session.ended"},
			{nil, `bulkUpdateUsers(input:{ids:[$id],verified:false}){userErrors{code}}`, "user.updated"},
			{nil, `bulkUpdateUsers(input:{ids:[$id],verified:true,dryRun:true}){userErrors{code}}`, ""},
			{nil, `rotateClientSecret(input:{id:"` + client + `",graceSeconds:600}){userErrors{code}}`, "client.updated"},
			{signInWith(a, t, "bob"), `resetUserPassword(input:{id:$id}){userErrors{code}}`, "user.password_reset session.ended"},
			{nil, `bulkResetPasswords(input:{ids:[$id]}){userErrors{code}}`, "user.password_reset"},
			{nil, `deleteUser(input:{id:$id}){userErrors{code}}`, "user.deleted"},
		} {
			if c.before != nil {
				c.before()
			}
			declared := ""
			if strings.Contains(c.document, "$id") {
				declared = "($id:ID!)"
			}
			answer := a.try(t, "mutation"+declared+"{"+c.document+"}", "id", id)
			if answer.Status != http.StatusOK || strings.Contains(answer.Text, `"code"`) {
				t.Fatalf("%s: %d %s", c.document, answer.Status, answer.Text)
			}
			data := a.run(t, `query($r:String){auditEvents(filter:{requestId:$r},orderBy:{field:OCCURRED_AT,direction:ASC}){nodes{action actorKind actorId actorName ip client{clientId}
				outcome}}}`, "r", answer.Header.Get("X-Request-ID"))
			var actions []string
			for _, event := range dig(data, "auditEvents", "nodes").([]any) {
				actions = append(actions, dig(event, "action").(string))
				if dig(event, "actorId") != self || dig(event, "actorName") != "admin" || dig(event, "actorKind") != "USER" ||
					dig(event, "ip") != "127.0.0.1" || dig(event, "client", "clientId") != "console" || dig(event, "outcome") != "SUCCESS" {
					t.Errorf("%s: %v", c.document, event)
				}
			}
			if got := strings.Join(actions, " "); got != c.actions {
				t.Errorf("%s: %q, want %q", c.document, got, c.actions)
			}
		}
		data := a.run(t, `query($id:ID!){auditEvents(first:100,filter:{targetId:$id}){nodes{action targetName} totalCount{value}}}`, "id", id)
		if n, _ := dig(data, "auditEvents", "totalCount", "value").(float64); n < 8 || dig(data, "auditEvents", "nodes", 0, "targetName") != "bob" {
			t.Errorf("the events of a deleted user stay: %v", data)
		}
		a.refuses(t, identity.ScopeAuditRead, "{auditEvents{nodes{id}}}")
	})
}

func signInWith(a administration, t *testing.T, username string) func() {
	t.Helper()
	return func() {
		b := harness.NewBrowser(t, a.Node)
		b.Get(a.URL + "/login")
		b.SignIn(username, harness.BobPassword)
	}
}

// TestAuditTellsOfSecurityEvents: what happens at the protocol's surfaces is in the trail too.
func TestAuditTellsOfSecurityEvents(t *testing.T) {
	t.Parallel()
	a := administer(t, harness.SQLite(t))
	b := harness.NewBrowser(t, a.Node)
	b.Get(a.URL + "/login")
	b.SignIn("alice", "a wrong password")
	_, k := a.signIn(t, "alice", harness.AlicePassword)
	refresh(t, a.Node, "web", k.refresh)
	a.Revoke(t, "web", k.refresh)
	data := a.run(t, `{failed:auditEvents(filter:{actions:["session.start_failed"],outcome:FAILURE}){nodes{actorKind targetName reason ip}}
		started:auditEvents(filter:{actions:["session.started"]}){nodes{actorName}}
		revoked:auditEvents(filter:{actions:["grant.ended"]}){nodes{client{clientId}}}}`)
	if dig(data, "failed", "nodes", 0, "ip") != "127.0.0.1" || dig(data, "failed", "nodes", 1) != nil {
		t.Error(data)
	}
	if dig(data, "started", "nodes", 0) == nil || dig(data, "revoked", "nodes", 0, "client", "clientId") != "web" {
		t.Error(data)
	}
	if strings.Contains(a.Database.Dump(t), "a wrong password") {
		t.Error("a password that was tried is kept")
	}
}
