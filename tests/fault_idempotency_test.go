package tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// killable is a server process that a service administers, with many users.
func killable(t *testing.T, db harness.Database, users int) (*harness.Process, func() string) {
	t.Helper()
	env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "SECRET": harness.ClientSecret}
	declaration := `clients: [{client_id: robot, client_secret: "env:SECRET", grant_types: [client_credentials], response_types: [], service_admin: true,
		scope: "admin:users:read admin:users:write admin:audit:read"}]`
	for _, args := range [][]string{{"migrate", "up"}, {"apply", "-f", "-"}, {"seed", "--users", fmt.Sprint(users), "--sessions", "1"}} {
		if code, _, errs := harness.Command(t, env, declaration, args...); code != 0 {
			t.Fatal(errs)
		}
	}
	server := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": db.URL})
	server.Start(t)
	return server, func() string {
		answer := server.Node().Token(t, "robot", "grant_type", "client_credentials",
			"scope", identity.ScopeUsersRead+" "+identity.ScopeUsersWrite+" "+identity.ScopeAuditRead)
		return answer.String("access_token")
	}
}

// fire sends a mutation with a key whose answer may never come, and tells when it has or has not.
func fire(t *testing.T, server *harness.Process, token, key, document string, variables object) (over chan struct{}) {
	t.Helper()
	body, err := json.Marshal(object{"query": document, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Content-Type": "application/json", "Authorization": "Bearer " + token, "Idempotency-Key": key} {
		request.Header.Set(name, value)
	}
	over = make(chan struct{})
	go func() {
		defer close(over)
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
		}
	}()
	return over
}

// counted asks how many events of an action there are.
func counted(t *testing.T, server *harness.Process, token, action string) float64 {
	t.Helper()
	answer := server.Node().GraphQL(t, token, `query($a:[String!]){auditEvents(first:1,filter:{actions:$a}){totalCount{value}}}`,
		object{"a": []string{action}})
	n, ok := dig(answer.Body, "data", "auditEvents", "totalCount", "value").(float64)
	if !ok {
		t.Fatal(answer.Text)
	}
	return n
}

// TestABulkCallSurvivesAKilledProcess: the server is stopped with SIGKILL when some of a bulk deletion is done. The
// same call with the same key does the rest, tells of all, and no user is deleted twice.
func TestABulkCallSurvivesAKilledProcess(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		const users = 1000
		server, signIn := killable(t, db, users)
		token := signIn()
		var ids []string
		for after := any(nil); len(ids) < users; {
			answer := server.Node().GraphQL(t, token, `query($after:String){users(first:100,after:$after,filter:{admin:false}){nodes{id} pageInfo{endCursor}}}`,
				object{"after": after})
			nodes, _ := dig(answer.Body, "data", "users", "nodes").([]any)
			if len(nodes) == 0 {
				t.Fatalf("%d users: %.300s", len(ids), answer.Text)
			}
			for _, node := range nodes {
				ids = append(ids, dig(node, "id").(string))
			}
			after = dig(answer.Body, "data", "users", "pageInfo", "endCursor")
		}
		ids = ids[:users]
		const remove = `mutation($ids:[ID!]!){bulkDeleteUsers(input:{ids:$ids,pseudonymise:true})` + bulkFields + `}`
		over := fire(t, server, token, "remove-all", remove, object{"ids": ids})
		gone := func() bool { // costs one point
			answer := server.Node().GraphQL(t, token, "query($id:ID!){user(by:{id:$id}){id}}", object{"id": ids[0]})
			return answer.Body["errors"] == nil && dig(answer.Body, "data", "user") == nil
		}
		if !eventually(gone) {
			t.Fatal("nothing is deleted")
		}
		server.Kill()
		<-over
		server.Start(t)
		token = signIn()
		before := counted(t, server, token, "user.deleted")
		t.Logf("%v of %d were deleted when the server was killed", before, users)
		for range 2 {
			answer := server.Node().GraphQL(t, token, remove, object{"ids": ids}, "Idempotency-Key", "remove-all")
			payload := dig(answer.Body, "data", "bulkDeleteUsers")
			if dig(payload, "changed") != float64(users) || dig(payload, "refused") != 0.0 || dig(answer.Body, "extensions", "idempotentReplay") != true {
				t.Errorf("%.600s", answer.Text)
			}
			if n := counted(t, server, token, "user.deleted"); n != users {
				t.Errorf("%v deletions of %d users", n, users)
			}
		}
	})
}

// TestAnIdempotentMutationSurvivesAKilledProcess kills the server while it makes users, each time at another moment:
// the same call with the same key returns the one user there is.
func TestAnIdempotentMutationSurvivesAKilledProcess(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		server, signIn := killable(t, db, 1)
		const create = `mutation($name:String!,$email:EmailAddress!){createUser(input:{username:$name,email:$email,password:{generateTemporary:true}}){
			user{id} userErrors{code}}}`
		const rounds = 6
		token := signIn()
		for i := range rounds {
			variables := object{"name": fmt.Sprintf("made%d", i), "email": fmt.Sprintf("made%d@example.org", i)}
			key := fmt.Sprintf("make-%d", i)
			created := counted(t, server, token, "user.created")
			over := fire(t, server, token, key, create, variables)
			if i == 0 {
				<-over // the answer was lost, say
			}
			for range i * i { // some other requests: the call gets further each time
				counted(t, server, token, "user.created")
			}
			server.Kill()
			<-over
			server.Start(t)
			token = signIn()
			var first any
			for range 2 {
				answer := server.Node().GraphQL(t, token, create, variables, "Idempotency-Key", key)
				id := dig(answer.Body, "data", "createUser", "user", "id")
				if id == nil || first != nil && first != id {
					t.Fatalf("round %d: %s", i, answer.Text)
				}
				first = id
			}
			if n := counted(t, server, token, "user.created") - created; n != 1 {
				t.Errorf("round %d: %v users", i, n)
			}
		}
	})
}
