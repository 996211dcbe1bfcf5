package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/device"
)

// devicesPage is the data of devices.html.
type devicesPage struct {
	Action   string
	Here     shownDevice // the session that the page is shown in
	Others   []shownDevice
	Browsers string // where they are forgotten
	Trusted  int    // browsers that spare the second factor
}

// shownDevice is a session as its person recognises it.
type shownDevice struct {
	ID       string
	Name     *phrase // browser and system, or nil
	Since    time.Time
	LastSeen time.Time
	IP       string
	Second   bool // a second factor was proven
	Spared   bool // or the browser has spared it
	Provider bool // the person has signed in at a provider
}

func showDevice(s identity.Session) shownDevice {
	b := identity.BrowserSession{Session: s, User: identity.User{App: true}}
	return shownDevice{
		ID: s.ID.String(), Name: deviceName(s.UserAgent), Since: s.CreatedAt, LastSeen: s.LastActiveAt, IP: s.IP,
		Second: !b.SecondFactorUnproven(), Spared: b.SecondFactorUnproven() && !b.SecondFactorDue(),
		Provider: s.ProviderID != nil,
	}
}

// deviceName says what a User-Agent header says of itself; nil when it says nothing.
func deviceName(header string) *phrase {
	d := device.Of(header)
	switch {
	case d.Browser != "" && d.System != "":
		return say("%s on %s", d.Browser, d.System)
	case d.Browser != "" || d.System != "":
		return quote(d.Browser + d.System)
	}
	return nil
}

func (h *Handler) showDevices(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToDevices, false)
	if err != nil || b == nil {
		return err
	}
	sessions, err := h.Domain.Accounts.Devices(r.Context(), b.User)
	if err != nil {
		return err
	}
	state, err := h.Domain.SecondFactors.Of(r.Context(), b.User)
	if err != nil {
		return err
	}
	p := devicesPage{Action: pathDevices, Here: showDevice(b.Session), Browsers: pathBrowsers, Trusted: state.Trusted}
	for _, s := range sessions {
		if s.ID != b.Session.ID {
			p.Others = append(p.Others, showDevice(s))
		}
	}
	h.render(w, r, http.StatusOK, page{template: "devices.html", title: say("Your devices"), account: pathDevices, script: better, data: p})
	return nil
}

// endDevices ends one session of the person, or all but this one.
func (h *Handler) endDevices(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToDevices, false)
	if err != nil || b == nil {
		return err
	}
	ended := true
	if r.PostForm.Get("others") != "" {
		err = h.Domain.Accounts.EndOtherDevices(r.Context(), *b)
	} else if id, parseErr := uuid.Parse(r.PostForm.Get("session")); parseErr != nil {
		ended = false
	} else {
		ended, err = h.Domain.Accounts.EndDevice(r.Context(), *b, id)
	}
	switch {
	case errors.Is(err, identity.ErrSessionNotFound): // their own ended since the page was asked for
		return h.requireSignIn(w, r, identity.ReturnToDevices)
	case err != nil:
		return err
	case !ended:
		h.renderError(w, r, http.StatusNotFound, errorPage{
			Title: say("Not signed in there"), Reason: say("You are not signed in on such a device any more."),
		})
	default:
		h.redirect(w, r, pathDevices)
	}
	return nil
}

// forgetBrowsers asks the person for the second factor everywhere again.
func (h *Handler) forgetBrowsers(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToDevices, false)
	if err != nil || b == nil {
		return err
	}
	err = h.Domain.SecondFactors.EndTrust(r.Context(), *b)
	if errors.Is(err, identity.ErrSessionNotFound) { // it ended since the page was asked for
		return h.requireSignIn(w, r, identity.ReturnToDevices)
	}
	if err != nil {
		return err
	}
	h.redirect(w, r, pathDevices)
	return nil
}
