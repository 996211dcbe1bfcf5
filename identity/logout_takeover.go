package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// LogoutDelivery is a logout token that waits in the outbox of the version before: servers of that version, which may
// still run during an upgrade, write to and deliver from it.
type LogoutDelivery struct {
	ID            uuid.UUID
	ClientID      uuid.UUID
	SessionID     uuid.UUID
	UserID        uuid.UUID
	URI           string
	Attempts      int
	NextAttemptAt time.Time
	CreatedAt     time.Time
}

// kindTakeOver is the recurring job that takes over what no server of the version before delivers any more. It goes
// together with the table, see migrations/README.md.
const kindTakeOver = "logout.take_over"

// How often it looks, and for how long a delivery must have been due: a server that lives looks every two seconds and
// leases what it delivers for a minute.
const (
	takeOverEvery   = time.Minute
	takeOverGrace   = 2 * time.Minute
	takeOverPortion = 100
)

func (s *Logouts) takeOverKind() JobKind {
	return JobKind{Name: kindTakeOver, Policy: JobPolicy{Every: takeOverEvery}, Run: func(ctx context.Context, run *JobRun) (any, error) {
		for {
			n, err := s.takeOver(ctx)
			if err != nil {
				return nil, fmt.Errorf("take over logout deliveries: %w", err)
			}
			if n < takeOverPortion {
				return nil, nil
			}
			if err := run.Report(ctx, nil); err != nil {
				return nil, err
			}
		}
	}}
}

// takeOver moves one portion of deliveries to the jobs, in one transaction. Their age and their attempts count on.
func (s *Logouts) takeOver(ctx context.Context) (n int, err error) {
	before := s.source.Now().Add(-takeOverGrace)
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		taken, err := tx.TakeLogoutDeliveries(ctx, before, takeOverPortion)
		if err != nil {
			return err
		}
		jobs := make([]Job, len(taken))
		for i, d := range taken {
			if jobs[i], err = (logout{ClientID: d.ClientID, SessionID: d.SessionID, UserID: d.UserID, URI: d.URI}).job(s.source); err != nil {
				return err
			}
			jobs[i].ID, jobs[i].Attempts, jobs[i].RunAt, jobs[i].CreatedAt = d.ID, d.Attempts, d.NextAttemptAt, d.CreatedAt
		}
		n = len(jobs)
		return tx.InsertJobs(ctx, jobs...)
	})
	return n, err
}
