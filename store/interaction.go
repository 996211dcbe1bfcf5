package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// interactionRow is in the table that was named when there was only one kind: older nodes share the rows
// (docs/decisions/0029). What was asked (params, return_path) is in rows of older nodes alone (docs/decisions/0034).
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
	Denied          bool                         `bun:"denied"`
	GrantID         *uuid.UUID                   `bun:"grant_id"`
}

func fromInteraction(v identity.Interaction) interactionRow {
	return interactionRow{
		ID: v.ID, Kind: string(v.Kind), Digest: v.Digest, ClientID: nilIfZero(v.ClientID), Params: v.Params,
		ReturnPath: string(v.ReturnPath), CreatedAt: v.CreatedAt, ExpiresAt: v.ExpiresAt, DoneAt: v.DoneAt,
		SessionID: v.SessionID, AuthenticatedAt: v.AuthenticatedAt, ConsentedAt: v.ConsentedAt,
		Denied: v.Denied, GrantID: v.GrantID,
	}
}

func toInteraction(r interactionRow) identity.Interaction {
	i := identity.Interaction{
		ID: r.ID, Kind: identity.InteractionKind(r.Kind), Digest: r.Digest, Params: r.Params,
		ReturnPath: identity.ReturnPath(r.ReturnPath), CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
		DoneAt: utc(r.DoneAt), SessionID: r.SessionID, AuthenticatedAt: utc(r.AuthenticatedAt),
		ConsentedAt: utc(r.ConsentedAt), Denied: r.Denied, GrantID: r.GrantID,
	}
	if r.ClientID != nil {
		i.ClientID = *r.ClientID
	}
	return i
}

// upsertInteraction is one statement, so that of two that finish an interaction at once one does, also when neither has
// found a row.
const upsertInteraction = ` ON CONFLICT (id) DO UPDATE SET session_id = excluded.session_id,
	authenticated_at = excluded.authenticated_at, consented_at = excluded.consented_at, done_at = excluded.done_at,
	denied = excluded.denied, grant_id = excluded.grant_id
	WHERE authorization_requests.done_at IS NULL`

var (
	interactionByID     = selection[interactionRow]("WHERE i.id = $1")
	interactionByDigest = byDigest(selection[interactionRow](""), "i.digest")
	saveInteraction     = insertion[interactionRow](upsertInteraction)
	replaceInteraction  = statement{"update authorization_requests", `UPDATE authorization_requests SET grant_id = $3
		WHERE id = $1 AND grant_id = $2 AND done_at IS NOT NULL`}
)

// InteractionByID implements identity.InteractionStore.
func (s *Store) InteractionByID(ctx context.Context, id uuid.UUID) (identity.Interaction, error) {
	return s.interaction(ctx, interactionByID, id)
}

// InteractionByDigest implements identity.InteractionStore.
func (s *Store) InteractionByDigest(ctx context.Context, digests [][]byte) (identity.Interaction, error) {
	if len(digests) == 0 {
		return identity.Interaction{}, identity.ErrInteractionNotFound
	}
	return s.interaction(ctx, interactionByDigest(len(digests)), toAnys(digests)...)
}

func (s *Store) interaction(ctx context.Context, st statement, keys ...any) (identity.Interaction, error) {
	var row interactionRow
	if err := s.get(ctx, st, scanDestinations(&row), keys...); err != nil {
		return identity.Interaction{}, s.orMissing("read interaction", err, identity.ErrInteractionNotFound)
	}
	return toInteraction(row), nil
}

// SaveInteraction implements identity.InteractionStore.
func (s *Store) SaveInteraction(ctx context.Context, v identity.Interaction) error {
	row := fromInteraction(v)
	if err := checkText(&row); err != nil {
		return err
	}
	res, err := s.exec(ctx, saveInteraction, arguments(&row)...)
	return s.changed("save interaction", res, err, identity.ErrInteractionNotFound)
}

// ReplaceInteractionGrant implements identity.InteractionStore.
func (s *Store) ReplaceInteractionGrant(ctx context.Context, id, from, to uuid.UUID) (bool, error) {
	res, err := s.exec(ctx, replaceInteraction, id, from, to)
	n, err := s.affected("replace grant of interaction", res, err)
	return n == 1, err
}
