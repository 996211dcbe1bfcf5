package graph

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// helper adds a user who administers by a role.
func (a *api) helper(tb testing.TB, name string, rights identity.AdminRights) identity.User {
	tb.Helper()
	system := identity.WithActor(tb.Context(), identity.SystemActor("test"))
	u := a.user(tb, admin.NewUser{Username: name, Email: name + "@id.example"})
	r, err := a.services.Roles.Create(system, admin.NewRole{Name: "role of " + name, Admin: rights})
	check(tb, err)
	a.assign(tb, model.KindRole.ID(r.ID), []identity.User{u})
	return u
}

// TestARoleCarriesScopesOfAdministration: from its making to what its holder can do with it, and until it is changed.
func TestARoleCarriesScopesOfAdministration(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		root := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		carl := a.user(t, admin.NewUser{Username: "carl", Email: "carl@id.example"})
		bobID, carlID := model.KindUser.ID(bob.ID), model.KindUser.ID(carl.ID)
		const create = `mutation($s:[String!]!){createRole(input:{name:"desk",adminScopes:$s}){role{id adminScopes} userErrors{code path}}}`
		for _, bad := range [][]string{{"admin:admins:write"}, {"openid"}, {"admin:users:read", "admin:users:read"}} {
			got := a.query(t, root, create, map[string]any{"s": bad})
			if problemsOf(got, "createRole") != "VALIDATION_FAILED[input adminScopes]" {
				t.Error(got.body)
			}
		}
		got := a.query(t, root, create, map[string]any{"s": []string{"admin:users:unlock", "admin:users:reset"}})
		role, _ := got.at("createRole", "role", "id").(string)
		if !strings.Contains(got.body, `"adminScopes":["admin:users:unlock","admin:users:reset"]`) {
			t.Fatal(got.body)
		}
		const assign = `mutation($r:ID!,$u:[ID!]!){assignRole(input:{roleId:$r,userIds:$u}){changed userErrors{code path}}}`
		if got := a.query(t, root, assign, map[string]any{"r": role, "u": []string{bobID}}); got.at("assignRole", "changed") != 1.0 {
			t.Fatal(got.body)
		}
		desk := a.token(t, bob, everything()...)
		unlock := `mutation{unlockUser(input:{id:"` + carlID + `"}){user{email} userErrors{code}}}`
		reset := `mutation{resetUserPassword(input:{id:"` + carlID + `"}){temporaryPassword user{email} userErrors{code}}}`
		for _, document := range []string{unlock, reset} {
			if got := a.query(t, desk, document, nil); len(got.Errors) > 0 || !strings.Contains(got.body, `"user":null`) {
				t.Error(got.body)
			}
		}
		for _, document := range []string{
			`{users{nodes{id}}}`, `mutation{updateUser(input:{id:"` + carlID + `",active:false}){userErrors{code}}}`, `{clients{nodes{id}}}`,
		} {
			if got := a.query(t, desk, document, nil); !strings.Contains(got.body, "INSUFFICIENT_PRIVILEGES") {
				t.Error(got.body)
			}
		}
		const effective = `query($r:ID!){user(by:{username:"bob"}){effectiveRoles{name adminScopes}} node(id:$r){...on Role{adminScopes}}}`
		shown := a.query(t, root, effective, map[string]any{"r": role})
		if strings.Count(shown.body, `"adminScopes":["admin:users:unlock","admin:users:reset"]`) != 2 {
			t.Error(shown.body)
		}
		withdraw := `mutation{updateRole(input:{id:"` + role + `",adminScopes:null}){role{adminScopes} userErrors{code}}}`
		if got := a.query(t, root, withdraw, nil); !strings.Contains(got.body, `"adminScopes":[]`) {
			t.Error(got.body)
		}
		if got := a.query(t, desk, unlock, nil); !strings.Contains(got.body, "INSUFFICIENT_PRIVILEGES") {
			t.Error(got.body)
		}
	})
}

// openToLimited are the root fields that a scope which is limited to groups opens. Whoever adds one says so here.
var openToLimited = []string{
	"Mutation.bulkResetPasswords", "Mutation.bulkRevokeSessions", "Mutation.bulkUpdateUsers", "Mutation.createRecoveryLink",
	"Mutation.forgetBrowsers", "Mutation.removePasskey", "Mutation.removeRecoveryCodes", "Mutation.removeSecurityKey", "Mutation.removeTotp",
	"Mutation.resetUserPassword", "Mutation.revokeUserSessions", "Mutation.sendVerificationEmail", "Mutation.setMfaRequired", "Mutation.setUserVerified",
	"Mutation.unlinkIdentity", "Mutation.unlockUser", "Mutation.updateUser", "Query.me", "Query.node", "Query.nodes", "Query.user", "Query.users",
}

// TestEveryRootFieldIsClosedToWhoIsLimited: a token with every scope that can be limited, limited, at every root field of the
// schema; a field that is new is closed.
func TestEveryRootFieldIsClosedToWhoIsLimited(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	group := a.groupWith(t, "branch")
	rights := identity.AdminRights{Scopes: identity.LimitedScopes(), GroupIDs: []uuid.UUID{*group}}
	desk := a.token(t, a.helper(t, "desk", rights), everything()...)
	s := a.Handler.(*server)
	accepts := map[string]string{"subscription": "text/event-stream", "query": "application/json", "mutation": "application/json"}
	var open []string
	for _, root := range []struct {
		operation string
		*ast.Definition
	}{{"query", s.schema.Query}, {"mutation", s.schema.Mutation}, {"subscription", s.schema.Subscription}} {
		for _, field := range root.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			// Rights are looked at before the rest of a document is: what stands after the name may be wrong.
			body := `{"query":"` + root.operation + `{` + field.Name + `}"}`
			got := a.send(t.Context(), desk, body, "Accept", accepts[root.operation])
			if !strings.Contains(got.Body.String(), "INSUFFICIENT_PRIVILEGES") {
				open = append(open, root.Name+"."+field.Name)
			}
		}
	}
	slices.Sort(open)
	if diff := cmp.Diff(openToLimited, open); diff != "" {
		t.Error(diff)
	}
}

// TestWhatAHelpDeskSeesAndDoes: what is open to it shows the users of its group, and of nobody else anything.
func TestWhatAHelpDeskSeesAndDoes(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		inside := a.user(t, admin.NewUser{Username: "inside", Email: "inside@id.example"})
		outside := a.user(t, admin.NewUser{Username: "outside", Email: "outside@id.example"})
		group := a.groupWith(t, "branch", inside, a.admin)
		rights := identity.AdminRights{Scopes: identity.LimitedScopes(), GroupIDs: []uuid.UUID{*group}}
		helper := a.helper(t, "desk", rights)
		desk, root := a.token(t, helper, everything()...), a.token(t, a.admin, everything()...)
		sessions := map[string]string{}
		for name, u := range map[string]identity.User{"inside": inside, "outside": outside, "root": a.admin} {
			sessions[name] = model.KindSession.ID(a.session(t, u, false).ID)
			a.allow(t, u, a.client)
		}
		const all = `username email activeSessionCount sessions(first:5){nodes{id user{username}} totalCount{value}} grants{id} consents{id}
			auditEvents(first:5){nodes{action} totalCount{value}}`
		shown := a.query(t, desk, `{users(first:10){nodes{`+all+`} totalCount{value}} me{username}}`, nil)
		if len(shown.Errors) > 0 || !strings.Contains(shown.body, sessions["inside"]) || strings.Contains(shown.body, "outside") ||
			strings.Contains(shown.body, `"root"`) || shown.at("users", "totalCount", "value") != 1.0 {
			t.Error(shown.body)
		}
		for name, u := range map[string]identity.User{"outside": outside, "root": a.admin, "nobody": {ID: uuid.New(), Username: "nobody"}} {
			id := model.KindUser.ID(u.ID)
			session := sessions[name]
			if session == "" {
				session = model.KindSession.ID(uuid.New())
			}
			got := a.query(t, desk, `query($i:ID!,$s:ID!,$n:String!){user(by:{username:$n}){email} byId:user(by:{id:$i}){email}
				node(id:$i){id} nodes(ids:[$i,$s]){id} users(search:$n){nodes{email} totalCount{value}}}`,
				map[string]any{"i": id, "s": session, "n": u.Username})
			const nothing = `{"user":null,"byId":null,"node":null,"nodes":[null,null],"users":{"nodes":[],"totalCount":{"value":0}}}`
			if len(got.Errors) > 0 || !strings.Contains(got.body, nothing) {
				t.Errorf("%s: %s", name, got.body)
			}
			for _, document := range []string{
				`unlockUser(input:{id:$i}){user{email} userErrors{code}}`,
				`removeTotp(input:{id:$i}){user{email} userErrors{code}}`,
				`removePasskey(input:{id:$i,passkeyId:"` + model.KindPasskey.ID(uuid.New()) + `"}){user{email} userErrors{code}}`,
				`removeSecurityKey(input:{id:$i,securityKeyId:"` + model.KindKey.ID(uuid.New()) + `"}){user{email} userErrors{code}}`,
				`unlinkIdentity(input:{id:$i,linkedIdentityId:"` + model.KindLinked.ID(uuid.New()) + `"}){user{email} userErrors{code}}`,
				`resetUserPassword(input:{id:$i}){temporaryPassword user{email} userErrors{code}}`,
				`updateUser(input:{id:$i,expectedVersion:77,nickname:"x"}){user{email} userErrors{code}}`,
				`setUserVerified(input:{id:$i,verified:true}){user{email} userErrors{code}}`,
				`revokeUserSessions(input:{id:$i}){user{email} userErrors{code}}`,
				`bulkUpdateUsers(input:{ids:[$i],active:false}){changed results{userErrors{code}}}`,
				`bulkResetPasswords(input:{ids:[$i]}){changed results{temporaryPassword userErrors{code}}}`,
				`bulkRevokeSessions(input:{ids:[$i]}){changed results{userErrors{code}}}`,
			} {
				got := a.query(t, desk, `mutation($i:ID!){`+document+`}`, map[string]any{"i": id})
				if len(got.Errors) > 0 || !strings.Contains(got.body, `"USER_NOT_FOUND"`) || strings.Contains(got.body, "@id.example") {
					t.Errorf("%s of %s: %s", document, name, got.body)
				}
			}
		}
		reset := `mutation{resetUserPassword(input:{id:"` + model.KindUser.ID(inside.ID) + `"}){user{username} userErrors{code}}}`
		if got := a.query(t, desk, reset, nil); !strings.Contains(got.body, `"username":"inside"`) {
			t.Error(got.body)
		}
		limited := a.query(t, root, `{user(by:{username:"desk"}){effectiveRoles{adminGroups{name}}}}`, nil)
		if !strings.Contains(limited.body, `"adminGroups":[{"name":"branch"}]`) {
			t.Error(limited.body)
		}
	})
}
