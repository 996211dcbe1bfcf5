package tests

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// signedAs is a client for which everything is signed with one algorithm.
func signedAs(alg identity.Algorithm) admin.NewClient {
	c := harness.WebClient("signed-" + strings.ToLower(string(alg)))
	m := &c.Metadata
	m.IDTokenAlg, m.UserinfoAlg, m.AccessTokenAlg, m.IntrospectionAlg, m.AuthorizationAlg = alg, alg, alg, alg, alg
	return c
}

// kidsOf lists the kids of the key set at a node for an algorithm.
func kidsOf(t *testing.T, n *harness.Node, alg identity.Algorithm) []string {
	t.Helper()
	var kids []string
	for _, key := range n.JWKS(t) {
		if key["alg"] == string(alg) {
			kids = append(kids, fmt.Sprint(key["kid"]))
		}
	}
	return kids
}

// TestAKeyOfAnAlgorithmIsThereOnceAClientNamesIt, on one node and on two: the key set has it, each answer verifies by it with a library
// of others, and it is rotated.
func TestAKeyOfAnAlgorithmIsThereOnceAClientNamesIt(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		first, last := nodes[0], nodes[len(nodes)-1]
		browser := harness.NewBrowser(t, first, last)
		for _, alg := range identity.Algorithms() {
			standing := slices.Contains(identity.StandingAlgorithms(), alg)
			if kids := kidsOf(t, last, alg); (len(kids) != 2) == standing || !standing && len(kids) != 0 {
				t.Errorf("keys for %s before a client names it: %v", alg, kids)
			}
			client := signedAs(alg)
			first.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
			party := harness.NewParty(t, last, client.ClientID)
			tokens := party.Tokens(browser, "alice", harness.AlicePassword)
			kids := kidsOf(t, last, alg)
			if len(kids) != 2 || kids[0] == kids[1] {
				t.Fatalf("keys for %s: %v", alg, kids)
			}
			checkSigned(t, last, client.ClientID, alg, kids, map[string]string{
				"ID token": idToken(tokens), "access token": tokens.AccessToken, "UserInfo": last.UserInfo(t, tokens.AccessToken).Text,
			})
			sum := alg.Hash().New()
			sum.Write([]byte(tokens.AccessToken))
			half := sum.Sum(nil)[:sum.Size()/2]
			if got := harness.JWT(t, idToken(tokens), 1)["at_hash"]; got != base64.RawURLEncoding.EncodeToString(half) {
				t.Errorf("%s: at_hash %v", alg, got)
			}
		}
		old := harness.NewParty(t, last, "signed-ps384").Tokens(browser, "alice", harness.AlicePassword)
		first.Clock.Advance(10 * time.Minute)
		if err := first.Server.Domain.SigningKeys.Rotate(harness.System(t)); err != nil {
			t.Fatal(err)
		}
		noticed(t, "the successors", func() bool { return len(kidsOf(t, last, identity.PS384)) == 3 })
		tokens := harness.NewParty(t, last, "signed-ps384").Tokens(browser, "alice", harness.AlicePassword)
		if was, is := harness.JWT(t, idToken(old), 0)["kid"], harness.JWT(t, idToken(tokens), 0)["kid"]; was == is {
			t.Errorf("kid %v after a rotation", is)
		}
		checkSigned(t, last, "signed-ps384", identity.PS384, kidsOf(t, last, identity.PS384), map[string]string{
			"an old ID token": idToken(old), "a new ID token": idToken(tokens),
		})
	})
}

// checkSigned verifies tokens for a client with a library of others, which reads the key set by itself.
func checkSigned(t *testing.T, n *harness.Node, clientID string, alg identity.Algorithm, kids []string, all map[string]string) {
	t.Helper()
	for name, token := range all {
		if header := harness.JWT(t, token, 0); header["alg"] != string(alg) || !slices.Contains(kids, fmt.Sprint(header["kid"])) {
			t.Errorf("%s with %s: header %v, keys %v", name, alg, header, kids)
		}
		keys := oidc.NewRemoteKeySet(t.Context(), n.URL+"/.well-known/jwks.json")
		verifier := oidc.NewVerifier(n.Issuer, keys, &oidc.Config{
			SkipClientIDCheck: true, SkipExpiryCheck: true, SupportedSigningAlgs: []string{string(alg)}, Now: n.Clock.Now,
		})
		if _, err := verifier.Verify(t.Context(), token); err != nil {
			t.Errorf("%s for %s with %s: %v", name, clientID, alg, err)
		}
	}
}

// signedBySecret is a client whose ID tokens are signed with its secret.
func signedBySecret(id, secret string) admin.NewClient {
	c := harness.WebClient(id)
	c.Secret, c.Metadata.TokenEndpointAuthMethod, c.Metadata.IDTokenAlg = secret, identity.AuthClientSecretJWT, identity.HS256
	return c
}

// tokensBySecret signs Alice in for such a client.
func tokensBySecret(t *testing.T, n *harness.Node, b *harness.Browser, clientID, secret string) harness.Answer {
	t.Helper()
	party := harness.NewParty(t, n, clientID)
	return n.Form(t, "/api/v1/oauth/token", "", "", url.Values{
		"grant_type": {"authorization_code"}, "code": {party.Authorize(b, "alice", harness.AlicePassword)}, "redirect_uri": {harness.Callback},
		"code_verifier": {party.Verifier}, "client_assertion": {secretAssertion(t, n, clientID, secret, "HS256", nil)},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	})
}

// TestIDTokensBySecret: OIDC Core §10.1. The key is the secret, for clients of which the server has it, and no key of another kind ever
// stands in for it (RFC 8725 §3.1).
func TestIDTokensBySecret(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		other := strings.Repeat("another-secret-0", 4)
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{signedBySecret("mac", signingSecret), signedBySecret("mac2", other)}})
		browser := harness.NewBrowser(t, n)
		answer := tokensBySecret(t, n, browser, "mac", signingSecret)
		token, _ := answer.Body["id_token"].(string)
		header := harness.JWT(t, token, 0)
		if header["alg"] != "HS256" || header["kid"] != nil {
			t.Errorf("header %v", header)
		}
		verify := func(secret string) error {
			_, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return []byte(secret), nil },
				jwt.WithValidMethods([]string{"HS256"}), jwt.WithTimeFunc(n.Clock.Now))
			return err
		}
		if verify(signingSecret) != nil || verify(other) == nil {
			t.Errorf("by its secret %v, by that of another %v", verify(signingSecret), verify(other))
		}
		if access, _ := answer.Body["access_token"].(string); harness.JWT(t, access, 0)["alg"] != "ES256" {
			t.Error("the access token is signed with the secret too")
		}
		if a := n.UserInfo(t, token); a.Status != http.StatusUnauthorized {
			t.Errorf("an ID token as access token: %d", a.Status)
		}

		hint := func(clientID, hint string) url.Values {
			t.Helper()
			party := harness.NewParty(t, n, clientID)
			browser.Get(party.AuthURL("prompt", "none", "id_token_hint", hint))
			return party.Answer(browser)
		}
		if got := hint("mac", token); got.Get("code") == "" {
			t.Errorf("its own ID token as a hint: %v", got)
		}
		claims := harness.JWT(t, token, 1)
		forge := func(key any, method jwt.SigningMethod, change func(jwt.MapClaims)) string {
			t.Helper()
			c := jwt.MapClaims{}
			for name, value := range claims {
				c[name] = value
			}
			if change != nil {
				change(c)
			}
			forged := jwt.NewWithClaims(method, c)
			text, err := forged.SignedString(key)
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		var public []byte
		list, err := n.Server.Domain.SigningKeys.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range list {
			if half, err := n.Server.Domain.SigningKeys.Public(key); err == nil && key.Algorithm == identity.RS256 {
				public = []byte(half.PEM)
			}
		}
		web := func(c jwt.MapClaims) { c["aud"] = "web" }
		for name, test := range map[string]struct{ client, hint string }{
			"by the secret of another client":       {"mac", forge([]byte(other), jwt.SigningMethodHS256, nil)},
			"of another client":                     {"mac", forge([]byte(other), jwt.SigningMethodHS256, func(c jwt.MapClaims) { c["aud"] = "mac2" })},
			"by a longer MAC":                       {"mac", forge([]byte(signingSecret), jwt.SigningMethodHS512, nil)},
			"by an empty secret":                    {"mac", forge([]byte{}, jwt.SigningMethodHS256, nil)},
			"by a public key as a secret":           {"mac", forge(public, jwt.SigningMethodHS256, nil)},
			"for a client with keys, by public key": {"web", forge(public, jwt.SigningMethodHS256, web)},
			"for a client with keys, by its secret": {"web", forge([]byte(harness.ClientSecret), jwt.SigningMethodHS256, web)},
			"for a client that there is not":        {"mac", forge([]byte(signingSecret), jwt.SigningMethodHS256, func(c jwt.MapClaims) { c["aud"] = "nobody" })},
			"of another issuer":                     {"mac", forge([]byte(signingSecret), jwt.SigningMethodHS256, func(c jwt.MapClaims) { c["iss"] = "https://other.example" })},
		} {
			if got := hint(test.client, test.hint); got.Get("error") != "invalid_request" {
				t.Errorf("%s: %v", name, got)
			}
		}

		t.Run("a client whose secret the server does not have", func(t *testing.T) {
			for name, method := range map[string]identity.AuthMethod{"basic": identity.AuthClientSecretBasic, "public": identity.AuthNone} {
				client := harness.WebClient("no-" + name)
				client.Metadata.TokenEndpointAuthMethod, client.Metadata.IDTokenAlg = method, identity.HS256
				if method == identity.AuthNone {
					client.Secret = ""
				}
				_, _, err := n.Server.Admin.Clients.Create(harness.System(t), client)
				if err == nil || !strings.Contains(identity.Messages(err), "id_token_signed_response_alg") {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	})
}
