package identity

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// RevokedCounts counts sessions and grants that were ended.
type RevokedCounts struct {
	Sessions int
	Grants   int
}

// TerminateSessions ends sessions and the grants that are bound to them, inside tx, and returns the ids of both.
func TerminateSessions(
	ctx context.Context, tx Store, source Source, reason EndReason, ids ...uuid.UUID,
) (sessions, grants []uuid.UUID, err error) {
	return TerminateOpened(ctx, tx, source, reason, false, ids...)
}

// TerminateOpened is TerminateSessions, and with offline it ends every grant that was given in the sessions, also one that
// would outlive them.
func TerminateOpened(
	ctx context.Context, tx Store, source Source, reason EndReason, offline bool, ids ...uuid.UUID,
) (sessions, grants []uuid.UUID, err error) {
	bound := GrantSelection{SessionIDs: ids, OnlySessionBound: !offline}
	return terminate(ctx, tx, source.Now(), source, SessionSelection{IDs: ids}, bound, reason)
}

// endSession ends one session and the grants that are bound to it, inside tx, and writes the audit event of it, unless it
// was over. name is that of its user; by is who ends it, if it is a user of whom the context does not know.
func endSession(ctx context.Context, tx Store, source Source, reason EndReason, id uuid.UUID, name string, by User) error {
	ended, _, err := TerminateSessions(ctx, tx, source, reason, id)
	if err != nil || len(ended) == 0 {
		return err
	}
	event := NewEvent(ctx, source, ActionSessionsEnded, TargetSession, id.String(), name)
	if by.ID != uuid.Nil {
		event = event.By(by)
	}
	event.Reason = string(reason)
	return tx.InsertAudit(ctx, event)
}

// RevokeAllAccess ends every session of a user but the spared one, and every grant, inside tx, and writes the audit
// event of it. The browsers of the user are known no more, since they may be somebody else's, and links that were mailed
// work no more. What the owner of a former address can take back with outlives what whoever has the account may do.
func RevokeAllAccess(
	ctx context.Context, tx Store, source Source, u User, spare uuid.UUID, reason EndReason,
) (RevokedCounts, error) {
	if err := tx.ForgetBrowsers(ctx, u.ID); err != nil {
		return RevokedCounts{}, err
	}
	var spared []TokenPurpose
	if slices.Contains([]EndReason{EndPasswordChanged, EndRecovered, EndAddressUndone}, reason) {
		spared = []TokenPurpose{TokenAddressUndo}
	}
	if err := tx.EndOneTimeTokens(ctx, []uuid.UUID{u.ID}, spared...); err != nil {
		return RevokedCounts{}, err
	}
	return RevokeAccess(
		ctx, tx, source, u, SessionSelection{UserID: u.ID, Except: spare}, GrantSelection{UserID: u.ID}, reason,
	)
}

// RevokeAccess ends some sessions and grants of a user, inside tx, and writes the audit event of it, unless there was
// nothing to end.
func RevokeAccess(
	ctx context.Context, tx Store, source Source, u User, sessions SessionSelection, grants GrantSelection, reason EndReason,
) (RevokedCounts, error) {
	now := source.Now()
	endedSessions, endedGrants, err := terminate(ctx, tx, now, source, sessions, grants, reason)
	revoked := RevokedCounts{Sessions: len(endedSessions), Grants: len(endedGrants)}
	if err != nil || revoked == (RevokedCounts{}) {
		return RevokedCounts{}, err
	}
	event := NewEvent(ctx, source, ActionSessionsEnded, TargetUser, u.ID.String(), u.Username)
	event.OccurredAt = now // by which the sessions that ended are found
	event.Reason = string(reason)
	event.Changes = map[string]Change{"sessions": {After: revoked.Sessions}, "grants": {After: revoked.Grants}}
	return revoked, tx.InsertAudit(ctx, event)
}

// terminate ends sessions and then grants. In between it enqueues the logout tokens of the clients that must hear of it:
// once their grants have ended, it is no longer known which clients these are.
func terminate(
	ctx context.Context, tx Store, now time.Time, source Source, sessions SessionSelection, grants GrantSelection, reason EndReason,
) (endedSessions, endedGrants []uuid.UUID, err error) {
	if endedSessions, err = tx.EndSessions(ctx, sessions, now, reason); err != nil {
		return nil, nil, err
	}
	if err := enqueueLogouts(ctx, tx, source, endedSessions); err != nil {
		return nil, nil, err
	}
	endedGrants, err = tx.EndGrants(ctx, grants, now, reason)
	return endedSessions, endedGrants, err
}
