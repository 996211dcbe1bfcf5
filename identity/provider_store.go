package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// ProviderStore keeps identity providers, of which there are few, and who users are there.
type ProviderStore interface {
	// Providers lists all in the order of the sign-in page: by position, then by slug.
	Providers(ctx context.Context) ([]IdentityProvider, error)
	// LockProvider finds a provider for a transaction: until it ends, nobody else changes it or signs in through it.
	// ErrProviderNotFound.
	LockProvider(ctx context.Context, id uuid.UUID) (IdentityProvider, error)
	// HoldProvider reports whether a provider is there and enabled; if so, that stays until the transaction ends.
	HoldProvider(ctx context.Context, id uuid.UUID) (bool, error)
	// InsertProvider adds a provider; CodeDuplicateProvider when there is one of the slug.
	InsertProvider(ctx context.Context, p IdentityProvider) error
	// UpdateProvider writes what may change of a provider if the stored version is p.Version, and stores p.Version+1; else
	// *VersionConflictError or ErrProviderNotFound.
	UpdateProvider(ctx context.Context, p IdentityProvider) error
	// ResealProvider replaces the secret alone, if it is still that of p.
	ResealProvider(ctx context.Context, p IdentityProvider, sealed []byte) error
	// DeleteProvider removes a provider; ErrProviderInUse while users are connected with it, or ErrProviderNotFound.
	DeleteProvider(ctx context.Context, id uuid.UUID) error

	// LinkedIdentity finds who is connected with what a provider calls somebody, or returns ErrCredentialNotFound.
	LinkedIdentity(ctx context.Context, providerID uuid.UUID, issuer, subject string) (LinkedIdentity, error)
	// LinkedIdentitiesOf lists the identities of users, oldest first, in one statement; who has none is absent.
	LinkedIdentitiesOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]LinkedIdentity, error)
	// InsertLinkedIdentity adds one; false when somebody, perhaps the same user, has it already, or the user is gone. The user comes
	// first, as in DeleteLinkedIdentity.
	InsertLinkedIdentity(ctx context.Context, l LinkedIdentity) (bool, error)
	// UseLinkedIdentity notes a use, and what the provider says of the address; false when the user has it no more.
	UseLinkedIdentity(ctx context.Context, l LinkedIdentity, at time.Time) (bool, error)
	// DeleteLinkedIdentity takes one from a user; false when the user has no such identity.
	DeleteLinkedIdentity(ctx context.Context, userID, id uuid.UUID) (bool, error)
	// SessionsThrough lists up to limit sessions that have not ended and in which somebody, or the user unless that is zero, has
	// signed in last at a provider, by their users.
	SessionsThrough(ctx context.Context, providerID, userID uuid.UUID, limit int) (map[uuid.UUID][]uuid.UUID, error)
}
