package server

import (
	"context"
	"time"
)

// usageEvery is how often this node stores what clients have asked of it: so much is lost when it is killed. It is no job,
// which one node would do for all: each has counted for itself.
const usageEvery = time.Minute

// storeUsage stores the usage of clients until ctx ends, and then the rest.
func (s *Server) storeUsage(ctx context.Context) {
	again := time.NewTicker(usageEvery)
	defer again.Stop()
	for ctx.Err() == nil {
		select {
		case <-again.C:
		case <-ctx.Done():
		}
		// What has begun is ended, also when the server stops.
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.ShutdownTimeout)
		if err := s.Domain.Usage.Flush(limited); err != nil {
			s.logger.WarnContext(limited, "usage of clients is not stored; it is tried again", "error", err)
		}
		cancel()
	}
}
