package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type logoutRow struct {
	bun.BaseModel `bun:"table:logout_deliveries,alias:ld"`

	ID            uuid.UUID         `bun:"id,pk"`
	ClientID      uuid.UUID         `bun:"client_id"`
	SessionID     uuid.UUID         `bun:"session_id"`
	URI           string            `bun:"uri"`
	Claims        map[string]string `bun:"claims,type:jsonb"` // sub: the user
	Attempts      int               `bun:"attempts"`
	NextAttemptAt time.Time         `bun:"next_attempt_at"`
	DeliveredAt   *time.Time        `bun:"delivered_at"`
	FailedAt      *time.Time        `bun:"failed_at"`
	CreatedAt     time.Time         `bun:"created_at"`
}

func toLogoutDelivery(r logoutRow) identity.LogoutDelivery {
	user, _ := uuid.Parse(r.Claims["sub"]) // written below
	return identity.LogoutDelivery{
		ID: r.ID, ClientID: r.ClientID, SessionID: r.SessionID, UserID: user, URI: r.URI, Attempts: r.Attempts,
		NextAttemptAt: r.NextAttemptAt.UTC(), CreatedAt: r.CreatedAt.UTC(),
	}
}

// SessionClients implements identity.LogoutStore.
func (s *Store) SessionClients(ctx context.Context, sessionIDs []uuid.UUID) ([]identity.SessionClient, error) {
	if len(sessionIDs) == 0 {
		return nil, nil
	}
	var rows []struct {
		SessionID uuid.UUID `bun:"session_id"`
		UserID    uuid.UUID `bun:"user_id"`
		ClientID  uuid.UUID `bun:"client_id"`
	}
	err := s.read().NewSelect().TableExpr("grants AS g").ColumnExpr("DISTINCT g.session_id, g.user_id, g.client_id").
		Where("g.session_id IN (?)", bun.List(sessionIDs)).Where("g.ended_at IS NULL").Where("g.user_id IS NOT NULL").Scan(ctx, &rows)
	if err != nil {
		return nil, s.fault("list clients of sessions", err)
	}
	out := make([]identity.SessionClient, len(rows))
	for i, row := range rows {
		out[i] = identity.SessionClient(row)
	}
	return out, nil
}

// InsertLogoutDeliveries implements identity.LogoutStore.
func (s *Store) InsertLogoutDeliveries(ctx context.Context, deliveries ...identity.LogoutDelivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	rows := make([]logoutRow, len(deliveries))
	for i, d := range deliveries {
		rows[i] = logoutRow{
			ID: d.ID, ClientID: d.ClientID, SessionID: d.SessionID, URI: d.URI, Claims: map[string]string{"sub": d.UserID.String()},
			Attempts: d.Attempts, NextAttemptAt: d.NextAttemptAt, CreatedAt: d.CreatedAt,
		}
	}
	_, err := s.write().NewInsert().Model(&rows).Exec(ctx)
	return s.fault("insert logout deliveries", err)
}

// ClaimLogoutDeliveries implements identity.LogoutStore. It writes only when something is due.
func (s *Store) ClaimLogoutDeliveries(ctx context.Context, now, lease time.Time, limit int) ([]identity.LogoutDelivery, error) {
	var due []uuid.UUID
	err := s.read().NewSelect().TableExpr("logout_deliveries AS ld").Column("id").Where("next_attempt_at <= ?", now).
		Where("delivered_at IS NULL").Where("failed_at IS NULL").OrderExpr("next_attempt_at").Limit(int64(limit)).Scan(ctx, &due)
	if err != nil || len(due) == 0 {
		return nil, s.fault("look for logout deliveries", err)
	}
	var rows []logoutRow
	_, err = s.write().NewUpdate().Model((*logoutRow)(nil)).Set("attempts = attempts + 1").Set("next_attempt_at = ?", lease).
		Where("id IN (?)", bun.List(due)).Where("next_attempt_at <= ?", now).Where("delivered_at IS NULL").Where("failed_at IS NULL").
		Returning("id, client_id, session_id, uri, claims, attempts, next_attempt_at, delivered_at, failed_at, created_at").Exec(ctx, &rows)
	if err != nil {
		return nil, s.fault("claim logout deliveries", err)
	}
	out := make([]identity.LogoutDelivery, len(rows))
	for i, row := range rows {
		out[i] = toLogoutDelivery(row)
	}
	return out, nil
}

// RescheduleLogoutDelivery implements identity.LogoutStore.
func (s *Store) RescheduleLogoutDelivery(ctx context.Context, id uuid.UUID, next time.Time) error {
	_, err := s.write().NewUpdate().Model((*logoutRow)(nil)).Set("next_attempt_at = ?", next).Where("id = ?", id).Exec(ctx)
	return s.fault("reschedule logout delivery", err)
}

// FinishLogoutDelivery implements identity.LogoutStore.
func (s *Store) FinishLogoutDelivery(ctx context.Context, id uuid.UUID, at time.Time, delivered bool) error {
	column := "failed_at"
	if delivered {
		column = "delivered_at"
	}
	_, err := s.write().NewUpdate().Model((*logoutRow)(nil)).Set("? = ?", bun.Ident(column), at).Where("id = ?", id).Exec(ctx)
	return s.fault("finish logout delivery", err)
}
