package admin

import "context"

// Message is something that a follower is told.
type Message[T any] struct {
	Item   T
	Cursor string // opaque: where the message stands
}

// Portion is what a follower is told at once.
type Portion[T any] struct {
	Messages []Message[T]
	More     bool // there are messages after it already
	Last     bool // there never will be any
}

// Follower is told what happens after a position. It is not safe for concurrent use, and must be closed. Who tells
// somebody of it asks for their right again, after Next and before telling.
type Follower[T any] interface {
	// Next returns what comes next of up to limit messages, or nothing when there are no more yet.
	Next(ctx context.Context, limit int) (Portion[T], error)
	// Changed returns a channel that is closed when there is more than Next has returned last.
	Changed() <-chan struct{}
	// Cursor is where the follower stands: after all that Next has returned or passed over.
	Cursor() string
	// Close ends it.
	Close()
}
