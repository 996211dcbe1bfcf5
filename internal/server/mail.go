package server

import (
	"fmt"
	"log/slog"
	"net/url"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/internal/mail"
)

// newMailer returns what sends messages to users, or nil when nothing does.
func newMailer(c config.Config, live *identity.LiveSettings, logger *slog.Logger) (identity.MailSender, error) {
	if !c.Mail.Enabled() {
		return nil, nil //nolint:nilnil // mail is optional
	}
	issuer, err := url.Parse(c.Issuer)
	if err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	settings := mail.Config{
		Host: c.Mail.Host, Port: c.Mail.Port, Username: c.Mail.Username, Password: string(c.Mail.Password), Roots: c.Mail.Roots,
		IssuedBy: issuer.Hostname(), Settings: live.Get,
	}
	switch {
	case c.Mail.Log:
		return &mail.Printer{Config: settings, Logger: logger}, nil
	case c.Mail.Implicit:
		settings.Security = mail.ImplicitTLS
	case c.Mail.Plain:
		settings.Security = mail.NoTLS
	}
	return mail.New(settings)
}
