package tests

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// recipients are the private keys of clients to which the server encrypts, by kind.
var recipients = sync.OnceValue(func() map[string]any {
	bits, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return map[string]any{"RSA": bits, "P-256": p256, "P-384": p384}
})

// published is a set with the public halves of keys.
func published(t *testing.T, keys ...jose.JSONWebKey) json.RawMessage {
	t.Helper()
	set := jose.JSONWebKeySet{}
	for _, k := range keys {
		set.Keys = append(set.Keys, k.Public())
	}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// encryptedFor is a client for which everything is encrypted. Its set has a key that signs, too.
func encryptedFor(t *testing.T, id, kind, alg, enc string) admin.NewClient {
	t.Helper()
	c := harness.WebClient(id)
	m := &c.Metadata
	m.UserinfoAlg = identity.ES256
	m.IDTokenEncryptionAlg, m.IDTokenEncryptionEnc = alg, enc
	m.UserinfoEncryptionAlg, m.UserinfoEncryptionEnc = alg, enc
	m.IntrospectionEncryptionAlg, m.IntrospectionEncryptionEnc = alg, enc
	m.AuthorizationEncryptionAlg, m.AuthorizationEncryptionEnc = alg, enc
	m.JWKS = published(t, jose.JSONWebKey{Key: newClientKey(t, "signs").Private, KeyID: "signs", Use: "sig", Algorithm: "ES256"},
		jose.JSONWebKey{Key: recipients()[kind], KeyID: "opens", Use: "enc"})
	return c
}

// opened decrypts with a library of others, which is told alg and enc.
func opened(t *testing.T, token string, key any, alg, enc string) (header jose.Header, inside string) {
	t.Helper()
	algs, encs := []jose.KeyAlgorithm{jose.KeyAlgorithm(alg)}, []jose.ContentEncryption{jose.ContentEncryption(enc)}
	object, err := jose.ParseEncryptedCompact(token, algs, encs)
	if err != nil {
		t.Fatalf("%s %s: %v: %s", alg, enc, err, token)
	}
	text, err := object.Decrypt(key)
	if err != nil {
		t.Fatalf("%s %s: %v", alg, enc, err)
	}
	return object.Header, string(text)
}

// sealedTo encrypts as a client does, to a key of the server or another.
func sealedTo(t *testing.T, key any, kid, alg, enc, inside string, options *jose.EncrypterOptions) string {
	t.Helper()
	recipient := jose.Recipient{Algorithm: jose.KeyAlgorithm(alg), Key: key, KeyID: kid}
	encrypter, err := jose.NewEncrypter(jose.ContentEncryption(enc), recipient, options)
	if err != nil {
		t.Fatal(err)
	}
	object, err := encrypter.Encrypt([]byte(inside))
	if err != nil {
		t.Fatal(err)
	}
	text, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// signedBy checks that a text is a JWT that the server has signed, and returns its claims.
func signedBy(t *testing.T, n *harness.Node, what, text string) map[string]any {
	t.Helper()
	if _, err := oidc.NewRemoteKeySet(t.Context(), n.URL+"/.well-known/jwks.json").VerifySignature(t.Context(), text); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	return harness.JWT(t, text, 1)
}

// TestAnswersAreEncrypted: OIDC Core §10.2, §5.3.2, JARM §2.2, RFC 9701 §6, by each alg and enc that is advertised: signed first, then
// encrypted to the key of the client.
func TestAnswersAreEncrypted(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		first, last := nodes[0], nodes[len(nodes)-1]
		browser := harness.NewBrowser(t, nodes...)
		for i, by := range []struct{ kind, alg, enc string }{
			{"RSA", "RSA-OAEP-256", ""}, {"P-256", "ECDH-ES", "A256GCM"}, {"P-384", "ECDH-ES+A128KW", "A128GCM"}, {"P-256", "ECDH-ES+A256KW", "A128CBC-HS256"},
		} {
			id, key, enc := "sealed-"+string(rune('a'+i)), recipients()[by.kind], by.enc
			if enc == "" {
				enc = "A128CBC-HS256"
			}
			first.Apply(t, admin.Desired{Clients: []admin.NewClient{encryptedFor(t, id, by.kind, by.alg, by.enc)}})
			party := harness.NewParty(t, last, id)
			tokens := party.Tokens(browser, "alice", harness.AlicePassword)
			header, inside := opened(t, idToken(tokens), key, by.alg, enc)
			claims := signedBy(t, last, "ID token", inside)
			if header.KeyID != "opens" || header.ExtraHeaders["cty"] != "JWT" || claims["aud"] != id || claims["nonce"] != party.Nonce {
				t.Errorf("%s: header %v, claims %v", by.alg, header, claims)
			}
			if strings.Count(tokens.AccessToken, ".") != 2 {
				t.Errorf("%s: access tokens are for resource servers: %s", by.alg, tokens.AccessToken)
			}
			answer := last.UserInfo(t, tokens.AccessToken)
			_, inside = opened(t, answer.Text, key, by.alg, enc)
			if said := signedBy(t, last, "UserInfo", inside); said["sub"] != claims["sub"] || said["email"] != "alice@example.org" || answer.Header.Get("Content-Type") != "application/jwt" {
				t.Errorf("%s: UserInfo %v as %s", by.alg, said, answer.Header.Get("Content-Type"))
			}
			said := introspectJWT(t, last, id, tokens.AccessToken)
			_, inside = opened(t, said, key, by.alg, enc)
			if about, _ := signedBy(t, last, "introspection", inside)["token_introspection"].(map[string]any); about["active"] != true {
				t.Errorf("%s: introspection %v", by.alg, about)
			}
			browser.Get(party.AuthURL("response_mode", "jwt"))
			_, inside = opened(t, browser.URL.Query().Get("response"), key, by.alg, enc)
			if got := signedBy(t, last, "authorization response", inside); got["state"] != party.State || got["code"] == nil {
				t.Errorf("%s: authorization response %v", by.alg, got)
			}
			browser.Get(party.AuthURL("response_mode", "jwt", "prompt", "none", "max_age", "x"))
			_, inside = opened(t, browser.URL.Query().Get("response"), key, by.alg, enc)
			if got := signedBy(t, last, "error", inside); got["error"] != "invalid_request" {
				t.Errorf("%s: error %v", by.alg, got)
			}

			// As a hint comes what is inside; what only the client can open is none (OIDC Core §3.1.2.1).
			_, hint := opened(t, idToken(tokens), key, by.alg, enc)
			browser.Get(party.AuthURL("prompt", "none", "id_token_hint", hint))
			party.Code(browser)
			browser.Get(party.AuthURL("prompt", "none", "id_token_hint", idToken(tokens)))
			if got := party.Answer(browser); got.Get("error") != "invalid_request" {
				t.Errorf("%s: an ID token that is encrypted to the client as a hint: %v", by.alg, got)
			}
		}

		// UserInfo of who registers encryption alone is JSON inside (OIDC Core §5.3.2).
		plain := encryptedFor(t, "sealed-json", "P-256", "ECDH-ES", "A128GCM")
		plain.Metadata.UserinfoAlg = ""
		first.Apply(t, admin.Desired{Clients: []admin.NewClient{plain}})
		tokens := harness.NewParty(t, last, "sealed-json").Tokens(browser, "alice", harness.AlicePassword)
		header, inside := opened(t, last.UserInfo(t, tokens.AccessToken).Text, recipients()["P-256"], "ECDH-ES", "A128GCM")
		var said map[string]any
		if err := json.Unmarshal([]byte(inside), &said); err != nil || said["email"] != "alice@example.org" || header.ExtraHeaders["cty"] != nil {
			t.Errorf("UserInfo %s with header %v: %v", inside, header, err)
		}
	})
}

// introspectJWT asks about a token for an answer that is a JWT.
func introspectJWT(t *testing.T, n *harness.Node, clientID, token string) string {
	t.Helper()
	form := harness.Values("token", token)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+"/api/v1/oauth/introspect", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/token-introspection+jwt")
	request.SetBasicAuth(clientID, harness.ClientSecret)
	return harness.Do(t, request).Text
}

// TestAKeyToEncryptToIsFoundAtTheAddress: the set is read again when none of its keys fits, and nothing is told in clear meanwhile.
func TestAKeyToEncryptToIsFoundAtTheAddress(t *testing.T) {
	t.Parallel()
	signs := jose.JSONWebKey{Key: newClientKey(t, "signs").Private, KeyID: "signs", Use: "sig", Algorithm: "ES256"}
	opens := jose.JSONWebKey{Key: recipients()["P-256"], KeyID: "opens", Use: "enc", Algorithm: "ECDH-ES"}
	foreign := jose.JSONWebKey{Key: recipients()["RSA"], KeyID: "other", Use: "enc"}
	var mu sync.Mutex
	set := published(t, signs, foreign)
	publisher := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = w.Write(set)
	}))
	defer publisher.Close()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
	client := harness.WebClient("rotates")
	client.Metadata.JWKSURI, client.Metadata.IDTokenEncryptionAlg = publisher.URL+"/jwks", "ECDH-ES"
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
	browser := harness.NewBrowser(t, n)
	redeem := func() harness.Answer {
		t.Helper()
		party := harness.NewParty(t, n, "rotates")
		return n.Token(t, "rotates", "grant_type", "authorization_code", "code", party.Authorize(browser, "alice", harness.AlicePassword),
			"redirect_uri", harness.Callback, "code_verifier", party.Verifier)
	}
	refused := redeem()
	oauthError(t, "no key that fits", refused, 400, "invalid_request")
	if strings.Contains(refused.Text, "eyJ") {
		t.Errorf("something is told in clear: %s", refused.Text)
	}
	mu.Lock()
	set = published(t, signs, foreign, opens)
	mu.Unlock()
	n.Clock.Advance(15 * time.Second)
	answer := redeem()
	token, _ := answer.Body["id_token"].(string)
	if header, _ := opened(t, token, opens.Key, "ECDH-ES", "A128CBC-HS256"); header.KeyID != "opens" {
		t.Errorf("header %v", header)
	}
}

// serverKeyFor returns the published key of the server for an alg.
func serverKeyFor(t *testing.T, n *harness.Node, kind string) jose.JSONWebKey {
	t.Helper()
	var found []jose.JSONWebKey
	for _, members := range n.JWKS(t) {
		if members["use"] != "enc" || members["kty"] != kind {
			continue
		}
		text, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		var key jose.JSONWebKey
		if err := key.UnmarshalJSON(text); err != nil {
			t.Fatal(err)
		}
		found = append(found, key)
	}
	if len(found) != 1 {
		t.Fatalf("%d keys of kind %s to encrypt to", len(found), kind)
	}
	return found[0]
}

// TestRequestObjectsAreDecrypted: RFC 9101 §6.1, OIDC Core §6.3.1. The keys are published once a client names them, and rotate; what was
// encrypted to a former one is opened, on every node.
func TestRequestObjectsAreDecrypted(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		first, last := nodes[0], nodes[len(nodes)-1]
		for _, key := range last.JWKS(t) {
			if key["use"] != "sig" {
				t.Errorf("a key before a client names one: %v", key)
			}
		}
		key := newClientKey(t, "k1")
		browser := harness.NewBrowser(t, nodes...)
		for _, by := range []struct{ id, kind, alg, enc string }{
			{"rsa", "RSA", "RSA-OAEP-256", "A128CBC-HS256"}, {"direct", "EC", "ECDH-ES", "A256GCM"}, {"wraps", "EC", "ECDH-ES+A256KW", "A128GCM"},
		} {
			first.Apply(t, admin.Desired{Clients: []admin.NewClient{requester(t, by.id, key, func(m *identity.ClientMetadata) {
				m.RequestEncryptionAlg, m.RequestEncryptionEnc = by.alg, by.enc
			})}})
			noticed(t, "the key to encrypt to", func() bool {
				return slices.ContainsFunc(last.JWKS(t), func(k map[string]any) bool { return k["use"] == "enc" && k["kty"] == by.kind })
			})
			former := serverKeyFor(t, last, by.kind)
			party := harness.NewParty(t, last, by.id)
			send := func(to jose.JSONWebKey, kid string) {
				t.Helper()
				object := sealedTo(t, to.Key, kid, by.alg, by.enc, key.object(t, last, party, nil), (&jose.EncrypterOptions{}).WithContentType("JWT"))
				browser.Get(byValue(last, by.id, object))
				if browser.Has("login-submit") {
					browser.SignIn("alice", harness.AlicePassword)
				}
				if browser.Has("approve") {
					browser.Submit("approve", nil)
				}
				party.Code(browser)
			}
			send(former, former.KeyID)
			send(former, "")
			browser.Get(byValue(last, by.id, key.object(t, last, party, nil))) // it may still leave the encryption out
			party.Code(browser)
			pushed := pushObject(t, last, by.id, sealedTo(t, former.Key, former.KeyID, by.alg, by.enc, key.object(t, last, party, nil), nil))
			if pushed.Status != http.StatusCreated {
				t.Errorf("%s: pushed: %s", by.alg, pushed.Text)
			}

			first.Clock.Advance(10 * time.Minute)
			if err := first.Server.Domain.SigningKeys.Rotate(harness.System(t)); err != nil {
				t.Fatal(err)
			}
			noticed(t, "the successor", func() bool { return serverKeyFor(t, last, by.kind).KeyID != former.KeyID })
			send(serverKeyFor(t, last, by.kind), serverKeyFor(t, last, by.kind).KeyID)
			send(former, former.KeyID)
		}
	})
}
