package identity

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// auditErasePortion is how many events of a person are looked at by one statement.
const auditErasePortion = 2000

// ErasePerson puts a pseudonym for the names of a user into the trail and drops addresses, in a transaction. The chain
// holds: of what is erased it keeps a salted digest without the salt, which nobody can guess from, and authenticates what
// stays in its place. What somebody has changed behind the server's back stays a change.
func ErasePerson(ctx context.Context, tx Store, keyring *Keyring, userID uuid.UUID, pseudonym string) error {
	if _, err := tx.LockAuditChain(ctx); err != nil { // no event of the user is chained in between
		return err
	}
	keys, _, err := openAuditKeys(ctx, tx, keyring)
	if err != nil {
		return err
	}
	changed := map[uuid.UUID]bool{} // behind the server's back
	err = eachRecordOf(ctx, tx, userID, func(portion []LinkedRecord) error {
		var erase []AuditLink
		for _, l := range portion {
			if !keys.intact(keyring, l) {
				changed[l.Record.ID] = true
			}
			if l.Link.Salt == nil {
				continue // not chained, or erased before
			}
			if l.Link.Personal = keys.personal(l.Link, l.Record); l.Link.Personal == nil {
				return errors.New("a key of the audit chain is sealed under a root key that this server does not have")
			}
			erase = append(erase, l.Link)
		}
		return tx.EraseAudit(ctx, erase)
	})
	if err != nil {
		return err
	}
	if err := tx.PseudonymiseAudit(ctx, userID, pseudonym); err != nil {
		return err
	}
	return eachRecordOf(ctx, tx, userID, func(portion []LinkedRecord) error {
		var sealed []LinkedRecord
		for _, l := range portion {
			if changed[l.Record.ID] {
				continue
			}
			if l.Record.Signature != nil {
				l.Record.Signature = keyring.MAC(PurposeAuditEvent, l.Record.SignedText())
			}
			if l.Link.Seq > 0 {
				l.Link.Erased = keys.erased(l.Link, l.Record)
			}
			sealed = append(sealed, l)
		}
		return tx.SealErasedAudit(ctx, sealed)
	})
}

// intact reports whether an event is as it was written, as far as it can be told without the link before.
func (k auditKeys) intact(keyring *Keyring, l LinkedRecord) bool {
	switch {
	case l.Link.Seq > 0 && l.Link.Salt == nil:
		return sameDigest(k.erased(l.Link, l.Record), l.Link.Erased)
	case l.Record.Signature == nil:
		return true
	}
	return keyring.Verify(PurposeAuditEvent, l.Record.SignedText(), l.Record.Signature)
}

// eachRecordOf walks the events by and about a user in portions.
func eachRecordOf(ctx context.Context, tx AuditChainReader, userID uuid.UUID, each func([]LinkedRecord) error) error {
	after := uuid.Nil
	for {
		portion, err := tx.AuditRecordsOf(ctx, userID, after, auditErasePortion)
		if err != nil {
			return err
		}
		if err := each(portion); err != nil || len(portion) < auditErasePortion {
			return err
		}
		after = portion[len(portion)-1].Record.ID
	}
}
