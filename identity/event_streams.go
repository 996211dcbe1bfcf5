package identity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// EventStreams lets clients have streams of security events (Shared Signals Framework 1.0), and sends what is in them.
type EventStreams struct {
	store    eventStreamPorts
	source   Source
	keys     *Keyring
	tokens   *ClientTokens
	subjects *Subjects
	sender   EventSender
	issuer   string
	on       bool
}

// eventStreamPorts is what EventStreams reads outside of transactions, and what runs these.
type eventStreamPorts interface {
	Transactor
	EventStreamStore
	ClientReader
	UserReader
}

// Stream returns a stream of the client by its id; ErrEventStreamNotFound for any other's.
func (s *EventStreams) Stream(ctx context.Context, client Client, id string) (EventStream, error) {
	return streamOf(ctx, s.store.EventStreamByID, client, id)
}

func streamOf(
	ctx context.Context, read func(context.Context, uuid.UUID) (EventStream, error), client Client, text string,
) (EventStream, error) {
	id, err := uuid.Parse(text)
	if err != nil || id.String() != text {
		return EventStream{}, ErrEventStreamNotFound
	}
	stream, err := read(ctx, id)
	if err == nil && stream.ClientID != client.ID {
		err = ErrEventStreamNotFound
	}
	if err != nil {
		return EventStream{}, err
	}
	return stream, nil
}

// Of returns the stream of the client; ErrEventStreamNotFound when it has none.
func (s *EventStreams) Of(ctx context.Context, client Client) (EventStream, error) {
	return s.store.EventStreamOf(ctx, client.ID)
}

// Create makes the stream of the client (SSF 1.0 §8.1.1.1).
func (s *EventStreams) Create(ctx context.Context, client Client, c EventStreamChange) (EventStream, error) {
	now := s.source.Now()
	stream := EventStream{ID: s.source.NewID(), ClientID: client.ID, Status: StreamEnabled, CreatedAt: now, UpdatedAt: now}
	if err := s.apply(&stream, c.Complete()); err != nil {
		return EventStream{}, err
	}
	err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		added, err := tx.InsertEventStream(ctx, stream)
		if err != nil {
			return err
		}
		if !added {
			return errEventStreamThere
		}
		return s.record(ctx, tx, ActionEventStreamCreated, client, nil)
	})
	return stream, err
}

// apply writes a change into a stream, if nothing is wrong with it.
func (s *EventStreams) apply(stream *EventStream, c EventStreamChange) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.EventsRequested != nil {
		stream.EventsRequested = distinct(*c.EventsRequested)
	}
	if c.Description != nil {
		stream.Description = *c.Description
	}
	if d := c.Delivery; d != nil {
		stream.Method, stream.EndpointURL, stream.Sealed = d.Method, "", nil
		if d.Method == PushDelivery {
			stream.EndpointURL = d.EndpointURL
		}
		if d.AuthorizationHeader != "" {
			stream.Sealed = s.keys.Seal(PurposeEventStream, []byte(d.AuthorizationHeader), stream.ID.String())
		}
	}
	return nil
}

// Change changes a stream of the client (SSF 1.0 §8.1.1.3, §8.1.1.4), as what it is by then says.
func (s *EventStreams) Change(
	ctx context.Context, client Client, id string, change func(EventStream) (EventStreamChange, error),
) (EventStream, error) {
	return s.update(ctx, client, id, func(tx Store, stream *EventStream) error {
		c, err := change(*stream)
		if err != nil {
			return err
		}
		return s.apply(stream, c)
	})
}

// SetStatus changes what becomes of the events of a stream (SSF 1.0 §8.1.2.2). One that is disabled holds none.
func (s *EventStreams) SetStatus(ctx context.Context, client Client, id string, status StreamStatus, reason string) (EventStream, error) {
	if status != StreamEnabled && status != StreamPaused && status != StreamDisabled {
		return EventStream{}, InvalidField("status", "Must be %s, %s or %s.", StreamEnabled, StreamPaused, StreamDisabled)
	}
	if err := checkStreamText("reason", reason); err != nil {
		return EventStream{}, err
	}
	return s.update(ctx, client, id, func(tx Store, stream *EventStream) error {
		stream.Status, stream.StatusReason = status, reason
		if status == StreamDisabled {
			return tx.ClearEventStream(ctx, stream.ID)
		}
		return nil
	})
}

// update changes a stream of the client in one transaction, with its audit event, and sends what waits in it.
func (s *EventStreams) update(
	ctx context.Context, client Client, id string, change func(tx Store, stream *EventStream) error,
) (stream EventStream, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if stream, err = streamOf(ctx, tx.LockEventStream, client, id); err != nil {
			return err
		}
		before := stream
		if err := change(tx, &stream); err != nil {
			return err
		}
		stream.UpdatedAt = s.source.Now()
		if err := tx.UpdateEventStream(ctx, stream); err != nil {
			return err
		}
		if err := s.record(ctx, tx, ActionEventStreamUpdated, client, streamChanges(before, stream)); err != nil {
			return err
		}
		return enqueuePushes(ctx, tx, s.source, stream)
	})
	return stream, err
}

// streamChanges names what has changed; the secret is not shown.
func streamChanges(before, after EventStream) map[string]Change {
	changes := map[string]Change{}
	for _, f := range []struct {
		name          string
		before, after any
	}{
		{"method", string(before.Method), string(after.Method)},
		{"endpoint_url", before.EndpointURL, after.EndpointURL},
		{"authorization_header", string(before.Sealed), string(after.Sealed)},
		{"events_requested", strings.Join(before.EventsRequested, " "), strings.Join(after.EventsRequested, " ")},
		{"description", before.Description, after.Description},
		{"status", string(before.Status), string(after.Status)},
		{"reason", before.StatusReason, after.StatusReason},
	} {
		switch {
		case f.before == f.after:
		case f.name == "authorization_header":
			changes[f.name] = Change{}
		default:
			changes[f.name] = Change{Before: f.before, After: f.after}
		}
	}
	return changes
}

// Delete removes a stream of the client with what waits in it (SSF 1.0 §8.1.1.5).
func (s *EventStreams) Delete(ctx context.Context, client Client, id string) error {
	return s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		stream, err := streamOf(ctx, tx.LockEventStream, client, id)
		if err != nil {
			return err
		}
		if err := tx.DeleteEventStream(ctx, stream.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, ActionEventStreamDeleted, client, nil)
	})
}

func (s *EventStreams) record(ctx context.Context, tx Store, action Action, client Client, changes map[string]Change) error {
	event := NewEvent(ctx, s.source, action, TargetClient, client.ID.String(), client.ClientID)
	event.Changes = changes
	return tx.InsertAudit(ctx, event)
}

// Verify puts a verification event with a state into a stream of the client (SSF 1.0 §8.1.4.2), at most one in
// MinVerificationInterval.
func (s *EventStreams) Verify(ctx context.Context, client Client, id, state string) error {
	if len(state) > maxVerificationState {
		return InvalidField("state", "Must be at most %d bytes.", maxVerificationState)
	}
	event := map[string]string{}
	if state != "" {
		event["state"] = state
	}
	text, err := json.Marshal(event)
	if err != nil {
		return fmt.Errorf("verification event: %w", err)
	}
	now := s.source.Now()
	return s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		stream, err := streamOf(ctx, tx.LockEventStream, client, id)
		if err != nil {
			return err
		}
		if stream.Status == StreamDisabled {
			return InvalidField("stream_id", "Must not be of a stream that is disabled.")
		}
		noted, err := tx.VerifyEventStream(ctx, stream.ID, now, now.Add(-MinVerificationInterval))
		if err != nil {
			return err
		}
		if !noted {
			return TooManyAttempts(stream.VerifiedAt.Add(MinVerificationInterval).Sub(now))
		}
		var out outbox
		out.put(stream, SecurityEvent{
			ID: s.source.NewID(), StreamID: stream.ID, Type: eventVerification, Event: text, CreatedAt: now,
			Txn: txn(s.source.NewID(), stream.ID),
		})
		return out.write(ctx, tx, s.source)
	})
}

// StreamSubject is whom a receiver names (RFC 9493 §3.2).
type StreamSubject struct {
	Format  string `json:"format"`
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
	Email   string `json:"email"`
	ID      string `json:"id"`
}

// SetSubject adds a user to a stream of the client, or removes one (SSF 1.0 §8.1.3). Without either all are in whom the client has to do
// with. Of a user who is not known nothing is said: the receiver would learn who is.
func (s *EventStreams) SetSubject(ctx context.Context, client Client, id string, subject StreamSubject, in bool) error {
	stream, err := s.Stream(ctx, client, id)
	if err != nil {
		return err
	}
	user, err := s.named(ctx, client, subject)
	if err != nil || user == uuid.Nil {
		return err
	}
	if in {
		return s.store.AddStreamSubject(ctx, stream.ID, user)
	}
	return s.store.RemoveStreamSubject(ctx, stream.ID, user)
}

// named returns the id of the user whom a subject names, or zero.
func (s *EventStreams) named(ctx context.Context, client Client, subject StreamSubject) (uuid.UUID, error) {
	sub := ""
	switch subject.Format {
	case formatIssSub:
		if subject.Issuer == s.issuer {
			sub = subject.Subject
		}
	case formatOpaque:
		sub = subject.ID
	case formatEmail:
		user, err := s.store.UserByEmail(ctx, subject.Email)
		if AsError(err).Kind == NotFound {
			return uuid.Nil, nil
		}
		return user.ID, err
	default:
		return uuid.Nil, InvalidField("subject.format", "Must be %s, %s or %s.", formatIssSub, formatEmail, formatOpaque)
	}
	name, err := s.subjects.User(ctx, client, sub)
	if err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.Parse(name)
	if err != nil {
		return uuid.Nil, nil //nolint:nilerr // it is nobody's
	}
	user, err := s.store.UserByID(ctx, id)
	if AsError(err).Kind == NotFound {
		return uuid.Nil, nil
	}
	return user.ID, err
}
