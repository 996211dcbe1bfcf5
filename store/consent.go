package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type consentRow struct {
	bun.BaseModel `bun:"table:consents,alias:co"`

	UserID    uuid.UUID `bun:"user_id,pk"`
	ClientID  uuid.UUID `bun:"client_id,pk"`
	Scopes    []string  `bun:"scopes,type:jsonb"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

func toConsent(r consentRow) identity.Consent {
	return identity.Consent{
		UserID: r.UserID, ClientID: r.ClientID, Scopes: nilIfEmpty(r.Scopes), CreatedAt: r.CreatedAt.UTC(),
		UpdatedAt: r.UpdatedAt.UTC(),
	}
}

var (
	consentFor  = selection[consentRow]("WHERE co.user_id = $1 AND co.client_id = $2")
	saveConsent = insertion[consentRow](" ON CONFLICT (user_id, client_id) DO UPDATE " +
		"SET scopes = EXCLUDED.scopes, updated_at = EXCLUDED.updated_at")
)

// ConsentFor implements identity.ConsentStore.
func (s *Store) ConsentFor(ctx context.Context, userID, clientID uuid.UUID) (identity.Consent, error) {
	var row consentRow
	err := s.get(ctx, consentFor, scanDestinations(&row), userID, clientID)
	if errors.Is(err, sql.ErrNoRows) {
		return identity.Consent{UserID: userID, ClientID: clientID}, nil
	}
	if err != nil {
		return identity.Consent{}, s.fault("read consent", err)
	}
	return toConsent(row), nil
}

// ConsentsOf implements identity.AdminSessionStore.
func (s *Store) ConsentsOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]identity.Consent, error) {
	out := make(map[uuid.UUID][]identity.Consent, len(userIDs))
	if len(userIDs) == 0 {
		return out, nil
	}
	rows, err := list[consentRow](ctx, s, s.read().NewSelect().Model((*consentRow)(nil)).Where("co.user_id IN (?)", idList(userIDs)).
		OrderExpr("co.updated_at DESC, co.client_id DESC"))
	if err != nil {
		return nil, s.fault("list consents of users", err)
	}
	for _, row := range rows {
		out[row.UserID] = append(out[row.UserID], toConsent(row))
	}
	return out, nil
}

// SaveConsent implements identity.ConsentStore. The time of creation of an existing consent stays.
func (s *Store) SaveConsent(ctx context.Context, c identity.Consent) error {
	row := consentRow{
		UserID: c.UserID, ClientID: c.ClientID, Scopes: emptyIfNil(c.Scopes), CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
	_, err := s.exec(ctx, saveConsent, arguments(&row)...)
	return s.fault("save consent", err)
}

var deleteConsent = statement{"delete consents", "DELETE FROM consents WHERE user_id = $1 AND client_id = $2"}

// DeleteConsent implements identity.ConsentStore.
func (s *Store) DeleteConsent(ctx context.Context, userID, clientID uuid.UUID) (bool, error) {
	res, err := s.exec(ctx, deleteConsent, userID, clientID)
	n, err := s.affected("delete consent", res, err)
	return n == 1, err
}
