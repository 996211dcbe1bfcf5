package mail_test

import (
	"crypto/x509"
	"errors"
	"net"
	netmail "net/mail"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/mail"
	"github.com/authly/authly/tests/harness"
)

func configFor(t *testing.T, m *harness.Mailbox) mail.Config {
	t.Helper()
	host, port, err := net.SplitHostPort(m.Address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	authority, err := os.ReadFile(m.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	settings := identity.Settings{MailFrom: netmail.Address{Name: "Säm", Address: "no-reply@example.org"}}
	return mail.Config{
		Host: host, Port: number, Roots: roots, IssuedBy: "id.example.org", Settings: func() *identity.Settings { return &settings },
	}
}

func send(t *testing.T, c mail.Config, m identity.MailMessage) error {
	t.Helper()
	sender, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return sender.SendMail(t.Context(), m, identity.MailContent{Username: "<b>x", At: m.CreatedAt, IP: "192.0.2.1"})
}

func message(to string) identity.MailMessage {
	return identity.MailMessage{
		ID: uuid.MustParse("01890000-0000-7000-8000-000000000001"), Kind: identity.MailPasswordChanged, To: to, Locale: "xx-YY",
		CreatedAt: time.Date(2026, 3, 29, 1, 2, 3, 0, time.UTC),
	}
}

func TestAMessageIsSentOverTLS(t *testing.T) {
	t.Parallel()
	for _, security := range []mail.Security{mail.StartTLS, mail.ImplicitTLS} {
		mailbox := harness.NewMailbox(t, security == mail.ImplicitTLS)
		c := configFor(t, mailbox)
		c.Security, c.Username, c.Password = security, "us er", "p@ss word"
		if err := send(t, c, message("bob@example.org")); err != nil {
			t.Fatal(err)
		}
		l := mailbox.Next(t)
		if !l.TLS || l.User != "us er" || l.Header.Get("Message-Id") != "<01890000-0000-7000-8000-000000000001@id.example.org>" {
			t.Errorf("%d: %+v", security, l)
		}
		if l.Header.Get("Date") != "Sun, 29 Mar 2026 01:02:03 +0000" || !strings.Contains(l.Plain, "29 March 2026, 01:02 UTC") {
			t.Errorf("%d: %s", security, l.Raw)
		}
		if !strings.Contains(l.Plain, "<b>x") || !strings.Contains(l.HTML, "&lt;b&gt;x") {
			t.Errorf("%d: a name is markup: %s %s", security, l.Plain, l.HTML)
		}
		c.Password = "wrong"
		if err := send(t, c, message("bob@example.org")); err == nil {
			t.Errorf("%d: sent with a wrong password", security)
		}
	}
}

func TestAServerThatProvesNothingGetsNothing(t *testing.T) {
	t.Parallel()
	for _, implicit := range []bool{false, true} {
		mailbox := harness.NewMailbox(t, implicit)
		c := configFor(t, mailbox)
		if implicit {
			c.Security = mail.ImplicitTLS
		}
		stranger := c
		stranger.Roots = nil
		if err := send(t, stranger, message("bob@example.org")); err == nil {
			t.Error("sent to a server with an unknown certificate")
		}
		other := c
		other.Host = "localhost" // for which the certificate is not
		if err := send(t, other, message("bob@example.org")); err == nil {
			t.Error("sent to a server with another's certificate")
		}
		mailbox.Empty(t)
	}
	plain := harness.NewPlainMailbox(t) // as it looks when somebody between takes the offer of STARTTLS away
	if err := send(t, configFor(t, plain), message("bob@example.org")); err == nil {
		t.Error("sent without TLS")
	}
	plain.Empty(t)
	c := configFor(t, plain)
	c.Security = mail.NoTLS
	if err := send(t, c, message("bob@example.org")); err != nil {
		t.Error(err)
	}
	if l := plain.Next(t); l.TLS {
		t.Error("TLS without a certificate")
	}
}

func TestNothingButAnAddressIsAnAddress(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	for _, to := range []string{
		"", "bob", "bob@example.org\r\nBcc: eve@example.org", "Bob <bob@example.org>", "bob@example.org, eve@example.org", "bob@example.org (x)",
		"bob@example.org>\r\nRCPT TO:<eve@example.org", " bob@example.org", "<bob@example.org>",
	} {
		var refusal *identity.MailRefusal
		if err := send(t, configFor(t, mailbox), message(to)); !errors.As(err, &refusal) || refusal.Reason != "invalid_address" {
			t.Errorf("%q: %v", to, err)
		}
	}
	mailbox.Empty(t)
}
