package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// TransferStore keeps imports and exports with their files.
type TransferStore interface {
	InsertTransfer(ctx context.Context, t Transfer) error
	// LockTransfers lets a transaction count transfers and insert one: until it ends, whoever else wants to do so waits.
	LockTransfers(ctx context.Context) error
	// TransferByID returns ErrJobNotFound when there is none.
	TransferByID(ctx context.Context, id uuid.UUID) (Transfer, error)
	// TransfersByID finds many; missing ones are absent.
	TransfersByID(ctx context.Context, ids []uuid.UUID) ([]Transfer, error)
	// Transfers lists one slice, ordered by creation and id.
	Transfers(ctx context.Context, q TransferQuery) ([]ListRow[Transfer], error)
	// TransfersChanged lists up to limit that have changed since a time, in the order of that.
	TransfersChanged(ctx context.Context, since time.Time, limit int) ([]Transfer, error)
	// CountTransfers counts up to limit+1 that match.
	CountTransfers(ctx context.Context, f TransferFilter, limit int) (int, error)
	// MoveTransfer writes State, UploadID, Size, the error and the times of a transfer whose stored state is from, and whose
	// stored UploadID is upload; false, and nothing is changed, otherwise.
	MoveTransfer(ctx context.Context, t Transfer, from TransferState, upload uuid.UUID) (bool, error)
	// AdvanceTransfer writes what MoveTransfer does, Checkpoint and Counts of a running transfer that stands at t.Step, and
	// counts that up. True for exactly one caller.
	AdvanceTransfer(ctx context.Context, t Transfer) (bool, error)
	TransferFiles
	// InsertTransferFailures keeps refused rows.
	InsertTransferFailures(ctx context.Context, failures ...TransferFailure) error
	// TransferFailures lists up to limit of each transfer whose number is greater than after, in the order of the numbers.
	TransferFailures(ctx context.Context, ids []uuid.UUID, after, limit int) (map[uuid.UUID][]TransferFailure, error)
}

// TransferFiles keeps the files of transfers in chunks.
type TransferFiles interface {
	InsertChunk(ctx context.Context, transferID, uploadID uuid.UUID, number int, data []byte) error
	// Chunk returns nil when there is none.
	Chunk(ctx context.Context, uploadID uuid.UUID, number int) ([]byte, error)
	// DeleteChunks removes those of an upload that come before a number.
	DeleteChunks(ctx context.Context, uploadID uuid.UUID, before int) error
	// SweepChunks removes up to limit chunks that nobody reads any more: of imports that are over, of uploads whose place
	// another has taken, and of what has expired by now.
	SweepChunks(ctx context.Context, now time.Time, limit int) (int, error)
}

// BulkUserStore writes and finds many users at once.
type BulkUserStore interface {
	// InsertUsers inserts all or none, with the errors of InsertUser. An id that is taken is refused about the field id.
	InsertUsers(ctx context.Context, users []User) error
	// UpdateUsers is UpdateUser for users of whom each is there once, in one statement: all or none.
	UpdateUsers(ctx context.Context, users []User) error
	// LockUsersNamed finds the users who have one of the usernames or one of the addresses, for a transaction: until it ends,
	// nobody else changes them.
	LockUsersNamed(ctx context.Context, usernames, emails []string) ([]User, error)
	// Analyze lets the database look at its data again, so that it plans well after many rows were added.
	Analyze(ctx context.Context) error
}
