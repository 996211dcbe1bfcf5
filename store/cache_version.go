package store

import "context"

// CacheVersions returns how often lookups that nodes cache were written by those who do not announce it, and how often
// signing keys were by anybody. Triggers count.
func (s *Store) CacheVersions(ctx context.Context) (lookups, signingKeys int64, err error) {
	err = s.read().NewRaw(`SELECT CAST(coalesce(sum(CASE WHEN name = 'lookups' THEN version END), 0) AS bigint),
		CAST(coalesce(sum(CASE WHEN name = 'signing_keys' THEN version END), 0) AS bigint) FROM cache_versions`).
		Scan(ctx, &lookups, &signingKeys)
	return lookups, signingKeys, s.fault("read cache versions", err)
}
