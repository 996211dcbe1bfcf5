package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// ClientNames implements identity.NameReader. The database takes the name out of the registration, most of which is never parsed.
func (s *Store) ClientNames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.ClientName, error) {
	out := make(map[uuid.UUID]identity.ClientName, len(ids))
	var id uuid.UUID
	var name identity.ClientName
	text := "SELECT c.id, c.client_id, c.metadata ->> 'client_name' FROM clients AS c WHERE c.id " + s.dialect.inSet("$1")
	dest := []any{scanDestination(&id), scanDestination(&name.ClientID), scanDestination(&name.Name)}
	err := s.named(ctx, statement{"select clients", text}, ids, dest, func() { out[id] = name })
	return out, s.fault("read names of clients", err)
}

// Usernames implements identity.NameReader.
func (s *Store) Usernames(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	out := make(map[uuid.UUID]string, len(ids))
	var id uuid.UUID
	var name string
	st := statement{"select users", "SELECT u.id, u.username FROM users AS u WHERE u.id " + s.dialect.inSet("$1")}
	err := s.named(ctx, st, ids, []any{scanDestination(&id), scanDestination(&name)}, func() { out[id] = name })
	return out, s.fault("read names of users", err)
}

// named runs a selection of rows with ids, of which there may be none.
func (s *Store) named(ctx context.Context, st statement, ids []uuid.UUID, dest []any, each func()) error {
	if len(ids) == 0 {
		return nil
	}
	return s.all(ctx, st, []any{s.dialect.set(ids)}, dest, each)
}
