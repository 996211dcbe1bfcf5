package identity

import (
	"context"
	"strings"

	"github.com/google/uuid"
)

// DeleteUser removes a user with sessions, grants, codes and consents, inside tx, and writes the audit event of it under the
// action. Audit events stay. With erase the user's names are left nowhere: a pseudonym takes their place, and what the trail
// has of addresses is dropped. ErrLastAdmin for the last active administrator, decided by the database.
func DeleteUser(
	ctx context.Context, tx Store, source Source, keys *Keyring, user User, action Action, erase bool,
) (DeletedCounts, error) {
	if _, err := RevokeAllAccess(ctx, tx, source, user, uuid.Nil, EndDeleted); err != nil {
		return DeletedCounts{}, err
	}
	removed, err := tx.CountUserRows(ctx, user.ID)
	if err != nil {
		return DeletedCounts{}, err
	}
	if err := tx.DeleteUser(ctx, user.ID); err != nil {
		return DeletedCounts{}, err
	}
	event := NewEvent(ctx, source, action, TargetUser, user.ID.String(), user.Username)
	event.Changes = map[string]Change{
		"sessions": {Before: removed.Sessions}, "grants": {Before: removed.Grants}, "consents": {Before: removed.Consents},
	}
	if erase {
		pseudonym := pseudonymOf(user.ID)
		if err := tx.PseudonymiseCreator(ctx, user, pseudonym); err != nil {
			return DeletedCounts{}, err
		}
		if err := tx.EraseTransfers(ctx, user.ID, pseudonym); err != nil {
			return DeletedCounts{}, err
		}
		if err := ErasePerson(ctx, tx, keys, user.ID, pseudonym); err != nil {
			return DeletedCounts{}, err
		}
		event.TargetName = pseudonym
		if event.ActorID == event.TargetID {
			event.ActorName, event.IP, event.UserAgent = pseudonym, "", ""
		}
	}
	return removed, tx.InsertAudit(ctx, event)
}

// pseudonymOf is what a deleted user is called in the audit trail.
func pseudonymOf(id uuid.UUID) string {
	return "deleted-" + strings.ReplaceAll(id.String(), "-", "")[20:]
}
