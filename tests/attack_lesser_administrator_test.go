package tests

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestALesserAdministratorOpensNoGreaterAccount: who may only reset passwords, everybody's or those of a group, makes no link into an
// account that has more rights or a passkey, or is somebody else's to look after, takes no factor away, and puts no other address there
// for a link to go to.
func TestALesserAdministratorOpensNoGreaterAccount(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		mailbox := harness.NewMailbox(t, false)
		n := start(t, db, append(withMail(mailbox), harness.ByName())...)
		desk, plain, owner := harness.Alice(), harness.Alice(), harness.Alice()
		desk.Username, desk.Email = "desk", "desk@example.org"
		plain.Username, plain.Email = "plain", "plain@example.org"
		owner.Username, owner.Email = "keyed", "keyed@example.org"
		n.Apply(t, admin.Desired{
			Clients: []admin.NewClient{consoleClient()}, Users: []admin.DesiredUser{desk, plain, owner},
			Groups: []admin.DesiredGroup{{Path: "/shop", Members: []string{"plain", "keyed"}}},
			Roles: []admin.DesiredRole{{
				Name: "help desk", Users: []string{"desk"}, AdminScopes: []string{"admin:users:reset"}, AdminGroups: []string{"/shop"},
			}},
		})
		keyed := harness.NewBrowser(t, n)
		keyed.Get(n.URL + "/account/security")
		keyed.SignIn("keyed", harness.AlicePassword)
		addPasskey(t, n, keyed)
		mailbox.Next(t)

		party := harness.NewParty(t, n, "console", "admin:users:reset")
		callers := map[string]administration{
			"everybody's": {Node: n, token: consoleToken(t, n, "admin:users:reset")},
			"a group's":   {Node: n, token: party.Tokens(harness.NewBrowser(t, n), "desk", harness.AlicePassword).AccessToken},
		}
		targets := map[string][]string{"everybody's": {"admin", "keyed"}, "a group's": {"admin", "keyed", "alice", "desk"}}
		before := db.RowCounts(t)
		for who, caller := range callers {
			for _, name := range targets[who] {
				id := model.KindUser.ID(n.User(t, name).ID)
				for _, mail := range []bool{false, true} {
					answer := caller.try(t, fmt.Sprintf(`mutation($id:ID!){createRecoveryLink(input:{id:$id,mail:%t}){recoveryUrl userErrors{code}}}`, mail), "id", id)
					if strings.Contains(answer.Text, "token=") || !strings.Contains(answer.Text, `"code"`) {
						t.Errorf("%s, a link for %s: %s", who, name, answer.Text)
					}
				}
			}
			id := model.KindUser.ID(n.User(t, "keyed").ID)
			for _, change := range []string{
				`removeTotp(input:{id:$id}){userErrors{code}}`, `removeRecoveryCodes(input:{id:$id}){userErrors{code}}`,
				`forgetBrowsers(input:{id:$id}){userErrors{code}}`, `updateUser(input:{id:$id,email:"thief@example.org"}){userErrors{code}}`,
				`setUserVerified(input:{id:$id,verified:true}){userErrors{code}}`, `sendVerificationEmail(input:{id:$id}){userErrors{code}}`,
			} {
				if answer := caller.try(t, "mutation($id:ID!){"+change+"}", "id", id); !strings.Contains(answer.Text, "INSUFFICIENT") {
					t.Errorf("%s, %s: %s", who, change, answer.Text)
				}
			}
		}
		after := db.RowCounts(t)
		for _, table := range []string{"one_time_tokens", "mail_messages", "passkeys", "totps"} {
			if after[table] != before[table] {
				t.Errorf("%s: %d rows, then %d", table, before[table], after[table])
			}
		}
		made := callers["a group's"].run(t, `mutation($id:ID!){createRecoveryLink(input:{id:$id}){recoveryUrl userErrors{code}}}`,
			"id", model.KindUser.ID(n.User(t, "plain").ID))
		if link, _ := dig(made, "createRecoveryLink", "recoveryUrl").(string); !strings.HasPrefix(link, n.Issuer+"/recover/new?token=") {
			t.Errorf("whom they look after gets %v", made)
		}
	})
}
