package graph

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// group adds a group below another, or on the first level, and returns its id.
func (a *api) group(tb testing.TB, name string, parent *uuid.UUID) string {
	tb.Helper()
	g, err := a.services.Groups.Create(identity.WithActor(tb.Context(), identity.SystemActor("test")), admin.NewGroup{Name: name, ParentID: parent})
	check(tb, err)
	return model.KindGroup.ID(g.ID)
}

// groupWith adds a group with members on the first level.
func (a *api) groupWith(tb testing.TB, name string, users ...identity.User) *uuid.UUID {
	tb.Helper()
	id, _ := model.KindGroup.Parse(a.group(tb, name, nil))
	ids := make([]uuid.UUID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	if len(ids) > 0 {
		_, err := a.services.Groups.AddMembers(identity.WithActor(tb.Context(), identity.SystemActor("test")), id, ids)
		check(tb, err)
	}
	return &id
}

// problemsOf lists the userErrors of a payload as "CODE path".
func problemsOf(r reply, field string) string {
	list, _ := r.at(field, "userErrors").([]any)
	texts := make([]string, len(list))
	for i, item := range list {
		problem := item.(map[string]any)
		texts[i] = fmt.Sprint(problem["code"], problem["path"])
	}
	return strings.Join(texts, ", ")
}

func TestAGroupLives(t *testing.T) {
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
		const create = `mutation($i:CreateGroupInput!){createGroup(input:$i){group{id name path depth description version parent{name}} userErrors{code path}}}`
		sales, _ := do(create, map[string]any{"i": map[string]any{"name": "Sales"}}).at("createGroup", "group", "id").(string)
		got := do(create, map[string]any{"i": map[string]any{"name": "EMEA", "parentId": sales, "description": "Europe"}})
		emea, _ := got.at("createGroup", "group", "id").(string)
		want := map[string]any{
			"id": emea, "name": "EMEA", "path": "/Sales/EMEA", "depth": 2.0, "description": "Europe", "version": 1.0, "parent": map[string]any{"name": "Sales"},
		}
		if diff := cmp.Diff(want, got.at("createGroup", "group")); diff != "" {
			t.Error(diff)
		}
		const members = `mutation($g:ID!,$u:[ID!]!){addGroupMembers(input:{groupId:$g,userIds:$u}){group{name} changed unchanged refused userErrors{code path}}}`
		added := do(members, map[string]any{"g": emea, "u": []string{model.KindUser.ID(bob.ID), model.KindUser.ID(a.admin.ID), emea, "usr_" + uuid.NewString()}})
		if added.at("addGroupMembers", "changed") != 2.0 || added.at("addGroupMembers", "refused") != 2.0 ||
			problemsOf(added, "addGroupMembers") != "USER_NOT_FOUND[input userIds 2], USER_NOT_FOUND[input userIds 3]" {
			t.Error(added.body)
		}
		if again := do(members, map[string]any{"g": emea, "u": []string{model.KindUser.ID(bob.ID)}}); again.at("addGroupMembers", "unchanged") != 1.0 {
			t.Error(again.body)
		}
		shown := do(`{group(by:{path:"/sales/emea"}){id members(first:1){edges{cursor joinedAt node{username}} pageInfo{hasNextPage} totalCount{value}}}
			user(by:{username:"bob"}){groups{edges{joinedAt node{path}} totalCount{value}}}
			groups(filter:{root:true}){nodes{name children{nodes{name}}} totalCount{value}} node(id:"`+emea+`"){...on Group{name}}}`, nil)
		for _, part := range []string{
			`"joinedAt":"2026-11-01T12:00:00.000Z"`, `"hasNextPage":true`, `"totalCount":{"value":2}`, `"path":"/Sales/EMEA"`,
			`"children":{"nodes":[{"name":"EMEA"}]}`, `"node":{"name":"EMEA"}`,
		} {
			if !strings.Contains(shown.body, part) {
				t.Errorf("no %s in %s", part, shown.body)
			}
		}
		const remove = `mutation($i:DeleteGroupInput!){deleteGroup(input:$i){deletedGroupId removed{groups members} userErrors{code path}}}`
		if got := do(remove, map[string]any{"i": map[string]any{"id": sales}}); problemsOf(got, "deleteGroup") != "GROUP_IN_USE[input]" {
			t.Error(got.body)
		}
		counts := map[string]any{"groups": 1.0, "members": 2.0}
		dry := do(remove, map[string]any{"i": map[string]any{"id": sales, "dryRun": true}})
		if cmp.Diff(counts, dry.at("deleteGroup", "removed")) != "" || dry.at("deleteGroup", "deletedGroupId") != nil {
			t.Error(dry.body)
		}
		whole := do(remove, map[string]any{"i": map[string]any{"id": sales, "recursive": true}})
		if cmp.Diff(counts, whole.at("deleteGroup", "removed")) != "" || whole.at("deleteGroup", "deletedGroupId") != sales {
			t.Error(whole.body)
		}
		if left := do("{groups{totalCount{value}} user(by:{username:\"bob\"}){groups{nodes{id}}}}", nil); !strings.Contains(left.body, `"value":0`) ||
			!strings.Contains(left.body, `"nodes":[]`) {
			t.Error(left.body)
		}
		trail := do(`{user(by:{username:"bob"}){auditEvents(filter:{actions:["group.member_added"]}){nodes{changes{field after}}}}
			auditEvents(filter:{targetId:"`+emea+`"},orderBy:{field:OCCURRED_AT}){nodes{action targetKind}}}`, nil)
		if !strings.Contains(trail.body, `{"field":"group","after":"EMEA"}`) || !strings.Contains(trail.body, `"targetKind":"GROUP"`) ||
			strings.Count(trail.body, "group.deleted") != 1 {
			t.Error(trail.body)
		}
	})
}

func TestWhatAGroupRefuses(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		sales := a.group(t, "sales", nil)
		id, _ := model.KindGroup.Parse(sales)
		emea := a.group(t, "emea", &id)
		a.group(t, "asia", &id)
		nobody, many := "grp_"+uuid.NewString(), make([]string, 1001)
		for i := range many {
			many[i] = "usr_" + uuid.NewString()
		}
		const (
			create  = `mutation($i:CreateGroupInput!){payload:createGroup(input:$i){group{id} userErrors{code message path}}}`
			change  = `mutation($i:UpdateGroupInput!){payload:updateGroup(input:$i){group{id} userErrors{code message path ...on VersionConflict{currentVersion}}}}`
			remove  = `mutation($i:DeleteGroupInput!){payload:deleteGroup(input:$i){deletedGroupId userErrors{code message path}}}`
			members = `mutation($i:AddGroupMembersInput!){payload:addGroupMembers(input:$i){changed userErrors{code message path}}}`
		)
		type input = map[string]any
		for name, c := range map[string]struct {
			document string
			input    input
			want     string
		}{
			"everything at once": {
				create, input{"name": "a/b", "description": "x\x00"}, "VALIDATION_FAILED[input name], VALIDATION_FAILED[input description]",
			},
			"no name":             {create, input{"name": ""}, "MISSING_REQUIRED_FIELD[input name]"},
			"a long name":         {create, input{"name": strings.Repeat("x", 129)}, "VALIDATION_FAILED[input name]"},
			"an invisible name":   {create, input{"name": "a\u200bb"}, "VALIDATION_FAILED[input name]"},
			"a name with a space": {create, input{"name": " a"}, "VALIDATION_FAILED[input name]"},
			"a duplicate":         {create, input{"name": "SALES"}, "GROUP_ALREADY_EXISTS[input name]"},
			"no such parent":      {create, input{"name": "x", "parentId": nobody}, "GROUP_NOT_FOUND[input parentId]"},
			"another kind of parent": {
				create, input{"name": "x", "parentId": "usr_" + uuid.NewString()}, "GROUP_NOT_FOUND[input parentId]",
			},
			"nothing to change":     {change, input{"id": emea}, "MISSING_REQUIRED_FIELD[input]"},
			"a name that is null":   {change, input{"id": emea, "name": nil}, "MISSING_REQUIRED_FIELD[input name]"},
			"no such group":         {change, input{"id": nobody, "name": "x"}, "GROUP_NOT_FOUND[input id]"},
			"a stale version":       {change, input{"id": emea, "name": "x", "expectedVersion": 7}, "VERSION_CONFLICT[input expectedVersion]"},
			"a sibling's name":      {change, input{"id": emea, "name": "Asia"}, "GROUP_ALREADY_EXISTS[input name]"},
			"below itself":          {change, input{"id": sales, "parentId": emea}, "VALIDATION_FAILED[input parentId]"},
			"to nowhere":            {change, input{"id": emea, "parentId": nobody}, "GROUP_NOT_FOUND[input parentId]"},
			"not there to delete":   {remove, input{"id": nobody}, "GROUP_NOT_FOUND[input id]"},
			"a stale deletion":      {remove, input{"id": emea, "expectedVersion": 2}, "VERSION_CONFLICT[input expectedVersion]"},
			"another kind of group": {members, input{"groupId": "cli_" + uuid.NewString(), "userIds": many[:1]}, "GROUP_NOT_FOUND[input groupId]"},
			"a group that is gone":  {members, input{"groupId": nobody, "userIds": many[:1]}, "GROUP_NOT_FOUND[input groupId]"},
			"nobody":                {members, input{"groupId": emea, "userIds": []string{}}, "VALIDATION_FAILED[input userIds]"},
			"somebody twice":        {members, input{"groupId": emea, "userIds": []string{many[0], many[0]}}, "VALIDATION_FAILED[input userIds]"},
		} {
			got := a.query(t, token, c.document, map[string]any{"i": c.input})
			if problemsOf(got, "payload") != c.want {
				t.Errorf("%s: %s", name, got.body)
			}
		}
		if got := a.query(t, token, members, map[string]any{"i": input{"groupId": emea, "userIds": many}}); got.status != 400 || got.codes()[0] != "BAD_REQUEST" {
			t.Errorf("too many: %s", got.body)
		}
		for name, document := range map[string]string{
			"filter.parentId": `{groups(filter:{parentId:"usr_x"}){nodes{id}}}`, "after": `{groups(after:"AAAA"){nodes{id}}}`,
			"filter.name": `{groups(filter:{name:{in:["` + strings.Repeat("x", 256) + `"]}}){nodes{id}}}`,
		} {
			if got := a.query(t, token, document, nil); len(got.Errors) != 1 || got.Errors[0].Extensions["field"] != name {
				t.Errorf("%s: %s", name, got.body)
			}
		}
		reader := a.token(t, a.admin, identity.ScopeGroupsRead)
		if got := a.query(t, reader, `{groups{nodes{members{nodes{id}}}}}`, nil); len(got.codes()) == 0 || got.codes()[0] != "INSUFFICIENT_PRIVILEGES" {
			t.Errorf("members without the right to read users: %s", got.body)
		}
	})
}

// TestMembersInBothDirections walks the members of a group and the groups of a user to their ends.
func TestMembersInBothDirections(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		var names []any
		for i := range 7 {
			a.now = a.now.Add(time.Second)
			a.groupWith(t, fmt.Sprint("g", i), bob)
			names = append([]any{fmt.Sprint("g", i)}, names...)
		}
		for _, backward := range []bool{false, true} {
			var seen []any
			arguments := map[string]any{"first": 2}
			if backward {
				arguments = map[string]any{"last": 2}
			}
			for range 10 {
				got := a.query(t, token, `query($first:Int,$last:Int,$after:String,$before:String){user(by:{username:"bob"}){
					groups(first:$first,last:$last,after:$after,before:$before){nodes{name} pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}}`, arguments)
				var page []any
				nodes, _ := got.at("user", "groups", "nodes").([]any)
				for _, node := range nodes {
					page = append(page, node.(map[string]any)["name"])
				}
				info, _ := got.at("user", "groups", "pageInfo").(map[string]any)
				more := info["hasNextPage"]
				if seen = append(seen, page...); backward {
					seen, more = append(page, seen[:len(seen)-len(page)]...), info["hasPreviousPage"]
					arguments["before"] = info["startCursor"]
				} else {
					arguments["after"] = info["endCursor"]
				}
				if more != true {
					break
				}
			}
			if diff := cmp.Diff(names, seen); diff != "" {
				t.Errorf("backward %v: %s", backward, diff)
			}
		}
	})
}
