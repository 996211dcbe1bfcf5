package web

import (
	"net/http"
	"time"

	"github.com/authly/authly/identity"
)

// secondPage is the data of second.html and recovery.html.
type secondPage struct {
	form
	Client   string // name of the client, or empty
	Username string
	App      bool         // the user has an authenticator app
	Key      bool         // and a security key
	Keys     bool         // the user is asked for one of the passkeys or security keys
	Passkey  *passkeyForm // for both, passkeys and security keys
	Other    string       // the page of the other kind of code
	Codes    bool         // the user is asked for the step, which recovery codes stand for
	Trust    int          // for how many days the browser can spare the step; 0 = it cannot
	Problem  *phrase
}

func (h *Handler) showSecondStep(w http.ResponseWriter, r *http.Request) error {
	return h.secondStep(w, r, h.renderSecondStep)
}

func (h *Handler) showRecoveryCode(w http.ResponseWriter, r *http.Request) error {
	return h.secondStep(w, r, h.renderRecoveryCode)
}

func (h *Handler) proveSecondFactor(w http.ResponseWriter, r *http.Request) error {
	if r.PostForm.Has("credential") {
		return h.prove(w, r, identity.SecondStep{
			Kind: identity.CredentialPasskey, Passkey: h.passkeyAnswer(r), Trust: r.PostForm.Get("trust_browser") != "",
		}, h.renderSecondStep)
	}
	return h.prove(w, r, identity.SecondStep{
		Code: r.PostForm.Get("code"), Trust: r.PostForm.Get("trust_browser") != "",
	}, h.renderSecondStep)
}

func (h *Handler) proveRecoveryCode(w http.ResponseWriter, r *http.Request) error {
	return h.prove(w, r, identity.SecondStep{
		Code: r.PostForm.Get("recovery_code"), Kind: identity.CredentialRecoveryCode,
	}, h.renderRecoveryCode)
}

// renderStep shows a page of the second step.
type renderStep func(w http.ResponseWriter, r *http.Request, status int, pc pageContext, problem *phrase) error

func (h *Handler) secondStep(w http.ResponseWriter, r *http.Request, render renderStep) error {
	pc, here, err := h.loadSecondStep(w, r)
	if err != nil || !here {
		return err
	}
	return render(w, r, http.StatusOK, pc, nil)
}

func (h *Handler) prove(w http.ResponseWriter, r *http.Request, step identity.SecondStep, again renderStep) error {
	pc, here, err := h.loadSecondStep(w, r)
	if err != nil || !here {
		return err
	}
	pending := pc.interaction.Pending != nil
	step.Cookie, step.Device = h.Cookie.Get(r), h.Device.Get(r)
	started, err := h.Domain.SignIn.SecondFactor(r.Context(), *pc.interaction, pc.browser, step)
	if err != nil {
		status, problem, ok := formProblem(w, err)
		if !ok {
			return err
		}
		return again(w, r, status, pc, problem)
	}
	h.setCookies(w, started)
	pc.browser = &identity.BrowserSession{Session: started.Session, User: started.User}
	if pending {
		h.Pending.Clear(w)
		pc.interaction.Pending = nil
		*pc.interaction, err = h.Domain.Interactions.SignedIn(r.Context(), *pc.interaction, *pc.browser)
		if err != nil {
			return err
		}
	}
	return h.resumeSignedIn(w, r, pc)
}

// loadSecondStep is loadInteraction for a page that is of no use without an interaction.
func (h *Handler) loadSecondStep(w http.ResponseWriter, r *http.Request) (pageContext, bool, error) {
	pc, here, err := h.loadInteraction(w, r, identity.StepSecondFactor)
	if err == nil && here && pc.interaction == nil {
		h.redirect(w, r, pathLogin)
		return pageContext{}, false, nil
	}
	return pc, here, err
}

func (h *Handler) renderSecondStep(w http.ResponseWriter, r *http.Request, status int, pc pageContext, problem *phrase) error {
	p := h.trustable(pc.second(pathSecond, pathRecovery, problem))
	browser := ""
	if h.Domain.Passkeys.Enabled() {
		browser = h.anonymous(w, r)
	}
	ceremony, err := h.Domain.SignIn.SecondPasskeyRequest(r.Context(), *pc.interaction, pc.user(), browser)
	if err != nil {
		return err
	}
	if ceremony != nil {
		p.Passkey = &passkeyForm{Ceremony: *ceremony, Key: p.Key}
		if p.Codes && !p.App {
			p.Passkey.Trust = p.Trust
		}
	}
	h.render(w, r, status, page{
		template: "second.html", title: say("Confirm that it is you"), returnTo: pc.returnTo(), script: better,
		passkeys: ceremony != nil, data: p,
	})
	return nil
}

func (h *Handler) renderRecoveryCode(w http.ResponseWriter, r *http.Request, status int, pc pageContext, problem *phrase) error {
	h.render(w, r, status, page{
		template: "recovery.html", title: say("Use a recovery code"), returnTo: pc.returnTo(), script: better,
		data: pc.second(pathRecovery, pathSecond, problem),
	})
	return nil
}

// trustable offers to spare the step on this browser.
func (h *Handler) trustable(p secondPage) secondPage {
	p.Trust = int((h.Domain.Settings.Get().TrustBrowser + 24*time.Hour - 1) / (24 * time.Hour))
	return p
}

// second is the data of a page of the second step.
func (pc pageContext) second(path, other string, problem *phrase) secondPage {
	user := pc.user()
	needsPasskey := user.Passkey && pc.interaction.NeedsPasskey()
	return secondPage{
		form: pc.form(path), Client: pc.clientName(), Username: user.Username,
		App: user.App && !needsPasskey, Key: user.SecurityKey && !needsPasskey,
		Keys:  (user.SecurityKey || user.SecondStep) && !needsPasskey,
		Codes: user.SecondFactor() && !needsPasskey,
		Other: link(other, pc.interaction.Handle), Problem: problem,
	}
}

// user is whose second factor is asked for.
func (pc pageContext) user() identity.User {
	if pc.interaction.Pending != nil {
		return pc.interaction.Pending.User
	}
	return pc.browser.User
}

// awaitSecondFactor leads from the first factor to the page of the second. What was proven is carried by the browser, for
// this interaction alone; a sign-in that belongs to none becomes one that leads to the home page.
func (h *Handler) awaitSecondFactor(w http.ResponseWriter, r *http.Request, pc pageContext, pending identity.PendingSignIn) error {
	if pc.interaction == nil {
		i, err := h.Domain.Interactions.Seal(h.Domain.Interactions.NewAccount(identity.ReturnToHome))
		if err != nil {
			return err
		}
		pc.interaction = &i
	}
	h.Pending.Set(w, h.Domain.SignIn.SealPending(*pc.interaction, pending), h.Domain.Source.Now().Add(identity.PendingFor))
	h.RedirectTo(w, r, identity.StepSecondFactor, *pc.interaction)
	return nil
}

// Load opens the handle of an interaction, with what the browser has proven for it.
func (h *Handler) Load(r *http.Request, handle string) (identity.Interaction, error) {
	i, err := h.Domain.Interactions.Load(r.Context(), handle)
	if err != nil {
		return identity.Interaction{}, err
	}
	readerOf(r).about(i)
	i.DeclinedPasskey = h.Offer.Get(r)
	i.Link = h.Domain.SignIn.OpenLink(i, h.Anonymous.Get(r))
	i.Pending, err = h.Domain.SignIn.OpenPending(r.Context(), i, h.Pending.Get(r))
	if i.Pending != nil {
		readerOf(r).locale = i.Pending.User.Claims.Locale
	}
	i.Client = h.inLanguage(r, i.Client)
	return i, err
}
