package identity

import "context"

// DeviceAuthorizationStore keeps what devices ask for. Lookups say how the interaction of the same id has ended, and are
// ErrUserCodeNotFound where there is none, whether or not it has expired.
type DeviceAuthorizationStore interface {
	// InsertDeviceAuthorization inserts one; false when its user code is another's.
	InsertDeviceAuthorization(ctx context.Context, d DeviceAuthorization) (bool, error)
	// DeviceAuthorizationByCode finds one by any of the digests of its device code.
	DeviceAuthorizationByCode(ctx context.Context, digests [][]byte) (DeviceAuthorization, error)
	// DeviceAuthorizationByUserCode finds one by any of the digests of its user code.
	DeviceAuthorizationByUserCode(ctx context.Context, digests [][]byte) (DeviceAuthorization, error)
}
