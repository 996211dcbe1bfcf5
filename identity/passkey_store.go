package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// PasskeyStore keeps the passkeys of users. Users say themselves whether they have one (User.Passkey).
type PasskeyStore interface {
	// PasskeyHandle returns by which name authenticators know a user, or ErrCredentialNotFound when none does yet.
	PasskeyHandle(ctx context.Context, userID uuid.UUID) ([]byte, error)
	// InsertPasskey adds a passkey, and its handle if the user has none; false when the authenticator's credential is known
	// already, the user has another handle, or is gone.
	InsertPasskey(ctx context.Context, p Passkey) (bool, error)
	// PasskeyByCredential finds a passkey by what the authenticator calls it, or returns ErrCredentialNotFound.
	PasskeyByCredential(ctx context.Context, credentialID []byte) (Passkey, error)
	// PasskeysOf lists the passkeys of users, oldest first, in one statement; who has none is absent.
	PasskeysOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]Passkey, error)
	// UsePasskey notes a use. The count only moves forward, unless it is 0 for ever: false when it would not, or when the
	// passkey is gone.
	UsePasskey(ctx context.Context, id uuid.UUID, use PasskeyUse, at time.Time) (bool, error)
	// SuspectPasskey notes a use whose count has not moved forward; false when the passkey is gone.
	SuspectPasskey(ctx context.Context, id uuid.UUID, use PasskeyUse, at time.Time) (bool, error)
	// SetSecondStep notes whether the user wants to be asked for one of the passkeys after another first factor; false when that is noted
	// already, or the user has none. It ends with the last of them.
	SetSecondStep(ctx context.Context, userID uuid.UUID, on bool) (bool, error)
	// RenamePasskey gives a passkey of the user another name; false when the user has no such passkey.
	RenamePasskey(ctx context.Context, userID, id uuid.UUID, name string) (bool, error)
	// DeletePasskey removes a passkey of the user; false when the user has no such passkey.
	DeletePasskey(ctx context.Context, userID, id uuid.UUID) (bool, error)
}
