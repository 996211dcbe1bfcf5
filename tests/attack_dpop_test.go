package tests

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// badProofs are changes of a good proof, each of which makes it bad (attack list F-D1 to F-D7; RFC 9449 §4.3).
func badProofs(now time.Time) map[string]func(header, claims map[string]any) {
	claim := func(name string, value any) func(_, claims map[string]any) {
		return func(_, claims map[string]any) { claims[name] = value }
	}
	without := func(name string) func(_, claims map[string]any) {
		return func(_, claims map[string]any) { delete(claims, name) }
	}
	head := func(name string, value any) func(header, _ map[string]any) {
		return func(header, _ map[string]any) { header[name] = value }
	}
	return map[string]func(header, claims map[string]any){
		"another method":         claim("htm", "PUT"),
		"a method in lower case": func(_, claims map[string]any) { claims["htm"] = strings.ToLower(claims["htm"].(string)) },
		"another path":           func(_, claims map[string]any) { claims["htu"] = claims["htu"].(string) + "/" },
		"another host":           claim("htu", "https://attacker.example/api/v1/oauth/token"),
		"another port":           claim("htu", "http://127.0.0.1:1/api/v1/oauth/token"),
		"a relative htu":         claim("htu", "/api/v1/oauth/token"),
		"no htm":                 without("htm"),
		"no htu":                 without("htu"),
		"no jti":                 without("jti"),
		"a long jti":             claim("jti", strings.Repeat("j", 300)),
		"a jti that is a number": claim("jti", 7),
		"no iat":                 without("iat"),
		"an iat as text":         claim("iat", "now"),
		"an hour old":            claim("iat", now.Add(-time.Hour).Unix()),
		"an hour ahead":          claim("iat", now.Add(time.Hour).Unix()),
		"61 s old":               claim("iat", now.Add(-62*time.Second).Unix()),
		"32 s ahead":             claim("iat", now.Add(32*time.Second).Unix()),
		"no typ":                 func(header, _ map[string]any) { delete(header, "typ") },
		"another typ":            head("typ", "at+jwt"),
		"typ JWT":                head("typ", "JWT"),
		"no alg":                 func(header, _ map[string]any) { delete(header, "alg") },
		"alg none":               head("alg", "none"),
		"alg HS256":              head("alg", "HS256"),
		"alg RS256":              head("alg", "RS256"),
		"alg of another curve":   head("alg", "ES384"),
		"no jwk":                 func(header, _ map[string]any) { delete(header, "jwk") },
		"a jwk that is text":     head("jwk", "key"),
		"a private jwk":          func(header, _ map[string]any) { header["jwk"].(map[string]any)["d"] = "AAAA" },
		"a symmetric jwk":        head("jwk", map[string]any{"kty": "oct", "k": "c2VjcmV0"}),
		"a small RSA jwk":        head("jwk", map[string]any{"kty": "RSA", "n": "wJzb", "e": "AQAB"}),
		"a critical header":      head("crit", []string{"exp"}),
		"what is too long":       claim("more", strings.Repeat("x", 5000)),
	}
}

// TestBadProofsAreRefused, at the token endpoint, at a push and at UserInfo: each is refused as RFC 9449 says, nothing is issued,
// and the token stays good.
func TestBadProofsAreRefused(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", "")}})
	key, other := newClientKey(t, ""), newClientKey(t, "")
	party := harness.NewParty(t, n, "web")
	token := key.redeem(t, n, party, party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword)).String("access_token")
	form := harness.Values("grant_type", "client_credentials")
	ask := func(proofs ...string) harness.Answer {
		return post(t, n, tokenPath, "machine", harness.ClientSecret, form, proofs...)
	}
	good := func() string { return key.proof(t, n, http.MethodPost, tokenPath, "", nil) }
	for name, change := range badProofs(n.Clock.Now()) {
		oauthError(t, "token: "+name, ask(key.proof(t, n, http.MethodPost, tokenPath, "", change)), 400, "invalid_dpop_proof")
		pushed := post(t, n, parPath, "web", harness.ClientSecret, request(t, party), key.proof(t, n, http.MethodPost, parPath, "", change))
		oauthError(t, "push: "+name, pushed, 400, "invalid_dpop_proof")
		a := present(t, n, "DPoP", token, key.proof(t, n, http.MethodGet, userInfoPath, token, change))
		if a.Status != http.StatusUnauthorized || !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "DPoP ") {
			t.Errorf("UserInfo: %s: %d %v", name, a.Status, a.Header)
		}
	}
	signature := good()
	oauthError(t, "another's signature", ask(signature[:strings.LastIndexByte(signature, '.')+1]+
		strings.SplitN(other.proof(t, n, http.MethodPost, tokenPath, "", nil), ".", 3)[2]), 400, "invalid_dpop_proof")
	for name, proofs := range map[string][]string{
		"two": {good(), good()}, "two in one": {good() + ", " + good()}, "an empty one": {""}, "none": {"a.b"}, "no JWT": {"proof"},
	} {
		oauthError(t, name, ask(proofs...), 400, "invalid_dpop_proof")
	}
	for name, a := range map[string]harness.Answer{
		"as a bearer token":               present(t, n, "Bearer", token),
		"as a bearer token with a proof":  present(t, n, "Bearer", token, key.proof(t, n, http.MethodGet, userInfoPath, token, nil)),
		"without a proof":                 present(t, n, "DPoP", token),
		"with another's proof":            present(t, n, "DPoP", token, other.proof(t, n, http.MethodGet, userInfoPath, token, nil)),
		"with the proof of another token": present(t, n, "DPoP", token, key.proof(t, n, http.MethodGet, userInfoPath, token+"x", nil)),
		"without ath":                     present(t, n, "DPoP", token, key.proof(t, n, http.MethodGet, userInfoPath, "", nil)),
	} {
		if a.Status != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
	}
	if a := present(t, n, "DPoP", token, key.proof(t, n, http.MethodGet, userInfoPath, token, nil)); a.Status != http.StatusOK {
		t.Errorf("the token is not good any more: %d %s", a.Status, a.Text)
	}
	_, bearer := signedIn(t, n)
	unbound := present(t, n, "DPoP", bearer.AccessToken, key.proof(t, n, http.MethodGet, userInfoPath, bearer.AccessToken, nil))
	if unbound.Status != http.StatusUnauthorized {
		t.Errorf("a token that is bound to nothing, by DPoP: %d %s", unbound.Status, unbound.Text)
	}
}

// TestAProofIsReadAsTheStandardSays: what is tolerated (RFC 9449 §4.3).
func TestAProofIsReadAsTheStandardSays(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", "")}})
	key := newClientKey(t, "")
	now := n.Clock.Now()
	for name, change := range map[string]func(header, claims map[string]any){
		"10 s old":               func(_, claims map[string]any) { claims["iat"] = now.Add(-10 * time.Second).Unix() },
		"8 s ahead":              func(_, claims map[string]any) { claims["iat"] = now.Add(8 * time.Second).Unix() },
		"a query and a fragment": func(_, claims map[string]any) { claims["htu"] = n.Issuer + tokenPath + "?a=b#c" },
		"a scheme in upper case": func(_, claims map[string]any) {
			claims["htu"] = "HTTP" + strings.TrimPrefix(n.Issuer, "http") + tokenPath
		},
		"nbf and exp":              func(_, claims map[string]any) { claims["nbf"], claims["exp"] = now.Unix(), now.Unix() },
		"more in the jwk":          func(header, _ map[string]any) { header["jwk"].(map[string]any)["kid"] = "k" },
		"a nonce that nobody asks": func(_, claims map[string]any) { claims["nonce"] = "n" },
	} {
		a := post(t, n, tokenPath, "machine", harness.ClientSecret, harness.Values("grant_type", "client_credentials"),
			key.proof(t, n, http.MethodPost, tokenPath, "", change))
		if a.Status != http.StatusOK || a.Body["token_type"] != "DPoP" {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
	}
}

// TestTheDefaultPortOfAProofIsNone: htu is compared in its normal form (RFC 9449 §4.3), in which an issuer on the usual port has none.
func TestTheDefaultPortOfAProofIsNone(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ISSUER", "https://id.example.org"))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", "")}})
	key := newClientKey(t, "")
	for htu, good := range map[string]bool{
		"https://id.example.org": true, "https://id.example.org:443": true, "HTTPS://ID.example.org:443": true,
		"https://id.example.org:80": false, "http://id.example.org:443": false, "https://id.example.org:8443": false,
	} {
		a := post(t, n, tokenPath, "machine", harness.ClientSecret, harness.Values("grant_type", "client_credentials"),
			key.proof(t, n, http.MethodPost, tokenPath, "", func(_, claims map[string]any) { claims["htu"] = htu + tokenPath }))
		if !good {
			oauthError(t, htu, a, 400, "invalid_dpop_proof")
		} else if a.Status != http.StatusOK || a.Body["token_type"] != "DPoP" {
			t.Errorf("%s: %d %s", htu, a.Status, a.Text)
		}
	}
}

// TestAProofIsUsedOnce: two hundred times the same proof at once, at the token endpoint and at UserInfo, on every kind of fleet.
func TestAProofIsUsedOnce(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n := nodes[0]
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.ServiceClient("machine", "")}})
		key := newClientKey(t, "")
		party := harness.NewParty(t, n, "web")
		token := key.redeem(t, n, party, party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword)).String("access_token")
		n.Clock.Advance(time.Second)
		atToken, atUserInfo := key.proof(t, n, http.MethodPost, tokenPath, "", nil), key.proof(t, n, http.MethodGet, userInfoPath, token, nil)
		for name, send := range map[string]func(*harness.Node) harness.Answer{
			"token": func(n *harness.Node) harness.Answer {
				return post(t, n, tokenPath, "machine", harness.ClientSecret, harness.Values("grant_type", "client_credentials"), atToken)
			},
			"UserInfo": func(n *harness.Node) harness.Answer { return present(t, n, "DPoP", token, atUserInfo) },
		} {
			var won atomic.Int64
			var all sync.WaitGroup
			for i := range crowd {
				all.Go(func() {
					if send(nodes[i%len(nodes)]).Status == http.StatusOK {
						won.Add(1)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 {
				t.Errorf("%s: %d times", name, won.Load())
			}
		}
	})
}

// TestAStrangersProofsAreNotStored: keys cost nothing to make; a proof is remembered only once a client or a token is proven.
func TestAStrangersProofsAreNotStored(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{harness.PublicClient("spa")}})
	key := newClientKey(t, "")
	for i := range 5 {
		code := harness.Values("grant_type", "authorization_code", "client_id", "spa", "code", fmt.Sprint(i), "redirect_uri", harness.Callback, "code_verifier", strings.Repeat("v", 43))
		oauthError(t, "code", post(t, n, tokenPath, "", "", code, key.proof(t, n, http.MethodPost, tokenPath, "", nil)), 400, "invalid_grant")
		pushed := request(t, harness.NewPublicParty(t, n, "spa"))
		if a := post(t, n, parPath, "", "", pushed, key.proof(t, n, http.MethodPost, parPath, "", nil)); a.Status != http.StatusCreated {
			t.Errorf("push: %d %s", a.Status, a.Text)
		}
		present(t, n, "DPoP", "a.b.c", key.proof(t, n, http.MethodGet, userInfoPath, "a.b.c", nil))
	}
	if stored := n.Database.Count(t, "SELECT count(*) FROM replay_keys"); stored != 0 {
		t.Errorf("%d proofs of strangers are stored", stored)
	}
}

// TestTheAdminAPITakesBoundTokens: a console whose tokens are bound to a key uses GraphQL with proofs, and with nothing less.
func TestTheAdminAPITakesBoundTokens(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ADMIN_PASSWORD", harness.AdminPassword))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{adminClient("console")}})
	key := newClientKey(t, "")
	party := harness.NewParty(t, n, "console", "openid", identity.ScopeUsersRead)
	token := key.redeem(t, n, party, party.Authorize(harness.NewBrowser(t, n), "admin", harness.AdminPassword)).String("access_token")
	ask := func(scheme string, proofs ...string) harness.Answer {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/graphql", strings.NewReader(`{"query":"{ __typename }"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", scheme+" "+token)
		r.Header["Dpop"] = proofs
		return harness.Do(t, r)
	}
	proof := key.proof(t, n, http.MethodPost, "/graphql", token, nil)
	if a := ask("DPoP", proof); a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	for name, a := range map[string]harness.Answer{
		"again": ask("DPoP", proof), "as a bearer token": ask("Bearer"), "without a proof": ask("DPoP"),
		"with two": ask("DPoP", key.proof(t, n, http.MethodPost, "/graphql", token, nil), key.proof(t, n, http.MethodPost, "/graphql", token, nil)),
	} {
		if a.Status != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
	}
}
