package tests

import (
	"net/http"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// eachMutualFleet runs a test with certificates on one node with either database, and on two that share a PostgreSQL.
func eachMutualFleet(t *testing.T, authority certified, test func(t *testing.T, first, last mutualNode)) {
	t.Helper()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := startMutual(t, db, authority)
		test(t, n, n)
	})
	t.Run("two nodes", func(t *testing.T) {
		t.Parallel()
		db := harness.Postgres(t)
		first := startMutual(t, db, authority)
		second := startMutual(t, db, authority, harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))
		test(t, first, second)
	})
}

// TestAClientIsProvenByItsCertificate: RFC 8705 §2.1 with each of the five names, and §2.2, at every endpoint at which clients
// authenticate, by TLS in process.
func TestAClientIsProvenByItsCertificate(t *testing.T) {
	t.Parallel()
	authority := certify(t, nil, authorityCertificate("Authority"))
	shop := certify(t, &authority, shopCertificate(nil))
	own := certify(t, nil, shopCertificate(nil))
	var clients []admin.NewClient
	names := map[string]func(*identity.ClientMetadata){
		"subject_dn": func(m *identity.ClientMetadata) { m.TLSSubject = "CN=Shop,O=Example,C=DE" },
		"san_dns":    func(m *identity.ClientMetadata) { m.TLSDNSName = "shop.example.org" },
		"san_uri":    func(m *identity.ClientMetadata) { m.TLSURI = "spiffe://example.org/shop" },
		"san_ip":     func(m *identity.ClientMetadata) { m.TLSIP = "192.0.2.7" },
		"san_email":  func(m *identity.ClientMetadata) { m.TLSEmail = "shop@example.org" },
	}
	for id, name := range names {
		clients = append(clients, certifiedClient(id, identity.AuthTLS, func(c *admin.NewClient) { name(&c.Metadata) }))
	}
	clients = append(clients, certifiedClient("own", identity.AuthSelfSignedTLS, func(c *admin.NewClient) {
		c.Metadata.JWKS, c.Metadata.GrantTypes = own.jwks(t), append(c.Metadata.GrantTypes, identity.GrantDeviceCode)
	}))
	eachMutualFleet(t, authority, func(t *testing.T, first, last mutualNode) {
		first.Apply(t, admin.Desired{Clients: clients})
		for id := range names {
			a := last.post(t, &shop, tokenPath, "", "", ownGrant(id))
			if a.Status != http.StatusOK || a.Body["token_type"] != "Bearer" {
				t.Errorf("%s: %d %s", id, a.Status, a.Text)
			}
			oauthError(t, id+" by another certificate", last.post(t, &own, tokenPath, "", "", ownGrant(id)), 401, "invalid_client")
		}
		token := first.post(t, &own, tokenPath, "", "", ownGrant("own")).String("access_token")
		party := harness.NewParty(t, first.Node, "own")
		for path, form := range map[string]map[string]string{
			"/api/v1/oauth/introspect": {"token": token}, "/api/v1/oauth/par": nil, deviceEndpoint: {"scope": "openid"},
			"/api/v1/oauth/revoke": {"token": token},
		} {
			values := harness.Values("client_id", "own")
			if form == nil {
				values = request(t, party)
			}
			for name, value := range form {
				values.Set(name, value)
			}
			oauthError(t, path+" without a certificate", last.post(t, nil, path, "", "", values), 401, "invalid_client")
			oauthError(t, path+" with another", last.post(t, &shop, path, "", "", values), 401, "invalid_client")
			if a := last.post(t, &own, path, "", "", values); a.Status > 201 {
				t.Errorf("%s: %d %s", path, a.Status, a.Text)
			}
		}
		if a := last.Introspect(t, "web", token); a.Body["active"] != false {
			t.Errorf("the token was not revoked: %s", a.Text)
		}
		oauthError(t, "the other listener", first.Form(t, tokenPath, "", "", ownGrant("own")), 401, "invalid_client")
	})
}

// TestTokensAreBoundToACertificate: RFC 8705 §3. Codes, refreshes and clients on their own behalf get bound tokens, whatever proves
// the client, and they work with the certificate alone: at UserInfo, at the admin API, and for an exchange.
func TestTokensAreBoundToACertificate(t *testing.T) {
	t.Parallel()
	authority := certify(t, nil, authorityCertificate("Authority"))
	shop, thief := certify(t, &authority, shopCertificate(nil)), certify(t, &authority, shopCertificate(nil))
	eachMutualFleet(t, authority, func(t *testing.T, first, last mutualNode) {
		bank := harness.WebClient("bank")
		bank.Metadata.CertificateBoundTokens = true
		bank.Metadata.Scope = bank.Metadata.Scope + " " + identity.ScopeUsersRead
		bank.Policy.SkipConsent = true
		first.Apply(t, admin.Desired{Clients: []admin.NewClient{bank}})
		party := harness.NewParty(t, first.Node, "bank", "openid", "email", "offline_access", identity.ScopeUsersRead)
		redeem := func(c *certified, code string) harness.Answer {
			form := harness.Values("grant_type", "authorization_code", "code", code, "redirect_uri", harness.Callback, "code_verifier", party.Verifier)
			return first.post(t, c, tokenPath, "bank", harness.ClientSecret, form)
		}
		code := party.Authorize(harness.NewBrowser(t, first.Node), "admin", harness.AdminPassword)
		oauthError(t, "no certificate", redeem(nil, code), 400, "invalid_request")
		a := redeem(&shop, code)
		token := a.String("access_token")
		if a.Status != http.StatusOK || a.Body["token_type"] != "Bearer" {
			t.Fatalf("exchange: %d %s", a.Status, a.Text)
		}
		confirmed := func(name string, cnf any) {
			t.Helper()
			if members, _ := cnf.(map[string]any); len(members) != 1 || members["x5t#S256"] != shop.thumbprint() {
				t.Errorf("%s: cnf %v", name, cnf)
			}
		}
		confirmed("the token", harness.JWT(t, token, 1)["cnf"])
		state := last.Introspect(t, "bank", token)
		confirmed("introspection", state.Body["cnf"])
		for name, c := range map[string]*certified{"no certificate": nil, "another's": &thief, "its own": &shop} {
			want := http.StatusUnauthorized
			if c == &shop {
				want = http.StatusOK
			}
			if a := last.get(t, c, userInfoPath, "Bearer", token); a.Status != want {
				t.Errorf("UserInfo with %s: %d %s", name, a.Status, a.Text)
			}
			if a := last.get(t, c, userInfoPath, "DPoP", token); a.Status != http.StatusUnauthorized {
				t.Errorf("UserInfo by DPoP with %s: %d %s", name, a.Status, a.Text)
			}
			query := "/graphql?query=" + "%7Busers(first%3A1)%7Bnodes%7Bid%7D%7D%7D"
			if a := last.get(t, c, query, "Bearer", token, "Accept", "application/graphql-response+json"); a.Status != want {
				t.Errorf("the admin API with %s: %d %s", name, a.Status, a.Text)
			}
		}
		if a := first.UserInfo(t, token); a.Status != http.StatusUnauthorized {
			t.Errorf("UserInfo at the other listener: %d %s", a.Status, a.Text)
		}
		form := harness.Values("grant_type", "refresh_token", "refresh_token", a.String("refresh_token"))
		oauthError(t, "a refresh without", last.post(t, nil, tokenPath, "bank", harness.ClientSecret, form), 400, "invalid_request")
		// A confidential client may change its certificate, and proves itself by its secret.
		if a = last.post(t, &thief, tokenPath, "bank", harness.ClientSecret, form); a.Status != http.StatusOK {
			t.Fatalf("refresh: %d %s", a.Status, a.Text)
		}
		if cnf, _ := harness.JWT(t, a.String("access_token"), 1)["cnf"].(map[string]any); cnf["x5t#S256"] != thief.thumbprint() {
			t.Errorf("refreshed for %v", cnf)
		}
	})
}

// TestTheRefreshTokensOfAPublicClientAreBoundToItsCertificate: RFC 8705 §4, for a client that nobody has authenticated.
func TestTheRefreshTokensOfAPublicClientAreBoundToItsCertificate(t *testing.T) {
	t.Parallel()
	authority := certify(t, nil, authorityCertificate("Authority"))
	app, thief := certify(t, nil, shopCertificate(nil)), certify(t, nil, shopCertificate(nil))
	eachMutualFleet(t, authority, func(t *testing.T, first, last mutualNode) {
		public := harness.PublicClient("app")
		public.Metadata.CertificateBoundTokens = true
		first.Apply(t, admin.Desired{Clients: []admin.NewClient{public}})
		party := harness.NewPublicParty(t, first.Node, "app")
		code := party.Authorize(harness.NewBrowser(t, first.Node), "alice", harness.AlicePassword)
		form := harness.Values("grant_type", "authorization_code", "code", code, "redirect_uri", harness.Callback,
			"code_verifier", party.Verifier, "client_id", "app")
		a := first.post(t, &app, tokenPath, "", "", form)
		if a.Status != http.StatusOK {
			t.Fatalf("exchange: %d %s", a.Status, a.Text)
		}
		form = harness.Values("grant_type", "refresh_token", "refresh_token", a.String("refresh_token"), "client_id", "app")
		oauthError(t, "another certificate", last.post(t, &thief, tokenPath, "", "", form), 400, "invalid_grant")
		oauthError(t, "no certificate", last.post(t, nil, tokenPath, "", "", form), 400, "invalid_request")
		if a := last.post(t, &app, tokenPath, "", "", form); a.Status != http.StatusOK {
			t.Errorf("its own certificate: %d %s", a.Status, a.Text)
		}
	})
}

// TestCertificatesAndProofsSideBySide: a certificate proves a client whose tokens are bound to a key, with the address of either
// listener in the proof; and a token is bound to one of the two only.
func TestCertificatesAndProofsSideBySide(t *testing.T) {
	t.Parallel()
	authority := certify(t, nil, authorityCertificate("Authority"))
	shop := certify(t, &authority, shopCertificate(nil))
	n := startMutual(t, harness.SQLite(t), authority)
	named := func(c *admin.NewClient) { c.Metadata.TLSDNSName = "shop.example.org" }
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{
		certifiedClient("free", identity.AuthTLS, named),
		certifiedClient("bound", identity.AuthTLS, func(c *admin.NewClient) { named(c); c.Metadata.CertificateBoundTokens = true }),
		certifiedClient("keyed", identity.AuthTLS, func(c *admin.NewClient) { named(c); c.Metadata.BoundAccessTokens = true }),
	}})
	key := newClientKey(t, "")
	at := func(base string) string {
		return key.proof(t, n.Node, http.MethodPost, tokenPath, "", func(_, claims map[string]any) { claims["htu"] = base + tokenPath })
	}
	for _, id := range []string{"free", "keyed"} {
		for _, base := range []string{n.Issuer, n.alias} {
			a := n.post(t, &shop, tokenPath, "", "", ownGrant(id), at(base))
			cnf, _ := harness.JWT(t, a.String("access_token"), 1)["cnf"].(map[string]any)
			if a.Body["token_type"] != "DPoP" || len(cnf) != 1 || cnf["jkt"] != key.thumbprint(t) {
				t.Errorf("%s at %s: cnf %v of %s", id, base, cnf, a.Text)
			}
		}
	}
	oauthError(t, "another address", n.post(t, &shop, tokenPath, "", "", ownGrant("free"), at("https://attacker.example")), 400, "invalid_dpop_proof")
	oauthError(t, "both", n.post(t, &shop, tokenPath, "", "", ownGrant("bound"), at(n.alias)), 400, "invalid_dpop_proof")
	pushed := request(t, harness.NewParty(t, n.Node, "bound"), "dpop_jkt", key.thumbprint(t))
	oauthError(t, "a code for a key", n.post(t, &shop, parPath, "", "", pushed), 400, "invalid_request")
	pushed.Del("dpop_jkt")
	atPush := key.proof(t, n.Node, http.MethodPost, parPath, "", nil)
	oauthError(t, "a push with a key", n.post(t, &shop, parPath, "", "", pushed, atPush), 400, "invalid_dpop_proof")
	oauthError(t, "only the certificate", n.post(t, &shop, tokenPath, "", "", ownGrant("keyed")), 400, "invalid_dpop_proof")
}

// TestTheMetadataTellsOfCertificates: RFC 8705 §3.3 and §5, and nothing of them where none can get here.
func TestTheMetadataTellsOfCertificates(t *testing.T) {
	t.Parallel()
	authority := certify(t, nil, authorityCertificate("Authority"))
	n := startMutual(t, harness.SQLite(t), authority)
	document := n.Get(t, "/.well-known/openid-configuration").Body
	aliases, _ := document["mtls_endpoint_aliases"].(map[string]any)
	for _, member := range []string{
		"token_endpoint", "revocation_endpoint", "introspection_endpoint", "pushed_authorization_request_endpoint",
		"device_authorization_endpoint", "backchannel_authentication_endpoint", "userinfo_endpoint",
	} {
		usual, _ := document[member].(string)
		if alias, _ := aliases[member].(string); alias == "" || alias[len(n.alias):] != usual[len(n.Issuer):] {
			t.Errorf("%s: %s at %s", member, aliases[member], usual)
		}
	}
	if len(aliases) != 7 || document["tls_client_certificate_bound_access_tokens"] != true {
		t.Errorf("%v %v", aliases, document["tls_client_certificate_bound_access_tokens"])
	}
	for _, path := range []string{"/login", "/oauth/authorize", "/api/v1/oauth/authorize", "/.well-known/openid-configuration", "/health/live"} {
		if a := n.get(t, nil, path, "Bearer", "x"); a.Status != http.StatusNotFound {
			t.Errorf("%s is at the listener for certificates: %d", path, a.Status)
		}
	}
	offered := func(n *harness.Node) (methods []any) {
		methods, _ = n.Get(t, "/.well-known/openid-configuration").Body["token_endpoint_auth_methods_supported"].([]any)
		return methods
	}
	plain := start(t, harness.SQLite(t))
	proxied := start(t, harness.SQLite(t), harness.Env("AUTHLY_MTLS_HEADER", "Client-Cert"), harness.Env("AUTHLY_TRUSTED_PROXIES", "127.0.0.1"))
	if all, few, none := len(offered(n.Node)), len(offered(proxied)), len(offered(plain)); all != few+1 || few != none+1 {
		t.Errorf("methods: %d, %d without an authority, %d without certificates", all, few, none)
	}
	document = plain.Get(t, "/.well-known/openid-configuration").Body
	if document["mtls_endpoint_aliases"] != nil || document["tls_client_certificate_bound_access_tokens"] != nil {
		t.Errorf("certificates are told of where there are none: %v", document)
	}
}

// TestAnAssertionNamesTheTokenEndpointAtTheAlias: as that of a client, so that of a grant, which names the alias or the usual address,
// at both (RFC 7523 §3, RFC 8705 §5).
func TestAnAssertionNamesTheTokenEndpointAtTheAlias(t *testing.T) {
	t.Parallel()
	n := startMutual(t, harness.SQLite(t), certify(t, nil, authorityCertificate("Authority")))
	key := newClientKey(t, "k1")
	trusting(t, n.Node, key)
	for aud, want := range map[string]int{
		n.alias + tokenPath: 200, n.Issuer + tokenPath: 200, n.Issuer: 200, n.alias: 400, n.alias + "/api/v1/oauth/par": 400, "https://other.example" + tokenPath: 400,
	} {
		form := brought(t, n.Node, key, aboutAlice(t, n.Node, key, func(_, claims map[string]any) { claims["aud"] = aud }))
		if a := n.post(t, nil, tokenPath, "", "", form); a.Status != want {
			t.Errorf("a grant for %s: %d %s", aud, a.Status, a.Text)
		}
	}
	form := brought(t, n.Node, key, aboutAlice(t, n.Node, key, nil))
	form.Set("client_assertion", key.assertion(t, n.Node, "robot", func(_, claims map[string]any) { claims["aud"] = n.alias + tokenPath }))
	if a := n.post(t, nil, tokenPath, "", "", form); a.Status != http.StatusOK {
		t.Errorf("a client: %d %s", a.Status, a.Text)
	}
}
