package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/authly/authly/identity"
)

// registerPage is the data of register.html.
type registerPage struct {
	form
	Client  string // name of the client, or empty
	SignIn  string // for who has an account
	Email   string // what was typed, or was invited
	Invited bool   // the address is given
	Asks    bool   // for an address: else it takes an invitation
	Problem *phrase
}

// registerCodePage is the data of register_code.html.
type registerCodePage struct {
	form
	Begin   string // where a code is asked for
	Email   string // where the code was sent; empty: this browser has asked for none
	Code    string // of the link
	Problem *phrase
}

// registering returns the context of a page of registration; here is false when the request was answered.
func (h *Handler) registering(w http.ResponseWriter, r *http.Request) (pc pageContext, here bool, err error) {
	if !h.Domain.Registrations.Invites() {
		h.NotFound(w, r)
		return pageContext{}, false, nil
	}
	return h.loadInteraction(w, r, identity.StepRegister, identity.StepFirstFactor)
}

// registrationForm is the form of a page of registration, which goes on by the invitation, if there is one.
func registrationForm(r *http.Request, pc pageContext, path string) form {
	f := pc.form(path)
	secret := r.Form.Get(identity.ParamInvitation)
	if secret == "" {
		return f
	}
	separator := "?"
	if f.Interaction != "" {
		separator = "&"
	}
	f.Action += separator + identity.ParamInvitation + "=" + url.QueryEscape(secret)
	return f
}

// register returns where an account is made, or "" when nobody can.
func (h *Handler) register(pc pageContext) string {
	if !h.Domain.Registrations.Open() {
		return ""
	}
	return pc.form(pathRegister).Action
}

func (h *Handler) showRegister(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.registering(w, r)
	if err != nil || !here {
		return err
	}
	if secret := r.Form.Get(identity.ParamInvitation); secret != "" {
		invitation, err := h.Domain.Registrations.Invited(r.Context(), secret)
		if err != nil {
			return h.refuseRegistration(w, r, pc, err)
		}
		h.renderRegister(w, r, http.StatusOK, pc, registerPage{Email: invitation.Email, Invited: true, Asks: true})
		return nil
	}
	if !h.Domain.Registrations.Open() {
		return h.refuseRegistration(w, r, pc, identity.ErrRegistrationClosed)
	}
	p := registerPage{Asks: true}
	if pc.interaction != nil && strings.Contains(pc.interaction.Params.LoginHint, "@") {
		p.Email = saneLogin(pc.interaction.Params.LoginHint)
	}
	h.renderRegister(w, r, http.StatusOK, pc, p)
	return nil
}

// beginRegistration answers the same to every address that can have an account, whether or not it has one.
func (h *Handler) beginRegistration(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.registering(w, r)
	if err != nil || !here {
		return err
	}
	request := identity.RegistrationRequest{
		Email: saneLogin(strings.TrimSpace(r.PostForm.Get("email"))), Cookie: h.Registration.Get(r), Interaction: pc.form("").Interaction,
		Invitation: r.Form.Get(identity.ParamInvitation),
		Locale:     h.words(r).Code,
	}
	secret, err := h.Domain.Registrations.Begin(r.Context(), request)
	if err == nil {
		h.setRegistration(w, secret)
		h.redirect(w, r, registrationForm(r, pc, pathRegisterCode).Action)
		return nil
	}
	status, problem, ok := formProblem(w, err)
	p := registerPage{Email: request.Email, Invited: request.Invitation != "", Asks: true}
	if e := identity.AsError(err); e.Field == "email" {
		p.Invited = false // another one can be typed
		status, problem, ok = http.StatusBadRequest, refusal(e), true
	}
	if !ok {
		return h.refuseRegistration(w, r, pc, err)
	}
	p.Problem = problem
	h.renderRegister(w, r, status, pc, p)
	return nil
}

// refuseRegistration tells somebody whose invitation is not good, or who has none where it takes one, how one registers; it
// returns any other error.
func (h *Handler) refuseRegistration(w http.ResponseWriter, r *http.Request, pc pageContext, err error) error {
	status, p := http.StatusForbidden, registerPage{Asks: h.Domain.Registrations.Open()}
	if pc.interaction != nil {
		status = http.StatusOK // an application has sent the person, who can go on with an account
	}
	switch {
	case errors.Is(err, identity.ErrInvitationInvalid):
		status, p.Problem = http.StatusBadRequest, refusal(identity.ErrInvitationInvalid)
	case !errors.Is(err, identity.ErrRegistrationClosed):
		return err
	}
	h.noteRefusal(r, identity.Client{}, err)
	r.Form.Del(identity.ParamInvitation)
	h.renderRegister(w, r, status, pc, p)
	return nil
}

// setRegistration sends the cookie that binds a registration to the browser.
func (h *Handler) setRegistration(w http.ResponseWriter, secret string) {
	h.Registration.Set(w, secret, h.Domain.Source.Now().Add(identity.RegistrationTTL))
}

func (h *Handler) renderRegister(w http.ResponseWriter, r *http.Request, status int, pc pageContext, p registerPage) {
	p.form, p.Client, p.SignIn = registrationForm(r, pc, pathRegister), pc.clientName(), pc.form(pathLogin).Action
	h.render(w, r, status, page{template: "register.html", title: say("Make an account"), returnTo: pc.returnTo(), script: better, data: p})
}

// showRegisterCode is also what the link of a message opens. Whatever opens links by itself changes nothing, and another
// browser than the one that asked is told to go back to that.
func (h *Handler) showRegisterCode(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.registering(w, r)
	if err != nil || !here {
		return err
	}
	return h.renderRegisterCode(w, r, http.StatusOK, pc, registerCodePage{Code: saneLogin(r.Form.Get("code"))})
}

func (h *Handler) proveAddress(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.registering(w, r)
	if err != nil || !here {
		return err
	}
	err = h.Domain.Registrations.ProveAddress(r.Context(), h.Registration.Get(r), r.PostForm.Get("code"))
	switch {
	case err == nil:
		h.setRegistration(w, h.Registration.Get(r))
		h.redirect(w, r, registrationForm(r, pc, pathRegisterAccount).Action)
		return nil
	case errors.Is(err, identity.ErrInvalidCode):
		return h.renderRegisterCode(w, r, http.StatusUnauthorized, pc, registerCodePage{Problem: say("The code is wrong.")})
	case errors.Is(err, identity.ErrRegistrationNotFound):
		return h.renderRegisterCode(w, r, http.StatusBadRequest, pc, registerCodePage{Problem: refusal(identity.ErrRegistrationNotFound)})
	}
	return err
}

func (h *Handler) renderRegisterCode(w http.ResponseWriter, r *http.Request, status int, pc pageContext, p registerCodePage) error {
	registration, err := h.Domain.Registrations.Find(r.Context(), h.Registration.Get(r))
	switch {
	case errors.Is(err, identity.ErrRegistrationNotFound):
		p.Code = ""
	case err != nil:
		return err
	case registration.ProvenAt != nil:
		h.redirect(w, r, registrationForm(r, pc, pathRegisterAccount).Action)
		return nil
	}
	p.form, p.Begin, p.Email = registrationForm(r, pc, pathRegisterCode), registrationForm(r, pc, pathRegister).Action, registration.Email
	h.render(w, r, status, page{
		template: "register_code.html", title: say("Enter the code"), returnTo: pc.returnTo(), script: better, data: p,
	})
	return nil
}
