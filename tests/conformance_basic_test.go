package tests

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// basicModules are the modules of the Basic OP plan with static clients, by the suite's own names, and what the plans of other response
// types have besides: plan.has says which are in a plan.
var basicModules = map[string]func(t *testing.T, p plan){
	"oidcc-server": happy(),
	"oidcc-ensure-request-with-valid-pkce-succeeds": func(t *testing.T, p plan) {
		party := harness.NewParty(t, p.Node, "")
		v := p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "code_challenge", challengeOf(t, party), "code_challenge_method", "S256").pass()
		form := v.form(v.code())
		form.Set("code_verifier", party.Verifier)
		v.granted(p.Form(t, "/api/v1/oauth/token", v.client, suiteSecret(v.client), form))
	},
	"oidcc-response-type-missing": func(t *testing.T, p plan) {
		p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "response_type", "").refused("invalid_request")
	},
	"oidcc-userinfo-get": happy(),
	"oidcc-userinfo-post-header": func(t *testing.T, p plan) {
		v := p.open(t, harness.NewBrowser(t, p.Node), p.client("1")).pass()
		g := v.tokens()
		v.checkInfo(g, send(t, p, "/oidc/userinfo", "", http.Header{"Authorization": {"Bearer " + g.access}}))
	},
	"oidcc-userinfo-post-body": func(t *testing.T, p plan) {
		v := p.open(t, harness.NewBrowser(t, p.Node), p.client("1")).pass()
		g := v.tokens()
		v.checkInfo(g, send(t, p, "/oidc/userinfo", url.Values{"access_token": {g.access}}.Encode(), nil))
	},
	"oidcc-ensure-request-without-nonce-succeeds-for-code-flow": happy("nonce", ""),
	"oidcc-ensure-request-without-nonce-fails": func(t *testing.T, p plan) {
		p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "nonce", "").refused("invalid_request")
	},
	"oidcc-scope-profile": scope("profile", "name", "given_name", "family_name", "middle_name", "nickname", "profile", "picture", "website", "gender",
		"birthdate", "zoneinfo", "locale", "updated_at", "preferred_username"),
	"oidcc-scope-email":   scope("email", "email", "email_verified"),
	"oidcc-scope-address": scope("address", "address"),
	"oidcc-scope-phone":   scope("phone", "phone_number", "phone_number_verified"),
	"oidcc-scope-all": scope("profile email address phone", "name", "given_name", "family_name", "middle_name", "nickname", "profile", "picture",
		"website", "gender", "birthdate", "zoneinfo", "locale", "updated_at", "preferred_username", "email", "email_verified", "address",
		"phone_number", "phone_number_verified"),
	"oidcc-alternate-happy-flow": func(t *testing.T, p plan) {
		browser := harness.NewBrowser(t, p.Node)
		v := &visit{t: t, plan: p, client: p.client("1"), browser: browser, params: p.request(p.client("1"), "scope", "email openid")}
		pairs := strings.Split(v.params.Encode(), "&")
		slices.Reverse(pairs)
		browser.Get(p.URL + "/api/v1/oauth/authorize?" + strings.Join(pairs, "&"))
		v.info(v.pass().tokens())
	},
	"oidcc-display-page":  happy("display", "page"),
	"oidcc-display-popup": happy("display", "popup"),
	"oidcc-prompt-login": func(t *testing.T, p plan) {
		browser := harness.NewBrowser(t, p.Node)
		first := p.open(t, browser, p.client("1")).pass().tokens()
		p.Clock.Advance(2 * time.Second)
		v := p.open(t, browser, p.client("1"), "prompt", "login")
		if !browser.Has("login-submit") {
			t.Fatalf("no login page at %s", browser.URL)
		}
		if second := v.pass().tokens(); authTime(second) <= authTime(first) {
			t.Errorf("auth_time %v, then %v", authTime(first), authTime(second))
		}
	},
	"oidcc-prompt-none-not-logged-in": func(t *testing.T, p plan) {
		p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "prompt", "none").refused("login_required")
	},
	"oidcc-prompt-none-logged-in": func(t *testing.T, p plan) {
		browser := harness.NewBrowser(t, p.Node)
		first := p.open(t, browser, p.client("1")).pass().tokens()
		p.Clock.Advance(2 * time.Second)
		same(t, first, p.open(t, browser, p.client("1"), "prompt", "none").tokens())
	},
	"oidcc-max-age-1": func(t *testing.T, p plan) {
		browser := harness.NewBrowser(t, p.Node)
		first := p.open(t, browser, p.client("1")).pass().tokens()
		p.Clock.Advance(2 * time.Second)
		v := p.open(t, browser, p.client("1"), "max_age", "1")
		if !browser.Has("login-submit") {
			t.Fatalf("no login page at %s", browser.URL)
		}
		if second := v.pass().tokens(); authTime(second) <= authTime(first) || float64(p.Clock.Now().Unix())-authTime(second) > 5 {
			t.Errorf("auth_time %v, then %v", authTime(first), authTime(second))
		}
	},
	"oidcc-max-age-10000": func(t *testing.T, p plan) {
		browser := harness.NewBrowser(t, p.Node)
		first := p.open(t, browser, p.client("1"), "max_age", "15000").pass().tokens()
		p.Clock.Advance(2 * time.Second)
		same(t, first, p.open(t, browser, p.client("1"), "max_age", "10000").tokens())
	},
	"oidcc-ensure-request-with-unknown-parameter-succeeds": happy("extra", "foobar"),
	"oidcc-id-token-hint": func(t *testing.T, p plan) {
		browser := harness.NewBrowser(t, p.Node)
		first := p.open(t, browser, p.client("1")).pass().tokens()
		same(t, first, p.open(t, browser, p.client("1"), "prompt", "none", "id_token_hint", first.id).tokens())
	},
	"oidcc-login-hint":     happy("login_hint", "buffy@authly.example"),
	"oidcc-ui-locales":     happy("ui_locales", "se"),
	"oidcc-claims-locales": happy("claims_locales", "se"),
	"oidcc-ensure-request-with-acr-values-succeeds": func(t *testing.T, p plan) {
		v := p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "acr_values", "urn:authly:acr:1 2").pass()
		if acr := v.tokens().claims["acr"]; acr != "urn:authly:acr:1" {
			t.Errorf("acr is %v", acr)
		}
	},
	"oidcc-codereuse":           codeReuse(time.Second),
	"oidcc-codereuse-30seconds": codeReuse(30 * time.Second),
	"oidcc-ensure-registered-redirect-uri": func(t *testing.T, p plan) {
		p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "redirect_uri", p.base()+"/callback/4Yl2x").page()
	},
	"oidcc-ensure-post-request-succeeds": func(t *testing.T, p plan) {
		browser := harness.NewBrowser(t, p.Node)
		v := &visit{t: t, plan: p, client: p.client("1"), browser: browser, params: p.request(p.client("1"))}
		browser.Send(http.MethodPost, p.URL+"/api/v1/oauth/authorize", v.params, http.Header{
			"Origin": {"https://localhost.emobix.co.uk:8443"}, "Sec-Fetch-Site": {"cross-site"},
		})
		v.info(v.pass().tokens())
	},
	"oidcc-server-client-secret-post": func(t *testing.T, p plan) {
		v := p.open(t, harness.NewBrowser(t, p.Node), p.client("post")).pass()
		form := v.form(v.code())
		form.Set("client_id", v.client)
		form.Set("client_secret", suiteSecret(v.client))
		v.info(v.granted(p.Form(t, "/api/v1/oauth/token", "", "", form)))
	},
	"oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": func(t *testing.T, p plan) {
		// Skipped by the suite, because none is not advertised; it would sign nothing.
		object := harness.Forge(t, map[string]any{"alg": "none"}, map[string]any{"client_id": p.client("1"), "state": "inside"}, harness.Unsigned)
		p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "request", object).page()
	},
	"oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported": func(t *testing.T, p plan) {
		p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "request_uri", p.base()+"/requesturi").refused("request_uri_not_supported")
	},
	"oidcc-ensure-request-object-with-redirect-uri": func(t *testing.T, p plan) {
		p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "redirect_uri", p.base()+"/wrong", "request", "eyJhbGciOiJub25lIn0.e30.").page()
	},
	"oidcc-claims-essential": func(t *testing.T, p plan) {
		place := "userinfo"
		if p.response == identity.ResponseIDToken {
			place = "id_token"
		}
		v := p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "claims", `{"`+place+`":{"name":{"essential":true}}}`).pass()
		if info := v.info(v.tokens()); info["name"] != "Connie Q Formance" { // tokens checks that the ID token has no name
			t.Errorf("UserInfo %v", info)
		}
	},
	"oidcc-refresh-token": refreshModule,
}

// TestBasicPlan runs the modules of the Basic OP plan.
func TestBasicPlan(t *testing.T) {
	t.Parallel()
	play(t, plan{Node: suite(t), name: "basic", alias: "basic", response: identity.ResponseCode, mode: "query"})
}

// TestFormPostPlan runs the modules of the Form Post Basic OP plan: the same, but every answer is a form, errors too.
func TestFormPostPlan(t *testing.T) {
	t.Parallel()
	play(t, plan{Node: suite(t), name: "formpost", alias: "formpost", response: identity.ResponseCode, mode: "form_post"})
}

// play runs the modules of a plan one after the other: they move the clock.
func play(t *testing.T, p plan) {
	t.Helper()
	for name, module := range basicModules {
		if p.has(name) {
			t.Run(name, func(t *testing.T) { module(t, p) })
		}
	}
}

// has reports whether a module is in the plan, as far as that depends on the response type.
func (p plan) has(module string) bool {
	switch module {
	case "oidcc-codereuse", "oidcc-codereuse-30seconds", "oidcc-refresh-token", "oidcc-server-client-secret-post",
		"oidcc-ensure-request-with-valid-pkce-succeeds":
		return p.response.Code()
	case "oidcc-userinfo-get", "oidcc-userinfo-post-header", "oidcc-userinfo-post-body":
		return p.response.Code() || p.response.Token()
	case "oidcc-ensure-request-without-nonce-succeeds-for-code-flow":
		return !p.response.IDToken()
	case "oidcc-ensure-request-without-nonce-fails":
		return p.response.IDToken()
	}
	return true
}

// happy is the happy path with a changed request.
func happy(changes ...string) func(t *testing.T, p plan) {
	return func(t *testing.T, p plan) {
		v := p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), changes...).pass()
		if info := v.info(v.tokens()); len(info) != 1 {
			t.Errorf("UserInfo has more than sub: %v", info)
		}
	}
}

// scope asks for scopes and wants exactly their claims in UserInfo; that they are not in the ID token is checked there.
func scope(names string, claims ...string) func(t *testing.T, p plan) {
	return func(t *testing.T, p plan) {
		v := p.open(t, harness.NewBrowser(t, p.Node), p.client("1"), "scope", "openid "+names).pass()
		info := v.info(v.tokens())
		for _, name := range claims {
			if info[name] == nil {
				t.Errorf("UserInfo lacks %s", name)
			}
		}
		if len(info) != len(claims)+1 {
			t.Errorf("UserInfo has more than %v: %v", claims, info)
		}
	}
}

func codeReuse(after time.Duration) func(t *testing.T, p plan) {
	return func(t *testing.T, p plan) {
		v := p.open(t, harness.NewBrowser(t, p.Node), p.client("1")).pass()
		form := v.form(v.code())
		g := v.granted(p.Form(t, "/api/v1/oauth/token", v.client, suiteSecret(v.client), form))
		v.info(g)
		p.Clock.Advance(after)
		oauthError(t, "the code again", p.Form(t, "/api/v1/oauth/token", v.client, suiteSecret(v.client), form), 400, "invalid_grant")
		if a := p.UserInfo(t, g.access); a.Status != http.StatusUnauthorized {
			t.Errorf("the access token survives: %d", a.Status)
		}
	}
}

// refreshModule is oidcc-refresh-token: two clients, each refreshes its own token and cannot use the other's.
func refreshModule(t *testing.T, p plan) {
	const scopes = "openid email offline_access"
	browser := harness.NewBrowser(t, p.Node)
	var grants []grant
	for i, client := range []string{p.client("1"), p.client("2")} {
		p.open(t, browser, client, "scope", scopes).pass().tokens()
		v := p.open(t, browser, client, "scope", scopes, "prompt", "consent")
		if !browser.Has("approve") {
			t.Fatalf("prompt=consent shows no consent page but %s", browser.URL)
		}
		g := v.pass().tokens()
		p.Clock.Advance(2 * time.Second)
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {g.refresh}}
		if i == 0 {
			form.Set("scope", scopes)
		}
		next := v.granted(p.Form(t, "/api/v1/oauth/token", client, suiteSecret(client), form))
		v.info(next)
		same(t, g, next)
		if next.claims["aud"] != g.claims["aud"] || next.claims["iat"] == g.claims["iat"] || next.claims["azp"] != g.claims["azp"] {
			t.Errorf("ID token %v, then %v", g.claims, next.claims)
		}
		grants = append(grants, next)
	}
	foreign := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {grants[1].refresh}}
	oauthError(t, "the refresh token of another client",
		p.Form(t, "/api/v1/oauth/token", p.client("1"), suiteSecret(p.client("1")), foreign), 400, "invalid_grant")
}

// same checks that two grants are of the same person and the same sign-in.
func same(t *testing.T, first, second grant) {
	t.Helper()
	if first.claims["sub"] != second.claims["sub"] || authTime(first) != authTime(second) {
		t.Errorf("ID token %v, then %v", first.claims, second.claims)
	}
}

func authTime(g grant) float64 {
	at, _ := g.claims["auth_time"].(float64)
	return at
}

func challengeOf(t *testing.T, party *harness.Party) string {
	t.Helper()
	u, err := url.Parse(party.AuthURL())
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("code_challenge")
}

// send posts a form body with headers.
func send(t *testing.T, p plan, path, body string, header http.Header) harness.Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return harness.Do(t, request)
}
