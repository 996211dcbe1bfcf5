package graph

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// userProblem is one of the userErrors that a test asks for.
func userProblem(code, message string, path ...any) any {
	return map[string]any{"code": code, "message": message, "path": append([]any{"input"}, path...)}
}

func TestScopesAreWritten(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		check(t, a.services.Scopes.EnsureBuiltIn(identity.WithActor(t.Context(), identity.SystemActor("test"))))
		token := a.token(t, a.admin, identity.ScopeScopesWrite)
		call := func(field, input string) any {
			t.Helper()
			shown := "scope{name description default builtIn}"
			if field == "deleteScope" {
				shown = "deletedScopeName"
			}
			got := a.query(t, token, "mutation{"+field+"(input:"+input+"){"+shown+" userErrors{code message path ...on NotFound{id}}}}", nil)
			if len(got.Errors) > 0 {
				t.Fatalf("%s: %s", input, got.body)
			}
			return got.at(field)
		}
		scope := func(description string, isDefault bool) any {
			shown := map[string]any{"name": "tea:read", "description": description, "default": isDefault, "builtIn": false}
			return map[string]any{"scope": shown, "userErrors": []any{}}
		}
		refused := func(problems ...any) any { return map[string]any{"scope": nil, "userErrors": problems} }
		missing := userProblem("SCOPE_NOT_FOUND", "No such scope.", "name")
		missing.(map[string]any)["id"] = "coffee"
		long := strings.Repeat("x", 256)
		for _, step := range []struct {
			field, input string
			want         any
		}{
			{"createScope", `{name:"tea:read",description:"Read tea"}`, scope("Read tea", false)},
			{
				"createScope", `{name:"Tea:read"}`,
				refused(userProblem("SCOPE_ALREADY_EXISTS", "name is the name of another scope, without regard to case.", "name")),
			},
			{"createScope", `{name:"admin:tea",description:"` + long + `",default:true}`, refused(
				userProblem("VALIDATION_FAILED", "description must be at most 255 bytes.", "description"),
				userProblem("VALIDATION_FAILED", "name must not begin with admin: unless Authly made it.", "name"),
				userProblem("VALIDATION_FAILED", "default must not be set for scopes of administration.", "default"),
			)},
			{"updateScope", `{name:"tea:read",default:true}`, scope("Read tea", true)},
			{"updateScope", `{name:"tea:read",description:null}`, scope("", true)},
			{"updateScope", `{name:"tea:read"}`, refused(userProblem("MISSING_REQUIRED_FIELD", "Give at least one field to change."))},
			{"updateScope", `{name:"tea:read",default:null}`, refused(userProblem("MISSING_REQUIRED_FIELD", "default must not be null.", "default"))},
			{"updateScope", `{name:"coffee",default:true}`, refused(missing)},
			{"updateScope", `{name:"phone:write",default:true}`, refused(
				userProblem("VALIDATION_FAILED", "default must not be set for a scope that changes claims of a user.", "default"))},
			{"deleteScope", `{name:"coffee"}`, map[string]any{"deletedScopeName": nil, "userErrors": []any{missing}}},
			{"deleteScope", `{name:"openid"}`, map[string]any{"deletedScopeName": nil, "userErrors": []any{
				userProblem("SCOPE_REQUIRED", "name is a built-in scope, which cannot be deleted.", "name"),
			}}},
			{"deleteScope", `{name:"tea:read"}`, map[string]any{"deletedScopeName": "tea:read", "userErrors": []any{}}},
		} {
			if diff := cmp.Diff(step.want, call(step.field, step.input)); diff != "" {
				t.Errorf("%s%s: %s", step.field, step.input, diff)
			}
		}
		if saved, deleted := a.events(t, identity.ActionScopeSaved), a.events(t, identity.ActionScopeDeleted); saved != 3 || deleted != 1 {
			t.Errorf("%d and %d events", saved, deleted)
		}
	})
}

func TestResourcesAreWritten(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, identity.ScopeScopesWrite)
		call := func(field, input string) any {
			t.Helper()
			shown := "resource{uri name scopes accessTokenTyp audiences accessTokenSigningAlg accessTokenTtl accessTokenFormat}"
			if field == "deleteResource" {
				shown = "deletedResourceUri"
			}
			got := a.query(t, token, "mutation{"+field+"(input:"+input+"){"+shown+" userErrors{code message path ...on NotFound{id}}}}", nil)
			if len(got.Errors) > 0 {
				t.Fatalf("%s: %s", input, got.body)
			}
			return got.at(field)
		}
		resource := func(name any, typ string, scopes ...any) any {
			shown := map[string]any{"uri": "https://api.example", "name": name, "accessTokenTyp": typ, "scopes": append([]any{}, scopes...)}
			shown["accessTokenSigningAlg"], shown["accessTokenTtl"], shown["audiences"] = nil, nil, []any{}
			shown["accessTokenFormat"] = nil
			return map[string]any{"resource": shown, "userErrors": []any{}}
		}
		inFormat := func(format any) any {
			changed := resource(nil, "JWT").(map[string]any)
			changed["resource"].(map[string]any)["accessTokenFormat"] = format
			return changed
		}
		tokens := func(alg, ttl any, audiences ...any) any {
			changed := resource(nil, "JWT").(map[string]any)
			shown := changed["resource"].(map[string]any)
			shown["accessTokenSigningAlg"], shown["accessTokenTtl"], shown["audiences"] = alg, ttl, append([]any{}, audiences...)
			return changed
		}
		refused := func(problems ...any) any { return map[string]any{"resource": nil, "userErrors": problems} }
		missing := userProblem("RESOURCE_NOT_FOUND", "No such resource.", "uri")
		missing.(map[string]any)["id"] = "https://x.example"
		for _, step := range []struct {
			field, input string
			want         any
		}{
			{"createResource", `{uri:"https://api.example"}`, resource(nil, "at+jwt")},
			{"createResource", `{uri:"api",accessTokenTyp:"x",scopes:["tea","tea"]}`, refused(
				userProblem("VALIDATION_FAILED", "uri must be an absolute URI without a fragment.", "uri"),
				userProblem("VALIDATION_FAILED", "accessTokenTyp must be at+jwt or JWT.", "accessTokenTyp"),
				userProblem("VALIDATION_FAILED", "scopes.1 is the same as scopes[0].", "scopes", "1"),
			)},
			{"createResource", `{uri:"HTTPS://api.Example"}`, refused(
				userProblem("RESOURCE_ALREADY_EXISTS", "uri is the URI or an audience of another resource.", "uri"))},
			{
				"updateResource", `{uri:"https://api.example",name:"API",scopes:["tea"],accessTokenTyp:"JWT"}`,
				resource("API", "JWT", "tea"),
			},
			{"updateResource", `{uri:"https://api.example",name:null,scopes:null}`, resource(nil, "JWT")},
			{
				"updateResource", `{uri:"https://api.example",audiences:["urn:api"],accessTokenSigningAlg:"EdDSA",accessTokenTtl:60}`,
				tokens("EdDSA", 60.0, "urn:api"),
			},
			{"updateResource", `{uri:"https://api.example",accessTokenTtl:null}`, tokens("EdDSA", nil, "urn:api")},
			{
				"updateResource", `{uri:"https://api.example",accessTokenSigningAlg:"HS256",accessTokenTtl:86401,audiences:["x"]}`, refused(
					userProblem("VALIDATION_FAILED", "accessTokenSigningAlg must be RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA.", "accessTokenSigningAlg"),
					userProblem("VALIDATION_FAILED", "accessTokenTtl must be a number of seconds, at most a day.", "accessTokenTtl"),
					userProblem("VALIDATION_FAILED", "audiences.0 must be an absolute URI without a fragment.", "audiences", "0"),
				),
			},
			{"updateResource", `{uri:"https://api.example",accessTokenSigningAlg:null,audiences:null}`, tokens(nil, nil)},
			{"updateResource", `{uri:"https://api.example",accessTokenFormat:"opaque"}`, inFormat("opaque")},
			{
				"updateResource", `{uri:"https://api.example",accessTokenFormat:"JWT"}`,
				refused(userProblem("VALIDATION_FAILED", "accessTokenFormat must be jwt or opaque.", "accessTokenFormat")),
			},
			{"updateResource", `{uri:"https://api.example",accessTokenFormat:null}`, inFormat(nil)},
			{"updateResource", `{uri:"https://api.example",accessTokenTyp:null}`, refused(
				userProblem("MISSING_REQUIRED_FIELD", "accessTokenTyp must not be null.", "accessTokenTyp"))},
			{"updateResource", `{uri:"https://api.example"}`, refused(userProblem("MISSING_REQUIRED_FIELD", "Give at least one field to change."))},
			{"updateResource", `{uri:"https://x.example",name:"X"}`, refused(missing)},
			{"deleteResource", `{uri:"https://x.example"}`, map[string]any{"deletedResourceUri": nil, "userErrors": []any{missing}}},
			{
				"deleteResource", `{uri:"https://api.example"}`,
				map[string]any{"deletedResourceUri": "https://api.example", "userErrors": []any{}},
			},
		} {
			if diff := cmp.Diff(step.want, call(step.field, step.input)); diff != "" {
				t.Errorf("%s%s: %s", step.field, step.input, diff)
			}
		}
	})
}

// TestScopesAndResourcesAreListed: in pages, with who names them, at a number of statements that does not grow.
func TestScopesAndResourcesAreListed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		system := identity.WithActor(t.Context(), identity.SystemActor("test"))
		check(t, a.services.Scopes.EnsureBuiltIn(system))
		const api = "https://api.example"
		_, err := a.services.Scopes.Create(system, identity.Scope{Name: "tea"})
		check(t, err)
		_, err = a.services.Scopes.CreateResource(system, identity.Resource{URI: api, Scopes: []string{"tea"}})
		check(t, err)
		var metadata identity.ClientMetadata
		metadata.RedirectURIs, metadata.TokenEndpointAuthMethod = []string{"https://app.example/cb"}, identity.AuthNone
		metadata.Scope = "tea email"
		for _, name := range []string{"b", "a", "c"} {
			_, _, err := a.services.Clients.Create(system, admin.NewClient{
				ClientID: name, Metadata: metadata, Policy: &identity.ClientPolicy{Audiences: []string{api}},
			})
			check(t, err)
		}
		token := a.token(t, a.admin, identity.ScopeScopesRead, identity.ScopeScopesWrite, identity.ScopeClientsRead)
		ask := func(document, want string) reply {
			t.Helper()
			got := a.query(t, token, document, nil)
			if !strings.HasPrefix(got.body, `{"data":`+want) {
				t.Errorf("%s: %s", document, got.body)
			}
			return got
		}
		ask(`{scope(name:"email"){claims} openid:scope(name:"openid"){claims} tea:scope(name:"tea"){claims} none:scope(name:"Tea"){claims}}`,
			`{"scope":{"claims":["email","email_verified"]},"openid":{"claims":["sub"]},"tea":{"claims":[]},"none":null}`)
		ask(`{resource(uri:"`+api+`"){clients(first:2){nodes{clientId} totalCount{value}}} none:resource(uri:"x"){uri}}`,
			`{"resource":{"clients":{"nodes":[{"clientId":"a"},{"clientId":"b"}],"totalCount":{"value":3}}},"none":null}`)
		got := ask(`{scope(name:"tea"){resources{nodes{uri}} clients(first:2){nodes{clientId} pageInfo{hasNextPage endCursor}}}}`,
			`{"scope":{"resources":{"nodes":[{"uri":"`+api+`"}]},"clients":{"nodes":[{"clientId":"a"},{"clientId":"b"}],"pageInfo":{"hasNextPage":true`)
		cursor, _ := got.at("scope", "clients", "pageInfo", "endCursor").(string)
		ask(`{scope(name:"tea"){clients(first:2,after:"`+cursor+`"){nodes{clientId} pageInfo{hasNextPage hasPreviousPage}}}}`,
			`{"scope":{"clients":{"nodes":[{"clientId":"c"}],"pageInfo":{"hasNextPage":false,"hasPreviousPage":true}}}}`)
		if got := a.query(t, token, `{scope(name:"email"){clients(after:"`+cursor+`"){nodes{clientId}}}}`, nil); len(got.Errors) != 1 {
			t.Errorf("the cursor of another scope: %s", got.body)
		}
		ask(`{scopes(search:"EMAIL"){nodes{name} totalCount{value precision}}}`,
			`{"scopes":{"nodes":[{"name":"email"}],"totalCount":{"value":1,"precision":"EXACT"}}}`)
		got = ask(`{scopes(first:1,orderBy:{field:NAME,direction:DESC}){nodes{name} pageInfo{hasNextPage endCursor}}}`, `{"scopes":{"nodes":[{"name":"tea"}]`)
		cursor, _ = got.at("scopes", "pageInfo", "endCursor").(string)
		ask(`{scopes(first:1,after:"`+cursor+`",orderBy:{field:NAME,direction:DESC}){nodes{name} pageInfo{hasPreviousPage}}}`,
			`{"scopes":{"nodes":[{"name":"roles"}],"pageInfo":{"hasPreviousPage":true}}}`)
		ask(`{scopes(last:1,before:"`+cursor+`",orderBy:{field:NAME,direction:DESC}){nodes{name}}}`, `{"scopes":{"nodes":[]}}`)
		ask(`{scopes(last:2){nodes{name} pageInfo{hasNextPage hasPreviousPage}}}`,
			`{"scopes":{"nodes":[{"name":"roles"},{"name":"tea"}],"pageInfo":{"hasNextPage":false,"hasPreviousPage":true}}}`)
		ask(`{resources(search:"nowhere",orderBy:{field:UPDATED_AT}){nodes{uri}}}`, `{"resources":{"nodes":[]}}`)

		before := a.statements.Load()
		ask(`{scopes(first:100){nodes{name resources{nodes{uri}} clients(first:2){nodes{clientId}}}}}`, `{"scopes":{"nodes":[{"name":"address"`)
		if n := a.statements.Load() - before; n > 5 { // the token, scopes, resources, who names them, and these clients
			t.Errorf("%d statements", n)
		}

		use := `inUse{clients{value} resources{value} grants{value precision} consents{value}} userErrors{code}`
		ask(`mutation{deleteScope(input:{name:"tea",dryRun:true}){deletedScopeName `+use+`}}`,
			`{"deleteScope":{"deletedScopeName":null,"inUse":{"clients":{"value":3},"resources":{"value":1},"grants":{"value":0,"precision":"EXACT"},`+
				`"consents":{"value":0}},"userErrors":[]}}`)
		ask(`mutation{deleteScope(input:{name:"tea"}){deletedScopeName inUse{clients{value}} userErrors{code message}}}`,
			`{"deleteScope":{"deletedScopeName":null,"inUse":null,"userErrors":[{"code":"SCOPE_IN_USE","message":"name is in use by 3 clients and 1 resource."}]}}`)
		ask(`mutation{deleteResource(input:{uri:"`+api+`",dryRun:true}){deletedResourceUri inUse{clients{value} grants{value}} userErrors{code}}}`,
			`{"deleteResource":{"deletedResourceUri":null,"inUse":{"clients":{"value":3},"grants":{"value":0}},"userErrors":[]}}`)
		ask(`{scope(name:"tea"){name} resource(uri:"`+api+`"){uri}}`, `{"scope":{"name":"tea"},"resource":{"uri":"`+api+`"}}`)
	})
}
