package store

import (
	"context"
	"encoding/json"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type eventStreamRow struct {
	bun.BaseModel `bun:"table:event_streams,alias:es"`

	ID              uuid.UUID  `bun:"id,pk"`
	ClientID        uuid.UUID  `bun:"client_id"`
	Method          string     `bun:"method"`
	EndpointURL     string     `bun:"endpoint_url"`
	Sealed          []byte     `bun:"sealed"`
	EventsRequested []string   `bun:"events_requested,type:jsonb"`
	Description     string     `bun:"description"`
	Status          string     `bun:"status"`
	StatusReason    string     `bun:"status_reason"`
	VerifiedAt      *time.Time `bun:"verified_at"`
	CreatedAt       time.Time  `bun:"created_at"`
	UpdatedAt       time.Time  `bun:"updated_at"`
}

// streamMethods are the methods as the table has them.
var streamMethods = map[identity.DeliveryMethod]string{identity.PushDelivery: "push", identity.PollDelivery: "poll"}

func fromEventStream(s identity.EventStream) eventStreamRow {
	return eventStreamRow{
		ID: s.ID, ClientID: s.ClientID, Method: streamMethods[s.Method], EndpointURL: s.EndpointURL, Sealed: s.Sealed,
		EventsRequested: emptyIfNil(s.EventsRequested), Description: s.Description, Status: string(s.Status),
		StatusReason: s.StatusReason, VerifiedAt: s.VerifiedAt, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
}

func toEventStream(r eventStreamRow) identity.EventStream {
	s := identity.EventStream{
		ID: r.ID, ClientID: r.ClientID, Method: identity.PollDelivery, EndpointURL: r.EndpointURL, Sealed: r.Sealed,
		EventsRequested: nilIfEmpty(r.EventsRequested), Description: r.Description, Status: identity.StreamStatus(r.Status),
		StatusReason: r.StatusReason, VerifiedAt: utc(r.VerifiedAt), CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}
	if r.Method == streamMethods[identity.PushDelivery] {
		s.Method = identity.PushDelivery
	}
	return s
}

// InsertEventStream implements identity.EventStreamStore.
func (s *Store) InsertEventStream(ctx context.Context, stream identity.EventStream) (bool, error) {
	row := fromEventStream(stream)
	if err := checkText(&row); err != nil {
		return false, err
	}
	res, err := s.write().NewInsert().Model(&row).On("CONFLICT (client_id) DO NOTHING").Exec(ctx)
	n, err := s.affected("insert event stream", res, err)
	return n == 1, err
}

// EventStreamByID implements identity.EventStreamStore.
func (s *Store) EventStreamByID(ctx context.Context, id uuid.UUID) (identity.EventStream, error) {
	return s.eventStream(ctx, s.read().NewSelect().Where("es.id = ?", id))
}

// EventStreamOf implements identity.EventStreamStore.
func (s *Store) EventStreamOf(ctx context.Context, clientID uuid.UUID) (identity.EventStream, error) {
	return s.eventStream(ctx, s.read().NewSelect().Where("es.client_id = ?", clientID))
}

// LockEventStream implements identity.EventStreamStore.
func (s *Store) LockEventStream(ctx context.Context, id uuid.UUID) (identity.EventStream, error) {
	return s.eventStream(ctx, s.forUpdate(s.write().NewSelect().Where("es.id = ?", id)))
}

func (s *Store) eventStream(ctx context.Context, q *bun.SelectQuery) (identity.EventStream, error) {
	streams, err := s.eventStreams(ctx, q)
	switch {
	case err != nil:
		return identity.EventStream{}, err
	case len(streams) == 0:
		return identity.EventStream{}, identity.ErrEventStreamNotFound
	}
	return streams[0], nil
}

func (s *Store) eventStreams(ctx context.Context, q *bun.SelectQuery) ([]identity.EventStream, error) {
	rows, err := list[eventStreamRow](ctx, s, q.Model((*eventStreamRow)(nil)))
	if err != nil {
		return nil, s.fault("read event streams", err)
	}
	return mapped(rows, toEventStream), nil
}

// UpdateEventStream implements identity.EventStreamStore.
func (s *Store) UpdateEventStream(ctx context.Context, stream identity.EventStream) error {
	row := fromEventStream(stream)
	if err := checkText(&row); err != nil {
		return err
	}
	res, err := s.write().NewUpdate().Model(&row).WherePK().
		Column("method", "endpoint_url", "sealed", "events_requested", "description", "status", "status_reason", "updated_at").Exec(ctx)
	return s.changed("update event stream", res, err, identity.ErrEventStreamNotFound)
}

// DeleteEventStream implements identity.EventStreamStore.
func (s *Store) DeleteEventStream(ctx context.Context, id uuid.UUID) error {
	res, err := s.write().NewDelete().Model((*eventStreamRow)(nil)).Where("es.id = ?", id).Exec(ctx)
	return s.changed("delete event stream", res, err, identity.ErrEventStreamNotFound)
}

// VerifyEventStream implements identity.EventStreamStore.
func (s *Store) VerifyEventStream(ctx context.Context, id uuid.UUID, at, after time.Time) (bool, error) {
	res, err := s.write().NewUpdate().Model((*eventStreamRow)(nil)).Set("verified_at = ?", at).Where("es.id = ?", id).
		Where("es.verified_at IS NULL OR es.verified_at <= ?", after).Exec(ctx)
	n, err := s.affected("verify event stream", res, err)
	return n == 1, err
}

// SealedEventStreams implements identity.EventStreamStore.
func (s *Store) SealedEventStreams(ctx context.Context, after uuid.UUID, limit int) ([]identity.EventStream, error) {
	return s.eventStreams(ctx, s.forUpdate(s.write().NewSelect().Where("es.sealed IS NOT NULL").Where("es.id > ?", after).
		Order("es.id").Limit(int64(limit))))
}

// ResealEventStream implements identity.EventStreamStore.
func (s *Store) ResealEventStream(ctx context.Context, id uuid.UUID, sealed []byte) error {
	_, err := s.write().NewUpdate().Model((*eventStreamRow)(nil)).Set("sealed = ?", sealed).Where("es.id = ?", id).Exec(ctx)
	return s.fault("seal header of event stream anew", err)
}

// EventStreamsAbout implements identity.EventStreamStore. A code that was never redeemed has given the client nothing.
func (s *Store) EventStreamsAbout(ctx context.Context, userID uuid.UUID) ([]identity.EventStream, error) {
	return s.eventStreams(ctx, s.read().NewSelect().Where("es.status <> ?", string(identity.StreamDisabled)).
		Where("NOT EXISTS (SELECT 1 FROM event_stream_removals AS r WHERE r.stream_id = es.id AND r.user_id = ?)", userID).
		Where(`EXISTS (SELECT 1 FROM consents AS co WHERE co.user_id = ? AND co.client_id = es.client_id)
			OR EXISTS (SELECT 1 FROM grants AS g WHERE g.user_id = ? AND g.client_id = es.client_id
				AND (g.code_digest IS NULL OR g.code_spent_at IS NOT NULL OR g.front_channel)
				AND (g.ended_at IS NULL OR NOT EXISTS (SELECT 1 FROM grants AS t WHERE t.user_id = g.user_id AND t.client_id = g.client_id
					AND t.end_reason IN (?, ?) AND t.ended_at >= g.ended_at)))`,
			userID, userID, string(identity.EndRevoked), string(identity.EndClientRevoked)).
		Order("es.id"))
}

// RemoveStreamSubject implements identity.EventStreamStore.
func (s *Store) RemoveStreamSubject(ctx context.Context, id, userID uuid.UUID) error {
	_, err := s.write().NewRaw("INSERT INTO event_stream_removals (stream_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING", id, userID).
		Exec(ctx)
	return s.fault("remove subject of event stream", err)
}

// AddStreamSubject implements identity.EventStreamStore.
func (s *Store) AddStreamSubject(ctx context.Context, id, userID uuid.UUID) error {
	_, err := s.write().NewRaw("DELETE FROM event_stream_removals WHERE stream_id = ? AND user_id = ?", id, userID).Exec(ctx)
	return s.fault("add subject of event stream", err)
}

type securityEventRow struct {
	bun.BaseModel `bun:"table:security_events,alias:se"`

	ID        uuid.UUID  `bun:"id,pk"`
	StreamID  uuid.UUID  `bun:"stream_id"`
	UserID    *uuid.UUID `bun:"user_id"`
	SessionID *uuid.UUID `bun:"session_id"`
	Type      string     `bun:"type"`
	Event     string     `bun:"event"` // JSON
	Txn       string     `bun:"txn"`
	CreatedAt time.Time  `bun:"created_at"`
}

func toSecurityEvent(r securityEventRow) identity.SecurityEvent {
	e := identity.SecurityEvent{
		ID: r.ID, StreamID: r.StreamID, Type: r.Type, Event: json.RawMessage(r.Event), Txn: r.Txn, CreatedAt: r.CreatedAt.UTC(),
	}
	if r.UserID != nil {
		e.UserID = *r.UserID
	}
	if r.SessionID != nil {
		e.SessionID = *r.SessionID
	}
	return e
}

var (
	// The bound is looked at by each statement alone: transactions that overlap may go beyond it by one event each.
	insertSecurityEvent = statement{"insert security_events", "INSERT INTO security_events (" +
		mappingOf(reflect.TypeFor[securityEventRow]()).columnNames() + `)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM security_events WHERE stream_id = $2) < $9`}
	sweepSecurityEvents = sweep("security_events", "id", "id < $1", "$2")
)

// InsertSecurityEvents implements identity.EventStreamStore.
func (s *Store) InsertSecurityEvents(ctx context.Context, most int, events ...identity.SecurityEvent) error {
	for _, e := range events {
		row := securityEventRow{
			ID: e.ID, StreamID: e.StreamID, UserID: nilIfZero(e.UserID), SessionID: nilIfZero(e.SessionID), Type: e.Type,
			Event: string(e.Event), Txn: e.Txn, CreatedAt: e.CreatedAt,
		}
		if err := checkText(&row); err != nil {
			return err
		}
		if _, err := s.exec(ctx, insertSecurityEvent, append(arguments(&row), most)...); err != nil {
			return s.fault("insert security event", err)
		}
	}
	return nil
}

// SecurityEvents implements identity.EventStreamStore.
func (s *Store) SecurityEvents(ctx context.Context, streamID uuid.UUID, limit int) ([]identity.SecurityEvent, error) {
	rows, err := list[securityEventRow](ctx, s, s.read().NewSelect().Model((*securityEventRow)(nil)).Where("se.stream_id = ?", streamID).
		Order("se.created_at", "se.id").Limit(int64(limit)))
	if err != nil {
		return nil, s.fault("list security events", err)
	}
	return mapped(rows, toSecurityEvent), nil
}

// DeleteSecurityEvents implements identity.EventStreamStore.
func (s *Store) DeleteSecurityEvents(ctx context.Context, streamID uuid.UUID, ids ...uuid.UUID) (gone []uuid.UUID, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.write().NewRaw("DELETE FROM security_events WHERE stream_id = ? AND id IN (?) RETURNING id", streamID, idList(ids)).
		Scan(ctx, &gone)
	return gone, s.fault("delete security events", err)
}

// ClearEventStream implements identity.EventStreamStore.
func (s *Store) ClearEventStream(ctx context.Context, streamID uuid.UUID) error {
	_, err := s.write().NewRaw("DELETE FROM security_events WHERE stream_id = ?", streamID).Exec(ctx)
	return s.fault("clear event stream", err)
}

// WaitingEventStreams implements identity.EventStreamStore.
func (s *Store) WaitingEventStreams(ctx context.Context) ([]identity.EventStream, error) {
	return s.eventStreams(ctx, s.read().NewSelect().Where("es.status = ?", string(identity.StreamEnabled)).
		Where("es.method = ?", streamMethods[identity.PushDelivery]).
		Where("EXISTS (SELECT 1 FROM security_events AS se WHERE se.stream_id = es.id)").Order("es.id"))
}
