package store

import (
	"context"

	"github.com/google/uuid"
)

// Grants of a client beyond a number, oldest last. Those of a session are counted whether they ended or not: what is bounded
// is the rows.
var (
	sessionGrantsBeyond = statement{"select grants", `SELECT id FROM grants WHERE session_id = $1 AND client_id = $2
		ORDER BY created_at DESC, id DESC LIMIT 1000 OFFSET $3`}
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
