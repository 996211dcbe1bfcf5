package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// recordRow is an audit event with every column as it is stored. The id is nil where a link has no event any more.
type recordRow struct {
	bun.BaseModel `bun:"table:audit_events,alias:e"`

	ID         *uuid.UUID      `bun:"id"`
	OccurredAt time.Time       `bun:"occurred_at"`
	ActorKind  string          `bun:"actor_kind"`
	ActorID    string          `bun:"actor_id"`
	ActorName  string          `bun:"actor_name"`
	ClientID   *uuid.UUID      `bun:"client_id"`
	Action     string          `bun:"action"`
	TargetKind string          `bun:"target_kind"`
	TargetID   string          `bun:"target_id"`
	TargetName string          `bun:"target_name"`
	Outcome    string          `bun:"outcome"`
	Reason     string          `bun:"reason"`
	IP         string          `bun:"ip"`
	UserAgent  string          `bun:"user_agent"`
	RequestID  string          `bun:"request_id"`
	Changes    json.RawMessage `bun:"changes"`
	Signature  []byte          `bun:"digest"`
}

func toRecord(r recordRow) *identity.AuditRecord {
	if r.ID == nil {
		return nil
	}
	return &identity.AuditRecord{
		AuditEvent: identity.AuditEvent{
			ID: *r.ID, OccurredAt: r.OccurredAt.UTC(), ActorKind: identity.ActorKind(r.ActorKind), ActorID: r.ActorID,
			ActorName: r.ActorName, ClientID: r.ClientID, Action: identity.Action(r.Action),
			Target: identity.TargetKind(r.TargetKind), TargetID: r.TargetID, TargetName: r.TargetName,
			Outcome: identity.Outcome(r.Outcome), Reason: r.Reason, IP: r.IP, UserAgent: r.UserAgent, RequestID: r.RequestID,
		},
		Stored: r.Changes, Signature: r.Signature,
	}
}

// SignAudit makes the store sign the events that it writes from now on. It is called once, before there are any.
func (s *Store) SignAudit(sign func(text []byte) []byte) { s.signAudit = sign }

// eventRow is an event as it is written, with the signature of this server.
func (s *Store) eventRow(e identity.AuditEvent) auditRow {
	row := fromEvent(e)
	if s.signAudit == nil {
		return row
	}
	changes, err := json.Marshal(row.Changes)
	if err != nil {
		return row // it cannot be written either
	}
	record := identity.AuditRecord{AuditEvent: toEvent(row), Stored: changes}
	row.Signature = s.signAudit(record.SignedText())
	return row
}

type linkRow struct {
	bun.BaseModel `bun:"table:audit_chain,alias:l"`

	Seq       int       `bun:"seq,pk"`
	EventID   uuid.UUID `bun:"event_id"`
	KeyNumber int       `bun:"key_number"`
	ChainedAt time.Time `bun:"chained_at"`
	Signed    bool      `bun:"signed"`
	Salt      []byte    `bun:"salt"`
	Personal  []byte    `bun:"personal"`
	Erased    []byte    `bun:"erased"`
	Digest    []byte    `bun:"digest"`
}

func fromLink(l identity.AuditLink) linkRow {
	return linkRow{
		Seq: l.Seq, EventID: l.EventID, KeyNumber: l.Key, ChainedAt: l.ChainedAt, Signed: l.Signed, Salt: l.Salt, Personal: l.Personal,
		Erased: l.Erased, Digest: l.Digest,
	}
}

func toLink(r linkRow) identity.AuditLink {
	return identity.AuditLink{
		Seq: r.Seq, EventID: r.EventID, Key: r.KeyNumber, ChainedAt: r.ChainedAt.UTC(), Signed: r.Signed, Salt: r.Salt, Personal: r.Personal,
		Erased: r.Erased, Digest: r.Digest,
	}
}

type checkpointRow struct {
	bun.BaseModel `bun:"table:audit_checkpoints,alias:c"`

	Name      string    `bun:"name,pk"`
	Seq       int       `bun:"seq"`
	Digest    []byte    `bun:"digest"`
	Signed    bool      `bun:"signed"`
	KeyNumber int       `bun:"key_number"`
	MadeAt    time.Time `bun:"made_at"`
	MAC       []byte    `bun:"mac"`
}

func toCheckpoint(r checkpointRow) *identity.AuditCheckpoint {
	return &identity.AuditCheckpoint{
		Name: r.Name, Seq: r.Seq, Digest: r.Digest, Signed: r.Signed, Key: r.KeyNumber, MadeAt: r.MadeAt.UTC(), MAC: r.MAC,
	}
}

var (
	auditState = statement{"select audit_chain", `SELECT (SELECT coalesce(max(seq), 0) FROM audit_chain), ` + columns[checkpointRow]() + `
		FROM (SELECT 1 AS one) AS always LEFT JOIN audit_checkpoints AS c ON 1 = 1`}
	auditPending = statement{"select audit_pending", `SELECT p.position, l.seq, ` + columns[recordRow]() + `
		FROM (SELECT position, event_id FROM audit_pending ORDER BY position LIMIT $1) AS p
		LEFT JOIN audit_events AS e ON e.id = p.event_id LEFT JOIN audit_chain AS l ON l.event_id = p.event_id ORDER BY p.position`}
	auditWaiting = statement{"select audit_pending", `SELECT count(*), min(e.occurred_at) FROM audit_pending AS p
		JOIN audit_events AS e ON e.id = p.event_id WHERE NOT EXISTS (SELECT 1 FROM audit_chain AS l WHERE l.event_id = e.id)`}
	auditLinks = statement{"select audit_chain", `SELECT ` + columns[linkRow]() + `, ` + columns[recordRow]() + `
		FROM (SELECT * FROM audit_chain WHERE seq > $1 ORDER BY seq LIMIT $2) AS l
		LEFT JOIN audit_events AS e ON e.id = l.event_id ORDER BY l.seq`}
	auditUnlinked = statement{"select audit_events", `SELECT e.id FROM audit_events AS e
		WHERE NOT EXISTS (SELECT 1 FROM audit_chain AS l WHERE l.event_id = e.id)
		AND e.id NOT IN (SELECT p.event_id FROM audit_pending AS p) LIMIT $1`}
	auditOfUser = statement{"select audit_events", `SELECT ` + columns[linkRow]() + `, ` + columns[recordRow]() + `
		FROM audit_events AS e LEFT JOIN audit_chain AS l ON l.event_id = e.id WHERE e.id IN (
			SELECT id FROM audit_events WHERE actor_id = $1 AND id > $2
			UNION SELECT id FROM audit_events WHERE target_kind = 'user' AND target_id = $1 AND id > $2)
		ORDER BY e.id LIMIT $3`}
)

// AuditChainState implements identity.AuditChainReader.
func (s *Store) AuditChainState(ctx context.Context) (identity.AuditChainState, error) {
	var state identity.AuditChainState
	var row checkpointRow
	to := append([]any{scanDestination(&state.End)}, scanDestinations(&row)...)
	err := s.all(ctx, auditState, nil, to, func() {
		switch row.Name {
		case identity.CheckpointFirst:
			state.First = toCheckpoint(row)
		case identity.CheckpointLast:
			state.Last = toCheckpoint(row)
		}
		row = checkpointRow{}
	})
	return state, s.fault("read the state of the audit chain", err)
}

// LockAuditChain implements identity.AuditChainStore. Writers of SQLite wait for one another anyway.
func (s *Store) LockAuditChain(ctx context.Context) (identity.AuditChainState, error) {
	if !s.dialect.oneWriter() {
		if _, err := s.exec(ctx, statement{"lock audit_checkpoints", "LOCK TABLE audit_checkpoints IN EXCLUSIVE MODE"}); err != nil {
			return identity.AuditChainState{}, s.fault("lock the audit chain", err)
		}
	}
	return s.AuditChainState(ctx)
}

// PendingAudit implements identity.AuditChainReader.
func (s *Store) PendingAudit(ctx context.Context, limit int) ([]identity.PendingRecord, error) {
	var list []identity.PendingRecord
	var position, seq int
	var row recordRow
	to := append([]any{scanDestination(&position), scanDestination(&seq)}, scanDestinations(&row)...)
	err := s.all(ctx, auditPending, []any{limit}, to, func() {
		pending := identity.PendingRecord{Position: position}
		if seq == 0 {
			pending.Record = toRecord(row)
		}
		list = append(list, pending)
		row = recordRow{}
	})
	return list, s.fault("list audit events that wait", err)
}

// WaitingAudit implements identity.AuditChainReader.
func (s *Store) WaitingAudit(ctx context.Context) (n int, oldest *time.Time, err error) {
	err = s.get(ctx, auditWaiting, []any{&n, scanDestination(&oldest)})
	return n, utc(oldest), s.fault("count audit events that wait", err)
}

// AuditLinks implements identity.AuditChainReader.
func (s *Store) AuditLinks(ctx context.Context, after, limit int) ([]identity.LinkedRecord, error) {
	return s.linked(ctx, "list audit links", auditLinks, after, limit)
}

// AuditRecordsOf implements identity.AuditChainReader.
func (s *Store) AuditRecordsOf(ctx context.Context, userID, after uuid.UUID, limit int) ([]identity.LinkedRecord, error) {
	return s.linked(ctx, "list audit events of a user", auditOfUser, userID.String(), after, limit)
}

func (s *Store) linked(ctx context.Context, operation string, st statement, args ...any) ([]identity.LinkedRecord, error) {
	var list []identity.LinkedRecord
	var link linkRow
	var record recordRow
	err := s.all(ctx, st, args, scanDestinations(&link, &record), func() {
		list = append(list, identity.LinkedRecord{Link: toLink(link), Record: toRecord(record)})
		link, record = linkRow{}, recordRow{}
	})
	return list, s.fault(operation, err)
}

// UnlinkedAudit implements identity.AuditChainReader.
func (s *Store) UnlinkedAudit(ctx context.Context, limit int) ([]uuid.UUID, error) {
	var list []uuid.UUID
	var id uuid.UUID
	err := s.all(ctx, auditUnlinked, []any{limit}, []any{scanDestination(&id)}, func() { list = append(list, id) })
	return list, s.fault("list audit events without links", err)
}

type auditKeyRow struct {
	bun.BaseModel `bun:"table:audit_keys,alias:k"`

	Number    int       `bun:"number,pk"`
	Sealed    []byte    `bun:"sealed"`
	CreatedAt time.Time `bun:"created_at"`
}

var auditKeys = selection[auditKeyRow]("ORDER BY k.number")

// AuditKeys implements identity.AuditChainReader.
func (s *Store) AuditKeys(ctx context.Context) ([]identity.AuditKey, error) {
	var list []identity.AuditKey
	var row auditKeyRow
	err := s.all(ctx, auditKeys, nil, scanDestinations(&row), func() {
		list = append(list, identity.AuditKey{Number: row.Number, Sealed: row.Sealed, CreatedAt: row.CreatedAt.UTC()})
		row = auditKeyRow{}
	})
	return list, s.fault("list keys of the audit chain", err)
}

// SaveAuditKey implements identity.AuditChainStore.
func (s *Store) SaveAuditKey(ctx context.Context, k identity.AuditKey) error {
	_, err := s.write().NewInsert().Model(&auditKeyRow{Number: k.Number, Sealed: k.Sealed, CreatedAt: k.CreatedAt}).
		On("CONFLICT (number) DO UPDATE").Set("sealed = EXCLUDED.sealed").Exec(ctx)
	return s.fault("save a key of the audit chain", err)
}

// SaveAuditCheckpoint implements identity.AuditChainStore.
func (s *Store) SaveAuditCheckpoint(ctx context.Context, c identity.AuditCheckpoint) error {
	row := checkpointRow{Name: c.Name, Seq: c.Seq, Digest: c.Digest, Signed: c.Signed, KeyNumber: c.Key, MadeAt: c.MadeAt, MAC: c.MAC}
	_, err := s.write().NewInsert().Model(&row).On("CONFLICT (name) DO UPDATE").Set("seq = EXCLUDED.seq").
		Set("digest = EXCLUDED.digest").Set("signed = EXCLUDED.signed").Set("key_number = EXCLUDED.key_number").
		Set("made_at = EXCLUDED.made_at").Set("mac = EXCLUDED.mac").Exec(ctx)
	return s.fault("save a checkpoint of the audit chain", err)
}

// AppendAudit implements identity.AuditChainStore.
func (s *Store) AppendAudit(ctx context.Context, links []identity.AuditLink, done []int) error {
	if len(links) > 0 {
		rows := mapped(links, fromLink)
		if _, err := s.write().NewInsert().Model(&rows).Exec(ctx); err != nil {
			return s.fault("insert audit links", err)
		}
	}
	if len(done) == 0 {
		return nil
	}
	_, err := s.write().NewDelete().TableExpr("audit_pending").Where("position IN (?)", bun.List(done)).Exec(ctx)
	return s.fault("delete audit events that waited", err)
}

// RemoveAudit implements identity.AuditChainStore. An event goes after its link only.
func (s *Store) RemoveAudit(ctx context.Context, links []identity.AuditLink) error {
	if len(links) == 0 {
		return nil
	}
	seqs := mapped(links, func(l identity.AuditLink) int { return l.Seq })
	ids := mapped(links, func(l identity.AuditLink) uuid.UUID { return l.EventID })
	if _, err := s.write().NewDelete().TableExpr("audit_chain").Where("seq IN (?)", bun.List(seqs)).Exec(ctx); err != nil {
		return s.fault("delete audit links", err)
	}
	_, err := s.write().NewDelete().TableExpr("audit_events").Where("id IN (?)", idList(ids)).Exec(ctx)
	return s.fault("delete audit events", err)
}

var (
	eraseLink  = statement{"update audit_chain", `UPDATE audit_chain SET salt = NULL, personal = $2 WHERE seq = $1`}
	sealLink   = statement{"update audit_chain", `UPDATE audit_chain SET erased = $2 WHERE seq = $1`}
	signErased = statement{"update audit_events", `UPDATE audit_events SET digest = $2 WHERE id = $1`}
)

// EraseAudit implements identity.AuditChainStore.
func (s *Store) EraseAudit(ctx context.Context, links []identity.AuditLink) error {
	for _, l := range links {
		if _, err := s.exec(ctx, eraseLink, l.Seq, l.Personal); err != nil {
			return s.fault("erase audit links", err)
		}
	}
	return nil
}

// SealErasedAudit implements identity.AuditChainStore.
func (s *Store) SealErasedAudit(ctx context.Context, records []identity.LinkedRecord) error {
	for _, r := range records {
		if r.Record.Signature != nil {
			if _, err := s.exec(ctx, signErased, r.Record.ID, r.Record.Signature); err != nil {
				return s.fault("sign erased audit events", err)
			}
		}
		if r.Link.Seq > 0 {
			if _, err := s.exec(ctx, sealLink, r.Link.Seq, r.Link.Erased); err != nil {
				return s.fault("seal erased audit links", err)
			}
		}
	}
	return nil
}
