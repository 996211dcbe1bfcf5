package config

import (
	"crypto/x509"
	"errors"
	"strings"
)

// MutualTLS says how certificates of clients get here (RFC 8705).
type MutualTLS struct {
	Listen  string         // host:port of the listener that asks for them, or empty
	URL     string         // where clients reach the endpoints with them, or empty
	Header  string         // in which trusted proxies pass them on, or empty
	Anchors *x509.CertPool // authorities whose certificates prove a client by its name; nil = none
}

// On reports whether certificates get here.
func (m MutualTLS) On() bool { return m.Listen != "" || m.Header != "" }

const (
	mtlsListen = "AUTHLY_MTLS_LISTEN"
	mtlsURL    = "AUTHLY_MTLS_URL"
	mtlsHeader = "AUTHLY_MTLS_HEADER"
	mtlsCAFile = "AUTHLY_MTLS_CA_FILE"
)

func setMutualTLSURL(c *Config, value string) error {
	c.MutualTLS.URL = value
	return checkBase(value)
}

// setMutualTLSHeader reads the name of a field (RFC 9110 §5.1).
func setMutualTLSHeader(c *Config, value string) error {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"
	if strings.Trim(value, letters) != "" {
		return errors.New("must be the name of a header, of letters, digits and hyphens")
	}
	c.MutualTLS.Header = value
	return nil
}

func setMutualTLSAnchors(c *Config, value string) error {
	anchors, err := readAuthorities(value)
	c.MutualTLS.Anchors = anchors
	return err
}

func (c *Config) checkMutualTLS(faults *Faults) {
	m := c.MutualTLS
	if m.Listen != "" {
		if c.TLSCertFile == "" {
			faults.add(mtlsListen, "needs AUTHLY_TLS_CERT_FILE and AUTHLY_TLS_KEY_FILE: there are no certificates without TLS")
		}
		if m.URL == "" && !faults.has(mtlsURL) {
			faults.add(mtlsListen, "needs %s: clients must learn where it is", mtlsURL)
		}
		if m.Listen == c.Listen && !strings.HasSuffix(m.Listen, ":0") {
			faults.add(mtlsListen, "must differ from AUTHLY_LISTEN: browsers would be asked for certificates")
		}
	}
	if m.Header != "" && len(c.TrustedProxies) == 0 && !faults.has("AUTHLY_TRUSTED_PROXIES") {
		faults.add(mtlsHeader, "needs AUTHLY_TRUSTED_PROXIES: from anybody else it is not read")
	}
	if m.URL != "" && m.URL == c.Issuer {
		faults.add(mtlsURL, "must differ from AUTHLY_ISSUER; leave it out where clients present certificates there")
	}
	for name, given := range map[string]bool{mtlsURL: m.URL != "", mtlsCAFile: m.Anchors != nil} {
		if given && !m.On() && !faults.has(mtlsListen, mtlsHeader) {
			faults.add(name, "needs %s or %s: without them no certificate gets here", mtlsListen, mtlsHeader)
		}
	}
}
