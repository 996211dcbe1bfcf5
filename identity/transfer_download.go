package identity

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"time"

	"github.com/google/uuid"
)

// TransferFile is the file of an export.
type TransferFile struct {
	Name string
	Type string // of media
	Size int    // in bytes

	files  TransferFiles
	upload uuid.UUID
}

var (
	errNoFile   = Errorf(Conflict, CodeJobState, "The job has no file to download.")
	errNotTheir = Errorf(Forbidden, CodeForbidden, "Whoever got the link may not have the file any more.")
)

// mediaTypes are the types of files by the ends of their names.
var mediaTypes = map[string]string{
	".csv": "text/csv; charset=utf-8", ".jsonl": "application/jsonl; charset=utf-8", ".json": "application/json",
}

// Download begins to read the file of an export, for whoever has a link, as long as the actor to whom it was given may have the
// file: that it has begun is in the audit trail, each time. look only tells what there is.
func (s *Transfers) Download(ctx context.Context, link TransferLink, look bool) (TransferFile, error) {
	if err := s.check(link); err != nil {
		return TransferFile{}, err
	}
	var t Transfer
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) (err error) {
		if t, err = tx.TransferByID(ctx, link.ID); err != nil {
			return err
		}
		if !t.HasFile() || !t.ExpiresAt.After(s.source.Now()) {
			return errNoFile
		}
		holder, err := link.heldBy(ctx, tx, t, s.source.Now())
		if err != nil || look {
			return err
		}
		event := NewEvent(WithActor(ctx, holder), s.source, ActionJobDownloaded, TargetJob, t.ID.String(), string(t.Kind))
		event.Changes = map[string]Change{"size": {After: t.Size}}
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return TransferFile{}, err
	}
	name := t.Export().File
	return TransferFile{Name: name, Type: mediaTypes[path.Ext(name)], Size: t.Size, files: s.store, upload: t.UploadID}, nil
}

// heldBy returns the holder of a link, who at a time still has all rights that the file needs.
func (l TransferLink) heldBy(ctx context.Context, r ActorReader, t Transfer, at time.Time) (Actor, error) {
	holder, request := l.holder(), ActorFrom(ctx)
	holder.Scopes, holder.IP, holder.UserAgent, holder.RequestID = t.Export().Needs, request.IP, request.UserAgent, request.RequestID
	holder, err := holder.Now(ctx, r, at)
	if err == nil && slices.ContainsFunc(t.Export().Needs, func(scope string) bool { return !holder.MayAdminister(scope) }) {
		err = errNotTheir
	}
	return holder, err
}

// Write writes the file, chunk by chunk. alive is called before each is written.
func (f TransferFile) Write(ctx context.Context, to io.Writer, alive func()) error {
	for number, written := 0, 0; written < f.Size; number++ {
		chunk, err := f.files.Chunk(ctx, f.upload, number)
		if err != nil {
			return fmt.Errorf("read file: %w", err)
		}
		if chunk == nil {
			return Errorf(NotFound, CodeNotFound, "The file was deleted meanwhile.")
		}
		alive()
		if _, err := to.Write(chunk); err != nil {
			return fmt.Errorf("send file: %w", err)
		}
		written += len(chunk)
	}
	return nil
}
