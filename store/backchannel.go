package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type backchannelRow struct {
	bun.BaseModel `bun:"table:backchannel_requests,alias:b"`

	ID             uuid.UUID                    `bun:"id,pk"`
	Digest         []byte                       `bun:"digest"`
	ClientID       uuid.UUID                    `bun:"client_id"`
	UserID         uuid.UUID                    `bun:"user_id"`
	Params         identity.AuthorizationParams `bun:"params,type:jsonb"`
	BindingMessage string                       `bun:"binding_message"`
	Sealed         []byte                       `bun:"sealed"`
	IP             string                       `bun:"ip"`
	CreatedAt      time.Time                    `bun:"created_at"`
	ExpiresAt      time.Time                    `bun:"expires_at"`
}

func toBackchannelRequest(r backchannelRow) identity.BackchannelRequest {
	return identity.BackchannelRequest{
		ID: r.ID, Digest: r.Digest, ClientID: r.ClientID, UserID: r.UserID, Params: r.Params, BindingMessage: r.BindingMessage,
		Sealed: r.Sealed, IP: r.IP, CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
	}
}

var (
	insertBackchannelRequest = insertion[backchannelRow]("")
	// With how its interaction has ended.
	backchannelRequests = statement{"select backchannel_requests", "SELECT " + columns[backchannelRow]() +
		`, i.done_at, COALESCE(i.denied, false), i.grant_id
		FROM backchannel_requests AS b LEFT JOIN authorization_requests AS i ON i.id = b.id `}
	backchannelRequestByID     = statement{backchannelRequests.name, backchannelRequests.text + "WHERE b.id = $1"}
	backchannelRequestByDigest = byDigest(backchannelRequests, "b.digest")
	sweepBackchannelRequests   = sweep("backchannel_requests", "id", "expires_at <= $1", "$2")
)

// InsertBackchannelRequest implements identity.BackchannelStore.
func (s *Store) InsertBackchannelRequest(ctx context.Context, r identity.BackchannelRequest) error {
	row := backchannelRow{
		ID: r.ID, Digest: r.Digest, ClientID: r.ClientID, UserID: r.UserID, Params: r.Params, BindingMessage: r.BindingMessage,
		Sealed: r.Sealed, IP: r.IP, CreatedAt: r.CreatedAt, ExpiresAt: r.ExpiresAt,
	}
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.exec(ctx, insertBackchannelRequest, arguments(&row)...)
	return s.fault("insert backchannel request", err)
}

// BackchannelRequestByID implements identity.BackchannelStore.
func (s *Store) BackchannelRequestByID(ctx context.Context, id uuid.UUID) (identity.BackchannelRequest, error) {
	return s.backchannelRequest(ctx, backchannelRequestByID, id)
}

// BackchannelRequestByDigest implements identity.BackchannelStore.
func (s *Store) BackchannelRequestByDigest(ctx context.Context, digests [][]byte) (identity.BackchannelRequest, error) {
	if len(digests) == 0 {
		return identity.BackchannelRequest{}, identity.ErrInteractionNotFound
	}
	return s.backchannelRequest(ctx, backchannelRequestByDigest(len(digests)), toAnys(digests)...)
}

func (s *Store) backchannelRequest(ctx context.Context, st statement, keys ...any) (identity.BackchannelRequest, error) {
	var (
		row    backchannelRow
		done   *time.Time
		denied bool
		grant  *uuid.UUID
	)
	dest := append(scanDestinations(&row), scanDestination(&done), scanDestination(&denied), scanDestination(&grant))
	if err := s.get(ctx, st, dest, keys...); err != nil {
		return identity.BackchannelRequest{}, s.orMissing("read backchannel request", err, identity.ErrInteractionNotFound)
	}
	r := toBackchannelRequest(row)
	r.DoneAt, r.Denied, r.GrantID = utc(done), denied, grant
	return r, nil
}

// WaitingBackchannelRequests implements identity.BackchannelStore.
func (s *Store) WaitingBackchannelRequests(
	ctx context.Context, userID uuid.UUID, now time.Time,
) ([]identity.BackchannelRequest, error) {
	q := s.read().NewSelect().Model((*backchannelRow)(nil)).Where("b.user_id = ?", userID).Where("b.expires_at > ?", now).
		Where("NOT EXISTS (SELECT 1 FROM authorization_requests AS i WHERE i.id = b.id AND i.done_at IS NOT NULL)").Order("b.id")
	rows, err := list[backchannelRow](ctx, s, q)
	if err != nil {
		return nil, s.fault("list backchannel requests", err)
	}
	return mapped(rows, toBackchannelRequest), nil
}
