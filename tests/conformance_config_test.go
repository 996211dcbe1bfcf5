package tests

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/internal/server"
	"github.com/authly/authly/tests/harness"
)

// secureNode is a node with TLS in process.
type secureNode struct {
	issuer   string
	client   *http.Client // trusts it
	certFile string
}

// secureSuite runs a node with TLS to which a file was applied, as docs/conformance/README.md says.
func secureSuite(t *testing.T, file string) secureNode {
	t.Helper()
	folder := t.TempDir()
	certFile, keyFile := filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	pool := selfSigned(t, certFile, keyFile)
	address := harness.FreeAddress(t)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"AUTHLY_ISSUER": "https://localhost:" + port, "AUTHLY_LISTEN": address, "AUTHLY_TLS_CERT_FILE": certFile, "AUTHLY_TLS_KEY_FILE": keyFile,
		"AUTHLY_DATABASE_URL": harness.SQLite(t).URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_METRICS_ADDR": "off",
	}
	if code, out, errs := harness.Command(t, env, "", "apply", "-f", "../docs/examples/"+file); code != 0 {
		t.Fatalf("apply: %d %s %s", code, out, errs)
	}
	s, err := server.Build(t.Context(), harness.Configuration(t, env), server.Options{CheapPasswords: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	listener, err := s.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = s.Close()
	})
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return secureNode{issuer: env["AUTHLY_ISSUER"], client: &http.Client{Transport: transport}, certFile: certFile}
}

// selfSigned writes an RSA certificate for localhost, as the profiles with TLS 1.2 want one.
func selfSigned(t *testing.T, certFile, keyFile string) *x509.CertPool {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now() // the peer checks with the real time
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return pool
}

// knownMetadata are the names that Authly publishes; the suite knows every one of them (RFC 8414, OIDC Discovery, the
// logout specifications, RFC 7591, RFC 8628, RFC 8705, RFC 9126, RFC 9207, RFC 9449, CIBA, Initiating User Registration
// for prompt_values_supported).
var knownMetadata = []string{
	"issuer", "authorization_endpoint", "token_endpoint", "revocation_endpoint", "introspection_endpoint", "scopes_supported",
	"response_types_supported", "response_modes_supported", "grant_types_supported", "token_endpoint_auth_methods_supported",
	"revocation_endpoint_auth_methods_supported", "introspection_endpoint_auth_methods_supported",
	"token_endpoint_auth_signing_alg_values_supported", "revocation_endpoint_auth_signing_alg_values_supported",
	"introspection_endpoint_auth_signing_alg_values_supported", "introspection_signing_alg_values_supported", "authorization_signing_alg_values_supported", "request_object_signing_alg_values_supported", "code_challenge_methods_supported",
	"authorization_response_iss_parameter_supported", "jwks_uri", "userinfo_endpoint", "end_session_endpoint",
	"backchannel_logout_supported", "backchannel_logout_session_supported",
	"check_session_iframe",
	"frontchannel_logout_supported", "frontchannel_logout_session_supported", "subject_types_supported",
	"id_token_encryption_alg_values_supported", "id_token_encryption_enc_values_supported", "userinfo_encryption_alg_values_supported",
	"userinfo_encryption_enc_values_supported", "introspection_encryption_alg_values_supported", "introspection_encryption_enc_values_supported",
	"authorization_encryption_alg_values_supported", "authorization_encryption_enc_values_supported",
	"request_object_encryption_alg_values_supported", "request_object_encryption_enc_values_supported",
	"id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported", "claim_types_supported", "claims_supported",
	"claims_locales_supported", "claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported", "require_request_uri_registration", "prompt_values_supported",
	"display_values_supported", "acr_values_supported", "pushed_authorization_request_endpoint",
	"tls_client_certificate_bound_access_tokens", "mtls_endpoint_aliases", "dpop_signing_alg_values_supported", "device_authorization_endpoint", "backchannel_authentication_endpoint", "backchannel_token_delivery_modes_supported",
	"backchannel_authentication_request_signing_alg_values_supported", "backchannel_user_code_parameter_supported", "ui_locales_supported", "registration_endpoint",
}

// TestConfigPlan is the one module of the Config OP plan, with TLS switched on.
func TestConfigPlan(t *testing.T) {
	t.Parallel()
	n := secureSuite(t, "conformance.yaml")
	issuer, client := n.issuer, n.client
	var document map[string]any
	fetch := func(address, media string, into any) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), media) {
			t.Fatalf("%s: %d %v", address, response.StatusCode, response.Header)
		}
		if err := json.NewDecoder(response.Body).Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	fetch(issuer+"/.well-known/openid-configuration", "application/json", &document)
	if document["issuer"] != issuer {
		t.Errorf("issuer %v, want %s", document["issuer"], issuer)
	}
	for name, value := range document {
		if !slices.Contains(knownMetadata, name) {
			t.Errorf("the suite may not know %s", name)
		}
		switch {
		case strings.HasSuffix(name, "_endpoint") || strings.HasSuffix(name, "_uri"):
			text, _ := value.(string)
			if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
				t.Errorf("%s is %v", name, value)
			}
		case strings.HasSuffix(name, "_parameter_supported") || strings.HasPrefix(name, "backchannel_logout_") || strings.HasPrefix(name, "frontchannel_logout_"):
			if _, ok := value.(bool); !ok {
				t.Errorf("%s is %v", name, value)
			}
		case strings.HasSuffix(name, "_supported"):
			list(t, document, name)
		}
	}
	for name, want := range map[string]string{
		"response_types_supported": "code", "subject_types_supported": "public", "id_token_signing_alg_values_supported": "RS256",
		"userinfo_signing_alg_values_supported": "RS256", "scopes_supported": "openid", "claims_supported": "name",
		"grant_types_supported": "authorization_code", "request_object_signing_alg_values_supported": "RS256", "code_challenge_methods_supported": "S256",
	} {
		if !slices.Contains(list(t, document, name), want) {
			t.Errorf("%s lacks %s", name, want)
		}
	}
	for _, absent := range []string{
		"claims_locales_supported", "registration_endpoint",
		"require_pushed_authorization_requests", "check_session_iframe",
	} {
		if _, published := document[absent]; published {
			t.Errorf("%s is published", absent)
		}
	}
	var keys struct {
		Keys []map[string]any `json:"keys"`
	}
	fetch(document["jwks_uri"].(string), "application/jwk-set+json", &keys)
	for _, key := range keys.Keys {
		if key["kid"] == "" || key["use"] != "sig" || key["d"] != nil || !slices.Contains([]any{"RS256", "ES256", "EdDSA"}, key["alg"]) {
			t.Errorf("key %v", key)
		}
	}
	if len(keys.Keys) < 3 {
		t.Errorf("%d keys", len(keys.Keys))
	}
}

// TestTLSOffersOnlyWhatTheSuiteAccepts: conformance section 0 item 10 and section 7.5; RFC 9325 §4.2. Both listeners, by handshakes with
// one version and one suite each.
func TestTLSOffersOnlyWhatTheSuiteAccepts(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"usual": secureSuite(t, "conformance.yaml").issuer,
		"mtls":  startMutual(t, harness.SQLite(t), certify(t, nil, authorityCertificate("Authority"))).alias,
	} {
		dial := func(c *tls.Config) (tls.ConnectionState, error) {
			c.InsecureSkipVerify = true
			dialer := tls.Dialer{Config: c}
			conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(address, "https://"))
			if err != nil {
				return tls.ConnectionState{}, err
			}
			defer conn.Close()
			return conn.(*tls.Conn).ConnectionState(), nil
		}
		if state, err := dial(&tls.Config{MinVersion: tls.VersionTLS10}); err != nil || state.Version != tls.VersionTLS13 {
			t.Errorf("%s: version %x, %v: TLS 1.3 is not preferred", name, state.Version, err)
		}
		if state, err := dial(&tls.Config{MinVersion: tls.VersionTLS13}); err != nil || state.Version != tls.VersionTLS13 {
			t.Errorf("%s: TLS 1.3 alone: %v", name, err)
		}
		for _, old := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
			if _, err := dial(&tls.Config{MinVersion: old, MaxVersion: old}); err == nil {
				t.Errorf("%s: %s is accepted", name, tls.VersionName(old))
			}
		}
		accepted := []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}
		for _, suites := range [][]*tls.CipherSuite{tls.CipherSuites(), tls.InsecureCipherSuites()} {
			for _, one := range suites {
				if !slices.Contains(one.SupportedVersions, tls.VersionTLS12) {
					continue
				}
				_, err := dial(&tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{one.ID}})
				if (err == nil) != slices.Contains(accepted, one.ID) {
					t.Errorf("%s: %s: %v", name, one.Name, err)
				}
			}
		}
	}
}
