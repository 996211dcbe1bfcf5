package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// The bounds of an import: how many rows are written in one transaction, how many bytes of the file these may have, and of
// how many refused rows is said what was wrong. All are counted.
const (
	importRows       = 500
	importBytes      = 4 << 20
	mostToldFailures = 1000
)

// ImportMode says what becomes of a user who is there already.
type ImportMode string

// The modes.
const (
	ImportInsert           ImportMode = "INSERT" // refused
	ImportUpsertByUsername ImportMode = "UPSERT_BY_USERNAME"
	ImportUpsertByEmail    ImportMode = "UPSERT_BY_EMAIL"
)

// ImportUsers is what an import is asked for with.
type ImportUsers struct {
	Format ImportFormat `json:"format"`
	Mode   ImportMode   `json:"mode"`
	DryRun bool         `json:"dry_run"`
}

// ImportUsers asks for an import, which begins when its file has been uploaded.
func (s *Transfers) ImportUsers(ctx context.Context, options ImportUsers) (identity.Transfer, error) {
	if err := requireScope(ctx, identity.ScopeUsersWrite); err != nil {
		return identity.Transfer{}, err
	}
	return s.create(ctx, identity.TransferUserImport, options, options)
}

// checkpoint is how far an import has come.
type checkpoint struct {
	position
	Columns []string `json:"columns,omitempty"` // that the first record has named
	Told    int      `json:"told"`              // failures that are stored
}

// importer reads and writes the users of one file.
type importer struct {
	*transferRun
	options ImportUsers
	checkpoint
	records   *recordReader
	declared  declaredAttributes
	rules     *identity.AttributeRules // of the portion before
	written   int                      // by this run
	analyzeAt int                      // so many
}

// importRow is one user of the file, or what is wrong with it.
type importRow struct {
	record
	user  *importedUser
	fresh NewUser // the user as a new one
	fault error
}

// runImport writes the users of a file, some in each transaction, which also stores how far it has come.
func runImport(ctx context.Context, run *identity.JobRun, r *transferRun) error {
	i := &importer{transferRun: r, analyzeAt: importRows}
	if err := r.decode(&i.options, &i.checkpoint); err != nil {
		return err
	}
	var err error
	if i.declared, err = r.users.store.AttributeDefinitions(ctx); err != nil {
		return fmt.Errorf("import %s: read attributes: %w", r.transfer.ID, err)
	}
	files := &chunks{ctx: ctx, files: r.store, upload: r.transfer.UploadID, offset: i.Offset}
	i.records = newRecordReader(files, i.position, i.options.Format)
	return i.run(ctx, run)
}

func (i *importer) run(ctx context.Context, run *identity.JobRun) error {
	for {
		rows, fault := i.readRows()
		if err := i.write(ctx, rows); err != nil { // also what comes before the place where the file is at fault
			return err
		}
		if errors.Is(fault, io.EOF) {
			return i.finish(ctx, nil)
		}
		if fault != nil {
			return fault
		}
		if err := i.analyze(ctx); err != nil {
			return err
		}
		if err := run.Report(ctx, i.transfer.Counts); err != nil {
			return err
		}
	}
}

// analyze keeps the plans of the database up with its growth: one that was made for an empty table reads all of a full one.
func (i *importer) analyze(ctx context.Context) error {
	if i.written < i.analyzeAt {
		return nil
	}
	i.analyzeAt = 4 * i.written
	return i.bulk.Analyze(ctx)
}

// readRows reads what is written in one transaction; io.EOF with the last ones.
func (i *importer) readRows() ([]importRow, error) {
	var rows []importRow
	for size := 0; len(rows) < importRows && size < importBytes; {
		r, err := i.records.next()
		if err != nil {
			return rows, err
		}
		size += len(r.text)
		switch {
		case i.options.Format != ImportPredecessor && len(bytes.TrimSpace(r.text)) == 0:
			continue
		case i.options.Format.hasColumns() && i.Columns == nil:
			if i.Columns, err = i.options.Format.readColumns(r, i.declared); err != nil {
				return rows, err
			}
			continue
		}
		row := importRow{record: r}
		row.user, row.fault = i.options.Format.readUser(r, i.Columns, i.declared)
		row.text = nil
		if row.fault == nil {
			row.fresh = row.user.create()
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// errDry undoes what a dry run has tried.
var errDry = errors.New("dry run")

// write writes rows in one transaction. When the database refuses one of them, each gets a transaction of its own.
func (i *importer) write(ctx context.Context, rows []importRow) error {
	if len(rows) == 0 {
		return nil
	}
	after, err := i.attempt(ctx, rows)
	switch {
	case err == nil:
		i.transfer, i.checkpoint = after, i.checkpoint.after(rows, after)
		i.transfer.Step++
		i.written += len(rows)
		return nil
	case !refusal(err) || errors.Is(err, errNoRight):
		return err
	case len(rows) == 1:
		rows[0].fault = err
		return i.write(ctx, rows)
	}
	for n := range rows {
		if err := i.write(ctx, rows[n:n+1]); err != nil {
			return err
		}
	}
	return nil
}

// after is the checkpoint behind rows.
func (c checkpoint) after(rows []importRow, t identity.Transfer) checkpoint {
	c.position = rows[len(rows)-1].end
	c.Told = min(t.Counts.Failed, mostToldFailures)
	return c
}

func (i *importer) attempt(ctx context.Context, rows []importRow) (after identity.Transfer, err error) {
	var b importBatch
	work := func(ctx context.Context, tx identity.Store) error {
		ctx, err := present(ctx, tx, i.source.Now(), i.transfer.Actor, identity.ScopeUsersWrite)
		if err != nil {
			return errors.Join(err, errNoRight)
		}
		b = importBatch{importer: i, tx: tx, told: i.Told}
		if err := b.write(ctx, rows); err != nil {
			return err
		}
		if err := holdAdministrator(ctx, tx); err != nil {
			return errors.Join(err, errNoRight)
		}
		return nil
	}
	keep := func(ctx context.Context, tx identity.Store) error {
		after, err = i.advance(ctx, tx, rows, b)
		return err
	}
	if !i.options.DryRun {
		err = i.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
			if err := work(ctx, tx); err != nil {
				return err
			}
			return keep(ctx, tx)
		})
		return after, err
	}
	err = i.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) error { return errors.Join(work(ctx, tx), errDry) })
	if refusal(err) || !errors.Is(err, errDry) {
		return after, err
	}
	err = i.tx.InTx(ctx, keep)
	return after, err
}

// advance stores how far the import has come, in the transaction of the rows that lead there.
func (i *importer) advance(ctx context.Context, tx identity.Store, rows []importRow, b importBatch) (identity.Transfer, error) {
	t := i.transfer
	t.Counts, t.UpdatedAt = t.Counts.Add(b.counts), i.source.Now()
	at := i.checkpoint.after(rows, t)
	var err error
	if t.Checkpoint, err = json.Marshal(at); err != nil {
		return t, err
	}
	if err := advance(ctx, tx, t); err != nil {
		return t, err
	}
	if err := tx.InsertTransferFailures(ctx, b.failures...); err != nil {
		return t, err
	}
	return t, tx.DeleteChunks(ctx, t.UploadID, int(at.Offset/identity.TransferChunk))
}

// errNoRight marks that the one who asked may not import any more, so that all of it fails.
var errNoRight = errors.New("no right to import any more")

// chunks reads the file of an upload from an offset on.
type chunks struct {
	ctx    context.Context //nolint:containedctx // io.Reader has none
	files  identity.TransferFiles
	upload uuid.UUID
	offset int64
	rest   []byte
}

// Read implements io.Reader.
func (c *chunks) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		data, err := c.files.Chunk(c.ctx, c.upload, int(c.offset/identity.TransferChunk))
		if err != nil {
			return 0, err
		}
		within := int(c.offset % identity.TransferChunk)
		if len(data) <= within {
			return 0, io.EOF
		}
		c.rest = data[within:]
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	c.offset += int64(n)
	return n, nil
}
