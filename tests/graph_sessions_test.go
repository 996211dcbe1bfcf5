package tests

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

func TestAdminReadsAndRevokesSessions(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		id := a.added(t, "bob", nil)
		const list = `query($id:ID!,$active:Boolean,$first:Int){user(by:{id:$id}){sessions(filter:{active:$active},first:$first){totalCount{value}
			pageInfo{hasNextPage} nodes{id createdAt lastActiveAt expiresAt active ip userAgent device{kind} amr authTime endedAt endReason
			user{username} clients{client{clientId} scopes offline active}}}}}`
		sessions := func(active bool, first int) any {
			t.Helper()
			only := any(nil)
			if active {
				only = true
			}
			return dig(a.run(t, list, "id", id, "active", only, "first", first), "user", "sessions")
		}
		if got := sessions(true, 5); dig(got, "totalCount", "value") != 0.0 || dig(got, "nodes", 0) != nil {
			t.Errorf("none yet: %v", got)
		}
		var kept []tokens
		for range 6 {
			kept = append(kept, tokensOf(a.signIn(t, "bob", harness.BobPassword)))
		}
		got := sessions(true, 5)
		if dig(got, "totalCount", "value") != 6.0 || len(dig(got, "nodes").([]any)) != 5 || dig(got, "pageInfo", "hasNextPage") != true {
			t.Errorf("≠ one sign-in is one session, with a limit of five: %v", got)
		}
		session := dig(got, "nodes", 0).(object)
		want := object{ // ≠ the origin had no address, agent or client
			"active": true, "ip": "127.0.0.1", "amr": []any{"pwd"}, "endedAt": nil, "endReason": nil, "user": object{"username": "bob"},
			"device": object{"kind": "desktop"}, "clients": []any{object{
				"client": object{"clientId": "web"}, "scopes": []any{"openid", "profile", "email", "offline_access"}, "offline": true, "active": true,
			}},
		}
		for name, value := range want {
			if diff := cmp.Diff(value, session[name]); diff != "" {
				t.Error(name, diff)
			}
		}
		newest, _ := session["id"].(string)
		const revoke = `mutation($id:ID!){revokeSession(input:{id:$id}){session{active endReason} endedSessions endedGrants userErrors{code path}}}`
		payload := a.run(t, revoke, "id", newest)["revokeSession"]
		if dig(payload, "endedSessions") != 1.0 || dig(payload, "session", "endReason") != "revoked" || dig(payload, "session", "active") != false {
			t.Error(payload)
		}
		for name, id := range map[string]string{
			"a second time": newest, "nobody's": "ses_019d3751-c1ab-7000-8000-000000000000", "a user": id, "no id": "x",
		} {
			if got := problems(a.run(t, revoke, "id", id)["revokeSession"]); got != "SESSION_NOT_FOUND id" {
				t.Errorf("%s: %q", name, got)
			}
		}
		if live, all := dig(sessions(true, 25), "totalCount", "value"), dig(sessions(false, 25), "totalCount", "value"); live != 5.0 || all != 6.0 {
			t.Errorf("%v active of %v", live, all)
		}
		live(t, a.Node, oauth(kept[0]))
		payload = a.run(t, `mutation($id:ID!){revokeUserSessions(input:{id:$id,includeOffline:true}){user{activeSessionCount} endedSessions
			endedGrants userErrors{code}}}`, "id", id)["revokeUserSessions"]
		if dig(payload, "endedSessions") != 5.0 || dig(payload, "endedGrants") != 6.0 || dig(payload, "user", "activeSessionCount") != 0.0 {
			t.Error(payload)
		}
		for _, k := range kept {
			k.refusedAt(t, a.Node) // ≠ the refresh token of a revoked session too
		}
		a.refuses(t, identity.ScopeSessionsWrite, revoke, "id", newest)
		a.refuses(t, identity.ScopeSessionsRead, "{sessions{nodes{id}}}")
	})
}

// TestAdminListsSessionsOfAll: ≠ the origin could list only one user's.
func TestAdminListsSessionsOfAll(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		id := a.added(t, "bob", nil)
		a.signIn(t, "bob", harness.BobPassword)
		a.signIn(t, "alice", harness.AlicePassword)
		_, offline := a.signIn(t, "alice", harness.AlicePassword)
		client, _ := dig(a.run(t, `{client(by:{clientId:"web"}){id}}`), "client", "id").(string)
		for filter, want := range map[string]float64{
			`{}`: 4, `{userId:"` + id + `"}`: 1, `{client:"` + client + `"}`: 3, `{active:false}`: 0,
			`{active:true,client:"` + client + `",userId:"` + id + `"}`: 1,
		} {
			data := a.run(t, "{sessions(filter:"+filter+"){totalCount{value} nodes{id}}}")["sessions"]
			if dig(data, "totalCount", "value") != want || len(dig(data, "nodes").([]any)) != int(want) {
				t.Errorf("%s: want %v, got %v", filter, want, data)
			}
		}
		up := dig(a.run(t, "{sessions(orderBy:{field:CREATED_AT}){nodes{id}}}"), "sessions", "nodes").([]any)
		down := dig(a.run(t, "{sessions(last:4){nodes{id}}}"), "sessions", "nodes").([]any)
		for i := range up {
			if dig(up[i], "id") != dig(down[len(down)-1-i], "id") {
				t.Errorf("%v\n%v", up, down)
			}
		}
		_, active := a.signIn(t, "bob", harness.BobPassword)
		live(t, a.Node, oauth(active))
		latest := dig(a.run(t, "{sessions(orderBy:{field:LAST_ACTIVE_AT,direction:DESC}){nodes{lastActiveAt user{username}}}}"), "sessions", "nodes")
		for i, node := range latest.([]any)[1:] {
			if dig(latest, i, "lastActiveAt").(string) < dig(node, "lastActiveAt").(string) {
				t.Errorf("not by activity: %v", latest)
			}
		}
		payload := a.run(t, `mutation($by:SessionSelection!){revokeSessions(input:{by:$by}){endedSessions endedGrants userErrors{code path}}}`,
			"by", object{"client": client})["revokeSessions"]
		if dig(payload, "endedSessions") != 4.0 || dig(payload, "endedGrants") != 0.0 {
			t.Errorf("grants with offline access outlive the session: %v", payload)
		}
		live(t, a.Node, oauth(offline))
		user := a.User(t, "alice")
		payload = a.run(t, `mutation($u:ID!,$by:UserGrantSelection!){revokeUserGrant(input:{userId:$u,by:$by}){user{grants{id}} endedGrants userErrors{code}}}`,
			"u", "usr_"+user.ID.String(), "by", object{"client": client})["revokeUserGrant"]
		if dig(payload, "endedGrants") != 2.0 || len(dig(payload, "user", "grants").([]any)) != 0 {
			t.Error(payload)
		}
		offline.refusedAt(t, a.Node)
	})
}

// TestANodeHearsOfTheOther: what an administrator ends on one node is refused on the other: at once when they share
// Redis, and in any case within the time for which an answer is kept.
func TestANodeHearsOfTheOther(t *testing.T) {
	t.Parallel()
	redis := os.Getenv("AUTHLY_TEST_REDIS_URL")
	if redis == "" {
		t.Fatal("run the tests with make test: AUTHLY_TEST_REDIS_URL is not set")
	}
	for name, env := range map[string][]harness.Option{"with Redis": {harness.Env("AUTHLY_REDIS_URL", redis)}, "without Redis": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := harness.Postgres(t)
			first := administer(t, db, env...)
			second := administration{token: first.token, Node: harness.Start(t, db, append(env,
				harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))...)}
			for username, end := range map[string]string{
				"reset":       `mutation($id:ID!){end:resetUserPassword(input:{id:$id}){userErrors{code}}}`,
				"deactivated": `mutation($id:ID!){end:updateUser(input:{id:$id,active:false}){userErrors{code}}}`,
				"revoked":     `mutation($id:ID!){end:revokeUserSessions(input:{id:$id,includeOffline:true}){userErrors{code}}}`,
				"deleted":     `mutation($id:ID!){end:deleteUser(input:{id:$id}){userErrors{code}}}`,
				"bulk":        `mutation($id:ID!){end:bulkUpdateUsers(input:{ids:[$id],active:false}){userErrors{code}}}`,
				"bulk-reset":  `mutation($id:ID!){end:bulkResetPasswords(input:{ids:[$id]}){userErrors{code}}}`,
			} {
				id := first.added(t, username, nil)
				_, k := first.signIn(t, username, harness.BobPassword)
				live(t, second.Node, oauth(k)) // and so the second node keeps an answer
				count := func() float64 {
					t.Helper()
					n, _ := dig(second.run(t, "{users(filter:{hasActiveSessions:true}){totalCount{value}}}"), "users", "totalCount", "value").(float64)
					return n
				}
				before := count()
				live(t, second.Node, oauth(k))
				answer := first.GraphQL(t, first.token, end, object{"id": id})
				if answer.Status != http.StatusOK || strings.Contains(answer.Text, `"code"`) {
					t.Fatalf("%s: %d %s", username, answer.Status, answer.Text)
				}
				if info := first.UserInfo(t, k.access); info.Status != http.StatusUnauthorized {
					t.Errorf("%s: on the same node: %d", username, info.Status)
				}
				if env == nil {
					first.Clock.Advance(staleness)
				} else if !eventually(func() bool { return second.UserInfo(t, k.access).Status == http.StatusUnauthorized }) {
					t.Errorf("%s: the second node does not hear of it", username)
				}
				k.refusedAt(t, second.Node)
				if after := count(); after != before-1 {
					t.Errorf("%s: %v users with sessions, before %v", username, after, before)
				}
			}
		})
	}
}
