package identity

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// ChainFault is a kind of finding in the chain.
type ChainFault string

// The faults.
const (
	FaultChanged    ChainFault = "changed"    // the event or its link is not what it was
	FaultRemoved    ChainFault = "removed"    // the event of a link is gone
	FaultGap        ChainFault = "gap"        // links are gone, perhaps with their events
	FaultInserted   ChainFault = "inserted"   // no server has written the event
	FaultCheckpoint ChainFault = "checkpoint" // a checkpoint is gone, forged, or not that of the chain
)

// ChainFinding is one fault.
type ChainFinding struct {
	Fault   ChainFault `json:"fault"`
	Seq     int        `json:"seq,omitempty"`
	Until   int        `json:"until,omitempty"` // the last position of a gap
	EventID *uuid.UUID `json:"event_id,omitempty"`
	Detail  string     `json:"detail"`
}

// ChainReport is what a verification has come to.
type ChainReport struct {
	Intact        bool           `json:"intact"`
	Events        int            `json:"events"` // chained events that were looked at
	From          int            `json:"from"`   // position after which the walk began
	To            int            `json:"to"`     // last position
	Erased        int            `json:"erased"` // events whose names and addresses were erased with their user
	Unsigned      int            `json:"unsigned"`
	Waiting       int            `json:"waiting"` // events that are not chained yet
	OldestWaiting *time.Time     `json:"oldest_waiting,omitempty"`
	Checkpoint    string         `json:"checkpoint,omitempty"` // of the end, to keep outside the database
	Faults        int            `json:"faults"`
	Findings      []ChainFinding `json:"findings"` // the first of them
	Notes         []string       `json:"notes,omitempty"`
}

// maxChainFindings is how many faults a report lists; the others it counts.
const maxChainFindings = 100

// VerifyOptions say what to verify.
type VerifyOptions struct {
	Since string // a checkpoint that was stored outside; "" = from the beginning
	// UpgradedAt is when the last server of the version before was stopped: what was chained until then may be unsigned.
	UpgradedAt *time.Time
}

// verifyPortion is how many links are read at once.
const verifyPortion = 1000

// verification walks the chain. It holds one portion at a time, however long the chain is.
type verification struct {
	*AuditChain
	options VerifyOptions
	keys    auditKeys
	report  ChainReport
	at      int    // the position that was looked at last
	before  []byte // its digest; nil = not known
	signed  bool   // a signed event was seen
}

// Verify looks at every event of the trail and at every link of the chain. The error says that it could not.
func (s *AuditChain) Verify(ctx context.Context, o VerifyOptions) (ChainReport, error) {
	v := &verification{AuditChain: s, options: o, before: []byte{}, report: ChainReport{Findings: []ChainFinding{}}}
	if err := v.run(ctx); err != nil {
		return ChainReport{}, fmt.Errorf("verify the audit chain: %w", err)
	}
	v.report.Intact = v.report.Faults == 0
	return v.report, nil
}

func (v *verification) run(ctx context.Context) (err error) {
	state, err := v.store.AuditChainState(ctx)
	if err != nil {
		return err
	}
	if v.keys, _, err = openAuditKeys(ctx, v.store, v.AuditChain.keys); err != nil {
		return err
	}
	if err := v.begin(state); err != nil {
		return err
	}
	for {
		links, err := v.store.AuditLinks(ctx, v.at, verifyPortion)
		if err != nil {
			return err
		}
		for _, l := range links {
			if l.Link.Seq > state.End {
				links = nil // chained since
				break
			}
			if err := v.link(ctx, l); err != nil {
				return err
			}
		}
		if len(links) < verifyPortion {
			break
		}
	}
	if err := v.end(ctx, state); err != nil {
		return err
	}
	return v.unchained(ctx)
}

func (v *verification) found(fault ChainFault, seq, until int, event uuid.UUID, format string, args ...any) {
	v.report.Faults++
	if len(v.report.Findings) == maxChainFindings {
		return
	}
	finding := ChainFinding{Fault: fault, Seq: seq, Until: until, Detail: fmt.Sprintf(format, args...)}
	if event != uuid.Nil {
		finding.EventID = &event
	}
	v.report.Findings = append(v.report.Findings, finding)
}

// begin goes to where the walk begins: after what retention has removed, or at a checkpoint that was stored elsewhere.
func (v *verification) begin(state AuditChainState) error {
	if state.First != nil {
		v.anchor(state.First)
	}
	defer func() { v.report.From = v.at }()
	if v.options.Since == "" {
		return nil
	}
	since, err := ParseCheckpoint(v.options.Since)
	switch {
	case err != nil:
		return err
	case !v.keys.holds(&since):
		v.found(FaultCheckpoint, since.Seq, 0, uuid.Nil, "the checkpoint that was given was not made by this server")
	case since.Seq < v.at:
		v.report.Notes = append(v.report.Notes, "The checkpoint that was given is older than what is retained: all that is there was verified.")
	default:
		v.at, v.before, v.signed = since.Seq-1, nil, since.Signed
		v.options.Since = string(since.Digest)
		return nil
	}
	v.options.Since = ""
	return nil
}

func (v *verification) anchor(first *AuditCheckpoint) {
	if !v.keys.holds(first) {
		v.found(FaultCheckpoint, first.Seq, 0, uuid.Nil, "the anchor that retention has left is forged")
		return
	}
	v.at, v.before, v.signed = first.Seq, first.Digest, v.signed || first.Signed
}

// link looks at the next link.
func (v *verification) link(ctx context.Context, l LinkedRecord) error {
	if l.Link.Seq != v.at+1 {
		if err := v.gap(ctx, l.Link.Seq-1); err != nil {
			return err
		}
	}
	v.at = l.Link.Seq
	v.report.Events++
	v.authenticate(l)
	v.signature(l.Link)
	v.before = l.Link.Digest
	return nil
}

// gap notes that links up to a position are missing, unless retention has removed them in the meantime.
func (v *verification) gap(ctx context.Context, until int) error {
	now, err := v.store.AuditChainState(ctx)
	if err != nil {
		return err
	}
	if now.First != nil && now.First.Seq > v.at && v.keys.holds(now.First) {
		v.anchor(now.First)
	}
	if v.at < until {
		v.found(FaultGap, v.at+1, until, uuid.Nil, "%d links are missing; that the event after them is right cannot be proven", until-v.at)
		v.at, v.before = until, nil
	}
	return nil
}

func (v *verification) authenticate(l LinkedRecord) {
	link, id := l.Link, l.Link.EventID
	// The first link of a walk since a checkpoint is proven by the checkpoint.
	if v.options.Since != "" {
		if string(link.Digest) != v.options.Since {
			v.found(FaultCheckpoint, link.Seq, 0, id, "the chain is another than when the checkpoint was made")
		}
		v.options.Since = ""
	}
	if l.Record == nil {
		v.found(FaultRemoved, link.Seq, 0, id, "the event is gone")
		return
	}
	if _, ok := v.keys.byNumber[link.Key]; !ok {
		v.found(FaultChanged, link.Seq, 0, id, "key %d of the chain is gone, or sealed under a root key that was not given", link.Key)
		return
	}
	personal := link.Personal
	switch {
	case link.Salt != nil && (link.Personal != nil || link.Erased != nil):
		v.found(FaultChanged, link.Seq, 0, id, "the link says that something was erased, and nothing was")
		return
	case link.Salt != nil:
		personal = v.keys.personal(link, l.Record)
	default:
		v.report.Erased++
		if !sameDigest(v.keys.erased(link, l.Record), link.Erased) {
			v.found(FaultChanged, link.Seq, 0, id, "what the event says of people is not what erasure has left")
			return
		}
	}
	if v.before != nil && !sameDigest(v.keys.digest(link, l.Record, personal, v.before), link.Digest) {
		v.found(FaultChanged, link.Seq, 0, id, "the event, its link or the link before is not what it was")
	}
}

// signature looks whether a server has written the event. Before the first that is signed there were servers that did
// not sign.
func (v *verification) signature(link AuditLink) {
	if link.Signed {
		v.signed = true
		return
	}
	v.report.Unsigned++
	if v.signed && (v.options.UpgradedAt == nil || link.ChainedAt.After(*v.options.UpgradedAt)) {
		v.found(FaultInserted, link.Seq, 0, link.EventID,
			"no server of this version has written the event: it was inserted by somebody else, or by a server of the version before")
	}
}

// end compares where the walk has ended with the checkpoint.
func (v *verification) end(ctx context.Context, state AuditChainState) error {
	last := state.Last
	switch {
	case last == nil && state.End == 0 && !v.keys.made:
		return nil // nothing was ever chained
	case last == nil:
		v.found(FaultCheckpoint, state.End, 0, uuid.Nil, "the checkpoint of the end is missing: what came after the last link may be, too")
		return nil
	case !v.keys.holds(last):
		v.found(FaultCheckpoint, last.Seq, 0, uuid.Nil, "the checkpoint of the end is forged")
		return nil
	}
	if v.at < last.Seq {
		if err := v.gap(ctx, last.Seq); err != nil {
			return err
		}
	}
	v.report.To, v.report.Checkpoint = last.Seq, last.String()
	if v.at > last.Seq || v.before != nil && !sameDigest(v.before, last.Digest) {
		v.found(FaultCheckpoint, last.Seq, 0, uuid.Nil, "the chain does not end where its checkpoint says")
	}
	return nil
}

// unchained looks for events beside the chain.
func (v *verification) unchained(ctx context.Context) (err error) {
	if v.report.Waiting, v.report.OldestWaiting, err = v.store.WaitingAudit(ctx); err != nil {
		return err
	}
	beside, err := v.store.UnlinkedAudit(ctx, maxChainFindings+1)
	if err != nil {
		return err
	}
	for _, id := range beside {
		v.found(FaultInserted, 0, 0, id, "the event has no link and does not wait for one")
	}
	return nil
}

// Checkpoint returns that of the end of the chain, "" before anything was chained.
func (s *AuditChain) Checkpoint(ctx context.Context) (string, error) {
	state, err := s.store.AuditChainState(ctx)
	if err != nil || state.Last == nil {
		return "", err
	}
	return state.Last.String(), nil
}

// checkpointPrefix tells the format of a checkpoint.
const checkpointPrefix = "authly-audit-1"

// String is the checkpoint of the end as an operator keeps it outside the database.
func (c AuditCheckpoint) String() string {
	return strings.Join([]string{
		checkpointPrefix, strconv.Itoa(c.Seq), strconv.FormatBool(c.Signed), strconv.Itoa(c.Key), strconv.FormatInt(c.MadeAt.UnixMicro(), 10),
		base64.RawURLEncoding.EncodeToString(c.Digest), base64.RawURLEncoding.EncodeToString(c.MAC),
	}, ".")
}

// ParseCheckpoint reads what String has made. Whether it is authentic only the keys tell.
func ParseCheckpoint(text string) (AuditCheckpoint, error) {
	parts := strings.Split(strings.TrimSpace(text), ".")
	c := AuditCheckpoint{Name: CheckpointLast}
	if len(parts) == 7 && parts[0] == checkpointPrefix {
		var micros int64
		var faults [6]error
		c.Seq, faults[0] = strconv.Atoi(parts[1])
		c.Signed, faults[1] = strconv.ParseBool(parts[2])
		c.Key, faults[2] = strconv.Atoi(parts[3])
		micros, faults[3] = strconv.ParseInt(parts[4], 10, 64)
		c.Digest, faults[4] = base64.RawURLEncoding.DecodeString(parts[5])
		c.MAC, faults[5] = base64.RawURLEncoding.DecodeString(parts[6])
		c.MadeAt = time.UnixMicro(micros).UTC()
		if faults == [6]error{} && c.Seq > 0 {
			return c, nil
		}
	}
	return AuditCheckpoint{}, InvalidField("since", "Must be a checkpoint that authly audit checkpoint has printed.")
}
