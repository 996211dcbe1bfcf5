package graph

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// storedClientFields lists what is stored of a client's registration, in the names of the schema.
func storedClientFields() []string {
	var names []string
	for _, document := range []reflect.Type{reflect.TypeFor[identity.ClientMetadata](), reflect.TypeFor[identity.ClientPolicy]()} {
		for i := range document.NumField() {
			name, _, _ := strings.Cut(document.Field(i).Tag.Get("json"), ",")
			names = append(names, model.ClientFieldName(name))
		}
	}
	return names
}

const publicKey = `{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`

const encryptionKey = `{"kty":"EC","crv":"P-256","kid":"k2","use":"enc","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}`

// fullClient is a client of which every field is stored and none has its default, but for certificates, which exclude others.
func fullClient() admin.NewClient {
	maxAge := 60
	return admin.NewClient{
		ClientID: "full",
		Metadata: identity.ClientMetadata{
			Name: "Full", URI: "https://full.example", LogoURI: "https://full.example/logo.png", PolicyURI: "https://full.example/policy",
			TermsURI: "https://full.example/terms", Localized: map[string]string{"client_name#de": "Voll", "tos_uri#de": "https://full.example/de"}, InitiateLoginURI: "https://full.example/login", Contacts: []string{"ops@full.example"}, ApplicationType: "native",
			RedirectURIs: []string{"https://full.example/cb"}, PostLogoutRedirectURIs: []string{"https://full.example/bye"},
			GrantTypes: []identity.GrantType{identity.GrantAuthorizationCode, identity.GrantCIBA}, ResponseTypes: []string{"code"},
			TokenEndpointAuthMethod: identity.AuthPrivateKeyJWT, TokenEndpointAuthAlg: "EdDSA", Scope: "openid email",
			JWKS: json.RawMessage(`{"keys":[` + publicKey + `,` + encryptionKey + `]}`), IDTokenAlg: identity.EdDSA, UserinfoAlg: identity.ES256, IntrospectionAlg: identity.EdDSA, AuthorizationAlg: identity.ES256,
			IDTokenEncryptionAlg: "ECDH-ES", IDTokenEncryptionEnc: "A128GCM", UserinfoEncryptionAlg: "ECDH-ES+A128KW", UserinfoEncryptionEnc: "A256GCM",
			IntrospectionEncryptionAlg: "ECDH-ES+A256KW", IntrospectionEncryptionEnc: "A128GCM", AuthorizationEncryptionAlg: "ECDH-ES", AuthorizationEncryptionEnc: "A256GCM",
			RequestEncryptionAlg: "RSA-OAEP-256", RequestEncryptionEnc: "A256GCM",
			AccessTokenAlg: identity.RS256, SubjectType: "public", DefaultMaxAge: &maxAge, RequireAuthTime: true,
			DefaultACRValues:     []string{"phr", "urn:authly:acr:2"},
			BackchannelLogoutURI: "https://full.example/logout", BackchannelNeedsSession: true, FrontchannelLogoutURI: "https://full.example/frame", FrontchannelNeedsSID: true, RequirePushedRequests: true, RequestObjectAlg: "EdDSA", DetailTypes: []string{"payment"}, RequestURIs: []string{"https://full.example/request#1"}, RequireSignedRequest: true, BoundAccessTokens: true, DeliveryMode: identity.DeliveryPing, NotificationURI: "https://full.example/ping", BackchannelRequestAlg: "EdDSA", SoftwareID: "4NRB1", SoftwareVersion: "2.1",
		},
		Policy: &identity.ClientPolicy{
			Profile: identity.ProfileOIDCBasic, RequirePKCE: false, RefreshTokenRotation: false, SkipConsent: true, ServiceAdmin: true,
			AccessTokenFormat: identity.FormatOpaque, AccessTokenTTL: 61, IDTokenTTL: 62,
			AssertionIssuer: "https://cluster.example", AssertionSubject: "system:full", AssertionIssuers: []string{"https://hr.example"},
			RefreshTokenTTL: 63, AssertionAudience: "issuer", RequireACR: "urn:authly:acr:1", Audiences: []string{testIssuer}, IDTokenClaims: true,
			ExchangeResources: []string{testIssuer}, ExchangeImpersonates: true,
			DefaultResource: testIssuer, Description: "asks each night",
			GroupsClaim: "https://full.example/groups", GroupsPrefix: "g:", RolesClaim: "realm_roles", RolesPrefix: "ROLE_", OwnRolesOnly: true,
		},
	}
}

// fullClientShown is fullClient as the API shows it.
func fullClientShown(tb testing.TB) map[string]any {
	tb.Helper()
	var shown map[string]any
	check(tb, json.Unmarshal([]byte(`{
		"name": "Full", "uri": "https://full.example", "logoUri": "https://full.example/logo.png", "policyUri": "https://full.example/policy",
		"tosUri": "https://full.example/terms", "localized": {"client_name#de": "Voll", "tos_uri#de": "https://full.example/de"}, "contacts": ["ops@full.example"], "applicationType": "native",
		"initiateLoginUri": "https://full.example/login",
		"redirectUris": ["https://full.example/cb"], "postLogoutRedirectUris": ["https://full.example/bye"],
		"grantTypes": ["authorization_code", "urn:openid:params:grant-type:ciba"], "responseTypes": ["code"], "tokenEndpointAuthMethod": "private_key_jwt",
		"tokenEndpointAuthSigningAlg": "EdDSA", "scopes": ["openid", "email"], "jwks": {"keys": [`+publicKey+`,`+encryptionKey+`]}, "jwksUri": null,
		"idTokenSignedResponseAlg": "EdDSA", "userinfoSignedResponseAlg": "ES256", "introspectionSignedResponseAlg": "EdDSA", "authorizationSignedResponseAlg": "ES256", "accessTokenSignedResponseAlg": "RS256",
		"idTokenEncryptedResponseAlg": "ECDH-ES", "idTokenEncryptedResponseEnc": "A128GCM", "userinfoEncryptedResponseAlg": "ECDH-ES+A128KW", "userinfoEncryptedResponseEnc": "A256GCM",
		"introspectionEncryptedResponseAlg": "ECDH-ES+A256KW", "introspectionEncryptedResponseEnc": "A128GCM", "authorizationEncryptedResponseAlg": "ECDH-ES", "authorizationEncryptedResponseEnc": "A256GCM",
		"requestObjectEncryptionAlg": "RSA-OAEP-256", "requestObjectEncryptionEnc": "A256GCM",
		"sectorIdentifierUri": null, "subjectType": "public", "defaultMaxAge": 60, "defaultAcrValues": ["phr", "urn:authly:acr:2"], "requireAuthTime": true, "backchannelLogoutUri": "https://full.example/logout",
		"backchannelLogoutSessionRequired": true, "frontchannelLogoutUri": "https://full.example/frame", "frontchannelLogoutSessionRequired": true, "requirePushedAuthorizationRequests": true, "authorizationDetailsTypes": ["payment"], "requestObjectSigningAlg": "EdDSA", "requestUris": ["https://full.example/request#1"], "requireSignedRequestObject": true, "dpopBoundAccessTokens": true, "tlsClientCertificateBoundAccessTokens": false,
		"tlsClientAuthSubjectDn": null, "tlsClientAuthSanDns": null, "tlsClientAuthSanUri": null, "tlsClientAuthSanIp": null, "tlsClientAuthSanEmail": null,
		"backchannelTokenDeliveryMode": "ping", "backchannelClientNotificationEndpoint": "https://full.example/ping", "backchannelAuthenticationRequestSigningAlg": "EdDSA",
		"softwareId": "4NRB1", "softwareVersion": "2.1", "profile": "oidc_basic", "requirePkce": false,
		"refreshTokenRotation": false, "skipConsent": true, "serviceAdmin": true, "accessTokenFormat": "opaque", "accessTokenTtl": 61, "idTokenTtl": 62,
		"refreshTokenTtl": 63, "assertionAudience": "issuer", "requireAcr": "urn:authly:acr:1", "audiences": ["`+testIssuer+`"], "idTokenClaims": true,
		"assertionIssuer": "https://cluster.example", "assertionSubject": "system:full", "assertionIssuers": ["https://hr.example"],
		"exchangeResources": ["`+testIssuer+`"], "exchangeImpersonates": true,
		"defaultResource": "`+testIssuer+`", "description": "asks each night",
		"groupsClaim": "https://full.example/groups", "groupsPrefix": "g:", "rolesClaim": "realm_roles", "rolesPrefix": "ROLE_", "ownRolesOnly": true, "refuseDpop": false}`), &shown))
	return shown
}

// TestEveryStoredFieldOfAClientIsReadable: each field has its own value, and that of a client that says nothing its default.
func TestEveryStoredFieldOfAClientIsReadable(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, identity.ScopeClientsRead)
		system := identity.WithActor(t.Context(), identity.SystemActor("test"))
		_, _, err := a.services.Clients.Create(system, fullClient())
		check(t, err)
		elsewhere := fullClient()
		elsewhere.ClientID, elsewhere.Metadata.JWKS, elsewhere.Metadata.JWKSURI = "elsewhere", nil, "https://full.example/jwks.json"
		_, _, err = a.services.Clients.Create(system, elsewhere)
		check(t, err)
		read := func(clientID string) any {
			document := `query($id:String!){client(by:{clientId:$id}){` + strings.Join(storedClientFields(), " ") + `}}`
			got := a.query(t, token, document, map[string]any{"id": clientID})
			if got.at("client") == nil {
				t.Fatal(got.body)
			}
			return got.at("client")
		}
		want := fullClientShown(t)
		if diff := cmp.Diff(any(want), read("full")); diff != "" {
			t.Error(diff)
		}
		want["jwks"], want["jwksUri"] = nil, "https://full.example/jwks.json"
		if diff := cmp.Diff(any(want), read("elsewhere")); diff != "" {
			t.Error(diff)
		}
		silent := map[string]any{}
		for _, name := range storedClientFields() {
			silent[name] = nil
		}
		for name, value := range map[string]any{
			"name": "app", "contacts": []any{}, "applicationType": "web", "redirectUris": []any{"https://app.example/cb"},
			"postLogoutRedirectUris": []any{}, "defaultAcrValues": []any{}, "grantTypes": []any{"authorization_code", "refresh_token"}, "responseTypes": []any{"code"},
			"tokenEndpointAuthMethod": "client_secret_basic", "idTokenSignedResponseAlg": "RS256", "introspectionSignedResponseAlg": "RS256", "authorizationSignedResponseAlg": "RS256", "accessTokenSignedResponseAlg": "ES256",
			"subjectType": "public", "requireAuthTime": false, "requirePushedAuthorizationRequests": false, "authorizationDetailsTypes": []any{}, "requestUris": []any{}, "requireSignedRequestObject": false, "dpopBoundAccessTokens": false, "tlsClientCertificateBoundAccessTokens": false,
			"backchannelLogoutSessionRequired": false, "frontchannelLogoutUri": nil, "frontchannelLogoutSessionRequired": false, "requirePkce": true,
			"refreshTokenRotation": true, "skipConsent": false, "serviceAdmin": false, "audiences": []any{}, "idTokenClaims": false,
			"assertionIssuers": []any{}, "exchangeResources": []any{}, "exchangeImpersonates": false,
			"ownRolesOnly": false, "refuseDpop": false,
		} {
			silent[name] = value
		}
		app, _ := read("app").(map[string]any)
		delete(app, "scopes")
		delete(silent, "scopes")
		if diff := cmp.Diff(silent, app); diff != "" {
			t.Error(diff)
		}
	})
}

// TestAClientIsKnownByOneNameInItsCertificate: each of the five is given, shown and cleared.
func TestAClientIsKnownByOneNameInItsCertificate(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	names := map[string]any{
		"tlsClientAuthSubjectDn": "CN=shop,O=Example", "tlsClientAuthSanDns": "shop.example.org", "tlsClientAuthSanUri": "spiffe://example.org/shop",
		"tlsClientAuthSanIp": "192.0.2.7", "tlsClientAuthSanEmail": "shop@example.org",
	}
	for name, value := range names {
		input := map[string]any{
			"redirectUris": []string{"https://silent.example/cb"}, "tokenEndpointAuthMethod": "tls_client_auth",
			"tlsClientCertificateBoundAccessTokens": true, name: value,
		}
		made := a.createClient(t, token, input)
		for other := range names {
			want := value
			if other != name {
				want = nil
			}
			if got := made.at("createClient", "client", other); got != want {
				t.Errorf("%s: %s is %v: %s", name, other, got, made.body)
			}
		}
		if made.at("createClient", "client", "tlsClientCertificateBoundAccessTokens") != true || made.at("createClient", "clientSecret") != nil {
			t.Error(made.body)
		}
		id, _ := made.at("createClient", "client", "id").(string)
		changed := a.updateClient(t, token, id, `"`+name+`":null,"tlsClientCertificateBoundAccessTokens":null,"tokenEndpointAuthMethod":"none"`)
		shown := changed.at("updateClient", "client")
		if registration(shown)[name] != nil || registration(shown)["tlsClientCertificateBoundAccessTokens"] != false {
			t.Errorf("%s is not cleared: %s", name, changed.body)
		}
	}
}

// TestNoSecretOfAClientIsShown: a key set from before sets were checked is shown without what only the client may know.
func TestNoSecretOfAClientIsShown(t *testing.T) {
	t.Parallel()
	var c identity.Client
	c.Metadata.JWKS = json.RawMessage(`{"keys":[` + publicKey + `,{"kty":"oct","k":"Y2FuYXJ5"},{"kty":"OKP","crv":"Ed25519","D":"Y2FuYXJ5"},5]}`)
	shown, err := json.Marshal(model.NewClient(c).Jwks())
	check(t, err)
	if diff := cmp.Diff(`{"keys":[`+publicKey+`]}`, string(shown)); diff != "" {
		t.Error(diff)
	}
	c.Metadata.JWKS = json.RawMessage(`"canary"`)
	if keys := model.NewClient(c).Jwks(); keys != nil {
		t.Errorf("what is no set is shown: %v", keys)
	}
}
