package graph

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// once sends a mutation with the header Idempotency-Key.
func (a *api) once(tb testing.TB, token, key, document string, variables map[string]any) reply {
	tb.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	check(tb, err)
	return decode(tb, a.send(tb.Context(), token, string(body), "Idempotency-Key", key, "GraphQL-Cost", "off"))
}

// events counts what the trail says of an action.
func (a *api) events(tb testing.TB, action identity.Action) int {
	tb.Helper()
	ctx := identity.WithActor(tb.Context(), identity.SystemActor("test"))
	n, err := a.services.Audit.Count(ctx, admin.AuditList{Filter: identity.AuditFilter{Actions: []identity.Action{action}}})
	check(tb, err)
	return n.Value
}

func TestAKeyMakesAMutationHappenOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		const create = `mutation($name:String!,$key:String!){
			createUser(input:{username:$name,email:"new@id.example",password:{generateTemporary:true}}) @idempotent(key:$key){
				user{id username} temporaryPassword userErrors{code path}}}`
		call := func(name, key string) reply {
			return a.query(t, token, create, map[string]any{"name": name, "key": key})
		}
		first, second := call("new", "k1"), call("new", "k1")
		if first.at("createUser", "temporaryPassword") == nil || first.Extensions["idempotentReplay"] != nil {
			t.Fatal(first.body)
		}
		if second.at("createUser", "temporaryPassword") != nil || second.Extensions["idempotentReplay"] != true || second.Extensions["cost"] == nil {
			t.Errorf("the secret is shown again, or it is not said: %s", second.body)
		}
		if diff := cmp.Diff(first.at("createUser", "user"), second.at("createUser", "user")); diff != "" {
			t.Error(diff)
		}
		if got := call("other", "k1"); len(got.Errors) > 0 || got.at("createUser", "user") != nil ||
			cmp.Diff([]any{map[string]any{"code": "IDEMPOTENCY_KEY_REUSED", "path": []any{"input"}}}, got.at("createUser", "userErrors")) != "" {
			t.Errorf("the key serves other arguments: %s", got.body)
		}
		if got := call("new", "k2"); got.at("createUser", "user") != nil || got.at("createUser", "userErrors") == nil {
			t.Errorf("another key: %s", got.body)
		}
		// A refusal is not kept: what was in the way is gone.
		if got := call("late", "k3"); got.at("createUser", "user") != nil {
			t.Errorf("the address is taken: %s", got.body)
		}
		id, _ := first.at("createUser", "user", "id").(string)
		a.once(t, token, "k4", `mutation($id:ID!){deleteUser(input:{id:$id}){deletedUserId userErrors{code}}}`, map[string]any{"id": id})
		if got := call("late", "k3"); got.at("createUser", "user") == nil || got.Extensions["idempotentReplay"] != nil {
			t.Errorf("a refusal is kept: %s", got.body)
		}
		for key, want := range map[string]string{"": "VALIDATION_FAILED", "a\nb": "VALIDATION_FAILED"} {
			if got := call("x", key); len(got.codes()) != 1 || got.codes()[0] != want {
				t.Errorf("key %q: %s", key, got.body)
			}
		}
		if n := a.events(t, identity.ActionUserCreated); n != 3 { // root, new and late
			t.Errorf("%d users were created", n)
		}
		// Another administrator has keys of their own.
		other := a.token(t, a.user(t, admin.NewUser{Username: "ruth", Email: "ruth@id.example", Admin: true}), everything()...)
		if got := a.query(t, other, create, map[string]any{"name": "third", "key": "k1"}); got.at("createUser", "userErrors") == nil ||
			got.Extensions["idempotentReplay"] != nil {
			t.Errorf("another administrator: %s", got.body)
		}
	})
}

// TestEveryMutationHappensOnce calls each mutation twice with one key: the second response is the first without its
// secrets, and the trail has one event.
func TestEveryMutationHappensOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example", Password: "correct horse battery staple"})
		session := a.session(t, bob, false)
		session2, session3 := a.session(t, bob, false), a.session(t, bob, false)
		grant := a.grant(t, bob, identity.Session{}, true, "openid")
		a.grant(t, bob, session3, false, "openid")
		single, listed := a.grant(t, bob, identity.Session{}, true, "openid"), a.grant(t, bob, identity.Session{}, true, "openid")
		wiki := a.plainClient(t, "wiki")
		a.grantOf(t, bob, wiki)
		consent := a.allow(t, bob, wiki)
		a.allow(t, bob, a.client)
		var metadata identity.ClientMetadata
		metadata.RedirectURIs = []string{"https://old.example/cb"}
		shop, _, err := a.services.Clients.Create(identity.WithActor(t.Context(), identity.SystemActor("test")),
			admin.NewClient{ClientID: "old", Metadata: metadata})
		check(t, err)
		id, sid := model.KindUser.ID(bob.ID), model.KindSession.ID
		writer, reader := a.role(t, "writer"), a.role(t, "reader")
		sales, asia := a.group(t, "sales", nil), a.group(t, "asia", nil)
		running, paused := a.importing(t, identity.TransferRunning), a.importing(t, identity.TransferPaused)
		waiting := a.importing(t, identity.TransferWaiting)
		a.totp(t, bob)
		key, securityKey := a.passkey(t, bob, "key"), a.securityKey(t, bob, "security key")
		trusted := model.KindTrusted.ID(a.trustedIssuer(t, "https://unused.example").ID)
		linked, idp := a.linked(t, bob.ID), model.KindProvider.ID(a.provider(t, "unused").ID)
		a.codes(t, bob, 3)
		check(t, a.store.RememberPlace(t.Context(), identity.Place{UserID: bob.ID, Browser: []byte("b"), Network: "n", At: a.now}))
		letter := a.letter(t, bob)
		settings := *a.domain.Settings.Get()
		settings.Registration = identity.RegistrationInvite
		a.domain.Settings.Set(settings)
		invitation := a.invitation(t, "invited@id.example")
		initial := a.initialAccessToken(t)
		badge := a.attribute(t, identity.AttributeDefinition{Name: "badge"})
		done := map[string]bool{}
		for _, m := range []struct {
			field, document string
			action          identity.Action
			secret          []string // path of what is shown once
			events          int
		}{
			{"updateUser", `updateUser(input:{id:$id,expectedVersion:1,nickname:"b"}){user{nickname} userErrors{code}}`, identity.ActionUserUpdated, nil, 1},
			{"setUserVerified", `setUserVerified(input:{id:$id,verified:true}){user{verified} userErrors{code}}`, identity.ActionUserUpdated, nil, 1},
			{"sendVerificationEmail", `sendVerificationEmail(input:{id:$id}){user{id} userErrors{code}}`, identity.ActionVerificationSent, nil, 0},
			{"setMfaRequired", `setMfaRequired(input:{id:$id,mfaRequired:true}){user{mfaRequired} userErrors{code}}`, identity.ActionUserUpdated, nil, 1},
			{"removeRecoveryCodes", `removeRecoveryCodes(input:{id:$id}){user{id} userErrors{code}}`, identity.ActionRecoveryCodesRemoved, nil, 1},
			{"forgetBrowsers", `forgetBrowsers(input:{id:$id}){user{id} userErrors{code}}`, identity.ActionBrowsersForgotten, nil, 1},
			{
				"createRecoveryLink", `createRecoveryLink(input:{id:$id}){user{id} recoveryUrl userErrors{code}}`,
				identity.ActionRecoveryLinkCreated,
				[]string{"recoveryUrl"},
				1,
			},
			{"sendTestEmail", `sendTestEmail(input:{userId:$id}){mailMessage{id} userErrors{code}}`, identity.ActionMailTested, nil, 1},
			{"retryMail", `retryMail(input:{id:"` + model.KindMail.ID(letter.ID) + `"}){mailMessage{id} userErrors{code}}`, identity.ActionMailRetried, nil, 1},
			{
				"createInitialAccessToken", `createInitialAccessToken(input:{name:"CI"}){initialAccessToken{name} token userErrors{code}}`,
				identity.ActionInitialAccessCreated,
				[]string{"token"},
				1,
			},
			{
				"deleteInitialAccessToken",
				`deleteInitialAccessToken(input:{id:"` + model.KindInitial.ID(initial) + `"}){deletedInitialAccessTokenId userErrors{code}}`,
				identity.ActionInitialAccessDeleted, nil, 1,
			},
			{
				"createInvitation", `createInvitation(input:{email:"new@id.example",groupIds:["` + sales + `"]}){invitation{email groups{name}} userErrors{code}}`,
				identity.ActionInvitationCreated, nil, 1,
			},
			{
				"revokeInvitation", `revokeInvitation(input:{id:"` + model.KindInvite.ID(invitation.ID) + `"}){revokedInvitationId userErrors{code}}`,
				identity.ActionInvitationRevoked, nil, 1,
			},
			{"removeTotp", `removeTotp(input:{id:$id}){user{secondFactor} userErrors{code}}`, identity.ActionTOTPRemoved, nil, 1},
			{
				"removePasskey", `removePasskey(input:{id:$id,passkeyId:"` + key + `"}){user{passkeys{name}} userErrors{code}}`,
				identity.ActionPasskeyRemoved, nil, 1,
			},
			{
				"removeSecurityKey", `removeSecurityKey(input:{id:$id,securityKeyId:"` + securityKey + `"}){user{securityKeys{name}} userErrors{code}}`,
				identity.ActionSecurityKeyRemoved, nil, 1,
			},
			{
				"unlinkIdentity",
				`unlinkIdentity(input:{id:$id,linkedIdentityId:"` + model.KindLinked.ID(linked.ID) + `"}){user{id} userErrors{code}}`,
				identity.ActionIdentityUnlinked, nil, 1,
			},
			{
				"createIdentityProvider",
				`createIdentityProvider(input:{slug:"new",kind:GOOGLE,name:"New",clientId:"x"}){identityProvider{id slug} userErrors{code}}`,
				identity.ActionProviderCreated, nil, 1,
			},
			{
				"updateIdentityProvider",
				`updateIdentityProvider(input:{id:"` + idp + `",name:"Other"}){identityProvider{version} userErrors{code}}`,
				identity.ActionProviderUpdated, nil, 1,
			},
			{
				"deleteIdentityProvider", `deleteIdentityProvider(input:{id:"` + idp + `"}){deletedIdentityProviderId userErrors{code}}`,
				identity.ActionProviderDeleted, nil, 1,
			},
			{
				"createTrustedIssuer",
				`createTrustedIssuer(input:{issuer:"https://new.example",jwksUri:"https://new.example/keys"}){trustedIssuer{id issuer} userErrors{code}}`,
				identity.ActionTrustedCreated, nil, 1,
			},
			{
				"updateTrustedIssuer", `updateTrustedIssuer(input:{id:"` + trusted + `",enabled:false}){trustedIssuer{version} userErrors{code}}`,
				identity.ActionTrustedUpdated, nil, 1,
			},
			{
				"deleteTrustedIssuer", `deleteTrustedIssuer(input:{id:"` + trusted + `"}){deletedTrustedIssuerId userErrors{code}}`,
				identity.ActionTrustedDeleted, nil, 1,
			},
			{"unlockUser", `unlockUser(input:{id:$id}){user{locked} userErrors{code}}`, identity.ActionUserUnlocked, nil, 0},
			{
				"revokeSession", `revokeSession(input:{id:"` + sid(session.ID) + `"}){endedSessions endedGrants userErrors{code}}`,
				identity.ActionSessionsEnded, nil, 1,
			},
			{
				"revokeSessions", `revokeSessions(input:{by:{ids:["` + sid(session2.ID) + `"]}}){endedSessions endedGrants userErrors{code}}`,
				identity.ActionSessionsEnded, nil, 1,
			},
			{
				"revokeUserGrant", `revokeUserGrant(input:{userId:$id,by:{id:"` + model.KindGrant.ID(grant.ID) + `"}}){endedGrants userErrors{code}}`,
				identity.ActionGrantEnded, nil, 1,
			},
			{"revokeGrant", `revokeGrant(input:{id:"` + model.KindGrant.ID(single.ID) + `"}){grant{id} endedGrants userErrors{code}}`, identity.ActionGrantEnded, nil, 1},
			{
				"revokeGrants", `revokeGrants(input:{by:{ids:["` + model.KindGrant.ID(listed.ID) + `"]}}){endedGrants refusedGrants userErrors{code}}`,
				identity.ActionGrantEnded, nil, 1,
			},
			{
				"revokeClientGrants", `revokeClientGrants(input:{id:"` + model.KindClient.ID(wiki.ID) + `"}){client{id} endedGrants userErrors{code}}`,
				identity.ActionGrantEnded, nil, 1,
			},
			{
				"revokeConsent", `revokeConsent(input:{id:"` + consent + `"}){revokedConsentId endedGrants userErrors{code}}`,
				identity.ActionConsentRevoked, nil, 1,
			},
			{"revokeConsents", `revokeConsents(input:{by:{userId:$id}}){revokedConsents userErrors{code}}`, identity.ActionConsentRevoked, nil, 1},
			{
				"revokeUserSessions", `revokeUserSessions(input:{id:$id}){endedSessions endedGrants userErrors{code}}`,
				identity.ActionSessionsEnded, nil, 1,
			},
			{
				"resetUserPassword", `resetUserPassword(input:{id:$id}){temporaryPassword user{id} endedSessions userErrors{code}}`,
				identity.ActionPasswordReset,
				[]string{"temporaryPassword"},
				1,
			},
			{"createGroup", `createGroup(input:{name:"new"}){group{id name} userErrors{code}}`, identity.ActionGroupCreated, nil, 1},
			{
				"updateGroup", `updateGroup(input:{id:"` + sales + `",expectedVersion:1,name:"Sales"}){group{name version} userErrors{code}}`,
				identity.ActionGroupUpdated, nil, 1,
			},
			{
				"addGroupMembers", `addGroupMembers(input:{groupId:"` + sales + `",userIds:["` + id + `"]}){changed unchanged userErrors{code}}`,
				identity.ActionGroupMemberAdded, nil, 1,
			},
			{
				"removeGroupMembers", `removeGroupMembers(input:{groupId:"` + sales + `",userIds:["` + id + `"]}){changed unchanged userErrors{code}}`,
				identity.ActionGroupMemberRemoved, nil, 1,
			},
			{"deleteGroup", `deleteGroup(input:{id:"` + asia + `"}){deletedGroupId removed{members} userErrors{code}}`, identity.ActionGroupDeleted, nil, 1},
			{"createRole", `createRole(input:{name:"new"}){role{id name} userErrors{code}}`, identity.ActionRoleCreated, nil, 1},
			{
				"updateRole", `updateRole(input:{id:"` + writer + `",expectedVersion:1,name:"Writer"}){role{name version} userErrors{code}}`,
				identity.ActionRoleUpdated, nil, 1,
			},
			{
				"assignRole", `assignRole(input:{roleId:"` + writer + `",userIds:["` + id + `"]}){changed unchanged userErrors{code}}`,
				identity.ActionRoleAssigned, nil, 1,
			},
			{
				"unassignRole", `unassignRole(input:{roleId:"` + writer + `",userIds:["` + id + `"]}){changed unchanged userErrors{code}}`,
				identity.ActionRoleUnassigned, nil, 1,
			},
			{"deleteRole", `deleteRole(input:{id:"` + reader + `"}){deletedRoleId removed{users} userErrors{code}}`, identity.ActionRoleDeleted, nil, 1},
			{
				"createAttributeDefinition",
				`createAttributeDefinition(input:{name:"new",type:DATE}){attributeDefinition{id type} userErrors{code}}`,
				identity.ActionAttributeCreated, nil, 1,
			},
			{
				"updateAttributeDefinition",
				`updateAttributeDefinition(input:{id:"` + badge + `",required:true}){attributeDefinition{version} userErrors{code}}`,
				identity.ActionAttributeUpdated, nil, 1,
			},
			{
				"deleteAttributeDefinition",
				`deleteAttributeDefinition(input:{id:"` + badge + `"}){deletedAttributeDefinitionId userErrors{code}}`,
				identity.ActionAttributeDeleted, nil, 1,
			},
			{
				"updateSettings", `updateSettings(input:{values:[{name:"AUTHLY_CODE_TTL",value:"30s"}]}){settings{version} userErrors{code}}`,
				identity.ActionSettingsUpdated, nil, 1,
			},
			{
				"updateBranding", `updateBranding(input:{productName:"Acme"}){branding{version} userErrors{code}}`, identity.ActionBrandingUpdated, nil, 1,
			},
			{"bulkUpdateUsers", `bulkUpdateUsers(input:{ids:[$id],active:false}){changed results{id changed}}`, identity.ActionUserUpdated, nil, 1},
			{"bulkResetPasswords", `bulkResetPasswords(input:{ids:[$id]}){changed results{id changed}}`, identity.ActionPasswordReset, nil, 1},
			{"bulkRevokeSessions", `bulkRevokeSessions(input:{ids:[$id]}){changed unchanged results{id}}`, identity.ActionSessionsEnded, nil, 0},
			{
				"rotateClientSecret", `rotateClientSecret(input:{id:"` + model.KindClient.ID(a.client.ID) + `"}){clientSecret client{id} userErrors{code}}`,
				identity.ActionClientUpdated,
				[]string{"clientSecret"},
				1,
			},
			{
				"createClient", `createClient(input:{clientId:"shop",redirectUris:["https://shop.example/cb"]}){clientSecret client{id} userErrors{code}}`,
				identity.ActionClientCreated,
				[]string{"clientSecret"},
				1,
			},
			{
				"duplicateClient", `duplicateClient(input:{id:"` + model.KindClient.ID(shop.ID) + `"}){clientSecret client{id clientId} userErrors{code}}`,
				identity.ActionClientCreated,
				[]string{"clientSecret"},
				1,
			},
			{
				"addClientSecret", `addClientSecret(input:{id:"` + model.KindClient.ID(shop.ID) + `"}){clientSecret secretId client{id} userErrors{code}}`,
				identity.ActionClientUpdated,
				[]string{"clientSecret"},
				1,
			},
			{
				"endClientSecret", `endClientSecret(input:{id:"` + model.KindClient.ID(shop.ID) + `",secretId:"` +
					model.KindSecret.ID(shop.Secrets[0].ID) + `"}){client{id secrets{id}} userErrors{code}}`,
				identity.ActionClientUpdated, nil, 1,
			},
			{
				"updateClient", `updateClient(input:{id:"` + model.KindClient.ID(shop.ID) + `",expectedVersion:3,name:"B"}){client{name} userErrors{code}}`,
				identity.ActionClientUpdated, nil, 1,
			},
			{
				"deleteClient", `deleteClient(input:{id:"` + model.KindClient.ID(shop.ID) + `"}){deletedClientId inUse{grants{value}} userErrors{code}}`,
				identity.ActionClientDeleted, nil, 1,
			},
			{"createScope", `createScope(input:{name:"tea"}){scope{name createdAt} userErrors{code}}`, identity.ActionScopeSaved, nil, 1},
			{"updateScope", `updateScope(input:{name:"tea",default:true}){scope{default} userErrors{code}}`, identity.ActionScopeSaved, nil, 1},
			{
				"createResource", `createResource(input:{uri:"https://a.example",scopes:["tea"]}){resource{uri scopes createdAt} userErrors{code}}`,
				identity.ActionResourceSaved, nil, 1,
			},
			{
				"updateResource", `updateResource(input:{uri:"https://a.example",scopes:null}){resource{uri scopes} userErrors{code}}`,
				identity.ActionResourceSaved, nil, 1,
			},
			{
				"deleteResource", `deleteResource(input:{uri:"https://a.example"}){deletedResourceUri userErrors{code}}`,
				identity.ActionResourceDeleted, nil, 1,
			},
			{
				"createAuthorizationDetailDefinition", `createAuthorizationDetailDefinition(input:{type:"pay",schema:{}}){authorizationDetailDefinition{type createdAt} userErrors{code}}`,
				identity.ActionDetailTypeSaved, nil, 1,
			},
			{
				"updateAuthorizationDetailDefinition", `updateAuthorizationDetailDefinition(input:{type:"pay",description:"Pay"}){authorizationDetailDefinition{description} userErrors{code}}`,
				identity.ActionDetailTypeSaved, nil, 1,
			},
			{
				"deleteAuthorizationDetailDefinition", `deleteAuthorizationDetailDefinition(input:{type:"pay"}){deletedType userErrors{code}}`,
				identity.ActionDetailTypeDeleted, nil, 1,
			},
			{"deleteScope", `deleteScope(input:{name:"tea"}){deletedScopeName userErrors{code}}`, identity.ActionScopeDeleted, nil, 1},
			{"rotateSigningKey", `rotateSigningKey(input:{algorithm:ES256,emergency:true}){signingKeys{id state} userErrors{code}}`, identity.ActionKeyRetired, nil, 1},
			{
				"retireSigningKey", `retireSigningKey(input:{id:"` + a.key(t, identity.EdDSA, identity.KeyActive) +
					`",removeFromJwks:true}){signingKeys{id state} userErrors{code}}`, identity.ActionKeyRemoved, nil, 1,
			},
			{"importSigningKey", `importSigningKey(input:{key:` + inQuotes(ecKey(t)) + `}){signingKey{id state} userErrors{code}}`, identity.ActionKeyImported, nil, 1},
			{"importUsers", `importUsers(input:{format:CSV}){job{id state} userErrors{code}}`, identity.ActionJobCreated, nil, 1},
			{"exportUsers", `exportUsers(input:{format:CSV}){job{id state} userErrors{code}}`, identity.ActionJobCreated, nil, 1},
			{"exportUserData", `exportUserData(input:{userId:$id}){job{id state} userErrors{code}}`, identity.ActionJobCreated, nil, 1},
			{"exportAuditEvents", `exportAuditEvents(input:{}){job{id state} userErrors{code}}`, identity.ActionJobCreated, nil, 1},
			{"resealSecrets", `resealSecrets{job{id state} userErrors{code}}`, identity.ActionJobCreated, nil, 1},
			{"pauseJob", `pauseJob(input:{id:"` + running + `"}){job{id state} userErrors{code}}`, identity.ActionJobPaused, nil, 1},
			{"resumeJob", `resumeJob(input:{id:"` + paused + `"}){job{id state} userErrors{code}}`, identity.ActionJobResumed, nil, 1},
			{"cancelJob", `cancelJob(input:{id:"` + waiting + `"}){job{id state} userErrors{code}}`, identity.ActionJobCancelled, nil, 1},
			{"bulkDeleteUsers", `bulkDeleteUsers(input:{ids:[$id]}){changed refused results{id changed userErrors{code}}}`, identity.ActionUserDeleted, nil, 1},
		} {
			done[m.field] = true
			document := "mutation($id:ID!){" + m.document + "}"
			if !strings.Contains(m.document, "$id") {
				document = "mutation{" + m.document + "}"
			}
			before := a.events(t, m.action)
			first := a.once(t, token, "key", document, map[string]any{"id": id})
			second := a.once(t, token, "key", document, map[string]any{"id": id})
			if len(first.Errors) > 0 || first.Extensions["idempotentReplay"] != nil || second.Extensions["idempotentReplay"] != true {
				t.Errorf("%s: %s, then %s", m.field, first.body, second.body)
				continue
			}
			for _, name := range m.secret {
				payload, _ := first.at(m.field).(map[string]any)
				if payload[name] == nil || second.at(m.field, name) != nil {
					t.Errorf("%s: %s, then %s", m.field, first.body, second.body)
				}
				payload[name] = nil
			}
			if diff := cmp.Diff(first.Data, second.Data); diff != "" {
				t.Errorf("%s: %s", m.field, diff)
			}
			if n := a.events(t, m.action) - before; n != m.events {
				t.Errorf("%s: %d events", m.field, n)
			}
		}
		done["createUser"], done["deleteUser"] = true, true // TestAKeyMakesAMutationHappenOnce
		for _, field := range a.Handler.(*server).schema.Mutation.Fields {
			if !done[field.Name] {
				t.Errorf("%s was not tried", field.Name)
			}
		}
	})
}

func TestABulkPasswordIsShownOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	document := `mutation{bulkResetPasswords(input:{ids:["` + model.KindUser.ID(bob.ID) + `"]}){results{temporaryPassword}}}`
	password := func() any {
		results, _ := a.once(t, token, "k", document, nil).at("bulkResetPasswords", "results").([]any)
		return results[0].(map[string]any)["temporaryPassword"]
	}
	if first, second := password(), password(); first == nil || second != nil {
		t.Errorf("%v, then %v", first, second)
	}
}

func TestTheIdempotencyHeaderNeedsOneField(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	id := model.KindUser.ID(a.admin.ID)
	two := `mutation{a:unlockUser(input:{id:"` + id + `"}){userErrors{code}} b:unlockUser(input:{id:"` + id + `"}){userErrors{code}}}`
	if got := a.once(t, token, "k", two, nil); got.status != 400 || got.codes()[0] != "BAD_REQUEST" {
		t.Errorf("two fields: %s", got.body)
	}
	if got := a.once(t, token, "k", "{me{id}}", nil); got.at("me", "id") != id {
		t.Errorf("a query: %s", got.body)
	}
	each := `mutation{a:unlockUser(input:{id:"` + id + `"}) @idempotent(key:"1"){userErrors{code}}
		b:unlockUser(input:{id:"` + id + `"}) @idempotent(key:"1"){userErrors{code}}}`
	if got := a.query(t, token, each, nil); len(got.Errors) > 0 || got.Extensions["idempotentReplay"] != true {
		t.Errorf("a key on each: %s", got.body)
	}
}
