package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type linkedIdentityRow struct {
	bun.BaseModel `bun:"table:linked_identities,alias:li"`

	ID            uuid.UUID  `bun:"id,pk"`
	ProviderID    uuid.UUID  `bun:"provider_id"`
	Issuer        string     `bun:"issuer"`
	Subject       string     `bun:"subject"`
	UserID        uuid.UUID  `bun:"user_id"`
	Email         string     `bun:"email"`
	EmailVerified bool       `bun:"email_verified"`
	CreatedAt     time.Time  `bun:"created_at"`
	LastUsedAt    *time.Time `bun:"last_used_at"`
}

func fromLinkedIdentity(l identity.LinkedIdentity) linkedIdentityRow {
	return linkedIdentityRow{
		ID: l.ID, ProviderID: l.ProviderID, Issuer: l.Issuer, Subject: l.Subject, UserID: l.UserID, Email: l.Email,
		EmailVerified: l.EmailVerified, CreatedAt: l.CreatedAt, LastUsedAt: l.LastUsedAt,
	}
}

func toLinkedIdentity(r linkedIdentityRow) identity.LinkedIdentity {
	return identity.LinkedIdentity{
		ID: r.ID, ProviderID: r.ProviderID, Issuer: r.Issuer, Subject: r.Subject, UserID: r.UserID, Email: r.Email,
		EmailVerified: r.EmailVerified, CreatedAt: r.CreatedAt.UTC(), LastUsedAt: utc(r.LastUsedAt),
	}
}

var (
	linkedIdentity = selection[linkedIdentityRow]("WHERE li.provider_id = $1 AND li.issuer = $2 AND li.subject = $3")

	insertLinkedIdentity = insertion[linkedIdentityRow](" ON CONFLICT (provider_id, issuer, subject) DO NOTHING")
	useLinkedIdentity    = statement{"update linked_identities", `UPDATE linked_identities
		SET email = $3, email_verified = $4, last_used_at = $5 WHERE id = $1 AND user_id = $2`}
	deleteLinkedIdentity = statement{"delete linked_identities", `DELETE FROM linked_identities WHERE id = $2 AND user_id = $1`}
)

// LinkedIdentity implements identity.ProviderStore.
func (s *Store) LinkedIdentity(ctx context.Context, providerID uuid.UUID, issuer, subject string) (identity.LinkedIdentity, error) {
	var row linkedIdentityRow
	if err := s.get(ctx, linkedIdentity, scanDestinations(&row), providerID, issuer, subject); err != nil {
		return identity.LinkedIdentity{}, s.orMissing("read linked identity", err, identity.ErrCredentialNotFound)
	}
	return toLinkedIdentity(row), nil
}

// LinkedIdentitiesOf implements identity.ProviderStore.
func (s *Store) LinkedIdentitiesOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]identity.LinkedIdentity, error) {
	out := make(map[uuid.UUID][]identity.LinkedIdentity, len(userIDs))
	if len(userIDs) == 0 {
		return out, nil
	}
	rows, err := list[linkedIdentityRow](ctx, s, s.read().NewSelect().Model((*linkedIdentityRow)(nil)).
		Where("li.user_id IN (?)", idList(userIDs)).Order("li.user_id", "li.created_at", "li.id"))
	if err != nil {
		return nil, s.fault("list linked identities", err)
	}
	for _, row := range rows {
		out[row.UserID] = append(out[row.UserID], toLinkedIdentity(row))
	}
	return out, nil
}

// InsertLinkedIdentity implements identity.ProviderStore.
func (s *Store) InsertLinkedIdentity(ctx context.Context, l identity.LinkedIdentity) (added bool, err error) {
	const what = "insert linked identity"
	row := fromLinkedIdentity(l)
	if err := checkText(&row); err != nil {
		return false, err
	}
	err = s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		added = false
		res, err := tx.exec(ctx, holdUser, l.UserID)
		n, err := tx.affected(what, res, err)
		if err != nil || n == 0 {
			return err
		}
		res, err = tx.exec(ctx, insertLinkedIdentity, arguments(&row)...)
		n, err = tx.affected(what, res, err)
		added = n == 1
		return err
	})
	return added, err
}

// UseLinkedIdentity implements identity.ProviderStore.
func (s *Store) UseLinkedIdentity(ctx context.Context, l identity.LinkedIdentity, at time.Time) (bool, error) {
	res, err := s.exec(ctx, useLinkedIdentity, l.ID, l.UserID, l.Email, l.EmailVerified, at)
	n, err := s.affected("use linked identity", res, err)
	return n == 1, err
}

// DeleteLinkedIdentity implements identity.ProviderStore. The user comes first, as in InsertLinkedIdentity.
func (s *Store) DeleteLinkedIdentity(ctx context.Context, userID, id uuid.UUID) (removed bool, err error) {
	const what = "delete linked identity"
	err = s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		removed = false
		if _, err := tx.exec(ctx, holdUser, userID); err != nil {
			return tx.fault(what, err)
		}
		res, err := tx.exec(ctx, deleteLinkedIdentity, userID, id)
		n, err := tx.affected(what, res, err)
		removed = n == 1
		return err
	})
	return removed, err
}
