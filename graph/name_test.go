package graph

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
)

// TestWhoIsNamedIsReadByNameAlone: a client and a user of a list are the same whether nothing but their names is asked for or all of
// them, in whichever form, and the profile or the registration is read for its own sake alone.
func TestWhoIsNamedIsReadByNameAlone(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		a.grantOf(t, bob, a.plainClient(t, "shop"))
		token := a.token(t, a.admin, everything()...)
		named := map[string]any{"id": model.KindUser.ID(bob.ID), "username": "bob"}
		whole := map[string]any{"id": model.KindUser.ID(bob.ID), "username": "bob", "email": "bob@id.example", "active": true}
		for name, c := range map[string]struct {
			client, user      string
			wantClient, wantU map[string]any
		}{
			"names": {"clientId name", "id username", map[string]any{"clientId": "shop", "name": "shop"}, named},
			"types": {
				"__typename called: name", "__typename",
				map[string]any{"__typename": "Client", "called": "shop"},
				map[string]any{"__typename": "User"},
			},
			"more": {"name active", "id username email active", map[string]any{"name": "shop", "active": true}, whole},
			"fragments": {
				"... on Client { name active }", "... on Node { id } ... on User { username email active }",
				map[string]any{"name": "shop", "active": true},
				whole,
			},
			"nested fragments": {
				"... { ... on Node { ... on Client { name active } } }", "... on AuditTarget { ... on User { id username email active } }",
				map[string]any{"name": "shop", "active": true},
				whole,
			},
			"not asked for": {
				"clientId active @include(if: false)", "id username email @skip(if: true)", map[string]any{"clientId": "shop"}, named,
			},
		} {
			document := `{ grants(first: 1, filter: { userId: "` + model.KindUser.ID(bob.ID) + `" }) { nodes { client {` + c.client +
				"} user {" + c.user + "} } } }"
			got := a.query(t, token, document, nil)
			want := map[string]any{"grants": map[string]any{"nodes": []any{map[string]any{"client": c.wantClient, "user": c.wantU}}}}
			if diff := cmp.Diff(want, got.Data); diff != "" {
				t.Errorf("%s: %v\n%s", name, got.Errors, diff)
			}
		}
	})
}
