package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// passkeyForm is the form of a page by which a passkey is used. The script of the page needs what it says.
type passkeyForm struct {
	identity.Ceremony
	Key      bool   // a security key serves, too
	Trust    int    // for how many days the browser can spare the step, if no other form of the page asks; 0 = it cannot
	Autofill bool   // passkeys are offered where the name is typed
	Unknown  string // a passkey that nobody has, for the authenticator to forget, JSON; or empty
}

// passkeyPage is the data of passkey.html.
type passkeyPage struct {
	form
	identity.Ceremony
	Client   string // name of the client that waits for it, or empty
	Required bool   // the person cannot go on without
	Key      bool   // it is a security key
	Username string
	Passkey  string // where a passkey is added instead, or empty
	Other    string // where an app is added instead, or empty
	Home     string
	Problem  *phrase
}

// withPasskeys serves a page while there are passkeys.
func (h *Handler) withPasskeys(e endpoint) endpoint {
	return func(w http.ResponseWriter, r *http.Request) error {
		if !h.Domain.Passkeys.Enabled() {
			h.NotFound(w, r)
			return nil
		}
		return e(w, r)
	}
}

// anonymous returns the value that tells the browser apart from others, which it gets with the first ceremony, or on the way to
// a provider.
func (h *Handler) anonymous(w http.ResponseWriter, r *http.Request) string {
	value := h.Anonymous.Get(r)
	if value == "" {
		value = h.Domain.SignIn.NewBrowser()
		h.Anonymous.Set(w, value, time.Time{})
	}
	return value
}

func (h *Handler) passkeyAnswer(r *http.Request) identity.CeremonyAnswer {
	return identity.CeremonyAnswer{
		Sealed: r.PostForm.Get("ceremony"), Response: r.PostForm.Get("credential"), Browser: h.Anonymous.Get(r),
	}
}

// requestPasskey makes the form of the sign-in page; nil when there are no passkeys. failed is the form of a passkey that was
// just refused: none is offered by itself again, or a browser that picks one by itself would never stop.
func (h *Handler) requestPasskey(w http.ResponseWriter, r *http.Request, pc pageContext, failed *passkeyForm) (*passkeyForm, error) {
	if !h.Domain.Passkeys.Enabled() {
		return nil, nil //nolint:nilnil // none is a normal answer
	}
	ceremony, err := h.Domain.SignIn.PasskeyRequest(h.anonymous(w, r), pc.interactionID())
	if err != nil {
		return nil, err
	}
	f := passkeyForm{Ceremony: ceremony, Autofill: failed == nil}
	if failed != nil {
		f.Unknown = failed.Unknown
	}
	return &f, nil
}

func (pc pageContext) interactionID() uuid.UUID {
	if pc.interaction == nil {
		return uuid.Nil
	}
	return pc.interaction.ID
}

// signInWithPasskey is signIn for the other form of the page.
func (h *Handler) signInWithPasskey(w http.ResponseWriter, r *http.Request, pc pageContext) error {
	attempt := identity.PasskeyAttempt{
		Answer: h.passkeyAnswer(r), Interaction: pc.interactionID(), Cookie: h.Cookie.Get(r), Device: h.Device.Get(r),
	}
	if pc.interaction != nil {
		attempt.ClientID = pc.interaction.Client.ID
	}
	started, err := h.Domain.SignIn.Passkey(r.Context(), attempt)
	if err == nil {
		return h.goOn(w, r, pc, started)
	}
	status, problem, ok := formProblem(w, err)
	if !ok {
		return err
	}
	p := loginPage{Problem: problem, Passkey: &passkeyForm{}}
	if errors.Is(err, identity.ErrPasskeyUnknown) {
		if p.Passkey.Unknown, err = h.unknownPasskey(attempt.Answer); err != nil {
			return err
		}
	}
	return h.renderLogin(w, r, status, pc, p)
}

// unknownPasskey is what an authenticator is told of a passkey that nobody has (WebAuthn §5.1.10.1).
func (h *Handler) unknownPasskey(a identity.CeremonyAnswer) (string, error) {
	party, id, err := h.Domain.Passkeys.Named(a)
	if err != nil {
		return "", err
	}
	return signal(map[string]any{"rpId": party, "credentialId": base64.RawURLEncoding.EncodeToString(id)})
}

func signal(options map[string]any) (string, error) {
	text, err := json.Marshal(options)
	if err != nil {
		return "", fmt.Errorf("options of signal: %w", err)
	}
	return string(text), nil
}

// listPasskeys adds the passkeys and security keys of the person to the page.
func (h *Handler) listPasskeys(r *http.Request, b identity.BrowserSession, p *securityPage) error {
	list, err := h.Domain.Passkeys.Of(r.Context(), b.User)
	if err != nil {
		return err
	}
	p.RenamePasskey, p.RemovePasskey = pathRenamePasskey, pathRemovePasskey
	p.Passkeys, p.SecurityKeys = list.Passkeys, list.SecurityKeys
	if h.Domain.Passkeys.Enabled() {
		p.AddPasskey, p.AddKey = pathPasskey, pathKey
	}
	if len(list.Handle) == 0 {
		return nil
	}
	accepted := slices.Concat(list.Passkeys, list.SecurityKeys)
	ids := make([]string, len(accepted)) // WebAuthn §5.1.10.2
	for i, one := range accepted {
		ids[i] = base64.RawURLEncoding.EncodeToString(one.CredentialID)
	}
	p.Accepted, err = signal(map[string]any{
		"rpId": list.RelyingPartyID, "userId": base64.RawURLEncoding.EncodeToString(list.Handle), "allAcceptedCredentialIds": ids,
	})
	return err
}

func (h *Handler) renamePasskey(w http.ResponseWriter, r *http.Request) error {
	return h.changePasskey(w, r, func(b identity.BrowserSession, id uuid.UUID) error {
		return h.Domain.Passkeys.Rename(r.Context(), b, id, r.PostForm.Get("name"))
	})
}

func (h *Handler) removePasskey(w http.ResponseWriter, r *http.Request) error {
	return h.changePasskey(w, r, func(b identity.BrowserSession, id uuid.UUID) error {
		return h.Domain.Passkeys.Remove(r.Context(), b, id, h.Device.Get(r))
	})
}

// changePasskey does something with one of the passkeys of who is signed in, lately.
func (h *Handler) changePasskey(w http.ResponseWriter, r *http.Request, do func(b identity.BrowserSession, id uuid.UUID) error) error {
	return h.changePasskeys(w, r, pathSecurity, func(b identity.BrowserSession) error {
		id, err := uuid.Parse(r.PostForm.Get("id"))
		if err != nil {
			return identity.ErrCredentialNotFound
		}
		return do(b, id)
	})
}

// setSecondStep says whether one of the passkeys is asked for after the password, and leads to the codes that stand for them if it is.
func (h *Handler) setSecondStep(w http.ResponseWriter, r *http.Request) error {
	on, next := r.PostForm.Get("second_step") == "on", pathSecurity
	if on {
		next = pathCodes
	}
	return h.changePasskeys(w, r, next, func(b identity.BrowserSession) error {
		return h.Domain.Passkeys.SetSecondStep(r.Context(), b, on)
	})
}

// changePasskeys does something about the passkeys of who is signed in, lately, and goes on to a path.
func (h *Handler) changePasskeys(w http.ResponseWriter, r *http.Request, next string, do func(b identity.BrowserSession) error) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToSecurity, true)
	if err != nil || b == nil {
		return err
	}
	err = do(*b)
	e := identity.AsError(err)
	switch {
	case err == nil:
		h.redirect(w, r, next)
		return nil
	case errors.Is(err, identity.ErrSessionNotFound): // it ended, or its level was not enough, since the page was asked for
		return h.requireFresh(w, r, identity.ReturnToSecurity)
	case errors.Is(err, identity.ErrCredentialNotFound):
		return h.renderSecurity(w, r, http.StatusNotFound, *b, refusal(e))
	case errors.Is(err, identity.ErrLastCredential):
		return h.renderSecurity(w, r, http.StatusConflict, *b, refusal(e))
	case e.Kind == identity.Invalid:
		return h.renderSecurity(w, r, http.StatusBadRequest, *b, refusal(e))
	}
	return err
}

// newPasskeyPages are the page that adds a passkey or a security key, and its form.
func (h *Handler) newPasskeyPages(kind identity.CredentialKind) formPage {
	show := func(w http.ResponseWriter, r *http.Request) error {
		pc, here, err := h.loadPasskey(w, r, kind)
		if err != nil || !here {
			return err
		}
		return h.renderPasskey(w, r, http.StatusOK, pc, kind, nil)
	}
	add := func(w http.ResponseWriter, r *http.Request) error {
		pc, here, err := h.loadPasskey(w, r, kind)
		if err != nil || !here {
			return err
		}
		return h.addPasskey(w, r, pc, kind)
	}
	return formPage{h.withPasskeys(show), h.withPasskeys(add)}
}

func (h *Handler) addPasskey(w http.ResponseWriter, r *http.Request, pc pageContext, kind identity.CredentialKind) error {
	asked := pc.browser.User.SecondFactor()
	started, err := h.Domain.Passkeys.Add(r.Context(), *pc.browser, kind, h.passkeyAnswer(r), h.Device.Get(r))
	e := identity.AsError(err)
	switch {
	case err == nil:
		h.setCookies(w, started)
		if !asked && started.User.SecondFactor() {
			return h.takeCodes(w, r, pc, started.User)
		}
		return h.leaveEnrolment(w, r, pc)
	case errors.Is(err, identity.ErrSessionNotFound):
		return h.leaveEnrolment(w, r, pc)
	case e.Kind == identity.Unauthenticated:
		return h.renderPasskey(w, r, http.StatusUnauthorized, pc, kind, refusal(e))
	case e.Kind == identity.Conflict:
		return h.renderPasskey(w, r, http.StatusConflict, pc, kind, refusal(e))
	}
	return err
}

// loadPasskey is loadInteraction for the page that adds a passkey or a security key: a client demands it, or the person comes by
// themselves.
func (h *Handler) loadPasskey(w http.ResponseWriter, r *http.Request, kind identity.CredentialKind) (pageContext, bool, error) {
	pc, here, err := h.loadInteraction(w, r, identity.StepEnrol, identity.StepOffer)
	path := identity.ReturnToPasskey
	if kind == identity.CredentialSecurityKey {
		path = identity.ReturnToKey
		here = here && !(err == nil && h.onlyPasskey(w, r, pc))
	}
	if err != nil || !here || pc.interaction != nil {
		return pc, here, err
	}
	pc.browser, err = h.secureBrowser(w, r, path, true)
	return pc, err == nil && pc.browser != nil, err
}

// onlyPasskey leads to the page that adds a passkey where nothing else will do.
func (h *Handler) onlyPasskey(w http.ResponseWriter, r *http.Request, pc pageContext) bool {
	if pc.interaction == nil || !h.Domain.Interactions.EnrolsPasskey(*pc.interaction, pc.browser) {
		return false
	}
	h.redirect(w, r, link(pathPasskey, pc.interaction.Handle))
	return true
}

func (h *Handler) renderPasskey(
	w http.ResponseWriter, r *http.Request, status int, pc pageContext, kind identity.CredentialKind, problem *phrase,
) error {
	ceremony, err := h.Domain.Passkeys.New(r.Context(), *pc.browser, kind)
	if err != nil {
		return err
	}
	p := passkeyPage{
		form: pc.form(pathPasskey), Ceremony: ceremony, Client: pc.clientName(), Required: pc.step == identity.StepEnrol,
		Key: kind == identity.CredentialSecurityKey, Username: pc.browser.User.Username, Home: pc.unenrolled(), Problem: problem,
	}
	title := say("Add a passkey")
	if p.Key {
		p.form, title = pc.form(pathKey), say("Add a security key")
	}
	if pc.step == identity.StepEnrol && !h.Domain.Interactions.EnrolsPasskey(*pc.interaction, pc.browser) {
		p.Other = link(pathTOTP, pc.interaction.Handle)
		if p.Key {
			p.Passkey = link(pathPasskey, pc.interaction.Handle)
		}
	}
	h.render(w, r, status, page{
		template: "passkey.html", title: title, returnTo: pc.returnTo(), script: better, passkeys: true, data: p,
	})
	return nil
}
