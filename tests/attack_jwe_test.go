package tests

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestAnEncryptedRequestIsNothingButThat: what costs more than its length, names other keys or other algorithms, or hides something else
// is refused (RFC 8725 §3.6, RFC 9101 §10.3); the same request without the trick is good.
func TestAnEncryptedRequestIsNothingButThat(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	key := newClientKey(t, "k1")
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{
		requester(t, "seals", key, func(m *identity.ClientMetadata) {
			m.RequestEncryptionAlg, m.RequestEncryptionEnc = "RSA-OAEP-256", "A128GCM"
		}),
		requester(t, "curve", key, func(m *identity.ClientMetadata) { m.RequestEncryptionAlg = "ECDH-ES" }),
		requester(t, "open", key, nil),
	}})
	bits, curve := serverKeyFor(t, n, "RSA"), serverKeyFor(t, n, "EC")
	var signing jose.JSONWebKey
	for _, members := range n.JWKS(t) {
		if members["alg"] == "RS256" {
			text, err := json.Marshal(members)
			if err != nil {
				t.Fatal(err)
			}
			if err := signing.UnmarshalJSON(text); err != nil {
				t.Fatal(err)
			}
		}
	}
	party := harness.NewParty(t, n, "seals")
	object := func() string { return key.object(t, n, party, nil) }
	with := func(name string, value any) *jose.EncrypterOptions {
		return (&jose.EncrypterOptions{}).WithHeader(jose.HeaderKey(name), value)
	}
	good := func() string { return sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", object(), nil) }
	tampered := strings.Split(good(), ".")
	tampered[4] = base64.RawURLEncoding.EncodeToString(make([]byte, 16))
	foreign := jose.JSONWebKey{Key: recipients()["RSA"]}
	secret := []byte("0123456789abcdef")
	several := func() string {
		multi, err := jose.NewMultiEncrypter(jose.A128GCM, []jose.Recipient{
			{Algorithm: jose.RSA_OAEP_256, Key: bits.Key, KeyID: bits.KeyID}, {Algorithm: jose.RSA_OAEP_256, Key: bits.Key},
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := multi.Encrypt([]byte(object()))
		if err != nil {
			t.Fatal(err)
		}
		return sealed.FullSerialize()
	}
	for name, test := range map[string]string{
		"compressed":               sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", object(), &jose.EncrypterOptions{Compression: jose.DEFLATE}),
		"a bomb":                   sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", strings.Repeat("a", 1<<20), &jose.EncrypterOptions{Compression: jose.DEFLATE}),
		"a zip that says nothing":  sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", object(), with("zip", "none")),
		"crit":                     sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", object(), with("crit", []string{"b64"})),
		"a key at an address":      sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", object(), with("jku", "https://attacker.example/jwks")),
		"RSA1_5":                   sealedTo(t, bits.Key, bits.KeyID, "RSA1_5", "A128GCM", object(), nil),
		"RSA-OAEP with SHA-1":      sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP", "A128GCM", object(), nil),
		"another enc":              sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A256GCM", object(), nil),
		"another alg":              sealedTo(t, curve.Key, curve.KeyID, "ECDH-ES", "A128GCM", object(), nil),
		"a password":               sealedTo(t, secret, bits.KeyID, "PBES2-HS256+A128KW", "A128GCM", object(), nil),
		"a key that both have":     sealedTo(t, secret, bits.KeyID, "dir", "A128GCM", object(), nil),
		"a key that wraps":         sealedTo(t, secret, bits.KeyID, "A128KW", "A128GCM", object(), nil),
		"to a key that signs":      sealedTo(t, signing.Key, signing.KeyID, "RSA-OAEP-256", "A128GCM", object(), nil),
		"to a key of nobody":       sealedTo(t, foreign.Public().Key, "", "RSA-OAEP-256", "A128GCM", object(), nil),
		"an unknown kid":           sealedTo(t, bits.Key, "nobody", "RSA-OAEP-256", "A128GCM", object(), nil),
		"encrypted twice":          sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", good(), nil),
		"claims without signature": sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", `{"client_id":"seals"}`, nil),
		"alg none inside": sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM",
			key.object(t, n, party, func(h, _ map[string]any) { h["alg"] = "none" }), nil),
		"another's signature inside": sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", newClientKey(t, "k1").object(t, n, party, nil), nil),
		"a tag that does not fit":    strings.Join(tampered, "."),
		"two recipients":             several(),
		"four dots":                  "....",
		"a header that is no JSON":   "AAAA.AAAA.AAAA.AAAA.AAAA",
		"longer than any":            sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", strings.Repeat("a", 14<<10), nil),
	} {
		if a := pushObject(t, n, "seals", test); a.Status != 400 || a.Body["error"] != "invalid_request_object" {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
	}
	if a := pushObject(t, n, "seals", good()); a.Status != 201 {
		t.Errorf("without a trick: %s", a.Text)
	}
	unregistered := harness.NewParty(t, n, "open")
	sealed := sealedTo(t, bits.Key, bits.KeyID, "RSA-OAEP-256", "A128GCM", key.object(t, n, unregistered, nil), nil)
	oauthError(t, "a client that has registered no encryption", pushObject(t, n, "open", sealed), 400, "invalid_request_object")

	// A point that is not on the curve would reveal the key bit by bit (RFC 8725 §3.4).
	off := strings.Split(sealedTo(t, curve.Key, curve.KeyID, "ECDH-ES", "A128CBC-HS256", key.object(t, n, harness.NewParty(t, n, "curve"), nil), nil), ".")
	header := map[string]any{"alg": "ECDH-ES", "enc": "A128CBC-HS256", "kid": curve.KeyID, "epk": map[string]any{
		"kty": "EC", "crv": "P-256", "x": base64.RawURLEncoding.EncodeToString(make([]byte, 32)), "y": base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("\x01", 32))),
	}}
	text, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	off[0] = base64.RawURLEncoding.EncodeToString(text)
	oauthError(t, "a point off the curve", pushObject(t, n, "curve", strings.Join(off, ".")), 400, "invalid_request_object")

	// A hint may be encrypted to the server (OIDC Core §3.1.2.1), and is no more than the ID token inside.
	_, tokens := signedIn(t, n)
	browser, hinted := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
	hinted.Tokens(browser, "alice", harness.AlicePassword)
	browser.Get(hinted.AuthURL("prompt", "none", "id_token_hint", sealedTo(t, curve.Key, curve.KeyID, "ECDH-ES+A128KW", "A128GCM", idToken(tokens), nil)))
	hinted.Code(browser)
	browser.Get(hinted.AuthURL("prompt", "none", "id_token_hint", sealedTo(t, curve.Key, curve.KeyID, "ECDH-ES", "A128GCM", tokens.AccessToken, nil)))
	if got := hinted.Answer(browser); got.Get("error") != "invalid_request" {
		t.Errorf("an access token inside as a hint: %v", got)
	}
}
