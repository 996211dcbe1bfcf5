package admin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// auditLine is a line of an export of the trail.
type auditLine struct {
	Seq            int
	ID             uuid.UUID
	Event          *struct{ Action, Outcome string }
	Salt           []byte
	PreviousDigest []byte `json:"previous_digest"`
	Digest         []byte
}

// exportedTrail asks for an export of the trail, and returns its job and lines when it is over.
func (f *fixture) exportedTrail(ctx context.Context, t testing.TB, filter identity.AuditFilter) (job identity.Transfer, lines []auditLine) {
	t.Helper()
	job, err := f.admin.Transfers.ExportAuditEvents(ctx, filter)
	noError(t, err)
	for f.work(t) {
	}
	job = f.transfer(t, job.ID)
	link, err := f.admin.Transfers.DownloadLink(ctx, job)
	noError(t, err)
	file, err := f.download(t, transfer(t, http.MethodGet, link))
	noError(t, err)
	for text := range strings.Lines(file) {
		var line auditLine
		noError(t, json.Unmarshal([]byte(text), &line))
		lines = append(lines, line)
	}
	return job, lines
}

// TestAnExportOfTheTrailIsItsChain: each event once, in the order of the chain and with the digest of the one before, up to where
// it ended when the export began, over more portions than one. A former checkpoint is found in it.
func TestAnExportOfTheTrailIsItsChain(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		const before = 2100
		noError(t, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			for i := range before {
				event := identity.NewEvent(ctx, f.deps.Source, identity.ActionSignedIn, identity.TargetUser, uuid.NewString(), fmt.Sprint("<", i, ">"))
				if i%100 == 0 {
					event = event.Failed("test")
				}
				if err := tx.InsertAudit(ctx, event); err != nil {
					return err
				}
			}
			return nil
		}))
		job, lines := f.exportedTrail(f.ctx, t, identity.AuditFilter{})
		if len(lines) != before+1 || job.Counts.Processed != len(lines) || job.State != identity.TransferSucceeded {
			t.Fatalf("%d lines of %+v", len(lines), job)
		}
		links, err := f.store.AuditLinks(f.ctx, 0, before+1)
		noError(t, err)
		var last []byte
		for i, line := range lines {
			link := links[i]
			if line.Seq != i+1 || line.ID != link.Link.EventID || line.Event.Action != string(link.Record.Action) ||
				!bytes.Equal(line.Digest, link.Link.Digest) || !bytes.Equal(line.PreviousDigest, last) || !bytes.Equal(line.Salt, link.Link.Salt) {
				t.Fatalf("line %d: %+v", i+1, line)
			}
			last = line.Digest
		}
		if lines[before].Event.Action != string(identity.ActionJobCreated) {
			t.Errorf("the last one is %+v", lines[before])
		}
		_, lines = f.exportedTrail(f.ctx, t, identity.AuditFilter{Outcome: identity.OutcomeFailure})
		if len(lines) != before/100 {
			t.Errorf("%d failures", len(lines))
		}
		for _, line := range lines {
			if line.Event.Outcome != "failure" || line.Seq > 1 && !bytes.Equal(line.PreviousDigest, links[line.Seq-2].Link.Digest) {
				t.Errorf("%+v", line)
			}
		}
	})
}

// TestAnExportOfTheTrailEndsWhereItBegan: what is chained while it runs is not in it, so that it ends.
func TestAnExportOfTheTrailEndsWhereItBegan(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "ann")
	job, err := f.admin.Transfers.ExportAuditEvents(f.ctx, identity.AuditFilter{})
	noError(t, err)
	begun := f.transfer(t, job.ID) // as an export that was stopped after one event
	begun.Checkpoint, begun.Counts.Processed = json.RawMessage(`{"after":{"seq":1,"end":2},"total":2}`), 1
	held, err := f.store.AdvanceTransfer(f.ctx, begun)
	noError(t, err)
	if !held {
		t.Fatal("not held")
	}
	f.user(t, "ben")
	_, err = identity.NewAuditChain(f.deps).Chain(f.ctx)
	noError(t, err)
	for f.work(t) {
	}
	if got := f.transfer(t, job.ID); got.Counts.Processed != 2 || got.State != identity.TransferSucceeded {
		t.Errorf("%+v", got)
	}
}

func TestTheTrailIsExportedByWhoMayReadItWhole(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root := f.user(t, "root", administrator)
	for name, ctx := range map[string]context.Context{
		"another scope": f.by(t, root, identity.ScopeUsersRead, identity.ScopeJobsRead),
		"limited":       f.by(t, f.desk(t, "desk", identity.ScopeAuditRead).helper, identity.ScopeAuditRead),
	} {
		if _, err := f.admin.Transfers.ExportAuditEvents(ctx, identity.AuditFilter{}); identity.AsError(err).Kind != identity.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := f.admin.Transfers.ExportAuditEvents(f.stranger(), identity.AuditFilter{})
	if identity.AsError(err).Code != identity.CodeUnauthenticated {
		t.Errorf("nobody: %v", err)
	}
	_, err = f.admin.Transfers.ExportAuditEvents(f.ctx, identity.AuditFilter{Actions: []identity.Action{"cow.milked"}})
	wantField(t, err, "filter.actions")
	who := f.by(t, root, identity.ScopeAuditRead, identity.ScopeJobsRead, identity.ScopeJobsWrite)
	job, _ := f.exportedTrail(who, t, identity.AuditFilter{})
	link, _ := f.admin.Transfers.DownloadLink(f.by(t, root, identity.ScopeUsersRead, identity.ScopeJobsRead), job)
	if link != nil {
		t.Error("who may not read the trail gets the file")
	}
	if *job.ExpiresAt != f.Now().Add(24*time.Hour) {
		t.Errorf("it is there until %s", job.ExpiresAt)
	}
}
