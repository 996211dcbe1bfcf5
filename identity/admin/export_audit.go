package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// auditExport is an export of the trail as it is stored.
type auditExport struct {
	identity.ExportOptions
	Filter identity.AuditFilter `json:"filter"`
}

// trailReader reads the trail and its chain.
type trailReader interface {
	AuditLinks(ctx context.Context, after, limit int) ([]identity.LinkedRecord, error)
	AuditChainState(ctx context.Context) (identity.AuditChainState, error)
	CountAuditEvents(ctx context.Context, q identity.AuditQuery, limit int) (int, error)
}

// ExportAuditEvents asks for an export of the events that a filter selects, which begins at once. It needs ScopeAuditRead beside
// the scope of jobs.
func (s *Transfers) ExportAuditEvents(ctx context.Context, filter identity.AuditFilter) (identity.Transfer, error) {
	if err := requireScopes(ctx, identity.ScopeJobsWrite, identity.ScopeAuditRead); err != nil {
		return identity.Transfer{}, err
	}
	if err := (AuditList{Filter: filter}).check(); err != nil {
		return identity.Transfer{}, err
	}
	options := auditExport{Filter: filter}
	options.Needs, options.File = []string{identity.ScopeAuditRead}, "audit.jsonl"
	// Whom the filter names would stay in the trail when they are erased.
	return s.create(ctx, identity.TransferAuditExport, options, map[string]any{"filtered": !filterIsEmpty(filter)})
}

// auditSource reads the trail in the order of its chain, up to where that ended when the export began: what the export itself
// adds to the trail is not in it.
type auditSource struct {
	*Transfers
	auditExport
}

// auditPlace is a place in the chain.
type auditPlace struct {
	Seq    int    `json:"seq"`
	Digest []byte `json:"digest"` // of the link there; nil = not known
	End    int    `json:"end"`    // where the export ends
}

func runAuditExport(ctx context.Context, run *identity.JobRun, r *transferRun) error {
	source := auditSource{Transfers: r.Transfers}
	if err := r.decode(&source.auditExport, &struct{}{}); err != nil {
		return err
	}
	return r.export(ctx, run, source)
}

func (s auditSource) count(ctx context.Context) (int, error) {
	return s.trail.CountAuditEvents(ctx, identity.AuditQuery{Filter: s.Filter}, math.MaxInt32)
}

func (s auditSource) read(ctx context.Context, after json.RawMessage) (portion, error) {
	place, err := s.place(ctx, after)
	if err != nil {
		return portion{}, err
	}
	linked, err := s.trail.AuditLinks(ctx, place.Seq, exportRows)
	if err != nil {
		return portion{}, err
	}
	p := portion{last: len(linked) < exportRows}
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	lines.SetEscapeHTML(false)
	for _, l := range linked {
		if l.Link.Seq > place.End { // chained since
			p.last = true
			break
		}
		var before []byte
		if l.Link.Seq == place.Seq+1 {
			before = place.Digest
		}
		place.Seq, place.Digest = l.Link.Seq, l.Link.Digest
		if !s.selects(l) {
			continue
		}
		if err := lines.Encode(lineOf(l, before)); err != nil {
			return portion{}, fmt.Errorf("audit event %s: %w", l.Link.EventID, err)
		}
		p.rows++
	}
	p.text, p.after = text.Bytes(), place
	return p, nil
}

// place reads where a portion begins. The first one begins after what retention has removed, when all that waits for its place in
// the chain has it.
func (s auditSource) place(ctx context.Context, after json.RawMessage) (auditPlace, error) {
	var place auditPlace
	if after != nil {
		if err := json.Unmarshal(after, &place); err != nil {
			return place, fmt.Errorf("place of the export: %w", err)
		}
		return place, nil
	}
	if _, err := s.chain.Chain(ctx); err != nil {
		return place, err
	}
	state, err := s.trail.AuditChainState(ctx)
	if state.First != nil {
		place.Seq, place.Digest = state.First.Seq, state.First.Digest
	}
	place.End = state.End
	return place, err
}

// selects reports whether a link is exported. One whose event is gone shows that only to who exports everything.
func (s auditSource) selects(l identity.LinkedRecord) bool {
	if l.Record == nil {
		return filterIsEmpty(s.Filter)
	}
	return s.Filter.Selects(l.Record.AuditEvent)
}

// auditLine is an event in an export, with all that its digest is made of.
type auditLine struct {
	Seq            int            `json:"seq"`
	ID             uuid.UUID      `json:"id"`
	Event          *exportedEvent `json:"event"` // null when it is gone
	ChainedAt      time.Time      `json:"chained_at"`
	Key            int            `json:"key"`
	Signed         bool           `json:"signed"`
	Signature      []byte         `json:"signature,omitempty"`
	Salt           []byte         `json:"salt,omitempty"`
	Personal       []byte         `json:"personal,omitempty"`
	Erased         []byte         `json:"erased,omitempty"`
	PreviousDigest []byte         `json:"previous_digest,omitempty"`
	Digest         []byte         `json:"digest"`
}

// exportedEvent is an event as it is stored.
type exportedEvent struct {
	OccurredAt time.Time       `json:"occurred_at"`
	ActorKind  string          `json:"actor_kind"`
	ActorID    string          `json:"actor_id"`
	ActorName  string          `json:"actor_name"`
	ClientID   *uuid.UUID      `json:"client_id"`
	Action     string          `json:"action"`
	TargetKind string          `json:"target_kind"`
	TargetID   string          `json:"target_id"`
	TargetName string          `json:"target_name"`
	Outcome    string          `json:"outcome"`
	Reason     string          `json:"reason"`
	IP         string          `json:"ip"`
	UserAgent  string          `json:"user_agent"`
	RequestID  string          `json:"request_id"`
	Changes    json.RawMessage `json:"changes"`
}

func lineOf(l identity.LinkedRecord, before []byte) auditLine {
	line := auditLine{
		Seq: l.Link.Seq, ID: l.Link.EventID, ChainedAt: l.Link.ChainedAt, Key: l.Link.Key, Signed: l.Link.Signed, Salt: l.Link.Salt,
		Personal: l.Link.Personal, Erased: l.Link.Erased, PreviousDigest: before, Digest: l.Link.Digest,
	}
	r := l.Record
	if r == nil {
		return line
	}
	line.Signature = r.Signature
	line.Event = &exportedEvent{
		OccurredAt: r.OccurredAt, ActorKind: string(r.ActorKind), ActorID: r.ActorID, ActorName: r.ActorName, ClientID: r.ClientID,
		Action: string(r.Action), TargetKind: string(r.Target), TargetID: r.TargetID, TargetName: r.TargetName, Outcome: string(r.Outcome),
		Reason: r.Reason, IP: r.IP, UserAgent: r.UserAgent, RequestID: r.RequestID, Changes: r.Stored,
	}
	if !json.Valid(r.Stored) { // put there behind the server's back: told as a text, for the rest to be told
		line.Event.Changes, _ = json.Marshal(string(r.Stored))
	}
	return line
}
