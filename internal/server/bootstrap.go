package server

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/authly/authly/console"
	"github.com/authly/authly/graph/playground"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/adminclient"
)

// Bootstrapped is what a start has made.
type Bootstrapped struct {
	AdminCreated  bool
	AdminUsername string
	AdminPassword string // the generated one; empty if it was configured or nothing was created
}

// Bootstrap brings a new installation to life: signing keys, built-in scopes, recurring jobs, the clients of the playground, of
// the command line and of the console, the first administrator. Nodes may do it at the same time, and doing it again changes nothing.
func (s *Server) Bootstrap(ctx context.Context) (Bootstrapped, error) {
	ctx = identity.WithActor(ctx, identity.SystemActor("bootstrap"))
	if err := s.Store.CheckWritable(ctx, s.source.Now()); err != nil { // or a full disk would keep the server from starting
		s.relieve(ctx)
	}
	if err := s.Domain.SigningKeys.Ensure(ctx); err != nil {
		return Bootstrapped{}, fmt.Errorf("signing keys: %w", err)
	}
	if err := s.Admin.Scopes.EnsureBuiltIn(ctx); err != nil {
		return Bootstrapped{}, fmt.Errorf("built-in scopes: %w", err)
	}
	if err := s.Domain.Jobs.EnsureRecurring(ctx); err != nil {
		return Bootstrapped{}, fmt.Errorf("recurring jobs: %w", err)
	}
	if err := s.Admin.Clients.EnsureBuiltIn(ctx, playground.ClientID, playground.Metadata(s.config.Issuer), playground.Policy()); err != nil {
		return Bootstrapped{}, fmt.Errorf("built-in client: %w", err)
	}
	if err := s.Admin.Clients.EnsureBuiltIn(ctx, adminclient.ClientID, commandLineMetadata(), commandLinePolicy()); err != nil {
		return Bootstrapped{}, fmt.Errorf("client of the command line: %w", err)
	}
	if err := s.Admin.Clients.EnsureBuiltIn(ctx, identity.ConsoleClientID, console.Metadata(s.config.Issuer), console.Policy()); err != nil {
		return Bootstrapped{}, fmt.Errorf("client of the console: %w", err)
	}
	c := s.config
	created, generated, err := s.Admin.Users.EnsureAdmin(ctx, c.AdminUsername, c.AdminEmail, string(c.AdminPassword))
	if err != nil {
		return Bootstrapped{}, fmt.Errorf("first administrator: %w", err)
	}
	if created { // a password was hashed: its memory is not needed again, and would set the pace of the collector
		debug.FreeOSMemory()
	}
	return Bootstrapped{AdminCreated: created, AdminUsername: c.AdminUsername, AdminPassword: generated}, nil
}
