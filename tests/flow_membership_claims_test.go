package tests

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestGroupsAndRolesAreTold: by scope, in all places, those of the client and of the server; and no longer when they are over.
func TestGroupsAndRolesAreTold(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		full := harness.WebClient("full")
		full.Policy.IDTokenClaims = true
		a.Apply(t, admin.Desired{Clients: []admin.NewClient{full, harness.WebClient("other")}})
		alice := "usr_" + a.Node.User(t, "alice").ID.String()
		id := func(document, field, object string, variables ...any) string {
			id, ok := dig(a.run(t, document, variables...), field, object, "id").(string)
			if !ok {
				t.Fatal(document)
			}
			return id
		}
		const group = `mutation($n:String!,$p:ID){createGroup(input:{name:$n,parentId:$p}){group{id}}}`
		const role = `mutation($n:String!,$c:ID){createRole(input:{name:$n,client:$c}){role{id}}}`
		sales := id(group, "createGroup", "group", "n", "sales")
		emea := id(group, "createGroup", "group", "n", "emea", "p", sales)
		id(group, "createGroup", "group", "n", "asia", "p", sales)
		client := func(name string) string { return "cli_" + a.Client(t, name).ID.String() }
		server := id(role, "createRole", "role", "n", "auditor")
		own := id(role, "createRole", "role", "n", "editor", "c", client("full"))
		others := id(role, "createRole", "role", "n", "owner", "c", client("other"))
		const members = `(input:{groupId:$g,userIds:$u}){changed userErrors{code}}}`
		a.run(t, `mutation($g:ID!,$u:[ID!]!){addGroupMembers`+members, "g", emea, "u", []string{alice})
		const assign = `mutation($r:ID!,$u:[ID!]!,$g:[ID!]!){assignRole(input:{roleId:$r,userIds:$u,groupIds:$g}){changed}}`
		a.run(t, assign, "r", server, "u", []string{alice}, "g", []string{})
		a.run(t, assign, "r", own, "u", []string{}, "g", []string{sales})
		a.run(t, assign, "r", others, "u", []string{alice}, "g", []string{})

		party := harness.NewParty(t, a.Node, "full", "openid", "groups", "roles", "offline_access")
		token := party.Tokens(harness.NewBrowser(t, a.Node), "alice", harness.AlicePassword)
		told := func(place string, body map[string]any, groups, roles any) {
			t.Helper()
			if diff := cmp.Diff([]any{groups, roles}, []any{body["groups"], body["roles"]}); diff != "" {
				t.Errorf("%s: %s", place, diff)
			}
		}
		idToken, _ := token.Extra("id_token").(string)
		groups, roles := []any{"/sales", "/sales/emea"}, []any{"auditor", "editor"}
		told("ID token", harness.JWT(t, idToken, 1), groups, roles)
		told("access token", harness.JWT(t, token.AccessToken, 1), groups, roles)
		told("UserInfo", a.UserInfo(t, token.AccessToken).Body, groups, roles)
		told("introspection", a.Introspect(t, "full", token.AccessToken).Body, groups, roles)
		some := harness.NewParty(t, a.Node, "full", "openid", "roles").Tokens(harness.NewBrowser(t, a.Node), "alice", harness.AlicePassword)
		told("without the scope groups", harness.JWT(t, some.AccessToken, 1), nil, roles)
		told("another client", a.UserInfo(t, harness.NewParty(t, a.Node, "other", "openid", "groups", "roles").
			Tokens(harness.NewBrowser(t, a.Node), "alice", harness.AlicePassword).AccessToken).Body, groups, []any{"auditor", "owner"})

		a.token = consoleToken(t, a.Node, every()...) // the clock runs fast
		a.run(t, `mutation($g:ID!,$u:[ID!]!){removeGroupMembers`+members, "g", emea, "u", []string{alice})
		token = party.Tokens(harness.NewBrowser(t, a.Node), "alice", harness.AlicePassword)
		told("a new access token", harness.JWT(t, token.AccessToken, 1), []any{}, []any{"auditor"})
		told("UserInfo after the removal", a.UserInfo(t, token.AccessToken).Body, []any{}, []any{"auditor"})
		told("introspection after the removal", a.Introspect(t, "full", token.AccessToken).Body, []any{}, []any{"auditor"})

		joinManyGroups(t, a.Node, "alice")
		refreshed := a.Refresh(t, "full", token.RefreshToken)
		access, _ := refreshed.Body["access_token"].(string)
		claims := harness.JWT(t, access, 1)
		if told("too many groups", claims, nil, []any{"auditor"}); claims["membership_overage"] != true {
			t.Errorf("no mark: %v", claims)
		}
		whole := a.UserInfo(t, access).Body
		if list, _ := whole["groups"].([]any); len(list) != 201 || whole["membership_overage"] != nil {
			t.Errorf("UserInfo has %d groups", len(list))
		}
	})
}

// TestAClientIsToldOfGroupsAndRolesInItsOwnWay: the same in all four places, and the names of before are not there.
func TestAClientIsToldOfGroupsAndRolesInItsOwnWay(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		own := harness.WebClient("own")
		own.Policy.IDTokenClaims, own.Policy.OwnRolesOnly = true, true
		own.Policy.GroupsClaim, own.Policy.GroupsPrefix = "https://own.example/groups", "oidc:"
		own.Policy.RolesClaim, own.Policy.RolesPrefix = "authorities", "ROLE_"
		a.Apply(t, admin.Desired{Clients: []admin.NewClient{own}})
		alice, client := a.Node.User(t, "alice").ID, a.Client(t, "own").ID
		group, err := a.Node.Server.Admin.Groups.Create(harness.System(t), admin.NewGroup{Name: "sales"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Node.Server.Admin.Groups.AddMembers(harness.System(t), group.ID, []uuid.UUID{alice}); err != nil {
			t.Fatal(err)
		}
		for name, owner := range map[string]*uuid.UUID{"auditor": nil, "editor": &client} {
			role, err := a.Node.Server.Admin.Roles.Create(harness.System(t), admin.NewRole{Name: name, ClientID: owner})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.Node.Server.Admin.Roles.Assign(harness.System(t), role.ID, admin.RoleSubjects{UserIDs: []uuid.UUID{alice}}); err != nil {
				t.Fatal(err)
			}
		}
		token := harness.NewParty(t, a.Node, "own", "openid", "groups", "roles").
			Tokens(harness.NewBrowser(t, a.Node), "alice", harness.AlicePassword)
		idToken, _ := token.Extra("id_token").(string)
		for place, body := range map[string]map[string]any{
			"ID token": harness.JWT(t, idToken, 1), "access token": harness.JWT(t, token.AccessToken, 1),
			"UserInfo": a.UserInfo(t, token.AccessToken).Body, "introspection": a.Introspect(t, "own", token.AccessToken).Body,
		} {
			got := []any{body["https://own.example/groups"], body["authorities"], body["groups"], body["roles"], body["sub"]}
			want := []any{[]any{"oidc:/sales"}, []any{"ROLE_editor"}, nil, nil, alice.String()}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", place, diff)
			}
		}
	})
}

// joinManyGroups makes a user a member of one group more than a token may tell of.
func joinManyGroups(t *testing.T, n *harness.Node, username string) {
	t.Helper()
	groups, members := n.Server.Admin.Groups, []uuid.UUID{n.User(t, username).ID}
	for i := range 201 {
		g, err := groups.Create(harness.System(t), admin.NewGroup{Name: fmt.Sprintf("g%03d", i)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := groups.AddMembers(harness.System(t), g.ID, members); err != nil {
			t.Fatal(err)
		}
	}
}
