package identity

import (
	"context"

	"github.com/google/uuid"
)

// GrantLister lists and counts grants.
type GrantLister interface {
	// Grants lists one slice, ordered by the time of Order and id.
	Grants(ctx context.Context, q GrantQuery) ([]ListRow[Grant], error)
	// CountGrants counts up to limit+1 grants that match.
	CountGrants(ctx context.Context, q GrantQuery, limit int) (int, error)
	// GrantsByID finds many grants in one statement, in any order; missing ones are absent.
	GrantsByID(ctx context.Context, ids []uuid.UUID) ([]Grant, error)
	// CountLiveGrants counts up to limit+1 of the grants that EndGrants would end.
	CountLiveGrants(ctx context.Context, sel GrantSelection, limit int) (LiveGrants, error)
}
