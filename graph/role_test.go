package graph

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// role adds a role of the server and returns its id.
func (a *api) role(tb testing.TB, name string) string {
	tb.Helper()
	r, err := a.services.Roles.Create(identity.WithActor(tb.Context(), identity.SystemActor("test")), admin.NewRole{Name: name})
	check(tb, err)
	return model.KindRole.ID(r.ID)
}

// assign gives a role to users and groups.
func (a *api) assign(tb testing.TB, role string, users []identity.User, groups ...uuid.UUID) {
	tb.Helper()
	id, _ := model.KindRole.Parse(role)
	subjects := admin.RoleSubjects{GroupIDs: groups}
	for _, u := range users {
		subjects.UserIDs = append(subjects.UserIDs, u.ID)
	}
	_, err := a.services.Roles.Assign(identity.WithActor(tb.Context(), identity.SystemActor("test")), id, subjects)
	check(tb, err)
}

// assignMany gives a user as many roles as one may have.
func (a *api) assignMany(tb testing.TB, to identity.User) {
	tb.Helper()
	check(tb, a.store.InTx(tb.Context(), func(ctx context.Context, tx identity.Store) error {
		list := make([]identity.RoleAssignment, identity.MaxMemberships)
		for i := range list {
			r := identity.Role{ID: uuid.New(), Name: uuid.NewString(), CreatedAt: a.now, UpdatedAt: a.now, Version: 1}
			if err := tx.InsertRole(ctx, r); err != nil {
				return err
			}
			list[i] = identity.RoleAssignment{ID: uuid.New(), RoleID: r.ID, UserID: &to.ID, AssignedAt: a.now}
		}
		_, err := tx.AssignRole(ctx, list)
		return err
	}))
}

func TestARoleLives(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		do := func(document string, variables map[string]any) reply {
			t.Helper()
			got := a.query(t, token, document, variables)
			if len(got.Errors) > 0 {
				t.Fatal(got.body)
			}
			return got
		}
		client, group := model.KindClient.ID(a.client.ID), model.KindGroup.ID(*a.groupWith(t, "staff", bob))
		const create = `mutation($i:CreateRoleInput!){createRole(input:$i){role{id name client{clientId} version} userErrors{code path}}}`
		editor, _ := do(create, map[string]any{"i": map[string]any{"name": "Editor"}}).at("createRole", "role", "id").(string)
		got := do(create, map[string]any{"i": map[string]any{"name": "editor", "client": client}})
		own, _ := got.at("createRole", "role", "id").(string)
		if got.at("createRole", "role", "client", "clientId") != "app" {
			t.Error(got.body)
		}
		const assign = `mutation($r:ID!,$u:[ID!]!,$g:[ID!]!){assignRole(input:{roleId:$r,userIds:$u,groupIds:$g}){role{name} changed unchanged refused userErrors{code path}}}`
		got = do(assign, map[string]any{"r": editor, "u": []string{model.KindUser.ID(bob.ID), "usr_" + uuid.NewString()}, "g": []string{client}})
		if got.at("assignRole", "changed") != 1.0 || got.at("assignRole", "refused") != 2.0 ||
			problemsOf(got, "assignRole") != "GROUP_NOT_FOUND[input groupIds 0], USER_NOT_FOUND[input userIds 1]" {
			t.Error(got.body)
		}
		do(assign, map[string]any{"r": own, "u": []string{}, "g": []string{group}})
		if got := do(assign, map[string]any{"r": own, "u": []string{}, "g": []string{group}}); got.at("assignRole", "unchanged") != 1.0 {
			t.Error(got.body)
		}
		shown := do(`{user(by:{username:"bob"}){roles{nodes{id}} effectiveGroups{path} effectiveRoles{name client{clientId}}}
			role(id:"`+editor+`"){users{edges{assignedAt node{username}} totalCount{value}} groups{totalCount{value}}}
			group(by:{path:"/staff"}){roles{nodes{name}}} client(by:{clientId:"app"}){roles{name}} roles(filter:{client:"`+client+`"}){nodes{id}}
			node(id:"`+own+`"){...on Role{groups{nodes{name}}}}}`, nil)
		for _, part := range []string{
			`"roles":{"nodes":[{"id":"` + editor + `"}]}`, `"effectiveGroups":[{"path":"/staff"}]`,
			`"effectiveRoles":[{"name":"Editor","client":null},{"name":"editor","client":{"clientId":"app"}}]`,
			`"assignedAt":"2026-11-01T12:00:00.000Z","node":{"username":"bob"}`, `"group":{"roles":{"nodes":[{"name":"editor"}]}}`,
			`"client":{"roles":[{"name":"editor"}]}`, `"node":{"groups":{"nodes":[{"name":"staff"}]}}`,
		} {
			if !strings.Contains(shown.body, part) {
				t.Errorf("no %s in %s", part, shown.body)
			}
		}
		const remove = `mutation($i:DeleteRoleInput!){deleteRole(input:$i){deletedRoleId removed{users groups} userErrors{code path}}}`
		if got := do(remove, map[string]any{"i": map[string]any{"id": editor}}); problemsOf(got, "deleteRole") != "ROLE_IN_USE[input]" {
			t.Error(got.body)
		}
		dry := do(remove, map[string]any{"i": map[string]any{"id": editor, "dryRun": true}})
		if dry.at("deleteRole", "removed", "users") != 1.0 || dry.at("deleteRole", "deletedRoleId") != nil {
			t.Error(dry.body)
		}
		do(`mutation{unassignRole(input:{roleId:"`+editor+`",userIds:["`+model.KindUser.ID(bob.ID)+`"]}){changed}}`, nil)
		if got := do(remove, map[string]any{"i": map[string]any{"id": editor}}); got.at("deleteRole", "deletedRoleId") != editor {
			t.Error(got.body)
		}
		trail := do(`{user(by:{username:"bob"}){auditEvents(filter:{actions:["role.assigned","role.unassigned"]}){nodes{changes{field before after}}}}
			auditEvents(filter:{targetId:"`+group+`",actions:["role.assigned"]}){nodes{targetName}}}`, nil)
		if !strings.Contains(trail.body, `{"field":"role","before":null,"after":"Editor"}`) ||
			!strings.Contains(trail.body, `{"field":"role","before":"Editor","after":null}`) || !strings.Contains(trail.body, `"targetName":"staff"`) {
			t.Error(trail.body)
		}
	})
}

func TestWhatARoleRefuses(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		editor, nobody := a.role(t, "editor"), uuid.NewString()
		a.role(t, "author")
		const (
			create = `mutation($i:CreateRoleInput!){payload:createRole(input:$i){role{id} userErrors{code path}}}`
			change = `mutation($i:UpdateRoleInput!){payload:updateRole(input:$i){role{id} userErrors{code path}}}`
			remove = `mutation($i:DeleteRoleInput!){payload:deleteRole(input:$i){deletedRoleId userErrors{code path}}}`
			assign = `mutation($i:AssignRoleInput!){payload:assignRole(input:$i){changed userErrors{code path}}}`
		)
		type input = map[string]any
		for name, c := range map[string]struct {
			document string
			input    input
			want     string
		}{
			"a duplicate":             {create, input{"name": "Editor"}, "ROLE_ALREADY_EXISTS[input name]"},
			"a bad name":              {create, input{"name": "a/b"}, "VALIDATION_FAILED[input name]"},
			"no such client":          {create, input{"name": "x", "client": "cli_" + nobody}, "CLIENT_NOT_FOUND[input client]"},
			"another kind of client":  {create, input{"name": "x", "client": "usr_" + nobody}, "CLIENT_NOT_FOUND[input client]"},
			"nothing to change":       {change, input{"id": editor}, "MISSING_REQUIRED_FIELD[input]"},
			"a name that is null":     {change, input{"id": editor, "name": nil}, "MISSING_REQUIRED_FIELD[input name]"},
			"another's name":          {change, input{"id": editor, "name": "AUTHOR"}, "ROLE_ALREADY_EXISTS[input name]"},
			"a stale version":         {change, input{"id": editor, "name": "x", "expectedVersion": 3}, "VERSION_CONFLICT[input expectedVersion]"},
			"no such role":            {change, input{"id": "rol_" + nobody, "name": "x"}, "ROLE_NOT_FOUND[input id]"},
			"another kind of role":    {remove, input{"id": "grp_" + nobody}, "ROLE_NOT_FOUND[input id]"},
			"a stale deletion":        {remove, input{"id": editor, "expectedVersion": 3}, "VERSION_CONFLICT[input expectedVersion]"},
			"a role that is gone":     {assign, input{"roleId": "rol_" + nobody, "userIds": []string{"usr_" + nobody}}, "ROLE_NOT_FOUND[input roleId]"},
			"nobody":                  {assign, input{"roleId": editor}, "VALIDATION_FAILED[input userIds]"},
			"a group twice":           {assign, input{"roleId": editor, "groupIds": []string{"grp_" + nobody, "grp_" + nobody}}, "VALIDATION_FAILED[input groupIds]"},
			"everything but the role": {assign, input{"roleId": "x", "userIds": []string{"y"}}, "ROLE_NOT_FOUND[input roleId]"},
		} {
			if got := a.query(t, token, c.document, map[string]any{"i": c.input}); problemsOf(got, "payload") != c.want {
				t.Errorf("%s: %s", name, got.body)
			}
		}
	})
}
