package graph

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
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
			shown := "resource{uri name scopes accessTokenTyp audiences accessTokenSigningAlg accessTokenTtl}"
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
			return map[string]any{"resource": shown, "userErrors": []any{}}
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
					userProblem("VALIDATION_FAILED", "accessTokenSigningAlg must be RS256, ES256 or EdDSA.", "accessTokenSigningAlg"),
					userProblem("VALIDATION_FAILED", "accessTokenTtl must be a number of seconds, at most a day.", "accessTokenTtl"),
					userProblem("VALIDATION_FAILED", "audiences.0 must be an absolute URI without a fragment.", "audiences", "0"),
				),
			},
			{"updateResource", `{uri:"https://api.example",accessTokenSigningAlg:null,audiences:null}`, tokens(nil, nil)},
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
