package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type signInCodeRow struct {
	bun.BaseModel `bun:"table:sign_in_codes,alias:sc"`

	ID         uuid.UUID  `bun:"id,pk"`
	Digest     []byte     `bun:"digest"`
	Login      string     `bun:"login"`
	UserID     *uuid.UUID `bun:"user_id"`
	Email      string     `bun:"email"`
	CodeDigest []byte     `bun:"code_digest"`
	Attempts   int        `bun:"attempts"`
	CreatedAt  time.Time  `bun:"created_at"`
	ExpiresAt  time.Time  `bun:"expires_at"`
}

func fromSignInCode(c identity.SignInCode) signInCodeRow {
	return signInCodeRow{
		ID: c.ID, Digest: c.Digest, Login: c.Login, UserID: pointer(c.UserID), Email: c.Email, CodeDigest: c.CodeDigest,
		Attempts: c.Attempts, CreatedAt: c.CreatedAt, ExpiresAt: c.ExpiresAt,
	}
}

func toSignInCode(r signInCodeRow) identity.SignInCode {
	found := identity.SignInCode{
		ID: r.ID, Digest: r.Digest, Login: r.Login, Email: r.Email, CodeDigest: r.CodeDigest, Attempts: r.Attempts,
		CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
	}
	if r.UserID != nil {
		found.UserID = *r.UserID
	}
	return found
}

var (
	insertSignInCode   = insertion[signInCodeRow]("")
	signInCodeByDigest = byDigest(selection[signInCodeRow](""), "sc.digest")
	trySignInCode      = statement{"update sign_in_codes", `UPDATE sign_in_codes SET attempts = attempts + 1
		WHERE id = $1 AND attempts < $2 AND expires_at > $3`}
	spendSignInCode  = statement{"delete sign_in_codes", `DELETE FROM sign_in_codes WHERE id = $1 AND expires_at > $2`}
	sweepSignInCodes = sweep("sign_in_codes", "id", "expires_at <= $1", "$2")
)

// InsertSignInCode implements identity.SignInCodeStore.
func (s *Store) InsertSignInCode(ctx context.Context, c identity.SignInCode) error {
	row := fromSignInCode(c)
	_, err := s.exec(ctx, insertSignInCode, arguments(&row)...)
	return s.fault("insert sign-in code", err)
}

// SignInCodeByDigest implements identity.SignInCodeStore.
func (s *Store) SignInCodeByDigest(ctx context.Context, digests [][]byte) (identity.SignInCode, error) {
	if len(digests) == 0 {
		return identity.SignInCode{}, identity.ErrSignInCodeNotFound
	}
	var row signInCodeRow
	if err := s.get(ctx, signInCodeByDigest(len(digests)), scanDestinations(&row), toAnys(digests)...); err != nil {
		return identity.SignInCode{}, s.orMissing("read sign-in code", err, identity.ErrSignInCodeNotFound)
	}
	return toSignInCode(row), nil
}

// TrySignInCode implements identity.SignInCodeStore.
func (s *Store) TrySignInCode(ctx context.Context, id uuid.UUID, limit int, now time.Time) (bool, error) {
	res, err := s.exec(ctx, trySignInCode, id, limit, now)
	n, err := s.affected("try a sign-in code", res, err)
	return n == 1, err
}

// SpendSignInCode implements identity.SignInCodeStore.
func (s *Store) SpendSignInCode(ctx context.Context, id uuid.UUID, now time.Time) (bool, error) {
	res, err := s.exec(ctx, spendSignInCode, id, now)
	n, err := s.affected("spend a sign-in code", res, err)
	return n == 1, err
}
