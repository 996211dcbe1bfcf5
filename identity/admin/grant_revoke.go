package admin

import (
	"context"
	"fmt"
	"math"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// grantPortion is how many grants of a client end in one transaction: so many rows are locked for some tens of
// milliseconds.
const grantPortion = 500

// RevokeGrants names grants to end, by exactly one of its first three fields.
type RevokeGrants struct {
	IDs      []uuid.UUID // up to 1000
	UserID   uuid.UUID
	ClientID uuid.UUID

	MaxAffected *int // when more would end, none does
	DryRun      bool // nothing ends, and what would is counted
}

// RevokedGrants counts what was ended, or would be.
type RevokedGrants struct {
	Ended   int
	Refused int // of administrators, without admin:admins:write
}

// Revoke ends grants: no more tokens are had under them, and those that were had are no longer good. ErrGrantNotFound when
// a single id names no live grant. Grants of an administrator need admin:admins:write too: without it none of the named
// ones ends, or of the user; those of a client end without them. The grants of a client end some in each transaction, the
// oldest first, so a call that is interrupted has ended some: it returns how many beside the error, and another call ends
// the rest.
func (s *Grants) Revoke(ctx context.Context, by RevokeGrants) (RevokedGrants, error) {
	if err := requireScope(ctx, identity.ScopeSessionsWrite); err != nil {
		return RevokedGrants{}, err
	}
	if err := by.check(); err != nil {
		return RevokedGrants{}, err
	}
	var (
		revoked RevokedGrants
		err     error
	)
	switch {
	case by.DryRun:
		revoked, err = s.wouldRevoke(ctx, by)
	case by.ClientID != uuid.Nil:
		revoked, err = s.revokeOfClient(ctx, by)
	default:
		revoked, err = s.revokeNamed(ctx, by)
	}
	if err != nil {
		return revoked, fmt.Errorf("revoke grants: %w", err)
	}
	return revoked, nil
}

func (by RevokeGrants) check() error {
	if err := checkSelection(len(by.IDs), by.UserID, by.ClientID, "grants"); err != nil {
		return err
	}
	if by.MaxAffected != nil && *by.MaxAffected < 0 {
		return identity.InvalidField("maxAffected", "Must be at least 0.")
	}
	return nil
}

// checkSelection refuses what does not name objects of a noun by exactly one of ids, a user and a client.
func checkSelection(ids int, userID, clientID uuid.UUID, noun string) error {
	named := 0
	for _, given := range []bool{ids > 0, userID != uuid.Nil, clientID != uuid.Nil} {
		if given {
			named++
		}
	}
	switch {
	case named > 1:
		return identity.InvalidField("by", "Give ids, a user or a client, and only one of them.")
	case named == 0, ids > maxBulk:
		return identity.InvalidField("ids", "Must name 1 to %d %s.", maxBulk, noun)
	}
	return nil
}

func (by RevokeGrants) selection() identity.GrantSelection {
	return identity.GrantSelection{IDs: by.IDs, UserID: by.UserID, ClientID: by.ClientID}
}

// within refuses to affect more than the caller expects.
func (by RevokeGrants) within(n int) error {
	if by.MaxAffected != nil && n > *by.MaxAffected {
		return identity.InvalidField("maxAffected", "Is exceeded: more grants than that would end.")
	}
	return nil
}

// grantOwner is the user or client whose grants all end; the zero one when they are named one by one.
type grantOwner struct {
	kind identity.TargetKind
	id   uuid.UUID
	name string
}

// lock keeps those from changing whose grants end, and asks whether the actor may end them by a scope.
func (by RevokeGrants) lock(ctx context.Context, tx identity.Store, scope string) (grantOwner, error) {
	switch {
	case by.ClientID != uuid.Nil:
		client, err := lockClient(ctx, tx, by.ClientID)
		return grantOwner{identity.TargetClient, client.ID, client.ClientID}, err
	case by.UserID != uuid.Nil:
		user, err := lockUser(ctx, tx, scope, by.UserID)
		if err == nil {
			err = overUsers(ctx, user)
		}
		return grantOwner{identity.TargetUser, user.ID, user.Username}, err
	}
	grants, err := tx.GrantsByID(ctx, by.IDs)
	if err != nil {
		return grantOwner{}, err
	}
	administrators, err := lockAdministrators(ctx, tx, grants)
	if err == nil && len(administrators) > 0 {
		err = requireScope(ctx, identity.ScopeAdminsWrite)
	}
	return grantOwner{}, err
}

// lockAdministrators locks the users of grants before these end, and returns those who are out of the actor's reach.
func lockAdministrators(ctx context.Context, tx identity.Store, grants []identity.Grant) (map[uuid.UUID]bool, error) {
	if identity.ActorFrom(ctx).MayAdminister(identity.ScopeAdminsWrite) {
		return nil, nil
	}
	var ids []uuid.UUID
	for _, g := range grants {
		if g.UserID != uuid.Nil {
			ids = append(ids, g.UserID)
		}
	}
	users, err := lockUsers(ctx, tx, identity.ScopeSessionsWrite, ids)
	administrators := map[uuid.UUID]bool{}
	for id, user := range users {
		if user.Administers() {
			administrators[id] = true
		}
	}
	return administrators, err
}

// wouldRevoke counts what Revoke would end now, and refuses what it would refuse.
func (s *Grants) wouldRevoke(ctx context.Context, by RevokeGrants) (revoked RevokedGrants, err error) {
	err = s.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
		if _, err := by.lock(ctx, tx, identity.ScopeSessionsWrite); err != nil {
			return err
		}
		if revoked, err = by.count(ctx, tx); err != nil {
			return err
		}
		if len(by.IDs) == 1 && revoked.Ended == 0 {
			return identity.ErrGrantNotFound
		}
		return by.within(revoked.Ended)
	})
	return revoked, err
}

// count counts what would end. Only of a client some can be refused and others not.
func (by RevokeGrants) count(ctx context.Context, tx identity.Store) (RevokedGrants, error) {
	live, err := tx.CountLiveGrants(ctx, by.selection(), math.MaxInt32)
	if by.ClientID != uuid.Nil && !identity.ActorFrom(ctx).MayAdminister(identity.ScopeAdminsWrite) {
		return RevokedGrants{Ended: live.All - live.Administrators, Refused: live.Administrators}, err
	}
	return RevokedGrants{Ended: live.All}, err
}

// revokeNamed ends the grants with the ids, or those of a user, in one transaction.
func (s *Grants) revokeNamed(ctx context.Context, by RevokeGrants) (RevokedGrants, error) {
	revoked, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (RevokedGrants, error) {
		owner, err := by.lock(ctx, tx, identity.ScopeSessionsWrite)
		if err != nil {
			return RevokedGrants{}, err
		}
		ended, err := s.end(ctx, tx, owner, by.selection())
		if err == nil {
			err = by.within(ended)
		}
		return RevokedGrants{Ended: ended}, err
	})
	if err == nil && len(by.IDs) == 1 && revoked.Ended == 0 {
		err = identity.ErrGrantNotFound
	}
	return revoked, err
}

// end ends grants and writes the event of it: one about their owner, or one about each.
func (s *Grants) end(ctx context.Context, tx identity.Store, owner grantOwner, sel identity.GrantSelection) (int, error) {
	ended, err := tx.EndGrants(ctx, sel, s.source.Now(), identity.EndRevoked)
	if err != nil || len(ended) == 0 {
		return 0, err
	}
	var events []identity.AuditEvent
	note := func(kind identity.TargetKind, id uuid.UUID, name string) *identity.AuditEvent {
		event := identity.NewEvent(ctx, s.source, identity.ActionGrantEnded, kind, id.String(), name)
		event.Reason = string(identity.EndRevoked)
		events = append(events, event)
		return &events[len(events)-1]
	}
	if owner == (grantOwner{}) {
		for _, id := range ended {
			note(identity.TargetGrant, id, "")
		}
	} else {
		note(owner.kind, owner.id, owner.name).Changes = map[string]identity.Change{"grants": {After: len(ended)}}
	}
	return len(ended), tx.InsertAudit(ctx, events...)
}

// grantsEnded is what one transaction of revokeOfClient has done.
type grantsEnded struct {
	RevokedGrants
	Last *identity.CursorKey // where the next one goes on; nil = there is no more
}

// revokeOfClient ends the grants that a client has at present, portion after portion. What it is given meanwhile may end
// or not.
func (s *Grants) revokeOfClient(ctx context.Context, by RevokeGrants) (RevokedGrants, error) {
	var (
		total RevokedGrants
		after *identity.CursorKey
	)
	for {
		limit := grantPortion
		if by.MaxAffected != nil {
			limit = min(limit, *by.MaxAffected-total.Ended)
		}
		done, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (grantsEnded, error) {
			owner, err := by.lock(ctx, tx, identity.ScopeSessionsWrite)
			if err == nil && after == nil && by.MaxAffected != nil {
				var would RevokedGrants
				if would, err = by.count(ctx, tx); err == nil {
					err = by.within(would.Ended)
				}
			}
			if err != nil {
				return grantsEnded{}, err
			}
			return s.endPortion(ctx, tx, owner, identity.KeysetRange{Limit: limit, After: after})
		})
		if err != nil {
			return total, err
		}
		total.Ended += done.Ended
		total.Refused += done.Refused
		if after = done.Last; after == nil {
			return total, nil
		}
	}
}

// endPortion ends some grants of a client, but those of administrators who are out of the actor's reach.
func (s *Grants) endPortion(
	ctx context.Context, tx identity.Store, client grantOwner, portion identity.KeysetRange,
) (grantsEnded, error) {
	ended := false
	rows, err := tx.Grants(ctx, identity.GrantQuery{
		Filter: identity.GrantFilter{ClientID: client.id, Ended: &ended}, Ascending: true, Range: portion, Now: s.source.Now(),
	})
	if err != nil || len(rows) == 0 {
		return grantsEnded{}, err
	}
	grants := make([]identity.Grant, len(rows))
	for i, row := range rows {
		grants[i] = row.Item
	}
	administrators, err := lockAdministrators(ctx, tx, grants)
	if err != nil {
		return grantsEnded{}, err
	}
	var done grantsEnded
	ids := []uuid.UUID{}
	for _, g := range grants {
		if administrators[g.UserID] {
			done.Refused++
		} else {
			ids = append(ids, g.ID)
		}
	}
	if len(rows) == portion.Limit {
		done.Last = &rows[len(rows)-1].CursorKey
	}
	done.Ended, err = s.end(ctx, tx, client, identity.GrantSelection{IDs: ids})
	return done, err
}
