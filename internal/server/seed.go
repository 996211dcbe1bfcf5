package server

import (
	"context"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cache"
	"github.com/authly/authly/internal/seed"
	"github.com/authly/authly/store"
)

// Seed fills the database with made-up users and sessions; progress is called with how many users there are so far.
func (s *Server) Seed(ctx context.Context, o seed.Options, progress func(done int)) error {
	return seed.Run(ctx, seededStore{s.Store, s.bus}, s.hasher, s.source, o, progress)
}

// seededStore tells the other nodes that there are new rows.
type seededStore struct {
	*store.Store
	bus *cache.Bus
}

// InsertUsers implements seed.Store.
func (s seededStore) InsertUsers(ctx context.Context, users []identity.User) error {
	defer s.bus.Invalidate(ctx, identity.CacheTagUsers)
	return s.Store.InsertUsers(ctx, users)
}

// InsertSessions implements seed.Store.
func (s seededStore) InsertSessions(ctx context.Context, sessions []identity.Session) error {
	defer s.bus.Invalidate(ctx, identity.CacheTagSessions)
	return s.Store.InsertSessions(ctx, sessions)
}
