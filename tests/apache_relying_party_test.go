package tests

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// apacheSite is a site that mod_auth_openidc of the distribution guards, unchanged.
type apacheSite struct {
	n   *harness.Node
	url string
	key *suiteKey // which signs its requests: this release crashes with other keys than RSA
}

// startApache runs Apache with a site for the client apache of the node.
func startApache(t *testing.T, n *harness.Node) apacheSite {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s is %s at %s", r.Header.Get("Oidc_claim_name"), r.Header.Get("Oidc_claim_email"), r.URL.Path)
	}))
	t.Cleanup(site.Close)
	address, folder, key := harness.FreeAddress(t), t.TempDir(), suiteKeys(t)[0]
	key.id = "k1"
	private, err := x509.MarshalPKCS8PrivateKey(key.private)
	if err != nil {
		t.Fatal(err)
	}
	var config strings.Builder
	fmt.Fprintf(&config, "ServerRoot %[1]s\nServerName localhost\nListen %[2]s\nPidFile %[1]s/apache.pid\nErrorLog /dev/stderr\n", folder, address)
	fmt.Fprintf(&config, "DefaultRuntimeDir %[1]s\nMutex file:%[1]s\nUser www-data\nGroup www-data\n", folder)
	for _, name := range []string{"mpm_event", "authn_core", "authz_core", "authz_user", "proxy", "proxy_http", "auth_openidc"} {
		fmt.Fprintf(&config, "LoadModule %[1]s_module /usr/lib/apache2/modules/mod_%[1]s.so\n", name)
	}
	fmt.Fprintf(&config, `OIDCProviderMetadataURL %[1]s/.well-known/openid-configuration
OIDCClientID apache
OIDCClientSecret %[2]s
OIDCCryptoPassphrase a-secret-for-the-cookies-of-the-site
OIDCRedirectURI http://%[3]s/callback
OIDCScope "openid profile email"
OIDCPKCEMethod S256
OIDCPrivateKeyFiles k1#%[4]s/key.pem
OIDCRequestObject "{\"copy_and_remove_from_request\": [\"state\", \"nonce\", \"redirect_uri\", \"scope\", \"code_challenge\", \"code_challenge_method\"], \
\"copy_from_request\": [\"client_id\", \"response_type\"], \"crypto\": {\"sign_alg\": \"RS256\"}}"
<Location />
  AuthType openid-connect
  Require valid-user
</Location>
<Location /bye>
  Require all granted
</Location>
ProxyPass /callback !
ProxyPass / %[5]s/
`, n.Issuer, harness.ClientSecret, address, folder, site.URL)
	for name, text := range map[string]string{
		"apache.conf": config.String(), "key.pem": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	harness.Listen(t, address, exec.Command("apache2", "-D", "FOREGROUND", "-f", filepath.Join(folder, "apache.conf")))
	return apacheSite{n, "http://" + address, key}
}

// register makes the client of the site; change says how it hears of logouts.
func (g apacheSite) register(t *testing.T, change func(m *identity.ClientMetadata)) {
	t.Helper()
	c := harness.WebClient("apache")
	c.Metadata.JWKS = g.key.set(t)
	c.Metadata.RedirectURIs, c.Metadata.PostLogoutRedirectURIs = []string{g.url + "/callback"}, []string{g.url + "/bye"}
	c.Metadata.RequestObjectAlg, c.Metadata.RequestURIs = "RS256", []string{g.url + "/callback?request_uri="}
	change(&c.Metadata)
	c.Policy.SkipConsent = true
	g.n.Apply(t, admin.Desired{Clients: []admin.NewClient{c}})
}

// signIn opens a page of the site with a browser that nobody has signed in to it, and has Alice there.
func (g apacheSite) signIn(t *testing.T) *harness.Browser {
	t.Helper()
	b := harness.NewBrowser(t, g.n, &harness.Node{URL: g.url})
	b.Hold = true
	b.Get(g.url + "/secret")
	sent := b.URL.Query()
	if !strings.HasPrefix(sent.Get("request_uri"), g.url+"/callback?request_uri=") || sent.Has("redirect_uri") || sent.Has("scope") {
		t.Errorf("the request is not in its object: %v", sent)
	}
	b.Hold = false
	b.Get(b.URL.String())
	b.SignIn("alice", harness.AlicePassword)
	g.shows(t, b)
	return b
}

func (g apacheSite) shows(t *testing.T, b *harness.Browser) {
	t.Helper()
	if b.Get(g.url + "/secret"); b.Status != http.StatusOK || b.Body != "Alice Adams is alice@example.org at /secret" {
		t.Fatalf("at %s: %d %s", b.URL, b.Status, b.Body)
	}
}

// TestApacheSignsPeopleInByReferenceAndOut runs mod_auth_openidc unchanged: each of its requests is in a signed object that the server
// fetches from it, and it hears in each way that a session ends.
func TestApacheSignsPeopleInByReferenceAndOut(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db, harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
		g := startApache(t, n)

		g.register(t, func(*identity.ClientMetadata) {})
		b := g.signIn(t)
		b.Get(g.url + "/callback?logout=" + url.QueryEscape(g.url+"/bye"))
		if b.Status != http.StatusOK || !strings.HasSuffix(b.Body, "at /bye") {
			t.Fatalf("RP-initiated logout ends at %s: %d %s", b.URL, b.Status, b.Body)
		}
		if b.Get(g.url + "/secret"); !b.Has("login-submit") {
			t.Errorf("the session outlives RP-initiated logout: at %s", b.URL)
		}

		g.register(t, func(m *identity.ClientMetadata) {
			m.FrontchannelLogoutURI, m.FrontchannelNeedsSID = g.url+"/callback?logout=get", true
		})
		b = g.signIn(t)
		b.Get(n.URL + "/logout")
		b.Submit("logout-confirm", nil)
		frames := framesOf(t, b)
		g.shows(t, b) // no frame is loaded yet
		if len(frames) != 1 {
			t.Fatalf("frames %q", frames)
		}
		if b.Get(frames[0]); b.Status != http.StatusOK {
			t.Errorf("the frame: %d %s", b.Status, b.Body)
		}
		if b.Get(g.url + "/secret"); !b.Has("login-submit") {
			t.Errorf("the session outlives its frame: at %s", b.URL)
		}

		g.register(t, func(m *identity.ClientMetadata) {
			m.BackchannelLogoutURI, m.BackchannelNeedsSession = g.url+"/callback?logout=backchannel", true
		})
		b = g.signIn(t)
		b.Get(n.URL + "/logout")
		b.Submit("logout-confirm", nil)
		if !eventually(func() bool { b.Get(g.url + "/secret"); return b.Has("login-submit") }) {
			t.Errorf("the session outlives its logout token: at %s", b.URL)
		}
	})
}
