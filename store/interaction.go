package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// interactionRow is in the table that was named when there was only one kind: older nodes share the rows
// (docs/decisions/0029).
type interactionRow struct {
	bun.BaseModel `bun:"table:authorization_requests,alias:i"`

	ID              uuid.UUID                    `bun:"id,pk"`
	Kind            string                       `bun:"kind"`
	Digest          []byte                       `bun:"digest"`
	ClientID        *uuid.UUID                   `bun:"client_id"`
	Params          identity.AuthorizationParams `bun:"params,type:jsonb"`
	ReturnPath      string                       `bun:"return_path"`
	CreatedAt       time.Time                    `bun:"created_at"`
	ExpiresAt       time.Time                    `bun:"expires_at"`
	DoneAt          *time.Time                   `bun:"done_at"`
	SessionID       *uuid.UUID                   `bun:"session_id"`
	AuthenticatedAt *time.Time                   `bun:"authenticated_at"`
	ConsentedAt     *time.Time                   `bun:"consented_at"`
	Denied          bool                         `bun:"denied" store:"write-only"` // never; older nodes read it
}

func fromInteraction(v identity.Interaction) interactionRow {
	return interactionRow{
		ID: v.ID, Kind: string(v.Kind), Digest: v.Digest, ClientID: nilIfZero(v.ClientID), Params: v.Params,
		ReturnPath: string(v.ReturnPath), CreatedAt: v.CreatedAt, ExpiresAt: v.ExpiresAt, DoneAt: v.DoneAt,
		SessionID: v.SessionID, AuthenticatedAt: v.AuthenticatedAt, ConsentedAt: v.ConsentedAt,
	}
}

func toInteraction(r interactionRow) identity.Interaction {
	i := identity.Interaction{
		ID: r.ID, Kind: identity.InteractionKind(r.Kind), Digest: r.Digest, Params: r.Params,
		ReturnPath: identity.ReturnPath(r.ReturnPath), CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
		DoneAt: utc(r.DoneAt), SessionID: r.SessionID, AuthenticatedAt: utc(r.AuthenticatedAt),
		ConsentedAt: utc(r.ConsentedAt),
	}
	if r.ClientID != nil {
		i.ClientID = *r.ClientID
	}
	return i
}

var (
	interactionByDigest = byDigest(selection[interactionRow](""), "i.digest")
	insertInteraction   = insertion[interactionRow]("")
	progressInteraction = statement{"update authorization_requests", `UPDATE authorization_requests
		SET session_id = $2, authenticated_at = $3, consented_at = $4
		WHERE id = $1 AND done_at IS NULL`}
)

// InsertInteraction implements identity.InteractionStore.
func (s *Store) InsertInteraction(ctx context.Context, v identity.Interaction) error {
	row := fromInteraction(v)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.exec(ctx, insertInteraction, arguments(&row)...)
	return s.fault("insert interaction", err)
}

// InteractionByDigest implements identity.InteractionStore.
func (s *Store) InteractionByDigest(ctx context.Context, digests [][]byte) (identity.Interaction, error) {
	if len(digests) == 0 {
		return identity.Interaction{}, identity.ErrInteractionNotFound
	}
	var row interactionRow
	if err := s.get(ctx, interactionByDigest(len(digests)), scanDestinations(&row), toAnys(digests)...); err != nil {
		return identity.Interaction{}, s.orMissing("read interaction", err, identity.ErrInteractionNotFound)
	}
	return toInteraction(row), nil
}

// ProgressInteraction implements identity.InteractionStore.
func (s *Store) ProgressInteraction(ctx context.Context, v identity.Interaction) error {
	res, err := s.exec(ctx, progressInteraction, v.ID, v.SessionID, v.AuthenticatedAt, v.ConsentedAt)
	return s.changed("progress interaction", res, err, identity.ErrInteractionNotFound)
}

var finishInteraction = statement{
	"update authorization_requests", `UPDATE authorization_requests SET done_at = $2 WHERE id = $1 AND done_at IS NULL`,
}

// FinishInteraction implements identity.InteractionStore.
func (s *Store) FinishInteraction(ctx context.Context, id uuid.UUID, at time.Time) (bool, error) {
	res, err := s.exec(ctx, finishInteraction, id, at)
	n, err := s.affected("finish interaction", res, err)
	return n == 1, err
}
