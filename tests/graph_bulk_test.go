package tests

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

const bulkFields = "{changed unchanged refused results{id changed temporaryPassword userErrors{code path}} userErrors{code path}}"

// TestBulkOperations: ≠ the origin planned them and had none.
func TestBulkOperations(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		var users []admin.DesiredUser
		for i := range 1000 {
			users = append(users, admin.DesiredUser{NewUser: admin.NewUser{
				Username: fmt.Sprintf("user%03d", i), Email: fmt.Sprintf("user%03d@example.org", i), Password: harness.BobPassword,
			}})
		}
		a.Apply(t, admin.Desired{Users: users})
		var ids []string
		after := any(nil)
		for range 10 {
			data := a.run(t, `query($after:String){users(first:100,after:$after,filter:{username:{startsWith:"user"}},orderBy:{field:USERNAME}){
				nodes{id} pageInfo{endCursor}}}`, "after", after)["users"]
			for _, node := range dig(data, "nodes").([]any) {
				ids = append(ids, dig(node, "id").(string))
			}
			after = dig(data, "pageInfo", "endCursor")
		}
		self, _ := dig(a.run(t, "{me{id}}"), "me", "id").(string)
		k := tokensOf(a.signIn(t, "user003", harness.BobPassword))
		summary := func(name string, payload any, changed, unchanged, refused float64) {
			t.Helper()
			if dig(payload, "changed") != changed || dig(payload, "unchanged") != unchanged || dig(payload, "refused") != refused ||
				len(dig(payload, "results").([]any)) != int(changed+unchanged+refused) {
				t.Errorf("%s: %.300v", name, payload)
			}
		}
		const update = `mutation($ids:[ID!]!,$dry:Boolean!){bulkUpdateUsers(input:{ids:$ids,active:false,dryRun:$dry})` + bulkFields + `}`
		for _, dry := range []bool{true, false} {
			payload := a.run(t, update, "ids", ids, "dry", dry)["bulkUpdateUsers"]
			summary("deactivate", payload, 1000, 0, 0)
			want := map[bool]float64{true: 1000, false: 0}[dry]
			data := a.run(t, `{users(filter:{active:true,username:{startsWith:"user"}}){totalCount{value}}}`)
			if dig(data, "users", "totalCount", "value") != want {
				t.Errorf("dry run %v: %v", dry, data)
			}
		}
		k.refusedAt(t, a.Node)
		summary("deactivate again", a.run(t, update, "ids", ids, "dry", false)["bulkUpdateUsers"], 0, 1000, 0)
		mixed := []string{self, "x", ids[0], "usr_019d3751-c1ab-7000-8000-000000000000"}
		payload := a.run(t, update, "ids", mixed, "dry", false)["bulkUpdateUsers"]
		summary("a mixture", payload, 0, 1, 3)
		for i, want := range []string{"SELF_ADMIN_REVOKE_DENIED", "USER_NOT_FOUND ids", "", "USER_NOT_FOUND ids"} {
			if got := problems(dig(payload, "results", i)); got != want {
				t.Errorf("%s: %q, want %q", mixed[i], got, want)
			}
		}
		payload = a.run(t, `mutation($ids:[ID!]!){bulkResetPasswords(input:{ids:$ids})`+bulkFields+`}`, "ids", ids[:20])["bulkResetPasswords"]
		summary("reset", payload, 20, 0, 0)
		if password, _ := dig(payload, "results", 7, "temporaryPassword").(string); !fourClasses(password) {
			t.Error(payload)
		}
		payload = a.run(t, `mutation($ids:[ID!]!){bulkRevokeSessions(input:{ids:$ids})`+bulkFields+`}`, "ids", append([]string{self}, ids[:20]...))["bulkRevokeSessions"]
		summary("revoke", payload, 1, 20, 0)
		a.token = consoleToken(t, a.Node, every()...) // that ended the administrator's own session
		payload = a.run(t, `mutation($ids:[ID!]!){bulkDeleteUsers(input:{ids:$ids,pseudonymise:true})`+bulkFields+`}`, "ids", append([]string{self}, ids[:150]...))["bulkDeleteUsers"]
		summary("delete", payload, 150, 0, 1)
		data := a.run(t, `{users{totalCount{value}} auditEvents(filter:{actions:["user.deleted"]}){totalCount{value} nodes{targetName}}}`)
		if dig(data, "users", "totalCount", "value") != 852.0 || dig(data, "auditEvents", "totalCount", "value") != 150.0 ||
			dig(data, "auditEvents", "nodes", 0, "targetName") == "user149" {
			t.Error(data)
		}
		answer := a.try(t, update, "ids", append(ids, self), "dry", true)
		if answer.Status != http.StatusBadRequest {
			t.Errorf("1001 users: %d %.300s", answer.Status, answer.Text)
		}
		a.refuses(t, identity.ScopeUsersWrite, update, "ids", ids[:2], "dry", true)
	})
}

// TestOneAdministratorIsLeft: 50 removals at once, of every kind, that together would take away both administrators.
func TestOneAdministratorIsLeft(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		nodes[0].Apply(t, admin.Desired{Clients: []admin.NewClient{robot()}})
		token := nodes[0].Token(t, "robot", "grant_type", "client_credentials", "scope",
			identity.JoinScope([]string{identity.ScopeUsersWrite, identity.ScopeAdminsWrite, identity.ScopeUsersRead})).
			String("access_token")
		a := administration{Node: nodes[0], token: token}
		second := a.added(t, "second", object{"admin": true})
		first := "usr_" + a.User(t, "admin").ID.String()
		var all sync.WaitGroup
		for i := range 50 {
			id := []string{first, second}[i%2]
			document := []string{
				`mutation($id:ID!){updateUser(input:{id:$id,admin:false}){userErrors{code}}}`,
				`mutation($id:ID!){updateUser(input:{id:$id,active:false}){userErrors{code}}}`,
				`mutation($id:ID!){deleteUser(input:{id:$id}){userErrors{code}}}`,
				`mutation($id:ID!){bulkUpdateUsers(input:{ids:[$id],admin:false}){results{userErrors{code}}}}`,
				`mutation($id:ID!){bulkDeleteUsers(input:{ids:[$id]}){results{userErrors{code}}}}`,
			}[i/2%5]
			all.Go(func() {
				if answer := nodes[i%len(nodes)].GraphQL(t, token, document, object{"id": id}); answer.Status != http.StatusOK {
					t.Errorf("%d %s", answer.Status, answer.Text)
				}
			})
		}
		all.Wait()
		if data := a.run(t, "{users(filter:{admin:true,active:true}){totalCount{value}}}"); dig(data, "users", "totalCount", "value") != 1.0 {
			t.Error(data)
		}
	})
}

// robot is a service administrator, who is nobody's self.
func robot() admin.NewClient {
	c := harness.ServiceClient("robot", identity.JoinScope(every()))
	c.Policy.ServiceAdmin = true
	return c
}
