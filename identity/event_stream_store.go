package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// EventStreamStore has the event streams of clients and what waits in them.
type EventStreamStore interface {
	// InsertEventStream adds a stream; false, and nothing is changed, when its client has one.
	InsertEventStream(ctx context.Context, s EventStream) (bool, error)
	// EventStreamByID is ErrEventStreamNotFound when there is none.
	EventStreamByID(ctx context.Context, id uuid.UUID) (EventStream, error)
	// EventStreamOf returns the stream of a client; ErrEventStreamNotFound when it has none.
	EventStreamOf(ctx context.Context, clientID uuid.UUID) (EventStream, error)
	// LockEventStream is EventStreamByID for a transaction: until it ends, nobody else changes the stream.
	LockEventStream(ctx context.Context, id uuid.UUID) (EventStream, error)
	// UpdateEventStream writes what may change of a stream that was locked.
	UpdateEventStream(ctx context.Context, s EventStream) error
	// DeleteEventStream removes a stream with what waits in it; ErrEventStreamNotFound when there is none.
	DeleteEventStream(ctx context.Context, id uuid.UUID) error
	// VerifyEventStream notes that a verification event was asked for; false, and nothing is changed, when that was after a time.
	VerifyEventStream(ctx context.Context, id uuid.UUID, at, after time.Time) (bool, error)
	// SealedEventStreams locks up to limit streams with a secret whose ids follow another, by their id.
	SealedEventStreams(ctx context.Context, after uuid.UUID, limit int) ([]EventStream, error)
	// ResealEventStream replaces what the secret of a stream is sealed as.
	ResealEventStream(ctx context.Context, id uuid.UUID, sealed []byte) error

	// EventStreamsAbout lists the streams, but for disabled ones, in which a user is: those of clients that have a consent or a grant of the
	// user, or had one since when nothing was taken from the client, and that the user was not removed from.
	EventStreamsAbout(ctx context.Context, userID uuid.UUID) ([]EventStream, error)
	// RemoveStreamSubject takes a user out of a stream; a user who is out of it stays so.
	RemoveStreamSubject(ctx context.Context, id, userID uuid.UUID) error
	// AddStreamSubject lets a user be in a stream again.
	AddStreamSubject(ctx context.Context, id, userID uuid.UUID) error

	// InsertSecurityEvents adds events to streams, each unless most wait in its stream already.
	InsertSecurityEvents(ctx context.Context, most int, events ...SecurityEvent) error
	// SecurityEvents lists up to limit events of a stream, the oldest first.
	SecurityEvents(ctx context.Context, streamID uuid.UUID, limit int) ([]SecurityEvent, error)
	// DeleteSecurityEvents removes those of the ids that are in a stream, and returns which. Exactly one caller gets each.
	DeleteSecurityEvents(ctx context.Context, streamID uuid.UUID, ids ...uuid.UUID) ([]uuid.UUID, error)
	// ClearEventStream removes all events that wait in a stream.
	ClearEventStream(ctx context.Context, streamID uuid.UUID) error
	// WaitingEventStreams lists the enabled streams with push in which events wait.
	WaitingEventStreams(ctx context.Context) ([]EventStream, error)
}
