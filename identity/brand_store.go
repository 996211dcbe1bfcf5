package identity

import "context"

// BrandStore has the brand that administrators have stored.
type BrandStore interface {
	// StoredBrand reads it.
	StoredBrand(ctx context.Context) (StoredBrand, error)
	// StoredBrandUnless reads it unless its version is this one; false: it is.
	StoredBrandUnless(ctx context.Context, version int) (StoredBrand, bool, error)
	// LockBrand is StoredBrand for a transaction: until it ends, nobody else saves one.
	LockBrand(ctx context.Context) (StoredBrand, error)
	// SaveBrand replaces the brand if the stored version is b.Version, and stores b.Version+1; else *VersionConflictError.
	SaveBrand(ctx context.Context, b StoredBrand) error
}
