package graph

import (
	"testing"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// totp gives a user an authenticator app, of which nobody knows the secret.
func (a *api) totp(t *testing.T, user identity.User) {
	t.Helper()
	added, err := a.store.InsertTOTP(t.Context(), identity.TOTP{
		ID: a.domain.Source.NewID(), UserID: user.ID, Sealed: []byte("sealed"), CreatedAt: a.now,
	})
	check(t, err)
	if !added {
		t.Fatal("the user has an app")
	}
}

func TestAnAuthenticatorAppIsTakenAwayOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		a.totp(t, bob)
		id := map[string]any{"id": model.KindUser.ID(bob.ID)}
		token := a.token(t, a.admin, "admin:users:write", "admin:users:read")
		got := a.query(t, token, `query($id:ID!){user(by:{id:$id}){secondFactor}}`, id)
		if got.at("user", "secondFactor") != true {
			t.Errorf("before: %s", got.body)
		}
		const remove = `mutation($id:ID!){removeTotp(input:{id:$id}){user{secondFactor} userErrors{code}}}`
		desk := a.token(t, a.admin, "admin:users:reset", "admin:users:read")
		if got := a.query(t, desk, remove, id); len(got.Errors) == 0 {
			t.Errorf("who may reset passwords: %s", got.body)
		}
		for range 2 { // the second time there is none, which is what was asked for
			got := a.query(t, token, remove, id)
			if got.at("removeTotp", "user", "secondFactor") != false || len(got.problems(t, "removeTotp")) > 0 {
				t.Errorf("removed: %s", got.body)
			}
		}
		list, err := a.store.AuditEvents(t.Context(), identity.AuditQuery{
			Filter: identity.AuditFilter{Actions: []identity.Action{identity.ActionTOTPRemoved}}, Range: identity.KeysetRange{Limit: 5},
		})
		check(t, err)
		if len(list) != 1 || list[0].Item.TargetName != "bob" || list[0].Item.ActorName != a.admin.Username {
			t.Errorf("audited as %+v", list)
		}
	})
}
