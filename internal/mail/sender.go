package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"time"

	smtp "github.com/wneessen/go-mail"

	"github.com/authly/authly/identity"
)

// sendTimeout bounds each of the two parts of sending: until the server knows us, and the message.
const sendTimeout = 10 * time.Second

// Security is how a connection to a mail server is protected.
type Security int

// The kinds of protection. STARTTLS is demanded, not tried: whoever could take away the offer could read the message.
const (
	StartTLS Security = iota
	ImplicitTLS
	NoTLS // for a server on the same machine
)

// Config says where messages go.
type Config struct {
	Host     string
	Port     int
	Security Security
	Username string // "" = without authentication
	Password string
	Roots    *x509.CertPool // whose certificates are believed; nil = the system's
	IssuedBy string         // host of the issuer; also what is after the @ of message ids
	// Settings have the sender, the language of users who have none of those that there are, and the brand. They may change.
	Settings func() *identity.Settings
}

// Sender hands messages to a mail server.
type Sender struct {
	config Config
	client *smtp.Client
}

// New makes a Sender. It does not connect.
func New(c Config) (*Sender, error) {
	options := []smtp.Option{
		smtp.WithPort(c.Port), smtp.WithTimeout(sendTimeout), smtp.WithoutNoop(),
		smtp.WithTLSConfig(&tls.Config{ServerName: c.Host, RootCAs: c.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch c.Security {
	case ImplicitTLS:
		options = append(options, smtp.WithSSL())
	case NoTLS:
		options = append(options, smtp.WithTLSPolicy(smtp.NoTLS))
	default:
		options = append(options, smtp.WithTLSPolicy(smtp.TLSMandatory))
	}
	if c.Username != "" {
		options = append(options, smtp.WithUsername(c.Username), smtp.WithPassword(c.Password), smtp.WithSMTPAuth(smtp.SMTPAuthAutoDiscover))
	}
	client, err := smtp.NewClient(c.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return &Sender{config: c, client: client}, nil
}

// SendMail implements identity.MailSender.
func (s *Sender) SendMail(ctx context.Context, m identity.MailMessage, c identity.MailContent) error {
	message, err := compose(s.config, m, c)
	if err != nil {
		return err
	}
	err = s.client.DialAndSendWithContext(ctx, message)
	if err == nil || message.IsDelivered() { // what fails afterwards would only send it twice
		return nil
	}
	return withoutAnswer(err)
}

// withoutAnswer keeps what the server said out of logs, once it has seen the message: it may repeat a part of it.
func withoutAnswer(err error) error {
	failure, ok := errors.AsType[*smtp.SendError](err)
	if !ok {
		return fmt.Errorf("send mail: %w", err)
	}
	code := failure.ErrorCode()
	if code >= 500 && code < 600 {
		return &identity.MailRefusal{Reason: fmt.Sprintf("smtp_%d", code)}
	}
	return fmt.Errorf("send mail: the server answered %d", code)
}

// Printer writes messages to the log instead of sending them, for whoever tries Authly out on the own machine.
type Printer struct {
	Config Config
	Logger *slog.Logger
}

// SendMail implements identity.MailSender.
func (p *Printer) SendMail(ctx context.Context, m identity.MailMessage, c identity.MailContent) error {
	if _, err := compose(p.Config, m, c); err != nil {
		return err
	}
	w := p.Config.wordsFor(m)
	t := texts[m.Kind].in(w)
	text, err := t.plain(p.Config.facts(c, w))
	if err != nil {
		return err
	}
	p.Logger.InfoContext(ctx, "mail", "to", m.To, "subject", t.subject, "text", text)
	return nil
}
