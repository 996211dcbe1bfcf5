package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type requestRow struct {
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

func fromRequest(v identity.AuthorizationRequest) requestRow {
	return requestRow{
		ID: v.ID, Digest: v.Digest, ClientID: v.ClientID, Params: v.Params, CreatedAt: v.CreatedAt, ExpiresAt: v.ExpiresAt,
		DoneAt: v.DoneAt, SessionID: v.SessionID, AuthenticatedAt: v.AuthenticatedAt, ConsentedAt: v.ConsentedAt,
		Denied: v.Denied,
	}
}

func toRequest(r requestRow) identity.AuthorizationRequest {
	return identity.AuthorizationRequest{
		ID: r.ID, Digest: r.Digest, ClientID: r.ClientID, Params: r.Params, CreatedAt: r.CreatedAt.UTC(),
		ExpiresAt: r.ExpiresAt.UTC(), DoneAt: utc(r.DoneAt), SessionID: r.SessionID,
		AuthenticatedAt: utc(r.AuthenticatedAt), ConsentedAt: utc(r.ConsentedAt), Denied: r.Denied,
	}
}

var (
	requestByDigest = byDigest(selection[requestRow](""), "a.digest")
	insertRequest   = insertion[requestRow]("")
	progressRequest = statement{"update authorization_requests", `UPDATE authorization_requests
		SET session_id = $2, authenticated_at = $3, consented_at = $4, denied = $5 WHERE id = $1 AND done_at IS NULL`}
)

// InsertAuthorization implements identity.AuthorizationStore.
func (s *Store) InsertAuthorization(ctx context.Context, v identity.AuthorizationRequest) error {
	row := fromRequest(v)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.exec(ctx, insertRequest, arguments(&row)...)
	return s.fault("insert authorization request", err)
}

// AuthorizationByDigest implements identity.AuthorizationStore.
func (s *Store) AuthorizationByDigest(ctx context.Context, digests [][]byte) (identity.AuthorizationRequest, error) {
	if len(digests) == 0 {
		return identity.AuthorizationRequest{}, identity.ErrRequestNotFound
	}
	var row requestRow
	if err := s.get(ctx, requestByDigest(len(digests)), scanDestinations(&row), toAnys(digests)...); err != nil {
		return identity.AuthorizationRequest{}, s.orMissing("read authorization request", err, identity.ErrRequestNotFound)
	}
	return toRequest(row), nil
}

// ProgressAuthorization implements identity.AuthorizationStore; ErrRequestNotFound when the request is done or gone.
func (s *Store) ProgressAuthorization(ctx context.Context, v identity.AuthorizationRequest) error {
	res, err := s.exec(ctx, progressRequest, v.ID, v.SessionID, v.AuthenticatedAt, v.ConsentedAt, v.Denied)
	return s.changed("progress authorization request", res, err, identity.ErrRequestNotFound)
}

var finishAuthorization = statement{
	"update authorization_requests", `UPDATE authorization_requests SET done_at = $2 WHERE id = $1 AND done_at IS NULL`,
}

// FinishAuthorization implements identity.AuthorizationStore.
func (s *Store) FinishAuthorization(ctx context.Context, id uuid.UUID, at time.Time) (bool, error) {
	res, err := s.exec(ctx, finishAuthorization, id, at)
	n, err := s.affected("finish authorization request", res, err)
	return n == 1, err
}
