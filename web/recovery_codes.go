package web

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/authly/authly/identity"
)

// codesPage is the data of codes.html.
type codesPage struct {
	form
	Username string
	Codes    []string
	Sealed   string // the same, for the forms
	Download string
	Replaces bool // there are some already
	Problem  *phrase
}

func (h *Handler) showCodes(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadCodes(w, r)
	if err != nil || !here {
		return err
	}
	return h.renderCodes(w, r, http.StatusOK, pc, h.Domain.SecondFactors.NewRecoveryCodes(*pc.browser), nil)
}

// keepCodes makes the codes of a page those of the person, who has said that they are kept.
func (h *Handler) keepCodes(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadCodes(w, r)
	if err != nil || !here {
		return err
	}
	sealed := r.PostForm.Get("codes")
	if r.PostForm.Get("skip") != "" {
		return h.leaveEnrolment(w, r, pc)
	}
	if r.PostForm.Get("saved") == "" {
		set, err := h.Domain.SecondFactors.RecoveryCodes(*pc.browser, sealed)
		if err != nil {
			set = h.Domain.SecondFactors.NewRecoveryCodes(*pc.browser)
		}
		return h.renderCodes(w, r, http.StatusBadRequest, pc, set, say("Save the codes first, and then say so."))
	}
	err = h.Domain.SecondFactors.KeepRecoveryCodes(r.Context(), *pc.browser, sealed)
	switch {
	case errors.Is(err, identity.ErrInvalidCode): // the page is too old, or the session another one
		set := h.Domain.SecondFactors.NewRecoveryCodes(*pc.browser)
		return h.renderCodes(w, r, http.StatusUnauthorized, pc, set, say("Those codes cannot be used any more. Save these."))
	case errors.Is(err, identity.ErrSessionNotFound):
		return h.requireFresh(w, r, identity.ReturnToCodes)
	case err != nil:
		return err
	}
	return h.leaveEnrolment(w, r, pc)
}

// downloadCodes returns the codes of a page as a file.
func (h *Handler) downloadCodes(w http.ResponseWriter, r *http.Request) error {
	pc, here, err := h.loadCodes(w, r)
	if err != nil || !here {
		return err
	}
	set, err := h.Domain.SecondFactors.RecoveryCodes(*pc.browser, r.PostForm.Get("codes"))
	if err != nil {
		h.redirect(w, r, pathCodes)
		return nil //nolint:nilerr // the page shows others
	}
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Content-Disposition", `attachment; filename="recovery-codes.txt"`)
	title := say("Recovery codes of %s at %s, each for one sign-in:", pc.browser.User.Username, h.host).plain(h.words(r))
	text := title + "\n\n" + strings.Join(set.Codes, "\n") + "\n"
	_, _ = io.WriteString(w, text) // the browser may have gone away
	return nil
}

// loadCodes returns who is signed in with both factors, lately. Codes are taken on the way from adding an app to where that
// was demanded, or by themselves.
func (h *Handler) loadCodes(w http.ResponseWriter, r *http.Request) (pageContext, bool, error) {
	b, err := h.secureBrowser(w, r, identity.ReturnToCodes, true)
	if err != nil || b == nil {
		return pageContext{}, false, err
	}
	pc := pageContext{browser: b}
	if handle := r.Form.Get(paramInteraction); handle != "" {
		i, err := h.Load(r, handle)
		if err != nil {
			return pageContext{}, false, err
		}
		pc.interaction = &i
	}
	if !b.User.SecondFactor() && !b.User.Passkey { // it was removed since the page was asked for
		return pageContext{}, false, h.leaveEnrolment(w, r, pc)
	}
	return pc, true, nil
}

func (h *Handler) renderCodes(
	w http.ResponseWriter, r *http.Request, status int, pc pageContext, set identity.RecoveryCodeSet, problem *phrase,
) error {
	state, err := h.Domain.SecondFactors.Of(r.Context(), pc.browser.User)
	if err != nil {
		return err
	}
	p := codesPage{
		form: pc.form(pathCodes), Username: pc.browser.User.Username, Codes: set.Codes, Sealed: set.Sealed, Download: pathDownload,
		Replaces: state.RecoveryCodes.Left > 0, Problem: problem,
	}
	if pc.interaction != nil {
		p.Download = link(pathDownload, pc.interaction.Handle)
	}
	h.render(w, r, status, page{
		template: "codes.html", title: say("Save your recovery codes"), returnTo: pc.returnTo(), script: better, data: p,
	})
	return nil
}
