package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/authly/authly/identity"
)

// recoverPage is the data of recover.html.
type recoverPage struct {
	form
	SignIn  string // where the person came from
	Sent    bool   // the answer to a name, whoever has it
	Asks    bool   // for a name: else nobody can ask for a message
	Passkey bool   // it is one that is lost
	Problem *phrase
}

// newPasswordPage is the data of recover_new.html.
type newPasswordPage struct {
	Action   string
	Token    string
	Username string
	Code     bool         // one is needed
	App      bool         // which an authenticator app shows
	Key      bool         // the user has a security key
	Step     bool         // or wants to be asked for a passkey
	Proof    *passkeyForm // by which a passkey or security key is used instead of the code
	Passkey  string       // where a passkey is added instead, or empty

	// What is wrong, for the page and for each field.
	Problem   *phrase
	New       *phrase
	Confirm   *phrase
	WrongCode *phrase
}

// FocusNew reports whether the new password is to be typed first.
func (p newPasswordPage) FocusNew() bool { return p.Confirm == nil && p.WrongCode == nil }

// forgot returns where a forgotten password is replaced, or "" when it cannot be.
func (h *Handler) forgot(pc pageContext) string {
	if !h.Domain.Recovery.Enabled() {
		return ""
	}
	return pc.form(pathRecover).Action
}

func (h *Handler) showRecover(w http.ResponseWriter, r *http.Request) error {
	return h.renderRecover(w, r, http.StatusOK, recoverPage{})
}

// requestRecovery answers the same to every name.
func (h *Handler) requestRecovery(w http.ResponseWriter, r *http.Request) error {
	login := saneLogin(strings.TrimSpace(r.PostForm.Get("login")))
	if err := h.Domain.Recovery.Request(r.Context(), login, h.Device.Get(r)); err != nil {
		status, problem, ok := formProblem(w, err)
		if !ok {
			return err
		}
		return h.renderRecover(w, r, status, recoverPage{Problem: problem})
	}
	return h.renderRecover(w, r, http.StatusOK, recoverPage{Sent: true})
}

func (h *Handler) renderRecover(w http.ResponseWriter, r *http.Request, status int, p recoverPage) error {
	var pc pageContext
	if r.Form.Has(paramInteraction) { // to which signing in goes on to belong
		i, err := h.Domain.Interactions.Load(r.Context(), r.Form.Get(paramInteraction))
		if err != nil {
			return err
		}
		readerOf(r).about(i)
		pc.interaction = &i
	}
	p.form, p.SignIn, p.Asks = pc.form(pathRecover), pc.form(pathLogin).Action, h.Domain.Recovery.Enabled()
	title := say("Forgot your password?")
	if p.Passkey = !h.Domain.Settings.Get().TakesPasswords(); p.Passkey {
		title = say("Lost your passkey, or none yet?")
	}
	h.render(w, r, status, page{template: "recover.html", title: title, script: better, data: p})
	return nil
}

// showNewPassword is what a mailed link opens. Whatever opens links by itself changes nothing.
func (h *Handler) showNewPassword(w http.ResponseWriter, r *http.Request) error {
	return h.renderNewPassword(w, r, http.StatusOK, newPasswordPage{})
}

func (h *Handler) replacePassword(w http.ResponseWriter, r *http.Request) error {
	next := r.PostForm.Get("new_password")
	attempt := identity.RecoveryAttempt{
		Token: r.PostForm.Get("token"), Next: next, Code: r.PostForm.Get("code"), Cookie: h.Cookie.Get(r), Device: h.Device.Get(r),
		Key: h.passkeyAnswer(r),
	}
	if next != r.PostForm.Get("confirm_password") {
		return h.renderNewPassword(w, r, http.StatusBadRequest, newPasswordPage{Confirm: notTheSame})
	}
	started, err := h.Domain.Recovery.Complete(r.Context(), attempt)
	e := identity.AsError(err)
	switch {
	case err == nil:
		h.setCookies(w, started)
		h.redirect(w, r, pathLogin)
		return nil
	case errors.Is(err, identity.ErrLinkInvalid):
		return h.renderRecover(w, r, http.StatusBadRequest, recoverPage{Problem: refusal(identity.ErrLinkInvalid)})
	case e.Kind == identity.Invalid && e.Code == identity.CodePasswordPolicy:
		return h.renderNewPassword(w, r, http.StatusBadRequest, newPasswordPage{New: refusal(e)})
	}
	status, problem, ok := formProblem(w, err)
	switch {
	case !ok:
		return err
	case errors.Is(err, identity.ErrInvalidCode):
		return h.renderNewPassword(w, r, status, newPasswordPage{WrongCode: problem})
	}
	return h.renderNewPassword(w, r, status, newPasswordPage{Problem: problem})
}

// renderNewPassword shows the form of a link, or the one to ask for another.
func (h *Handler) renderNewPassword(w http.ResponseWriter, r *http.Request, status int, p newPasswordPage) error {
	token := r.Form.Get("token")
	found, err := h.Domain.Recovery.Find(r.Context(), token)
	if errors.Is(err, identity.ErrLinkInvalid) {
		return h.renderRecover(w, r, http.StatusBadRequest, recoverPage{Problem: refusal(identity.ErrLinkInvalid)})
	}
	if err != nil {
		return err
	}
	if !found.Password {
		h.redirect(w, r, recoveryLink(pathRecoverPasskey, token))
		return nil
	}
	p.Action, p.Token, p.Username = pathRecoverNew, token, found.User.Username
	p.Code, p.App, p.Key, p.Step = found.PasswordCode, found.User.App, found.User.SecurityKey, found.User.SecondStep
	if p.Code && h.Domain.Passkeys.Enabled() {
		ceremony, err := h.Domain.Recovery.KeyRequest(r.Context(), token, h.anonymous(w, r))
		if err != nil {
			return err
		}
		if ceremony != nil {
			p.Proof = &passkeyForm{Ceremony: *ceremony, Key: p.Key}
		}
	}
	if found.Passkey {
		p.Passkey = recoveryLink(pathRecoverPasskey, token)
	}
	h.render(w, r, status, page{
		template: "recover_new.html", title: say("Choose a new password"), script: better, passkeys: p.Proof != nil, data: p,
	})
	return nil
}

// recoveryLink is a page of recovery, with the token of the link.
func recoveryLink(path, token string) string {
	return path + "?" + url.Values{"token": {token}}.Encode()
}

// recoverPasskeyPage is the data of recover_passkey.html.
type recoverPasskeyPage struct {
	identity.Ceremony
	Action   string
	Token    string
	Username string
	Code     bool   // one is needed
	App      bool   // which an authenticator app shows
	Key      bool   // false: it is a passkey that is added
	Owned    bool   // the user has a security key
	Step     bool   // or wants to be asked for a passkey
	Password string // where a password is chosen instead, or empty

	Problem   *phrase
	WrongCode *phrase
}

func (h *Handler) showRecoveryPasskey(w http.ResponseWriter, r *http.Request) error {
	return h.renderRecoveryPasskey(w, r, http.StatusOK, recoverPasskeyPage{})
}

// replaceByPasskey adds the passkey, with which the person signs in then.
func (h *Handler) replaceByPasskey(w http.ResponseWriter, r *http.Request) error {
	err := h.Domain.Recovery.AddPasskey(r.Context(), identity.RecoveryAttempt{
		Token: r.PostForm.Get("token"), Code: r.PostForm.Get("code"), Cookie: h.Cookie.Get(r), Device: h.Device.Get(r),
		Passkey: h.passkeyAnswer(r),
	})
	if err == nil {
		h.redirect(w, r, pathLogin+"?"+url.Values{paramAdded: {"passkey"}}.Encode())
		return nil
	}
	e := identity.AsError(err)
	status, problem, ok := formProblem(w, err)
	switch {
	case errors.Is(err, identity.ErrLinkInvalid):
		return h.renderRecover(w, r, http.StatusBadRequest, recoverPage{Problem: refusal(identity.ErrLinkInvalid)})
	case errors.Is(err, identity.ErrInvalidCode):
		return h.renderRecoveryPasskey(w, r, status, recoverPasskeyPage{WrongCode: problem})
	case ok:
		return h.renderRecoveryPasskey(w, r, status, recoverPasskeyPage{Problem: problem})
	case e.Kind == identity.Conflict:
		return h.renderRecoveryPasskey(w, r, http.StatusConflict, recoverPasskeyPage{Problem: refusal(e)})
	}
	return err
}

// renderRecoveryPasskey shows the form of a link, or the one to ask for another.
func (h *Handler) renderRecoveryPasskey(w http.ResponseWriter, r *http.Request, status int, p recoverPasskeyPage) error {
	token := r.Form.Get("token")
	found, err := h.Domain.Recovery.Find(r.Context(), token)
	if err == nil {
		p.Ceremony, err = h.Domain.Recovery.NewPasskey(r.Context(), token)
	}
	if errors.Is(err, identity.ErrLinkInvalid) {
		return h.renderRecover(w, r, http.StatusBadRequest, recoverPage{Problem: refusal(identity.ErrLinkInvalid)})
	}
	if err != nil {
		return err
	}
	p.Action, p.Token, p.Username = pathRecoverPasskey, token, found.User.Username
	p.Code, p.App, p.Owned, p.Step = found.PasskeyCode, found.User.App, found.User.SecurityKey, found.User.SecondStep
	if found.Password {
		p.Password = recoveryLink(pathRecoverNew, token)
	}
	h.render(w, r, status, page{
		template: "recover_passkey.html", title: say("Add a passkey"), script: better, passkeys: true, data: p,
	})
	return nil
}
