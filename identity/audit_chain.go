package identity

import (
	"context"
	"fmt"
	"time"
)

// AuditChain chains the events of the trail in the order of commit, so that one that is removed, changed or inserted
// behind the server's back is found (decision 0060).
type AuditChain struct {
	store  auditChainPorts
	source Source
	keys   *Keyring
}

type auditChainPorts interface {
	Transactor
	AuditChainStore
}

// NewAuditChain returns the chain over the trail of a store.
func NewAuditChain(d Deps) *AuditChain {
	return &AuditChain{store: d.Store, source: d.Source, keys: d.Keys}
}

// kindAuditChain is the recurring job that chains what waits.
const (
	kindAuditChain    = "audit.chain"
	auditChainEvery   = 5 * time.Second
	auditChainPortion = 500
)

// auditSalt is the length of the salts of links in bytes.
const auditSalt = 16

func (s *AuditChain) jobKinds() []JobKind {
	return []JobKind{{
		Name: kindAuditChain, Policy: JobPolicy{Every: auditChainEvery},
		Run: func(ctx context.Context, run *JobRun) (any, error) { return s.chain(ctx, run.Report) },
	}}
}

// Chain chains all events that wait, now.
func (s *AuditChain) Chain(ctx context.Context) (events int, err error) {
	total, err := s.chain(ctx, func(context.Context, any) error { return nil })
	return total.Rows, err
}

func (s *AuditChain) chain(ctx context.Context, report reporter) (swept, error) {
	if waiting, err := s.store.PendingAudit(ctx, 1); err != nil || len(waiting) == 0 {
		return swept{}, err
	}
	return inPortions(ctx, auditChainPortion, report, func() (n int, err error) {
		err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
			n, err = s.chainPortion(ctx, tx)
			return err
		})
		if err != nil {
			err = fmt.Errorf("chain audit events: %w", err)
		}
		return n, err
	})
}

// chainPortion gives links to what waits. Events that have become visible since the last time were committed since, so
// that none is skipped, however long its transaction took.
func (s *AuditChain) chainPortion(ctx context.Context, tx Store) (int, error) {
	state, err := tx.LockAuditChain(ctx)
	if err != nil {
		return 0, err
	}
	waiting, err := tx.PendingAudit(ctx, auditChainPortion)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	keys, err := currentAuditKeys(ctx, tx, s.keys, s.source)
	if err != nil {
		return 0, err
	}
	last := keys.tail(state)
	var links []AuditLink
	done := make([]int, len(waiting))
	for i, w := range waiting {
		done[i] = w.Position
		if w.Record == nil {
			continue
		}
		link := s.link(keys, last, w.Record)
		last.Seq, last.Digest, last.Signed = link.Seq, link.Digest, last.Signed || link.Signed
		links = append(links, link)
	}
	if err := tx.AppendAudit(ctx, links, done); err != nil || len(links) == 0 {
		return len(waiting), err
	}
	last.Name, last.Key, last.MadeAt = CheckpointLast, keys.newest, s.source.Now()
	last.MAC = keys.checkpoint(last)
	return len(waiting), tx.SaveAuditCheckpoint(ctx, last)
}

// tail is where the chain goes on. After links that are missing it leaves their numbers free, and when there is no
// authentic checkpoint one number: whoever has removed the end of the chain leaves a gap that is found.
func (k auditKeys) tail(state AuditChainState) AuditCheckpoint {
	switch {
	case k.holds(state.Last):
		last := *state.Last
		last.Seq = max(last.Seq, state.End)
		return last
	case !k.made && state.End == 0 && state.Last == nil:
		return AuditCheckpoint{}
	}
	return AuditCheckpoint{Seq: state.End + 1, Signed: true}
}

func (s *AuditChain) link(keys auditKeys, before AuditCheckpoint, r *AuditRecord) AuditLink {
	link := AuditLink{
		Seq: before.Seq + 1, EventID: r.ID, Key: keys.newest, ChainedAt: s.source.Now(), Salt: make([]byte, auditSalt),
		Signed: s.keys.Verify(PurposeAuditEvent, r.SignedText(), r.Signature),
	}
	s.source.read(link.Salt)
	link.Digest = keys.digest(link, r, keys.personal(link, r), before.Digest)
	return link
}

// sweep removes up to limit events that are older than before from the beginning of the chain and leaves an anchor there.
// An event whose time is wrong holds up the others only until it was chained for so long.
func (s *AuditChain) sweep(ctx context.Context, before time.Time, limit int) (removed int, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		removed, err = s.sweepPortion(ctx, tx, before, limit)
		return err
	})
	if err != nil {
		err = fmt.Errorf("sweep audit events: %w", err)
	}
	return removed, err
}

func (s *AuditChain) sweepPortion(ctx context.Context, tx Store, before time.Time, limit int) (int, error) {
	state, err := tx.LockAuditChain(ctx)
	if err != nil {
		return 0, err
	}
	linked, err := tx.AuditLinks(ctx, 0, limit)
	if err != nil {
		return 0, err
	}
	var old []AuditLink
	anchor := AuditCheckpoint{Name: CheckpointFirst}
	for _, l := range linked {
		if !l.Link.ChainedAt.Before(before) && (l.Record == nil || !l.Record.OccurredAt.Before(before)) {
			break
		}
		old = append(old, l.Link)
		anchor.Signed = anchor.Signed || l.Link.Signed
	}
	if len(old) == 0 {
		return 0, nil
	}
	keys, err := currentAuditKeys(ctx, tx, s.keys, s.source)
	if err != nil {
		return 0, err
	}
	if keys.holds(state.First) {
		anchor.Signed = anchor.Signed || state.First.Signed
	}
	end := old[len(old)-1]
	anchor.Seq, anchor.Digest, anchor.Key, anchor.MadeAt = end.Seq, end.Digest, keys.newest, s.source.Now()
	anchor.MAC = keys.checkpoint(anchor)
	if err := tx.RemoveAudit(ctx, old); err != nil {
		return 0, err
	}
	return len(old), tx.SaveAuditCheckpoint(ctx, anchor)
}
