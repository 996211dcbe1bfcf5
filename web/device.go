package web

import (
	"errors"
	"net/http"

	"github.com/authly/authly/identity"
)

// devicePage is the data of device.html.
type devicePage struct {
	form
	Code    string // of the link, or as it was typed
	Problem *phrase
}

// deviceDonePage is the data of device_done.html.
type deviceDonePage struct {
	Client string
	Denied bool
}

// showDevice asks for the code that a device shows, with that of the link filled in: a person must look and press the button,
// and is asked for more before anything is allowed (RFC 8628 §3.3.1). With an interaction it says how that has ended.
func (h *Handler) showDevice(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadInteraction(w, r, identity.StepRepeat)
	if err != nil || !here {
		return err
	}
	if pc.interaction == nil {
		h.renderDevice(w, r, http.StatusOK, devicePage{Code: saneLogin(r.Form.Get("user_code"))})
		return nil
	}
	if pc.interaction.Kind != identity.InteractionDevice {
		return h.resume(w, r, pc)
	}
	h.render(w, r, http.StatusOK, page{
		template: "device_done.html", title: say("Back to your device"),
		data: deviceDonePage{Client: pc.clientName(), Denied: pc.interaction.Denied},
	})
	return nil
}

// findDevice leads from the code to the first step of its interaction.
func (h *Handler) findDevice(w http.ResponseWriter, r *http.Request) error {
	typed := r.PostForm.Get("user_code")
	i, err := h.Domain.Devices.Interaction(r.Context(), typed, h.Device.Get(r))
	if err == nil {
		return h.begin(w, r, i)
	}
	status, problem, ok := formProblem(w, err)
	if errors.Is(err, identity.ErrUserCodeNotFound) {
		status, problem, ok = http.StatusBadRequest, refusal(identity.ErrUserCodeNotFound), true
	}
	if !ok {
		return err
	}
	h.renderDevice(w, r, status, devicePage{Code: saneLogin(typed), Problem: problem})
	return nil
}

func (h *Handler) renderDevice(w http.ResponseWriter, r *http.Request, status int, p devicePage) {
	p.form = form{Action: pathDevice}
	h.render(w, r, status, page{template: "device.html", title: say("Connect a device"), script: better, data: p})
}

// elsewherePages are where an interaction ends whose client waits elsewhere.
var elsewherePages = map[identity.InteractionKind]string{
	identity.InteractionDevice: pathDevice, identity.InteractionBackchannel: pathRequests,
}

// decideElsewhere ends the interaction of a client that waits elsewhere as the person says. Where something has ended meanwhile, or
// another browser was faster, its page finds out what comes next.
func (h *Handler) decideElsewhere(w http.ResponseWriter, r *http.Request, pc pageContext, allow bool) error {
	var err error
	if allow {
		if err = h.Domain.Authorizations.Approve(r.Context(), *pc.interaction, *pc.browser); err == nil {
			_, err = h.Domain.Authorizations.Issue(r.Context(), *pc.interaction, *pc.browser)
		}
	} else {
		err = h.Domain.Authorizations.Deny(r.Context(), *pc.interaction, *pc.browser)
	}
	for _, overtaken := range []error{identity.ErrSessionNotFound, identity.ErrLoginRequired, identity.ErrInteractionNotFound} {
		if errors.Is(err, overtaken) {
			err = nil
		}
	}
	if err == nil {
		h.redirect(w, r, link(elsewherePages[pc.interaction.Kind], pc.interaction.Handle))
	}
	return err
}
