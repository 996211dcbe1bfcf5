package web

import (
	"net/http"
	"time"

	"github.com/authly/authly/identity"
)

// offerPage is the data of enrol.html.
type offerPage struct {
	form
	Client  string     // name of the application that waits
	Due     *time.Time // when a second factor is needed; nil: it is not
	Passkey string     // where a passkey is added, or empty
	App     string     // where an authenticator app is added, or empty
	Key     string     // where a security key is, or empty
}

// passkeyDeclinedFor is how long a browser remembers who has declined a passkey.
const passkeyDeclinedFor = 30 * 24 * time.Hour

// unenrolled is where somebody goes who adds nothing after all.
func (pc pageContext) unenrolled() string {
	if pc.step == identity.StepOffer {
		return link(pathEnrol, pc.interaction.Handle)
	}
	return pathSecurity
}

// loadOffer is loadInteraction for a page that is of no use without an interaction.
func (h *Handler) loadOffer(w http.ResponseWriter, r *http.Request) (pageContext, bool, error) {
	pc, here, err := h.loadInteraction(w, r, identity.StepOffer)
	if err == nil && here && pc.interaction == nil {
		h.redirect(w, r, pathSecurity)
		return pageContext{}, false, nil
	}
	return pc, here, err
}

func (h *Handler) showOffer(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadOffer(w, r)
	if err != nil || !here {
		return err
	}
	user, p := pc.browser.User, offerPage{form: pc.form(pathEnrol), Client: pc.clientName()}
	if h.Domain.Passkeys.Enabled() {
		p.Passkey = link(pathPasskey, pc.interaction.Handle)
	}
	if !user.SecondFactor() && user.SecondFactorDueAt != nil {
		p.Due, p.App = user.SecondFactorDueAt, link(pathTOTP, pc.interaction.Handle)
		if h.Domain.Passkeys.Enabled() {
			p.Key = link(pathKey, pc.interaction.Handle)
		}
	}
	h.render(w, r, http.StatusOK, page{
		template: "enrol.html", title: say("Make your sign-in safer"), returnTo: pc.returnTo(), script: better, data: p,
	})
	return nil
}

// declineOffer goes on without. A passkey is not offered again in this browser for a month.
func (h *Handler) declineOffer(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadOffer(w, r)
	if err != nil || !here {
		return err
	}
	h.Offer.Set(w, pc.browser.User.ID.String(), h.Domain.Source.Now().Add(passkeyDeclinedFor))
	pc.interaction.Declined = true
	return h.seal(w, r, pc, *pc.interaction)
}
