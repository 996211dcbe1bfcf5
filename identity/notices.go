package identity

import (
	"context"

	"github.com/google/uuid"
)

// notice is a row of the table that says of what a user hears by mail, because it may have been somebody else.
type notice struct {
	action Action
	of     string // the field that must have changed; "" = it matters whatever has
	kind   MailKind
	to     func(e AuditEvent, u User) string // the address that hears of it; "" = nobody does
	own    bool                              // the user did it, or who claims to be: it is told from where
}

// What events call changes of which users hear.
const (
	changedRequiredFactor = "second_factor_required"
	changedShown          = "shown" // a link, to whoever made it
)

// notices are the events of which users hear. The target of each is the user.
var notices = []notice{
	{action: ActionPasswordChanged, kind: MailPasswordChanged, to: ownAddress, own: true},
	{action: ActionPasswordReset, kind: MailPasswordReset, to: ownAddress},
	{action: ActionRecoveryCompleted, kind: MailRecovered, to: ownAddress, own: true},
	{action: ActionUserUpdated, of: "password", kind: MailPasswordReset, to: ownAddress},
	{action: ActionUserUpdated, of: "email", kind: MailAddressReplaced, to: formerAddress},
	{action: ActionAddressChanged, kind: MailAddressChanged, to: ownAddress, own: true},
	{action: ActionAddressUndone, of: "email", kind: MailAddressReplaced, to: formerAddress},
	{action: ActionTOTPAdded, kind: MailAppAdded, to: ownAddress, own: true},
	{action: ActionTOTPRemoved, kind: MailAppRemoved, to: ownAddress},
	{action: ActionPasskeyAdded, kind: MailPasskeyAdded, to: ownAddress, own: true},
	{action: ActionPasskeyRemoved, kind: MailPasskeyRemoved, to: ownAddress},
	{action: ActionPasskeyCloneSuspected, kind: MailPasskeySuspected, to: ownAddress, own: true},
	{action: ActionSecondStepOn, kind: MailSecondStepOn, to: ownAddress, own: true},
	{action: ActionSecondStepOff, kind: MailSecondStepOff, to: ownAddress, own: true},
	{action: ActionSecurityKeyAdded, kind: MailKeyAdded, to: ownAddress, own: true},
	{action: ActionSecurityKeyRemoved, kind: MailKeyRemoved, to: ownAddress},
	{action: ActionSecurityKeyCloneSuspected, kind: MailKeySuspected, to: ownAddress, own: true},
	{action: ActionIdentityLinked, kind: MailIdentityLinked, to: ownAddress, own: true},
	{action: ActionIdentityUnlinked, kind: MailIdentityUnlinked, to: ownAddress},
	{action: ActionRecoveryCodesCreated, kind: MailCodesCreated, to: ownAddress, own: true},
	{action: ActionRecoveryCodesRemoved, kind: MailCodesRemoved, to: ownAddress},
	{action: ActionRecoveryLinkCreated, of: changedShown, kind: MailRecoveryHanded, to: ownAddress},
	{action: ActionUserUpdated, of: changedRequiredFactor, kind: MailFactorRequired, to: ownAddress},
	{action: ActionBrowsersForgotten, kind: MailForgotten, to: ownAddress},
	{action: ActionBackchannelAsked, kind: MailBackchannelAsked, to: ownAddress},
	{action: ActionRecoveryCodeUsed, kind: MailCodeUsed, to: ownAddress, own: true},
}

// ownAddress is where a user hears of everything. One that is not verified may be a stranger's, who is told nothing.
func ownAddress(_ AuditEvent, u User) string {
	if !u.Verified {
		return ""
	}
	return u.Email
}

// formerAddress is the verified one that was replaced: whoever reads the new one may be who did it.
func formerAddress(e AuditEvent, u User) string {
	before, _ := e.Changes["email"].Before.(string)
	verified := u.Verified
	if change, changed := e.Changes["verified"]; changed {
		verified, _ = change.Before.(bool)
	}
	if !verified {
		return ""
	}
	return before
}

// noticeStore writes a message with each event of which a user must hear, in the same transaction.
type noticeStore struct {
	Store
	mails  *Mails
	within bool // of a transaction
}

// WithNotices returns the store with which users hear by mail of what happens to their accounts, or the store itself when
// no mail server is configured.
func WithNotices(d Deps) Store {
	mails := NewMails(d)
	if !mails.Enabled() {
		return d.Store
	}
	return noticeStore{Store: d.Store, mails: mails}
}

// InTx implements Transactor.
func (s noticeStore) InTx(ctx context.Context, fn func(ctx context.Context, tx Store) error) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		return fn(ctx, noticeStore{Store: tx, mails: s.mails, within: true})
	})
}

// InsertAudit implements AuditStore.
func (s noticeStore) InsertAudit(ctx context.Context, events ...AuditEvent) error {
	about := notable(events)
	if len(about) == 0 {
		return s.Store.InsertAudit(ctx, events...)
	}
	if !s.within {
		return s.InTx(ctx, func(ctx context.Context, tx Store) error { return tx.InsertAudit(ctx, events...) })
	}
	if err := s.Store.InsertAudit(ctx, events...); err != nil {
		return err
	}
	users, err := s.UsersByID(ctx, about)
	if err != nil {
		return err
	}
	return s.mails.write(ctx, s.Store, letters(events, users)...)
}

// notable returns the users who may have to hear of one of the events.
func notable(events []AuditEvent) (about []uuid.UUID) {
	for _, e := range events {
		if len(noticesOf(e)) == 0 {
			continue
		}
		if id, err := uuid.Parse(e.TargetID); err == nil {
			about = append(about, id)
		}
	}
	return about
}

// noticesOf returns what is said of an event.
func noticesOf(e AuditEvent) (list []notice) {
	if e.Outcome != OutcomeSuccess || e.Target != TargetUser {
		return nil
	}
	for _, n := range notices {
		if _, changed := e.Changes[n.of]; n.action == e.Action && (n.of == "" || changed) {
			list = append(list, n)
		}
	}
	return list
}

// letters are what the users are told of the events.
func letters(events []AuditEvent, users map[uuid.UUID]User) (list []letter) {
	for _, e := range events {
		id, err := uuid.Parse(e.TargetID)
		user, found := users[id]
		if err != nil || !found {
			continue
		}
		for _, n := range noticesOf(e) {
			content := MailContent{Username: user.Username, At: e.OccurredAt}
			content.Left, _ = e.Changes[changedRecoveryCodes].After.(int)
			if n.own {
				content.IP = e.IP
			}
			if to := n.to(e, user); to != "" {
				list = append(list, letter{user: user, kind: n.kind, to: to, content: content})
			}
		}
	}
	return list
}
