package tests

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// namedShop is a client that is known by the subject of its certificate.
func namedShop(change func(c *admin.NewClient)) admin.NewClient {
	return certifiedClient("shop", identity.AuthTLS, func(c *admin.NewClient) {
		c.Metadata.TLSSubject = "CN=Shop,O=Example,C=DE"
		if change != nil {
			change(c)
		}
	})
}

// behindProxy runs a node that takes certificates from a proxy in a header.
func behindProxy(t *testing.T, authority certified, header, proxies string) *harness.Node {
	t.Helper()
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_MTLS_HEADER", header), harness.Env("AUTHLY_TRUSTED_PROXIES", proxies),
		harness.Env("AUTHLY_MTLS_CA_FILE", authority.file(t)))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{namedShop(nil)}})
	return n
}

// forward sends a token request as a proxy would that passes on headers, given as name, value pairs.
func forward(t *testing.T, n *harness.Node, form url.Values, headers ...string) harness.Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, n.URL+tokenPath, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return harness.Do(t, r)
}

// TestTheCertificateHeaderCountsFromProxiesAlone: attack list A-4.13-1 and F-C5. What a stranger writes there is not read, under no
// name, and no other header says that the stranger is a proxy.
func TestTheCertificateHeaderCountsFromProxiesAlone(t *testing.T) {
	t.Parallel()
	authority := certify(t, nil, authorityCertificate("Authority"))
	shop := certify(t, &authority, shopCertificate(nil))
	escaped := url.PathEscape(shop.pem())
	trusting := behindProxy(t, authority, "Client-Cert", "127.0.0.0/8")
	if a := forward(t, trusting, ownGrant("shop"), "Client-Cert", shop.field()); a.Status != http.StatusOK {
		t.Fatalf("from the proxy: %d %s", a.Status, a.Text)
	}
	stranger := behindProxy(t, authority, "Client-Cert", "192.0.2.0/24")
	for name, headers := range map[string][]string{
		"as it is":                   {"Client-Cert", shop.field()},
		"in lower case":              {"client-cert", shop.field()},
		"as PEM":                     {"Client-Cert", escaped},
		"forwarded for the proxy":    {"Client-Cert", shop.field(), "X-Forwarded-For", "192.0.2.1", "X-Real-IP", "192.0.2.1"},
		"Forwarded":                  {"Client-Cert", shop.field(), "Forwarded", "for=192.0.2.1;by=192.0.2.1"},
		"that of another convention": {"X-SSL-Client-Cert", escaped, "X-Forwarded-Client-Cert", `Cert="` + escaped + `"`, "X-SSL-Client-Verify", "SUCCESS"},
	} {
		oauthError(t, name, forward(t, stranger, ownGrant("shop"), headers...), 401, "invalid_client")
	}
	for name, headers := range map[string][]string{
		"another name":     {"X-Client-Cert", shop.field()},
		"an underscore":    {"Client_Cert", shop.field()},
		"the subject only": {"X-SSL-Client-S-DN", "CN=Shop,O=Example,C=DE"},
	} {
		oauthError(t, name, forward(t, trusting, ownGrant("shop"), headers...), 401, "invalid_client")
	}
	// A listener for certificates reads no header of strangers either, and what a proxy shows of itself there is not of its clients.
	n := startMutual(t, harness.SQLite(t), authority, harness.Env("AUTHLY_MTLS_HEADER", "Client-Cert"), harness.Env("AUTHLY_TRUSTED_PROXIES", "127.0.0.0/8"))
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{namedShop(nil)}})
	oauthError(t, "the proxy's own certificate", n.post(t, &shop, tokenPath, "", "", ownGrant("shop")), 401, "invalid_client")
	if a := forward(t, n.Node, ownGrant("shop"), "Client-Cert", shop.field()); a.Status != http.StatusOK {
		t.Errorf("what the proxy passes on: %d %s", a.Status, a.Text)
	}
}

// TestABrokenCertificateHeaderProvesNothing: what a proxy passes on is one certificate, of a bounded length, in one of two forms.
func TestABrokenCertificateHeaderProvesNothing(t *testing.T) {
	t.Parallel()
	authority := certify(t, nil, authorityCertificate("Authority"))
	shop := certify(t, &authority, shopCertificate(nil))
	between := certify(t, &authority, authorityCertificate("Between"))
	deep := certify(t, &between, shopCertificate(nil))
	n := behindProxy(t, authority, "Client-Cert", "127.0.0.1")
	pem, chain := url.PathEscape(shop.pem()), certified{chain: deep.chain[1:]}
	for name, headers := range map[string][]string{
		"RFC 9440":         {"Client-Cert", shop.field()},
		"PEM":              {"Client-Cert", pem},
		"PEM as it is":     {"Client-Cert", strings.ReplaceAll(shop.pem(), "\n", "%0A")},
		"a chain":          {"Client-Cert", deep.field(), "Client-Cert-Chain", chain.field()},
		"a chain as PEM":   {"Client-Cert", url.PathEscape(deep.pem())},
		"a useless chain":  {"Client-Cert", shop.field(), "Client-Cert-Chain", shop.field() + " , " + shop.field()},
		"a chain in parts": {"Client-Cert", deep.field(), "Client-Cert-Chain", shop.field(), "Client-Cert-Chain", chain.field()},
	} {
		if a := forward(t, n, ownGrant("shop"), headers...); a.Status != http.StatusOK {
			t.Errorf("%s: %d %s", name, a.Status, a.Text)
		}
	}
	for name, headers := range map[string][]string{
		"none":                       nil,
		"an empty one":               {"Client-Cert", ""},
		"twice":                      {"Client-Cert", shop.field(), "Client-Cert", shop.field()},
		"twice in one":               {"Client-Cert", shop.field() + ", " + shop.field()},
		"no end":                     {"Client-Cert", strings.TrimSuffix(shop.field(), ":")},
		"a parameter":                {"Client-Cert", shop.field() + ";a=b"},
		"nothing encoded":            {"Client-Cert", "::"},
		"no base64":                  {"Client-Cert", ":!:"},
		"no certificate":             {"Client-Cert", ":AAAA:"},
		"a half":                     {"Client-Cert", shop.field()[:200] + ":"},
		"more behind it":             {"Client-Cert", strings.TrimSuffix(shop.field(), ":") + "AAAA:"},
		"two in one sequence":        {"Client-Cert", certified{chain: [][]byte{append(append([]byte{}, shop.chain[0]...), shop.chain[0]...)}}.field()},
		"bare base64":                {"Client-Cert", strings.Trim(shop.field(), ":")},
		"no PEM":                     {"Client-Cert", "CN=Shop,O=Example,C=DE"},
		"text before the PEM":        {"Client-Cert", "a" + pem},
		"text behind the PEM":        {"Client-Cert", pem + "a"},
		"PEM of a key":               {"Client-Cert", strings.ReplaceAll(pem, "CERTIFICATE", "PUBLIC%20KEY")},
		"a broken escape":            {"Client-Cert", pem + "%zz"},
		"too long":                   {"Client-Cert", pem + strings.Repeat("%0A", 6000)},
		"too long a chain":           {"Client-Cert", shop.field(), "Client-Cert-Chain", strings.Repeat(shop.field()+",", 50)},
		"a chain of too many":        {"Client-Cert", url.PathEscape(strings.Repeat(shop.pem(), 6))},
		"a chain without its middle": {"Client-Cert", deep.field()},
		"a broken chain":             {"Client-Cert", deep.field(), "Client-Cert-Chain", chain.field() + ",x"},
	} {
		oauthError(t, name, forward(t, n, ownGrant("shop"), headers...), 401, "invalid_client")
		n.Clock.Advance(time.Minute) // failures are counted
	}
}

// TestOnlyTheRightCertificateProvesAClient: the authority, the times, the purpose and the name count (RFC 8705 §2.1), and for a
// client that has published its certificate this very one (§2.2).
func TestOnlyTheRightCertificateProvesAClient(t *testing.T) {
	t.Parallel()
	authority, other := certify(t, nil, authorityCertificate("Authority")), certify(t, nil, authorityCertificate("Authority"))
	n := startMutual(t, harness.SQLite(t), authority)
	with := func(change func(c *x509.Certificate)) certified {
		return certify(t, &authority, shopCertificate(change))
	}
	subject := func(name pkix.Name) certified { return with(func(c *x509.Certificate) { c.Subject = name }) }
	notAuthority := with(nil)
	own := certify(t, nil, shopCertificate(nil))
	var clients []admin.NewClient
	for id, change := range map[string]func(*identity.ClientMetadata){
		"by-dn":   func(m *identity.ClientMetadata) { m.TLSSubject = "CN=Shop,O=Example,C=DE" },
		"by-dns":  func(m *identity.ClientMetadata) { m.TLSDNSName = "shop.example.org" },
		"by-uri":  func(m *identity.ClientMetadata) { m.TLSURI = "spiffe://example.org/shop" },
		"by-ip":   func(m *identity.ClientMetadata) { m.TLSIP = "192.0.2.7" },
		"by-mail": func(m *identity.ClientMetadata) { m.TLSEmail = "shop@example.org" },
	} {
		clients = append(clients, certifiedClient(id, identity.AuthTLS, func(c *admin.NewClient) { change(&c.Metadata) }))
	}
	clients = append(clients, certifiedClient("own", identity.AuthSelfSignedTLS, func(c *admin.NewClient) { c.Metadata.JWKS = own.jwks(t) }))
	n.Apply(t, admin.Desired{Clients: clients})
	for name, c := range map[string]struct {
		id   string
		with certified
	}{
		"another authority of the same name": {"by-dn", certify(t, &other, shopCertificate(nil))},
		"signed by itself":                   {"by-dn", own},
		"signed by a client":                 {"by-dn", certify(t, &notAuthority, shopCertificate(nil))},
		"expired": {"by-dn", with(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
		})},
		"not yet": {"by-dn", with(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)
		})},
		"of a server":                    {"by-dn", with(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })},
		"another name":                   {"by-dn", subject(pkix.Name{CommonName: "Shop2", Organization: []string{"Example"}, Country: []string{"DE"}})},
		"less of the name":               {"by-dn", subject(pkix.Name{CommonName: "Shop", Organization: []string{"Example"}})},
		"more of the name":               {"by-dn", subject(pkix.Name{CommonName: "Shop", Organization: []string{"Example"}, Country: []string{"DE"}, Locality: []string{"Bonn"}})},
		"the name within one part":       {"by-dn", subject(pkix.Name{CommonName: "Shop,O=Example,C=DE"})},
		"no name":                        {"by-dn", subject(pkix.Name{})},
		"another host":                   {"by-dns", with(func(c *x509.Certificate) { c.DNSNames = []string{"shop.example.org.attacker.example"} })},
		"a wildcard":                     {"by-dns", with(func(c *x509.Certificate) { c.DNSNames = []string{"*.example.org"} })},
		"the host as the subject":        {"by-dns", with(func(c *x509.Certificate) { c.DNSNames, c.Subject = nil, pkix.Name{CommonName: "shop.example.org"} })},
		"the host as an address of mail": {"by-dns", with(func(c *x509.Certificate) { c.DNSNames, c.EmailAddresses = nil, []string{"a@shop.example.org"} })},
		"another URI":                    {"by-uri", with(func(c *x509.Certificate) { c.URIs[0].Path = "/shop/" })},
		"a URI in another case":          {"by-uri", with(func(c *x509.Certificate) { c.URIs[0].Path = "/Shop" })},
		"another IP address":             {"by-ip", with(func(c *x509.Certificate) { c.IPAddresses[0] = []byte{192, 0, 2, 8} })},
		"another mailbox":                {"by-mail", with(func(c *x509.Certificate) { c.EmailAddresses[0] = "Shop@example.org" })},
		"the same names, not published":  {"own", certify(t, nil, shopCertificate(nil))},
		"of an authority, not published": {"own", with(nil)},
	} {
		oauthError(t, name, n.post(t, &c.with, tokenPath, "", "", ownGrant(c.id)), 401, "invalid_client")
	}
	caseless := subject(pkix.Name{CommonName: "sHOP", Organization: []string{" Example "}, Country: []string{"DE"}})
	for id, c := range map[string]certified{"by-dn": caseless, "by-mail": with(func(c *x509.Certificate) { c.EmailAddresses[0] = "shop@EXAMPLE.org" }), "own": own} {
		if a := n.post(t, &c, tokenPath, "", "", ownGrant(id)); a.Status != http.StatusOK {
			t.Errorf("%s: %d %s", id, a.Status, a.Text)
		}
	}
	// The certificate is one method, and a client has one: nothing else proves it, and it proves no client with another.
	shop := with(nil)
	oauthError(t, "no client_id", n.post(t, &shop, tokenPath, "", "", harness.Values("grant_type", "client_credentials")), 401, "invalid_client")
	oauthError(t, "with a secret", n.post(t, &shop, tokenPath, "by-dn", harness.ClientSecret, ownGrant("by-dn")), 401, "invalid_client")
	oauthError(t, "for a client with a secret", n.post(t, &shop, tokenPath, "", "", ownGrant("web")), 401, "invalid_client")
	n.Clock.Advance(48 * time.Hour)
	oauthError(t, "a published one that has expired", n.post(t, &own, tokenPath, "", "", ownGrant("own")), 401, "invalid_client")
}

// TestABoundTokenIsOfNoUseElsewhere: with the certificate of another client, at the endpoint of another client, as what it is not, and
// for an exchange that would leave it unbound.
func TestABoundTokenIsOfNoUseElsewhere(t *testing.T) {
	t.Parallel()
	authority := certify(t, nil, authorityCertificate("Authority"))
	shop := certify(t, &authority, shopCertificate(nil))
	api := certify(t, &authority, shopCertificate(func(c *x509.Certificate) { c.DNSNames = []string{"api.example.org"} }))
	n := startMutual(t, harness.SQLite(t), authority)
	services(t, n.Node)
	web := harness.WebClient("web")
	web.Metadata.Scope += " orders:read stock:read pay:write"
	web.Metadata.CertificateBoundTokens = true
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{web}})
	party := harness.NewParty(t, n.Node, "web", "openid", "email", "orders:read", "stock:read", "pay:write")
	code := party.Authorize(harness.NewBrowser(t, n.Node), "alice", harness.AlicePassword, "resource", ordersAPI)
	form := harness.Values("grant_type", "authorization_code", "code", code, "redirect_uri", harness.Callback, "code_verifier", party.Verifier)
	a := n.post(t, &shop, tokenPath, "web", harness.ClientSecret, form)
	token := a.String("access_token")
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	if a := n.get(t, &api, userInfoPath, "Bearer", token); a.Status != http.StatusUnauthorized {
		t.Errorf("with the certificate of another client: %d %s", a.Status, a.Text)
	}
	key := newClientKey(t, "")
	proof := key.proof(t, n.Node, http.MethodGet, userInfoPath, token, nil)
	if a := n.get(t, nil, userInfoPath, "DPoP", token, "DPoP", proof); a.Status != http.StatusUnauthorized {
		t.Errorf("with a proof instead: %d %s", a.Status, a.Text)
	}
	form = harness.Values("grant_type", exchangeGrant, "subject_token", token, "subject_token_type", accessType, "resource", stockAPI)
	oauthError(t, "exchanged for a plain one", n.post(t, nil, tokenPath, "orders", harness.ClientSecret, form), 400, "invalid_dpop_proof")
	a = n.post(t, &api, tokenPath, "orders", harness.ClientSecret, form)
	if cnf, _ := harness.JWT(t, a.String("access_token"), 1)["cnf"].(map[string]any); a.Status != http.StatusOK || cnf["x5t#S256"] != api.thumbprint() {
		t.Errorf("exchanged for one of the API's own: %v of %s", cnf, a.Text)
	}
	a = n.post(t, nil, tokenPath, "orders", harness.ClientSecret, form, key.proof(t, n.Node, http.MethodPost, tokenPath, "", nil))
	if cnf, _ := harness.JWT(t, a.String("access_token"), 1)["cnf"].(map[string]any); a.Status != http.StatusOK || cnf["jkt"] != key.thumbprint(t) {
		t.Errorf("exchanged for one that is bound to a key: %v of %s", cnf, a.Text)
	}
}
