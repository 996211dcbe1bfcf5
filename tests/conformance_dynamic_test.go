package tests

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// dynamicModules are the modules of the Dynamic OP plan, by the suite's own names. Each registers its client, with private_key_jwt and
// a key for RS256.
var dynamicModules = map[string]func(t *testing.T, p dynamicPlan){
	"oidcc-idtoken-rs256": func(t *testing.T, p dynamicPlan) {
		v := p.visit(t, p.register(t, "id_token_signed_response_alg", "RS256"))
		v.pass().tokens() // which looks at algorithm and kid
	},
	"oidcc-userinfo-rs256": func(t *testing.T, p dynamicPlan) {
		client := p.register(t, "userinfo_signed_response_alg", "RS256")
		v := p.visit(t, client).pass()
		answer, g := v.handedOut()
		if p.response.Code() {
			g = v.granted(p.token(t, v.client, v.form(answer.Get("code"))))
		}
		a := p.UserInfo(t, g.access)
		if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "application/jwt" {
			t.Fatalf("UserInfo: %d %s", a.Status, a.Header.Get("Content-Type"))
		}
		if _, err := oidc.NewRemoteKeySet(t.Context(), p.URL+"/.well-known/jwks.json").VerifySignature(t.Context(), a.Text); err != nil {
			t.Error(err)
		}
		claims := harness.JWT(t, a.Text, 1)
		if harness.JWT(t, a.Text, 0)["alg"] != "RS256" || claims["iss"] != p.Issuer || claims["aud"] != v.client ||
			claims["sub"] != g.claims["sub"] || claims["nonce"] != nil {
			t.Errorf("UserInfo %v", claims)
		}
	},
	"oidcc-ensure-redirect-uri-in-authorization-request": func(t *testing.T, p dynamicPlan) {
		client := p.register(t, "redirect_uris", []string{p.base() + "/callback", p.base() + "/callback2"})
		p.visit(t, client, "redirect_uri", "").page()
	},
	"oidcc-redirect-uri-query-OK": func(t *testing.T, p dynamicPlan) {
		uri := p.base() + "/callback?foo=bar"
		v := p.visit(t, p.register(t, "redirect_uris", []string{uri}), "redirect_uri", uri).pass()
		if at := v.browser.URL; at.Query().Get("foo") != "bar" || !strings.HasPrefix(at.String(), p.base()+"/callback?foo=bar") {
			t.Errorf("the browser is at %s", at)
		}
	},
	"oidcc-redirect-uri-query-mismatch": func(t *testing.T, p dynamicPlan) {
		client := p.register(t, "redirect_uris", []string{p.base() + "/callback?foo=bar"})
		p.visit(t, client, "redirect_uri", p.base()+"/callback?foo=baz").page()
	},
	"oidcc-redirect-uri-query-added": func(t *testing.T, p dynamicPlan) {
		p.visit(t, p.register(t), "redirect_uri", p.base()+"/callback?foo=bar").page()
	},
	"oidcc-redirect-uri-regfrag": func(t *testing.T, p dynamicPlan) {
		oauthError(t, "a fragment", p.ask(t, "redirect_uris", []string{p.base() + "/callback#foobar"}), 400, "invalid_redirect_uri")
	},
	"oidcc-discovery-endpoint-verification": func(t *testing.T, p dynamicPlan) {
		document := p.Get(t, "/.well-known/openid-configuration")
		for member, wanted := range map[string][]string{
			"response_types_supported": {"code", "id_token", "id_token token"}, "grant_types_supported": {"authorization_code", "implicit"},
			"id_token_signing_alg_values_supported": {"RS256"}, "userinfo_signing_alg_values_supported": {"RS256"},
			"request_object_signing_alg_values_supported": {"RS256"},
		} {
			for _, value := range wanted {
				if !slices.Contains(list(t, document.Body, member), value) {
					t.Errorf("%s lacks %s", member, value)
				}
			}
		}
		if document.Body["request_uri_parameter_supported"] != true || document.String("registration_endpoint") != p.Issuer+registerPath {
			t.Errorf("%s", document.Text)
		}
	},
	"oidcc-registration-logo-uri": func(t *testing.T, p dynamicPlan) {
		p.serve("/logo.png", []byte("\x89PNG\r\n\x1a\n and the rest"))
		v := p.visit(t, p.register(t, "logo_uri", p.files.URL+"/logo.png"))
		v.browser.SignIn(suiteUser, suitePassword)
		if v.browser.Page.Find(".badge img").Length() != 1 {
			t.Errorf("no logo: %s", v.browser.Body)
		}
		v.pass().tokens()
	},
	"oidcc-registration-policy-uri": linked("policy_uri"),
	"oidcc-registration-tos-uri":    linked("tos_uri"),
	"oidcc-registration-jwks-uri": func(t *testing.T, p dynamicPlan) {
		p.serve("/jwks", suiteKeys(t)[0].set(t))
		p.visit(t, p.register(t, "jwks", nil, "jwks_uri", p.files.URL+"/jwks")).pass().tokens()
	},
	"oidcc-server-rotate-keys": func(t *testing.T, p dynamicPlan) {
		client := p.register(t)
		before := p.visit(t, client).pass().tokens()
		p.Clock.Advance(10 * time.Minute) // the next key was published when the one before took its place
		old := kidsOf(t, p.Node, identity.RS256)
		if err := p.Server.Domain.SigningKeys.Rotate(harness.System(t)); err != nil {
			t.Fatal(err)
		}
		now := kidsOf(t, p.Node, identity.RS256)
		if len(now) <= len(old) || slices.ContainsFunc(old, func(kid string) bool { return !slices.Contains(now, kid) }) {
			t.Errorf("keys %v, then %v", old, now)
		}
		after := p.visit(t, client).pass().tokens()
		if was, is := harness.JWT(t, before.id, 0)["kid"], harness.JWT(t, after.id, 0)["kid"]; was == is {
			t.Errorf("kid %v after a rotation", is)
		}
	},
	"oidcc-refresh-token-rp-key-rotation": func(t *testing.T, p dynamicPlan) {
		keys, path := suiteKeys(t), p.path("/rotating")
		keys[0].id, keys[1].id, p.key = "first", "second", keys[0]
		p.serve(path, keys[0].set(t))
		client := p.register(t, "jwks", nil, "jwks_uri", p.files.URL+path, "grant_types", p.grants("refresh_token"))
		v := p.visit(t, client, "scope", "openid offline_access", "prompt", "consent")
		g := v.pass().tokens()
		p.serve(path, keys[1].set(t))
		p.Clock.Advance(time.Minute)
		v.plan.key = keys[1]
		v.granted(v.plan.token(t, v.client, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {g.refresh}}))
	},
	"oidcc-refresh-token": func(t *testing.T, p dynamicPlan) {
		v := p.visit(t, p.register(t, "grant_types", p.grants("refresh_token")), "scope", "openid offline_access", "prompt", "consent")
		g := v.pass().tokens()
		p.Clock.Advance(2 * time.Second)
		next := v.granted(v.plan.token(t, v.client, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {g.refresh}}))
		same(t, g, next)
		other := p.register(t, "grant_types", p.grants("refresh_token"))
		foreign := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {next.refresh}}
		oauthError(t, "the refresh token of another client", v.plan.token(t, other.String("client_id"), foreign), 400, "invalid_grant")
	},
	"oidcc-request-uri-signed-rs256": func(t *testing.T, p dynamicPlan) {
		path := p.path("/request")
		client := p.register(t, "request_object_signing_alg", "RS256", "request_uris", []string{p.files.URL + path + "#Zm9vYmFy"})
		v := p.visitor(client)
		v.t, v.browser = t, harness.NewBrowser(t, p.Node)
		claims := map[string]any{"iss": v.client, "aud": p.Issuer} // nothing of when it holds: OIDC Core §6.1
		for name := range v.params {
			claims[name] = v.params.Get(name)
		}
		p.serve(path, []byte(p.key.sign(t, "oauth-authz-req+jwt", claims)))
		outside := harness.Values("client_id", v.client, "response_type", string(p.response), "scope", "openid",
			"request_uri", p.files.URL+path+"#Zm9vYmFy")
		v.browser.Get(p.URL + "/api/v1/oauth/authorize?" + outside.Encode())
		v.pass().tokens()
	},
	"oidcc-request-uri-unsigned": func(t *testing.T, p dynamicPlan) {
		// Skipped by the suite, because none is not advertised.
		if slices.Contains(list(t, p.Get(t, "/.well-known/openid-configuration").Body, "request_object_signing_alg_values_supported"), "none") {
			t.Error("none is advertised")
		}
	},
	"oidcc-ensure-client-assertion-with-iss-aud-succeeds": func(t *testing.T, p dynamicPlan) {
		v := p.visit(t, p.register(t))
		v.plan.key.audience = "issuer"
		v.pass().tokens()
	},
	"registration can be read and ended": func(t *testing.T, p dynamicPlan) {
		a := p.register(t)
		address, token := a.String("registration_client_uri"), a.String("registration_access_token")
		if a.Body["client_secret"] != nil || !strings.HasPrefix(address, p.Issuer) || token == "" {
			t.Errorf("%s", a.Text)
		}
		if gone := sendRegistration(t, p.Node, http.MethodDelete, address, token, ""); gone.Status != http.StatusNoContent {
			t.Errorf("DELETE: %d %s", gone.Status, gone.Text)
		}
	},
}

// linked registers a link, which the page that asks for consent shows.
func linked(member string) func(t *testing.T, p dynamicPlan) {
	return func(t *testing.T, p dynamicPlan) {
		const address = "https://localhost.emobix.co.uk:8443/test/link"
		v := p.visit(t, p.register(t, member, address))
		v.browser.SignIn(suiteUser, suitePassword)
		if got := v.browser.Page.Find(".links a").AttrOr("href", ""); got != address {
			t.Errorf("the page links to %q: %s", got, v.browser.Text())
		}
		v.pass().tokens()
	}
}

// dynamicPlan plays the Dynamic OP plan: its clients register themselves with an initial access token.
type dynamicPlan struct {
	plan
	initial string
	files   *publisher
}

// TestDynamicPlan runs the modules of the Dynamic OP plan, for a response type of each kind.
func TestDynamicPlan(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := suiteOn(t, db, frontChannel(), harness.Env("AUTHLY_CLIENT_REGISTRATION", "token"),
			harness.Env("AUTHLY_CLIENT_REGISTRATION_GRANTS", "authorization_code,refresh_token,implicit"),
			harness.Env("AUTHLY_CLIENT_REGISTRATION_OPTIONAL_PKCE", "true"), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
		files := newPublisher(t)
		for _, response := range identity.ResponseTypes() {
			initial, mode := initialToken(t, n, 100), "fragment" // it ends after an hour, and the modules move the clock
			if response == identity.ResponseCode {
				mode = "query"
			}
			for name, module := range dynamicModules {
				if strings.HasPrefix(name, "oidcc-refresh-token") && !response.Code() ||
					name == "oidcc-userinfo-rs256" && !response.Code() && !response.Token() {
					continue
				}
				t.Run(string(response)+"/"+name, func(t *testing.T) {
					key := suiteKeys(t)[0]
					module(t, dynamicPlan{plan{Node: n, alias: "dynamic", response: response, mode: mode, key: key}, initial, files})
				})
			}
		}
	})
}

// TestThirdPartyLoginPlan runs the modules of the plan of logins that a third party initiates (OIDC Core §4).
func TestThirdPartyLoginPlan(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := suiteOn(t, db, harness.Env("AUTHLY_CLIENT_REGISTRATION", "token"), harness.Env("AUTHLY_CLIENT_REGISTRATION_OPTIONAL_PKCE", "true"))
		p := dynamicPlan{plan{Node: n, alias: "3rdparty", response: identity.ResponseCode, mode: "query", key: suiteKeys(t)[0]}, initialToken(t, n, 9), nil}
		t.Run("oidcc-3rd_party-init-login", func(t *testing.T) {
			const address = "https://localhost.emobix.co.uk:8443/test/a/authly-3rdparty/initiate"
			a := p.register(t, "initiate_login_uri", address)
			read := sendRegistration(t, n, http.MethodGet, a.String("registration_client_uri"), a.String("registration_access_token"), "")
			if a.String("initiate_login_uri") != address || read.Status != http.StatusOK || read.String("initiate_login_uri") != address {
				t.Errorf("%s, read as %d %s", a.Text, read.Status, read.Text)
			}
			p.visit(t, a).pass().tokens()
		})
		t.Run("oidcc-3rd_party-init-login-nohttps", func(t *testing.T) {
			oauthError(t, "http", p.ask(t, "initiate_login_uri", "http://localhost.emobix.co.uk:8443/initiate"), 400, "invalid_client_metadata")
		})
	})
}

// grants are the grant types that the response type needs, and more.
func (p dynamicPlan) grants(more ...string) []string {
	var types []string
	if p.response.Code() {
		types = append(types, "authorization_code")
	}
	if p.response.FrontChannel() {
		types = append(types, "implicit")
	}
	return append(types, more...)
}

// ask sends the registration that the suite sends, with changes as name, value pairs; nil takes a member out. The key has no kid.
func (p dynamicPlan) ask(t *testing.T, changes ...any) harness.Answer {
	t.Helper()
	members := map[string]any{
		"client_name": "openid-client", "grant_types": p.grants(), "response_types": []string{string(p.response)},
		"token_endpoint_auth_method": "private_key_jwt", "redirect_uris": []string{p.base() + "/callback"},
		"contacts": []string{"certification@oidf.org"}, "jwks": json.RawMessage(p.key.set(t)),
	}
	for i := 0; i+1 < len(changes); i += 2 {
		name, _ := changes[i].(string)
		members[name] = changes[i+1]
		if changes[i+1] == nil {
			delete(members, name)
		}
	}
	text, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return sendRegistration(t, p.Node, http.MethodPost, registerPath, p.initial, string(text))
}

func (p dynamicPlan) register(t *testing.T, changes ...any) harness.Answer {
	t.Helper()
	a := p.ask(t, changes...)
	if a.Status != http.StatusCreated || a.String("client_id") == "" {
		t.Fatalf("registration: %d %s", a.Status, a.Text)
	}
	return a
}

// visitor is a visit of a registered client that has not begun.
func (p dynamicPlan) visitor(client harness.Answer, changes ...string) *visit {
	id := client.String("client_id")
	key := *p.key
	v := &visit{plan: p.plan, client: id, params: p.request(id, changes...)}
	v.plan.key = &key
	return v
}

// visit sends a browser without cookies to the authorization endpoint.
func (p dynamicPlan) visit(t *testing.T, client harness.Answer, changes ...string) *visit {
	t.Helper()
	v := p.visitor(client, changes...)
	v.t, v.browser = t, harness.NewBrowser(t, p.Node)
	v.browser.Get(p.URL + "/api/v1/oauth/authorize?" + v.params.Encode())
	return v
}

// path is that of a file that no other module has.
func (p dynamicPlan) path(name string) string {
	return name + "/" + strings.ReplaceAll(string(p.response), " ", "-")
}

// serve publishes a file where the suite would.
func (p dynamicPlan) serve(path string, content []byte) { p.files.put(path, string(content)) }
