package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/authly/authly/identity"
)

// registerAccountPage is the data of register_account.html.
type registerAccountPage struct {
	form
	Client     string // name of the client, or empty
	Email      string
	Username   string
	GivenName  string
	FamilyName string
	Attributes []profileField
	Wrong      map[string]*phrase // what is wrong with each field, by its name
	Problem    *phrase

	Password bool   // one is taken
	Terms    string // version of the terms to accept, or empty
	TermsURL string // where they stand, or empty
	Accepted bool

	// What is wrong with the new password, as "newPassword" has it.
	New, Confirm *phrase
}

// FocusNew reports whether the new password is to be typed first.
func (p registerAccountPage) FocusNew() bool { return p.New != nil && len(p.Wrong) == 0 }

func (h *Handler) showRegisterAccount(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.registering(w, r)
	if err != nil || !here {
		return err
	}
	return h.renderRegisterAccount(w, r, http.StatusOK, pc, registerAccountPage{})
}

func (h *Handler) makeAccount(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.registering(w, r)
	if err != nil || !here {
		return err
	}
	attributes, err := h.postedAttributes(r)
	if err != nil {
		return err
	}
	account := identity.NewAccount{
		Registration: h.Registration.Get(r), Username: r.PostForm.Get("username"), Password: r.PostForm.Get("new_password"),
		GivenName: r.PostForm.Get("given_name"), FamilyName: r.PostForm.Get("family_name"), Attributes: attributes,
		Terms:     r.PostForm.Get("terms"),
		Confirmed: r.PostForm.Get("new_password") == r.PostForm.Get("confirm_password"),
		Cookie:    h.Cookie.Get(r), Device: h.Device.Get(r), Locale: h.words(r).Code,
	}
	started, err := h.Domain.Registrations.Complete(r.Context(), account)
	if err != nil {
		return h.refuseAccount(w, r, pc, err)
	}
	h.Registration.Clear(w)
	h.setCookies(w, started)
	pc.browser = &identity.BrowserSession{Session: started.Session, User: started.User}
	if pc.interaction != nil {
		if *pc.interaction, err = h.Domain.Interactions.SignedIn(r.Context(), *pc.interaction, *pc.browser); err != nil {
			return err
		}
	}
	if pc.interaction == nil && started.User.Password.Hash == "" { // nothing to sign in with yet
		h.redirect(w, r, pathPasskey)
		return nil
	}
	return h.resumeSignedIn(w, r, pc)
}

// postedAttributes reads the fields of the attributes.
func (h *Handler) postedAttributes(r *http.Request) (identity.AttributeValues, error) {
	definitions, err := h.Domain.Registrations.AccountAttributes(r.Context())
	if err != nil {
		return nil, err
	}
	values := identity.AttributeValues{}
	for _, d := range definitions {
		lines := []string{r.PostForm.Get(attributeID(d))}
		if d.Type == identity.AttributeStringList {
			lines = strings.Split(lines[0], "\n")
		}
		for _, line := range lines {
			if line = strings.TrimSpace(line); line != "" {
				values[d.Name] = append(values[d.Name], line)
			}
		}
	}
	return values, nil
}

// refuseAccount shows the form again with all that is wrong, what was typed included.
func (h *Handler) refuseAccount(w http.ResponseWriter, r *http.Request, pc pageContext, err error) error {
	p := registerAccountPage{
		Username: saneLogin(r.PostForm.Get("username")), GivenName: saneLogin(r.PostForm.Get("given_name")),
		FamilyName: saneLogin(r.PostForm.Get("family_name")), Wrong: map[string]*phrase{},
	}
	if errors.Is(err, identity.ErrRegistrationNotFound) {
		return h.renderRegisterCode(w, r, http.StatusBadRequest, pc, registerCodePage{Problem: refusal(identity.ErrRegistrationNotFound)})
	}
	if errors.Is(err, identity.ErrInvitationInvalid) || errors.Is(err, identity.ErrRegistrationClosed) {
		return h.refuseRegistration(w, r, pc, err)
	}
	if status, problem, ok := formProblem(w, err); ok {
		p.Problem = problem
		return h.renderRegisterAccount(w, r, status, pc, p)
	}
	for _, e := range identity.AllErrors(err) {
		switch {
		case e.Kind != identity.Invalid && e.Kind != identity.Conflict:
			return err
		case e.Field == "confirm_password":
			p.Confirm = notTheSame
		case e.Code == identity.CodeTermsNotAccepted:
			p.Wrong["terms"] = say("Accept the terms to make an account.")
		case e.Code == identity.CodePasswordPolicy:
			p.New = refusal(e)
		case e.Code == identity.CodeDuplicateEmail:
			p.Problem = say("There is an account with this address already. Sign in with it instead.")
		case e.Code == identity.CodeDuplicateUsername: // also when somebody was faster
			p.Wrong["username"] = say("Is taken: choose another one.")
		default:
			p.Wrong[e.Field] = refusal(e)
		}
	}
	return h.renderRegisterAccount(w, r, http.StatusBadRequest, pc, p)
}

func (h *Handler) renderRegisterAccount(w http.ResponseWriter, r *http.Request, status int, pc pageContext, p registerAccountPage) error {
	registration, err := h.Domain.Registrations.Find(r.Context(), h.Registration.Get(r))
	if err == nil && registration.ProvenAt == nil || errors.Is(err, identity.ErrRegistrationNotFound) {
		h.redirect(w, r, registrationForm(r, pc, pathRegisterCode).Action)
		return nil
	}
	if err != nil {
		return err
	}
	definitions, err := h.Domain.Registrations.AccountAttributes(r.Context())
	if err != nil {
		return err
	}
	for _, d := range definitions {
		field := attributeField(identity.OwnAttribute{AttributeDefinition: d})
		field.Required = true
		if value := r.PostForm.Get(field.ID); identity.CheckText("value", value, 4096, true) == nil {
			field.Value = value
		}
		for name, wrong := range p.Wrong {
			if name == identity.AttributePath(d.Name) || strings.HasPrefix(name, identity.AttributePath(d.Name)+"[") {
				field.Wrong = wrong
			}
		}
		p.Attributes = append(p.Attributes, field)
	}
	settings := h.Domain.Settings.Get()
	p.Terms, p.TermsURL = settings.TermsVersion, settings.TermsURL
	p.Accepted = p.Terms != "" && r.PostForm.Get("terms") == p.Terms
	p.Password = settings.TakesPasswords()
	p.form, p.Client, p.Email = registrationForm(r, pc, pathRegisterAccount), pc.clientName(), registration.Email
	h.render(w, r, status, page{
		template: "register_account.html", title: say("Make an account"), returnTo: pc.returnTo(), script: better, data: p,
	})
	return nil
}
