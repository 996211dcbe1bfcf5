package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// SecondFactorStore keeps what users prove a second time who they are with. Users say themselves whether they have
// something (User.App), so that nothing more is read of those who have not.
type SecondFactorStore interface {
	// TOTPOf returns the authenticator app of a user, or ErrCredentialNotFound.
	TOTPOf(ctx context.Context, userID uuid.UUID) (TOTP, error)
	// InsertTOTP adds an authenticator app; false when the user has one, or is gone.
	InsertTOTP(ctx context.Context, t TOTP) (bool, error)
	// SpendTOTP accepts a code: the last step moves forward and failures are forgotten. False when that step or a later one
	// was accepted before, or the app is gone.
	SpendTOTP(ctx context.Context, id uuid.UUID, step int64, at time.Time) (bool, error)
	// RecordTOTPFailure counts a wrong code.
	RecordTOTPFailure(ctx context.Context, id uuid.UUID) error
	// DeleteTOTP removes the authenticator app of a user; false when there is none.
	DeleteTOTP(ctx context.Context, userID uuid.UUID) (bool, error)
	// ReplaceRecoveryCodes gives a user the set with the digests instead of any other; false when the user has no second
	// factor that a code could stand for, or is gone.
	ReplaceRecoveryCodes(ctx context.Context, userID uuid.UUID, digests [][]byte, at time.Time) (bool, error)
	// SpendRecoveryCode uses the code with the digest and returns how many are left; false when the user has no such code or
	// it was used before.
	SpendRecoveryCode(ctx context.Context, userID uuid.UUID, digest []byte, at time.Time) (left int, spent bool, err error)
	// RecoveryCodesOf counts the codes of users that were not used, in one statement; who has no set is absent.
	RecoveryCodesOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]RecoveryCodes, error)
	// DeleteRecoveryCodes removes the codes of a user; false when there are none.
	DeleteRecoveryCodes(ctx context.Context, userID uuid.UUID) (bool, error)
	// SealedTOTPs lists up to limit authenticator apps whose ids come after one, in the order of ids.
	SealedTOTPs(ctx context.Context, after uuid.UUID, limit int) ([]TOTP, error)
	// ResealTOTP replaces what is sealed if it is still what was read.
	ResealTOTP(ctx context.Context, t TOTP, sealed []byte) error
}
