package graph

import (
	"strings"
	"testing"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
)

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
