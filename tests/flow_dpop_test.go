package tests

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestTokensAreBoundToAKey: RFC 9449 §5 to §7, on one node and on two: the token says so, works with a proof and with nothing
// less, introspection tells resource servers of the key, and a refresh is bound again.
func TestTokensAreBoundToAKey(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n, last := nodes[0], nodes[len(nodes)-1]
		key := newClientKey(t, "")
		party := harness.NewParty(t, n, "web")
		a := key.redeem(t, n, party, party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword))
		token := a.String("access_token")
		if a.Status != http.StatusOK || a.Body["token_type"] != "DPoP" {
			t.Fatalf("exchange: %d %s", a.Status, a.Text)
		}
		if claims := harness.JWT(t, token, 1); claims["cnf"].(map[string]any)["jkt"] != key.thumbprint(t) {
			t.Errorf("cnf %v", claims["cnf"])
		}
		for _, scheme := range []string{"DPoP", "dPOP"} {
			a := present(t, last, scheme, token, key.proof(t, n, http.MethodGet, userInfoPath, token, nil))
			if a.Status != http.StatusOK || a.Body["email"] != "alice@example.org" {
				t.Errorf("UserInfo by %s: %d %s", scheme, a.Status, a.Text)
			}
		}
		if state := last.Introspect(t, "web", token); state.Body["token_type"] != "DPoP" ||
			state.Body["cnf"].(map[string]any)["jkt"] != key.thumbprint(t) {
			t.Errorf("introspection: %s", state.Text)
		}
		// A confidential client may change its key, and proves itself by its secret.
		next := newClientKey(t, "")
		form := harness.Values("grant_type", "refresh_token", "refresh_token", a.String("refresh_token"))
		refreshed := post(t, last, tokenPath, "web", harness.ClientSecret, form, next.proof(t, n, http.MethodPost, tokenPath, "", nil))
		token = refreshed.String("access_token")
		if refreshed.Status != http.StatusOK || harness.JWT(t, token, 1)["cnf"].(map[string]any)["jkt"] != next.thumbprint(t) {
			t.Fatalf("refresh: %d %s", refreshed.Status, refreshed.Text)
		}
	})
}

// TestTheRefreshTokensOfAPublicClientAreBound: RFC 9449 §5. Who has stolen one cannot use it, and it stays good for its owner.
func TestTheRefreshTokensOfAPublicClientAreBound(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.PublicClient("spa")}})
		key, thief := newClientKey(t, ""), newClientKey(t, "")
		party := harness.NewPublicParty(t, n, "spa")
		a := key.redeem(t, n, party, party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword))
		if a.Status != http.StatusOK {
			t.Fatalf("exchange: %d %s", a.Status, a.Text)
		}
		form := harness.Values("grant_type", "refresh_token", "refresh_token", a.String("refresh_token"), "client_id", "spa")
		stolen := post(t, n, tokenPath, "", "", form, thief.proof(t, n, http.MethodPost, tokenPath, "", nil))
		oauthError(t, "another key", stolen, 400, "invalid_grant")
		oauthError(t, "no key", post(t, n, tokenPath, "", "", form), 400, "invalid_grant")
		own := post(t, n, tokenPath, "", "", form, key.proof(t, n, http.MethodPost, tokenPath, "", nil))
		if own.Status != http.StatusOK || own.Body["token_type"] != "DPoP" {
			t.Errorf("its own key: %d %s", own.Status, own.Text)
		}
	})
}

// TestACodeIsBoundToAKey: dpop_jkt of the request, of a pushed one, and the proof of a pushed one (RFC 9449 §10).
func TestACodeIsBoundToAKey(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		browser, _ := signedIn(t, n)
		key, thief := newClientKey(t, ""), newClientKey(t, "")
		proof := func(k clientKey) string { return k.proof(t, n, http.MethodPost, parPath, "", nil) }
		pushWith := func(p *harness.Party, proofs []string, extra ...string) harness.Answer {
			return post(t, n, parPath, "web", harness.ClientSecret, request(t, p, extra...), proofs...)
		}
		for name, send := range map[string]func(p *harness.Party) string{
			"a request": func(p *harness.Party) string { return p.AuthURL("dpop_jkt", key.thumbprint(t)) },
			"a pushed one": func(p *harness.Party) string {
				return byReference(n, "web", pushWith(p, nil, "dpop_jkt", key.thumbprint(t)).String("request_uri"))
			},
			"the proof of a pushed one": func(p *harness.Party) string {
				return byReference(n, "web", pushWith(p, []string{proof(key)}).String("request_uri"))
			},
		} {
			for _, k := range []clientKey{thief, key} {
				party := harness.NewParty(t, n, "web")
				browser.Get(send(party))
				a := k.redeem(t, n, party, party.Code(browser))
				if k.Private == thief.Private {
					oauthError(t, name+" with another key", a, 400, "invalid_grant")
				} else if a.Status != http.StatusOK {
					t.Errorf("%s: %d %s", name, a.Status, a.Text)
				}
			}
			party := harness.NewParty(t, n, "web")
			browser.Get(send(party))
			oauthError(t, name+" without a key", exchange(t, n, party, "web", party.Code(browser)), 400, "invalid_grant")
		}
		party := harness.NewParty(t, n, "web")
		oauthError(t, "two keys", pushWith(party, []string{proof(thief)}, "dpop_jkt", key.thumbprint(t)), 400, "invalid_request")
		oauthError(t, "no thumbprint", pushWith(party, nil, "dpop_jkt", "key"), 400, "invalid_request")
		oauthError(t, "two proofs", pushWith(party, []string{proof(key), proof(key)}), 400, "invalid_dpop_proof")
	})
}

// TestAClientMustProveAKey: dpop_bound_access_tokens (RFC 9449 §5.2).
func TestAClientMustProveAKey(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	machine := harness.ServiceClient("machine", "openid")
	machine.Metadata.BoundAccessTokens, machine.Metadata.Scope = true, ""
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{machine}})
	form := harness.Values("grant_type", "client_credentials")
	oauthError(t, "no proof", post(t, n, tokenPath, "machine", harness.ClientSecret, form), 400, "invalid_dpop_proof")
	proof := newClientKey(t, "").proof(t, n, http.MethodPost, tokenPath, "", nil)
	if a := post(t, n, tokenPath, "machine", harness.ClientSecret, form, proof); a.Status != http.StatusOK || a.Body["token_type"] != "DPoP" {
		t.Errorf("with a proof: %d %s", a.Status, a.Text)
	}
}

// TestAClientMayUseNoProofs: an administrator says so, and from then on none is accepted, nor ignored so that the client would believe
// its tokens bound. Without one all is as before.
func TestAClientMayUseNoProofs(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		api := administer(t, db)
		n, key := api.Node, newClientKey(t, "")
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", "openid")}})
		set := func(refuse bool) {
			t.Helper()
			id := model.KindClient.ID(n.Client(t, "machine").ID)
			made := api.run(t, `mutation($id:ID!,$r:Boolean!){updateClient(input:{id:$id,refuseDpop:$r}){client{refuseDpop} userErrors{code}}}`, "id", id, "r", refuse)
			if dig(made, "updateClient", "client", "refuseDpop") != refuse {
				t.Fatalf("%v", made)
			}
		}
		ask := func(path string, form url.Values, proven bool) harness.Answer {
			t.Helper()
			if !proven {
				return post(t, n, path, "machine", harness.ClientSecret, form)
			}
			return post(t, n, path, "machine", harness.ClientSecret, form, key.proof(t, n, http.MethodPost, path, "", nil))
		}
		earn := harness.Values("grant_type", "client_credentials")
		if a := ask(tokenPath, earn, true); a.Body["token_type"] != "DPoP" {
			t.Errorf("where it may: %d %s", a.Status, a.Text)
		}
		set(true)
		oauthError(t, "a proof", ask(tokenPath, earn, true), 400, "invalid_dpop_proof")
		if a := ask(tokenPath, earn, false); a.Status != http.StatusOK || a.Body["token_type"] != "Bearer" || harness.JWT(t, a.String("access_token"), 1)["cnf"] != nil {
			t.Errorf("without a proof: %d %s", a.Status, a.Text)
		}
		web := model.KindClient.ID(n.Client(t, "web").ID)
		api.run(t, `mutation($id:ID!){updateClient(input:{id:$id,refuseDpop:true}){userErrors{code}}}`, "id", web)
		party := harness.NewParty(t, n, "web")
		oauthError(t, "a pushed proof", post(t, n, "/api/v1/oauth/par", "web", harness.ClientSecret, request(t, party),
			key.proof(t, n, http.MethodPost, "/api/v1/oauth/par", "", nil)), 400, "invalid_dpop_proof")
		oauthError(t, "a pushed key", post(t, n, "/api/v1/oauth/par", "web", harness.ClientSecret, request(t, party, "dpop_jkt", key.thumbprint(t))),
			400, "invalid_request")
		set(false)
		if a := ask(tokenPath, earn, true); a.Body["token_type"] != "DPoP" {
			t.Errorf("where it may again: %d %s", a.Status, a.Text)
		}
	})
}

// TestProofsNeedANonce: AUTHLY_DPOP_NONCE (RFC 9449 §8, §9), at the token endpoint and at UserInfo.
func TestProofsNeedANonce(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_DPOP_NONCE", "true"))
	key := newClientKey(t, "")
	party := harness.NewParty(t, n, "web")
	form := harness.Values("grant_type", "authorization_code", "redirect_uri", harness.Callback, "code_verifier", party.Verifier, "code",
		party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword))
	with := func(nonce string) func(_, claims map[string]any) {
		return func(_, claims map[string]any) { claims["nonce"] = nonce }
	}
	first := post(t, n, tokenPath, "web", harness.ClientSecret, form, key.proof(t, n, http.MethodPost, tokenPath, "", nil))
	oauthError(t, "no nonce", first, 400, "use_dpop_nonce")
	nonce := first.Header.Get("DPoP-Nonce")
	forged := post(t, n, tokenPath, "web", harness.ClientSecret, form, key.proof(t, n, http.MethodPost, tokenPath, "", with(strings.ToUpper(nonce))))
	oauthError(t, "a forged nonce", forged, 400, "use_dpop_nonce")
	n.Clock.Advance(5 * time.Minute) // the next period knows it too
	form.Set("code", party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword))
	second := post(t, n, tokenPath, "web", harness.ClientSecret, form, key.proof(t, n, http.MethodPost, tokenPath, "", with(nonce)))
	token := second.String("access_token")
	if second.Status != http.StatusOK || second.Header.Get("DPoP-Nonce") == nonce {
		t.Fatalf("with the nonce: %d %s, next %q", second.Status, second.Text, second.Header.Get("DPoP-Nonce"))
	}
	asked := present(t, n, "DPoP", token, key.proof(t, n, http.MethodGet, userInfoPath, token, nil))
	next := asked.Header.Get("DPoP-Nonce")
	if asked.Status != http.StatusUnauthorized || next == "" || !strings.HasPrefix(asked.Header.Get("WWW-Authenticate"), "DPoP ") ||
		!strings.Contains(asked.Header.Get("WWW-Authenticate"), `error="use_dpop_nonce"`) {
		t.Errorf("UserInfo: %d %v", asked.Status, asked.Header)
	}
	if a := present(t, n, "DPoP", token, key.proof(t, n, http.MethodGet, userInfoPath, token, with(next))); a.Status != http.StatusOK {
		t.Errorf("UserInfo: %d %s", a.Status, a.Text)
	}
	n.Clock.Advance(10 * time.Minute)
	old := post(t, n, tokenPath, "web", harness.ClientSecret, form, key.proof(t, n, http.MethodPost, tokenPath, "", with(nonce)))
	oauthError(t, "an old nonce", old, 400, "use_dpop_nonce")
}
