package admin

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// exportRows is how many rows of an export are read at once and stored in one transaction.
const exportRows = 1000

// exportReader reads what users are exported with.
type exportReader interface {
	identity.MembershipReader
	identity.DelegationReader
	UserAttributes(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]identity.AttributeValues, error)
	Users(ctx context.Context, q identity.UserQuery) ([]identity.ListRow[identity.User], error)
	CountUsers(ctx context.Context, q identity.UserQuery, limit int) (int, error)
}

// exportCheckpoint is how far an export has come.
type exportCheckpoint struct {
	After  json.RawMessage `json:"after,omitempty"` // the place of the last row, in the form of its source
	Chunks int             `json:"chunks"`          // that are stored
	Total  int             `json:"total"`           // rows that there were when it began
}

// portion is what one transaction adds to the file of an export.
type portion struct {
	text  []byte
	rows  int
	after any  // the place of the last row
	last  bool // nothing follows
}

// exportSource is what an export is of.
type exportSource interface {
	// count tells about how many rows there are.
	count(ctx context.Context) (int, error)
	// read reads the rows after a place; nil is the beginning. That each is read once is its promise.
	read(ctx context.Context, after json.RawMessage) (portion, error)
}

// exporter makes the file of one export.
type exporter struct {
	*transferRun
	exportCheckpoint
	from exportSource
}

// export reads a portion after the other and adds it to the file, in the transaction that stores how far it has come. It is read
// outside, so that nobody waits for it to write.
func (r *transferRun) export(ctx context.Context, run *identity.JobRun, from exportSource) error {
	e := exporter{transferRun: r, from: from}
	if err := r.decode(&struct{}{}, &e.exportCheckpoint); err != nil {
		return err
	}
	if e.Total == 0 {
		var err error
		if e.Total, err = from.count(ctx); err != nil {
			return err
		}
	}
	for {
		p, err := from.read(ctx, e.After)
		if err != nil {
			return err
		}
		if err := e.keep(ctx, p); err != nil {
			return err
		}
		if p.last {
			return e.finish(ctx, nil)
		}
		if err := run.Report(ctx, e.transfer.Counts); err != nil {
			return err
		}
	}
}

// keep adds a portion to the file, if who asked for it may have it still.
func (e *exporter) keep(ctx context.Context, p portion) error {
	t, at := e.transfer, e.exportCheckpoint
	t.Size += len(p.text)
	if most := e.settings.Get().TransferMaxSize; t.Size > most {
		return identity.Errorf(identity.Invalid, identity.CodeValidation,
			"The file would be larger than %d MiB. Choose fewer rows or fields.", most>>20)
	}
	chunks := slices.Collect(slices.Chunk(p.text, identity.TransferChunk))
	at.Chunks += len(chunks)
	var err error
	if at.After, err = json.Marshal(p.after); err != nil {
		return err
	}
	if t.Checkpoint, err = json.Marshal(at); err != nil {
		return err
	}
	t.Counts.Processed += p.rows
	t.UpdatedAt = e.source.Now()
	err = e.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
		ctx, err := present(ctx, tx, t.UpdatedAt, t.Actor, t.Export().Needs...)
		if err != nil {
			return err
		}
		if err := advance(ctx, tx, t); err != nil {
			return err
		}
		for i, chunk := range chunks {
			if err := tx.InsertChunk(ctx, t.ID, t.UploadID, e.Chunks+i, chunk); err != nil {
				return err
			}
		}
		return holdAdministrator(ctx, tx)
	})
	if err != nil {
		return err
	}
	t.Step++
	e.transfer, e.exportCheckpoint = t, at
	return nil
}
