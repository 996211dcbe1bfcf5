package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// KnownPlace is where a user was seen: on a browser, which is known by a digest of its cookie alone, or in a network.
type KnownPlace struct {
	Network    string // empty: a browser
	LastSeenAt time.Time
}

// UserDataReader reads what only the user asks for: nothing is decided by it.
type UserDataReader interface {
	// PlacesOf lists where a user was seen, the latest first.
	PlacesOf(ctx context.Context, userID uuid.UUID) ([]KnownPlace, error)
	// TransfersOf lists one slice of the imports and exports that a user has asked for, ordered by creation and id.
	TransfersOf(ctx context.Context, userID uuid.UUID, slice KeysetRange) ([]ListRow[Transfer], error)
}

// UserDataEraser removes what transfers have of a user.
type UserDataEraser interface {
	// EraseTransfers deletes the exports of what is stored about a user, with their files, and puts a pseudonym for the name of who
	// asked into those that the user has asked for, and drops address and browser.
	EraseTransfers(ctx context.Context, userID uuid.UUID, pseudonym string) error
}
