package graph

import (
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestRightsDoNotGiveThemselvesMore: with every scope to write but admin:admins:write no mutation makes an administrator,
// takes one over, ends one's access, or takes over a client of administration; with it each does.
func TestRightsDoNotGiveThemselvesMore(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	writes := []string{
		identity.ScopeUsersWrite, identity.ScopeSessionsWrite, identity.ScopeClientsWrite, identity.ScopeScopesWrite, identity.ScopeSystemWrite,
		identity.ScopeGroupsWrite, identity.ScopeGroupsRead, identity.ScopeRolesWrite, identity.ScopeRolesRead,
	}
	boss := a.user(t, admin.NewUser{Username: "boss", Email: "boss@id.example", Admin: true})
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	id, plain, client := model.KindUser.ID(boss.ID), model.KindUser.ID(bob.ID), model.KindClient.ID(a.client.ID)
	group, role := a.group(t, "sales", nil), a.role(t, "editor")
	session := func() string { return model.KindSession.ID(a.session(t, boss, false).ID) }
	system := identity.WithActor(t.Context(), identity.SystemActor("test"))
	check(t, a.services.Scopes.EnsureBuiltIn(system))
	_, err := a.services.Scopes.CreateResource(system, identity.Resource{URI: "https://admin.example", Scopes: []string{identity.ScopeUsersRead}})
	check(t, err)
	a.token(t, boss, identity.ScopeOpenID) // a grant
	grant := model.KindGrant.ID(a.grant(t, boss, identity.Session{}, true, identity.ScopeOpenID).ID)
	consent := a.allow(t, boss, a.client)
	one, two := session(), session()
	session()
	for _, document := range []string{
		`revokeConsent(input:{id:"` + consent + `"}){userErrors{code}}`,
		`revokeConsents(input:{by:{userId:"` + id + `"}}){userErrors{code}}`,
		`revokeGrant(input:{id:"` + grant + `"}){userErrors{code}}`,
		`revokeUserGrant(input:{userId:"` + id + `",by:{client:"` + client + `"}}){userErrors{code}}`,
		`revokeGrants(input:{by:{userId:"` + id + `"}}){userErrors{code}}`,
		`revokeSession(input:{id:"` + one + `"}){userErrors{code}}`,
		`revokeSessions(input:{by:{ids:["` + two + `"]}}){userErrors{code}}`,
		`revokeUserSessions(input:{id:"` + id + `"}){userErrors{code}}`,
		`createUser(input:{username:"extra",email:"extra@id.example",password:{generateTemporary:true},admin:true}){userErrors{code}}`,
		`updateUser(input:{id:"` + plain + `",admin:true}){userErrors{code}}`,
		`updateUser(input:{id:"` + id + `",email:"other@id.example"}){userErrors{code}}`,
		`updateUser(input:{id:"` + id + `",username:"other"}){userErrors{code}}`,
		`updateUser(input:{id:"` + id + `",password:"correct horse battery staple 2"}){userErrors{code}}`,
		`setUserVerified(input:{id:"` + id + `",verified:true}){userErrors{code}}`,
		`unlockUser(input:{id:"` + id + `"}){userErrors{code}}`,
		`removeTotp(input:{id:"` + id + `"}){userErrors{code}}`,
		`removePasskey(input:{id:"` + id + `",passkeyId:"` + a.passkey(t, boss, "key") + `"}){userErrors{code}}`,
		`removeSecurityKey(input:{id:"` + id + `",securityKeyId:"` + a.securityKey(t, boss, "security key") + `"}){userErrors{code}}`,
		`unlinkIdentity(input:{id:"` + id + `",linkedIdentityId:"` + model.KindLinked.ID(a.linked(t, boss.ID).ID) + `"}){userErrors{code}}`,
		`removeRecoveryCodes(input:{id:"` + id + `"}){userErrors{code}}`,
		`forgetBrowsers(input:{id:"` + id + `"}){userErrors{code}}`,
		`setMfaRequired(input:{id:"` + id + `",mfaRequired:true}){userErrors{code}}`,
		`sendVerificationEmail(input:{id:"` + id + `"}){userErrors{code}}`,
		`createRecoveryLink(input:{id:"` + id + `"}){recoveryUrl userErrors{code}}`,
		`assignRole(input:{roleId:"` + role + `",userIds:["` + id + `"]}){userErrors{code}}`,
		`unassignRole(input:{roleId:"` + role + `",userIds:["` + id + `"]}){userErrors{code}}`,
		`addGroupMembers(input:{groupId:"` + group + `",userIds:["` + id + `"]}){userErrors{code}}`,
		`removeGroupMembers(input:{groupId:"` + group + `",userIds:["` + id + `"]}){userErrors{code}}`,
		`bulkUpdateUsers(input:{ids:["` + id + `"],active:false}){results{userErrors{code}} userErrors{code}}`,
		`bulkRevokeSessions(input:{ids:["` + id + `"]}){results{userErrors{code}} userErrors{code}}`,
		`bulkResetPasswords(input:{ids:["` + id + `"]}){results{temporaryPassword userErrors{code}} userErrors{code}}`,
		`resetUserPassword(input:{id:"` + id + `"}){temporaryPassword userErrors{code}}`,
		`addClientSecret(input:{id:"` + client + `"}){clientSecret userErrors{code}}`,
		`endClientSecret(input:{id:"` + client + `",secretId:"` + model.KindSecret.ID(a.client.Secrets[0].ID) + `"}){userErrors{code}}`,
		`revokeClientGrants(input:{id:"` + client + `"}){userErrors{code}}`,
		`rotateClientSecret(input:{id:"` + client + `"}){clientSecret userErrors{code}}`,
		`updateClient(input:{id:"` + client + `",redirectUris:["https://other.example/cb"]}){userErrors{code}}`,
		`createClient(input:{clientId:"robot",grantTypes:["client_credentials"],serviceAdmin:true}){clientSecret userErrors{code}}`,
		`createClient(input:{clientId:"console",redirectUris:["https://x.example/cb"],scopes:["admin:users:write"]}){clientSecret userErrors{code}}`,
		`deleteClient(input:{id:"` + client + `",dryRun:true}){userErrors{code}}`,
		`updateScope(input:{name:"admin:users:read",description:"Users"}){userErrors{code}}`,
		`updateResource(input:{uri:"https://admin.example",name:"API"}){userErrors{code}}`,
		`deleteResource(input:{uri:"https://admin.example"}){userErrors{code}}`,
		`bulkDeleteUsers(input:{ids:["` + plain + `"]}){results{userErrors{code}} userErrors{code}}`,
		`deleteUser(input:{id:"` + id + `"}){userErrors{code}}`,
	} {
		name, _, _ := strings.Cut(document, "(")
		a.now = a.now.Add(30 * time.Second) // points come back
		got := a.query(t, a.token(t, a.admin, writes...), "mutation{"+document+"}", nil)
		if !strings.Contains(got.body, `"INSUFFICIENT_PRIVILEGES"`) || strings.Contains(got.body, `Password":"`) ||
			strings.Contains(got.body, `Secret":"`) {
			t.Errorf("%s without the scope: %s", name, got.body)
		}
		got = a.query(t, a.token(t, a.admin, append(writes, identity.ScopeAdminsWrite)...), "mutation{"+document+"}", nil)
		if got.status != 200 || strings.Contains(got.body, `"code"`) {
			t.Errorf("%s with it: %d %s", name, got.status, got.body)
		}
	}
}
