package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/authly/authly/identity"
)

// Sealed is what shows which root key a database is used with.
type Sealed struct {
	InUse bool                  // somebody has written to it
	Keys  []identity.SigningKey // those that are published
	Check []byte                // the value of SealCheck; nil if there is none
}

// Sealed reads it under the schema of any version, also where there is none yet. It changes nothing.
func (s *Store) Sealed(ctx context.Context, now time.Time) (Sealed, error) {
	var sealed Sealed
	if exists, err := s.tableExists(ctx, "signing_keys"); err != nil || !exists {
		return sealed, err
	}
	err := s.read().NewRaw(`SELECT EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM clients) OR EXISTS (SELECT 1 FROM scopes)
		OR EXISTS (SELECT 1 FROM resources) OR EXISTS (SELECT 1 FROM signing_keys)`).Scan(ctx, &sealed.InUse)
	if err != nil {
		return Sealed{}, s.fault("look for rows", err)
	}
	if sealed.Keys, err = s.Keys(ctx, now); err != nil {
		return Sealed{}, err
	}
	if exists, err := s.tableExists(ctx, "root_key_check"); err != nil || !exists {
		return sealed, err
	}
	err = s.read().NewRaw("SELECT sealed FROM root_key_check").Scan(ctx, &sealed.Check)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Sealed{}, s.fault("read the check of the root key", err)
	}
	sealed.InUse = sealed.InUse || sealed.Check != nil
	return sealed, nil
}

// SealCheck stores a value that is sealed under the root key unless there is one: of programs that start at once, the
// first decides.
func (s *Store) SealCheck(ctx context.Context, value []byte) error {
	_, err := s.write().NewRaw("INSERT INTO root_key_check (id, sealed) VALUES (1, ?) ON CONFLICT DO NOTHING", value).Exec(ctx)
	return s.fault("insert the check of the root key", err)
}

// CountSealed implements identity.KeyStore.
func (s *Store) CountSealed(ctx context.Context) (int, error) {
	var n int
	err := s.read().NewRaw(`SELECT (SELECT count(*) FROM signing_keys) + (SELECT count(*) FROM audit_keys) + (SELECT count(*) FROM totps)
		+ (SELECT count(*) FROM identity_providers) + (SELECT count(*) FROM clients WHERE auth_method = ?)
		+ (SELECT count(*) FROM event_streams WHERE sealed IS NOT NULL) + (SELECT count(*) FROM pairwise_key)`,
		string(identity.AuthClientSecretJWT)).Scan(ctx, &n)
	return n, s.fault("count what is sealed", err)
}

// ResealRootKeyCheck implements identity.KeyStore.
func (s *Store) ResealRootKeyCheck(ctx context.Context, sealed []byte) error {
	_, err := s.write().NewRaw("UPDATE root_key_check SET sealed = ?", sealed).Exec(ctx)
	return s.fault("seal the check of the root key", err)
}

func (s *Store) tableExists(ctx context.Context, name string) (bool, error) {
	var exists bool
	err := s.read().NewRaw(s.dialect.tableExists(), name).Scan(ctx, &exists)
	return exists, s.fault("look for a table", err)
}
