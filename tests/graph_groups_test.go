package tests

import (
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestGroupsAreShownAsTheyAre: every write ends the cached answers that it changes.
func TestGroupsAreShownAsTheyAre(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		id := a.added(t, "carol", nil)
		group, _ := dig(a.run(t, `mutation{createGroup(input:{name:"Sales"}){group{id}}}`), "createGroup", "group", "id").(string)
		const shown = `query($id:ID!){group(by:{path:"/sales"}){name members{nodes{username}}} user(by:{id:$id}){groups{nodes{path}}}}`
		if got := a.run(t, shown, "id", id); dig(got, "group", "name") != "Sales" || dig(got, "user", "groups", "nodes", 0) != nil {
			t.Errorf("before: %v", got)
		}
		const change = `input:{groupId:$g,userIds:[$u]}){changed userErrors{code}}}`
		a.run(t, `mutation($g:ID!,$u:ID!){addGroupMembers(`+change, "g", group, "u", id)
		if got := a.run(t, shown, "id", id); dig(got, "group", "members", "nodes", 0, "username") != "carol" ||
			dig(got, "user", "groups", "nodes", 0, "path") != "/Sales" {
			t.Errorf("joined: %v", got)
		}
		a.run(t, `mutation($g:ID!){updateGroup(input:{id:$g,name:"Shop"}){userErrors{code}}}`, "g", group)
		if got := a.run(t, `{groups(search:"sho"){nodes{name members{totalCount{value}}}}}`); dig(got, "groups", "nodes", 0, "members", "totalCount", "value") != 1.0 {
			t.Errorf("renamed: %v", got)
		}
		a.remove(t, id)
		if got := a.run(t, `{groups(search:"sho"){nodes{name members{totalCount{value}}}}}`); dig(got, "groups", "nodes", 0, "members", "totalCount", "value") != 0.0 {
			t.Errorf("a deleted member: %v", got)
		}
		a.refuses(t, "admin:groups:read", `{groups{nodes{id}}}`)
		a.refuses(t, "admin:groups:write", `mutation{createGroup(input:{name:"x"}){userErrors{code}}}`)
	})
}
