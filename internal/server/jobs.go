package server

import (
	"context"
	"net/url"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/outbound"
)

// How often the recurring work is done.
const (
	deliverEvery = 2 * time.Second
	sweepEvery   = 5 * time.Minute
)

// In what portions rows that are of no more use are removed; and how long the ends of sessions and grants stay visible.
const (
	sweepRows = 1000
	keepEnded = 30 * 24 * time.Hour
)

// work does the recurring work until ctx ends.
func (s *Server) work(ctx context.Context) error {
	ctx = identity.WithActor(ctx, identity.SystemActor("server"))
	deliver, sweep := time.NewTicker(deliverEvery), time.NewTicker(sweepEvery)
	defer deliver.Stop()
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-deliver.C:
			s.deliver(ctx)
		case <-sweep.C:
			s.sweep(ctx)
			s.log(ctx, "rotate signing keys", s.Domain.SigningKeys.RotateDue(ctx))
		}
	}
}

// log reports what went wrong in the background; the end of the server is nothing wrong.
func (s *Server) log(ctx context.Context, operation string, err error) {
	if err != nil && ctx.Err() == nil {
		s.logger.ErrorContext(ctx, "background work", "doing", operation, "cause", err.Error())
	}
}

// deliver sends the logout tokens that are due, until none is.
func (s *Server) deliver(ctx context.Context) {
	for ctx.Err() == nil {
		tried, err := s.Domain.Logouts.Deliver(ctx)
		s.log(ctx, "deliver logout tokens", err)
		if tried == 0 {
			return
		}
	}
}

// sender posts logout tokens (OIDC Back-Channel Logout §2.5).
type sender struct{ client *outbound.Client }

// SendLogoutToken implements identity.LogoutSender.
func (s sender) SendLogoutToken(ctx context.Context, uri, token string) error {
	return s.client.PostForm(ctx, uri, url.Values{"logout_token": {token}})
}

// sweep removes portion after portion, so that no statement holds the database for long.
func (s *Server) sweep(ctx context.Context) {
	now := s.source.Now()
	var auditBefore time.Time
	if s.config.AuditRetention > 0 {
		auditBefore = now.Add(-s.config.AuditRetention)
	}
	for ctx.Err() == nil {
		gone, err := s.Store.Sweep(ctx, now, now.Add(-keepEnded), auditBefore, sweepRows)
		s.log(ctx, "sweep", err)
		if err != nil || gone < sweepRows {
			return
		}
	}
}
