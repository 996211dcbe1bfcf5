package tests

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/oauth2/jwt"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

const (
	bearerGrant   = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	hrIssuer      = "https://hr.example"
	clusterIssuer = "https://cluster.example"
	meshIssuer    = "spiffe://mesh.example"
)

// trusting declares who is trusted, and clients that live by it: hr about users, a cluster and a mesh about workloads.
func trusting(t *testing.T, n *harness.Node, key clientKey, change ...func(d *admin.Desired)) {
	t.Helper()
	robot := serviceClient("robot", func(m *identity.ClientMetadata) {
		m.JWKS, m.Scope = key.JWKS(t), "openid offline_access email reports admin:users:read"
		m.GrantTypes = []identity.GrantType{identity.GrantJWTBearer}
	})
	robot.Policy = new(identity.DefaultPolicy())
	robot.Policy.AssertionIssuers = []string{hrIssuer}
	workload := func(id, issuer, subject string) admin.NewClient {
		c := serviceClient(id, func(*identity.ClientMetadata) {})
		c.Policy = new(identity.DefaultPolicy())
		c.Policy.AssertionIssuer, c.Policy.AssertionSubject = issuer, subject
		return c
	}
	d := admin.Desired{
		Users:  []admin.DesiredUser{harness.Alice(), harness.Bob()},
		Scopes: []identity.Scope{{Name: "reports"}},
		Trusted: []identity.TrustedIssuer{
			{Issuer: hrIssuer, Enabled: true, JWKS: key.JWKS(t), UserMatch: identity.MatchEmail, UserClaim: "mail"},
			{Issuer: clusterIssuer, Enabled: true, JWKS: key.JWKS(t)},
			{Issuer: meshIssuer, Enabled: true, JWKS: json.RawMessage(strings.ReplaceAll(string(key.JWKS(t)), `"use":"sig"`, `"use":"jwt-svid"`))},
		},
		Clients: []admin.NewClient{
			robot, workload("builder", clusterIssuer, "system:serviceaccount:ci:builder"), workload("billing", meshIssuer, meshIssuer+"/billing"),
		},
	}
	for _, f := range change {
		f(&d)
	}
	n.Apply(t, d)
}

// aboutAlice is an assertion of hr.
func aboutAlice(t *testing.T, n *harness.Node, key clientKey, change func(header, claims map[string]any)) string {
	t.Helper()
	return key.assertion(t, n, hrIssuer, func(header, claims map[string]any) {
		claims["sub"], claims["mail"] = "4711", "Alice@example.org"
		if change != nil {
			change(header, claims)
		}
	})
}

// bring presents an assertion as a grant, by the client robot.
func bring(t *testing.T, n *harness.Node, key clientKey, assertion string, params ...string) harness.Answer {
	t.Helper()
	form := brought(t, n, key, assertion)
	for i := 0; i+1 < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	return n.Form(t, "/api/v1/oauth/token", "", "", form)
}

// brought is the form that presents an assertion as a grant.
func brought(t *testing.T, n *harness.Node, key clientKey, assertion string) url.Values {
	t.Helper()
	return url.Values{
		"grant_type": {bearerGrant}, "assertion": {assertion}, "client_assertion": {key.assertion(t, n, "robot", nil)},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
}

// TestAnAssertionOfATrustedIssuerIsAGrant: a token of the user whom it names, with what may be had without a sign-in; once; and
// nothing for one that is not exactly so.
func TestAnAssertionOfATrustedIssuerIsAGrant(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n, key, other := harness.Start(t, db), newClientKey(t, "k1"), newClientKey(t, "k1")
		trusting(t, n, key)
		alice := n.User(t, "alice")
		signedIn := n.Clock.Now().Unix() - 7
		assertion := aboutAlice(t, n, key, func(_, c map[string]any) { c["auth_time"] = signedIn })
		answer := bring(t, n, key, assertion, "scope", "openid offline_access email reports admin:users:read")
		if answer.Status != http.StatusOK || answer.String("scope") != "email reports" ||
			answer.Body["refresh_token"] != nil || answer.Body["id_token"] != nil {
			t.Fatalf("%d %s", answer.Status, answer.Text)
		}
		token := answer.String("access_token")
		claims := harness.JWT(t, token, 1)
		if claims["sub"] != alice.ID.String() || claims["client_id"] != "robot" || claims["auth_time"] != float64(signedIn) ||
			claims["acr"] != "urn:authly:acr:1" || claims["amr"] != nil {
			t.Errorf("%v", claims)
		}
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'grant.by_assertion'"); n != 1 {
			t.Errorf("%d events", n)
		}
		// It dies with its grant.
		if back := n.Form(t, "/api/v1/oauth/revoke", "", "", url.Values{
			"token": {token}, "client_assertion": {key.assertion(t, n, "robot", nil)},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		}); back.Status != http.StatusOK {
			t.Errorf("revocation: %d", back.Status)
		}
		refused := func(name, code string, answer harness.Answer) {
			t.Helper()
			oauthError(t, name, answer, http.StatusBadRequest, code)
		}
		refused("the same again", "invalid_grant", bring(t, n, key, assertion))
		unnumbered := aboutAlice(t, n, key, func(_, c map[string]any) { delete(c, "jti") })
		if first := bring(t, n, key, unnumbered); first.Status != http.StatusOK {
			t.Errorf("without jti: %d %s", first.Status, first.Text)
		}
		bound := post(t, n, tokenPath, "", "", brought(t, n, key, aboutAlice(t, n, key, nil)), key.proof(t, n, http.MethodPost, tokenPath, "", nil))
		if bound.Status != http.StatusOK || bound.Body["token_type"] != "DPoP" || harness.JWT(t, bound.String("access_token"), 1)["cnf"] == nil {
			t.Errorf("with a proof: %d %s", bound.Status, bound.Text)
		}
		refused("the same again without jti", "invalid_grant", bring(t, n, key, unnumbered))
		for name, change := range map[string]func(header, claims map[string]any){
			"another audience":     func(_, c map[string]any) { c["aud"] = "https://other.example" },
			"two audiences":        func(_, c map[string]any) { c["aud"] = []string{n.Issuer, "https://other.example"} },
			"no audience":          func(_, c map[string]any) { delete(c, "aud") },
			"no end":               func(_, c map[string]any) { delete(c, "exp") },
			"expired":              func(_, c map[string]any) { c["exp"] = n.Clock.Now().Add(-time.Minute).Unix() },
			"valid for a day":      func(_, c map[string]any) { c["exp"] = n.Clock.Now().Add(24 * time.Hour).Unix() },
			"not yet":              func(_, c map[string]any) { c["nbf"] = n.Clock.Now().Add(time.Hour).Unix() },
			"of tomorrow":          func(_, c map[string]any) { c["iat"] = n.Clock.Now().Add(time.Hour).Unix() },
			"nobody":               func(_, c map[string]any) { delete(c, "mail") },
			"somebody unknown":     func(_, c map[string]any) { c["mail"] = "nobody@example.org" },
			"a list of people":     func(_, c map[string]any) { c["mail"] = []string{"alice@example.org"} },
			"somebody unverified":  func(_, c map[string]any) { c["mail"] = "bob@example.org" },
			"alice by her id":      func(_, c map[string]any) { delete(c, "mail"); c["sub"] = alice.ID.String() },
			"an issuer of clients": func(_, c map[string]any) { c["iss"] = clusterIssuer },
			"nobody's issuer":      func(_, c map[string]any) { c["iss"] = "https://evil.example" },
			"no algorithm":         func(h, _ map[string]any) { h["alg"] = "none" },
		} {
			refused(name, "invalid_grant", bring(t, n, key, aboutAlice(t, n, key, change)))
		}
		refused("another key", "invalid_grant", bring(t, n, key, aboutAlice(t, n, other, nil)))
		refused("no token", "invalid_grant", bring(t, n, key, "nonsense"))
		refused("nothing", "invalid_request", bring(t, n, key, ""))
		refused("too much", "invalid_request", bring(t, n, key, strings.Repeat("a", 20<<10)))
		refused("scopes that there are not", "invalid_scope", bring(t, n, key, aboutAlice(t, n, key, nil), "scope", "openid admin:users:read"))
		refused("resources that there are not", "invalid_target", bring(t, n, key, aboutAlice(t, n, key, nil), "resource", "https://none.example"))

		n.Change(t, "alice", admin.UserChange{Active: new(false)})
		refused("an inactive user", "invalid_grant", bring(t, n, key, aboutAlice(t, n, key, nil)))
		n.Change(t, "alice", admin.UserChange{Active: new(true)})
		trusting(t, n, key, func(d *admin.Desired) { d.Trusted[0].Enabled = false })
		refused("an issuer that is switched off", "invalid_grant", bring(t, n, key, aboutAlice(t, n, key, nil)))
		trusting(t, n, key, func(d *admin.Desired) { d.Clients[0].Policy.AssertionIssuers = nil })
		refused("a client that may bring none", "invalid_grant", bring(t, n, key, aboutAlice(t, n, key, nil)))
		trusting(t, n, key, func(d *admin.Desired) { d.Clients[0].Policy.RequireACR = "urn:authly:acr:2" })
		refused("a client that requires more", "invalid_grant", bring(t, n, key, aboutAlice(t, n, key, nil)))
		trusting(t, n, key, func(d *admin.Desired) { d.Trusted = d.Trusted[1:]; d.Prune = true })
		refused("an issuer that is gone", "invalid_grant", bring(t, n, key, aboutAlice(t, n, key, nil)))
	})
}

// TestAnAssertionIsOneGrantOverTwoNodes: of forty at once one has tokens.
func TestAnAssertionIsOneGrantOverTwoNodes(t *testing.T) {
	t.Parallel()
	db := harness.Postgres(t)
	a := harness.Start(t, db)
	b := harness.Start(t, db, harness.Env("AUTHLY_ISSUER", a.Issuer), harness.WithClock(a.Clock))
	key := newClientKey(t, "k1")
	trusting(t, a, key)
	assertion := aboutAlice(t, a, key, nil)
	var all sync.WaitGroup
	statuses := make([]int, 40)
	for i := range statuses {
		all.Go(func() { statuses[i] = bring(t, []*harness.Node{a, b}[i%2], key, assertion).Status })
	}
	all.Wait()
	granted := 0
	for _, status := range statuses {
		if status == http.StatusOK {
			granted++
		}
	}
	if grants := db.Count(t, "SELECT count(*) FROM grants"); granted != 1 || grants != 1 {
		t.Errorf("%d answers and %d grants", granted, grants)
	}
}

// asWorkload asks for a token with what a platform asserts about a workload.
func asWorkload(t *testing.T, n *harness.Node, clientID, kind, assertion string) harness.Answer {
	t.Helper()
	return n.Form(t, "/api/v1/oauth/token", "", "", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:" + kind},
	})
}

// TestAWorkloadIsAClientByWhatItsPlatformAsserts: as often as it likes while the assertion lives, as the client that the operator has
// written down and no other.
func TestAWorkloadIsAClientByWhatItsPlatformAsserts(t *testing.T) {
	t.Parallel()
	n, key := harness.Start(t, harness.SQLite(t)), newClientKey(t, "k1")
	trusting(t, n, key)
	of := func(subject string, change func(header, claims map[string]any)) string {
		return key.assertion(t, n, clusterIssuer, func(h, c map[string]any) {
			c["sub"], c["exp"] = subject, n.Clock.Now().Add(12*time.Hour).Unix()
			delete(c, "jti")
			if change != nil {
				change(h, c)
			}
		})
	}
	const builder = "system:serviceaccount:ci:builder"
	svid := func(subject string) string {
		return of(subject, func(_, c map[string]any) { delete(c, "iss"); delete(c, "iat") })
	}
	assertion := of(builder, nil)
	for range 2 {
		if got := asWorkload(t, n, "builder", "jwt-bearer", assertion); got.Status != http.StatusOK {
			t.Fatalf("%d %s", got.Status, got.Text)
		}
		if got := asWorkload(t, n, "billing", "jwt-spiffe", svid(meshIssuer+"/billing")); got.Status != http.StatusOK {
			t.Fatalf("%d %s", got.Status, got.Text)
		}
	}
	oauthError(t, "another type", asWorkload(t, n, "builder", "saml2-bearer", assertion), 400, "invalid_request")
	ownKey := of("builder", func(_, c map[string]any) { c["iss"] = "builder" })
	for name, got := range map[string]harness.Answer{
		"another workload":         asWorkload(t, n, "builder", "jwt-bearer", of("system:serviceaccount:ci:other", nil)),
		"another client":           asWorkload(t, n, "billing", "jwt-bearer", assertion),
		"a client with own keys":   asWorkload(t, n, "robot", "jwt-bearer", assertion),
		"no client":                asWorkload(t, n, "", "jwt-bearer", assertion),
		"an assertion of its own":  asWorkload(t, n, "builder", "jwt-bearer", ownKey),
		"another issuer":           asWorkload(t, n, "builder", "jwt-bearer", of(builder, func(_, c map[string]any) { c["iss"] = hrIssuer })),
		"another audience":         asWorkload(t, n, "builder", "jwt-bearer", of(builder, func(_, c map[string]any) { c["aud"] = "https://k8s" })),
		"a life of a year":         asWorkload(t, n, "builder", "jwt-bearer", of(builder, func(_, c map[string]any) { c["exp"] = n.Clock.Now().AddDate(1, 0, 0).Unix() })),
		"another trust domain":     asWorkload(t, n, "billing", "jwt-spiffe", svid("spiffe://mesh.example.org/billing")),
		"another path of the mesh": asWorkload(t, n, "billing", "jwt-spiffe", svid(meshIssuer+"/billing/2")),
	} {
		oauthError(t, name, got, http.StatusUnauthorized, "invalid_client")
	}
	trusting(t, n, key, func(d *admin.Desired) { d.Trusted[1].Enabled = false })
	if got := asWorkload(t, n, "builder", "jwt-bearer", assertion); got.Status != http.StatusUnauthorized {
		t.Errorf("switched off: %d %s", got.Status, got.Text)
	}
}

// TestGoogleStyleServiceAccountsWork: golang.org/x/oauth2/jwt, unchanged, sends an assertion and nothing else.
func TestGoogleStyleServiceAccountsWork(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	set := `{"keys":[{"kty":"RSA","n":"` + encode(private.N.Bytes()) + `","e":"` + encode(big.NewInt(int64(private.E)).Bytes()) + `"}]}`
	trusting(t, n, newClientKey(t, "k1"), func(d *admin.Desired) {
		d.Clients[0].Metadata.JWKS = json.RawMessage(set)
		d.Clients[0].Metadata.GrantTypes = []identity.GrantType{identity.GrantJWTBearer}
	})
	account := jwt.Config{
		Email: "robot", Subject: "robot", TokenURL: n.Issuer + "/api/v1/oauth/token", Audience: n.Issuer,
		PrivateKey: pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)}),
		Expires:    5 * time.Minute, PrivateClaims: map[string]any{"jti": uuid.NewString()},
	}
	ctx := t.Context()
	token, err := account.TokenSource(ctx).Token()
	if err != nil {
		t.Fatal(err)
	}
	if claims := harness.JWT(t, token.AccessToken, 1); claims["sub"] != "robot" || claims["gid"] != nil {
		t.Errorf("%v", claims)
	}
	if again, err := account.TokenSource(ctx).Token(); err == nil {
		t.Errorf("an assertion counts twice: %v", again.Expiry)
	}
}
