package middleware

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/growth"
)

func newCertificate(tb testing.TB) *x509.Certificate {
	tb.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// TestWhoseCertificateCounts: that of the connection of a stranger, and what a trusted peer says of others in its header.
func TestWhoseCertificateCounts(t *testing.T) {
	t.Parallel()
	own, passed := newCertificate(t), newCertificate(t)
	field := ":" + base64.StdEncoding.EncodeToString(passed.Raw) + ":"
	for name, c := range map[string]struct {
		peer, header string
		tls          bool
		want         *x509.Certificate
	}{
		"a stranger":                      {"192.0.2.1:1", "Client-Cert", true, own},
		"a stranger without TLS":          {"192.0.2.1:1", "Client-Cert", false, nil},
		"a proxy":                         {"10.0.0.1:1", "Client-Cert", false, passed},
		"a proxy with its own":            {"10.0.0.1:1", "Client-Cert", true, passed},
		"a proxy that passes on none":     {"10.0.0.1:1", "X-Other", true, nil},
		"a proxy where none is passed on": {"10.0.0.1:1", "", true, nil},
		"a socket":                        {"@", "Client-Cert", false, nil},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = c.peer
		r.Header.Set("Client-Cert", field)
		if c.tls {
			r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{own}}
		}
		trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
		var got identity.Certificate
		next := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = identity.CertificateFrom(r.Context()) })
		RequestContext(source(), trusted)(Certificate(c.header, trusted)(next)).ServeHTTP(httptest.NewRecorder(), r)
		if c.want == nil && got.Leaf != nil || c.want != nil && !c.want.Equal(got.Leaf) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestAForwardedKeyIsBounded: a long key would make signatures by it cost long.
func TestAForwardedKeyIsBounded(t *testing.T) {
	t.Parallel()
	_, signer, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	for bits, taken := range map[uint]bool{maxRSABits: true, maxRSABits + 8: false} {
		modulus := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), bits-1), big.NewInt(1))
		der, err := x509.CreateCertificate(rand.Reader, template, template, &rsa.PublicKey{N: modulus, E: 65537}, signer)
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{"Client-Cert": {":" + base64.StdEncoding.EncodeToString(der) + ":"}}
		if got := forwardedCertificate(header, "Client-Cert"); (got.Leaf != nil) != taken {
			t.Errorf("%d bits: %+v", bits, got)
		}
	}
}

// FuzzCertificateHeader: whatever a proxy passes on takes time by its length, and is a certificate or a fault that says why not.
func FuzzCertificateHeader(f *testing.F) {
	c := newCertificate(f)
	field := ":" + base64.StdEncoding.EncodeToString(c.Raw) + ":"
	f.Add(field, field+", "+field)
	f.Add(url.PathEscape(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))), "")
	f.Fuzz(func(t *testing.T, value, chain string) {
		read := func(value string) identity.Certificate {
			return forwardedCertificate(http.Header{"Client-Cert": {value}, "Client-Cert-Chain": {chain}}, "Client-Cert")
		}
		growth.Linear(t, growth.Repeated(value, "%0A"), func(text string) { read(text) })
		got := read(value)
		if value != "" && (got.Leaf == nil) != (got.Fault != "") || len(got.Chain) > identity.MaxCertificateChain {
			t.Errorf("%q, %q: %+v", value, chain, got)
		}
		if got.Leaf == nil && got.Thumbprint() != "" || got.Leaf != nil && len(got.Thumbprint()) != 43 {
			t.Errorf("%q: thumbprint %q", value, got.Thumbprint())
		}
	})
}
