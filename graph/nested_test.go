package graph

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// generous lets a test ask for more than the default cost.
func generous(c *Config) {
	c.Limits = DefaultLimits()
	c.Limits.Cost, c.Limits.BucketSize = 100_000, 10_000_000
}

// TestANestedPageCostsSixStatements: 100 users with what hangs on them, through nodes and through edges.
func TestANestedPageCostsSixStatements(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		var users []identity.User
		for i := range 120 {
			users = append(users, a.user(t, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)}))
		}
		for _, user := range users {
			for range 3 {
				a.grant(t, user, a.session(t, user, false), false, "openid")
			}
		}
		for i := range 20 {
			group := a.groupWith(t, fmt.Sprintf("group%d", i), users[i:i+100]...)
			a.group(t, fmt.Sprintf("below%d", i), group)
			a.assign(t, a.role(t, fmt.Sprintf("role%d", i)), users[:100], *group)
		}
		const tokenCheck = 1
		const sessions = "sessions(first:2){nodes{ip clients{scopes client{clientId}}}}"
		const sessionEdges = "sessions(first:2){edges{node{ip clients{scopes client{clientId}}}}}"
		const audit = "auditEvents(first:2){nodes{action client{clientId}}}"
		for name, c := range map[string]struct {
			document string
			most     int64
		}{
			"counts through nodes":     {"{users(first:100){nodes{username activeSessionCount} totalCount{value}}}", 3},
			"counts through edges":     {"{users(first:100){edges{node{username activeSessionCount}} totalCount{value}}}", 3},
			"everything through nodes": {"{users(first:100){nodes{activeSessionCount " + sessions + " auditEvents(first:2){nodes{action}}}}}", 6},
			"everything through edges": {"{users(first:100){edges{node{activeSessionCount " + sessionEdges + " auditEvents(first:2){edges{node{action}}}}}}}", 6},
			"grants":                   {"{users(first:100){nodes{grants(first:2){scopes client{clientId}}}}}", 3},
			"clients of audit":         {"{users(first:100){nodes{" + audit + "}}}", 3},
			"two sizes":                {"{users(first:100){nodes{a:sessions(first:1){nodes{ip}} b:sessions(first:2){nodes{ip}}}}}", 3},
			"users of sessions":        {"{sessions(first:100){nodes{user{username activeSessionCount} clients{client{name}}}}}", 5},
			"groups of users":          {"{users(first:100){nodes{groups(first:2){edges{joinedAt node{path parent{name}}}}}}}", 4},
			"members of groups":        {"{groups(first:100){nodes{path members(first:2){edges{joinedAt node{username activeSessionCount}}}}}}", 5},
			"children of groups":       {"{groups(first:100){nodes{children(first:2){nodes{path parent{name}}}}}}", 3},
			"roles of users":           {"{users(first:100){nodes{roles(first:2){edges{assignedAt node{name client{name}}}}}}}", 4},
			"users of roles":           {"{roles(first:100){nodes{users(first:2){nodes{username activeSessionCount}}}}}", 4},
			"groups of roles":          {"{roles(first:100){nodes{groups(first:2){nodes{path roles(first:2){nodes{name}}}}}}}", 6},
			"what users have":          {"{users(first:100){nodes{effectiveGroups{path parent{name}} effectiveRoles{name}}}}", 3},
			"attributes of users":      {"{users(first:100){nodes{attributes{name values}}} attributeDefinitions{name}}", 3},
			"roles of clients":         {"{sessions(first:100){nodes{clients{client{roles{name}}}}}}", 4},
			"many nodes":               {"query($ids:[ID!]!){nodes(ids:$ids){...on User{activeSessionCount sessions{nodes{ip}}}}}", 3},
		} {
			ids := make([]string, 50)
			for i := range ids {
				ids[i] = "usr_" + users[i].ID.String()
			}
			before := a.statements.Load()
			got := a.query(t, token, c.document, map[string]any{"ids": ids})
			if len(got.Errors) > 0 || got.status != 200 {
				t.Fatalf("%s: %.300s", name, got.body)
			}
			if n := a.statements.Load() - before - tokenCheck; n > c.most {
				t.Errorf("%s: %d statements, at most %d allowed", name, n, c.most)
			}
			for field, mark := range map[string]string{
				"clientId": `"clientId":"app"`, "action}": `"action":"user.created"`, "ip": `"ip":"192.0.2.7"`,
				"activeSessionCount": `"activeSessionCount":3`,
			} {
				if strings.Contains(c.document, field) && !strings.Contains(got.body, mark) && name != "clients of audit" {
					t.Errorf("%s: no %s: %.300s", name, mark, got.body)
				}
			}
		}
	})
}

// TestNestedPagesGoOn: the first pages are fetched for many users at once and the further ones one by one, and they are
// pages of the same list.
func TestNestedPagesGoOn(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		var want []any
		for i := range 5 {
			s := a.session(t, bob, i == 2)
			a.now = a.now.Add(time.Second)
			want = append([]any{"ses_" + s.ID.String()}, want...)
			a.session(t, a.admin, false)
		}
		const document = `query($after:String,$before:String,$first:Int,$last:Int,$active:Boolean){user(by:{username:"bob"}){
			sessions(first:$first,after:$after,last:$last,before:$before,filter:{active:$active}){
				edges{cursor node{id}} pageInfo{hasNextPage hasPreviousPage startCursor endCursor} totalCount{value}}}}`
		walk := func(active bool) []any {
			only := any(nil)
			if active {
				only = true
			}
			var seen []any
			after := any(nil)
			for range 6 {
				got := a.query(t, token, document, map[string]any{"first": 2, "after": after, "active": only})
				edges, _ := got.at("user", "sessions", "edges").([]any)
				for _, edge := range edges {
					seen = append(seen, edge.(map[string]any)["node"].(map[string]any)["id"])
				}
				if total := got.at("user", "sessions", "totalCount", "value"); total != map[bool]float64{true: 4, false: 5}[active] {
					t.Fatalf("count: %s", got.body)
				}
				after = got.at("user", "sessions", "pageInfo", "endCursor")
				if got.at("user", "sessions", "pageInfo", "hasNextPage") == false {
					break
				}
			}
			return seen
		}
		if diff := cmp.Diff(want, walk(false)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(append(append([]any{}, want[:2]...), want[3:]...), walk(true)); diff != "" {
			t.Error(diff)
		}
		got := a.query(t, token, document, map[string]any{"last": 2, "active": nil})
		edges, _ := got.at("user", "sessions", "edges").([]any)
		if len(edges) != 2 || edges[1].(map[string]any)["node"].(map[string]any)["id"] != want[4] ||
			got.at("user", "sessions", "pageInfo", "hasPreviousPage") != true {
			t.Errorf("the last two: %s", got.body)
		}
	})
}

func TestAuditPagesGoOn(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		for _, nickname := range []string{"a", "b", "c", "d"} {
			a.now = a.now.Add(time.Second)
			a.query(t, token, `mutation($id:ID!,$n:String){updateUser(input:{id:$id,nickname:$n}){userErrors{code}}}`,
				map[string]any{"id": "usr_" + bob.ID.String(), "n": nickname})
		}
		var seen []string
		after := any(nil)
		for range 6 {
			got := a.query(t, token, `query($after:String){user(by:{username:"bob"}){auditEvents(first:2,after:$after){
				nodes{action changes{field before after}} pageInfo{hasNextPage endCursor} totalCount{value}}}}`, map[string]any{"after": after})
			nodes, _ := got.at("user", "auditEvents", "nodes").([]any)
			for _, node := range nodes {
				text := node.(map[string]any)["action"].(string)
				for _, change := range node.(map[string]any)["changes"].([]any) {
					if c := change.(map[string]any); c["field"] == "nickname" {
						text += fmt.Sprint(" ", c["before"], ">", c["after"])
					}
				}
				seen = append(seen, text)
			}
			if got.at("user", "auditEvents", "totalCount", "value") != 5.0 {
				t.Fatalf("count: %s", got.body)
			}
			after = got.at("user", "auditEvents", "pageInfo", "endCursor")
			if got.at("user", "auditEvents", "pageInfo", "hasNextPage") == false {
				break
			}
		}
		want := []string{"user.updated c>d", "user.updated b>c", "user.updated a>b", "user.updated >a", "user.created"}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Error(diff)
		}
	})
}
