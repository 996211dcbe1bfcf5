package identity

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// AuditChainStore keeps the chain over the audit trail (decision 0060).
type AuditChainStore interface {
	AuditChainReader
	// LockAuditChain is AuditChainState for a transaction: until it ends, nobody else changes the chain.
	LockAuditChain(ctx context.Context) (AuditChainState, error)
	// AppendAudit adds links, and forgets that events wait.
	AppendAudit(ctx context.Context, links []AuditLink, done []int) error
	// SaveAuditCheckpoint replaces the checkpoint of that name.
	SaveAuditCheckpoint(ctx context.Context, c AuditCheckpoint) error
	// SaveAuditKey inserts a key, or replaces that of the number.
	SaveAuditKey(ctx context.Context, k AuditKey) error
	// RemoveAudit removes links with their events.
	RemoveAudit(ctx context.Context, links []AuditLink) error
	// EraseAudit takes the salt of links and writes Personal.
	EraseAudit(ctx context.Context, links []AuditLink) error
	// SealErasedAudit writes Erased of links and the Signature of the records.
	SealErasedAudit(ctx context.Context, records []LinkedRecord) error
}

// AuditChainReader reads the chain.
type AuditChainReader interface {
	// AuditChainState reads how long the chain is and what waits, as of one moment.
	AuditChainState(ctx context.Context) (AuditChainState, error)
	// AuditKeys lists the keys by their number.
	AuditKeys(ctx context.Context) ([]AuditKey, error)
	// PendingAudit lists up to limit events that wait, in the order in which they were inserted.
	PendingAudit(ctx context.Context, limit int) ([]PendingRecord, error)
	// WaitingAudit counts the events that wait, and tells since when the oldest does.
	WaitingAudit(ctx context.Context) (int, *time.Time, error)
	// AuditLinks lists up to limit links after a position, with their events.
	AuditLinks(ctx context.Context, after, limit int) ([]LinkedRecord, error)
	// UnlinkedAudit lists up to limit events that neither have a link nor wait for one.
	UnlinkedAudit(ctx context.Context, limit int) ([]uuid.UUID, error)
	// AuditRecordsOf lists up to limit events by or about a user after an id, by their ids, with their links.
	AuditRecordsOf(ctx context.Context, userID, after uuid.UUID, limit int) ([]LinkedRecord, error)
}

// AuditLink gives an event its place in the chain.
type AuditLink struct {
	Seq       int // from 1, without gaps; 0 = there is no link
	EventID   uuid.UUID
	Key       int // number of the key that Digest is made with
	ChainedAt time.Time
	Signed    bool   // a server had signed the event
	Salt      []byte // part of the digest of what the event says of people; nil when that was erased
	Personal  []byte // that digest, once it was erased
	Erased    []byte // authenticates what has taken its place
	Digest    []byte // of the event, of the link and of the link before
}

// LinkedRecord is a link with its event; nil when the event is gone.
type LinkedRecord struct {
	Link   AuditLink
	Record *AuditRecord
}

// PendingRecord is an event that waits for its link.
type PendingRecord struct {
	Position int
	Record   *AuditRecord // nil when the event is gone, or has its link
}

// The names of checkpoints: the newest link, and the last one that retention has removed.
const (
	CheckpointLast  = "last"
	CheckpointFirst = "first"
)

// AuditCheckpoint states authentically what digest the link at a position has.
type AuditCheckpoint struct {
	Name   string
	Seq    int
	Digest []byte
	Signed bool // an event up to there was signed: from then on each must be
	Key    int
	MadeAt time.Time
	MAC    []byte
}

// AuditChainState is how long the chain is.
type AuditChainState struct {
	First, Last *AuditCheckpoint // nil when there is none
	End         int              // position of the last link that there is
}

// AuditKey is a key of the chain.
type AuditKey struct {
	Number    int
	Sealed    []byte // under the root key
	CreatedAt time.Time
}
