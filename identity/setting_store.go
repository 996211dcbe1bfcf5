package identity

import "context"

// SettingStore keeps the values of settings that administrators have stored.
type SettingStore interface {
	// StoredSettings reads them all.
	StoredSettings(ctx context.Context) (StoredSettings, error)
	// LockSettings is StoredSettings for a transaction: until it ends, nobody else saves any.
	LockSettings(ctx context.Context) (StoredSettings, error)
	// SaveSettings replaces the values if the stored version is s.Version, and stores s.Version+1; else
	// *VersionConflictError.
	SaveSettings(ctx context.Context, s StoredSettings) error
}
