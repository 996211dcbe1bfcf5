package identity

import (
	"context"

	"github.com/google/uuid"
)

// ConsentKey names a consent: there is one of a user for a client.
type ConsentKey struct {
	UserID   uuid.UUID
	ClientID uuid.UUID
}

// Key returns what names the consent.
func (c Consent) Key() ConsentKey { return ConsentKey{c.UserID, c.ClientID} }

// ConsentFilter selects consents. Set conditions must all hold.
type ConsentFilter struct {
	UserID    uuid.UUID
	ClientID  uuid.UUID
	UpdatedAt *TimeMatch
}

// ConsentQuery is what a store is asked for, ordered by the last update; the latest first unless Ascending.
type ConsentQuery struct {
	Filter    ConsentFilter
	Ascending bool
	Range     KeysetRange
}

// ConsentLister lists, counts and forgets consents.
type ConsentLister interface {
	// Consents lists one slice. The ID of a cursor is that of the user.
	Consents(ctx context.Context, q ConsentQuery) ([]ListRow[Consent], error)
	// CountConsents counts up to limit+1 consents that match.
	CountConsents(ctx context.Context, f ConsentFilter, limit int) (int, error)
	// ConsentsByKey finds many consents in one statement, in any order; missing ones are absent.
	ConsentsByKey(ctx context.Context, keys []ConsentKey) ([]Consent, error)
	// DeleteConsents forgets many consents in one statement and returns which were there.
	DeleteConsents(ctx context.Context, keys []ConsentKey) ([]Consent, error)
}
