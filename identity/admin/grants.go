package admin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Grants is administration of what users have allowed clients.
type Grants struct {
	changes
	store grantStore
}

// grantStore is what Grants reads outside of its transactions.
type grantStore interface {
	identity.AdminGrantStore
	identity.ReachReader
	identity.ClientUserLister
}

// OfUsers lists the live grants of each of many users, newest first: which applications hold which scopes.
func (s *Grants) OfUsers(ctx context.Context, userIDs []uuid.UUID, limit int) (map[uuid.UUID][]identity.Grant, error) {
	userIDs, err := ofUsers(ctx, s.store, identity.ScopeUsersRead, userIDs)
	if err != nil {
		return nil, err
	}
	return s.store.NewestGrants(ctx, userIDs, min(limit, MaxPageSize))
}

// Consents lists what each of many users has allowed clients for good, the latest first.
func (s *Grants) Consents(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]identity.Consent, error) {
	userIDs, err := ofUsers(ctx, s.store, identity.ScopeUsersRead, userIDs)
	if err != nil {
		return nil, err
	}
	return s.store.ConsentsOf(ctx, userIDs)
}

// RevokeForUser ends grants of a user: the one with the id, or all of a client with the consent, so that the user is
// asked again. ErrGrantNotFound when there was nothing.
func (s *Grants) RevokeForUser(ctx context.Context, userID, grantID, clientID uuid.UUID) (int, error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return 0, err
	}
	if grantID == uuid.Nil && clientID == uuid.Nil {
		return 0, identity.InvalidField("by", "Name a grant or a client.")
	}
	selection := identity.GrantSelection{UserID: userID, ClientID: clientID}
	if grantID != uuid.Nil {
		selection.IDs = []uuid.UUID{grantID}
	}
	ended, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (int, error) {
		user, err := lockUser(ctx, tx, identity.ScopeUsersWrite, userID)
		if err == nil {
			err = overUsers(ctx, user)
		}
		if err != nil {
			return 0, err
		}
		return identity.RevokeGrants(ctx, tx, s.source, user, selection)
	})
	if err != nil {
		return 0, fmt.Errorf("revoke grant: %w", err)
	}
	return ended, nil
}
