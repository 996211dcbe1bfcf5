package store

import (
	"bytes"
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type passkeyRow struct {
	bun.BaseModel `bun:"table:passkeys,alias:pk"`

	ID               uuid.UUID  `bun:"id,pk"`
	UserID           uuid.UUID  `bun:"user_id"`
	CredentialID     []byte     `bun:"credential_id"`
	Record           []byte     `bun:"record"`
	Name             string     `bun:"name"`
	SecurityKey      bool       `bun:"security_key"`
	SignCount        int        `bun:"sign_count"`
	BackupEligible   bool       `bun:"backup_eligible"`
	BackedUp         bool       `bun:"backed_up"`
	CreatedAt        time.Time  `bun:"created_at"`
	LastUsedAt       *time.Time `bun:"last_used_at"`
	CloneSuspectedAt *time.Time `bun:"clone_suspected_at"`
}

func fromPasskey(p identity.Passkey) passkeyRow {
	return passkeyRow{
		ID: p.ID, UserID: p.UserID, CredentialID: p.CredentialID, Record: p.Record, Name: p.Name,
		SecurityKey: p.SecurityKey, SignCount: p.SignCount,
		BackupEligible: p.BackupEligible, BackedUp: p.BackedUp, CreatedAt: p.CreatedAt, LastUsedAt: p.LastUsedAt,
		CloneSuspectedAt: p.CloneSuspectedAt,
	}
}

func toPasskey(r passkeyRow, handle []byte) identity.Passkey {
	return identity.Passkey{
		ID: r.ID, UserID: r.UserID, Handle: handle, CredentialID: r.CredentialID, Record: r.Record, Name: r.Name,
		SecurityKey: r.SecurityKey, SignCount: r.SignCount,
		BackupEligible: r.BackupEligible, BackedUp: r.BackedUp, CreatedAt: r.CreatedAt.UTC(), LastUsedAt: utc(r.LastUsedAt),
		CloneSuspectedAt: utc(r.CloneSuspectedAt),
	}
}

var (
	passkeyHandle       = statement{"select webauthn_handles", `SELECT handle FROM webauthn_handles WHERE user_id = $1`}
	insertPasskeyHandle = statement{
		"insert webauthn_handles", `INSERT INTO webauthn_handles (user_id, handle) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING`,
	}
	insertPasskey       = insertion[passkeyRow](" ON CONFLICT (credential_id) DO NOTHING")
	passkeyByCredential = statement{"select passkeys", `SELECT ` + columns[passkeyRow]() + `, wh.handle FROM passkeys AS pk
		JOIN webauthn_handles AS wh ON wh.user_id = pk.user_id WHERE pk.credential_id = $1`}
	usePasskey = statement{"update passkeys", `UPDATE passkeys
		SET sign_count = $2, backup_eligible = $3, backed_up = $4, last_used_at = $5
		WHERE id = $1 AND (sign_count < $2 OR sign_count = 0 AND $2 = 0)`}
	suspectPasskey = statement{"update passkeys", `UPDATE passkeys
		SET backup_eligible = $2, backed_up = $3, last_used_at = $4, clone_suspected_at = $4 WHERE id = $1`}
	renamePasskey = statement{"update passkeys", `UPDATE passkeys SET name = $3 WHERE id = $2 AND user_id = $1`}
	deletePasskey = statement{"delete passkeys", `DELETE FROM passkeys WHERE id = $2 AND user_id = $1`}

	holdUser     = statement{"update users", `UPDATE users SET passkey = passkey WHERE id = $1`}
	notePasskeys = statement{
		"update users", `UPDATE users SET passkey = EXISTS (SELECT 1 FROM passkeys WHERE user_id = $1 AND NOT security_key),
			second_step = second_step AND EXISTS (SELECT 1 FROM passkeys WHERE user_id = $1 AND NOT security_key),
			security_key = EXISTS (SELECT 1 FROM passkeys WHERE user_id = $1 AND security_key) WHERE id = $1`,
	}
	setSecondStep = statement{"update users", `UPDATE users SET second_step = $2 WHERE id = $1 AND second_step <> $2 AND (passkey OR NOT $2)`}
)

// PasskeyHandle implements identity.PasskeyStore.
func (s *Store) PasskeyHandle(ctx context.Context, userID uuid.UUID) (handle []byte, err error) {
	if err := s.get(ctx, passkeyHandle, []any{scanDestination(&handle)}, userID); err != nil {
		return nil, s.orMissing("read user handle", err, identity.ErrCredentialNotFound)
	}
	return handle, nil
}

// InsertPasskey implements identity.PasskeyStore. The user comes first: whoever adds or removes another one waits.
func (s *Store) InsertPasskey(ctx context.Context, p identity.Passkey) (added bool, err error) {
	const what = "insert passkey"
	row := fromPasskey(p)
	if err := checkText(&row); err != nil {
		return false, err
	}
	err = s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		added = false
		res, err := tx.exec(ctx, holdUser, p.UserID)
		n, err := tx.affected(what, res, err)
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.exec(ctx, insertPasskeyHandle, p.UserID, p.Handle); err != nil {
			return tx.fault(what, err)
		}
		handle, err := tx.PasskeyHandle(ctx, p.UserID)
		if err != nil || !bytes.Equal(handle, p.Handle) {
			return err
		}
		res, err = tx.exec(ctx, insertPasskey, arguments(&row)...)
		if n, err = tx.affected(what, res, err); err != nil || n == 0 {
			return err
		}
		added = true
		_, err = tx.exec(ctx, notePasskeys, p.UserID)
		return tx.fault(what, err)
	})
	return added, err
}

// PasskeyByCredential implements identity.PasskeyStore.
func (s *Store) PasskeyByCredential(ctx context.Context, credentialID []byte) (identity.Passkey, error) {
	var (
		row    passkeyRow
		handle []byte
	)
	if err := s.get(ctx, passkeyByCredential, append(scanDestinations(&row), scanDestination(&handle)), credentialID); err != nil {
		return identity.Passkey{}, s.orMissing("read passkey", err, identity.ErrCredentialNotFound)
	}
	return toPasskey(row, handle), nil
}

// PasskeysOf implements identity.PasskeyStore.
func (s *Store) PasskeysOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]identity.Passkey, error) {
	out := make(map[uuid.UUID][]identity.Passkey, len(userIDs))
	if len(userIDs) == 0 {
		return out, nil
	}
	rows, err := list[passkeyRow](ctx, s, s.read().NewSelect().Model((*passkeyRow)(nil)).Where("pk.user_id IN (?)", idList(userIDs)).
		Order("pk.user_id", "pk.created_at", "pk.id"))
	if err != nil {
		return nil, s.fault("list passkeys", err)
	}
	for _, row := range rows {
		out[row.UserID] = append(out[row.UserID], toPasskey(row, nil))
	}
	return out, nil
}

// UsePasskey implements identity.PasskeyStore.
func (s *Store) UsePasskey(ctx context.Context, id uuid.UUID, use identity.PasskeyUse, at time.Time) (bool, error) {
	res, err := s.exec(ctx, usePasskey, id, use.SignCount, use.BackupEligible, use.BackedUp, at)
	n, err := s.affected("use passkey", res, err)
	return n == 1, err
}

// SuspectPasskey implements identity.PasskeyStore.
func (s *Store) SuspectPasskey(ctx context.Context, id uuid.UUID, use identity.PasskeyUse, at time.Time) (bool, error) {
	res, err := s.exec(ctx, suspectPasskey, id, use.BackupEligible, use.BackedUp, at)
	n, err := s.affected("suspect passkey", res, err)
	return n == 1, err
}

// SetSecondStep implements identity.PasskeyStore.
func (s *Store) SetSecondStep(ctx context.Context, userID uuid.UUID, on bool) (bool, error) {
	res, err := s.exec(ctx, setSecondStep, userID, on)
	n, err := s.affected("set second step", res, err)
	return n == 1, err
}

// RenamePasskey implements identity.PasskeyStore.
func (s *Store) RenamePasskey(ctx context.Context, userID, id uuid.UUID, name string) (bool, error) {
	res, err := s.exec(ctx, renamePasskey, userID, id, name)
	n, err := s.affected("rename passkey", res, err)
	return n == 1, err
}

// DeletePasskey implements identity.PasskeyStore. The user comes first, as in InsertPasskey.
func (s *Store) DeletePasskey(ctx context.Context, userID, id uuid.UUID) (removed bool, err error) {
	const what = "delete passkey"
	err = s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		removed = false
		if _, err := tx.exec(ctx, holdUser, userID); err != nil {
			return tx.fault(what, err)
		}
		res, err := tx.exec(ctx, deletePasskey, userID, id)
		n, err := tx.affected(what, res, err)
		if err != nil || n == 0 {
			return err
		}
		removed = true
		_, err = tx.exec(ctx, notePasskeys, userID)
		return tx.fault(what, err)
	})
	return removed, err
}
