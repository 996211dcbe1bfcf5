package tests

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// TestAProfileOfAClientIsHeld: by the registration, in the admin API, and by what no field of it says, in requests.
func TestAProfileOfAClientIsHeld(t *testing.T) {
	t.Parallel()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		api := administer(t, db)
		n, key := api.Node, newClientKey(t, "ec")
		encode := base64.RawURLEncoding.EncodeToString
		ec := key.JWK(t)
		ec["kid"] = key.ID
		keys := object{"keys": []any{ec, object{
			"kty": "RSA", "kid": "rsa", "n": encode(rsaKey.N.Bytes()), "e": encode(big.NewInt(int64(rsaKey.E)).Bytes()),
		}}}
		const create = `mutation($in:CreateClientInput!){createClient(input:$in){client{id profile requirePkce refreshTokenRotation
			dpopBoundAccessTokens requirePushedAuthorizationRequests tokenEndpointAuthMethod idTokenSignedResponseAlg}
			userErrors{path message code}}}`
		made := api.run(t, create, "in", object{
			"clientId": "bank", "profile": "fapi2_security", "redirectUris": []any{harness.Callback}, "jwks": keys, "scopes": []any{"openid"},
		})
		id := dig(made, "createClient", "client", "id")
		want := map[string]any{
			"id": id, "profile": "fapi2_security", "requirePkce": true, "refreshTokenRotation": false, "dpopBoundAccessTokens": true,
			"requirePushedAuthorizationRequests": true, "tokenEndpointAuthMethod": "private_key_jwt", "idTokenSignedResponseAlg": "ES256",
		}
		if diff := cmp.Diff(any(want), dig(made, "createClient", "client")); diff != "" {
			t.Error(diff)
		}

		refused := func(input object, field string) {
			t.Helper()
			input["id"] = id
			got := api.run(t, `mutation($in:UpdateClientInput!){updateClient(input:$in){client{id} userErrors{path message}}}`, "in", input)
			text, _ := json.Marshal(got)
			if dig(got, "updateClient", "client") != nil || !strings.Contains(string(text), `"`+field+`"`) ||
				!strings.Contains(string(text), "Contradicts the profile fapi2_security") && field != "profile" {
				t.Errorf("%v: %s", input, text)
			}
		}
		refused(object{"refreshTokenRotation": true}, "refreshTokenRotation")
		refused(object{"requirePkce": false}, "requirePkce")
		refused(object{"profile": "fapi2_security", "idTokenSignedResponseAlg": "RS256"}, "idTokenSignedResponseAlg")
		refused(object{"profile": "fapi3"}, "profile")

		against := func(profile string) []any {
			t.Helper()
			got := api.run(t, `query($p:String){client(by:{clientId:"bank"}){advice(profile:$p){rule}}}`, "p", profile)
			rules, _ := dig(got, "client", "advice").([]any)
			return rules
		}
		if rules := against("fapi2_security"); len(rules) != 0 {
			t.Errorf("%v", rules)
		}
		if text, _ := json.Marshal(against("fapi1_advanced")); !strings.Contains(string(text), "fapi1.bound_tokens") {
			t.Errorf("%s", text)
		}
		if a := api.try(t, `{client(by:{clientId:"bank"}){advice(profile:"fapi3"){rule}}}`); !strings.Contains(a.Text, "must be oidc_basic") {
			t.Errorf("%s", a.Text)
		}

		// Assertions are signed with what the profile has, though the client has other keys and names no algorithm.
		pushed := func(party *harness.Party, alg string, extra ...string) harness.Answer {
			t.Helper()
			form := request(t, party, extra...)
			assertion := key.assertion(t, n, "bank", nil)
			if alg != "ES256" {
				now := n.Clock.Now().Unix()
				assertion = harness.Forge(t, object{"alg": alg, "kid": "rsa"}, object{
					"iss": "bank", "sub": "bank", "aud": n.Issuer, "jti": rand.Text(), "iat": now, "exp": now + 60,
				}, harness.RS256(t, rsaKey))
			}
			form.Set("client_assertion", assertion)
			form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
			return n.Form(t, parPath, "", "", form)
		}
		party := harness.NewParty(t, n, "bank")
		oauthError(t, "an assertion by RS256", pushed(party, "RS256"), http.StatusUnauthorized, "invalid_client")
		if a := pushed(party, "ES256"); a.Status != http.StatusCreated {
			t.Errorf("%d %s", a.Status, a.Text)
		}
		api.run(t, `mutation($id:ID!){updateClient(input:{id:$id,profile:null}){userErrors{code}}}`, "id", id)
		if a := pushed(party, "RS256"); a.Status != http.StatusCreated {
			t.Errorf("without a profile: %d %s", a.Status, a.Text)
		}

		// FAPI 1.0 Advanced: what is said of requests, which no field says.
		changed := api.run(t, `mutation($id:ID!){updateClient(input:{id:$id,profile:"fapi1_advanced",requirePkce:false,
			requirePushedAuthorizationRequests:false,requireSignedRequestObject:true}){client{profile tlsClientCertificateBoundAccessTokens
			dpopBoundAccessTokens requirePkce} userErrors{path message}}}`, "id", id)
		want = map[string]any{
			"profile": "fapi1_advanced", "tlsClientCertificateBoundAccessTokens": true, "dpopBoundAccessTokens": false, "requirePkce": false,
		}
		if diff := cmp.Diff(any(want), dig(changed, "updateClient", "client")); diff != "" {
			t.Error(diff)
		}
		oauthError(t, "a request by itself", pushed(party, "ES256", "response_mode", "jwt"), http.StatusBadRequest, "invalid_request")
		sign := func(change func(claims map[string]any)) harness.Answer {
			t.Helper()
			form := harness.Values("client_assertion", key.assertion(t, n, "bank", nil), "client_assertion_type",
				"urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "request",
				key.object(t, n, party, func(_, claims map[string]any) { change(claims) }))
			return n.Form(t, parPath, "", "", form)
		}
		oauthError(t, "a plain code", sign(func(map[string]any) {}), http.StatusBadRequest, "invalid_request")
		for _, mode := range []string{"query", "form_post", "fragment"} {
			oauthError(t, mode, sign(func(c map[string]any) { c["response_mode"] = mode }), http.StatusBadRequest, "invalid_request")
		}
		oauthError(t, "without a challenge", sign(func(c map[string]any) {
			c["response_mode"] = "jwt"
			delete(c, "code_challenge")
			delete(c, "code_challenge_method")
		}), http.StatusBadRequest, "invalid_request")
		if a := sign(func(c map[string]any) { c["response_mode"] = "jwt" }); a.Status != http.StatusCreated {
			t.Errorf("%d %s", a.Status, a.Text)
		}
		browser := harness.NewBrowser(t, n)
		browser.Get(byValue(n, "bank", key.object(t, n, party, func(_, c map[string]any) {
			delete(c, "code_challenge") // optional, by value (FAPI 1.0 Advanced §5.2.2 item 18)
			delete(c, "code_challenge_method")
			c["response_mode"] = "jwt"
		})))
		if !browser.Has("login-submit") {
			t.Errorf("by value: %s", browser.Text())
		}
		if got := n.Client(t, "bank").Policy.Profile; got != identity.ProfileFAPI1 {
			t.Errorf("stored %q", got)
		}
	})
}
