package graph

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestAPageOfClientsWithWhoUsesThemCostsSevenStatements: 100 clients, three lists of each, and the users of these.
func TestAPageOfClientsWithWhoUsesThemCostsSevenStatements(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		live := a.session(t, bob, false)
		check(t, a.store.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
			for i := range 100 {
				id := uuid.New()
				c := identity.Client{ID: id, ClientID: fmt.Sprintf("c%d", i), Active: true, CreatedAt: a.now, UpdatedAt: a.now, Version: 1}
				if err := tx.InsertClient(ctx, c); err != nil {
					return err
				}
				for range 3 {
					g := identity.Grant{ID: uuid.New(), UserID: bob.ID, ClientID: id, SessionID: &live.ID, AuthTime: a.now, CreatedAt: a.now}
					if err := tx.InsertGrant(ctx, g); err != nil {
						return err
					}
				}
				consent := identity.Consent{UserID: bob.ID, ClientID: id, CreatedAt: a.now, UpdatedAt: a.now}
				if err := tx.SaveConsent(ctx, consent); err != nil {
					return err
				}
			}
			return nil
		}))
		const user = "user{username}"
		for through, page := range map[string]string{"nodes": "nodes{%s}", "edges": "edges{node{%s}}"} {
			document := fmt.Sprintf("{clients(first:100,orderBy:{field:CLIENT_ID,direction:DESC}){"+page+"}}",
				fmt.Sprintf("clientId grants(first:2){"+page+" pageInfo{hasNextPage}} ", user)+
					fmt.Sprintf("sessions(first:2){"+page+" totalCount{value}} ", "ip "+user)+fmt.Sprintf("consents(first:2){"+page+"}", "scopes "+user))
			before := a.statements.Load()
			got := a.query(t, token, document, nil)
			if n := a.statements.Load() - before - 1; len(got.Errors) > 0 || n > 7 { // without that of the token
				t.Errorf("through %s: %d statements: %.300s", through, n, got.body)
			}
			if through == "edges" {
				continue
			}
			who := map[string]any{"user": map[string]any{"username": "bob"}}
			want := map[string]any{
				"clientId": "c99", "grants": map[string]any{"nodes": []any{who, who}, "pageInfo": map[string]any{"hasNextPage": true}},
				"sessions": map[string]any{
					"nodes": []any{map[string]any{"ip": "192.0.2.7", "user": who["user"]}}, "totalCount": map[string]any{"value": 1.0},
				},
				"consents": map[string]any{"nodes": []any{map[string]any{"scopes": []any{}, "user": who["user"]}}},
			}
			if diff := cmp.Diff(want, got.at("clients", "nodes").([]any)[0]); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// TestNestedPagesOfAClientGoOn: further pages are of the same list as the first, and no other client's.
func TestNestedPagesOfAClientGoOn(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		shop, other := a.plainClient(t, "shop"), a.plainClient(t, "other")
		ended := a.now
		want := map[string][]any{}
		for i := range 5 {
			user := a.user(t, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)})
			a.now = a.now.Add(time.Second)
			live := a.session(t, user, false)
			grant := a.grantOf(t, user, shop, in(live))
			a.grantOf(t, user, other, in(a.session(t, user, false)))
			a.grantOf(t, user, shop, func(g *identity.Grant) { g.EndedAt, g.EndReason = &ended, "client_revoked" })
			consent := identity.Consent{UserID: user.ID, ClientID: shop.ID, CreatedAt: a.now, UpdatedAt: a.now}
			check(t, a.store.SaveConsent(t.Context(), consent))
			for list, id := range map[string]string{
				"grants": model.KindGrant.ID(grant.ID), "sessions": model.KindSession.ID(live.ID), "consents": model.ConsentID(consent.Key()),
			} {
				want[list] = append([]any{id}, want[list]...)
			}
		}
		for list, ids := range want {
			var seen []any
			after := any(nil)
			for len(seen) < 9 {
				got := a.query(t, token, `query($after:String){client(by:{clientId:"shop"}){`+list+
					`(first:2,after:$after){nodes{id} totalCount{value} pageInfo{endCursor hasNextPage}}}}`, map[string]any{"after": after})
				nodes, _ := got.at("client", list, "nodes").([]any)
				for _, node := range nodes {
					seen = append(seen, node.(map[string]any)["id"])
				}
				if got.at("client", list, "totalCount", "value") != 5.0 {
					t.Fatal(list, got.body)
				}
				if after = got.at("client", list, "pageInfo", "endCursor"); got.at("client", list, "pageInfo", "hasNextPage") != true {
					break
				}
			}
			if diff := cmp.Diff(ids, seen); diff != "" {
				t.Errorf("%s: %s", list, diff)
			}
		}
		all := a.query(t, token, `{client(by:{clientId:"shop"}){
			grants(filter:{}){totalCount{value}} sessions(last:1,filter:{active:false}){nodes{id}}}}`, nil)
		if all.at("client", "grants", "totalCount", "value") != 10.0 || len(all.at("client", "sessions", "nodes").([]any)) != 0 {
			t.Error(all.body)
		}
		for _, list := range []string{"grants", "sessions", "consents"} {
			got := a.query(t, token, `query($c:ID!){client(by:{id:$c}){`+list+`(filter:{client:$c}){nodes{id}}}}`,
				map[string]any{"c": model.KindClient.ID(shop.ID)})
			if len(got.Errors) != 1 || got.Errors[0].Extensions["field"] != "filter.client" {
				t.Errorf("%s of a client in a client: %s", list, got.body)
			}
			few := a.query(t, a.token(t, a.admin, identity.ScopeClientsRead), `{client(by:{clientId:"shop"}){name `+list+`{nodes{id}}}}`, nil)
			if len(few.Errors) != 1 || few.codes()[0] != "INSUFFICIENT_PRIVILEGES" {
				t.Errorf("%s without the scope of them: %s", list, few.body)
			}
		}
	})
}
