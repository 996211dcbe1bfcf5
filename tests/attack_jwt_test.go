package tests

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// forgeries makes of a good token all that the labs B-J1 to B-J8 and RFC 8725 know, each under its name.
func forgeries(t *testing.T, n *harness.Node, good string) map[string]string {
	t.Helper()
	parts := strings.Split(good, ".")
	header, claims := harness.JWT(t, good, 0), harness.JWT(t, good, 1)
	with := func(from map[string]any, changes ...any) map[string]any {
		out := maps.Clone(from)
		for i := 0; i+1 < len(changes); i += 2 {
			name, _ := changes[i].(string)
			if out[name] = changes[i+1]; changes[i+1] == nil {
				delete(out, name)
			}
		}
		return out
	}
	encode := func(value map[string]any) string {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	curveKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	own := func(alg any) harness.Sign {
		if alg == "RS256" {
			return harness.RS256(t, rsaKey)
		}
		return harness.ES256(t, curveKey)
	}
	sign := own(header["alg"])
	ownJWK := map[string]any{
		"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": header["kid"],
		"x": base64.RawURLEncoding.EncodeToString(curveKey.X.FillBytes(make([]byte, 32))),
		"y": base64.RawURLEncoding.EncodeToString(curveKey.Y.FillBytes(make([]byte, 32))),
	}
	out := map[string]string{
		"J1 changed claims under the old signature": parts[0] + "." + encode(with(claims, "sub", "somebody-else")) + "." + parts[2],
		"J1 no signature":                        parts[0] + "." + parts[1] + ".",
		"J1 no third part":                       parts[0] + "." + parts[1],
		"J1 a zero signature":                    parts[0] + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 64)),
		"J1 a cut signature":                     parts[0] + "." + parts[1] + "." + parts[2][:40],
		"J1 a stranger's key":                    harness.Forge(t, header, claims, sign),
		"J4 a key in the header":                 harness.Forge(t, with(header, "alg", "ES256", "jwk", ownJWK), claims, harness.ES256(t, curveKey)),
		"J4 a key in the header, no kid":         harness.Forge(t, with(header, "alg", "ES256", "jwk", ownJWK, "kid", nil), claims, harness.ES256(t, curveKey)),
		"J4 a certificate in the header":         harness.Forge(t, with(header, "x5c", []string{"MIIB"}), claims, sign),
		"J5 jku":                                 harness.Forge(t, with(header, "jku", n.URL+"/jwks"), claims, sign),
		"J5 x5u":                                 harness.Forge(t, with(header, "x5u", "https://evil.example/x5u"), claims, sign),
		"another algorithm under the kid":        harness.Forge(t, with(header, "alg", "PS256"), claims, sign),
		"RS256 under a kid of ES256 or reversed": harness.Forge(t, with(header, "alg", map[any]any{"RS256": "ES256", "ES256": "RS256"}[header["alg"]]), claims, sign),
		"critical members":                       harness.Forge(t, with(header, "crit", []string{"exp"}), claims, sign),
		"unencoded payload":                      harness.Forge(t, with(header, "crit", []string{"b64"}, "b64", false), claims, sign),
		"no type":                                harness.Forge(t, with(header, "typ", nil), claims, sign),
		"no algorithm":                           harness.Forge(t, with(header, "alg", nil), claims, sign),
		"an algorithm that is no text":           harness.Forge(t, with(header, "alg", []string{"RS256"}), claims, sign),
		"four parts":                             good + ".x",
		"five parts":                             good + ".x.y",
		"a trailing point":                       good + ".",
		"trailing padding":                       good + "==",
		"a line break in it":                     good[:20] + "\n" + good[20:],
		"JSON serialization":                     `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
		"claims that are no object":              parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`"x"`)) + "." + parts[2],
		"deep nesting":                           base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("[", 5000))) + "." + parts[1] + "." + parts[2],
		"very long":                              strings.Repeat("A", 30_000) + "." + parts[1] + "." + parts[2],
	}
	for _, alg := range []string{"none", "None", "NONE", "nOnE", "", "HS256"} {
		out["J2 alg "+alg] = harness.Forge(t, with(header, "alg", alg), claims, harness.Unsigned)
		out["J2 no kid, alg "+alg] = harness.Forge(t, with(header, "alg", alg, "kid", nil), claims, harness.Unsigned)
		out["J2 old signature, alg "+alg] = encode(with(header, "alg", alg)) + "." + parts[1] + "." + parts[2]
	}
	for name, kid := range map[string]any{
		"a path": "../../../../dev/null", "SQL": "x' UNION SELECT 'key", "NUL": "a\x00b", "1 MB": strings.Repeat("k", 20_000), "a number": 1,
		"a list": []string{"a"}, "empty": "", "unknown": "unknown", "a URL": "https://evil.example/key",
	} {
		out["J6 kid is "+name] = harness.Forge(t, with(header, "kid", kid), claims, sign)
		out["J6 HMAC with nothing, kid is "+name] = harness.Forge(t, with(header, "kid", kid, "alg", "HS256"), claims, harness.HS256(nil))
	}
	shared := map[string][]byte{"the client's secret": []byte(harness.ClientSecret), "the root secret": []byte(harness.RootSecret), "a weak one": []byte("secret")}
	for _, jwk := range n.JWKS(t) {
		kid, _ := jwk["kid"].(string)
		raw, err := json.Marshal(jwk)
		if err != nil {
			t.Fatal(err)
		}
		shared["JWK of "+kid] = raw
		if jwk["kty"] != "RSA" {
			continue
		}
		// J8 derives the same key from two signatures: it is the public one.
		public := harness.RSAKey(t, jwk)
		pkix, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		pkcs1 := x509.MarshalPKCS1PublicKey(public)
		shared["DER"], shared["DER PKCS #1"] = pkix, pkcs1
		shared["PEM"] = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix})
		shared["PEM PKCS #1"] = pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: pkcs1})
		shared["PEM without a line break"] = []byte(strings.TrimSpace(string(shared["PEM"])))
		for _, alg := range []string{"HS256", "hs256", "RS256"} {
			out["J7 HMAC under the RSA kid, alg "+alg] = harness.Forge(t, with(header, "alg", alg, "kid", kid), claims, harness.HS256(shared["PEM"]))
		}
	}
	for name, key := range shared {
		out["J7 HMAC with "+name] = harness.Forge(t, with(header, "alg", "HS256"), claims, harness.HS256(key))
		out["J7 HMAC without kid with "+name] = harness.Forge(t, with(header, "alg", "HS256", "kid", nil), claims, harness.HS256(key))
	}
	return out
}

// TestForgedAccessTokensAreRefusedEverywhere: B-J1 to B-J8, RFC 8725, ASVS 9.1, 9.2.
func TestForgedAccessTokensAreRefusedEverywhere(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{adminClient("console")}})
	token := adminToken(t, n)
	if a := n.UserInfo(t, token); a.Status != http.StatusOK {
		t.Fatalf("the good token: %d %s", a.Status, a.Text)
	}
	all := forgeries(t, n, token)
	if len(all) < 70 {
		t.Errorf("only %d forgeries", len(all))
	}
	for name, forged := range all {
		if !strings.ContainsAny(forged, "\n") { // which no header can carry
			if a := n.UserInfo(t, forged); a.Status != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("UserInfo: %s: %d %s", name, a.Status, a.Text)
			}
			if a := n.GraphQL(t, forged, "{ me { id } }", nil); a.Status != http.StatusUnauthorized {
				t.Errorf("GraphQL: %s: %d %s", name, a.Status, a.Text)
			}
		}
		inactive(t, name, n.Introspect(t, "console", forged))
		if a := n.Revoke(t, "console", forged); a.Status != http.StatusOK {
			t.Errorf("revocation: %s: %d %s", name, a.Status, a.Text)
		}
	}
	if a := n.UserInfo(t, token); a.Status != http.StatusOK {
		t.Errorf("a forgery has revoked the good token: %d %s", a.Status, a.Text)
	}
}

// TestOneKindOfTokenCannotStandInForAnother: ASVS 9.2.2, RFC 8725 §3.11, E-19.
func TestOneKindOfTokenCannotStandInForAnother(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	signed := harness.WebClient("signed")
	signed.Metadata.UserinfoAlg, signed.Metadata.IDTokenAlg, signed.Metadata.AccessTokenAlg = identity.ES256, identity.ES256, identity.ES256
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{signed}})
	browser := harness.NewBrowser(t, n)
	tokens := harness.NewParty(t, n, "signed").Tokens(browser, "alice", harness.AlicePassword)
	info := n.UserInfo(t, tokens.AccessToken)
	if info.Status != http.StatusOK || strings.Count(info.Text, ".") != 2 {
		t.Fatalf("UserInfo: %d %s", info.Status, info.Text)
	}
	for name, token := range map[string]string{"ID token": idToken(tokens), "UserInfo answer": info.Text, "refresh token": tokens.RefreshToken} {
		if a := n.UserInfo(t, token); a.Status != http.StatusUnauthorized {
			t.Errorf("%s at UserInfo: %d %s", name, a.Status, a.Text)
		}
		if a := n.GraphQL(t, token, "{ me { id } }", nil); a.Status != http.StatusUnauthorized {
			t.Errorf("%s at GraphQL: %d %s", name, a.Status, a.Text)
		}
		if name != "refresh token" {
			inactive(t, name, n.Introspect(t, "signed", token))
		}
		oauthError(t, name+" as a code", n.Token(t, "signed", "grant_type", "authorization_code", "code", token, "redirect_uri", harness.Callback), 400,
			"invalid_grant")
	}
	for name, token := range map[string]string{"access token": tokens.AccessToken, "UserInfo answer": info.Text, "refresh token": tokens.RefreshToken} {
		party := harness.NewParty(t, n, "signed")
		browser.Get(party.AuthURL("prompt", "none", "id_token_hint", token))
		if answer := party.Answer(browser); answer.Get("error") != "invalid_request" {
			t.Errorf("%s as a hint: %v", name, answer)
		}
	}
	party := harness.NewParty(t, n, "signed")
	browser.Get(party.AuthURL("prompt", "none", "id_token_hint", idToken(tokens)))
	party.Code(browser)
}
