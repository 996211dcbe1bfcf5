package middleware

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/authly/authly/identity"
)

// maxCertificateHeader bounds what a proxy may pass on, in bytes: a certificate with some that lead from it to an authority.
const maxCertificateHeader = 16 << 10

// maxRSABits bounds the keys of certificates in a header, since a signature by a long one takes long; crypto/tls has the same bound.
const maxRSABits = 8192

// Certificate puts the certificate of the caller into the context (RFC 8705): that of the connection, or where the peer is in
// trusted what it says in a header, if there is one for it. A trusted peer speaks for others, so its own certificate is nobody's; and
// what anybody else says is not read. Whatever is no certificate counts as none.
func Certificate(header string, trusted []netip.Prefix) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var shown identity.Certificate
			switch {
			case !contains(trusted, PeerAddr(r.Context())):
				if r.TLS != nil {
					shown = certificateOf(r.TLS.PeerCertificates)
				}
			case header != "":
				shown = forwardedCertificate(r.Header, header)
			}
			next.ServeHTTP(w, r.WithContext(identity.WithCertificate(r.Context(), shown)))
		})
	}
}

func certificateOf(all []*x509.Certificate) identity.Certificate {
	switch {
	case len(all) == 0:
		return identity.Certificate{}
	case len(all) > 1+identity.MaxCertificateChain:
		return identity.Certificate{Fault: fmt.Sprintf("more than %d certificates follow it", identity.MaxCertificateChain)}
	}
	return identity.Certificate{Leaf: all[0], Chain: all[1:]}
}

// forwardedCertificate reads the header of a proxy, in the form of RFC 9440 or as URL-encoded PEM.
func forwardedCertificate(h http.Header, name string) identity.Certificate {
	values := h.Values(name)
	var all []*x509.Certificate
	var err error
	switch {
	case len(values) == 0 || len(values) == 1 && values[0] == "":
		return identity.Certificate{}
	case len(values) > 1:
		err = errors.New("it is there more than once")
	case strings.HasPrefix(values[0], ":"):
		all, err = structured(values[0], strings.Join(h.Values(name+"-Chain"), ","))
	default:
		all, err = escapedPEM(values[0])
	}
	if err != nil {
		return identity.Certificate{Fault: fmt.Sprintf("the header %s of the proxy cannot be used: %s", name, err)}
	}
	return certificateOf(all)
}

var (
	errHeaderLength = fmt.Errorf("it is longer than %d bytes", maxCertificateHeader)
	errHeaderForm   = errors.New("it is neither a byte sequence as RFC 9440 says nor URL-encoded PEM")
)

// structured reads the fields Client-Cert and Client-Cert-Chain (RFC 9440 §2.2, §2.3), whose members are byte sequences without
// parameters (RFC 9651 §3.3.5).
func structured(leaf, chain string) ([]*x509.Certificate, error) {
	if len(leaf)+len(chain) > maxCertificateHeader {
		return nil, errHeaderLength
	}
	members := []string{leaf}
	if strings.Trim(chain, " \t") != "" {
		members = append(members, strings.Split(chain, ",")...)
	}
	var der []byte
	for _, member := range members {
		text, opened := strings.CutPrefix(strings.Trim(member, " \t"), ":")
		text, closed := strings.CutSuffix(text, ":")
		raw, err := base64.StdEncoding.Strict().DecodeString(text)
		if !opened || !closed || err != nil || len(raw) == 0 {
			return nil, errHeaderForm
		}
		der = append(der, raw...)
	}
	return parseCertificates(der, len(members))
}

// escapedPEM reads what nginx calls $ssl_client_escaped_cert, and what has the rest of the chain after it.
func escapedPEM(value string) ([]*x509.Certificate, error) {
	if len(value) > maxCertificateHeader {
		return nil, errHeaderLength
	}
	text, err := url.PathUnescape(value)
	if err != nil {
		return nil, errHeaderForm
	}
	var der []byte
	blocks, rest := 0, []byte(text)
	for len(strings.TrimSpace(string(rest))) > 0 {
		if !strings.HasPrefix(strings.TrimSpace(string(rest)), "-----BEGIN CERTIFICATE-----") || blocks > identity.MaxCertificateChain {
			return nil, errHeaderForm
		}
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" || len(block.Headers) > 0 {
			return nil, errHeaderForm
		}
		der = append(der, block.Bytes...)
		blocks++
	}
	return parseCertificates(der, blocks)
}

// parseCertificates reads certificates that stand one after another, of which there must be a number.
func parseCertificates(der []byte, n int) ([]*x509.Certificate, error) {
	all, err := x509.ParseCertificates(der)
	if err == nil && len(all) != n {
		err = errHeaderForm
	}
	for _, c := range all {
		if key, ok := c.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() > maxRSABits {
			return nil, fmt.Errorf("an RSA key has more than %d bits", maxRSABits)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("parse certificate: %w", err)
	}
	return all, nil
}
