package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type deviceAuthorizationRow struct {
	bun.BaseModel `bun:"table:device_authorizations,alias:d"`

	ID             uuid.UUID `bun:"id,pk"`
	Digest         []byte    `bun:"digest"`
	UserCodeDigest []byte    `bun:"user_code_digest"`
	ClientID       uuid.UUID `bun:"client_id"`
	Scopes         []string  `bun:"scopes,type:jsonb"`
	Resources      []string  `bun:"resources,type:jsonb"`
	IP             string    `bun:"ip"`
	CreatedAt      time.Time `bun:"created_at"`
	ExpiresAt      time.Time `bun:"expires_at"`
}

var (
	insertDeviceAuthorization = insertion[deviceAuthorizationRow](" ON CONFLICT (user_code_digest) DO NOTHING")
	// With how its interaction has ended.
	deviceAuthorizations = statement{"select device_authorizations", "SELECT " + columns[deviceAuthorizationRow]() +
		`, COALESCE(i.denied, false), i.grant_id FROM device_authorizations AS d LEFT JOIN authorization_requests AS i ON i.id = d.id `}
	deviceAuthorizationByCode     = byDigest(deviceAuthorizations, "d.digest")
	deviceAuthorizationByUserCode = byDigest(deviceAuthorizations, "d.user_code_digest")
	sweepDeviceAuthorizations     = sweep("device_authorizations", "id", "expires_at <= $1", "$2")
)

// InsertDeviceAuthorization implements identity.DeviceAuthorizationStore.
func (s *Store) InsertDeviceAuthorization(ctx context.Context, d identity.DeviceAuthorization) (bool, error) {
	row := deviceAuthorizationRow{
		ID: d.ID, Digest: d.Digest, UserCodeDigest: d.UserCodeDigest, ClientID: d.ClientID, Scopes: emptyIfNil(d.Scopes),
		Resources: emptyIfNil(d.Resources), IP: d.IP, CreatedAt: d.CreatedAt, ExpiresAt: d.ExpiresAt,
	}
	if err := checkText(&row); err != nil {
		return false, err
	}
	res, err := s.exec(ctx, insertDeviceAuthorization, arguments(&row)...)
	n, err := s.affected("insert device authorization", res, err)
	return n == 1, err
}

// DeviceAuthorizationByCode implements identity.DeviceAuthorizationStore.
func (s *Store) DeviceAuthorizationByCode(ctx context.Context, digests [][]byte) (identity.DeviceAuthorization, error) {
	return s.deviceAuthorization(ctx, deviceAuthorizationByCode, digests)
}

// DeviceAuthorizationByUserCode implements identity.DeviceAuthorizationStore.
func (s *Store) DeviceAuthorizationByUserCode(ctx context.Context, digests [][]byte) (identity.DeviceAuthorization, error) {
	return s.deviceAuthorization(ctx, deviceAuthorizationByUserCode, digests)
}

func (s *Store) deviceAuthorization(
	ctx context.Context, by func(digests int) statement, digests [][]byte,
) (identity.DeviceAuthorization, error) {
	if len(digests) == 0 {
		return identity.DeviceAuthorization{}, identity.ErrUserCodeNotFound
	}
	var (
		row deviceAuthorizationRow
		d   identity.DeviceAuthorization
	)
	dest := append(scanDestinations(&row), scanDestination(&d.Denied), scanDestination(&d.GrantID))
	if err := s.get(ctx, by(len(digests)), dest, toAnys(digests)...); err != nil {
		return identity.DeviceAuthorization{}, s.orMissing("read device authorization", err, identity.ErrUserCodeNotFound)
	}
	d.ID, d.Digest, d.UserCodeDigest, d.ClientID, d.IP = row.ID, row.Digest, row.UserCodeDigest, row.ClientID, row.IP
	d.Scopes, d.Resources = nilIfEmpty(row.Scopes), nilIfEmpty(row.Resources)
	d.CreatedAt, d.ExpiresAt = row.CreatedAt.UTC(), row.ExpiresAt.UTC()
	return d, nil
}
