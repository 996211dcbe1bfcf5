package identity

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// The scopes under which a client, on its own behalf, reads and changes its event stream (CAEP Interoperability Profile 1.0 §2.7.2).
// There they are only with shared signals.
const (
	ScopeStreamsRead   = "ssf.read"
	ScopeStreamsManage = "ssf.manage"
)

// IsStreamScope reports whether a scope is one of event streams: no person can grant it.
func IsStreamScope(name string) bool { return name == ScopeStreamsRead || name == ScopeStreamsManage }

// mayHaveStream reports whether anything is sent to the client: an administrator who takes the scope from it, or switches it off, stops
// its stream.
func (c Client) mayHaveStream(now time.Time) bool {
	return c.ActiveAt(now) && slices.Contains(c.Scopes(), ScopeStreamsManage)
}

// DeliveryMethod is how events come to a receiver.
type DeliveryMethod string

// The methods, by their URNs of SSF 1.0 §6.1.
const (
	PushDelivery DeliveryMethod = "urn:ietf:rfc:8935"
	PollDelivery DeliveryMethod = "urn:ietf:rfc:8936"
)

// DeliveryMethods lists them.
func DeliveryMethods() []DeliveryMethod { return []DeliveryMethod{PushDelivery, PollDelivery} }

// StreamStatus is what becomes of events (SSF 1.0 §8.1.2).
type StreamStatus string

// The statuses. Of a stream that is paused events are held, of one that is disabled none.
const (
	StreamEnabled  StreamStatus = "enabled"
	StreamPaused   StreamStatus = "paused"
	StreamDisabled StreamStatus = "disabled"
)

// EventStream is the stream of security events to one client, its receiver (SSF 1.0 §8.1.1). A client has at most one.
type EventStream struct {
	ID              uuid.UUID
	ClientID        uuid.UUID
	Method          DeliveryMethod
	EndpointURL     string   // with PushDelivery
	Sealed          []byte   // with PushDelivery: the value of the header Authorization, sealed; nil without one
	EventsRequested []string // what the receiver wants, known or not
	Description     string
	Status          StreamStatus
	StatusReason    string
	VerifiedAt      *time.Time // when a verification event was asked for last
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// Delivered lists the event types that the receiver gets.
func (s EventStream) Delivered() []string { return intersect(EventTypes(), s.EventsRequested) }

// pushes reports whether events go out by themselves.
func (s EventStream) pushes() bool { return s.Method == PushDelivery && s.Status == StreamEnabled }

// EventDelivery is how a receiver wants its events (SSF 1.0 §6.1).
type EventDelivery struct {
	Method              DeliveryMethod
	EndpointURL         string
	AuthorizationHeader string // never shown again
}

// EventStreamChange is what a receiver says of its stream (SSF 1.0 §8.1.1); nil leaves what is there.
type EventStreamChange struct {
	EventsRequested *[]string
	Delivery        *EventDelivery
	Description     *string
}

// Complete returns the change as of a whole configuration, in which what is not said is asked to be gone. Without a delivery it is by
// poll.
func (c EventStreamChange) Complete() EventStreamChange {
	if c.EventsRequested == nil {
		c.EventsRequested = new([]string)
	}
	if c.Delivery == nil {
		c.Delivery = &EventDelivery{Method: PollDelivery}
	}
	if c.Description == nil {
		c.Description = new(string)
	}
	return c
}

// The bounds of what a receiver says.
const (
	maxEventsRequested     = 50
	maxEventType           = 255  // bytes
	maxStreamText          = 255  // characters of a description or a reason
	maxAuthorizationHeader = 2048 // bytes
	maxVerificationState   = 1024 // bytes
)

// The bounds of what is stored of a stream, and for how long.
const (
	MaxStreamEvents        = 10_000
	SecurityEventRetention = 7 * 24 * time.Hour
)

// MinVerificationInterval is how long a receiver waits between two verification events (SSF 1.0 §8.1.1).
const MinVerificationInterval = time.Minute

// check tells everything that is wrong with a change.
func (c EventStreamChange) check() error {
	var faults Faults
	if c.EventsRequested != nil {
		if len(*c.EventsRequested) > maxEventsRequested {
			faults.Add(InvalidField("events_requested", "Must have at most %d values.", maxEventsRequested))
		} else if slices.ContainsFunc(*c.EventsRequested, noEventType) {
			faults.Add(InvalidField("events_requested", "Must have URIs of at most %d bytes.", maxEventType))
		}
	}
	if c.Description != nil {
		faults.Add(checkStreamText("description", *c.Description))
	}
	if d := c.Delivery; d != nil {
		d.check(&faults)
	}
	return faults.Err()
}

func noEventType(uri string) bool {
	return uri == "" || len(uri) > maxEventType || !utf8.ValidString(uri)
}

func (d EventDelivery) check(faults *Faults) {
	switch d.Method {
	case PushDelivery:
		if !secureURL(d.EndpointURL) {
			faults.Add(InvalidField("delivery.endpoint_url",
				"Must be an https URL without a fragment, of at most %d characters; http to this machine only.", maxURL))
		}
	case PollDelivery:
		if d.AuthorizationHeader != "" {
			faults.Add(InvalidField("delivery.authorization_header", "Must be absent for delivery by poll."))
		}
	default:
		faults.Add(InvalidField("delivery.method", "Must be %s or %s.", PushDelivery, PollDelivery))
	}
	unprintable := func(r rune) bool { return r < ' ' || r > '~' }
	if len(d.AuthorizationHeader) > maxAuthorizationHeader || strings.ContainsFunc(d.AuthorizationHeader, unprintable) {
		faults.Add(InvalidField("delivery.authorization_header", "Must be at most %d printable ASCII characters.", maxAuthorizationHeader))
	}
}

func checkStreamText(field, text string) error {
	if utf8.RuneCountInString(text) > maxStreamText || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return InvalidField(field, "Must be at most %d characters without control characters.", maxStreamText)
	}
	return nil
}

// ErrEventStreamNotFound reports that the client has no such stream.
var ErrEventStreamNotFound = &Error{Kind: NotFound, Code: CodeNotFound, Detail: "There is no such event stream."}

// errEventStreamThere: SSF 1.0 §8.1.1.1 lets a transmitter have one stream for each receiver.
var errEventStreamThere = &Error{Kind: Conflict, Code: CodeValidation, Detail: "The client has an event stream already."}
