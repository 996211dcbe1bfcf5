package graph

import (
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// invitation is an invitation of the administrator to an address.
func (a *api) invitation(t *testing.T, email string) identity.Invitation {
	t.Helper()
	i := identity.Invitation{
		ID: a.domain.Source.NewID(), Digest: []byte(email), Email: email, CreatedAt: a.now, ExpiresAt: a.now.Add(24 * time.Hour),
		Actor: identity.Actor{Kind: identity.ActorUser, UserID: a.admin.ID, Name: a.admin.Username},
	}
	check(t, a.store.SaveInvitation(t.Context(), i))
	return i
}

// TestInvitationsAreShown to who reads users, without the groups to who does not read these.
func TestInvitationsAreShown(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		first, second := a.invitation(t, "first@id.example"), a.invitation(t, "second@id.example")
		token := a.token(t, a.admin, "admin:users:read")
		for filter, want := range map[string]string{
			`{email:"FIRST@id.example"}`: `"nodes":[{"id":"` + model.KindInvite.ID(first.ID) + `","email":"first@id.example","createdBy":"root"}]`,
			`{expired:true}`:             `"nodes":[]`,
			`{expired:false}`:            `"email":"second@id.example"`,
			`{createdAt:{lt:"` + a.now.Format(time.RFC3339) + `"}}`: `"nodes":[]`,
		} {
			if got := a.query(t, token, `{invitations(filter:`+filter+`){nodes{id email createdBy}}}`, nil); !strings.Contains(got.body, want) {
				t.Errorf("%s: %s", filter, got.body)
			}
		}
		id := model.KindInvite.ID(second.ID)
		one := a.query(t, token, `{invitation(id:"`+id+`"){email} node(id:"`+id+`"){__typename} invitations{totalCount{value}}}`, nil)
		if one.at("invitation", "email") != "second@id.example" || one.at("node", "__typename") != "Invitation" || one.at("invitations", "totalCount", "value") != 2.0 {
			t.Errorf("one: %s", one.body)
		}
		if got := a.query(t, token, `{invitation(id:"`+id+`"){groups{name}}}`, nil); len(got.Errors) == 0 {
			t.Errorf("groups without their scope: %s", got.body)
		}
	})
}

// TestWhoIsInvitedByAnAdministrator: an address that has no account, as often as a mailbox bears, while somebody could register,
// and into groups only by who may add members.
func TestWhoIsInvitedByAnAdministrator(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		writer := a.token(t, a.admin, "admin:users:write")
		invite := func(token, email, more string) reply {
			return a.query(t, token, `mutation{createInvitation(input:{email:"`+email+`"`+more+`}){invitation{email} userErrors{code path}}}`, nil)
		}
		if got := invite(writer, "new@id.example", ""); !strings.Contains(got.body, "REGISTRATION_CLOSED") {
			t.Errorf("while nobody can register: %s", got.body)
		}
		settings := *a.domain.Settings.Get()
		settings.Registration = identity.RegistrationInvite
		a.domain.Settings.Set(settings)
		if got := invite(writer, "new@id.example", ""); got.at("createInvitation", "invitation", "email") != "new@id.example" {
			t.Errorf("somebody: %s", got.body)
		}
		sales, both := a.group(t, "sales", nil), a.token(t, a.admin, "admin:users:write", "admin:groups:write")
		for name, got := range map[string]string{
			"USER_ALREADY_EXISTS": invite(writer, strings.ToUpper(bob.Email), "").body,
			"VALIDATION_FAILED":   invite(writer, "nobody", "").body,
			"GROUP_NOT_FOUND":     invite(both, "a@id.example", `,groupIds:["grp_019d3751-c1ab-7000-8000-000000000009"]`).body,
			"INSUFFICIENT":        invite(writer, "a@id.example", `,groupIds:["`+sales+`"]`).body,
		} {
			if !strings.Contains(got, name) {
				t.Errorf("%s: %s", name, got)
			}
		}
		many := strings.Repeat(`"`+sales+`",`, identity.MaxInvitationGroups+1)
		if got := invite(both, "b@id.example", `,groupIds:[`+many+`]`); !strings.Contains(got.body, "VALIDATION_FAILED") {
			t.Errorf("into very many groups: %s", got.body)
		}
		refused := false
		for range 10 {
			refused = refused || strings.Contains(invite(writer, "NEW@id.example", "").body, "RATE_LIMIT_EXCEEDED")
		}
		if !refused {
			t.Error("there is no limit")
		}
	})
}
