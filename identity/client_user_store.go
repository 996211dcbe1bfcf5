package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// ClientUserLister reads who uses many clients at once, in one statement for a hundred of them. The ids are different ones.
type ClientUserLister interface {
	// NewestGrantsOfClients lists up to limit grants of each client, newest first: the first slice of Grants.
	NewestGrantsOfClients(
		ctx context.Context, clientIDs []uuid.UUID, activeOnly bool, limit int, now time.Time,
	) (map[uuid.UUID][]ListRow[Grant], error)
	// NewestSessionsOfClients lists up to limit sessions in which each client has a grant that has not ended, newest first:
	// the first slice of Sessions.
	NewestSessionsOfClients(
		ctx context.Context, clientIDs []uuid.UUID, activeOnly bool, limit int, now time.Time,
	) (map[uuid.UUID][]ListRow[Session], error)
	// LatestConsentsOfClients lists up to limit consents for each client, the latest first: the first slice of Consents.
	LatestConsentsOfClients(ctx context.Context, clientIDs []uuid.UUID, limit int) (map[uuid.UUID][]ListRow[Consent], error)
}
