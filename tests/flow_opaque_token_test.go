package tests

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

var opaqueForm = regexp.MustCompile(`^authly_at_[A-Za-z0-9_-]{43}$`)

// opaque gives clients opaque access tokens.
func opaque(clients ...admin.NewClient) []admin.NewClient {
	for _, c := range clients {
		c.Policy.AccessTokenFormat = identity.FormatOpaque
	}
	return clients
}

// opaqueOf returns the access token of an answer, which must be a handle.
func opaqueOf(t *testing.T, what string, a harness.Answer) string {
	t.Helper()
	token := a.String("access_token")
	if a.Status != http.StatusOK || !opaqueForm.MatchString(token) {
		t.Fatalf("%s: %d %s", what, a.Status, a.Text)
	}
	return token
}

// TestOpaqueTokensAreWhatJWTsAre: what a token stands for is told by introspection, and is the same in both formats, on every node.
func TestOpaqueTokensAreWhatJWTsAre(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n, last := nodes[0], nodes[len(nodes)-1]
		root := harness.Bob()
		root.Admin = true
		n.Apply(t, admin.Desired{
			Users: []admin.DesiredUser{root}, Clients: opaque(harness.WebClient("closed"), adminClient("console")),
		})
		browser := harness.NewBrowser(t, n)
		_, plain := signedIn(t, n)
		party := harness.NewParty(t, n, "closed", "openid", "email", "offline_access")
		tokens := party.Tokens(browser, "alice", harness.AlicePassword)
		if !opaqueForm.MatchString(tokens.AccessToken) {
			t.Fatal(tokens.AccessToken)
		}
		if a := last.UserInfo(t, tokens.AccessToken); a.Status != http.StatusOK || a.Body["email"] != "alice@example.org" {
			t.Errorf("UserInfo: %d %s", a.Status, a.Text)
		}
		told, own := last.Introspect(t, "closed", tokens.AccessToken), last.Introspect(t, "web", plain.AccessToken)
		for name := range own.Body {
			if _, has := told.Body[name]; !has {
				t.Errorf("introspection lacks %s: %s", name, told.Text)
			}
		}
		if told.Body["active"] != true || told.Body["sub"] != n.User(t, "alice").ID.String() || told.Body["client_id"] != "closed" ||
			told.Body["iss"] != n.Issuer || told.Body["aud"] != n.Issuer || told.Body["token_type"] != "Bearer" {
			t.Errorf("introspection: %s", told.Text)
		}
		inactive(t, "of another client", last.Introspect(t, "other", tokens.AccessToken))
		admins := harness.NewParty(t, n, "console", "openid", identity.ScopeUsersRead).Tokens(harness.NewBrowser(t, n), root.Username, harness.BobPassword)
		if a := last.GraphQL(t, admins.AccessToken, "{ me { username } }", nil); a.Status != http.StatusOK || !strings.Contains(a.Text, root.Username) {
			t.Errorf("GraphQL: %d %s", a.Status, a.Text)
		}
		if a := last.GraphQL(t, tokens.AccessToken, "{ me { username } }", nil); strings.Contains(a.Text, "alice") {
			t.Errorf("GraphQL without a right: %s", a.Text)
		}
		renewed := opaqueOf(t, "refresh", last.Refresh(t, "closed", tokens.RefreshToken))
		if renewed == tokens.AccessToken {
			t.Error("the same token twice")
		}

		for i, token := range []string{tokens.AccessToken, renewed} { // one dies alone
			hints := []string{"token_type_hint", []string{"access_token", "refresh_token"}[i]}
			if a := n.Revoke(t, "other", token, hints...); a.Status != http.StatusOK || last.UserInfo(t, token).Status != http.StatusOK {
				t.Errorf("another client has revoked it: %d", a.Status)
			}
			if a := n.Revoke(t, "closed", token, hints...); a.Status != http.StatusOK {
				t.Errorf("revocation: %d %s", a.Status, a.Text)
			}
			n.Clock.Advance(staleness)
			if a := last.UserInfo(t, token); a.Status != http.StatusUnauthorized {
				t.Errorf("revoked, UserInfo is %d", a.Status)
			}
			inactive(t, "revoked", last.Introspect(t, "closed", token))
		}
		if rows := n.Database.Count(t, "SELECT count(*) FROM access_tokens WHERE CAST(claims AS TEXT) LIKE '%authly_at_%'"); rows != 0 {
			t.Error("the database has a handle")
		}
		live(t, last, plain)
	})
}

// TestEveryGrantGivesOpaqueTokens to a client that has them.
func TestEveryGrantGivesOpaqueTokens(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		services(t, n, func(_ string, p *identity.ClientPolicy) { p.AccessTokenFormat = identity.FormatOpaque })
		television(t, n)
		tv, key := harness.PublicClient("tv"), newClientKey(t, "k1")
		tv.Metadata.GrantTypes, tv.Metadata.RedirectURIs = []identity.GrantType{identity.GrantDeviceCode}, nil
		robot := serviceClient("robot", func(m *identity.ClientMetadata) {
			m.JWKS, m.GrantTypes, m.Scope = key.JWKS(t), []identity.GrantType{identity.GrantJWTBearer}, "stock:read"
		})
		n.Apply(t, admin.Desired{Clients: opaque(tv, robot, till("till", nil))})

		opaqueOf(t, "client_credentials", n.Token(t, "stock", "grant_type", "client_credentials", "scope", "stock:read"))
		opaqueOf(t, "jwt-bearer", n.Form(t, tokenPath, "", "", url.Values{
			"grant_type": {string(identity.GrantJWTBearer)}, "assertion": {key.assertion(t, n, "robot", nil)},
		}))
		device := turnOn(t, n)
		device.allow(t, harness.NewBrowser(t, n))
		opaqueOf(t, "device", device.poll(t, n, "tv"))
		asked := asking{n, "till"}
		id, browser := asked.begin(t), harness.NewBrowser(t, n)
		asked.allow(t, browser)
		opaqueOf(t, "CIBA", asked.poll(t, id))

		_, token := ordersToken(t, n)
		first := exchangeToken(t, n, "orders", token.AccessToken, "resource", stockAPI, "scope", "stock:read pay:write")
		second := exchangeToken(t, n, "stock", opaqueOf(t, "exchange", first), "resource", payAPI, "scope", "pay:write")
		last := opaqueOf(t, "an exchange of an opaque token", second)
		state := n.Introspect(t, "pay", last)
		if act, _ := state.Body["act"].(map[string]any); act["sub"] != "stock" || state.Body["aud"] != payAPI || state.Body["scope"] != "pay:write" {
			t.Errorf("who acts: %s", state.Text)
		}
		if a := n.Revoke(t, "web", token.RefreshToken); a.Status != http.StatusOK {
			t.Fatal(a.Text)
		}
		n.Clock.Advance(staleness)
		inactive(t, "after the end of its grant", n.Introspect(t, "pay", last))
	})
}

// TestAnOpaqueTokenIsBound as a JWT is: to a key and to a certificate; and introspection says so.
func TestAnOpaqueTokenIsBound(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n, last := nodes[0], nodes[len(nodes)-1]
		n.Apply(t, admin.Desired{Clients: opaque(harness.WebClient("closed"))})
		key, thief := newClientKey(t, ""), newClientKey(t, "")
		party := harness.NewParty(t, n, "closed")
		a := key.redeem(t, n, party, party.Authorize(harness.NewBrowser(t, n), "alice", harness.AlicePassword))
		token := opaqueOf(t, "DPoP", a)
		if a.Body["token_type"] != "DPoP" {
			t.Errorf("token_type %v", a.Body["token_type"])
		}
		proof := func(k clientKey) string { return k.proof(t, n, http.MethodGet, userInfoPath, token, nil) }
		for what, c := range map[string]struct {
			scheme string
			proofs []string
			want   int
		}{
			"its key": {"DPoP", []string{proof(key)}, 200}, "another key": {"DPoP", []string{proof(thief)}, 401},
			"no proof": {"DPoP", nil, 401}, "as a bearer token": {"Bearer", nil, 401},
		} {
			if a := present(t, last, c.scheme, token, c.proofs...); a.Status != c.want {
				t.Errorf("%s: %d %s", what, a.Status, a.Text)
			}
		}
		state := last.Introspect(t, "closed", token)
		if cnf, _ := state.Body["cnf"].(map[string]any); cnf["jkt"] != key.thumbprint(t) || state.Body["token_type"] != "DPoP" {
			t.Errorf("introspection: %s", state.Text)
		}
	})
}

// TestAnOpaqueTokenIsBoundToACertificate: RFC 8705 §3.
func TestAnOpaqueTokenIsBoundToACertificate(t *testing.T) {
	t.Parallel()
	authority := certify(t, nil, authorityCertificate("Authority"))
	shop, other := certify(t, &authority, shopCertificate(nil)), certify(t, &authority, shopCertificate(nil))
	eachMutualFleet(t, authority, func(t *testing.T, n, last mutualNode) {
		n.Apply(t, admin.Desired{
			Users: []admin.DesiredUser{harness.Alice()},
			Clients: opaque(certifiedClient("shop", identity.AuthTLS, func(c *admin.NewClient) {
				c.Metadata.TLSDNSName, c.Metadata.CertificateBoundTokens = "shop.example.org", true
			})),
		})
		token := opaqueOf(t, "client_credentials", n.post(t, &shop, tokenPath, "", "", ownGrant("shop")))
		state := last.post(t, &shop, "/api/v1/oauth/introspect", "", "", harness.Values("client_id", "shop", "token", token))
		if cnf, _ := state.Body["cnf"].(map[string]any); cnf["x5t#S256"] != shop.thumbprint() {
			t.Errorf("introspection: %s", state.Text)
		}
		const query = "/graphql?query=%7B__typename%7D"
		if a := last.get(t, &other, query, "Bearer", token); a.Status != http.StatusUnauthorized {
			t.Errorf("another certificate: %d %s", a.Status, a.Text)
		}
		if a := last.get(t, &shop, query, "Bearer", token); a.Status == http.StatusUnauthorized {
			t.Errorf("its certificate: %d %s", a.Status, a.Text)
		}
	})
}

// TestAResourceSaysTheFormatBeforeTheClient: decision 0113.
func TestAResourceSaysTheFormatBeforeTheClient(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	const closedAPI, openAPI, plainAPI = "https://closed.example", "https://open.example", "https://plain.example"
	machine, closed := harness.ServiceClient("machine", "tea"), harness.ServiceClient("closed", "tea")
	closed.Policy.AccessTokenFormat = identity.FormatOpaque
	n.Apply(t, admin.Desired{
		Scopes: []identity.Scope{{Name: "tea"}}, Clients: []admin.NewClient{machine, closed},
		Resources: []identity.Resource{
			{URI: closedAPI, AccessTokenFormat: identity.FormatOpaque}, {URI: openAPI, AccessTokenFormat: identity.FormatJWT}, {URI: plainAPI},
		},
	})
	ask := func(client string, resources ...string) harness.Answer {
		return n.Form(t, tokenPath, client, harness.ClientSecret, url.Values{"grant_type": {"client_credentials"}, "resource": resources})
	}
	for _, c := range []struct {
		client    string
		resources []string
		opaque    bool
	}{
		{"machine", nil, false},
		{"closed", nil, true},
		{"machine", []string{plainAPI}, false},
		{"closed", []string{plainAPI}, true},
		{"machine", []string{closedAPI}, true},
		{"closed", []string{openAPI}, false},
		{"machine", []string{plainAPI, closedAPI}, true},
		{"closed", []string{plainAPI, openAPI}, false},
	} {
		if a := ask(c.client, c.resources...); a.Status != http.StatusOK || opaqueForm.MatchString(a.String("access_token")) != c.opaque {
			t.Errorf("%s for %v: %d %s", c.client, c.resources, a.Status, a.Text)
		}
	}
	oauthError(t, "two formats", ask("machine", openAPI, closedAPI), 400, "invalid_target")
}

// TestOpaqueTokensGo when they have expired, and with the user.
func TestOpaqueTokensGo(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		n.Apply(t, admin.Desired{Users: []admin.DesiredUser{harness.Bob()}, Clients: opaque(harness.WebClient("closed"))})
		_, plain := signedIn(t, n)
		live(t, n, plain)
		rows := func() int { return db.Count(t, "SELECT count(*) FROM access_tokens") }
		if rows() != 0 {
			t.Error("a JWT is stored")
		}
		alice := harness.NewParty(t, n, "closed").Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
		bob := harness.NewParty(t, n, "closed").Tokens(harness.NewBrowser(t, n), harness.Bob().Username, harness.BobPassword)
		if rows() != 2 {
			t.Errorf("%d rows", rows())
		}
		if _, err := n.Server.Admin.Users.Delete(harness.System(t), n.User(t, harness.Bob().Username).ID, admin.DeleteUserOptions{}); err != nil {
			t.Fatal(err)
		}
		if a := n.UserInfo(t, bob.AccessToken); a.Status != http.StatusUnauthorized || rows() != 1 {
			t.Errorf("of a user who is gone: %d, %d rows", a.Status, rows())
		}
		n.Advance(t, 9*time.Minute)
		if a := n.UserInfo(t, alice.AccessToken); a.Status != http.StatusOK {
			t.Errorf("before its end: %d %s", a.Status, a.Text)
		}
		n.Advance(t, time.Minute)
		if a := n.UserInfo(t, alice.AccessToken); a.Status != http.StatusUnauthorized {
			t.Errorf("expired: %d", a.Status)
		}
		inactive(t, "expired", n.Introspect(t, "closed", alice.AccessToken))
		if _, err := n.Server.Domain.Retention.Sweep(t.Context()); err != nil || rows() != 0 {
			t.Errorf("%d rows are left, %v", rows(), err)
		}
	})
}
