package tests

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// cachedDocuments are a listing, a detail, the sessions and the dashboard, which depend on different things. %s is a
// user.
func cachedDocuments(user string) map[string]string {
	const fields = "username email version active verified admin locked failedAttempts requiresPasswordChange lastLoginAt activeSessionCount"
	return map[string]string{
		"listing":   `{users(first:4,orderBy:{field:USERNAME}){totalCount{value} nodes{` + fields + `}}}`,
		"detail":    `{user(by:{id:"` + user + `"}){` + fields + `}}`,
		"sessions":  `{sessions(first:2){totalCount{value}}}`,
		"dashboard": `{dashboard(days:1){users{total active inactive admins unverified requiresPasswordChange} activeSessions days{signIns failures}}}`,
	}
}

// TestEveryWriteIsSeenThroughTheCache asks for a listing, a detail and the dashboard on both nodes, so that both keep
// the answer, writes on the first, and compares with a third node that keeps nothing: the first is right at once, the
// second as soon as it hears, or without Redis after two seconds.
func TestEveryWriteIsSeenThroughTheCache(t *testing.T) {
	t.Parallel()
	redis := os.Getenv("AUTHLY_TEST_REDIS_URL")
	if redis == "" {
		t.Fatal("run the tests with make test: AUTHLY_TEST_REDIS_URL is not set")
	}
	for name, env := range map[string][]harness.Option{"with Redis": {harness.Env("AUTHLY_REDIS_URL", redis)}, "without Redis": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, shared := harness.Postgres(t), len(env) > 0
			metrics := harness.FreeAddress(t)
			env := append([]harness.Option{harness.Env("AUTHLY_ACCESS_TOKEN_TTL", "2h")}, env...)
			first := administer(t, db, env...)
			beside := func(more ...harness.Option) *harness.Node {
				more = append(more, harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))
				return harness.Start(t, db, append(more, env...)...)
			}
			second, truth := beside(harness.Env("AUTHLY_METRICS_ADDR", metrics)), beside(harness.Env("AUTHLY_CACHE", "false"))
			for _, write := range cachedWrites() {
				subject := first.added(t, "aa-subject", nil)
				_, k := first.signIn(t, "aa-subject", harness.BobPassword)
				first.Clock.Advance(time.Minute) // points, and nothing is kept from before
				ask := func(n *harness.Node) object {
					t.Helper()
					all := object{}
					for name, document := range cachedDocuments(subject) {
						answer := n.GraphQL(t, first.token, document, nil)
						data, ok := answer.Body["data"].(object)
						if !ok || answer.Body["errors"] != nil {
							t.Fatalf("%s, %s: %s", write.name, name, answer.Text)
						}
						all[name] = data
					}
					return all
				}
				before := ask(first.Node)
				ask(second)
				live(t, second, oauth(k))
				write.do(t, first, subject)
				want := ask(truth)
				if cmp.Equal(before, want) {
					t.Errorf("%s changes nothing that is shown", write.name)
				}
				if diff := cmp.Diff(want, ask(first.Node)); diff != "" {
					t.Errorf("%s: on the node of the write: %s", write.name, diff)
				}
				if !shared {
					first.Clock.Advance(staleness)
				}
				deadline := time.Now().Add(staleness)
				for diff := "?"; diff != ""; {
					if diff = cmp.Diff(want, ask(second)); diff != "" && (!shared || time.Now().After(deadline)) {
						t.Errorf("%s: on the other node: %s", write.name, diff)
						break
					}
				}
				if write.ends {
					if answer := second.UserInfo(t, k.access); answer.Status != http.StatusUnauthorized {
						t.Errorf("%s: the permission check on the other node: %d", write.name, answer.Status)
					}
				}
				if write.name != "deleteUser" && write.name != "bulkDeleteUsers" {
					first.remove(t, subject)
				}
			}
			for range 2 {
				second.GraphQL(t, first.token, "{users(first:1){nodes{id}}}", nil)
			}
			text := (&harness.Node{URL: "http://" + metrics}).Get(t, "/metrics").Text
			for result, want := range map[string]bool{"hit": true, "miss": true, "redis": shared} {
				if positive(text, `authly_cache_lookups_total{of="answer",result="`+result+`"} `) != want {
					t.Errorf("answers found: %q is not %v", result, want)
				}
			}
		})
	}
}

// cachedWrites are the kinds of write that an administrator's answers can depend on.
func cachedWrites() []cachedWrite {
	mutation := func(field, document string, ends bool) cachedWrite {
		return cachedWrite{field, ends, func(t *testing.T, a administration, id string) {
			t.Helper()
			answer := a.GraphQL(t, a.token, "mutation($id:ID!){done:"+document+"}", object{"id": id})
			if answer.Body["errors"] != nil || len(problems(dig(answer.Body, "data", "done"))) > 0 {
				t.Fatalf("%s: %s", field, answer.Text)
			}
		}}
	}
	ofUser := func(field, more string, ends bool) cachedWrite {
		return mutation(field, field+"(input:{id:$id"+more+"}){userErrors{code}}", ends)
	}
	bulk := func(field, more string, ends bool) cachedWrite {
		return mutation(field, field+"(input:{ids:[$id]"+more+"}){userErrors{code}}", ends)
	}
	signIn := func(t *testing.T, a administration, password string) {
		t.Helper()
		b := harness.NewBrowser(t, a.Node)
		b.Get(a.URL + "/login")
		b.SignIn("aa-subject", password)
	}
	return []cachedWrite{
		{"createUser", false, func(t *testing.T, a administration, _ string) {
			t.Helper()
			a.added(t, fmt.Sprintf("ab-%d", a.Clock.Now().UnixNano()), nil)
		}},
		ofUser("updateUser", `,admin:true`, false), ofUser("updateUser", `,active:false`, true),
		ofUser("setUserVerified", `,verified:true`, false), ofUser("resetUserPassword", "", true),
		ofUser("revokeUserSessions", ",includeOffline:true", true), ofUser("deleteUser", "", true),
		bulk("bulkUpdateUsers", ",verified:true", false), bulk("bulkUpdateUsers", ",active:false", true),
		bulk("bulkResetPasswords", "", true), bulk("bulkRevokeSessions", "", false), bulk("bulkDeleteUsers", "", true),
		{"a sign-in", false, func(t *testing.T, a administration, _ string) { t.Helper(); signIn(t, a, harness.BobPassword) }},
		{"a failed sign-in", false, func(t *testing.T, a administration, _ string) { t.Helper(); signIn(t, a, "wrong") }},
		{"unlockUser", false, func(t *testing.T, a administration, id string) {
			t.Helper()
			signIn(t, a, "wrong")
			ofUser("unlockUser", "", false).do(t, a, id)
		}},
		{"revokeSessions", true, func(t *testing.T, a administration, id string) {
			t.Helper()
			mutation("revokeSessions", `revokeSessions(input:{by:{userId:$id}}){userErrors{code}}`, false).do(t, a, id)
			mutation("revokeUserSessions", `revokeUserSessions(input:{id:$id,includeOffline:true}){userErrors{code}}`, false).do(t, a, id)
		}},
		{"apply", false, func(t *testing.T, a administration, _ string) {
			t.Helper()
			name := fmt.Sprintf("ac-%d", a.Clock.Now().UnixNano())
			a.Apply(t, admin.Desired{Users: []admin.DesiredUser{{NewUser: admin.NewUser{
				Username: name, Email: name + "@example.org", Password: harness.BobPassword,
			}}}})
		}},
	}
}

type cachedWrite struct {
	name string
	ends bool // the user's access tokens
	do   func(t *testing.T, a administration, id string)
}

// TestAPermissionIsDecidedAfterTheCache: an answer is kept for one administrator; who lacks a scope, or is none any
// more, does not get it.
func TestAPermissionIsDecidedAfterTheCache(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		const document = `{user(by:{username:"alice"}){username sessions(first:1){nodes{id}}}}`
		a.run(t, document)
		users := consoleToken(t, a.Node, identity.ScopeUsersRead)
		answer := a.GraphQL(t, users, document, nil)
		if dig(answer.Body, "data", "user", "sessions") != nil || answer.Body["errors"] == nil {
			t.Errorf("a nested field without its scope: %s", answer.Text)
		}
		none := consoleToken(t, a.Node, identity.ScopeAuditRead)
		if answer := a.GraphQL(t, none, document, nil); answer.Status != http.StatusForbidden {
			t.Errorf("without the scope: %d %s", answer.Status, answer.Text)
		}
		carol := a.added(t, "carol", object{"admin": true})
		token := harness.NewParty(t, a.Node, "console", every()...).Tokens(harness.NewBrowser(t, a.Node), "carol", harness.BobPassword).AccessToken
		if answer := a.GraphQL(t, token, document, nil); dig(answer.Body, "data", "user", "username") != "alice" {
			t.Fatal(answer.Text)
		}
		a.update(t, carol, `"admin":false`)
		if answer := a.GraphQL(t, token, document, nil); answer.Status != http.StatusUnauthorized {
			t.Errorf("of somebody who was demoted: %d %s", answer.Status, answer.Text)
		}
	})
}
