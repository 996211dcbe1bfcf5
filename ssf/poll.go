package ssf

import (
	"net/http"

	"github.com/authly/authly/identity"
)

// pollRequest is the request of a receiver that polls (RFC 8936 §2.2). It is answered at once, whatever returnImmediately says.
type pollRequest struct {
	MaxEvents *int     `json:"maxEvents"`
	Ack       []string `json:"ack"`
	SetErrs   map[string]struct {
		Err string `json:"err"`
	} `json:"setErrs"`
}

// pollResponse is what it gets (RFC 8936 §2.3).
type pollResponse struct {
	Sets          map[string]string `json:"sets"`
	MoreAvailable bool              `json:"moreAvailable,omitempty"`
}

func (h *Handler) poll(r *http.Request, client identity.Client) (answer, error) {
	var request pollRequest
	if _, err := read(r, &request); err != nil {
		return answer{}, err
	}
	p := identity.EventPoll{Most: identity.MaxPolledEvents, Taken: request.Ack, Refused: make(map[string]string, len(request.SetErrs))}
	if request.MaxEvents != nil {
		p.Most = *request.MaxEvents
	}
	for jti, refusal := range request.SetErrs {
		p.Refused[jti] = refusal.Err
	}
	got, err := h.domain.EventStreams.Poll(r.Context(), client, r.URL.Query().Get(paramStreamID), p)
	return answer{http.StatusOK, pollResponse{got.Tokens, got.More}}, err
}
