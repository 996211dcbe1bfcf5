package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

var placesOf = statement{"select browser_users", `SELECT '' AS network, last_seen_at FROM browser_users WHERE user_id = $1
	UNION ALL SELECT network, last_seen_at FROM user_networks WHERE user_id = $1 ORDER BY 2 DESC, 1`}

// PlacesOf implements identity.UserDataReader.
func (s *Store) PlacesOf(ctx context.Context, userID uuid.UUID) ([]identity.KnownPlace, error) {
	var (
		list []identity.KnownPlace
		name string
		seen time.Time
	)
	err := s.all(ctx, placesOf, []any{userID}, []any{scanDestination(&name), scanDestination(&seen)}, func() {
		list = append(list, identity.KnownPlace{Network: name, LastSeenAt: seen.UTC()})
	})
	return list, s.fault("list places of user", err)
}

// TransfersOf implements identity.UserDataReader. There are few transfers: they have no index by who asked.
func (s *Store) TransfersOf(
	ctx context.Context, userID uuid.UUID, slice identity.KeysetRange,
) ([]identity.ListRow[identity.Transfer], error) {
	build := func() (*bun.SelectQuery, error) {
		theirs := s.read().NewSelect().Model((*transferRow)(nil)).Where("t.actor ->> 'UserID' = ?", userID.String())
		return transferKey.paginate(theirs, false, slice)
	}
	return listPage(ctx, s, "list transfers of user", slice, build, toTransferRow)
}

var (
	deleteUserData = statement{"delete transfers", `DELETE FROM transfers WHERE kind = 'user.data' AND options ->> 'user_id' = $1`}
	renameAsker    = statement{"update transfers", `UPDATE transfers SET actor = $2 WHERE id = $1`}
)

// EraseTransfers implements identity.UserDataEraser.
func (s *Store) EraseTransfers(ctx context.Context, userID uuid.UUID, pseudonym string) error {
	if _, err := s.exec(ctx, deleteUserData, userID.String()); err != nil {
		return s.fault("delete data of user", err)
	}
	theirs, err := list[transferRow](ctx, s, s.write().NewSelect().Model((*transferRow)(nil)).
		Where("t.actor ->> 'UserID' = ?", userID.String()))
	if err != nil {
		return s.fault("list transfers of user", err)
	}
	for _, row := range theirs {
		t := toTransfer(row)
		t.Actor.Name, t.Actor.IP, t.Actor.UserAgent = pseudonym, "", ""
		erased, err := fromTransfer(t)
		if err != nil {
			return err
		}
		if _, err := s.exec(ctx, renameAsker, t.ID, string(erased.Actor)); err != nil {
			return s.fault("pseudonymise transfer", err)
		}
	}
	return nil
}
