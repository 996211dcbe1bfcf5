package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
)

// certificate returns a self-signed one in PEM.
func certificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestTheAuthoritiesOfTheMailServer(t *testing.T) {
	t.Parallel()
	if c := load(t, Sources{Env: []string{"AUTHLY_SMTP_CA_FILE=" + write(t, "ca.pem", certificate(t))}}); c.Mail.Roots == nil {
		t.Error("the certificate is not read")
	}
	for _, path := range []string{write(t, "ca.pem", "none"), "/nowhere/ca.pem"} {
		if faults := loadFaults(t, Sources{Env: []string{"AUTHLY_SMTP_CA_FILE=" + path}}); len(faults) != 1 {
			t.Errorf("%s: %v", path, faults)
		}
	}
}

func TestTheMailServer(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]SMTP{
		"log:":                     {Log: true},
		"smtps://mail.example.org": {Host: "mail.example.org", Port: 465, Implicit: true},
		"smtp://mail.example.org/": {Host: "mail.example.org", Port: 587},
		"smtp://a%20b:p%40ss@mail.example.org:2525": {Host: "mail.example.org", Port: 2525, Username: "a b", Password: "p@ss"},
		"smtp://[::1]?tls=none":                     {Host: "::1", Port: 587, Plain: true},
		"smtp://localhost:25?tls=none":              {Host: "localhost", Port: 25, Plain: true},
	} {
		c, err := Load(Sources{Env: []string{"AUTHLY_SMTP_URL=" + value, "AUTHLY_ISSUER=http://localhost:8080"}})
		if err != nil || c.Mail != want || !c.Mail.Enabled() {
			t.Errorf("%s: %+v %v", value, c.Mail, err)
		}
	}
	for value, want := range map[string]string{
		"mail.example.org":                       "must be smtps://host",
		"http://mail.example.org":                "must be smtps://host",
		"smtp://":                                "must be smtps://host",
		"smtp://mail.example.org/path":           "must be smtps://host",
		"smtp://mail.example.org:0":              "port from 1 to 65535",
		"smtp://mail.example.org?tls=none":       "leave out TLS",
		"smtp://127.0.0.1.example.org?tls=none":  "leave out TLS",
		"smtp://127.0.0.1?tls=maybe":             "no parameter but",
		"smtps://127.0.0.1?tls=none":             "no parameter but",
		"smtp://user:hunter2@mail.example.org:x": "must be smtps://host",
	} {
		_, err := Load(Sources{Env: []string{"AUTHLY_SMTP_URL=" + value}})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func TestMessagesAreLoggedOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	_, err := Load(Sources{Env: []string{"AUTHLY_SMTP_URL=log:", "AUTHLY_ISSUER=https://id.example.org"}})
	if err == nil || !strings.Contains(err.Error(), "only when the issuer is on loopback") {
		t.Errorf("log: of a public issuer: %v", err)
	}
}

func TestTheSenderOfMessages(t *testing.T) {
	t.Parallel()
	c, err := Load(Sources{Env: []string{"AUTHLY_ISSUER=https://id.example.org"}})
	if err != nil || c.Mail.From.Address != "" || c.Mail.Enabled() {
		t.Errorf("%+v %v", c.Mail, err)
	}
	for _, value := range []string{"nobody", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org"} {
		for _, name := range []string{"AUTHLY_MAIL_FROM", "AUTHLY_MAIL_REPLY_TO"} {
			if _, err := Load(Sources{Env: []string{name + "=" + value}}); err == nil {
				t.Errorf("%s=%q is taken", name, value)
			}
		}
	}
}
