package ssf

import (
	"net/http"

	"github.com/authly/authly/identity"
)

// subjectRequest adds a subject to a stream, or removes one (SSF 1.0 §8.1.3). Whether the receiver has verified it is its own affair.
type subjectRequest struct {
	StreamID string                  `json:"stream_id"`
	Subject  *identity.StreamSubject `json:"subject"`
}

func (h *Handler) addSubject(r *http.Request, client identity.Client) (answer, error) {
	return answer{status: http.StatusOK}, h.setSubject(r, client, true)
}

func (h *Handler) removeSubject(r *http.Request, client identity.Client) (answer, error) {
	return answer{status: http.StatusNoContent}, h.setSubject(r, client, false)
}

func (h *Handler) setSubject(r *http.Request, client identity.Client, in bool) error {
	var request subjectRequest
	if _, err := read(r, &request); err != nil {
		return err
	}
	if request.Subject == nil {
		return badRequest("The member subject is missing.")
	}
	return h.domain.EventStreams.SetSubject(r.Context(), client, request.StreamID, *request.Subject, in)
}

// verify asks for a verification event (SSF 1.0 §8.1.4.2).
func (h *Handler) verify(r *http.Request, client identity.Client) (answer, error) {
	var request struct {
		StreamID string `json:"stream_id"`
		State    string `json:"state"`
	}
	if _, err := read(r, &request); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, h.domain.EventStreams.Verify(r.Context(), client, request.StreamID, request.State)
}
