package server

import (
	"context"

	"github.com/authly/authly/internal/seed"
)

// Seed fills the database with made-up users and sessions; progress is called with how many users there are so far.
func (s *Server) Seed(ctx context.Context, o seed.Options, progress func(done int)) error {
	return seed.Run(ctx, s.Store, s.hasher, s.source, o, progress)
}
