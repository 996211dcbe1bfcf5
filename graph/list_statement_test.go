package graph

import (
	"fmt"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestListsCostAsManyStatementsForAHundredAsForOne: what docs/performance.md has budgets for, without the read of the token.
func TestListsCostAsManyStatementsForAHundredAsForOne(t *testing.T) {
	t.Parallel()
	const page = "query($n:Int!){rows:"
	costs := map[string]struct {
		document string
		want     int64
	}{
		"a client": {
			`{client(by:{clientId:"app"}){name scopes jwks advice{rule} secrets{id} roles{name} version}}`, 2, // and its roles
		},
		"members": { // the group, who is in it, these users, how many sessions they have
			`query($n:Int!){group(by:{path:"/everybody"}){members(first:$n){nodes{username activeSessionCount} pageInfo{endCursor}}}}`, 4,
		},
		"sessions":        {page + `sessions(first:$n){nodes{ip device{kind} user{username}}}}`, 2},
		"active sessions": {page + `sessions(first:$n,filter:{active:true}){nodes{ip user{username}}}}`, 2},
		"grants":          {page + `grants(first:$n){nodes{active user{username} client{name}}}}`, 4}, // whether they are active is one
		"consents":        {page + `consents(first:$n){nodes{scopes user{username} client{name}}}}`, 3},
		"events":          {page + `auditEvents(first:$n){nodes{action changes{field}}}}`, 1},
		"events of some":  {page + `auditEvents(first:$n,filter:{actions:["user.created"]}){nodes{action}}}`, 1},
		"jobs":            {page + `jobs(first:$n){nodes{state progress counts{processed}}}}`, 1},
		"imports":         {page + `jobs(first:$n,filter:{kind:USER_IMPORT}){nodes{state}}}`, 1},
	}
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		a.now = a.now.Add(time.Second) // what the administrator has is older than all that is listed: it was read with the token
		var users []identity.User
		for i := range 100 {
			user := a.user(t, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)})
			a.grantOf(t, user, a.client, in(a.session(t, user, false)))
			a.allow(t, user, a.client)
			users = append(users, user)
		}
		a.groupWith(t, "everybody", users...)
		for range 20 {
			a.importing(t, identity.TransferWaiting)
		}
		for name, c := range costs {
			for _, n := range []int{1, 100} {
				before := a.statements.Load()
				got := a.query(t, token, c.document, map[string]any{"n": n})
				if spent := a.statements.Load() - before - 1; spent != c.want || len(got.Errors) > 0 {
					t.Errorf("%s, %d rows: %d statements, want %d: %.300s", name, n, spent, c.want, got.body)
				}
			}
		}
	})
}
