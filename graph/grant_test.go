package graph

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// plainClient adds a client without scopes of administration.
func (a *api) plainClient(tb testing.TB, clientID string) identity.Client {
	tb.Helper()
	var metadata identity.ClientMetadata
	metadata.RedirectURIs, metadata.Scope = []string{"https://" + clientID + ".example/cb"}, "openid"
	system := identity.WithActor(tb.Context(), identity.SystemActor("test"))
	client, _, err := a.services.Clients.Create(system, admin.NewClient{ClientID: clientID, Metadata: metadata})
	check(tb, err)
	return client
}

// grantOf lets a client act for a user, as change says.
func (a *api) grantOf(tb testing.TB, user identity.User, client identity.Client, change ...func(*identity.Grant)) identity.Grant {
	tb.Helper()
	g := identity.Grant{
		ID: a.domain.Source.NewID(), UserID: user.ID, ClientID: client.ID, Scopes: []string{"openid"}, AuthTime: a.now, CreatedAt: a.now,
	}
	for _, c := range change {
		c(&g)
	}
	check(tb, a.store.InsertGrant(tb.Context(), g))
	return g
}

func in(s identity.Session) func(*identity.Grant) {
	return func(g *identity.Grant) { g.SessionID = &s.ID }
}

func outlives(g *identity.Grant) { g.Offline = true }

func used(at time.Time) func(*identity.Grant) {
	return func(g *identity.Grant) {
		expires, idle := at.Add(48*time.Hour), at.Add(24*time.Hour)
		g.Refresh = identity.RefreshState{Generation: 1, RotatedAt: &at, ExpiresAt: &expires, IdleExpiresAt: &idle}
	}
}

func TestGrantsOfAll(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		carol := a.user(t, admin.NewUser{Username: "carol", Email: "carol@id.example"})
		shop, wiki := a.plainClient(t, "shop"), a.plainClient(t, "wiki")
		live, over := a.session(t, bob, false), a.session(t, carol, true)
		began := a.now
		var all []identity.Grant
		add := func(user identity.User, client identity.Client, change ...func(*identity.Grant)) {
			a.now = a.now.Add(time.Second)
			all = append(all, a.grantOf(t, user, client, change...))
		}
		add(bob, shop, in(live))                                                                      // 0
		add(carol, shop, in(over), outlives, used(began.Add(time.Hour)))                              // 1
		add(carol, wiki, in(over))                                                                    // 2
		add(bob, wiki, used(began.Add(2*time.Hour)))                                                  // 3
		add(bob, wiki, func(g *identity.Grant) { g.EndedAt, g.EndReason = &began, "client_revoked" }) // 4
		a.now = a.now.Add(time.Second)
		token := a.token(t, a.admin, everything()...)
		values := strings.NewReplacer("$user", `"`+model.KindUser.ID(bob.ID)+`"`, "$client", `"`+model.KindClient.ID(wiki.ID)+`"`,
			"$session", `"`+model.KindSession.ID(over.ID)+`"`, "$at", `"2026-11-01T13:00:00Z"`)
		ids := func(arguments string) string {
			t.Helper()
			got := a.query(t, token, "{grants"+values.Replace(arguments)+"{nodes{id} edges{cursor} totalCount{value} pageInfo{hasNextPage}}}", nil)
			if len(got.Errors) > 0 {
				t.Fatal(arguments, got.body)
			}
			var out []string
			for _, node := range got.at("grants", "nodes").([]any) {
				out = append(out, "other")
				for i, g := range all {
					if node.(map[string]any)["id"] == model.KindGrant.ID(g.ID) {
						out[len(out)-1] = fmt.Sprint(i)
					}
				}
			}
			return fmt.Sprint(strings.Join(out, " "), " of ", got.at("grants", "totalCount", "value"))
		}
		for arguments, want := range map[string]string{
			"":                                     "other 4 3 2 1 0 of 6",
			"(first:2,orderBy:{field:CREATED_AT})": "0 1 of 6",
			"(last:1)":                             "0 of 6",
			"(first:2,orderBy:{field:LAST_USED_AT,direction:DESC})":                         "3 1 of 6",
			"(last:2,orderBy:{field:LAST_USED_AT})":                                         "1 3 of 6",
			"(filter:{userId:$user})":                                                       "4 3 0 of 3",
			"(filter:{client:$client})":                                                     "4 3 2 of 3",
			"(filter:{session:$session})":                                                   "2 1 of 2",
			"(filter:{userId:$user,client:$client,active:true})":                            "3 of 1",
			"(filter:{active:false})":                                                       "4 2 of 2",
			"(filter:{offline:true})":                                                       "1 of 1",
			"(filter:{lastUsedAt:{gte:$at}})":                                               "3 1 of 2",
			"(filter:{lastUsedAt:{lt:$at}})":                                                " of 0",
			"(filter:{lastUsedAt:{isNull:true},userId:$user})":                              "4 0 of 2",
			"(filter:{createdAt:{lt:$at},client:$client,lastUsedAt:{isNull:false}})":        "3 of 1",
			"(filter:{client:$client},orderBy:{field:LAST_USED_AT,direction:DESC},first:1)": "3 of 3",
		} {
			if got := ids(arguments); got != want {
				t.Errorf("%s: %s, not %s", arguments, got, want)
			}
		}
		const fields = `__typename id user{username} client{clientId} scopes resources createdAt lastUsedAt expiresAt offline sessionId
			session{id active} active endedAt endReason`
		got := a.query(t, token, `query($one:ID!,$none:ID!){one:grant(id:$one){`+fields+`} none:grant(id:$none){id} other:grant(id:"gra_x"){id}
			node(id:$one){...on Grant{`+fields+`}} nodes(ids:[$none,$one]){id}}`,
			map[string]any{"one": model.KindGrant.ID(all[1].ID), "none": model.KindGrant.ID(bob.ID)})
		want := map[string]any{
			"__typename": "Grant", "id": model.KindGrant.ID(all[1].ID), "user": map[string]any{"username": "carol"},
			"client": map[string]any{"clientId": "shop"}, "scopes": []any{"openid"}, "resources": []any{},
			"createdAt": "2026-11-01T12:00:02.000Z", "lastUsedAt": "2026-11-01T13:00:00.000Z", "expiresAt": "2026-11-02T13:00:00.000Z",
			"offline": true, "sessionId": model.KindSession.ID(over.ID), "active": true, "endedAt": nil, "endReason": nil,
			"session": map[string]any{"id": model.KindSession.ID(over.ID), "active": false},
		}
		if diff := cmp.Diff(map[string]any{
			"one": want, "none": nil, "other": nil, "node": want, "nodes": []any{nil, map[string]any{"id": want["id"]}},
		}, got.Data); diff != "" {
			t.Error(diff, got.body)
		}
		got = a.query(t, token, values.Replace("{grants(filter:{client:$client}){nodes{active endReason}}}"), nil)
		if diff := cmp.Diff([]any{
			map[string]any{"active": false, "endReason": "client_revoked"},
			map[string]any{"active": true, "endReason": nil},
			map[string]any{"active": false, "endReason": nil},
		}, got.at("grants", "nodes")); diff != "" {
			t.Error(diff, got.body)
		}
		for filter, field := range map[string]string{`userId:"cli_x"`: "filter.userId", `client:"x"`: "filter.client", `session:"gra_x"`: "filter.session"} {
			got := a.query(t, token, "{grants(filter:{"+filter+"}){nodes{id}}}", nil)
			if len(got.Errors) != 1 || got.codes()[0] != "VALIDATION_FAILED" || got.Errors[0].Extensions["field"] != field {
				t.Errorf("%s: %s", filter, got.body)
			}
		}
	})
}

// TestAPageOfGrantsCostsFewStatements: 100 grants with all that hangs on them.
func TestAPageOfGrantsCostsFewStatements(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		for i := range 100 {
			user := a.user(t, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)})
			a.grantOf(t, user, a.client, in(a.session(t, user, false)))
		}
		before := a.statements.Load()
		got := a.query(t, token, `{grants(first:100){nodes{active user{username activeSessionCount} client{name} session{ip clients{scopes}}}}}`, nil)
		// Grants, users and how many sessions these have, clients, sessions and the clients in these.
		if n := a.statements.Load() - before - 1; n != 6 || len(got.Errors) > 0 {
			t.Errorf("%d statements: %.300s", n, got.body)
		}
	})
}

func TestRevokingGrants(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	shop, wiki := a.plainClient(t, "shop"), a.plainClient(t, "wiki")
	one, two := a.grantOf(t, bob, shop), a.grantOf(t, bob, wiki)
	for range 3 {
		a.grantOf(t, bob, shop)
		a.grantOf(t, a.admin, wiki)
	}
	id := model.KindGrant.ID
	const counts = "endedGrants refusedGrants userErrors{code path}"
	call := func(field, input, selection string) string {
		t.Helper()
		got := a.query(t, token, "mutation{"+field+"(input:{"+input+"}){"+selection+"}}", nil)
		if len(got.Errors) > 0 {
			t.Fatal(got.body)
		}
		_, data, _ := strings.Cut(got.body, `"`+field+`":`)
		data, _, _ = strings.Cut(data, `}}`)
		return data
	}
	for _, c := range []struct{ field, input, selection, want string }{
		{"revokeGrant", `id:"` + id(one.ID) + `"`, "grant{id active endReason} endedGrants userErrors{code path}", `{"grant":{"id":"` + id(one.ID) + `","active":false,"endReason":"revoked"},"endedGrants":1,"userErrors":[]`},
		{"revokeGrant", `id:"` + id(one.ID) + `"`, "grant{id} endedGrants userErrors{code path}", `{"grant":null,"endedGrants":0,"userErrors":[{"code":"GRANT_NOT_FOUND","path":["input","id"]}]`},
		{"revokeGrant", `id:"` + model.KindUser.ID(bob.ID) + `"`, "grant{id} endedGrants userErrors{code path}", `{"grant":null,"endedGrants":0,"userErrors":[{"code":"GRANT_NOT_FOUND","path":["input","id"]}]`},
		{"revokeGrants", `by:{ids:[]}`, counts, `{"endedGrants":0,"refusedGrants":0,"userErrors":[{"code":"MISSING_REQUIRED_FIELD","path":["input","by","ids"]}]`},
		{"revokeGrants", `by:{ids:["x","` + id(two.ID) + `","usr_x"]}`, counts, `{"endedGrants":0,"refusedGrants":0,"userErrors":[{"code":"GRANT_NOT_FOUND","path":["input","by","ids","0"]},{"code":"GRANT_NOT_FOUND","path":["input","by","ids","2"]}]`},
		{"revokeGrants", `by:{ids:["` + id(one.ID) + `","` + id(two.ID) + `"]}`, counts, `{"endedGrants":1,"refusedGrants":0,"userErrors":[]`},
		{"revokeGrants", `by:{userId:"usr_x"}`, counts, `{"endedGrants":0,"refusedGrants":0,"userErrors":[{"code":"USER_NOT_FOUND","path":["input","by","userId"]}]`},
		{"revokeGrants", `by:{client:"` + model.KindClient.ID(bob.ID) + `"}`, counts, `{"endedGrants":0,"refusedGrants":0,"userErrors":[{"code":"CLIENT_NOT_FOUND","path":["input","by","client"]}]`},
		{"revokeGrants", `by:{userId:"` + model.KindUser.ID(bob.ID) + `"},maxAffected:2`, counts, `{"endedGrants":0,"refusedGrants":0,"userErrors":[{"code":"VALIDATION_FAILED","path":["input","maxAffected"]}]`},
		{"revokeGrants", `by:{userId:"` + model.KindUser.ID(bob.ID) + `"},maxAffected:3,dryRun:true`, counts, `{"endedGrants":3,"refusedGrants":0,"userErrors":[]`},
		{"revokeGrants", `by:{userId:"` + model.KindUser.ID(bob.ID) + `"},maxAffected:3`, counts, `{"endedGrants":3,"refusedGrants":0,"userErrors":[]`},
		{"revokeClientGrants", `id:"` + id(wiki.ID) + `"`, "client{clientId} " + counts, `{"client":null,"endedGrants":0,"refusedGrants":0,"userErrors":[{"code":"CLIENT_NOT_FOUND","path":["input","id"]}]`},
		{"revokeClientGrants", `id:"` + model.KindClient.ID(wiki.ID) + `",dryRun:true`, "client{clientId} " + counts, `{"client":{"clientId":"wiki"},"endedGrants":3,"refusedGrants":0,"userErrors":[]`},
		{"revokeClientGrants", `id:"` + model.KindClient.ID(wiki.ID) + `",maxAffected:2`, "client{clientId} " + counts, `{"client":null,"endedGrants":0,"refusedGrants":0,"userErrors":[{"code":"VALIDATION_FAILED","path":["input","maxAffected"]}]`},
		{"revokeClientGrants", `id:"` + model.KindClient.ID(wiki.ID) + `"`, "client{clientId} " + counts, `{"client":{"clientId":"wiki"},"endedGrants":3,"refusedGrants":0,"userErrors":[]`},
		{"revokeGrants", `by:{client:"` + model.KindClient.ID(wiki.ID) + `"}`, counts, `{"endedGrants":0,"refusedGrants":0,"userErrors":[]`},
	} {
		if got := call(c.field, c.input, c.selection); got != c.want {
			t.Errorf("%s(%s)\n%s\n%s", c.field, c.input, got, c.want)
		}
	}
	for i := range 3 {
		a.grantOf(t, []identity.User{bob, a.admin, bob}[i], wiki)
	}
	token = a.token(t, a.admin, identity.ScopeSessionsWrite)
	if got := call("revokeGrants", `by:{client:"`+model.KindClient.ID(wiki.ID)+`"}`, counts); got != `{"endedGrants":2,"refusedGrants":1,"userErrors":[]` {
		t.Error(got)
	}
}
