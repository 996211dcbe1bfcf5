package tests

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestRelyingPartyLibraries runs unchanged JavaScript client libraries against the server.
func TestRelyingPartyLibraries(t *testing.T) {
	t.Parallel()
	dir := harness.NPMProject(t, "relying-parties")
	for script, steps := range map[string]int{"openid-client.mjs": 21, "oauth4webapi.mjs": 20} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			n := harness.Start(t, harness.SQLite(t))
			key := newClientKey(t, "k1")
			machine := harness.ServiceClient("machine", "reports")
			machine.Metadata.TokenEndpointAuthMethod = identity.AuthClientSecretPost
			elsewhere := till("elsewhere", func(m *identity.ClientMetadata) { m.GrantTypes = append(m.GrantTypes, identity.GrantDeviceCode) })
			n.Apply(t, admin.Desired{
				Users:  []admin.DesiredUser{harness.Alice()},
				Scopes: []identity.Scope{{Name: "reports"}},
				Clients: []admin.NewClient{
					harness.WebClient("web"), machine, elsewhere, signsWith("signer", signingSecret, nil), serviceClient("robot", func(m *identity.ClientMetadata) {
						m.JWKS, m.RequestObjectAlg, m.RedirectURIs = key.JWKS(t), "ES256", []string{harness.Callback}
						m.GrantTypes, m.Scope = append(m.GrantTypes, identity.GrantAuthorizationCode), "openid reports"
						m.ResponseTypes = []string{"code"}
					}),
				},
			})
			out := harness.NodeScript(t, dir, script, map[string]string{
				"AUTHLY_ISSUER": n.Issuer, "AUTHLY_PASSWORD": harness.AlicePassword, "AUTHLY_CLIENT_SECRET": harness.ClientSecret,
				"AUTHLY_REDIRECT_URI": harness.Callback, "AUTHLY_POST_LOGOUT_URI": "https://rp.example/bye", "AUTHLY_CLIENT_KEY": key.PrivateJWK(t),
				"AUTHLY_SIGNING_SECRET": signingSecret,
			})
			if got := strings.Count(out, "ok "); got != steps {
				t.Errorf("%d of %d steps: %s", got, steps, out)
			}
		})
	}
}

// TestAClientLibraryAnswersAChallenge: RFC 9470 between Authly's own API and oauth4webapi, unchanged: the challenge, the sign-in that it
// asks for, and the change.
func TestAClientLibraryAnswersAChallenge(t *testing.T) {
	t.Parallel()
	dir := harness.NPMProject(t, "relying-parties")
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ADMIN_ACR", "urn:authly:acr:2"), harness.Env("AUTHLY_ADMIN_MAX_AGE", "10m"))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{consoleClient()}})
	browser, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "console", "openid", identity.ScopeUsersWrite)
	token := party.Tokens(browser, "admin", harness.AdminPassword).AccessToken
	secret := addApp(t, n, browser)
	out := harness.NodeScript(t, dir, "step-up.mjs", map[string]string{
		"AUTHLY_ISSUER": n.Issuer, "AUTHLY_PASSWORD": harness.AdminPassword, "AUTHLY_CLIENT_SECRET": harness.ClientSecret,
		"AUTHLY_REDIRECT_URI": harness.Callback, "AUTHLY_TOKEN": token, "AUTHLY_CODE": harness.AppCode(secret, n.Clock.Now()),
	})
	if got := strings.Count(out, "ok "); got != 3 {
		t.Errorf("%d of 3 steps: %s", got, out)
	}
}

// TestClientLibrariesBringCertificates: RFC 8705 by openid-client and oauth4webapi, unchanged, at the aliases that the metadata names.
func TestClientLibrariesBringCertificates(t *testing.T) {
	t.Parallel()
	dir := harness.NPMProject(t, "relying-parties")
	authority := certify(t, nil, authorityCertificate("Authority"))
	shop := certify(t, &authority, shopCertificate(nil))
	n := startMutual(t, harness.SQLite(t), authority)
	n.Apply(t, admin.Desired{
		Scopes: []identity.Scope{{Name: "reports", Description: "Read reports"}},
		Clients: []admin.NewClient{
			certifiedClient("shop", identity.AuthTLS, func(c *admin.NewClient) {
				c.Metadata.TLSDNSName, c.Metadata.CertificateBoundTokens = "shop.example.org", true
			}),
			certifiedClient("own", identity.AuthSelfSignedTLS, func(c *admin.NewClient) {
				c.Metadata.JWKS, c.Metadata.CertificateBoundTokens, c.Metadata.Scope = shop.jwks(t), true, "openid reports"
			}),
		},
	})
	key, err := x509.MarshalPKCS8PrivateKey(shop.key)
	if err != nil {
		t.Fatal(err)
	}
	out := harness.NodeScript(t, dir, "mtls.mjs", map[string]string{
		"AUTHLY_ISSUER": n.Issuer, "AUTHLY_PASSWORD": harness.AlicePassword, "AUTHLY_REDIRECT_URI": harness.Callback,
		"AUTHLY_CERTIFICATE": shop.pem(), "AUTHLY_THUMBPRINT": shop.thumbprint(), "NODE_EXTRA_CA_CERTS": n.certFile,
		"AUTHLY_CERTIFICATE_KEY": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
	})
	if got := strings.Count(out, "ok "); got != 8 {
		t.Errorf("%d of 8 steps: %s", got, out)
	}
}

// TestAClientLibraryTakesWhatIsRegistered: openid-client, unchanged, with the response type code id_token, pairwise subjects, other
// algorithms of ID tokens, and encrypted ID tokens and UserInfo.
func TestAClientLibraryTakesWhatIsRegistered(t *testing.T) {
	t.Parallel()
	dir := harness.NPMProject(t, "relying-parties")
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_FRONT_CHANNEL_TOKENS", "true"))
	key := newClientKey(t, "opens")
	hybrid, sealed := responding("hybrid", "code id_token"), harness.WebClient("sealed")
	hybrid.Metadata.IDTokenAlg, sealed.Metadata.IDTokenAlg = identity.PS256, identity.ES384
	m := &sealed.Metadata
	m.IDTokenEncryptionAlg, m.IDTokenEncryptionEnc = "ECDH-ES+A256KW", "A256GCM"
	m.UserinfoEncryptionAlg, m.UserinfoEncryptionEnc, m.UserinfoAlg = m.IDTokenEncryptionAlg, m.IDTokenEncryptionEnc, identity.ES384
	m.JWKS = published(t, jose.JSONWebKey{Key: key.Private, KeyID: key.ID, Use: "enc"})
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{hybrid, sealed, pairwise("pairwise", nil)}})
	text, err := json.Marshal(jose.JSONWebKey{Key: key.Private, KeyID: key.ID})
	if err != nil {
		t.Fatal(err)
	}
	out := harness.NodeScript(t, dir, "registered.mjs", map[string]string{
		"AUTHLY_ISSUER": n.Issuer, "AUTHLY_PASSWORD": harness.AlicePassword, "AUTHLY_CLIENT_SECRET": harness.ClientSecret,
		"AUTHLY_REDIRECT_URI": harness.Callback, "AUTHLY_CLIENT_KEY": string(text),
	})
	if got := strings.Count(out, "ok "); got != 8 {
		t.Errorf("%d of 8 steps: %s", got, out)
	}
}
