package identity

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
)

// MailKind is what a message to a user tells.
type MailKind string

// The kinds of messages.
const (
	MailPasswordChanged  MailKind = "password_changed"  // by the user
	MailPasswordReset    MailKind = "password_reset"    // by an administrator
	MailRecovery         MailKind = "recovery"          // a link to choose a new password
	MailRecoveryByAdmin  MailKind = "recovery_by_admin" // the same, sent by an administrator
	MailRecoveryHanded   MailKind = "recovery_handed"   // that an administrator has such a link to hand over
	MailRecovered        MailKind = "recovered"         // by the user, with such a link
	MailVerification     MailKind = "verification"      // a link that shows that an address is the user's
	MailTest             MailKind = "test"              // by an administrator
	MailAddressReplaced  MailKind = "address_replaced"  // by an administrator; to the former address
	MailAddressChange    MailKind = "address_change"    // a link that makes another address the user's; to that
	MailAddressAsked     MailKind = "address_asked"     // that this was asked for, with a link that takes it back; to the present address
	MailAddressChanged   MailKind = "address_changed"   // by the user; to the new address
	MailAddressFormer    MailKind = "address_former"    // the same, with a link that takes it back; to the former address
	MailAddressRestored  MailKind = "address_restored"  // with such a link; with one to choose a new password
	MailAppAdded         MailKind = "app_added"         // an authenticator app, by the user
	MailAppRemoved       MailKind = "app_removed"       // by the user or an administrator
	MailPasskeyAdded     MailKind = "passkey_added"     // by the user
	MailPasskeyRemoved   MailKind = "passkey_removed"   // by the user or an administrator
	MailPasskeySuspected MailKind = "passkey_suspected" // its count of uses has not moved on

	MailSecondStepOn     MailKind = "second_step_on"         // by the user
	MailSecondStepOff    MailKind = "second_step_off"        // as well
	MailKeyAdded         MailKind = "security_key_added"     // by the user
	MailKeyRemoved       MailKind = "security_key_removed"   // by the user or an administrator
	MailKeySuspected     MailKind = "security_key_suspected" // as MailPasskeySuspected
	MailIdentityLinked   MailKind = "identity_linked"        // by the user, or at the first sign-in through a provider
	MailIdentityUnlinked MailKind = "identity_unlinked"      // by the user or an administrator
	MailCodesCreated     MailKind = "codes_created"          // recovery codes, by the user
	MailCodesRemoved     MailKind = "codes_removed"          // recovery codes, by an administrator
	MailFactorRequired   MailKind = "factor_required"        // whether a second factor is demanded was changed by an administrator
	MailForgotten        MailKind = "browsers_forgotten"     // by the user or an administrator
	MailCodeUsed         MailKind = "code_used"              // a recovery code, by the user
	MailRegistration     MailKind = "registration"           // a code for somebody who registers
	MailSignInCode       MailKind = "sign_in_code"           // a code to sign in with, or to be slowed less
	MailRegistered       MailKind = "registered"             // to who has an account and asks for another with the same address
	MailInvitation       MailKind = "invitation"             // to make an account, by an administrator
	MailBackchannelAsked MailKind = "backchannel_asked"      // that an application asks for access on the page of the account
	MailAccountDeleted   MailKind = "account_deleted"        // by the user
)

// MailMessage is a message to a user.
type MailMessage struct {
	ID        uuid.UUID
	Kind      MailKind
	UserID    uuid.UUID // zero: of nobody who has an account; such a message is deleted once it is over
	To        string    // the address that was stored of the user
	Locale    string    // of the user, as BCP 47 writes it; "" = the default
	Sealed    []byte    // what it says (MailContent), until it is sent or given up
	Attempts  int
	Failure   string // why the last attempt failed, in a word that a machine can read
	CreatedAt time.Time
	SentAt    *time.Time
	FailedAt  *time.Time // it was given up then
}

// Over reports whether no attempt will follow.
func (m MailMessage) Over() bool { return m.SentAt != nil || m.FailedAt != nil }

// MailContent is what a message says. Of what people have written it has only the username.
type MailContent struct {
	Username string    `json:"username,omitempty"`
	At       time.Time `json:"at"`             // when it happened
	IP       string    `json:"ip,omitempty"`   // from where
	Left     int       `json:"left,omitempty"` // recovery codes, after one was used
	Link     string    `json:"link,omitempty"`
	Code     string    `json:"code,omitempty"` // that is typed in the browser that asked for it
	Until    time.Time `json:"until,omitzero"` // when the link ends
}

// MailSender hands messages to a mail server.
type MailSender interface {
	// SendMail returns when the server has taken the message, under the id of the message, so that one that is sent twice can
	// be known. An error that wraps a *MailRefusal is final; any other asks for another try.
	SendMail(ctx context.Context, m MailMessage, c MailContent) error
}

// MailRefusal is what a mail server says of a message that it will never take.
type MailRefusal struct {
	Reason string // one word that a machine can read, such as smtp_550
}

// Error implements error.
func (e *MailRefusal) Error() string { return "the mail server refuses the message: " + e.Reason }

// refusalOf returns the reason of a refusal that is final, or "".
func refusalOf(err error) string {
	if refusal, ok := errors.AsType[*MailRefusal](err); ok {
		return refusal.Reason
	}
	return ""
}
