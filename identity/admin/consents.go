package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// ConsentList selects and orders a list of consents.
type ConsentList struct {
	Filter    identity.ConsentFilter
	Ascending bool
}

// name identifies the list in its cursors.
func (l ConsentList) name() string { return listName("consents", l) }

// ListConsents returns one page of consents.
func (s *Grants) ListConsents(ctx context.Context, l ConsentList, args PageArgs) (Page[identity.Consent], error) {
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return Page[identity.Consent]{}, err
	}
	p := pager{keys: s.keys, list: l.name()}
	return readPage(p, args, "list consents", func(slice identity.KeysetRange) ([]identity.ListRow[identity.Consent], error) {
		return s.store.Consents(ctx, identity.ConsentQuery{Filter: l.Filter, Ascending: l.Ascending, Range: slice})
	})
}

// CountConsents counts the consents of a list.
func (s *Grants) CountConsents(ctx context.Context, l ConsentList) (Count, error) {
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountConsents(ctx, l.Filter, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count consents: %w", err)
	}
	return countOf(n), nil
}

// ConsentsByKey finds many consents; missing ones are absent.
func (s *Grants) ConsentsByKey(ctx context.Context, keys []identity.ConsentKey) ([]identity.Consent, error) {
	if err := requireScope(ctx, identity.ScopeUsersRead); err != nil {
		return nil, err
	}
	return s.store.ConsentsByKey(ctx, keys)
}

// RevokeConsents names consents to forget, by exactly one of its first three fields.
type RevokeConsents struct {
	Keys     []identity.ConsentKey // up to 1000
	UserID   uuid.UUID
	ClientID uuid.UUID

	IncludeGrants bool // the grants of the client for the user end too
}

// RevokedConsents counts what was forgotten and ended.
type RevokedConsents struct {
	Consents int
	Grants   int
	Refused  int // of administrators, without admin:admins:write
}

// RevokeConsents forgets consents, so that the users are asked again. ErrConsentNotFound when a single key names none.
// Those of an administrator need admin:admins:write too, as Revoke says of grants. The consents for a client are
// forgotten some in each transaction: a call that is interrupted returns what it has done beside the error.
func (s *Grants) RevokeConsents(ctx context.Context, by RevokeConsents) (RevokedConsents, error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return RevokedConsents{}, err
	}
	if err := checkSelection(len(by.Keys), by.UserID, by.ClientID, "consents"); err != nil {
		return RevokedConsents{}, err
	}
	var (
		total RevokedConsents
		after *identity.CursorKey
	)
	for {
		done, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (consentsRevoked, error) {
			return s.revokeConsents(ctx, tx, by, after)
		})
		if err != nil {
			return total, fmt.Errorf("revoke consents: %w", err)
		}
		total.Consents += done.Consents
		total.Grants += done.Grants
		total.Refused += done.Refused
		if after = done.Last; after == nil {
			break
		}
	}
	if len(by.Keys) == 1 && total.Consents == 0 {
		return total, identity.ErrConsentNotFound
	}
	return total, nil
}

// consentsRevoked is what one transaction of RevokeConsents has done.
type consentsRevoked struct {
	RevokedConsents
	Last *identity.CursorKey // where the next one goes on; nil = there is no more
}

// revokeConsents forgets those that are named, or a portion of those of a user or client.
func (s *Grants) revokeConsents(
	ctx context.Context, tx identity.Store, by RevokeConsents, after *identity.CursorKey,
) (consentsRevoked, error) {
	if _, err := (RevokeGrants{UserID: by.UserID, ClientID: by.ClientID}).lock(ctx, tx, identity.ScopeUsersWrite); err != nil {
		return consentsRevoked{}, err
	}
	var done consentsRevoked
	keys := by.Keys
	if len(keys) == 0 {
		rows, err := tx.Consents(ctx, identity.ConsentQuery{
			Filter: identity.ConsentFilter{UserID: by.UserID, ClientID: by.ClientID}, Ascending: true,
			Range: identity.KeysetRange{Limit: grantPortion, After: after},
		})
		if err != nil {
			return done, err
		}
		for _, row := range rows {
			keys = append(keys, row.Item.Key())
		}
		if len(rows) == grantPortion {
			done.Last = &rows[len(rows)-1].CursorKey
		}
	}
	users, err := lockUsers(ctx, tx, identity.ScopeUsersWrite, usersOf(keys))
	if err != nil {
		return done, err
	}
	may := identity.ActorFrom(ctx).MayAdminister(identity.ScopeAdminsWrite)
	within := make([]identity.ConsentKey, 0, len(keys))
	for _, key := range keys {
		if may || !users[key.UserID].Administers() {
			within = append(within, key)
		}
	}
	if done.Refused = len(keys) - len(within); done.Refused > 0 && by.ClientID == uuid.Nil {
		return done, requireScope(ctx, identity.ScopeAdminsWrite)
	}
	// First: a grant that is decided on a consent at this moment is there afterwards, or never.
	gone, err := tx.DeleteConsents(ctx, within)
	if err != nil || len(gone) == 0 {
		return done, err
	}
	done.Consents = len(gone)
	if by.IncludeGrants {
		if done.Grants, err = s.endAllowed(ctx, tx, gone); err != nil {
			return done, err
		}
	}
	return done, s.noteForgotten(ctx, tx, gone, users)
}

func usersOf(keys []identity.ConsentKey) []uuid.UUID {
	ids := make([]uuid.UUID, len(keys))
	for i, key := range keys {
		ids[i] = key.UserID
	}
	return ids
}

// endAllowed ends the grants of the users for the clients of consents.
func (s *Grants) endAllowed(ctx context.Context, tx identity.Store, gone []identity.Consent) (int, error) {
	users := map[uuid.UUID][]uuid.UUID{}
	for _, c := range gone {
		users[c.ClientID] = append(users[c.ClientID], c.UserID)
	}
	total := 0
	for client, ids := range users {
		n, err := s.end(ctx, tx, grantOwner{}, identity.GrantSelection{ClientID: client, UserIDs: ids})
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// noteForgotten writes an event about the user of each consent.
func (s *Grants) noteForgotten(
	ctx context.Context, tx identity.Store, gone []identity.Consent, users map[uuid.UUID]identity.User,
) error {
	ids := make([]uuid.UUID, len(gone))
	for i, c := range gone {
		ids[i] = c.ClientID
	}
	clients, err := tx.ClientsByID(ctx, ids)
	if err != nil {
		return err
	}
	events := make([]identity.AuditEvent, len(gone))
	for i, c := range gone {
		name := users[c.UserID].Username
		events[i] = identity.NewEvent(ctx, s.source, identity.ActionConsentRevoked, identity.TargetUser, c.UserID.String(), name)
		events[i].Reason = string(identity.EndRevoked)
		events[i].Changes = map[string]identity.Change{
			"client": {Before: clients[c.ClientID].ClientID}, "scopes": {Before: c.Scopes},
		}
	}
	return tx.InsertAudit(ctx, events...)
}
