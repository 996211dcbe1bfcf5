package identity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// MutualTLS is how certificates of clients get here (RFC 8705).
type MutualTLS struct {
	On      bool           // they do: by a listener that asks for them, or in a header of a trusted proxy
	URL     string         // where clients reach the endpoints with them, without a slash at the end; empty = at the issuer
	Anchors *x509.CertPool // authorities whose certificates prove a client by its name; nil = none
}

// Certificate is what a caller has shown of itself by TLS, and proven to hold the key of (RFC 8705 §2). The zero value is none.
type Certificate struct {
	Leaf  *x509.Certificate   // nil = none
	Chain []*x509.Certificate // which may lead from it to an authority
	Fault string              // why what was sent as one is none; for administrators
}

// MaxCertificateChain bounds how many certificates may follow that of a client.
const MaxCertificateChain = 4

// Thumbprint is the member x5t#S256 of what is bound to the certificate (RFC 8705 §3.1); empty without one.
func (c Certificate) Thumbprint() string {
	if c.Leaf == nil {
		return ""
	}
	return thumbprintOf(c.Leaf.Raw)
}

func thumbprintOf(der []byte) string {
	digest := sha256.Sum256(der)
	return base64.RawURLEncoding.EncodeToString(digest[:])
}

type certificateKey struct{}

// WithCertificate returns a context of a request that was made with a certificate.
func WithCertificate(ctx context.Context, c Certificate) context.Context {
	return context.WithValue(ctx, certificateKey{}, c)
}

// CertificateFrom returns the certificate that a request was made with.
func CertificateFrom(ctx context.Context) Certificate {
	c, _ := ctx.Value(certificateKey{}).(Certificate)
	return c
}

// usesCertificate reports whether a client that is registered with the method is proven by its certificate.
func (m AuthMethod) usesCertificate() bool { return m == AuthTLS || m == AuthSelfSignedTLS }

// proveCertificate checks that an authority which the operator trusts has given the caller a certificate of the one name that the
// client is registered with (RFC 8705 §2.1).
func (s *ClientAuthentication) proveCertificate(_ context.Context, client Client, presented ClientCredentials) error {
	leaf, anchors := presented.Certificate.Leaf, s.settings.Get().MutualTLS.Anchors
	switch {
	case leaf == nil:
		return badCertificate(cmp.Or(presented.Certificate.Fault, "none was presented"))
	case anchors == nil:
		return badCertificate("no authority is trusted (AUTHLY_MTLS_CA_FILE)")
	}
	chain := x509.NewCertPool()
	for _, c := range presented.Certificate.Chain {
		chain.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{
		Roots: anchors, Intermediates: chain, CurrentTime: s.source.Now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if err != nil {
		return badCertificate("it is not for clients, not in time, or of no trusted authority").Because(err)
	}
	if !client.Metadata.isSubject(leaf) {
		return badCertificate("its name is not the one that the client is registered with")
	}
	return nil
}

// proveOwnCertificate checks that the certificate of the caller is one that the client has published (RFC 8705 §2.2). Nobody need
// have signed it.
func (s *ClientAuthentication) proveOwnCertificate(ctx context.Context, client Client, presented ClientCredentials) error {
	leaf, now := presented.Certificate.Leaf, s.source.Now()
	switch {
	case leaf == nil:
		return badCertificate(cmp.Or(presented.Certificate.Fault, "none was presented"))
	case now.Before(leaf.NotBefore) || now.After(leaf.NotAfter):
		return badCertificate("it is not in time")
	}
	published, err := s.assertions.HasCertificate(ctx, client, leaf.Raw)
	if errors.Is(err, ErrInvalidToken) || err == nil && !published {
		return badCertificate("it is not in the key set of the client (x5c)").Because(err)
	}
	if err != nil {
		return fmt.Errorf("find certificate of client: %w", err)
	}
	return nil
}

func badCertificate(reason string) *Error {
	refusal := &Error{Kind: Unauthenticated, Code: CodeInvalidClient, Detail: "The certificate of the client is not valid."}
	return refusal.Breaks(RuleCertificate).Expecting("What is wrong with the certificate is: " + reason + ".").Because(errors.New(reason))
}

// errCertificateMissing refuses a client that is registered for tokens that are bound to its certificate (RFC 8705 §3).
func errCertificateMissing(c Certificate) *Error {
	refusal := Errorf(Invalid, CodeValidation, "The client must present its certificate.").Breaks(RuleCertificateRequired)
	if c.Fault != "" {
		refusal = refusal.Expecting("What is wrong with the certificate is: " + c.Fault + ".")
	}
	return refusal
}

// subjectNames are the members of which a client has one that is known by the name in its certificate (RFC 8705 §2.1.2), each with
// what it must be and whether a certificate has it.
var subjectNames = []struct {
	member string
	value  func(ClientMetadata) string
	form   string
	valid  func(value string) bool
	held   func(value string, c *x509.Certificate) bool
}{
	{
		"tls_client_auth_subject_dn", func(m ClientMetadata) string { return m.TLSSubject },
		"a distinguished name such as CN=shop,O=Example,C=DE (RFC 4514)",
		func(v string) bool { _, ok := parseName(v); return ok },
		func(v string, c *x509.Certificate) bool { return sameName(v, c.RawSubject) },
	},
	{
		"tls_client_auth_san_dns", func(m ClientMetadata) string { return m.TLSDNSName },
		"the name of a host", plainHost,
		func(v string, c *x509.Certificate) bool {
			return slices.ContainsFunc(c.DNSNames, func(name string) bool { return strings.EqualFold(name, v) })
		},
	},
	{
		"tls_client_auth_san_uri", func(m ClientMetadata) string { return m.TLSURI },
		"an absolute URI",
		func(v string) bool {
			u, err := url.Parse(v)
			printable := !strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r > unicode.MaxASCII })
			return err == nil && u.Scheme != "" && u.String() == v && printable
		},
		func(v string, c *x509.Certificate) bool {
			return slices.ContainsFunc(c.URIs, func(u *url.URL) bool { return u.String() == v })
		},
	},
	{
		"tls_client_auth_san_ip", func(m ClientMetadata) string { return m.TLSIP },
		"an IP address",
		func(v string) bool {
			addr, err := netip.ParseAddr(v)
			return err == nil && addr.Zone() == "" && !addr.Is4In6()
		},
		func(v string, c *x509.Certificate) bool {
			want, err := netip.ParseAddr(v)
			return err == nil && slices.ContainsFunc(c.IPAddresses, func(ip net.IP) bool {
				addr, ok := netip.AddrFromSlice(ip)
				return ok && addr == want
			})
		},
	},
	{
		"tls_client_auth_san_email", func(m ClientMetadata) string { return m.TLSEmail },
		"an e-mail address",
		func(v string) bool {
			local, host, ok := strings.Cut(v, "@")
			return ok && local != "" && plainHost(host)
		},
		func(v string, c *x509.Certificate) bool {
			return slices.ContainsFunc(c.EmailAddresses, func(address string) bool { return sameMailbox(address, v) })
		},
	},
}

// sameMailbox compares two addresses as RFC 5280 §7.5 says: only the host has no case.
func sameMailbox(a, b string) bool {
	i, j := strings.LastIndexByte(a, '@'), strings.LastIndexByte(b, '@')
	return i >= 0 && j >= 0 && a[:i] == b[:j] && strings.EqualFold(a[i:], b[j:])
}

// isSubject reports whether a certificate has the name that the client is registered with.
func (m ClientMetadata) isSubject(c *x509.Certificate) bool {
	for _, n := range subjectNames {
		if v := n.value(m); v != "" {
			return n.held(v, c)
		}
	}
	return false
}

// checkCertificates checks how the client is known by its certificate, and what is bound to it.
func (m ClientMetadata) checkCertificates(faults *Faults) {
	var given []string
	for _, n := range subjectNames {
		v := n.value(m)
		if v == "" {
			continue
		}
		given = append(given, n.member)
		switch {
		case len(v) > maxURL || !n.valid(v):
			faults.Add(InvalidField(n.member, "Must be %s, of at most %d characters.", n.form, maxURL))
		case m.TokenEndpointAuthMethod != AuthTLS:
			faults.Add(InvalidField(n.member, "Must be absent: only clients with tls_client_auth have it."))
		case len(given) > 1:
			faults.Add(InvalidField(n.member, "Must be absent, since %s is given: a client is known by one name.", given[0]))
		}
	}
	if m.TokenEndpointAuthMethod == AuthTLS && len(given) == 0 {
		faults.Add(InvalidField("tls_client_auth_subject_dn",
			"Must be given for tls_client_auth, or one of tls_client_auth_san_dns, _uri, _ip and _email instead."))
	}
	if m.TokenEndpointAuthMethod == AuthSelfSignedTLS {
		set, address := len(m.JWKS) > 0, m.JWKSURI != ""
		if set == address {
			faults.Add(InvalidField("jwks", "Must be given for self_signed_tls_client_auth, or jwks_uri instead."))
		}
	}
	if m.CertificateBoundTokens && m.BoundAccessTokens {
		faults.Add(InvalidField("tls_client_certificate_bound_access_tokens",
			"Must not be set with dpop_bound_access_tokens: a token is bound to one key."))
	}
}

// PublishedCertificates returns the certificates of a key set: the first of each x5c, as DER (RFC 7517 §4.7). What is broken, and what
// has private members, is left out.
func PublishedCertificates(set []byte) [][]byte {
	all, members, err := keySetMembers(set)
	if err != nil {
		return nil
	}
	var out [][]byte
	for i, raw := range all {
		var key struct {
			Certificates []string `json:"x5c"`
		}
		if members[i] == nil || private(members[i]) || json.Unmarshal(raw, &key) != nil || len(key.Certificates) == 0 {
			continue
		}
		der, err := base64.StdEncoding.Strict().DecodeString(key.Certificates[0])
		if err != nil {
			continue
		}
		if c, err := x509.ParseCertificate(der); err == nil {
			out = append(out, c.Raw)
		}
	}
	return out
}
