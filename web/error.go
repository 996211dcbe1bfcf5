package web

import (
	"cmp"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/authly/authly/identity"
)

// retryLater is what people are told to wait when the error does not say.
const retryLater = 5 * time.Second

// errorPage is the data of error.html.
type errorPage struct {
	Title     *phrase
	Reason    *phrase
	Detail    string // for the developer of the application, or empty
	RequestID string
	Client    string // the application to go back to, or empty
	ClientURL string // its home page; https
	Home      string // where everybody can go on
}

// requestError is the title of a page that says why it did not do what was asked.
var requestError = say("Request error")

// requestRefused is the reason of who gives none.
var requestRefused = say("The request was refused.")

// badRequest says of an application's faulty request what a person can do about it.
var badRequest = say("The application that sent you here asked for something that is not possible. " +
	"Go back to it and try again. If that does not help, tell its developer what is below.")

// Error answers a request that an application sent a person with: what the person can do, what the developer must know, and
// the request id.
func (h *Handler) Error(w http.ResponseWriter, r *http.Request, err error) {
	if e := identity.AsError(err); e.Kind == identity.Invalid && e.Code != identity.CodeInteractionNotFound {
		status, _ := translate(e)
		detail := cmp.Or(identity.Messages(err), requestRefused.text)
		h.renderError(w, r, status, errorPage{Title: requestError, Reason: badRequest, Detail: detail})
		return
	}
	h.fail(w, r, err)
}

// fail answers with the error page: the reason in one sentence that is safe to show and the request id. The cause of
// what is not the caller's fault is logged here, once.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	e := identity.AsError(err)
	status, reason := translate(err)
	id := identity.RequestID(r.Context())
	if status >= http.StatusInternalServerError && r.Context().Err() == nil { // else the browser went away, which is no fault
		h.Logger.ErrorContext(r.Context(), "page failed", slog.String("request_id", id), slog.Any("error", err))
	}
	setRetryAfter(w, e)
	h.renderError(w, r, status, errorPage{Title: requestError, Reason: reason})
}

// noteRefusal remembers that an authorization request cannot go on, which its developer will ask about. What people do wrong
// on a page is in the audit trail.
func (h *Handler) noteRefusal(r *http.Request, client identity.Client, err error) {
	if e := identity.AsError(err); e.Code == identity.CodeInteractionNotFound {
		violation := identity.ViolationOf(err)
		violation.ClientID = client.ID
		h.Domain.Refusals.Note(r.Context(), identity.Refusal{
			Endpoint: identity.EndpointAuthorize, Code: string(e.Code), Message: e.Detail, Violation: violation,
		})
	}
}

// Finished answers somebody who comes with an interaction that another browser, or another session, has finished. There
// is nothing to do here any more, so the page says where to go.
func (h *Handler) Finished(w http.ResponseWriter, r *http.Request, i identity.Interaction) {
	p := errorPage{Title: say("This sign-in is finished"), Reason: refusal(identity.ErrInteractionNotFound)}
	if p.ClientURL = secureURL(shownURI(i.Client)); p.ClientURL != "" {
		p.Client = pageContext{interaction: &i}.clientName()
	}
	h.renderError(w, r, http.StatusBadRequest, p)
}

// NotFound answers a person who asks for a page that there is not.
func (h *Handler) NotFound(w http.ResponseWriter, r *http.Request) {
	h.renderError(w, r, http.StatusNotFound, errorPage{
		Title: say("Page not found"), Reason: say("There is no page at this address."),
	})
}

func (h *Handler) renderError(w http.ResponseWriter, r *http.Request, status int, p errorPage) {
	p.RequestID, p.Home = identity.RequestID(r.Context()), pathStart
	h.render(w, r, status, page{template: "error.html", title: p.Title, data: p})
}

// RefuseCrossOrigin returns a form that a page of another origin posted.
func (h *Handler) RefuseCrossOrigin(w http.ResponseWriter, r *http.Request) {
	h.fail(w, r, identity.Errorf(identity.Forbidden, identity.CodeForbidden, "The form was sent from another website, so it was refused."))
}

// TooManyRequests answers somebody whose network has asked for too much.
func (h *Handler) TooManyRequests(w http.ResponseWriter, r *http.Request, wait time.Duration) {
	h.Error(w, r, identity.TooManyRequests(wait))
}

// translate is the one place that turns domain errors into HTTP for people.
func translate(err error) (status int, reason *phrase) {
	e := identity.AsError(err)
	switch e.Kind {
	case identity.Invalid, identity.NotFound, identity.Conflict, identity.Unauthenticated:
		status = http.StatusBadRequest
	case identity.Forbidden:
		status = http.StatusForbidden
	case identity.RateLimited:
		status = http.StatusTooManyRequests
	case identity.Unavailable:
		return http.StatusServiceUnavailable, say("The service is temporarily unavailable. Please try again in a moment.")
	case identity.Internal:
		fallthrough
	default:
		return http.StatusInternalServerError, say("Something went wrong on our side. Please try again later.")
	}
	switch {
	case e.Code == identity.CodeVersionConflict:
		reason = say("Your account was changed at the same moment. Please go back and try again.")
	case e.Detail == "":
		reason = requestRefused
	default:
		reason = refusal(e)
	}
	return status, reason
}

// formProblem reports whether a form should be shown again because of an error that the person can do something about, with
// which status and text. Every cause of a failed sign-in looks the same.
func formProblem(w http.ResponseWriter, err error) (status int, problem *phrase, ok bool) {
	switch e := identity.AsError(err); e.Kind {
	case identity.Unauthenticated:
		return http.StatusUnauthorized, refusal(e), true
	case identity.RateLimited:
		setRetryAfter(w, e)
		status, problem = translate(e)
		return status, problem, true
	default:
		return 0, nil, false
	}
}

// setRetryAfter follows RFC 9110 §10.2.3: whole seconds, rounded up.
func setRetryAfter(w http.ResponseWriter, e *identity.Error) {
	wait := e.RetryAfter
	if wait <= 0 && e.Kind == identity.Unavailable {
		wait = retryLater
	}
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
}
