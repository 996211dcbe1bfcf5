package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type interactionRow struct {
	bun.BaseModel `bun:"table:authorization_requests,alias:a"`

	ID              uuid.UUID                    `bun:"id,pk"`
	Digest          []byte                       `bun:"digest"`
	ClientID        uuid.UUID                    `bun:"client_id"`
	Params          identity.AuthorizationParams `bun:"params,type:jsonb"`
	CreatedAt       time.Time                    `bun:"created_at"`
	ExpiresAt       time.Time                    `bun:"expires_at"`
	DoneAt          *time.Time                   `bun:"done_at"`
	SessionID       *uuid.UUID                   `bun:"session_id"`
	AuthenticatedAt *time.Time                   `bun:"authenticated_at"`
	ConsentedAt     *time.Time                   `bun:"consented_at"`
	Denied          bool                         `bun:"denied"`
}

func fromInteraction(v identity.Interaction) interactionRow {
	return interactionRow{
		ID: v.ID, Digest: v.Digest, ClientID: v.ClientID, Params: v.Params, CreatedAt: v.CreatedAt, ExpiresAt: v.ExpiresAt,
		DoneAt: v.DoneAt, SessionID: v.SessionID, AuthenticatedAt: v.AuthenticatedAt, ConsentedAt: v.ConsentedAt,
		Denied: v.Denied,
	}
}

func toInteraction(r interactionRow) identity.Interaction {
	return identity.Interaction{
		ID: r.ID, Digest: r.Digest, ClientID: r.ClientID, Params: r.Params, CreatedAt: r.CreatedAt.UTC(),
		ExpiresAt: r.ExpiresAt.UTC(), DoneAt: moment(r.DoneAt), SessionID: r.SessionID,
		AuthenticatedAt: moment(r.AuthenticatedAt), ConsentedAt: moment(r.ConsentedAt), Denied: r.Denied,
	}
}

var (
	interactionByDigest = byDigest(selection[interactionRow](""), "a.digest")
	insertInteraction   = insertion[interactionRow]("")
	progressInteraction = statement{"update authorization_requests", `UPDATE authorization_requests
		SET session_id = $2, authenticated_at = $3, consented_at = $4, denied = $5 WHERE id = $1 AND done_at IS NULL`}
)

// InsertInteraction implements identity.InteractionStore.
func (s *Store) InsertInteraction(ctx context.Context, v identity.Interaction) error {
	row := fromInteraction(v)
	if err := refuse(&row); err != nil {
		return err
	}
	_, err := s.exec(ctx, insertInteraction, arguments(&row)...)
	return s.fault("insert authorization request", err)
}

// InteractionByDigest implements identity.InteractionStore.
func (s *Store) InteractionByDigest(ctx context.Context, digests [][]byte) (identity.Interaction, error) {
	if len(digests) == 0 {
		return identity.Interaction{}, identity.ErrInteractionNotFound
	}
	var row interactionRow
	if err := s.get(ctx, interactionByDigest(len(digests)), places(&row), anys(digests)...); err != nil {
		return identity.Interaction{}, s.orMissing("read authorization request", err, identity.ErrInteractionNotFound)
	}
	return toInteraction(row), nil
}

// ProgressInteraction implements identity.InteractionStore; ErrInteractionNotFound when the request is done or gone.
func (s *Store) ProgressInteraction(ctx context.Context, v identity.Interaction) error {
	res, err := s.exec(ctx, progressInteraction, v.ID, v.SessionID, v.AuthenticatedAt, v.ConsentedAt, v.Denied)
	return s.changed("progress authorization request", res, err, identity.ErrInteractionNotFound)
}

var finishInteraction = statement{
	"update authorization_requests", `UPDATE authorization_requests SET done_at = $2 WHERE id = $1 AND done_at IS NULL`,
}

// FinishInteraction implements identity.InteractionStore.
func (s *Store) FinishInteraction(ctx context.Context, id uuid.UUID, at time.Time) (bool, error) {
	res, err := s.exec(ctx, finishInteraction, id, at)
	n, err := s.affected("finish authorization request", res, err)
	return n == 1, err
}
