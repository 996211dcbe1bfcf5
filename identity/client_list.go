package identity

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// ClientFilter selects clients. Set conditions must all hold.
type ClientFilter struct {
	Search string // in client_id or name, without regard to case; up to 100 characters
	Active *bool

	Scope    string // that they may ask for
	Resource string // that they serve or have as their default

	GrantType    GrantType
	AuthMethod   AuthMethod
	ServiceAdmin *bool
	Origin       *ClientOrigin
	CreatedAt    *TimeMatch
	LastUsedAt   *TimeMatch // null of one that never asked a token endpoint for anything
}

// Check returns an error for each condition that names what no client can be registered for.
func (f ClientFilter) Check() error {
	var faults Faults
	faults.Add(CheckText("filter.scope", f.Scope, MaxText, false))
	faults.Add(CheckText("filter.resource", f.Resource, maxURL, false))
	if f.GrantType != "" && !slices.Contains(grantTypes, f.GrantType) {
		faults.Add(InvalidField("filter.grant_type", "%s", mustBeGrantType))
	}
	if f.AuthMethod != "" {
		faults.AddUnder("filter", checkAuthMethod(f.AuthMethod))
	}
	return faults.Err()
}

// ClientOrderField is what a list of clients can be ordered by.
type ClientOrderField string

// The order fields of clients.
const (
	ClientOrderClientID   ClientOrderField = "CLIENT_ID" // also when none is given
	ClientOrderName       ClientOrderField = "NAME"      // the registered name, else the client_id; ASCII letters without regard to case
	ClientOrderCreatedAt  ClientOrderField = "CREATED_AT"
	ClientOrderLastUsedAt ClientOrderField = "LAST_USED_AT"
)

// ClientQuery is what a store is asked for. A client that was never used comes before all others in an ascending order by
// last use.
type ClientQuery struct {
	Filter     ClientFilter
	Order      ClientOrderField
	Descending bool
	Range      KeysetRange
}

// AdminClientStore is what administration adds to ClientStore.
type AdminClientStore interface {
	// LockClient is ClientByID for a transaction: until it ends, nobody else changes the client.
	LockClient(ctx context.Context, id uuid.UUID) (Client, error)
	// ClientsPage lists one slice.
	ClientsPage(ctx context.Context, q ClientQuery) ([]ListRow[Client], error)
	// CountClients counts up to limit+1 clients that match.
	CountClients(ctx context.Context, f ClientFilter, limit int) (int, error)
	// CountClientUse counts up to limit+1 of each: what DeleteClient would end.
	CountClientUse(ctx context.Context, id uuid.UUID, now time.Time, limit int) (ClientUse, error)
}
