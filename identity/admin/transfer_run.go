package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/authly/authly/identity"
)

// transferRun is what one job does of a transfer.
type transferRun struct {
	*Transfers
	transfer identity.Transfer // as it was last stored by this run
}

// transferWork does what is left of a transfer.
type transferWork func(ctx context.Context, run *identity.JobRun, r *transferRun) error

// errMoved ends a run whose transfer somebody else has paused, cancelled or taken on.
var errMoved = errors.New("the transfer has been moved by somebody else")

// advance stores how far a transfer has come; errMoved when somebody else has moved it.
func advance(ctx context.Context, tx identity.Store, t identity.Transfer) error {
	held, err := tx.AdvanceTransfer(ctx, t)
	if err == nil && !held {
		err = errMoved
	}
	return err
}

// run does what is left of the transfer that a job is about. What is refused ends it.
func (s *Transfers) run(ctx context.Context, run *identity.JobRun, work transferWork) error {
	var payload identity.TransferPayload
	if err := run.Decode(&payload); err != nil {
		return err
	}
	t, err := s.store.TransferByID(ctx, payload.ID)
	if errors.Is(err, identity.ErrJobNotFound) || err == nil && t.State != identity.TransferRunning {
		return nil // cancelled, or done by another job
	}
	if err != nil {
		return err
	}
	r := &transferRun{Transfers: s, transfer: t}
	err = work(ctx, run, r)
	if refusal(err) {
		err = r.finish(ctx, identity.AsError(err))
	}
	if errors.Is(err, errMoved) || err != nil && r.overtaken(ctx) {
		return nil
	}
	return err
}

// decode reads the options of the transfer and how far it has come.
func (r *transferRun) decode(options, checkpoint any) error {
	if err := errors.Join(json.Unmarshal(r.transfer.Options, options), json.Unmarshal(r.transfer.Checkpoint, checkpoint)); err != nil {
		return fmt.Errorf("transfer %s: %w", r.transfer.ID, err)
	}
	return nil
}

// overtaken reports whether somebody else has moved the transfer on, and with it the ground from under this run.
func (r *transferRun) overtaken(ctx context.Context) bool {
	now, err := r.store.TransferByID(ctx, r.transfer.ID)
	return errors.Is(err, identity.ErrJobNotFound) || err == nil && (now.State != identity.TransferRunning || now.Step != r.transfer.Step)
}

// finish ends the transfer, well when there is no failure.
func (r *transferRun) finish(ctx context.Context, failure *identity.Error) error {
	return r.tx.InTx(ctx, func(ctx context.Context, tx identity.Store) error { return r.end(ctx, tx, r.transfer, failure) })
}

// end finishes a running transfer, well or with a failure, unless somebody else has moved it meanwhile.
func (s *Transfers) end(ctx context.Context, tx identity.Store, t identity.Transfer, failure *identity.Error) error {
	state := identity.TransferSucceeded
	event := s.event(identity.WithActor(ctx, t.Actor), identity.ActionJobFinished, t)
	if failure != nil {
		state = identity.TransferFailed
		t.ErrorCode, t.Error = failure.Code, failure.Message()
		event = event.Failed(string(failure.Code))
	}
	held, err := tx.AdvanceTransfer(ctx, t.Became(state, s.source.Now()))
	if err != nil || !held {
		return err
	}
	if failure == nil && t.Kind.Import() { // all but the end has gone already
		if err := tx.DeleteChunks(ctx, t.UploadID, math.MaxInt32); err != nil {
			return err
		}
	}
	event.Changes = map[string]identity.Change{
		"processed": {After: t.Counts.Processed}, "created": {After: t.Counts.Created}, "updated": {After: t.Counts.Updated},
		"unchanged": {After: t.Counts.Unchanged}, "failed": {After: t.Counts.Failed},
	}
	return tx.InsertAudit(ctx, event)
}

// present returns a context of who asked for a transfer as they may act now, which until the transaction ends they may: with
// those of the scopes that were presented which they still have. They need all that are named.
func present(ctx context.Context, tx identity.Store, at time.Time, asked identity.Actor, scopes ...string) (context.Context, error) {
	now, err := asked.Now(ctx, tx, at)
	if err != nil {
		return ctx, err
	}
	if now.Kind != identity.ActorSystem && !now.Admin {
		return ctx, identity.Errorf(identity.Forbidden, identity.CodeForbidden, "Who asked for the job is no administrator any more.")
	}
	ctx = identity.WithActor(ctx, now)
	return ctx, holdScopes(ctx, tx, scopes...)
}

// TransferProgress returns how many percent of a transfer are done: of the file that is read, or of what there was when it began.
func TransferProgress(t identity.Transfer) int {
	var at struct {
		Offset int `json:"offset"`
		Total  int `json:"total"`
	}
	if t.State == identity.TransferSucceeded {
		return 100
	}
	if json.Unmarshal(t.Checkpoint, &at) != nil {
		return 0
	}
	done, all := at.Offset, t.Size
	if !t.Kind.Import() {
		done, all = t.Counts.Processed, at.Total
	}
	if all == 0 {
		return 0
	}
	return min(done*100/all, 100)
}
