package graph

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// allow remembers the consent of a user for a client and returns its global id.
func (a *api) allow(tb testing.TB, user identity.User, client identity.Client) string {
	tb.Helper()
	c := identity.Consent{UserID: user.ID, ClientID: client.ID, Scopes: []string{"openid"}, CreatedAt: a.now, UpdatedAt: a.now}
	check(tb, a.store.SaveConsent(tb.Context(), c))
	return model.ConsentID(c.Key())
}

func TestConsentsOfAll(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		carol := a.user(t, admin.NewUser{Username: "carol", Email: "carol@id.example"})
		shop, wiki := a.plainClient(t, "shop"), a.plainClient(t, "wiki")
		one, two := a.allow(t, bob, shop), a.allow(t, carol, shop)
		a.now = a.now.Add(time.Second)
		three := a.allow(t, bob, wiki)
		const document = `query($filter:ConsentFilter,$after:String){consents(first:1,after:$after,filter:$filter,orderBy:{field:UPDATED_AT,direction:ASC}){
			nodes{id user{username} client{clientId} scopes createdAt updatedAt} totalCount{value} pageInfo{hasNextPage endCursor}}}`
		walk := func(filter map[string]any) (ids []any) {
			after := any(nil)
			for range 4 {
				got := a.query(t, token, document, map[string]any{"filter": filter, "after": after})
				for _, node := range got.at("consents", "nodes").([]any) {
					ids = append(ids, node.(map[string]any)["id"])
				}
				if after = got.at("consents", "pageInfo", "endCursor"); got.at("consents", "pageInfo", "hasNextPage") == false {
					break
				}
			}
			return ids
		}
		first := []any{one, two}
		if bob.ID.String() > carol.ID.String() {
			first = []any{two, one}
		}
		for _, c := range []struct {
			filter map[string]any
			want   []any
		}{
			{nil, append(first, three)},
			{map[string]any{"client": model.KindClient.ID(shop.ID)}, first},
			{map[string]any{"userId": model.KindUser.ID(bob.ID)}, []any{one, three}},
			{map[string]any{"updatedAt": map[string]any{"gte": a.now.Format(time.RFC3339)}}, []any{three}},
			{map[string]any{"userId": model.KindUser.ID(carol.ID), "client": model.KindClient.ID(wiki.ID)}, nil},
		} {
			if diff := cmp.Diff(c.want, walk(c.filter)); diff != "" {
				t.Error(c.filter, diff)
			}
		}
		got := a.query(t, token, `query($id:ID!,$ids:[ID!]!){node(id:$id){id ...on Consent{user{username} client{clientId} scopes updatedAt}} nodes(ids:$ids){id}}`,
			map[string]any{"id": three, "ids": []string{"con_x", one, strings.Replace(one, "con_", "usr_", 1), three + "x", "con_" + bob.ID.String()}})
		want := map[string]any{
			"node": map[string]any{
				"id": three, "user": map[string]any{"username": "bob"}, "client": map[string]any{"clientId": "wiki"}, "scopes": []any{"openid"},
				"updatedAt": "2026-11-01T12:00:01.000Z",
			},
			"nodes": []any{nil, map[string]any{"id": one}, nil, nil, nil},
		}
		if diff := cmp.Diff(want, got.Data); diff != "" {
			t.Error(diff, got.body)
		}
		a.grantOf(t, bob, shop)
		a.grantOf(t, carol, shop)
		call := func(field, input, selection, want string) {
			t.Helper()
			got := a.query(t, token, "mutation{"+field+"(input:{"+input+"}){"+selection+" userErrors{code path}}}", nil)
			if !strings.HasPrefix(got.body, `{"data":{"`+field+`":`+want+`}`) {
				t.Errorf("%s(%s): %s", field, input, got.body)
			}
		}
		call("revokeConsent", `id:"`+one+`",includeGrants:true`, "revokedConsentId endedGrants", `{"revokedConsentId":"`+one+`","endedGrants":1,"userErrors":[]}`)
		for _, id := range []string{one, "con_x", model.KindUser.ID(bob.ID)} {
			call("revokeConsent", `id:"`+id+`"`, "revokedConsentId", `{"revokedConsentId":null,"userErrors":[{"code":"CONSENT_NOT_FOUND","path":["input","id"]}]}`)
		}
		const counts = "revokedConsents endedGrants refusedConsents"
		none := func(path, code string) string {
			return `{"revokedConsents":0,"endedGrants":0,"refusedConsents":0,"userErrors":[{"code":"` + code + `","path":["input","by",` + path + `]}]}`
		}
		call("revokeConsents", `by:{ids:[]}`, counts, none(`"ids"`, "MISSING_REQUIRED_FIELD"))
		call("revokeConsents", `by:{ids:["`+two+`","x"]}`, counts, none(`"ids","1"`, "CONSENT_NOT_FOUND"))
		call("revokeConsents", `by:{userId:"x"}`, counts, none(`"userId"`, "USER_NOT_FOUND"))
		call("revokeConsents", `by:{client:"x"}`, counts, none(`"client"`, "CLIENT_NOT_FOUND"))
		call("revokeConsents", `by:{client:"`+model.KindClient.ID(shop.ID)+`"}`, counts, `{"revokedConsents":1,"endedGrants":0,"refusedConsents":0,"userErrors":[]}`)
		call("revokeConsents", `by:{userId:"`+model.KindUser.ID(bob.ID)+`"}`, counts, `{"revokedConsents":1,"endedGrants":0,"refusedConsents":0,"userErrors":[]}`)
	})
}
