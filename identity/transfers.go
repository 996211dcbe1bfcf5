package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
)

// Transfers moves the files of imports and exports. Who may do that shows a signed link, which administration hands out.
type Transfers struct {
	store    transferPorts
	source   Source
	keys     *Keyring
	settings *LiveSettings
}

type transferPorts interface {
	Transactor
	TransferStore
	ActorReader
}

// TransferPath is where files are uploaded and downloaded, followed by the id of the transfer.
const TransferPath = "/transfers/"

// TransferChunk is how many bytes of an upload are one row, and all of it that is in memory.
const TransferChunk = 256 << 10

var (
	errLinkInvalid  = Errorf(Forbidden, CodeForbidden, "The link is not valid.")
	errLinkExpired  = Errorf(Forbidden, CodeForbidden, "The link has expired.")
	errNotWaiting   = Errorf(Conflict, CodeJobState, "The job does not wait for a file.")
	errUploadStolen = Errorf(Conflict, CodeJobState, "Another upload has taken the place of this one.")
)

func (s *Transfers) check(link TransferLink) error {
	switch {
	case !s.keys.Verify(PurposeTransfer, link.signed(), link.Signature):
		return errLinkInvalid
	case !link.Expires.After(s.source.Now()):
		return errLinkExpired
	}
	return nil
}

// Receive stores the file of an import, however large, in chunks, and lets the import begin. alive is called before each
// chunk is read. Of several uploads for one import the one that began last counts.
func (s *Transfers) Receive(ctx context.Context, link TransferLink, body io.Reader, alive func()) (int64, error) {
	if err := s.check(link); err != nil {
		return 0, err
	}
	waiting, err := s.store.TransferByID(ctx, link.ID)
	if err != nil {
		return 0, err
	}
	begun := waiting.Became(TransferWaiting, s.source.Now())
	begun.UploadID = s.source.NewID()
	held, err := s.store.MoveTransfer(ctx, begun, TransferWaiting, waiting.UploadID)
	if err != nil {
		return 0, err
	}
	if !held {
		return 0, errNotWaiting
	}
	size, err := s.keep(ctx, begun, body, alive)
	if err == nil {
		err = s.received(ctx, begun, size)
	}
	if err != nil { // what is left of it would go with the transfer at the latest
		return 0, errors.Join(err, s.store.DeleteChunks(context.WithoutCancel(ctx), begun.UploadID, int(size/TransferChunk)+1))
	}
	return size, nil
}

// keep stores the file chunk by chunk. The size is what was stored, also after an error.
func (s *Transfers) keep(ctx context.Context, t Transfer, body io.Reader, alive func()) (size int64, err error) {
	most := int64(s.settings.Get().TransferMaxSize)
	chunk := make([]byte, TransferChunk)
	for number := 0; ; number++ {
		alive()
		n, err := io.ReadFull(body, chunk)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || n < len(chunk) && !atEnd(body) {
			return size, Errorf(Invalid, CodeValidation, "The upload was broken off.").Because(err)
		}
		if n == 0 && number > 0 {
			return size, nil
		}
		if number == 0 {
			if err := checkBeginning(chunk[:n]); err != nil {
				return 0, err
			}
		}
		if size+int64(n) > most {
			return size, Errorf(Invalid, CodeValidation, "The file is larger than %d MiB.", most>>20)
		}
		if err := s.store.InsertChunk(ctx, t.ID, t.UploadID, number, chunk[:n]); err != nil {
			return size, err
		}
		size += int64(n)
		if n < len(chunk) {
			return size, nil
		}
	}
}

// atEnd reports whether a reader that has returned less than was asked for has really come to its end: a connection that
// breaks off looks the same to io.ReadFull.
func atEnd(body io.Reader) bool {
	n, err := body.Read(make([]byte, 1))
	return n == 0 && errors.Is(err, io.EOF)
}

// checkBeginning refuses what is no text in UTF-8 before anything of it is stored.
func checkBeginning(start []byte) error {
	for _, known := range []struct{ mark, what string }{
		{"\x1f\x8b", "compressed by gzip: send it as it is"},
		{"PK\x03\x04", "a ZIP archive or a spreadsheet: save it as CSV in UTF-8"},
		{"\xff\xfe", "UTF-16: save it in UTF-8"},
		{"\xfe\xff", "UTF-16: save it in UTF-8"},
		{"PGDMP", "a dump in the custom format of PostgreSQL: make it text by pg_restore --file=users.sql"},
		{"toc.dat\x00", "a dump in the tar format of PostgreSQL: make it text by pg_restore --file=users.sql"},
	} {
		if bytes.HasPrefix(start, []byte(known.mark)) {
			return Errorf(Invalid, CodeValidation, "The file is %s.", known.what)
		}
	}
	switch {
	case len(start) == 0:
		return Errorf(Invalid, CodeValidation, "The file is empty.")
	case bytes.IndexByte(start, 0) >= 0:
		return Errorf(Invalid, CodeValidation, "The file is no text: it has NUL bytes.")
	}
	return nil
}

// received lets the import begin.
func (s *Transfers) received(ctx context.Context, t Transfer, size int64) error {
	running := t.Became(TransferRunning, s.source.Now())
	running.Size = int(size)
	job, err := t.Due(s.source)
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		held, err := tx.MoveTransfer(ctx, running, TransferWaiting, t.UploadID)
		if err != nil {
			return err
		}
		if !held {
			return errUploadStolen
		}
		event := NewEvent(WithActor(ctx, t.Actor), s.source, ActionJobStarted, TargetJob, t.ID.String(), string(t.Kind))
		event.Changes = map[string]Change{"size": {After: size}}
		if err := tx.InsertAudit(ctx, event); err != nil {
			return fmt.Errorf("begin import: %w", err)
		}
		return tx.InsertJobs(ctx, job)
	})
}
