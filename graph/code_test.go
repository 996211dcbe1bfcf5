package graph

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestEveryCodeOfTheSchemaComes walks the enum: for each of its values there is a request that is answered with it.
func TestEveryCodeOfTheSchemaComes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(c *Config) {
		c.Limits = DefaultLimits()
		c.Limits.BucketSize, c.Limits.BucketRestore = 5000, 1
		c.Admin.Statistics = nil // a fault
	})
	other := a.user(t, admin.NewUser{Username: "other", Email: "other@id.example", Admin: true})
	bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
	expired := a.token(t, bob, everything()...)
	a.now = a.now.Add(24 * time.Hour)
	token := a.token(t, a.admin, everything()...)
	system := identity.WithActor(t.Context(), identity.SystemActor("test"))
	var metadata identity.ClientMetadata
	metadata.RedirectURIs, metadata.TokenEndpointAuthMethod = []string{"https://app.example/cb"}, identity.AuthNone
	metadata.Scope = "tea"
	_, err := a.services.Scopes.Create(system, identity.Scope{Name: "tea"})
	check(t, err)
	const api = "https://api.example"
	if _, err := a.services.Scopes.CreateDetailType(system, identity.DetailType{Name: "payment", Schema: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	_, err = a.services.Scopes.CreateResource(system, identity.Resource{URI: api})
	check(t, err)
	_, _, err = a.services.Clients.Create(system,
		admin.NewClient{ClientID: "serves", Metadata: metadata, Policy: &identity.ClientPolicy{Audiences: []string{api}}})
	check(t, err)
	public, _, err := a.services.Clients.Create(system, admin.NewClient{ClientID: "public", Metadata: metadata})
	check(t, err)
	metadata = identity.ClientMetadata{GrantTypes: []identity.GrantType{identity.GrantClientCredentials}}
	metadata.Scope = identity.JoinScope(everything())
	robot, _, err := a.services.Clients.Create(system,
		admin.NewClient{ClientID: "robot", Metadata: metadata, Policy: &identity.ClientPolicy{ServiceAdmin: true}})
	check(t, err)
	two, err := a.services.Clients.AddSecret(system, a.client.ID, admin.NewSecret{})
	check(t, err)
	issued, err := a.domain.Tokens.Issue(t.Context(), identity.Issuance{Client: robot, Scopes: everything()}, nil)
	check(t, err)

	self, bobID, nobody := model.KindUser.ID(a.admin.ID), model.KindUser.ID(bob.ID), uuid.NewString()
	update := func(input string) string {
		return `mutation{updateUser(input:{` + input + `}){userErrors{code}}}`
	}
	end := func(client identity.Client, secret uuid.UUID) string {
		return `mutation{endClientSecret(input:{id:"` + model.KindClient.ID(client.ID) + `",secretId:"` + model.KindSecret.ID(secret) +
			`"}){userErrors{code}}}`
	}
	once := func(name string) string {
		return `mutation{updateUser(input:{id:"` + bobID + `",nickname:"` + name + `"})@idempotent(key:"k"){userErrors{code}}}`
	}
	a.query(t, token, once("one"), nil)
	check(t, a.store.DeleteUser(t.Context(), other.ID))
	sales := a.groupWith(t, "sales")
	a.group(t, "emea", sales)
	salesID := model.KindGroup.ID(*sales)
	editor := a.role(t, "editor")
	a.assign(t, editor, []identity.User{bob})
	badge := a.attribute(t, identity.AttributeDefinition{Name: "badge", Unique: true})
	_, err = a.services.Users.Update(system, bob.ID, admin.UserChange{Attributes: identity.AttributeValues{"badge": {"B1"}}}, nil)
	check(t, err)
	a.manyAttributes(t, identity.MaxAttributeDefinitions-1)
	only := a.user(t, admin.NewUser{Username: "only", Email: "only@id.example"})
	only.Password.Hash = ""
	check(t, a.store.UpdateUser(t.Context(), only))
	linked := a.linked(t, only.ID)
	for i := range identity.MaxProviders - 1 {
		slug := "taken"
		if i > 0 {
			slug += strconv.Itoa(i)
		}
		a.provider(t, slug)
	}
	for i := range identity.MaxTrustedIssuers {
		a.trustedIssuer(t, "https://trusted-"+strconv.Itoa(i)+".example")
	}
	carl := a.user(t, admin.NewUser{Username: "carl", Email: "carl@id.example"})
	a.assignMany(t, carl)
	known := ecKey(t)
	_, _, err = a.services.SigningKeys.Import(system, known, "")
	check(t, err)
	const dear = `{users(first:100){nodes{sessions(first:6){nodes{id}}}}}`
	asked := map[model.UserErrorCode]func() reply{
		model.UserErrorCodeUnauthorized:           func() reply { return a.query(t, "", "{me{id}}", nil) },
		model.UserErrorCodeInsufficientPrivileges: func() reply { return a.query(t, a.token(t, bob, everything()...), "{me{id}}", nil) },
		model.UserErrorCodeTokenExpired:           func() reply { return a.query(t, expired, "{me{id}}", nil) },
		model.UserErrorCodeTokenInvalid:           func() reply { return a.query(t, token+"x", "{me{id}}", nil) },
		model.UserErrorCodeRateLimitExceeded: func() (got reply) {
			for range 10 {
				got = a.query(t, token, dear, nil)
			}
			return got
		},
	}
	for code, document := range map[model.UserErrorCode]string{
		model.UserErrorCodeUserNotFound:          update(`id:"usr_` + nobody + `",active:true`),
		model.UserErrorCodeUserAlreadyExists:     update(`id:"` + bobID + `",username:"Root"`),
		model.UserErrorCodeSelfAdminRevokeDenied: update(`id:"` + self + `",admin:false`),
		model.UserErrorCodeClientNotFound:        `mutation{rotateClientSecret(input:{id:"cli_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeClientAlreadyExists:   `mutation{createClient(input:{clientId:"app",redirectUris:["https://x.example/cb"]}){userErrors{code}}}`,
		model.UserErrorCodeClientInvalidConfig: `mutation{rotateClientSecret(input:{id:"` + model.KindClient.ID(public.ID) +
			`"}){userErrors{code}}}`,
		model.UserErrorCodeClientSecretLimit:       `mutation{addClientSecret(input:{id:"` + model.KindClient.ID(two.Client.ID) + `"}){userErrors{code}}}`,
		model.UserErrorCodeClientSecretNotFound:    end(robot, uuid.New()),
		model.UserErrorCodeLastClientSecret:        end(robot, robot.Secrets[0].ID),
		model.UserErrorCodeValidationFailed:        update(`id:"` + bobID + `",username:"?"`),
		model.UserErrorCodeInvalidInput:            `{users(first:101){nodes{id}}}`,
		model.UserErrorCodeMissingRequiredField:    update(`id:"` + bobID + `",username:null`),
		model.UserErrorCodeInternalError:           `{dashboard{at}}`,
		model.UserErrorCodePasswordPolicyViolation: update(`id:"` + bobID + `",password:"password"`),
		model.UserErrorCodeVersionConflict:         update(`id:"` + bobID + `",expectedVersion:99,active:true`),
		model.UserErrorCodeIdempotencyKeyReused:    once("two"),
		model.UserErrorCodeSessionNotFound:         `mutation{revokeSession(input:{id:"ses_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeCredentialNotFound: `mutation{removePasskey(input:{id:"` + bobID + `",passkeyId:"psk_` + nobody +
			`"}){userErrors{code}}}`,
		model.UserErrorCodeRoleNotFound:               `mutation{deleteRole(input:{id:"rol_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeRoleAlreadyExists:          `mutation{createRole(input:{name:"EDITOR"}){userErrors{code}}}`,
		model.UserErrorCodeRoleInUse:                  `mutation{deleteRole(input:{id:"` + editor + `"}){userErrors{code}}}`,
		model.UserErrorCodeJobNotFound:                `mutation{pauseJob(input:{id:"job_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeJobState:                   `mutation{pauseJob(input:{id:"` + a.importing(t, identity.TransferPaused) + `"}){userErrors{code}}}`,
		model.UserErrorCodeMailNotFound:               `mutation{retryMail(input:{id:"mai_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeMailOver:                   `mutation{retryMail(input:{id:"` + model.KindMail.ID(a.overLetter(t).ID) + `"}){userErrors{code}}}`,
		model.UserErrorCodeInitialAccessTokenNotFound: `mutation{deleteInitialAccessToken(input:{id:"iat_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeInvitationNotFound:         `mutation{revokeInvitation(input:{id:"inv_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeRegistrationClosed:         `mutation{createInvitation(input:{email:"new@id.example"}){userErrors{code}}}`,
		model.UserErrorCodeEmailUnverified:            `mutation{sendTestEmail(input:{userId:"` + bobID + `"}){userErrors{code}}}`,
		model.UserErrorCodeMembershipLimit: `mutation{assignRole(input:{roleId:"` + editor + `",userIds:["` + model.KindUser.ID(carl.ID) +
			`"]}){userErrors{code}}}`,
		model.UserErrorCodeGroupNotFound:      `mutation{deleteGroup(input:{id:"grp_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeGroupAlreadyExists: `mutation{createGroup(input:{name:"SALES"}){userErrors{code}}}`,
		model.UserErrorCodeGroupInUse:         `mutation{deleteGroup(input:{id:"` + salesID + `"}){userErrors{code}}}`,
		model.UserErrorCodeConsentNotFound:    `mutation{revokeConsent(input:{id:"con_` + nobody + `_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeKeyNotFound:        `mutation{retireSigningKey(input:{id:"key_x"}){userErrors{code}}}`,
		model.UserErrorCodeKeyTooYoung:        `mutation{retireSigningKey(input:{id:"` + a.key(t, identity.ES256, identity.KeyActive) + `"}){userErrors{code}}}`,
		model.UserErrorCodeKeyAlreadyExists:   `mutation{importSigningKey(input:{key:` + inQuotes(known) + `}){userErrors{code}}}`,
		model.UserErrorCodeGrantNotFound: `mutation{revokeUserGrant(input:{userId:"` + bobID + `",by:{id:"gra_` + nobody +
			`"}}){userErrors{code}}}`,
		model.UserErrorCodeResourceNotFound:                           `mutation{deleteResource(input:{uri:"x"}){userErrors{code}}}`,
		model.UserErrorCodeResourceAlreadyExists:                      `mutation{createResource(input:{uri:"` + api + `"}){userErrors{code}}}`,
		model.UserErrorCodeAuthorizationDetailDefinitionNotFound:      `mutation{deleteAuthorizationDetailDefinition(input:{type:"x"}){userErrors{code}}}`,
		model.UserErrorCodeAuthorizationDetailDefinitionAlreadyExists: `mutation{createAuthorizationDetailDefinition(input:{type:"payment",schema:{}}){userErrors{code}}}`,
		model.UserErrorCodeResourceInUse:                              `mutation{deleteResource(input:{uri:"` + api + `"}){userErrors{code}}}`,

		model.UserErrorCodeSettingFixed:       `mutation{updateSettings(input:{values:[{name:"AUTHLY_ISSUER",value:"x"}]}){userErrors{code}}}`,
		model.UserErrorCodeSettingPinned:      `mutation{updateSettings(input:{values:[{name:"AUTHLY_ID_TOKEN_TTL",value:"1m"}]}){userErrors{code}}}`,
		model.UserErrorCodeScopeNotFound:      `mutation{deleteScope(input:{name:"none"}){userErrors{code}}}`,
		model.UserErrorCodeScopeAlreadyExists: `mutation{createScope(input:{name:"Tea"}){userErrors{code}}}`,
		model.UserErrorCodeScopeInUse:         `mutation{deleteScope(input:{name:"tea"}){userErrors{code}}}`,
		model.UserErrorCodeScopeRequired:      `mutation{deleteScope(input:{name:"openid"}){userErrors{code}}}`,

		model.UserErrorCodeIdentityProviderNotFound: `mutation{deleteIdentityProvider(input:{id:"idp_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeIdentityProviderAlreadyExists: `mutation{createIdentityProvider(input:{slug:"taken",kind:GOOGLE,name:"x",clientId:"x"}){
			userErrors{code}}}`,
		model.UserErrorCodeIdentityProviderInUse: `mutation{deleteIdentityProvider(input:{id:"` + model.KindProvider.ID(linked.ProviderID) +
			`"}){userErrors{code}}}`,
		model.UserErrorCodeIdentityProviderLimit: `mutation{createIdentityProvider(input:{slug:"more",kind:GOOGLE,name:"x",clientId:"x"}){
			userErrors{code}}}`,
		model.UserErrorCodeTrustedIssuerNotFound: `mutation{deleteTrustedIssuer(input:{id:"tri_` + nobody + `"}){userErrors{code}}}`,
		model.UserErrorCodeTrustedIssuerAlreadyExists: `mutation{createTrustedIssuer(input:{issuer:"https://trusted-0.example",
			jwksUri:"https://x.example/keys"}){userErrors{code}}}`,
		model.UserErrorCodeTrustedIssuerLimit: `mutation{createTrustedIssuer(input:{issuer:"https://more.example",
			jwksUri:"https://x.example/keys"}){userErrors{code}}}`,
		model.UserErrorCodeLastCredential: `mutation{unlinkIdentity(input:{id:"` + model.KindUser.ID(linked.UserID) + `",linkedIdentityId:"` +
			model.KindLinked.ID(linked.ID) + `"}){userErrors{code}}}`,

		model.UserErrorCodeAttributeAlreadyExists: `mutation{createAttributeDefinition(input:{name:"A0",type:DATE}){userErrors{code}}}`,
		model.UserErrorCodeAttributeLimit:         `mutation{createAttributeDefinition(input:{name:"one",type:DATE}){userErrors{code}}}`,
		model.UserErrorCodeAttributeInUse:         `mutation{deleteAttributeDefinition(input:{id:"` + badge + `"}){userErrors{code}}}`,
		model.UserErrorCodeAttributeValueTaken:    update(`id:"` + self + `",attributes:[{name:"badge",values:["b1"]}]`),
		model.UserErrorCodeAttributeNotFound:      `mutation{deleteAttributeDefinition(input:{id:"atr_` + nobody + `"}){userErrors{code}}}`,
	} {
		asked[code] = func() reply { return a.query(t, token, document, nil) }
	}
	asked[model.UserErrorCodeLastAdminProtection] = func() reply {
		return a.query(t, issued.Value, update(`id:"`+self+`",admin:false`), nil)
	}
	asked[model.UserErrorCodeMailNotConfigured] = func() reply {
		deps, users := a.deps, a.services.Users
		deps.Mail = nil
		a.services.Users = admin.New(deps, a.domain.SigningKeys).Users
		defer func() { a.services.Users = users }()
		return a.query(t, token, `mutation{createRecoveryLink(input:{id:"`+bobID+`",mail:true}){userErrors{code}}}`, nil)
	}
	a.now = a.now.Add(time.Second)
	for _, code := range model.AllUserErrorCode {
		ask, ok := asked[code]
		if !ok {
			t.Errorf("nothing is answered with %s", code)
			continue
		}
		text, err := json.Marshal(code)
		check(t, err)
		if got := ask(); !strings.Contains(got.body, `"code":`+string(text)) {
			t.Errorf("%s: %s", code, got.body)
		}
	}
}

// TestAnExpiredTokenIsToldFromARevokedOne: for the first there is another one, for the second there is not.
func TestAnExpiredTokenIsToldFromARevokedOne(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		ask := func(token string) exact { return exactly(a.query(t, token, "{me{username}}", nil)) }
		expiredThenRevoked, revoked := a.token(t, a.admin, everything()...), a.token(t, a.admin, everything()...)
		_, err := a.store.EndGrants(t.Context(), identity.GrantSelection{UserID: a.admin.ID}, a.now, identity.EndRevoked)
		check(t, err)
		invalid := exact{Status: 401, Code: "TOKEN_INVALID", Message: identity.ErrInvalidToken.Detail}
		expired := exact{Status: 401, Code: "TOKEN_EXPIRED", Message: "The access token has expired."}
		if got := ask(revoked); got != invalid {
			t.Errorf("revoked: %+v", got)
		}
		good := a.token(t, a.admin, everything()...)
		a.now = a.now.Add(24 * time.Hour)
		for name, token := range map[string]string{"expired": good, "expired and revoked": expiredThenRevoked} {
			if got := ask(token); got != expired {
				t.Errorf("%s: %+v", name, got)
			}
		}
		if got := ask(good + "x"); got != invalid {
			t.Errorf("forged: %+v", got)
		}
	})
}
