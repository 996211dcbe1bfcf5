package tests

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// certified is somebody with a certificate: a client, or an authority that signs others.
type certified struct {
	chain [][]byte // DER, the own one first
	key   *ecdsa.PrivateKey
}

// shopCertificate is a certificate of the client shop, with all five names.
func shopCertificate(change func(c *x509.Certificate)) *x509.Certificate {
	c := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "Shop", Organization: []string{"Example"}, Country: []string{"DE"}},
		DNSNames:    []string{"shop.example.org", "other.example.org"},
		URIs:        []*url.URL{{Scheme: "spiffe", Host: "example.org", Path: "/shop"}},
		IPAddresses: []net.IP{net.IPv4(192, 0, 2, 7)}, EmailAddresses: []string{"shop@example.org"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if change != nil {
		change(c)
	}
	return c
}

// authorityCertificate is one whose holder may sign others.
func authorityCertificate(name string) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
}

// certify makes a certificate: signed by an authority, or by itself.
func certify(t *testing.T, by *certified, template *x509.Certificate) certified {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if template.NotAfter.IsZero() {
		template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(24*time.Hour)
	}
	template.SerialNumber = big.NewInt(now.UnixNano())
	c := certified{key: key}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.leaf(t), by.key
		if parent.Issuer.CommonName != parent.Subject.CommonName { // the root is known
			c.chain = by.chain
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	c.chain = append([][]byte{der}, c.chain...)
	return c
}

func (c certified) leaf(t *testing.T) *x509.Certificate {
	t.Helper()
	leaf, err := x509.ParseCertificate(c.chain[0])
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

// thumbprint is x5t#S256 (RFC 8705 §3.1).
func (c certified) thumbprint() string {
	digest := sha256.Sum256(c.chain[0])
	return base64.RawURLEncoding.EncodeToString(digest[:])
}

// pem is the chain as text.
func (c certified) pem() string {
	var text strings.Builder
	for _, der := range c.chain {
		text.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return text.String()
}

// field is the value of the header Client-Cert (RFC 9440 §2.2).
func (c certified) field() string { return ":" + base64.StdEncoding.EncodeToString(c.chain[0]) + ":" }

// jwks is a key set with the certificate.
func (c certified) jwks(t *testing.T) json.RawMessage {
	t.Helper()
	var set struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal((harness.ClientKey{Private: c.key}).JWKS(t), &set); err != nil {
		t.Fatal(err)
	}
	set.Keys[0]["x5c"] = []string{base64.StdEncoding.EncodeToString(c.chain[0])}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// file writes the certificate, as AUTHLY_MTLS_CA_FILE is.
func (c certified) file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "authority.pem")
	if err := os.WriteFile(path, []byte(c.pem()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// mutualNode is a node with a listener that asks for certificates.
type mutualNode struct {
	*harness.Node
	alias    string // where that is
	pool     *x509.CertPool
	certFile string // of the server
}

// startMutual runs a node that believes an authority, with clients that are proven by certificates.
func startMutual(t *testing.T, db harness.Database, authority certified, opts ...harness.Option) mutualNode {
	t.Helper()
	return mutual(t, authority.file(t), func(asked ...harness.Option) *harness.Node { return start(t, db, append(asked, opts...)...) })
}

// mutual runs a node that believes the authority of a file, as begin starts it.
func mutual(t *testing.T, authority string, begin func(opts ...harness.Option) *harness.Node) mutualNode {
	t.Helper()
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	pool := selfSigned(t, certFile, keyFile)
	address := harness.FreeAddress(t)
	alias := "https://" + strings.Replace(address, "127.0.0.1", "localhost", 1)
	n := begin(
		harness.Env("AUTHLY_TLS_CERT_FILE", certFile), harness.Env("AUTHLY_TLS_KEY_FILE", keyFile),
		harness.Env("AUTHLY_MTLS_LISTEN", address), harness.Env("AUTHLY_MTLS_URL", alias), harness.Env("AUTHLY_MTLS_CA_FILE", authority),
	)
	return mutualNode{n, alias, pool, certFile}
}

// client speaks TLS with a certificate, or without one.
func (m mutualNode) client(t *testing.T, c *certified) *http.Client {
	t.Helper()
	config := &tls.Config{RootCAs: m.pool, MinVersion: tls.VersionTLS12}
	if c != nil {
		config.Certificates = []tls.Certificate{{Certificate: c.chain, PrivateKey: c.key}}
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// post sends a form to where certificates are asked for, with Basic authentication if id is given, and proofs.
func (m mutualNode) post(t *testing.T, c *certified, path, id, secret string, form url.Values, proofs ...string) harness.Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.alias+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header["Dpop"] = proofs
	if id != "" {
		r.SetBasicAuth(id, secret)
	}
	return harness.DoWith(t, m.client(t, c), r)
}

// get asks for a path there with a token.
func (m mutualNode) get(t *testing.T, c *certified, path, scheme, token string, headers ...string) harness.Answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.alias+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", scheme+" "+token)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return harness.DoWith(t, m.client(t, c), r)
}

// certifiedClient is a client that is proven by a certificate and acts on its own behalf, or for people.
func certifiedClient(id string, method identity.AuthMethod, change func(c *admin.NewClient)) admin.NewClient {
	c := harness.WebClient(id)
	c.Secret, c.Metadata.TokenEndpointAuthMethod = "", method
	c.Metadata.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode, identity.GrantRefreshToken, identity.GrantClientCredentials}
	c.Policy.SkipConsent = true
	change(&c)
	return c
}

// ownGrant is a request of a client on its own behalf, which is proven by its connection.
func ownGrant(id string) url.Values {
	return harness.Values("grant_type", "client_credentials", "client_id", id)
}
