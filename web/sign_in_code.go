package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/authly/authly/identity"
)

// codePage is the data of code.html.
type codePage struct {
	form
	Client  string // name of the client, or empty
	Begin   string // where a code is asked for
	Login   string // for whom one was asked for; empty: this browser has asked for none
	Asked   bool   // it has
	SignIn  bool   // the code signs in, and not only makes the browser known
	Problem *phrase
}

// mailsCodes returns where a code is asked for, or "" where there are none: those that sign in always, others for who is slowed.
func (h *Handler) mailsCodes(pc pageContext, slowed bool) string {
	codes := h.Domain.SignInCodes
	if !codes.SignIn() && !(codes.Enabled() && slowed) {
		return ""
	}
	return pc.form(pathCode).Action
}

func (h *Handler) showCode(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadInteraction(w, r, identity.StepFirstFactor, identity.StepRegister)
	if err != nil || !here {
		return err
	}
	return h.renderCode(w, r, http.StatusOK, pc, nil)
}

// submitCode takes the code, or the name for which one is asked for.
func (h *Handler) submitCode(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadInteraction(w, r, identity.StepFirstFactor, identity.StepRegister)
	if err != nil || !here {
		return err
	}
	if r.PostForm.Has("code") {
		return h.proveCode(w, r, pc)
	}
	login := saneLogin(strings.TrimSpace(r.PostForm.Get("username")))
	if login == "" {
		return h.renderLogin(w, r, http.StatusBadRequest, pc, loginPage{Problem: say("Type your username or e-mail address first.")})
	}
	secret, err := h.Domain.SignInCodes.Request(r.Context(), identity.SignInCodeRequest{
		Login: login, Cookie: h.Code.Get(r), Device: h.Device.Get(r),
	})
	if err != nil {
		status, problem, ok := formProblem(w, err)
		if !ok {
			return err
		}
		return h.renderLogin(w, r, status, pc, loginPage{Username: login, Problem: problem})
	}
	h.Code.Set(w, secret, time.Time{})
	h.redirect(w, r, pc.form(pathCode).Action)
	return nil
}

func (h *Handler) proveCode(w http.ResponseWriter, r *http.Request, pc pageContext) error {
	attempt := identity.SignInCodeAttempt{
		Code: r.PostForm.Get("code"), Request: h.Code.Get(r), Cookie: h.Cookie.Get(r), Device: h.Device.Get(r),
	}
	if pc.interaction != nil {
		attempt.ClientID = pc.interaction.Client.ID
	}
	started, err := h.Domain.SignInCodes.Prove(r.Context(), attempt)
	switch {
	case errors.Is(err, identity.ErrInvalidCode):
		return h.renderCode(w, r, http.StatusUnauthorized, pc, say("The code is wrong."))
	case errors.Is(err, identity.ErrSignInCodeNotFound):
		return h.renderCode(w, r, http.StatusBadRequest, pc, refusal(identity.ErrSignInCodeNotFound))
	case err != nil:
		status, problem, ok := formProblem(w, err)
		if !ok {
			return err
		}
		return h.renderCode(w, r, status, pc, problem)
	}
	h.Code.Clear(w)
	switch {
	case started.Pending != nil:
		return h.awaitSecondFactor(w, r, pc, *started.Pending)
	case started.Secret != "":
		return h.goOn(w, r, pc, started)
	}
	h.setDevice(w, started)
	return h.renderLogin(w, r, http.StatusOK, pc, loginPage{Username: started.User.Username, Proven: true})
}

func (h *Handler) renderCode(w http.ResponseWriter, r *http.Request, status int, pc pageContext, problem *phrase) error {
	asked, err := h.Domain.SignInCodes.Find(r.Context(), h.Code.Get(r))
	if err != nil && !errors.Is(err, identity.ErrSignInCodeNotFound) {
		return err
	}
	h.render(w, r, status, page{template: "code.html", title: say("Enter the code"), returnTo: pc.returnTo(), script: better, data: codePage{
		form: pc.form(pathCode), Client: pc.clientName(), Begin: pc.form(pathLogin).Action, Login: asked.Login, Asked: err == nil,
		SignIn: h.Domain.SignInCodes.SignIn(), Problem: problem,
	}})
	return nil
}
