package upstream

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/authly/authly/identity"
)

// FuzzIDToken: whatever a provider sends as an ID token, only one that is signed and meant for this sign-in is taken.
func FuzzIDToken(f *testing.F) {
	public, private, err := ed25519.GenerateKey(strings.NewReader(strings.Repeat("a seed of thirty-two characters.", 2)))
	if err != nil {
		f.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	c := connection{verifier: oidc.NewVerifier("https://idp.example", &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{public}}, &oidc.Config{
		ClientID: "here", SupportedSigningAlgs: []string{oidc.EdDSA}, Now: func() time.Time { return now },
	})}
	p := identity.UpstreamProvider{IdentityProvider: identity.IdentityProvider{Kind: identity.ProviderOIDC, ClientID: "here"}}
	good := `{"iss":"https://idp.example","sub":"kim","aud":"here","nonce":"n","exp":1800000060,"email_verified":true}`
	for _, seed := range []string{
		good, strings.Replace(good, `"here"`, `["here","other"]`, 1), strings.Replace(good, `"n"`, `"m"`, 1), `{}`, `[]`, `{"exp":1e400}`,
		`{"iss":"https://idp.example","aud":["here"],"nonce":"n","exp":"x"}`, strings.Replace(good, "1800000060", "1", 1),
	} {
		f.Add(`{"alg":"EdDSA"}`, seed, true)
		f.Add(`{"alg":"none"}`, seed, false)
	}
	f.Fuzz(func(t *testing.T, header, payload string, signed bool) {
		encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
		raw := encode(header) + "." + encode(payload)
		signature := ""
		if signed {
			signature = base64.RawURLEncoding.EncodeToString(ed25519.Sign(private, []byte(raw)))
		}
		token, told, err := c.verify(t.Context(), p, identity.UpstreamRequest{Nonce: "n"}, raw+"."+signature, "access")
		if err != nil {
			if identity.AsError(err).Code != identity.CodeUpstreamRefused {
				t.Errorf("%q is refused by %v", payload, err)
			}
			return
		}
		var read struct {
			Issuer string `json:"iss"`
			Nonce  string `json:"nonce"`
		}
		if !signed || json.Unmarshal([]byte(payload), &read) != nil || read.Issuer != "https://idp.example" || read.Nonce != "n" || token.Expiry.Before(now) {
			t.Errorf("%q with %q is taken", payload, header)
		}
		who := told.identity(p.Kind, token.Issuer)
		if who.EmailVerified && told.EmailVerified != true {
			t.Errorf("%q verifies the address", payload)
		}
	})
}
