package store

import (
	"context"

	"github.com/google/uuid"
)

// Grants of a client beyond a number, oldest last. Of those of a session the live ones that were redeemed are counted apart
// from codes and ended ones.
var (
	sessionGrantsBeyond = statement{"select grants", `SELECT id FROM (SELECT id, row_number() OVER (
			PARTITION BY ended_at IS NULL AND code_spent_at IS NOT NULL ORDER BY created_at DESC, id DESC) AS place
		FROM grants WHERE session_id = $1 AND client_id = $2 AND (NOT offline OR ended_at IS NOT NULL OR code_spent_at IS NULL)
		) AS placed WHERE place > $3 LIMIT 1000`}
	offlineGrantsBeyond = statement{"select grants", `SELECT id FROM grants WHERE user_id = $1 AND client_id = $2 AND offline
		AND ended_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 1000 OFFSET $3`}
)

// DeleteSessionGrantsBeyond implements identity.GrantStore.
func (s *Store) DeleteSessionGrantsBeyond(ctx context.Context, sessionID, clientID uuid.UUID, newest int) ([]uuid.UUID, error) {
	return s.deleteGrants(ctx, sessionGrantsBeyond, sessionID, clientID, newest)
}

// DeleteOfflineGrantsBeyond implements identity.GrantStore.
func (s *Store) DeleteOfflineGrantsBeyond(ctx context.Context, userID, clientID uuid.UUID, newest int) ([]uuid.UUID, error) {
	return s.deleteGrants(ctx, offlineGrantsBeyond, userID, clientID, newest)
}

// deleteGrants deletes what a statement selects. Mostly that is nothing, and then nothing is written.
func (s *Store) deleteGrants(ctx context.Context, selected statement, args ...any) ([]uuid.UUID, error) {
	var (
		id           uuid.UUID
		ids, deleted []uuid.UUID
	)
	err := s.all(ctx, selected, args, []any{scanDestination(&id)}, func() { ids = append(ids, id) })
	if err != nil || len(ids) == 0 {
		return nil, s.fault("count grants", err)
	}
	_, err = s.write().NewDelete().Model((*grantRow)(nil)).Where("g.id IN (?)", idList(ids)).Returning("id").Exec(ctx, &deleted)
	return deleted, s.fault("delete grants", err)
}
