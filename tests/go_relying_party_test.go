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
	"testing"
	"time"

	"github.com/cli/oauth/device"
	"github.com/zitadel/oidc/v3/pkg/client/profile"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	"github.com/zitadel/oidc/v3/pkg/client/tokenexchange"
	"github.com/zitadel/oidc/v3/pkg/oidc"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestZITADELsClientConnectsADevice: the device grant by the relying party of zitadel/oidc, unchanged.
func TestZITADELsClientConnectsADevice(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	television(t, n)
	scopes := []string{"openid", "email", "offline_access"}
	party, err := rp.NewRelyingPartyOIDC(t.Context(), n.Issuer, "console", harness.ClientSecret, "", scopes)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := rp.DeviceAuthorization(t.Context(), scopes, party, nil)
	if err != nil {
		t.Fatal(err)
	}
	if asked.Interval != 5 || asked.ExpiresIn != 600 {
		t.Errorf("%+v", asked)
	}
	browser := harness.NewBrowser(t, n)
	shown{deviceCode: asked.DeviceCode, userCode: asked.UserCode, complete: asked.VerificationURIComplete}.allow(t, browser)
	tokens, err := rp.DeviceAccessToken(t.Context(), asked.DeviceCode, time.Second, party)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := rp.VerifyTokens[*oidc.IDTokenClaims](t.Context(), tokens.AccessToken, tokens.IDToken, party.IDTokenVerifier())
	if err != nil {
		t.Fatal(err)
	}
	info, err := rp.Userinfo[*oidc.UserInfo](t.Context(), tokens.AccessToken, tokens.TokenType, claims.Subject, party)
	if err != nil || info.Email != "alice@example.org" {
		t.Errorf("%+v %v", info, err)
	}
	if tokens.RefreshToken == "" {
		t.Error("no refresh token")
	}
}

// TestZITADELsClientExchangesATokenAsAService: RFC 8693 by zitadel/oidc, unchanged.
func TestZITADELsClientExchangesATokenAsAService(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	services(t, n)
	_, orders := ordersToken(t, n)
	exchanger, err := tokenexchange.NewTokenExchangerClientCredentials(t.Context(), n.Issuer, "orders", harness.ClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	got, err := tokenexchange.ExchangeToken(t.Context(), exchanger, orders.AccessToken, oidc.AccessTokenType, "", "",
		[]string{stockAPI}, nil, []string{"stock:read"}, oidc.AccessTokenType)
	if err != nil {
		t.Fatal(err)
	}
	claims := harness.JWT(t, got.AccessToken, 1)
	if act, _ := claims["act"].(map[string]any); claims["aud"] != stockAPI || act["sub"] != "orders" || got.IssuedTokenType != oidc.AccessTokenType {
		t.Errorf("%v, %s", claims, got.IssuedTokenType)
	}
	_, err = tokenexchange.ExchangeToken(t.Context(), exchanger, orders.AccessToken, oidc.AccessTokenType, "", "",
		[]string{payAPI}, nil, nil, oidc.AccessTokenType)
	if err == nil {
		t.Error("it was exchanged for an API that is none of its own")
	}
}

// TestZITADELsServiceAccountsWork: the JWT profile of zitadel/oidc, unchanged, is an assertion of a client about itself.
func TestZITADELsServiceAccountsWork(t *testing.T) {
	t.Parallel()
	n := harness.Start(t, harness.SQLite(t))
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	trusting(t, n, newClientKey(t, "k1"), func(d *admin.Desired) {
		d.Clients[0].Metadata.JWKS = json.RawMessage(`{"keys":[{"kty":"RSA","kid":"key-1","n":"` + encode(private.N.Bytes()) + `","e":"` +
			encode(big.NewInt(int64(private.E)).Bytes()) + `"}]}`)
		d.Clients[0].Metadata.GrantTypes = []identity.GrantType{identity.GrantJWTBearer}
	})
	key := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
	source, err := profile.NewJWTProfileTokenSource(t.Context(), n.Issuer, "robot", "key-1", key, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := source.TokenCtx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if claims := harness.JWT(t, token.AccessToken, 1); claims["sub"] != "robot" {
		t.Errorf("%v", claims)
	}
}

// TestGitHubsClientConnectsADevice: the device grant by cli/oauth, which the command line of GitHub uses, unchanged.
func TestGitHubsClientConnectsADevice(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	television(t, n)
	code, err := device.RequestCode(http.DefaultClient, n.URL+deviceEndpoint, "tv", []string{"openid", "offline_access"})
	if err != nil {
		t.Fatal(err)
	}
	if code.Interval != 5 || code.ExpiresIn != 600 || code.VerificationURI != n.Issuer+"/device" {
		t.Errorf("%+v", code)
	}
	shown{deviceCode: code.DeviceCode, userCode: code.UserCode, complete: code.VerificationURIComplete}.allow(t, harness.NewBrowser(t, n))
	code.Interval = 0 // the person was faster
	token, err := device.Wait(t.Context(), http.DefaultClient, n.URL+"/api/v1/oauth/token", device.WaitOptions{ClientID: "tv", DeviceCode: code})
	if err != nil {
		t.Fatal(err)
	}
	if token.RefreshToken == "" || n.UserInfo(t, token.Token).Status != http.StatusOK {
		t.Errorf("%+v", token)
	}
}
