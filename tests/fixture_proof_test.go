package tests

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/tests/harness"
)

// thumbprint is that of RFC 7638 §3.
func (k clientKey) thumbprint(t *testing.T) string {
	t.Helper()
	key := k.JWK(t)
	text := `{"crv":"` + key["crv"].(string) + `","kty":"EC","x":"` + key["x"].(string) + `","y":"` + key["y"].(string) + `"}`
	digest := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(digest[:])
}

// proof makes a DPoP proof (RFC 9449 §4.2) for a request, of the access token if there is one.
func (k clientKey) proof(t *testing.T, n *harness.Node, method, path, token string, change func(header, claims map[string]any)) string {
	t.Helper()
	header := map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": k.JWK(t)}
	claims := map[string]any{"jti": uuid.NewString(), "htm": method, "htu": n.Issuer + path, "iat": n.Clock.Now().Unix()}
	if token != "" {
		digest := sha256.Sum256([]byte(token))
		claims["ath"] = base64.RawURLEncoding.EncodeToString(digest[:])
	}
	if change != nil {
		change(header, claims)
	}
	return k.Sign(t, header, claims)
}

const (
	tokenPath    = "/api/v1/oauth/token"
	userInfoPath = "/oidc/userinfo"
)

// post sends a form with Basic authentication, if id is given, and proofs.
func post(t *testing.T, n *harness.Node, path, id, secret string, form url.Values, proofs ...string) harness.Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header["Dpop"] = proofs
	if id != "" {
		r.SetBasicAuth(id, secret)
	}
	return harness.Do(t, r)
}

// present asks for UserInfo with a token of a scheme and proofs.
func present(t *testing.T, n *harness.Node, scheme, token string, proofs ...string) harness.Answer {
	t.Helper()
	headers := []string{"Authorization", scheme + " " + token}
	for _, proof := range proofs {
		headers = append(headers, "DPoP", proof)
	}
	return n.Get(t, userInfoPath, headers...)
}

// redeem exchanges a code of a party with a proof of the key.
func (k clientKey) redeem(t *testing.T, n *harness.Node, p *harness.Party, code string) harness.Answer {
	t.Helper()
	form := harness.Values("grant_type", "authorization_code", "code", code, "redirect_uri", harness.Callback, "code_verifier", p.Verifier)
	id, secret := p.Config.ClientID, p.Config.ClientSecret
	if secret == "" {
		form.Set("client_id", id)
		id = ""
	}
	return post(t, n, tokenPath, id, secret, form, k.proof(t, n, http.MethodPost, tokenPath, "", nil))
}
