package config

import (
	"slices"
	"testing"
)

// TestCertificatesOfClientsNeedAWayIn: each variable says what it needs, and nothing that would look configured is overlooked.
func TestCertificatesOfClientsNeedAWayIn(t *testing.T) {
	t.Parallel()
	authorities := write(t, "ca.pem", certificate(t))
	tls := []string{"AUTHLY_TLS_CERT_FILE=c", "AUTHLY_TLS_KEY_FILE=k"}
	listener := append(tls, "AUTHLY_MTLS_LISTEN=:8443", "AUTHLY_MTLS_URL=https://mtls.example.org")
	header := []string{"AUTHLY_MTLS_HEADER=Client-Cert", "AUTHLY_TRUSTED_PROXIES=10.0.0.0/8"}
	for name, c := range map[string]struct {
		env   []string
		fault string
	}{
		"nothing":                      {nil, ""},
		"a listener":                   {listener, ""},
		"a header":                     {header, ""},
		"both with authorities":        {slices.Concat(listener, header, []string{"AUTHLY_MTLS_CA_FILE=" + authorities}), ""},
		"a header at another address":  {append(header, "AUTHLY_MTLS_URL=https://mtls.example.org"), ""},
		"a listener without TLS":       {listener[2:], mtlsListen},
		"a listener nobody knows":      {append(tls, "AUTHLY_MTLS_LISTEN=:8443"), mtlsListen},
		"the listener of browsers":     {append(listener, "AUTHLY_LISTEN=:8443"), mtlsListen},
		"a header of anybody":          {header[:1], mtlsHeader},
		"no name of a header":          {[]string{"AUTHLY_MTLS_HEADER=Client Cert", header[1]}, mtlsHeader},
		"an address without a way in":  {[]string{"AUTHLY_MTLS_URL=https://mtls.example.org"}, mtlsURL},
		"the address of the issuer":    {append(header, "AUTHLY_MTLS_URL=https://id.example.org", "AUTHLY_ISSUER=https://id.example.org"), mtlsURL},
		"an address with a path":       {append(header, "AUTHLY_MTLS_URL=https://id.example.org/mtls"), mtlsURL},
		"authorities without a way in": {[]string{"AUTHLY_MTLS_CA_FILE=" + authorities}, mtlsCAFile},
		"authorities without a file":   {append(header, "AUTHLY_MTLS_CA_FILE=/nowhere.pem"), mtlsCAFile},
		"a file without authorities":   {append(header, "AUTHLY_MTLS_CA_FILE="+write(t, "empty.pem", "")), mtlsCAFile},
	} {
		if c.fault == "" {
			load(t, Sources{Env: c.env})
			continue
		}
		if faults := loadFaults(t, Sources{Env: c.env}); len(faults) != 1 || faults[0].Variable != c.fault {
			t.Errorf("%s: %v", name, faults)
		}
	}
}
