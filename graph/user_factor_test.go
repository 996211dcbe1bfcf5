package graph

import (
	"strconv"
	"strings"
	"testing"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// codes gives a user with an app so many recovery codes.
func (a *api) codes(t *testing.T, user identity.User, n int) {
	t.Helper()
	digests := make([][]byte, n)
	for i := range digests {
		digests[i] = []byte(user.Username + strconv.Itoa(i))
	}
	stored, err := a.store.ReplaceRecoveryCodes(t.Context(), user.ID, digests, a.now)
	check(t, err)
	if !stored {
		t.Fatal("the user has no app")
	}
}

// TestFactorsOfAListAreReadTogether: what many users have costs two statements more, and is taken away.
func TestFactorsOfAListAreReadTogether(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		bob, carol := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"}), a.user(t, admin.NewUser{Username: "carol", Email: "carol@id.example"})
		a.totp(t, bob)
		a.codes(t, bob, 3)
		until := a.now.Add(1)
		check(t, a.store.RememberPlace(t.Context(), identity.Place{UserID: bob.ID, Browser: []byte("b"), Network: "n", At: a.now, Trusted: &until}))
		check(t, a.store.RememberPlace(t.Context(), identity.Place{UserID: carol.ID, Browser: []byte("c"), Network: "n", At: a.now}))
		token := a.token(t, a.admin, "admin:users:write", "admin:users:read")
		const list = `{users(orderBy:{field:USERNAME}){nodes{username mfaRequired %}}}`
		with := func(fields string) (reply, int64) {
			before := a.statements.Load()
			got := a.query(t, token, strings.Replace(list, "%", fields, 1), nil)
			return got, a.statements.Load() - before
		}
		with("")
		_, plain := with("active")
		got, cost := with("recoveryCodes{remaining createdAt} browsers{lastSeenAt trustedUntil}")
		if cost-plain != 2 {
			t.Errorf("%d statements more: %s", cost-plain, got.body)
		}
		if strings.Count(got.body, `"remaining":3`) != 1 || strings.Count(got.body, `"recoveryCodes":null`) != 2 ||
			strings.Count(got.body, `"trustedUntil":null`) != 1 || strings.Count(got.body, `"browsers":[]`) != 1 {
			t.Errorf("listed: %s", got.body)
		}
		id := map[string]any{"id": model.KindUser.ID(bob.ID)}
		for range 2 { // the second time there is nothing, which is what was asked for
			for _, field := range []string{"removeRecoveryCodes", "forgetBrowsers"} {
				got := a.query(t, token, `mutation($id:ID!){`+field+`(input:{id:$id}){user{secondFactor recoveryCodes{remaining} browsers{lastSeenAt}} userErrors{code}}}`, id)
				if got.at(field, "user", "secondFactor") != true || len(got.problems(t, field)) > 0 {
					t.Errorf("%s: %s", field, got.body)
				}
			}
		}
		got, _ = with("recoveryCodes{remaining} browsers{lastSeenAt}")
		if strings.Contains(got.body, "remaining") || strings.Count(got.body, "lastSeenAt") != 1 {
			t.Errorf("afterwards: %s", got.body)
		}
		for _, action := range []identity.Action{identity.ActionRecoveryCodesRemoved, identity.ActionBrowsersForgotten} {
			if n := a.events(t, action); n != 1 {
				t.Errorf("%s: %d events", action, n)
			}
		}
	})
}
