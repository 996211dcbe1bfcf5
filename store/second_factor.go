package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type totpRow struct {
	bun.BaseModel `bun:"table:totps,alias:t"`

	ID         uuid.UUID  `bun:"id,pk"`
	UserID     uuid.UUID  `bun:"user_id"`
	Sealed     []byte     `bun:"sealed"`
	LastStep   int        `bun:"last_step"`
	Failures   int        `bun:"failures"`
	CreatedAt  time.Time  `bun:"created_at"`
	LastUsedAt *time.Time `bun:"last_used_at"`
}

func toTOTP(r totpRow) identity.TOTP {
	return identity.TOTP{
		ID: r.ID, UserID: r.UserID, Sealed: r.Sealed, LastStep: int64(r.LastStep), Failures: r.Failures, CreatedAt: r.CreatedAt.UTC(),
		LastUsedAt: utc(r.LastUsedAt),
	}
}

var (
	totpOf     = selection[totpRow]("WHERE t.user_id = $1")
	insertTOTP = insertion[totpRow](" ON CONFLICT (user_id) DO NOTHING")
	spendTOTP  = statement{"update totps", `UPDATE totps SET last_step = $2, last_used_at = $3, failures = 0 WHERE id = $1 AND last_step < $2`}
	failTOTP   = statement{"update totps", `UPDATE totps SET failures = failures + 1 WHERE id = $1`}
	deleteTOTP = statement{"delete totps", `DELETE FROM totps WHERE user_id = $1`}
	totpsAfter = selection[totpRow]("WHERE t.id > $1 ORDER BY t.id LIMIT $2")
	resealTOTP = statement{"update totps", `UPDATE totps SET sealed = $3 WHERE id = $1 AND sealed = $2`}

	noteSecondFactor = statement{"update users", `UPDATE users SET second_factor = $2 WHERE id = $1`}
)

// TOTPOf implements identity.SecondFactorStore.
func (s *Store) TOTPOf(ctx context.Context, userID uuid.UUID) (identity.TOTP, error) {
	var row totpRow
	if err := s.get(ctx, totpOf, scanDestinations(&row), userID); err != nil {
		return identity.TOTP{}, s.orMissing("read authenticator app", err, identity.ErrCredentialNotFound)
	}
	return toTOTP(row), nil
}

// InsertTOTP implements identity.SecondFactorStore. The user comes first, so that nobody waits for the app of somebody who
// waits for the user.
func (s *Store) InsertTOTP(ctx context.Context, t identity.TOTP) (bool, error) {
	noted, err := s.noteSecondFactor(ctx, t.UserID, true)
	if err != nil || !noted {
		return false, err
	}
	row := totpRow{
		ID: t.ID, UserID: t.UserID, Sealed: t.Sealed, LastStep: int(t.LastStep), Failures: t.Failures, CreatedAt: t.CreatedAt,
		LastUsedAt: t.LastUsedAt,
	}
	res, err := s.exec(ctx, insertTOTP, arguments(&row)...)
	n, err := s.affected("insert authenticator app", res, err)
	return n == 1, err
}

func (s *Store) noteSecondFactor(ctx context.Context, userID uuid.UUID, has bool) (bool, error) {
	res, err := s.exec(ctx, noteSecondFactor, userID, has)
	n, err := s.affected("note second factor", res, err)
	return n == 1, err
}

// SpendTOTP implements identity.SecondFactorStore.
func (s *Store) SpendTOTP(ctx context.Context, id uuid.UUID, step int64, at time.Time) (bool, error) {
	res, err := s.exec(ctx, spendTOTP, id, step, at)
	n, err := s.affected("spend code", res, err)
	return n == 1, err
}

// RecordTOTPFailure implements identity.SecondFactorStore.
func (s *Store) RecordTOTPFailure(ctx context.Context, id uuid.UUID) error {
	_, err := s.exec(ctx, failTOTP, id)
	return s.fault("record wrong code", err)
}

// DeleteTOTP implements identity.SecondFactorStore.
func (s *Store) DeleteTOTP(ctx context.Context, userID uuid.UUID) (bool, error) {
	if _, err := s.noteSecondFactor(ctx, userID, false); err != nil {
		return false, err
	}
	res, err := s.exec(ctx, deleteTOTP, userID)
	n, err := s.affected("delete authenticator app", res, err)
	return n == 1, err
}

// SealedTOTPs implements identity.SecondFactorStore.
func (s *Store) SealedTOTPs(ctx context.Context, after uuid.UUID, limit int) ([]identity.TOTP, error) {
	var (
		row   totpRow
		found []identity.TOTP
	)
	err := s.all(ctx, totpsAfter, []any{after, limit}, scanDestinations(&row), func() {
		found = append(found, toTOTP(row))
		row = totpRow{}
	})
	return found, s.fault("list authenticator apps", err)
}

// ResealTOTP implements identity.SecondFactorStore.
func (s *Store) ResealTOTP(ctx context.Context, t identity.TOTP, sealed []byte) error {
	_, err := s.exec(ctx, resealTOTP, t.ID, t.Sealed, sealed)
	return s.fault("seal authenticator app anew", err)
}

var (
	holdSecondFactor = statement{"update users", `UPDATE users SET second_factor = second_factor WHERE id = $1
		AND (second_factor OR security_key OR passkey)`}
	deleteRecoveryCodes = statement{"delete recovery_codes", `DELETE FROM recovery_codes WHERE user_id = $1`}
	insertRecoveryCode  = statement{"insert recovery_codes", `INSERT INTO recovery_codes (user_id, digest, created_at) VALUES ($1, $2, $3)`}
	spendRecoveryCode   = statement{"update recovery_codes", `UPDATE recovery_codes SET used_at = $3
		WHERE user_id = $1 AND digest = $2 AND used_at IS NULL`}
)

// ReplaceRecoveryCodes implements identity.SecondFactorStore. Whoever removes the second factor waits for the same user.
func (s *Store) ReplaceRecoveryCodes(ctx context.Context, userID uuid.UUID, digests [][]byte, at time.Time) (bool, error) {
	const what = "replace recovery codes"
	res, err := s.exec(ctx, holdSecondFactor, userID)
	n, err := s.affected(what, res, err)
	if err != nil || n == 0 {
		return false, err
	}
	if _, err := s.exec(ctx, deleteRecoveryCodes, userID); err != nil {
		return false, s.fault(what, err)
	}
	for _, digest := range digests {
		if _, err := s.exec(ctx, insertRecoveryCode, userID, digest, at); err != nil {
			return false, s.fault(what, err)
		}
	}
	return true, nil
}

// SpendRecoveryCode implements identity.SecondFactorStore.
func (s *Store) SpendRecoveryCode(ctx context.Context, userID uuid.UUID, digest []byte, at time.Time) (left int, spent bool, err error) {
	res, err := s.exec(ctx, spendRecoveryCode, userID, digest, at)
	n, err := s.affected("spend recovery code", res, err)
	if err != nil || n == 0 {
		return 0, false, err
	}
	codes, err := s.RecoveryCodesOf(ctx, []uuid.UUID{userID})
	return codes[userID].Left, true, err
}

// RecoveryCodesOf implements identity.SecondFactorStore.
func (s *Store) RecoveryCodesOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]identity.RecoveryCodes, error) {
	found := map[uuid.UUID]identity.RecoveryCodes{}
	if len(userIDs) == 0 {
		return found, nil
	}
	var rows []struct {
		UserID  uuid.UUID `bun:"user_id"`
		Unused  int       `bun:"unused"`
		Created time.Time `bun:"created"`
	}
	err := s.read().NewSelect().Table("recovery_codes").ColumnExpr("user_id, count(*) - count(used_at) AS unused, max(created_at) AS created").
		Where("user_id IN (?)", idList(userIDs)).Group("user_id").Scan(ctx, &rows)
	for _, r := range rows {
		found[r.UserID] = identity.RecoveryCodes{Left: r.Unused, CreatedAt: r.Created.UTC()}
	}
	return found, s.fault("count recovery codes", err)
}

// DeleteRecoveryCodes implements identity.SecondFactorStore.
func (s *Store) DeleteRecoveryCodes(ctx context.Context, userID uuid.UUID) (bool, error) {
	res, err := s.exec(ctx, deleteRecoveryCodes, userID)
	n, err := s.affected("delete recovery codes", res, err)
	return n > 0, err
}
