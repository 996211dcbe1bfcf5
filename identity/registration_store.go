package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// RegistrationStore keeps people who register until they are users.
type RegistrationStore interface {
	InsertRegistration(ctx context.Context, r Registration) error
	// RegistrationByDigest finds one by any of the digests of the browser's secret, whether or not it has expired; else
	// ErrRegistrationNotFound.
	RegistrationByDigest(ctx context.Context, digests [][]byte) (Registration, error)
	// TryRegistration counts one try of the code of a registration that is not proven and has not expired. False, and nothing
	// is counted, when there were as many as the limit.
	TryRegistration(ctx context.Context, id uuid.UUID, limit int, now time.Time) (bool, error)
	// ProveRegistration notes that the code was typed, and lets the registration live until expires. True for exactly one
	// caller, before it has expired.
	ProveRegistration(ctx context.Context, id uuid.UUID, now, expires time.Time) (bool, error)
	// SpendRegistration removes a registration that was proven and has not expired. True for exactly one caller.
	SpendRegistration(ctx context.Context, id uuid.UUID, now time.Time) (bool, error)
}
