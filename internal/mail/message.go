package mail

import (
	"fmt"
	"net/mail"

	smtp "github.com/wneessen/go-mail"

	"github.com/authly/authly/identity"
)

// invalidAddress is the reason of a message to what is no address.
const invalidAddress = "invalid_address"

// compose makes the message as it goes over the wire.
func compose(config Config, m identity.MailMessage, c identity.MailContent) (*smtp.Msg, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Address != m.To { // a name, a comment, a line break
		return nil, &identity.MailRefusal{Reason: invalidAddress}
	}
	w := config.wordsFor(m)
	t, f := texts[m.Kind].in(w), config.facts(c, w)
	plain, err := t.plain(f)
	if err != nil {
		return nil, err
	}
	markup, err := t.markup(f, w)
	if err != nil {
		return nil, err
	}
	message := smtp.NewMsg(smtp.WithNoDefaultUserAgent())
	message.FromMailAddress(config.from())
	message.ToMailAddress(to)
	if to := config.Settings().MailReplyTo; to != nil {
		message.ReplyToMailAddress(to)
	}
	message.Subject(t.subject)
	message.SetDateWithValue(m.CreatedAt)
	message.SetMessageIDWithValue(fmt.Sprintf("%s@%s", m.ID, config.IssuedBy))
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 §5: nobody on holiday answers
	message.SetGenHeader("Content-Language", w.Code)
	message.SetBodyString(smtp.TypeTextPlain, plain)
	message.AddAlternativeString(smtp.TypeTextHTML, markup)
	return message, nil
}

// from is the sender, in the name of the brand unless the operator has given the sender a name.
func (c Config) from() *mail.Address {
	from := c.Settings().MailFrom
	if b := c.brand(); b != nil && b.ProductName != "" && (from.Name == "" || from.Name == (*identity.Brand)(nil).Name()) {
		from.Name = b.ProductName
	}
	return &from
}
