package identity

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Transfer is a long import, export or other work that an administrator has asked for. The queue of jobs only says that one is due;
// what is true of it is here, and Step lets each of its transactions happen once.
type Transfer struct {
	ID         uuid.UUID
	Kind       TransferKind
	State      TransferState
	Actor      Actor           // on whose behalf it runs, with the scopes that were presented
	Options    json.RawMessage // what the kind needs to know
	UploadID   uuid.UUID       // under which the chunks of the file are stored
	Size       int             // of the file, in bytes
	Step       int             // how many transactions of it have been committed
	Checkpoint json.RawMessage // where the next one begins
	Counts     TransferCounts
	ErrorCode  Code // why it failed
	Error      string
	CreatedAt  time.Time
	UpdatedAt  time.Time
	FinishedAt *time.Time
	ExpiresAt  *time.Time // when it is removed with all that belongs to it; nil while it runs
}

// TransferKind is what is transferred, or done to very many things.
type TransferKind string

// The kinds.
const (
	TransferUserImport  TransferKind = "users.import"
	TransferUserExport  TransferKind = "users.export"
	TransferAuditExport TransferKind = "audit.export"
	TransferUserData    TransferKind = "user.data"      // all of one person
	TransferReseal      TransferKind = "secrets.reseal" // moves nothing: seals under the current root key
)

// Import reports whether a file is sent first.
func (k TransferKind) Import() bool { return k == TransferUserImport }

// Export reports whether a file is made.
func (k TransferKind) Export() bool { return !k.Import() && k != TransferReseal }

// TransferState is where a transfer stands.
type TransferState string

// The states. The last three are final.
const (
	TransferWaiting   TransferState = "waiting" // for its file
	TransferRunning   TransferState = "running" // or due
	TransferPaused    TransferState = "paused"
	TransferSucceeded TransferState = "succeeded"
	TransferFailed    TransferState = "failed"
	TransferCancelled TransferState = "cancelled"
)

// Final reports whether nothing follows.
func (s TransferState) Final() bool {
	return s == TransferSucceeded || s == TransferFailed || s == TransferCancelled
}

// TransferCounts count the rows of a transfer.
type TransferCounts struct {
	Processed int `json:"processed"`
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
}

// Add returns the sum.
func (c TransferCounts) Add(more TransferCounts) TransferCounts {
	return TransferCounts{
		c.Processed + more.Processed, c.Created + more.Created, c.Updated + more.Updated, c.Unchanged + more.Unchanged,
		c.Failed + more.Failed,
	}
}

// TransferFailure is a row that was refused.
type TransferFailure struct {
	TransferID uuid.UUID
	Number     int // 1 is the first one
	Line       int // of the file, from 1
	Code       Code
	Field      string
	Detail     string
}

// TransferFilter selects transfers. Set conditions must all hold.
type TransferFilter struct {
	Kind   TransferKind
	State  TransferState
	Open   bool // not over
	Stored bool // exports whose files are there, or are being made
}

// TransferQuery is what a store is asked for, ordered by creation; newest first unless Ascending.
type TransferQuery struct {
	Filter    TransferFilter
	Ascending bool
	Range     KeysetRange
}

// How long a transfer stays with all that belongs to it: one that waits for its file or is over.
const (
	transferWaits   = 24 * time.Hour
	transferRemains = 7 * 24 * time.Hour
)

// Expires returns when a transfer that is in its state since a time is removed; nil = not as long as it is.
func (t *Transfer) Expires(since time.Time) *time.Time {
	var end time.Time
	switch {
	case t.State == TransferRunning:
		return nil
	case t.State == TransferWaiting, t.HasFile():
		end = since.Add(transferWaits)
	default:
		end = since.Add(transferRemains)
	}
	return &end
}

// HasFile reports whether the transfer has a file that can be downloaded, until it expires.
func (t *Transfer) HasFile() bool { return t.Kind.Export() && t.State == TransferSucceeded }

// Became returns the transfer in another state since a time.
func (t Transfer) Became(state TransferState, at time.Time) Transfer {
	t.State, t.UpdatedAt, t.FinishedAt = state, at, nil
	if state.Final() {
		t.FinishedAt = &at
	}
	t.ExpiresAt = t.Expires(at)
	return t
}

// Due returns the job that runs the transfer. One too many is harmless: the steps of a transfer happen once.
func (t *Transfer) Due(source Source) (Job, error) {
	return NewJob(source, string(t.Kind), TransferPayload{t.ID})
}

// ExportOptions are what the options of every export have, whatever it is of.
type ExportOptions struct {
	Needs []string `json:"needs"` // the scopes that are needed to ask for it, at each of its steps, and to download its file
	File  string   `json:"file"`  // name of the file
}

// Export returns those of an export.
func (t *Transfer) Export() ExportOptions {
	var options ExportOptions
	_ = json.Unmarshal(t.Options, &options) // written by administration alone
	return options
}

// TransferPayload is the payload of the jobs that run transfers.
type TransferPayload struct {
	ID uuid.UUID `json:"id"`
}
