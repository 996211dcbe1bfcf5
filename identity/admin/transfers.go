package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/userdata"
)

// Transfers is administration of imports, exports and what else takes long.
type Transfers struct {
	changes
	store     identity.TransferStore
	bulk      identity.BulkUserStore
	people    exportReader
	trail     trailReader
	chain     *identity.AuditChain
	documents *userdata.Documents
	users     *Users
	settings  *identity.LiveSettings
	signing   *identity.SigningKeys
	issuer    string
}

// How many jobs may wait for their file, run or be paused at once, and how many exports may make or keep their file: each is a file
// in the database.
const (
	maxOpenTransfers = 20
	maxStoredExports = 20
)

var (
	errTooManyOpen = identity.Errorf(identity.Conflict, identity.CodeJobState,
		"There are %d jobs that are not over. Wait for one, or cancel one.", maxOpenTransfers)
	errTooManyStored = identity.Errorf(identity.Conflict, identity.CodeJobState,
		"There are %d exports whose files are stored or being made. Cancel one, which deletes its file.", maxStoredExports)
)

// transferPolicy is how transfers are run: one at a time by each node. One that fails for a day is over.
var transferPolicy = identity.JobPolicy{FirstRetry: 5 * time.Second, Factor: 2, LongestWait: time.Minute, GiveUpAfter: 24 * time.Hour}

func (s *Transfers) jobKinds() []identity.JobKind {
	kind := func(name identity.TransferKind, work transferWork) identity.JobKind {
		return identity.JobKind{
			Name: string(name), Policy: transferPolicy, GaveUp: s.gaveUp,
			Run: func(ctx context.Context, run *identity.JobRun) (any, error) { return nil, s.run(ctx, run, work) },
		}
	}
	return []identity.JobKind{
		kind(identity.TransferUserImport, runImport), kind(identity.TransferUserExport, runUserExport),
		kind(identity.TransferAuditExport, runAuditExport), kind(identity.TransferUserData, runUserData),
		kind(identity.TransferReseal, runReseal),
	}
}

// gaveUp ends a transfer whose job has failed too often.
func (s *Transfers) gaveUp(ctx context.Context, tx identity.Store, job identity.Job) error {
	var payload identity.TransferPayload
	if err := json.Unmarshal(job.Payload, &payload); err != nil {
		return err
	}
	t, err := tx.TransferByID(ctx, payload.ID)
	if err != nil || t.State != identity.TransferRunning {
		return err
	}
	return s.end(ctx, tx, t, identity.ErrInternal)
}

// create asks for a transfer: an import that waits for its file, or what is due. told is what the audit trail has of
// the options.
func (s *Transfers) create(ctx context.Context, kind identity.TransferKind, options, told any) (identity.Transfer, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return identity.Transfer{}, fmt.Errorf("options: %w", err)
	}
	now, state := s.source.Now(), identity.TransferWaiting
	t := identity.Transfer{
		ID: s.source.NewID(), Kind: kind, Actor: identity.ActorFrom(ctx), Options: text, Checkpoint: json.RawMessage("{}"), CreatedAt: now,
	}
	if !kind.Import() {
		state = identity.TransferRunning
	}
	if kind.Export() {
		t.UploadID = s.source.NewID()
	}
	t = t.Became(state, now)
	done, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (uuid.UUID, error) {
		if err := checkRoom(ctx, tx, kind); err != nil {
			return uuid.Nil, err
		}
		if err := tx.InsertTransfer(ctx, t); err != nil {
			return uuid.Nil, err
		}
		if err := s.enqueue(ctx, tx, t); err != nil {
			return uuid.Nil, err
		}
		event := s.event(ctx, identity.ActionJobCreated, t)
		event.Changes = map[string]identity.Change{"options": {After: told}}
		return t.ID, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return identity.Transfer{}, fmt.Errorf("ask for %s: %w", kind, err)
	}
	return s.store.TransferByID(ctx, done)
}

// checkRoom bounds what transfers take of the database.
func checkRoom(ctx context.Context, tx identity.Store, kind identity.TransferKind) error {
	if err := tx.LockTransfers(ctx); err != nil {
		return err
	}
	open, err := tx.CountTransfers(ctx, identity.TransferFilter{Open: true}, maxOpenTransfers)
	if err != nil {
		return err
	}
	if open >= maxOpenTransfers {
		return errTooManyOpen
	}
	if !kind.Export() {
		return nil
	}
	stored, err := tx.CountTransfers(ctx, identity.TransferFilter{Stored: true}, maxStoredExports)
	if err == nil && stored >= maxStoredExports {
		err = errTooManyStored
	}
	return err
}

// enqueue adds the job that runs a transfer, if it is to run.
func (s *Transfers) enqueue(ctx context.Context, tx identity.Store, t identity.Transfer) error {
	if t.State != identity.TransferRunning {
		return nil
	}
	job, err := t.Due(s.source)
	if err != nil {
		return err
	}
	return tx.InsertJobs(ctx, job)
}

func (s *Transfers) event(ctx context.Context, action identity.Action, t identity.Transfer) identity.AuditEvent {
	return identity.NewEvent(ctx, s.source, action, identity.TargetJob, t.ID.String(), string(t.Kind))
}

// UploadLink returns where the file of an import is to be put, for a quarter of an hour; nil when it does not wait for one.
func (s *Transfers) UploadLink(ctx context.Context, t identity.Transfer) (*SignedLink, error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return nil, err
	}
	if t.State != identity.TransferWaiting {
		return nil, nil // nothing is waited for
	}
	return s.link(ctx, identity.TransferUpload, t.ID), nil
}

// DownloadLink returns where the file of an export is, for a quarter of an hour; nil when there is none, or the actor lacks a
// scope that the export needed.
func (s *Transfers) DownloadLink(ctx context.Context, t identity.Transfer) (*SignedLink, error) {
	if err := requireScope(ctx, identity.ScopeJobsRead); err != nil {
		return nil, err
	}
	if !t.HasFile() || requireScopes(ctx, t.Export().Needs...) != nil {
		return nil, nil //nolint:nilerr // nothing to download, or it is not theirs
	}
	return s.link(ctx, identity.TransferDownload, t.ID), nil
}

// SignedLink is a URL that works by itself, for a while.
type SignedLink struct {
	URL       string
	ExpiresAt time.Time
}

func (s *Transfers) link(ctx context.Context, method string, id uuid.UUID) *SignedLink {
	link := identity.NewTransferLink(s.keys, s.source.Now(), method, id, identity.ActorFrom(ctx))
	return &SignedLink{URL: link.URL(s.issuer), ExpiresAt: link.Expires}
}

// Get finds one transfer.
func (s *Transfers) Get(ctx context.Context, id uuid.UUID) (identity.Transfer, error) {
	if err := requireScope(ctx, identity.ScopeJobsRead); err != nil {
		return identity.Transfer{}, err
	}
	return s.store.TransferByID(ctx, id)
}

// ByIDs finds many transfers in one statement; missing ones are absent.
func (s *Transfers) ByIDs(ctx context.Context, ids []uuid.UUID) ([]identity.Transfer, error) {
	if err := requireScope(ctx, identity.ScopeJobsRead); err != nil {
		return nil, err
	}
	return s.store.TransfersByID(ctx, ids)
}

// TransferList selects and orders a list of transfers.
type TransferList struct {
	Filter    identity.TransferFilter
	Ascending bool
}

// List returns one page of transfers.
func (s *Transfers) List(ctx context.Context, l TransferList, args PageArgs) (Page[identity.Transfer], error) {
	if err := requireScope(ctx, identity.ScopeJobsRead); err != nil {
		return Page[identity.Transfer]{}, err
	}
	p := pager{keys: s.keys, list: listName("transfers", l)}
	return readPage(p, args, "list jobs", func(slice identity.KeysetRange) ([]identity.ListRow[identity.Transfer], error) {
		return s.store.Transfers(ctx, identity.TransferQuery{Filter: l.Filter, Ascending: l.Ascending, Range: slice})
	})
}

// Count counts the transfers of a list.
func (s *Transfers) Count(ctx context.Context, l TransferList) (Count, error) {
	if err := requireScope(ctx, identity.ScopeJobsRead); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountTransfers(ctx, l.Filter, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count jobs: %w", err)
	}
	return countOf(n), nil
}

// Failures lists up to limit refused rows of each of many imports whose number is greater than after.
func (s *Transfers) Failures(ctx context.Context, ids []uuid.UUID, after, limit int) (map[uuid.UUID][]identity.TransferFailure, error) {
	if err := requireScope(ctx, identity.ScopeJobsRead); err != nil {
		return nil, err
	}
	return s.store.TransferFailures(ctx, ids, after, min(limit, MaxPageSize))
}

// Pause stops a running transfer after the rows that are being written.
func (s *Transfers) Pause(ctx context.Context, id uuid.UUID) (identity.Transfer, error) {
	return s.move(ctx, id, identity.ActionJobPaused, identity.TransferPaused, identity.TransferRunning)
}

// Continue lets a paused transfer go on where it stopped.
func (s *Transfers) Continue(ctx context.Context, id uuid.UUID) (identity.Transfer, error) {
	return s.move(ctx, id, identity.ActionJobResumed, identity.TransferRunning, identity.TransferPaused)
}

// Cancel ends a transfer that is not over, or takes the file of an export away. What an import has done stays; the file goes with
// the next sweep.
func (s *Transfers) Cancel(ctx context.Context, id uuid.UUID) (identity.Transfer, error) {
	return s.move(ctx, id, identity.ActionJobCancelled, identity.TransferCancelled,
		identity.TransferWaiting, identity.TransferRunning, identity.TransferPaused)
}

func (s *Transfers) move(
	ctx context.Context, id uuid.UUID, action identity.Action, to identity.TransferState, from ...identity.TransferState,
) (identity.Transfer, error) {
	if err := requireScope(ctx, identity.ScopeJobsWrite); err != nil {
		return identity.Transfer{}, err
	}
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (uuid.UUID, error) {
		t, err := tx.TransferByID(ctx, id)
		if err != nil {
			return id, err
		}
		moved := false
		if to == identity.TransferCancelled && t.HasFile() {
			from = append(from, identity.TransferSucceeded)
		}
		for _, state := range from {
			if moved, err = tx.MoveTransfer(ctx, t.Became(to, s.source.Now()), state, t.UploadID); err != nil || moved {
				break
			}
		}
		if err != nil {
			return id, err
		}
		if !moved {
			return id, identity.Errorf(identity.Conflict, identity.CodeJobState, "The job is %s.", t.State)
		}
		return id, s.moved(ctx, tx, t, action, to)
	})
	if err != nil {
		return identity.Transfer{}, fmt.Errorf("move job: %w", err)
	}
	return s.store.TransferByID(ctx, id)
}

// moved does what follows from another state.
func (s *Transfers) moved(
	ctx context.Context, tx identity.Store, t identity.Transfer, action identity.Action, to identity.TransferState,
) error {
	if err := s.enqueue(ctx, tx, t.Became(to, t.UpdatedAt)); err != nil {
		return err
	}
	return tx.InsertAudit(ctx, s.event(ctx, action, t))
}
