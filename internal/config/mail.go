package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// smtpURL names the mail server.
const smtpURL = "AUTHLY_SMTP_URL"

// SMTP says where messages to users go and from whom they come.
type SMTP struct {
	Host     string // of the mail server; "" = none
	Port     int
	Implicit bool // TLS from the first byte on
	Plain    bool // no TLS, to a server on the same machine
	Username string
	Password Secret
	Roots    *x509.CertPool // nil = the system's
	Log      bool           // messages are written to the log instead
	From     mail.Address   // zero = that of the domain
	ReplyTo  *mail.Address  // nil = none
}

// Enabled reports whether messages go anywhere.
func (s SMTP) Enabled() bool { return s.Host != "" || s.Log }

// smtpPorts are the ports of RFC 8314 §3.3 and RFC 6409 §3.1.
var smtpPorts = map[string]int{"smtps": 465, "smtp": 587}

// setSMTPURL never repeats the value, which may hold a password.
func setSMTPURL(c *Config, value string) error {
	if value == "log:" {
		c.Mail.Log = true
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || smtpPorts[u.Scheme] == 0 || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return errors.New("must be smtps://host, smtp://host or log:, with user:password@ and a port if they are needed")
	}
	port := smtpPorts[u.Scheme]
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
			return errors.New("must have a port from 1 to 65535")
		}
	}
	plain := u.RawQuery == "tls=none"
	switch {
	case u.RawQuery != "" && !plain, plain && u.Scheme != "smtp":
		return errors.New("may have no parameter but tls=none, with smtp://")
	case plain && !isLoopback(u.Hostname()):
		return errors.New("may leave out TLS for 127.0.0.1, ::1 and localhost only: messages hold links that must be nobody else's")
	}
	password, _ := u.User.Password()
	c.Mail.Host, c.Mail.Port, c.Mail.Implicit, c.Mail.Plain = u.Hostname(), port, u.Scheme == "smtps", plain
	c.Mail.Username, c.Mail.Password = u.User.Username(), Secret(password)
	return nil
}

// isLoopback reports whether a host is this machine, whatever the name server says.
func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

func setSMTPRoots(c *Config, value string) error {
	roots, err := readAuthorities(value)
	c.Mail.Roots = roots
	return err
}

// readAuthorities reads a file of PEM certificates.
func readAuthorities(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("has no PEM certificate")
	}
	return pool, nil
}

func setMailFrom(c *Config, value string) error {
	address, err := mail.ParseAddress(value)
	if err != nil {
		return errors.New("must be an address, or Name <address>")
	}
	c.Mail.From = *address
	return nil
}

func setMailReplyTo(c *Config, value string) error {
	address, err := mail.ParseAddress(value)
	if err != nil {
		return errors.New("must be an address, or Name <address>")
	}
	c.Mail.ReplyTo = address
	return nil
}

// checkMail applies the rules about mail that depend on the issuer.
func (c *Config) checkMail(faults *Faults) {
	issuer, err := url.Parse(c.Issuer)
	if err != nil {
		return // said already
	}
	if c.Mail.Log && !isLoopback(issuer.Hostname()) {
		faults.add(smtpURL, "may be log: only when the issuer is on loopback: links that must be nobody else's would be in the log")
	}
}
