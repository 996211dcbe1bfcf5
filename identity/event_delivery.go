package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// EventSender posts Security Event Tokens.
type EventSender interface {
	// PushSecurityEvent posts a token to a receiver (RFC 8935 §2). A receiver that refuses the token for good says why, by one of the
	// codes of §2.4; an error asks for another try.
	PushSecurityEvent(ctx context.Context, uri, authorization, token string) (refusal string, err error)
}

const (
	// kindPush is the job that sends what waits in one stream, one event after the other.
	kindPush = "signals.push"
	// kindResume is the recurring job that makes those jobs where events wait without one: an event that is written while the job of
	// its stream looks for the last time finds that job unfinished, and the job does not find the event.
	kindResume = "signals.resume"
)

// streamPush is the payload of kindPush.
type streamPush struct {
	StreamID uuid.UUID `json:"stream_id"`
}

// jobKinds: a receiver gets 5 s after a failure, then three times as long each time. What it does not take for a week goes.
func (s *EventStreams) jobKinds() []JobKind {
	if !s.on {
		return nil
	}
	return []JobKind{
		{
			Name:   kindPush,
			Policy: JobPolicy{Concurrency: 20, FirstRetry: 5 * time.Second, Factor: 3, LongestWait: time.Hour},
			Run:    s.push,
		},
		{Name: kindResume, Policy: JobPolicy{Every: time.Minute}, Run: s.resume},
	}
}

// enqueuePushes makes the jobs that send what waits in streams, where there is none yet.
func enqueuePushes(ctx context.Context, tx JobStore, source Source, streams ...EventStream) error {
	var jobs []Job
	for _, stream := range streams {
		if !stream.pushes() {
			continue
		}
		job, err := NewJob(source, kindPush, streamPush{stream.ID})
		if err != nil {
			return err
		}
		job.Singleton, job.Lane = kindPush+" "+stream.ID.String(), laneOf(stream.EndpointURL)
		jobs = append(jobs, job)
	}
	return tx.InsertJobs(ctx, jobs...)
}

func (s *EventStreams) resume(ctx context.Context, _ *JobRun) (any, error) {
	streams, err := s.store.WaitingEventStreams(ctx)
	if err != nil || len(streams) == 0 {
		return nil, err
	}
	return nil, s.store.InTx(ctx, func(ctx context.Context, tx Store) error { return enqueuePushes(ctx, tx, s.source, streams...) })
}

// push sends what waits in one stream, the oldest event first, until there is none: events about one subject must not overtake each
// other (SSF 1.0 §8.1.2.1), and one job for a stream is run by one node at a time.
func (s *EventStreams) push(ctx context.Context, run *JobRun) (any, error) {
	var p streamPush
	if err := run.Decode(&p); err != nil {
		return nil, err
	}
	for sent := 0; ; sent++ {
		more, err := s.pushOne(ctx, p.StreamID)
		if err != nil || !more {
			return nil, err
		}
		if err := run.Report(ctx, map[string]int{"sent": sent + 1}); err != nil {
			return nil, err
		}
	}
}

// pushOne sends the oldest event of a stream; false when there is nothing to be sent.
func (s *EventStreams) pushOne(ctx context.Context, id uuid.UUID) (bool, error) {
	stream, err := s.store.EventStreamByID(ctx, id)
	if errors.Is(err, ErrEventStreamNotFound) || err == nil && !stream.pushes() {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find stream: %w", err)
	}
	client, err := s.store.ClientByID(ctx, stream.ClientID)
	if err != nil {
		return false, fmt.Errorf("find client of stream: %w", err)
	}
	events, err := s.store.SecurityEvents(ctx, id, 1)
	if err != nil || len(events) == 0 || !client.mayHaveStream(s.source.Now()) {
		return false, err
	}
	token, err := s.token(ctx, client, events[0])
	if err != nil {
		return false, err
	}
	authorization := ""
	if stream.Sealed != nil {
		text, err := s.keys.Open(PurposeEventStream, stream.Sealed, stream.ID.String())
		if err != nil {
			return false, fmt.Errorf("open authorization header: %w", err)
		}
		authorization = string(text)
	}
	refusal, err := s.sender.PushSecurityEvent(ctx, stream.EndpointURL, authorization, token)
	if err != nil {
		return false, ErrUnavailable.Because(err)
	}
	done := map[uuid.UUID]string{events[0].ID: refusal}
	return true, s.store.InTx(ctx, func(ctx context.Context, tx Store) error { return s.settle(ctx, tx, client, id, done) })
}

// settle removes events that a receiver has taken, or refused for good, which the trail is told.
func (s *EventStreams) settle(ctx context.Context, tx Store, client Client, streamID uuid.UUID, done map[uuid.UUID]string) error {
	ids := make([]uuid.UUID, 0, len(done))
	for id := range done {
		ids = append(ids, id)
	}
	settled, err := tx.DeleteSecurityEvents(ctx, streamID, ids...)
	if err != nil {
		return err
	}
	var refused []AuditEvent
	for _, id := range settled {
		if done[id] == "" {
			continue
		}
		event := NewEvent(ctx, s.source, ActionSecurityEventRefused, TargetClient, client.ID.String(), client.ClientID)
		refused = append(refused, event.Failed(done[id]))
	}
	if len(refused) == 0 {
		return nil
	}
	return tx.InsertAudit(ctx, refused...)
}

// EventErrors are the reasons for which receivers refuse events (RFC 8935 §2.4).
func EventErrors() []string {
	return []string{
		"invalid_request", "invalid_key", "invalid_issuer", "invalid_audience", "authentication_failed", "access_denied", eventErrorOther,
	}
}

// eventErrorOther stands for what a receiver has made up.
const eventErrorOther = "other"

// EventError returns the known reason that a receiver gives.
func EventError(code string) string {
	if slices.Contains(EventErrors(), code) {
		return code
	}
	return eventErrorOther
}

// EventPoll is what a receiver asks for that polls (RFC 8936 §2.2).
type EventPoll struct {
	Most    int               // maxEvents
	Taken   []string          // ack: the jti of each
	Refused map[string]string // setErrs: the code of each, by jti
}

// The bounds of a poll.
const (
	MaxPolledEvents  = 100
	maxSettledEvents = 1000 // ack and setErrs together
)

// EventPollAnswer is what it gets: tokens by jti, and whether there are more (RFC 8936 §2.3).
type EventPollAnswer struct {
	Tokens map[string]string
	More   bool
}

// Poll settles what the receiver has taken or refused, and returns the oldest of what waits in the stream, until that is settled too.
// Nothing that waits leaves a stream that is not enabled.
func (s *EventStreams) Poll(ctx context.Context, client Client, id string, p EventPoll) (EventPollAnswer, error) {
	if p.Most < 0 {
		return EventPollAnswer{}, InvalidField("maxEvents", "Must not be negative.")
	}
	if len(p.Taken)+len(p.Refused) > maxSettledEvents {
		return EventPollAnswer{}, InvalidField("ack", "Must have, with setErrs, at most %d elements.", maxSettledEvents)
	}
	stream, err := s.Stream(ctx, client, id)
	if err == nil && stream.Method != PollDelivery {
		err = ErrEventStreamNotFound
	}
	if err != nil {
		return EventPollAnswer{}, err
	}
	done := map[uuid.UUID]string{}
	for _, jti := range p.Taken {
		if id, err := uuid.Parse(jti); err == nil {
			done[id] = ""
		}
	}
	for jti, code := range p.Refused {
		if id, err := uuid.Parse(jti); err == nil {
			done[id] = EventError(code)
		}
	}
	if len(done) > 0 {
		err := s.store.InTx(ctx, func(ctx context.Context, tx Store) error { return s.settle(ctx, tx, client, stream.ID, done) })
		if err != nil {
			return EventPollAnswer{}, err
		}
	}
	answer := EventPollAnswer{Tokens: map[string]string{}}
	if stream.Status != StreamEnabled {
		return answer, nil
	}
	most := min(p.Most, MaxPolledEvents)
	events, err := s.store.SecurityEvents(ctx, stream.ID, most+1)
	if err != nil {
		return EventPollAnswer{}, err
	}
	if len(events) > most {
		events, answer.More = events[:most], true
	}
	for _, e := range events {
		if answer.Tokens[e.ID.String()], err = s.token(ctx, client, e); err != nil {
			return EventPollAnswer{}, err
		}
	}
	return answer, nil
}
