package web

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/authly/authly/identity"
)

// The parameters by which a page asks again whom the end of a session has reached: the handle of the session, and the frames that
// did not load, by their places in the list.
const (
	paramEnded  = "ended"
	paramMissed = "missed"
)

// signedOutPage is the data of signed_out.html.
type signedOutPage struct {
	Title, Lead *phrase
	Home        string // page that signs in again, or empty
	Told        told
}

// told is the applications of a session that has ended, and how far they have heard of it.
type told struct {
	Clients []toldClient
	Next    template.URL // address that the browser goes on to when all have heard, or empty
	Again   string       // path that says more later, or empty: nothing more is to be said
	Soon    bool         // the page asks there by itself
}

// toldClient is one of them.
type toldClient struct {
	Name  string
	Frame string // what the browser loads, or empty
	State identity.LogoutState
}

// refreshFor is how long a page asks by itself how far logout tokens have come.
const refreshFor = 20 * time.Second

// ended returns the session of the browser's cookie that has ended, with the clients that are to hear of it; none without one.
func (h *Handler) ended(r *http.Request) (identity.SignedOut, []identity.SignedOutClient, error) {
	out, err := h.Domain.Sessions.SignedOutBy(r.Context(), h.Cookie.Get(r))
	if errors.Is(err, identity.ErrSessionNotFound) {
		return identity.SignedOut{}, nil, nil
	}
	if err != nil {
		return identity.SignedOut{}, nil, err
	}
	clients, err := h.Domain.Sessions.SignedOutClients(r.Context(), out)
	return out, clients, err
}

// SignedOut lets the applications of the session of the browser's cookie, which has ended, hear of it in frames (OIDC Front-Channel
// Logout 1.0 §2), and says "You are signed out" or leads on to next, an address that is proven, or "". The browser forgets its cookie.
func (h *Handler) SignedOut(w http.ResponseWriter, r *http.Request, next string) {
	if err := h.showSignedOut(w, r, next); err != nil {
		h.fail(w, r, err)
	}
}

func (h *Handler) showSignedOut(w http.ResponseWriter, r *http.Request, next string) error {
	out, clients, err := h.ended(r)
	if err != nil {
		return err
	}
	h.ForgetBrowser(w)
	if next != "" && !framed(clients) {
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Location", next) // as it was registered, to the byte
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
	t, err := h.tell(r, out, clients, nil)
	if err != nil {
		return err
	}
	p := farewell(t)
	if next != "" {
		p = goingOn(say("You are signed out"), t, next)
	}
	h.renderSignedOut(w, r, p)
	return nil
}

// passOn lets the applications of the session of the cookie that the browser has sent, if it is over, hear of it before the browser
// goes on to a path of ours; false when there is nothing to tell. A page with a password has no frames: what is in them could take
// what is typed.
func (h *Handler) passOn(w http.ResponseWriter, r *http.Request, path string) (bool, error) {
	out, clients, err := h.ended(r)
	if err != nil || !framed(clients) {
		return false, err
	}
	t, err := h.tell(r, out, clients, nil)
	if err != nil {
		return false, err
	}
	t.Again = ""
	h.renderSignedOut(w, r, goingOn(say("Your session has ended"), t, path))
	return true, nil
}

// showTold shows how far the applications of a session that has ended have heard of it.
func (h *Handler) showTold(w http.ResponseWriter, r *http.Request) error {
	out, err := h.Domain.Sessions.Open(r.Form.Get(paramEnded))
	if errors.Is(err, identity.ErrSessionNotFound) { // the link is old: there is nothing more to say
		h.renderSignedOut(w, r, farewell(told{}))
		return nil
	}
	if err != nil {
		return err
	}
	clients, err := h.Domain.Sessions.SignedOutClients(r.Context(), out)
	if err != nil {
		return err
	}
	missed := []string{}
	for _, place := range r.Form[paramMissed] {
		if n, err := strconv.Atoi(place); err == nil && n >= 0 && n < len(clients) {
			missed = append(missed, strconv.Itoa(n))
		}
	}
	t, err := h.tell(r, out, clients, missed)
	if err != nil {
		return err
	}
	h.renderSignedOut(w, r, farewell(t))
	return nil
}

// tell returns what a page shows of the clients. missed are the places of those whose frames did not load on a page before; nil before
// there was one.
func (h *Handler) tell(r *http.Request, out identity.SignedOut, clients []identity.SignedOutClient, missed []string) (told, error) {
	var (
		t       told
		waiting bool
	)
	for i, c := range clients {
		shown := toldClient{Name: h.inLanguage(r, c.Client).DisplayName(), Frame: c.Frame, State: c.Posted}
		if missed != nil {
			shown.Frame = ""
		}
		switch {
		case shown.Frame != "":
			shown.State = identity.LogoutWaiting
		case slices.Contains(missed, strconv.Itoa(i)):
			shown.State = identity.LogoutFailing
		case shown.State == "":
			shown.State = identity.LogoutReached
		}
		waiting = waiting || c.Posted == identity.LogoutWaiting
		t.Clients = append(t.Clients, shown)
	}
	if !waiting {
		return t, nil
	}
	handle, err := h.Domain.Sessions.Seal(out)
	if err != nil {
		return told{}, err
	}
	t.Again = LogoutPath + "?" + url.Values{paramEnded: {handle}, paramMissed: missed}.Encode()
	t.Soon = h.Domain.Source.Now().Sub(out.At) < refreshFor
	return t, nil
}

// farewell is the page at which the person stays.
func farewell(t told) signedOutPage {
	return signedOutPage{Title: say("You are signed out"), Lead: say("You can close this window now."), Home: pathLogin, Told: t}
}

// goingOn is the page that leads on to an address, which was checked when it was registered, or is a path of ours: the template would
// take the scheme of an application for a script.
func goingOn(title *phrase, t told, next string) signedOutPage {
	t.Next = template.URL(next) //nolint:gosec // as above
	return signedOutPage{Title: title, Lead: say("The applications that you used are told."), Told: t}
}

// framed reports whether the browser is to load frames.
func framed(clients []identity.SignedOutClient) bool {
	return slices.ContainsFunc(clients, func(c identity.SignedOutClient) bool { return c.Frame != "" })
}

func (h *Handler) renderSignedOut(w http.ResponseWriter, r *http.Request, p signedOutPage) {
	h.render(w, r, http.StatusOK, p.Told.page("signed_out.html", p.Title, p))
}

// page returns a page that tells them.
func (t told) page(template string, title *phrase, data any) page {
	p := page{template: template, title: title, data: data}
	if len(t.Clients) > 0 {
		p.script = tells
	}
	for _, c := range t.Clients {
		if origin := identity.WebOrigin(c.Frame); origin != "" && !slices.Contains(p.frames, origin) {
			p.frames = append(p.frames, origin)
		}
	}
	return p
}
