package graph

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func TestClients(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		system := identity.WithActor(t.Context(), identity.SystemActor("test"))
		for i := range 5 {
			var metadata identity.ClientMetadata
			metadata.RedirectURIs, metadata.Name = []string{"https://app.example/cb"}, fmt.Sprintf("Shop %d", i)
			_, _, err := a.services.Clients.Create(system, admin.NewClient{ClientID: fmt.Sprintf("shop-%d", i), Inactive: i == 4, Metadata: metadata})
			check(t, err)
		}
		ids := func(arguments string) []any {
			t.Helper()
			got := a.query(t, token, "{clients"+arguments+"{nodes{clientId} totalCount{value} edges{cursor} pageInfo{hasNextPage hasPreviousPage endCursor}}}", nil)
			if len(got.Errors) > 0 {
				t.Fatal(got.body)
			}
			out := []any{got.at("clients", "totalCount", "value"), got.at("clients", "pageInfo", "hasNextPage")}
			for _, node := range got.at("clients", "nodes").([]any) {
				out = append(out, node.(map[string]any)["clientId"])
			}
			return out
		}
		for arguments, want := range map[string][]any{
			``:          {6.0, false, "app", "shop-0", "shop-1", "shop-2", "shop-3", "shop-4"},
			`(first:2)`: {6.0, true, "app", "shop-0"},
			`(last:2)`:  {6.0, false, "shop-3", "shop-4"},
			`(first:2,orderBy:{field:CLIENT_ID,direction:DESC})`: {6.0, true, "shop-4", "shop-3"},
			`(search:"HOP 1")`:              {1.0, false, "shop-1"},
			`(filter:{active:false})`:       {1.0, false, "shop-4"},
			`(search:"nothing",first:1)`:    {0.0, false},
			`(filter:{active:true},last:1)`: {5.0, false, "shop-3"},
		} {
			if diff := cmp.Diff(want, ids(arguments)); diff != "" {
				t.Errorf("%s: %s", arguments, diff)
			}
		}
		var walked []any
		for after := any(nil); len(walked) < 7; {
			got := a.query(t, token, "query($after:String){clients(first:2,after:$after){edges{node{clientId}} pageInfo{hasNextPage endCursor}}}",
				map[string]any{"after": after})
			walked = append(walked, got.at("clients", "edges").([]any)...)
			if after = got.at("clients", "pageInfo", "endCursor"); got.at("clients", "pageInfo", "hasNextPage") == false {
				break
			}
		}
		if len(walked) != 6 {
			t.Errorf("%d clients were met", len(walked))
		}
		for document, field := range map[string]string{
			`{clients(after:"x"){nodes{id}}}`: "after", `{clients(first:1,last:1){nodes{id}}}`: "first",
			`query{clients(search:"a\u0000b"){nodes{id}}}`: "search",
		} {
			if got := a.query(t, token, document, nil); len(got.Errors) != 1 || got.Errors[0].Extensions["field"] != field {
				t.Errorf("%s: %s", document, got.body)
			}
		}
		inactive := a.query(t, token, `{client(by:{clientId:"shop-4"}){active}}`, nil)
		if inactive.at("client", "active") != false {
			t.Errorf("an inactive client is not found by its client_id: %s", inactive.body)
		}
	})
}

func TestConsentsOfUsers(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		check(t, a.store.SaveConsent(t.Context(), identity.Consent{
			UserID: bob.ID, ClientID: a.client.ID, Scopes: []string{"openid", "email"}, CreatedAt: a.now, UpdatedAt: a.now,
		}))
		const document = `{users(orderBy:{field:USERNAME}){nodes{username consents{client{clientId} scopes updatedAt}}}}`
		before := a.statements.Load()
		got := a.query(t, token, document, nil)
		if n := a.statements.Load() - before; n != 4 { // the token, the users, their consents, the clients
			t.Errorf("%d statements", n)
		}
		consent := map[string]any{"client": map[string]any{"clientId": "app"}, "scopes": []any{"openid", "email"}, "updatedAt": "2026-11-01T12:00:00.000Z"}
		want := []any{
			map[string]any{"username": "bob", "consents": []any{consent}}, map[string]any{"username": "root", "consents": []any{}},
		}
		if diff := cmp.Diff(want, got.at("users", "nodes")); diff != "" {
			t.Error(diff)
		}
		const revoke = `mutation($u:ID!,$c:ID!){revokeUserGrant(input:{userId:$u,by:{client:$c}}){user{consents{scopes}} endedGrants userErrors{code}}}`
		gone := a.query(t, token, revoke, map[string]any{"u": model.KindUser.ID(bob.ID), "c": model.KindClient.ID(a.client.ID)})
		if diff := cmp.Diff([]any{}, gone.at("revokeUserGrant", "user", "consents")); diff != "" || gone.at("revokeUserGrant", "endedGrants") != 0.0 {
			t.Errorf("the consent stays: %s", gone.body)
		}
	})
}
