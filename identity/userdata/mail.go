package userdata

import (
	"context"

	"github.com/authly/authly/identity"
)

var messageData = listed(dataSection{
	name:     "messages",
	about:    "The messages that the person was sent, or will be. What one says is sealed until it is sent, and gone then.",
	purpose:  "To tell the person what happens to the account, and to find out why mail does not arrive.",
	retained: same("For " + period(identity.MailRetention) + " after it was written."),
}, []dataField[identity.MailMessage]{
	{"kind", "What it tells of.", func(m identity.MailMessage) any { return string(m.Kind) }},
	{"to", "The address that it goes to.", func(m identity.MailMessage) any { return m.To }},
	{"locale", "The language that was asked for.", func(m identity.MailMessage) any { return m.Locale }},
	{"attempts", "How often the mail server was asked.", func(m identity.MailMessage) any { return m.Attempts }},
	{"failure", "Why the last time was no success.", func(m identity.MailMessage) any { return m.Failure }},
	{"created_at", "When it was written.", func(m identity.MailMessage) any { return m.CreatedAt }},
	{"sent_at", "When the mail server has taken it.", func(m identity.MailMessage) any { return m.SentAt }},
	{"failed_at", "When it was given up.", func(m identity.MailMessage) any { return m.FailedAt }},
}, func(ctx context.Context, s *subject, slice identity.KeysetRange) ([]identity.ListRow[identity.MailMessage], error) {
	return s.store.Mails(ctx, identity.MailQuery{Filter: identity.MailFilter{UserID: s.user.ID}, Ascending: true, Range: slice})
})

var linkData = whole(dataSection{
	name:     "links",
	about:    "The links by which the person can recover the account or change the address. Their secrets are stored as digests alone.",
	purpose:  "To let whoever reads the person's mail do that, once.",
	retained: same("Until it is used, replaced or expired, at most for 7 days."),
}, []dataField[identity.OneTimeToken]{
	{"purpose", "What it is good for.", func(t identity.OneTimeToken) any { return string(t.Purpose) }},
	{"email", "The address that it was sent to.", func(t identity.OneTimeToken) any { return t.Email }},
	{"created_at", "When it was made.", func(t identity.OneTimeToken) any { return t.CreatedAt }},
	{"expires_at", "Until when it can be used.", func(t identity.OneTimeToken) any { return t.ExpiresAt }},
}, func(ctx context.Context, s *subject) ([]identity.OneTimeToken, error) {
	return s.store.OneTimeTokensOf(ctx, s.user.ID)
})
