package graph

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

const clientProblems = "userErrors{__typename code message path ...on VersionConflict{currentVersion} ...on NotFound{id}}"

// createClient sends createClient with an input.
func (a *api) createClient(tb testing.TB, token string, input any) reply {
	tb.Helper()
	document := `mutation($input:CreateClientInput!){createClient(input:$input){client{id clientId active version ` +
		strings.Join(storedClientFields(), " ") + `} clientSecret ` + clientProblems + `}}`
	return a.query(tb, token, document, map[string]any{"input": input})
}

// updateClient sends updateClient with the members of its input.
func (a *api) updateClient(tb testing.TB, token, id, members string) reply {
	tb.Helper()
	document := `mutation($input:UpdateClientInput!){updateClient(input:$input){client{active version ` +
		strings.Join(storedClientFields(), " ") + `} ` + clientProblems + `}}`
	return a.query(tb, token, document, map[string]any{"input": json.RawMessage(`{"id":"` + id + `",` + members + `}`)})
}

// registration returns the shown fields that are stored of a registration.
func registration(shown any) map[string]any {
	members, _ := shown.(map[string]any)
	members = maps.Clone(members)
	maps.DeleteFunc(members, func(name string, _ any) bool { return !slices.Contains(storedClientFields(), name) })
	return members
}

// TestEveryFieldOfAClientCanBeGivenAndCleared: createClient and updateClient take what Client shows, null is what a client
// has that was created with nothing.
func TestEveryFieldOfAClientCanBeGivenAndCleared(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		want := fullClientShown(t)
		input := maps.Clone(want)
		input["clientId"], input["active"] = "full", false
		full := a.createClient(t, token, input)
		if diff := cmp.Diff(want, registration(full.at("createClient", "client"))); diff != "" || len(full.problems(t, "createClient")) > 0 {
			t.Error(diff, full.body)
		}
		if full.at("createClient", "clientSecret") != nil || full.at("createClient", "client", "active") != false {
			t.Errorf("a client without a secret has one, or is active: %s", full.body)
		}
		silent := a.createClient(t, token, map[string]any{"redirectUris": []string{"https://silent.example/cb"}})
		id, _ := silent.at("createClient", "client", "id").(string)
		secret, _ := silent.at("createClient", "clientSecret").(string)
		clientID, _ := silent.at("createClient", "client", "clientId").(string)
		stored, err := a.domain.ClientAuth.Find(t.Context(), clientID)
		check(t, err)
		if !a.domain.ClientAuth.ProveSecret(stored, secret) || strings.Contains(a.log.String(), secret) {
			t.Errorf("the secret does not work, or is in the log: %s", silent.body)
		}
		text, err := json.Marshal(want)
		check(t, err)
		changed := a.updateClient(t, token, id, strings.Trim(string(text), "{}")+`,"expectedVersion":1`)
		if diff := cmp.Diff(want, registration(changed.at("updateClient", "client"))); diff != "" || changed.at("updateClient", "client", "version") != 2.0 {
			t.Error(diff, changed.body)
		}
		if again := a.updateClient(t, token, id, strings.Trim(string(text), "{}")); again.at("updateClient", "client", "version") != 2.0 {
			t.Errorf("the same again is a change: %s", again.body)
		}
		nothing := map[string]any{}
		for _, name := range storedClientFields() {
			nothing[name] = nil
		}
		nothing["redirectUris"] = []string{"https://silent.example/cb"}
		text, err = json.Marshal(nothing)
		check(t, err)
		cleared := a.updateClient(t, token, id, strings.Trim(string(text), "{}"))
		if diff := cmp.Diff(registration(silent.at("createClient", "client")), registration(cleared.at("updateClient", "client"))); diff != "" {
			t.Error("null clears to the default", diff, cleared.body)
		}
		for _, same := range []string{`"contacts":[],"description":null`, `"redirectUris":["https://silent.example/cb"],"active":true`} {
			if got := a.updateClient(t, token, id, same); got.at("updateClient", "client", "version") != 3.0 {
				t.Errorf("a change of nothing: %s", got.body)
			}
		}
	})
}

// clientFaults are wrong values of createClient and updateClient alike, each with the path that is told.
var clientFaults = map[string]string{
	`"name":"` + strings.Repeat("x", 256) + `"`:         "name",
	`"description":"` + strings.Repeat("x", 1001) + `"`: "description",
	`"uri":"ftp://x"`:                        "uri",
	`"logoUri":"/l"`:                         "logoUri",
	`"policyUri":"javascript:1"`:             "policyUri",
	`"tosUri":"https://x/#y"`:                "tosUri",
	`"initiateLoginUri":"http://x.example/"`: "initiateLoginUri",
	`"contacts":["a","b\nc"]`:                "contacts.1",
	`"applicationType":"spa"`:                "applicationType",
	`"redirectUris":["https://a.example/cb","http://a.example/cb"]`:    "redirectUris.1",
	`"redirectUris":["https://a.example/cb","HTTPS://A.example/cb"]`:   "redirectUris.1",
	`"postLogoutRedirectUris":["https://a.example/*"]`:                 "postLogoutRedirectUris.0",
	`"grantTypes":["authorization_code","magic"]`:                      "grantTypes.1",
	`"responseTypes":["code","token"]`:                                 "responseTypes.1",
	`"responseTypes":["id_token"]`:                                     "responseTypes.0",
	`"tokenEndpointAuthMethod":"client_secret"`:                        "tokenEndpointAuthMethod",
	`"tokenEndpointAuthMethod":"private_key_jwt"`:                      "jwks",
	`"tokenEndpointAuthSigningAlg":"HS256"`:                            "tokenEndpointAuthSigningAlg",
	`"scopes":["a\"b"]`:                                                "scopes",
	`"scopes":["openid email"]`:                                        "scopes",
	`"scopes":[""]`:                                                    "scopes",
	`"jwks":{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`:                   "jwks",
	`"jwks":"text"`:                                                    "jwks",
	`"jwks":true`:                                                      "jwks",
	`"jwksUri":"keys.json"`:                                            "jwksUri",
	`"idTokenSignedResponseAlg":"none"`:                                "idTokenSignedResponseAlg",
	`"userinfoSignedResponseAlg":"HS256"`:                              "userinfoSignedResponseAlg",
	`"introspectionSignedResponseAlg":"none"`:                          "introspectionSignedResponseAlg",
	`"authorizationSignedResponseAlg":"none"`:                          "authorizationSignedResponseAlg",
	`"idTokenEncryptedResponseAlg":"RSA1_5"`:                           "idTokenEncryptedResponseAlg",
	`"idTokenEncryptedResponseEnc":"A128GCM"`:                          "idTokenEncryptedResponseEnc",
	`"userinfoEncryptedResponseAlg":"ECDH-ES"`:                         "jwks",
	`"userinfoEncryptedResponseEnc":"A128GCM"`:                         "userinfoEncryptedResponseEnc",
	`"introspectionEncryptedResponseAlg":"dir"`:                        "introspectionEncryptedResponseAlg",
	`"introspectionEncryptedResponseEnc":"A128GCM"`:                    "introspectionEncryptedResponseEnc",
	`"authorizationEncryptedResponseAlg":"A128KW"`:                     "authorizationEncryptedResponseAlg",
	`"authorizationEncryptedResponseEnc":"A128GCM"`:                    "authorizationEncryptedResponseEnc",
	`"requestObjectEncryptionAlg":"RSA-OAEP"`:                          "requestObjectEncryptionAlg",
	`"requestObjectEncryptionEnc":"A128GCM"`:                           "requestObjectEncryptionEnc",
	`"authorizationDetailsTypes":["a b"]`:                              "authorizationDetailsTypes.0",
	`"backchannelTokenDeliveryMode":"push"`:                            "backchannelTokenDeliveryMode",
	`"backchannelClientNotificationEndpoint":"https://a.example/ping"`: "backchannelClientNotificationEndpoint",
	`"backchannelAuthenticationRequestSigningAlg":"HS256"`:             "backchannelAuthenticationRequestSigningAlg",
	`"requestObjectSigningAlg":"HS256"`:                                "requestObjectSigningAlg",
	`"accessTokenSignedResponseAlg":"HS256"`:                           "accessTokenSignedResponseAlg",
	`"subjectType":"private"`:                                          "subjectType",
	`"sectorIdentifierUri":"http://a.example/sector.json"`:             "sectorIdentifierUri",
	`"defaultMaxAge":-1`:                                               "defaultMaxAge",
	`"backchannelLogoutUri":"/logout"`:                                 "backchannelLogoutUri",
	`"frontchannelLogoutUri":"https://elsewhere.example/logout"`:       "frontchannelLogoutUri",
	`"softwareId":"a\nb"`:                                              "softwareId",
	`"softwareVersion":"a\nb"`:                                         "softwareVersion",
	`"accessTokenTtl":86401`:                                           "accessTokenTtl",
	`"idTokenTtl":-1`:                                                  "idTokenTtl",
	`"refreshTokenTtl":-1`:                                             "refreshTokenTtl",
	`"assertionAudience":"token"`:                                      "assertionAudience",
	`"audiences":["https://id.example","/api"]`:                        "audiences.1",
	`"audiences":["https://id.example","https://ID.example"]`:          "audiences.1",
	`"defaultResource":"https://unregistered.example"`:                 "defaultResource",
	`"defaultResource":"api"`:                                          "defaultResource",
}

func TestWrongFieldsOfClientsAreNamed(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	app := model.KindClient.ID(a.client.ID)
	for members, path := range clientFaults {
		want := []any{"input"}
		for _, step := range strings.Split(path, ".") {
			want = append(want, step)
		}
		given := `{"redirectUris":["https://x.example/cb"],` + members + `}`
		if strings.HasPrefix(members, `"redirectUris"`) {
			given = "{" + members + "}"
		}
		for field, got := range map[string]reply{
			"createClient": a.createClient(t, token, json.RawMessage(given)), "updateClient": a.updateClient(t, token, app, members),
		} {
			if problems := got.problems(t, field); len(problems) == 0 || got.at(field, "client") != nil ||
				cmp.Diff(want, problems[0].(map[string]any)["path"]) != "" {
				t.Errorf("%s %s: %s", field, members, got.body)
			}
		}
	}
	all := []any{
		problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "clientId"), problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "name"),
		problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "redirectUris", "0"),
		problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "scopes"), problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "uri"),
		problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "audiences", "0"),
	}
	got := a.createClient(t, token, json.RawMessage(`{"clientId":"a b","name":"x\ny","redirectUris":["x"],"uri":"x","scopes":["a b"],
		"audiences":["/api"]}`))
	if diff := cmp.Diff(all, got.problems(t, "createClient")); diff != "" {
		t.Error("all faults are told at once", diff)
	}
	taken := []any{problem("InvalidInput", "CLIENT_ALREADY_EXISTS", nil, "input", "clientId")}
	got = a.createClient(t, token, json.RawMessage(`{"clientId":"app","redirectUris":["https://x.example/cb"]}`))
	if diff := cmp.Diff(taken, got.problems(t, "createClient")); diff != "" {
		t.Error(diff)
	}
	for members, want := range map[string][]any{
		`"expectedVersion":1`:             {problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input")},
		`"active":null`:                   {problem("InvalidInput", "MISSING_REQUIRED_FIELD", nil, "input", "active")},
		`"expectedVersion":7,"name":null`: {problem("VersionConflict", "VERSION_CONFLICT", map[string]any{"currentVersion": 1.0}, "input", "expectedVersion")},
	} {
		got := a.updateClient(t, token, app, members)
		if diff := cmp.Diff(want, got.problems(t, "updateClient")); diff != "" || strings.Contains(members, "Version\":7") != (got.at("updateClient", "client") != nil) {
			t.Error(diff, got.body)
		}
	}
}

// TestAClientMayNameWhatNobodyHasRegistered: as a declaration may. Only the default resource must be registered.
func TestAClientMayNameWhatNobodyHasRegistered(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	members := `"scopes":["openid","nobody:knows"],"audiences":["https://unregistered.example"]`
	made := a.createClient(t, token, json.RawMessage(`{"redirectUris":["https://x.example/cb"],`+members+`}`))
	changed := a.updateClient(t, token, model.KindClient.ID(a.client.ID), members)
	for field, got := range map[string]reply{"createClient": made, "updateClient": changed} {
		if diff := cmp.Diff([]any{"openid", "nobody:knows"}, got.at(field, "client", "scopes")); diff != "" || len(got.problems(t, field)) > 0 {
			t.Error(diff, got.body)
		}
		if diff := cmp.Diff([]any{"https://unregistered.example"}, got.at(field, "client", "audiences")); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDeactivationOfAClientEndsItsGrants(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		var metadata identity.ClientMetadata
		metadata.RedirectURIs = []string{"https://shop.example/cb"}
		shop, _, err := a.services.Clients.Create(identity.WithActor(t.Context(), identity.SystemActor("test")),
			admin.NewClient{ClientID: "shop", Metadata: metadata})
		check(t, err)
		grant := identity.Grant{ID: a.domain.Source.NewID(), UserID: bob.ID, ClientID: shop.ID, Offline: true, AuthTime: a.now, CreatedAt: a.now}
		check(t, a.store.InsertGrant(t.Context(), grant))
		token := a.token(t, a.admin, everything()...)
		id := model.KindClient.ID(shop.ID)
		count := map[string]any{"value": 0.0, "precision": "EXACT"}
		one := map[string]any{"value": 1.0, "precision": "EXACT"}
		const report = `mutation($id:ID!,$dry:Boolean!,$version:Int){deleteClient(input:{id:$id,dryRun:$dry,expectedVersion:$version}){deletedClientId
			inUse{grants{value precision} consents{value precision} sessions{value precision}} ` + clientProblems + `}}`
		dry := a.query(t, token, report, map[string]any{"id": id, "dry": true})
		if diff := cmp.Diff(any(map[string]any{"grants": one, "consents": count, "sessions": count}), dry.at("deleteClient", "inUse")); diff != "" ||
			dry.at("deleteClient", "deletedClientId") != nil || len(dry.problems(t, "deleteClient")) > 0 {
			t.Error(diff, dry.body)
		}
		off := a.updateClient(t, token, id, `"active":false`)
		if off.at("updateClient", "client", "active") != false {
			t.Error(off.body)
		}
		stale := a.query(t, token, report, map[string]any{"id": id, "dry": false, "version": 1})
		want := []any{problem("VersionConflict", "VERSION_CONFLICT", map[string]any{"currentVersion": 2.0}, "input", "expectedVersion")}
		if diff := cmp.Diff(want, stale.problems(t, "deleteClient")); diff != "" {
			t.Error(diff)
		}
		gone := a.query(t, token, report, map[string]any{"id": id, "dry": false, "version": 2})
		if diff := cmp.Diff(any(map[string]any{"grants": count, "consents": count, "sessions": count}), gone.at("deleteClient", "inUse")); diff != "" ||
			gone.at("deleteClient", "deletedClientId") != id {
			t.Error(diff, gone.body)
		}
		if got := a.query(t, token, "query($id:ID!){node(id:$id){id}}", map[string]any{"id": id}); got.at("node") != nil {
			t.Errorf("it is still there: %s", got.body)
		}
	})
}

func TestABuiltInClientIsTheProgramsOwn(t *testing.T) {
	t.Parallel()
	a := newAPI(t, generous)
	token := a.token(t, a.admin, everything()...)
	system := identity.WithActor(t.Context(), identity.SystemActor("test"))
	var metadata identity.ClientMetadata
	metadata.RedirectURIs = []string{"https://id.example/playground"}
	check(t, a.services.Clients.EnsureBuiltIn(system, "playground", metadata, identity.DefaultPolicy()))
	client, err := a.store.ClientByClientID(t.Context(), "playground")
	check(t, err)
	id := model.KindClient.ID(client.ID)
	want := []any{problem("InvalidInput", "VALIDATION_FAILED", nil, "input", "id")}
	if diff := cmp.Diff(want, a.updateClient(t, token, id, `"active":false`).problems(t, "updateClient")); diff != "" {
		t.Error(diff)
	}
	for _, dry := range []string{"true", "false"} {
		got := a.query(t, token, `mutation{deleteClient(input:{id:"`+id+`",dryRun:`+dry+`}){`+clientProblems+`}}`, nil)
		if diff := cmp.Diff(want, got.problems(t, "deleteClient")); diff != "" {
			t.Error(diff)
		}
	}
	metadata.Name = "Playground"
	check(t, a.services.Clients.EnsureBuiltIn(system, "playground", metadata, identity.DefaultPolicy()))
}
