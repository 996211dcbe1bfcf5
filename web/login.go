package web

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/authly/authly/identity"
)

// maxLogin is the longest username or e-mail address that is looked at, in bytes. The domain bounds passwords.
const maxLogin = 254

// loginPage is the data of login.html.
type loginPage struct {
	form
	Client   string // name of the client, or empty
	Again    bool   // somebody is signed in, or the client wants a new sign-in
	Other    string // username of who is signed in when the client asks for somebody else
	Username string // what to fill in
	Forgot   string // where a forgotten password is replaced, or empty
	Passkey  *passkeyForm
	Register string // where an account is made, or empty
	Code     string // where a code is asked for, or empty
	Proven   bool   // a mailed code was typed a moment ago
	Added    bool   // a passkey was added a moment ago
	Password bool   // one is taken
	Problem  *phrase

	Providers []providerLink
	Withheld  []string              // names of those that cannot say how old a sign-in is, which is asked for
	Connect   *identity.PendingLink // who is to be connected with the account; nil = nobody
}

// startPage is the data of start.html.
type startPage struct {
	Name    string // who is signed in, or empty
	Account string
}

// showStart is what the bare address of the server shows.
func (h *Handler) showStart(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Browser(r)
	if err != nil {
		return err
	}
	p := startPage{Account: pathAccount}
	if b != nil {
		p.Name = b.User.DisplayName()
	}
	h.render(w, r, http.StatusOK, page{template: "start.html", title: say("Your account"), data: p})
	return nil
}

func (h *Handler) showLogin(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadInteraction(w, r, identity.StepFirstFactor, identity.StepRegister)
	if err != nil || !here {
		return err
	}
	if pc.interaction == nil && pc.browser != nil {
		h.redirect(w, r, pathAccount)
		return nil
	}
	if pc.browser == nil && h.Cookie.Get(r) != "" { // that session is over
		h.ForgetBrowser(w)
		if done, err := h.passOn(w, r, r.URL.RequestURI()); done || err != nil {
			return err
		}
	}
	hint := ""
	if pc.interaction != nil {
		hint = saneLogin(pc.interaction.Params.LoginHint)
	}
	return h.renderLogin(w, r, http.StatusOK, pc, loginPage{Username: hint, Added: r.Form.Get(paramAdded) == "passkey"})
}

func (h *Handler) renderLogin(w http.ResponseWriter, r *http.Request, status int, pc pageContext, p loginPage) (err error) {
	if p.Passkey, err = h.requestPasskey(w, r, pc, p.Passkey); err != nil {
		return err
	}
	if err = h.addProviders(r, pc, &p); err != nil {
		return err
	}
	p.Code = h.mailsCodes(pc, status == http.StatusTooManyRequests)
	p.Password = h.Domain.Settings.Get().TakesPasswords()
	if p.Passkey != nil && !p.Password && p.Code == "" {
		p.Passkey.Autofill = false // there is no field to fill in
	}
	p.form, p.Client, p.Forgot, p.Register = pc.form(pathLogin), pc.clientName(), h.forgot(pc), h.register(pc)
	if pc.interaction != nil {
		params := pc.interaction.Params
		p.Connect = pc.interaction.Link
		p.Again = pc.browser != nil || slices.Contains(params.Prompt, "login")
		if pc.browser != nil && params.HintSubject != "" && params.HintSubject != pc.browser.User.ID.String() {
			p.Other = pc.browser.User.Username
		} else if pc.browser != nil && p.Username == "" {
			p.Username = pc.browser.User.Username // who most likely signs in again
		}
	}
	h.render(w, r, status, page{
		template: "login.html", title: say("Sign in"), returnTo: pc.returnTo(), script: better, passkeys: p.Passkey != nil, data: p,
	})
	return nil
}

func (h *Handler) signIn(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadInteraction(w, r, identity.StepFirstFactor, identity.StepRegister)
	if err != nil || !here {
		return err
	}
	if r.PostForm.Has("credential") {
		return h.signInWithPasskey(w, r, pc)
	}
	login := saneLogin(strings.TrimSpace(r.PostForm.Get("username")))
	attempt := identity.SignInAttempt{
		Login: login, Password: r.PostForm.Get("password"), Cookie: h.Cookie.Get(r), Device: h.Device.Get(r),
	}
	if pc.interaction != nil {
		attempt.ClientID = pc.interaction.Client.ID
	}
	started, err := h.Domain.SignIn.Password(r.Context(), attempt)
	if err != nil {
		status, problem, ok := formProblem(w, err)
		if !ok {
			return err
		}
		return h.renderLogin(w, r, status, pc, loginPage{Username: login, Problem: problem})
	}
	if started.Pending != nil {
		return h.awaitSecondFactor(w, r, pc, *started.Pending)
	}
	return h.goOn(w, r, pc, started)
}

// goOn leads on whoever has signed in.
func (h *Handler) goOn(w http.ResponseWriter, r *http.Request, pc pageContext, started identity.NewSession) (err error) {
	h.setCookies(w, started)
	pc.browser = &identity.BrowserSession{Session: started.Session, User: started.User}
	if pc.interaction != nil {
		*pc.interaction, err = h.Domain.Interactions.SignedIn(r.Context(), *pc.interaction, *pc.browser)
		if err != nil {
			return err
		}
	}
	return h.resumeSignedIn(w, r, pc)
}

// resumeSignedIn is resume after somebody has signed in, perhaps in the place of somebody else.
func (h *Handler) resumeSignedIn(w http.ResponseWriter, r *http.Request, pc pageContext) error {
	path, err := h.resumption(r, pc)
	if err != nil {
		return err
	}
	if done, err := h.passOn(w, r, path); done || err != nil {
		return err
	}
	h.redirect(w, r, path)
	return nil
}

// setCookies sends the cookies of a session that has begun or goes on under a new secret.
func (h *Handler) setCookies(w http.ResponseWriter, started identity.NewSession) {
	h.Cookie.Set(w, started.Secret, started.Session.MaxExpiresAt)
	h.showState(w, started.Session.ID)
	h.setDevice(w, started)
}

// setDevice sends the cookie by which a browser is known that was not.
func (h *Handler) setDevice(w http.ResponseWriter, started identity.NewSession) {
	if started.Device == "" {
		return
	}
	h.Device.Set(w, started.Device, h.Domain.Source.Now().Add(identity.DeviceKnownFor))
}

// saneLogin returns the text if it can be a username or an e-mail address and is safe to show and to look up; else "".
func saneLogin(text string) string {
	if len(text) > maxLogin || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return ""
	}
	return text
}
