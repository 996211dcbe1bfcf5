package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// paramRequest names a request that waits for the person by its id.
const paramRequest = "request"

// requestsPage is the data of requests.html.
type requestsPage struct {
	Action   string
	Done     *phrase // what was decided just now, or nil
	Requests []shownRequest
}

// shownRequest is what a client asks the person from elsewhere (CIBA).
type shownRequest struct {
	ID      string
	Client  string
	Host    string // of its home page, or empty
	Message string // what the client shows too, or empty
	IP      string
	At      time.Time
	Until   time.Time
}

// showRequests lists what clients ask the person from elsewhere. With an interaction it says how that has ended.
func (h *Handler) showRequests(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadInteraction(w, r, identity.StepRepeat)
	if err != nil || !here {
		return err
	}
	p := requestsPage{Action: pathRequests}
	if i := pc.interaction; i != nil {
		switch {
		case i.Kind != identity.InteractionBackchannel:
			return h.resume(w, r, pc)
		case i.Denied:
			p.Done = say("You have refused %s.", pc.clientName())
		default:
			p.Done = say("You have allowed %s what it asked for.", pc.clientName())
		}
	}
	b, err := h.secureBrowser(w, r, identity.ReturnToRequests, false)
	if err != nil || b == nil {
		return err
	}
	pending, err := h.Domain.Backchannel.Waiting(r.Context(), b.User)
	if err != nil {
		return err
	}
	for _, request := range pending {
		request.Client = h.inLanguage(r, request.Client)
		p.Requests = append(p.Requests, shownRequest{
			ID: request.ID.String(), Client: request.Client.DisplayName(), Host: webHost(shownURI(request.Client)),
			Message: request.BindingMessage, IP: request.IP, At: request.CreatedAt, Until: request.ExpiresAt,
		})
	}
	h.render(w, r, http.StatusOK, page{
		template: "requests.html", title: say("Requests from applications"), account: pathRequests, script: better, data: p,
	})
	return nil
}

// openRequest leads to the first step of the interaction in which the person decides.
func (h *Handler) openRequest(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToRequests, false)
	if err != nil || b == nil {
		return err
	}
	id, _ := uuid.Parse(r.PostForm.Get(paramRequest)) // what is no id is that of no request
	i, err := h.Domain.Backchannel.Interaction(r.Context(), *b, id)
	if errors.Is(err, identity.ErrInteractionNotFound) {
		h.renderError(w, r, http.StatusNotFound, errorPage{
			Title: say("No such request"), Reason: say("There is no such request any more: it was answered, or has ended."),
		})
		return nil
	}
	if err != nil {
		return err
	}
	return h.begin(w, r, i)
}
