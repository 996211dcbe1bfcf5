package store

import (
	"context"
	"reflect"
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
	Claims        map[string]string `bun:"claims"` // sub: the user
	Attempts      int               `bun:"attempts"`
	NextAttemptAt time.Time         `bun:"next_attempt_at"`
	DeliveredAt   *time.Time        `bun:"delivered_at"`
	FailedAt      *time.Time        `bun:"failed_at"`
	CreatedAt     time.Time         `bun:"created_at"`
}

func toLogoutDelivery(r logoutRow) identity.LogoutDelivery {
	user, _ := uuid.Parse(r.Claims["sub"]) // written by the version before
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

var clientsOfSession = statement{"select grants", `SELECT DISTINCT client_id FROM grants WHERE session_id = $1
	AND (code_digest IS NULL OR code_spent_at IS NOT NULL OR front_channel) ORDER BY client_id LIMIT $2`}

// ClientsOfSession implements identity.LogoutStore.
func (s *Store) ClientsOfSession(ctx context.Context, sessionID uuid.UUID, limit int) (ids []uuid.UUID, err error) {
	var id uuid.UUID
	err = s.all(ctx, clientsOfSession, []any{sessionID, limit}, []any{scanDestination(&id)}, func() { ids = append(ids, id) })
	return ids, s.fault("list clients of session", err)
}

// takeLogouts removes deliveries that nobody has delivered or given up. Where rows can be locked, what an old server is
// about to claim is skipped.
func (s *Store) takeLogouts() statement {
	lock := " FOR UPDATE SKIP LOCKED"
	if s.dialect.oneWriter() {
		lock = ""
	}
	return statement{"delete logout_deliveries", `DELETE FROM logout_deliveries WHERE id IN (SELECT id FROM logout_deliveries
		WHERE next_attempt_at <= $1 AND delivered_at IS NULL AND failed_at IS NULL ORDER BY next_attempt_at LIMIT $2` + lock + `)
		RETURNING ` + mappingOf(reflect.TypeFor[logoutRow]()).columnNames()}
}

// TakeLogoutDeliveries implements identity.LogoutStore.
func (s *Store) TakeLogoutDeliveries(ctx context.Context, before time.Time, limit int) ([]identity.LogoutDelivery, error) {
	var list []identity.LogoutDelivery
	var row logoutRow
	err := s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		list = nil
		return tx.all(ctx, tx.takeLogouts(), []any{before, limit}, scanDestinations(&row), func() {
			list = append(list, toLogoutDelivery(row))
			row = logoutRow{}
		})
	})
	return list, s.fault("take logout deliveries", err)
}
