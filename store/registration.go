package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type registrationRow struct {
	bun.BaseModel `bun:"table:registrations,alias:rg"`

	ID           uuid.UUID  `bun:"id,pk"`
	Digest       []byte     `bun:"digest"`
	Email        string     `bun:"email"`
	InvitationID *uuid.UUID `bun:"invitation_id"`
	CodeDigest   []byte     `bun:"code_digest"`
	Attempts     int        `bun:"attempts"`
	CreatedAt    time.Time  `bun:"created_at"`
	ExpiresAt    time.Time  `bun:"expires_at"`
	ProvenAt     *time.Time `bun:"proven_at"`
}

func fromRegistration(r identity.Registration) registrationRow {
	return registrationRow{
		ID: r.ID, Digest: r.Digest, Email: r.Email, CodeDigest: r.CodeDigest, Attempts: r.Attempts, CreatedAt: r.CreatedAt,
		ExpiresAt: r.ExpiresAt, ProvenAt: r.ProvenAt, InvitationID: pointer(r.InvitationID),
	}
}

func toRegistration(r registrationRow) identity.Registration {
	found := identity.Registration{
		ID: r.ID, Digest: r.Digest, Email: r.Email, CodeDigest: r.CodeDigest, Attempts: r.Attempts, CreatedAt: r.CreatedAt.UTC(),
		ExpiresAt: r.ExpiresAt.UTC(), ProvenAt: utc(r.ProvenAt),
	}
	if r.InvitationID != nil {
		found.InvitationID = *r.InvitationID
	}
	return found
}

var (
	insertRegistration   = insertion[registrationRow]("")
	registrationByDigest = byDigest(selection[registrationRow](""), "rg.digest")
	tryRegistration      = statement{"update registrations", `UPDATE registrations SET attempts = attempts + 1
		WHERE id = $1 AND attempts < $2 AND expires_at > $3 AND proven_at IS NULL`}
	proveRegistration = statement{"update registrations", `UPDATE registrations SET proven_at = $2, expires_at = $3
		WHERE id = $1 AND expires_at > $2 AND proven_at IS NULL`}
	spendRegistration = statement{"delete registrations", `DELETE FROM registrations
		WHERE id = $1 AND expires_at > $2 AND proven_at IS NOT NULL`}
	sweepRegistrations = sweep("registrations", "id", "expires_at <= $1", "$2")
)

// InsertRegistration implements identity.RegistrationStore.
func (s *Store) InsertRegistration(ctx context.Context, r identity.Registration) error {
	row := fromRegistration(r)
	_, err := s.exec(ctx, insertRegistration, arguments(&row)...)
	return s.fault("insert registration", err)
}

// RegistrationByDigest implements identity.RegistrationStore.
func (s *Store) RegistrationByDigest(ctx context.Context, digests [][]byte) (identity.Registration, error) {
	if len(digests) == 0 {
		return identity.Registration{}, identity.ErrRegistrationNotFound
	}
	var row registrationRow
	if err := s.get(ctx, registrationByDigest(len(digests)), scanDestinations(&row), toAnys(digests)...); err != nil {
		return identity.Registration{}, s.orMissing("read registration", err, identity.ErrRegistrationNotFound)
	}
	return toRegistration(row), nil
}

// TryRegistration implements identity.RegistrationStore.
func (s *Store) TryRegistration(ctx context.Context, id uuid.UUID, limit int, now time.Time) (bool, error) {
	res, err := s.exec(ctx, tryRegistration, id, limit, now)
	n, err := s.affected("try the code of a registration", res, err)
	return n == 1, err
}

// ProveRegistration implements identity.RegistrationStore.
func (s *Store) ProveRegistration(ctx context.Context, id uuid.UUID, now, expires time.Time) (bool, error) {
	res, err := s.exec(ctx, proveRegistration, id, now, expires)
	n, err := s.affected("prove registration", res, err)
	return n == 1, err
}

// SpendRegistration implements identity.RegistrationStore.
func (s *Store) SpendRegistration(ctx context.Context, id uuid.UUID, now time.Time) (bool, error) {
	res, err := s.exec(ctx, spendRegistration, id, now)
	n, err := s.affected("spend registration", res, err)
	return n == 1, err
}
