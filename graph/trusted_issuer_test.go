package graph

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
)

// trustedIssuer trusts an issuer.
func (a *api) trustedIssuer(t *testing.T, issuer string) identity.TrustedIssuer {
	t.Helper()
	made, err := a.services.Trusted.Create(identity.WithActor(t.Context(), identity.SystemActor("test")), identity.TrustedIssuer{
		Issuer: issuer, Enabled: true, JWKSURI: issuer + "/keys",
	})
	check(t, err)
	return made
}

// TestTrustedIssuersAreAdministered: all that is wrong is named, a change is for a version, and it takes the rights over
// administrators.
func TestTrustedIssuersAreAdministered(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		const shown = `trustedIssuer{id issuer enabled jwks jwksUri userClaim userMatch version}`
		const create = `mutation{createTrustedIssuer(input:{issuer:"https://hr.example",userMatch:EMAIL,jwks:{keys:[` + publicKeyGraphQL + `]}}){
			` + shown + ` userErrors{code path}}}`
		got := a.query(t, token, create, nil)
		id, _ := got.at("createTrustedIssuer", "trustedIssuer", "id").(string)
		want := map[string]any{
			"id": id, "issuer": "https://hr.example", "enabled": true, "jwks": got.at("createTrustedIssuer", "trustedIssuer", "jwks"), "jwksUri": nil,
			"userClaim": "sub", "userMatch": "EMAIL", "version": float64(1),
		}
		if diff := cmp.Diff(any(want), got.at("createTrustedIssuer", "trustedIssuer")); diff != "" || want["jwks"] == nil {
			t.Errorf("%s: %s", diff, got.body)
		}
		const update = `mutation($i:ID!,$v:Int){updateTrustedIssuer(input:{id:$i,expectedVersion:$v,jwks:null,jwksUri:"https://hr.example/keys",
			userMatch:null,userClaim:null}){` + shown + ` userErrors{code}}}`
		want["jwks"], want["jwksUri"], want["userClaim"], want["userMatch"], want["version"] = nil, "https://hr.example/keys", nil, nil, float64(2)
		for range 2 { // after a conflict it is shown as it is
			got = a.query(t, token, update, map[string]any{"i": id, "v": 1})
			if diff := cmp.Diff(any(want), got.at("updateTrustedIssuer", "trustedIssuer")); diff != "" {
				t.Errorf("%s: %s", diff, got.body)
			}
		}
		if !strings.Contains(got.body, "VERSION_CONFLICT") {
			t.Error(got.body)
		}
		if got := a.query(t, token, `{trustedIssuers{issuer} node(id:"`+id+`"){... on TrustedIssuer{version}}}`, nil); got.at("node", "version") != float64(2) ||
			!strings.Contains(got.body, `[{"issuer":"https://hr.example"}]`) {
			t.Error(got.body)
		}
		for input, field := range map[string]string{
			`issuer:"http://hr.example",jwksUri:"https://x.example"`:                                        "issuer",
			`issuer:"https://id.example",jwksUri:"https://x.example"`:                                       "issuer", // this server
			`issuer:"spiffe://mesh.example/path",jwksUri:"https://x.example"`:                               "issuer",
			`issuer:"spiffe://mesh.example",jwksUri:"https://x.example",userMatch:SUB`:                      "userMatch",
			`issuer:"https://x.example"`:                                                                    "jwks",
			`issuer:"https://x.example",jwks:{keys:[]}`:                                                     "jwks",
			`issuer:"https://x.example",jwks:{keys:[` + publicKeyGraphQL + `]},jwksUri:"https://x.example"`: "jwks",
			`issuer:"https://x.example",jwksUri:"http://x.example/keys"`:                                    "jwksUri",
			`issuer:"https://x.example",jwksUri:"https://x.example",userClaim:"mail"`:                       "userClaim",
		} {
			if got := a.query(t, token, `mutation{createTrustedIssuer(input:{`+input+`}){userErrors{path}}}`, nil); !strings.Contains(got.body, `"`+field+`"`) {
				t.Errorf("%s: %s", input, got.body)
			}
		}
		lesser := a.token(t, a.admin, "admin:settings:read", "admin:settings:write")
		if got := a.query(t, lesser, update, map[string]any{"i": id, "v": 2}); !strings.Contains(got.body, "INSUFFICIENT_PRIVILEGES") {
			t.Error(got.body)
		}
		remove := `mutation{deleteTrustedIssuer(input:{id:"` + id + `",expectedVersion:2}){deletedTrustedIssuerId userErrors{code}}}`
		if got := a.query(t, token, remove, nil); got.at("deleteTrustedIssuer", "deletedTrustedIssuerId") != id {
			t.Error(got.body)
		}
	})
}

// publicKeyGraphQL is a public key as a literal of GraphQL.
const publicKeyGraphQL = `{kty:"OKP",crv:"Ed25519",use:"sig",x:"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
