package ssf

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"

	"github.com/authly/authly/identity"
)

// delivery is the member delivery of a configuration (SSF 1.0 §6.1). The header Authorization is never written.
type delivery struct {
	Method              identity.DeliveryMethod `json:"method"`
	EndpointURL         string                  `json:"endpoint_url"`
	AuthorizationHeader string                  `json:"authorization_header,omitempty"`
}

// streamRequest is what a receiver sends of a configuration (SSF 1.0 §8.1.1).
type streamRequest struct {
	StreamID        string    `json:"stream_id"`
	EventsRequested *[]string `json:"events_requested"`
	Delivery        *delivery `json:"delivery"`
	Description     *string   `json:"description"`
}

// streamConfiguration is the configuration of a stream (SSF 1.0 §8.1.1).
type streamConfiguration struct {
	StreamID                string   `json:"stream_id"`
	Issuer                  string   `json:"iss"`
	Audience                string   `json:"aud"`
	EventsSupported         []string `json:"events_supported"`
	EventsRequested         []string `json:"events_requested"`
	EventsDelivered         []string `json:"events_delivered"`
	Delivery                delivery `json:"delivery"`
	MinVerificationInterval int      `json:"min_verification_interval"` // seconds
	Description             string   `json:"description,omitempty"`
}

// supplied are the members that the transmitter supplies, but for stream_id. A receiver may send them back as they are (SSF 1.0 §8.1.1.3).
var supplied = []string{"iss", "aud", "events_supported", "events_delivered", "min_verification_interval"}

func (h *Handler) configurationOf(client identity.Client, s identity.EventStream) streamConfiguration {
	c := streamConfiguration{
		StreamID: s.ID.String(), Issuer: h.domain.Settings.Get().Issuer, Audience: client.ClientID,
		EventsSupported: identity.EventTypes(), EventsRequested: append([]string{}, s.EventsRequested...),
		EventsDelivered: append([]string{}, s.Delivered()...), Delivery: delivery{Method: s.Method, EndpointURL: s.EndpointURL},
		MinVerificationInterval: int(identity.MinVerificationInterval.Seconds()), Description: s.Description,
	}
	if s.Method == identity.PollDelivery {
		c.Delivery.EndpointURL = c.pollAddress()
	}
	return c
}

// pollAddress is where the stream is polled.
func (c streamConfiguration) pollAddress() string {
	return c.Issuer + PollPath + "?" + paramStreamID + "=" + c.StreamID
}

// changeOf returns what a request says of a stream; now is nil for one that is to be made.
func changeOf(
	request streamRequest, members map[string]json.RawMessage, now *streamConfiguration,
) (identity.EventStreamChange, error) {
	change := identity.EventStreamChange{EventsRequested: request.EventsRequested, Description: request.Description}
	if now != nil {
		if name := differs(members, *now); name != "" {
			return change, badRequest("The member %s is not what the transmitter has supplied.", name)
		}
	}
	d := request.Delivery
	if d == nil {
		return change, nil
	}
	if d.Method == identity.PollDelivery && d.EndpointURL != "" && (now == nil || d.EndpointURL != now.pollAddress()) {
		return change, badRequest("The member delivery.endpoint_url is supplied by the transmitter for delivery by poll.")
	}
	change.Delivery = &identity.EventDelivery{
		Method: d.Method, EndpointURL: d.EndpointURL, AuthorizationHeader: d.AuthorizationHeader,
	}
	return change, nil
}

// differs returns a member that the transmitter supplies and that the receiver has sent otherwise, or "".
func differs(members map[string]json.RawMessage, now streamConfiguration) string {
	text, err := json.Marshal(now)
	if err != nil {
		panic("ssf: stream: " + err.Error()) // plain data always marshals
	}
	var expected map[string]any
	if err := json.Unmarshal(text, &expected); err != nil {
		panic("ssf: stream: " + err.Error()) // it was marshalled above
	}
	i := slices.IndexFunc(supplied, func(name string) bool {
		sent, there := members[name]
		var value any
		return there && (json.Unmarshal(sent, &value) != nil || !reflect.DeepEqual(value, expected[name]))
	})
	if i < 0 {
		return ""
	}
	return supplied[i]
}

func (h *Handler) createStream(r *http.Request, client identity.Client) (answer, error) {
	var request streamRequest
	members, err := read(r, &request)
	if err != nil {
		return answer{}, err
	}
	change, err := changeOf(request, members, nil)
	if err != nil {
		return answer{}, err
	}
	stream, err := h.domain.EventStreams.Create(r.Context(), client, change)
	return answer{http.StatusCreated, h.configurationOf(client, stream)}, err
}

// readStream serves one stream, or without stream_id the list of those that there are (SSF 1.0 §8.1.1.2).
func (h *Handler) readStream(r *http.Request, client identity.Client) (answer, error) {
	if id := r.URL.Query().Get(paramStreamID); id != "" {
		stream, err := h.domain.EventStreams.Stream(r.Context(), client, id)
		return answer{http.StatusOK, h.configurationOf(client, stream)}, err
	}
	stream, err := h.domain.EventStreams.Of(r.Context(), client)
	if errors.Is(err, identity.ErrEventStreamNotFound) {
		return answer{http.StatusOK, []streamConfiguration{}}, nil
	}
	return answer{http.StatusOK, []streamConfiguration{h.configurationOf(client, stream)}}, err
}

func (h *Handler) updateStream(r *http.Request, client identity.Client) (answer, error) {
	return h.changeStream(r, client, func(c identity.EventStreamChange) identity.EventStreamChange { return c })
}

func (h *Handler) replaceStream(r *http.Request, client identity.Client) (answer, error) {
	return h.changeStream(r, client, identity.EventStreamChange.Complete)
}

func (h *Handler) changeStream(
	r *http.Request, client identity.Client, complete func(identity.EventStreamChange) identity.EventStreamChange,
) (answer, error) {
	var request streamRequest
	members, err := read(r, &request)
	if err != nil {
		return answer{}, err
	}
	if request.StreamID == "" {
		return answer{}, badRequest("The member stream_id is missing.")
	}
	stream, err := h.domain.EventStreams.Change(r.Context(), client, request.StreamID,
		func(s identity.EventStream) (identity.EventStreamChange, error) {
			now := h.configurationOf(client, s)
			change, err := changeOf(request, members, &now)
			return complete(change), err
		})
	return answer{http.StatusOK, h.configurationOf(client, stream)}, err
}

func (h *Handler) deleteStream(r *http.Request, client identity.Client) (answer, error) {
	err := h.domain.EventStreams.Delete(r.Context(), client, r.URL.Query().Get(paramStreamID))
	return answer{status: http.StatusNoContent}, err
}

// streamStatus is the status of a stream (SSF 1.0 §8.1.2).
type streamStatus struct {
	StreamID string                `json:"stream_id"`
	Status   identity.StreamStatus `json:"status"`
	Reason   string                `json:"reason,omitempty"`
}

func statusOf(s identity.EventStream) answer {
	return answer{http.StatusOK, streamStatus{s.ID.String(), s.Status, s.StatusReason}}
}

func (h *Handler) readStatus(r *http.Request, client identity.Client) (answer, error) {
	stream, err := h.domain.EventStreams.Stream(r.Context(), client, r.URL.Query().Get(paramStreamID))
	return statusOf(stream), err
}

func (h *Handler) updateStatus(r *http.Request, client identity.Client) (answer, error) {
	var request streamStatus
	if _, err := read(r, &request); err != nil {
		return answer{}, err
	}
	stream, err := h.domain.EventStreams.SetStatus(r.Context(), client, request.StreamID, request.Status, request.Reason)
	return statusOf(stream), err
}
