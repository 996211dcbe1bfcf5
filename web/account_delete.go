package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/authly/authly/identity"
)

// deletionPage is the data of delete.html.
type deletionPage struct {
	Action   string
	Username string
	Home     string
	Wrong    *phrase // about the username
	Problem  *phrase
}

// loadDeletion returns who is signed in, lately, and may delete their account. When nobody is, the answer was written.
func (h *Handler) loadDeletion(w http.ResponseWriter, r *http.Request) (*identity.BrowserSession, error) {
	if !h.Domain.Accounts.MayDelete() {
		h.NotFound(w, r)
		return nil, nil
	}
	return h.secureBrowser(w, r, identity.ReturnToDelete, true)
}

func (h *Handler) showDeletion(w http.ResponseWriter, r *http.Request) error {
	b, err := h.loadDeletion(w, r)
	if err != nil || b == nil {
		return err
	}
	h.renderDeletion(w, r, http.StatusOK, *b, deletionPage{})
	return nil
}

func (h *Handler) renderDeletion(w http.ResponseWriter, r *http.Request, status int, b identity.BrowserSession, p deletionPage) {
	p.Action, p.Username, p.Home = pathDelete, b.User.Username, pathAccount
	h.render(w, r, status, page{template: "delete.html", title: say("Delete your account"), account: pathDelete, script: better, data: p})
}

func (h *Handler) deleteAccount(w http.ResponseWriter, r *http.Request) error {
	b, err := h.loadDeletion(w, r)
	if err != nil || b == nil {
		return err
	}
	if strings.TrimSpace(r.PostForm.Get("confirm_username")) != b.User.Username {
		h.renderDeletion(w, r, http.StatusBadRequest, *b, deletionPage{Wrong: say("This is not your username.")})
		return nil
	}
	out := identity.SignedOut{SessionID: b.Session.ID, At: h.Domain.Source.Now()}
	clients, err := h.Domain.Sessions.SignedOutClients(r.Context(), out) // afterwards nobody knows them
	if err != nil {
		return err
	}
	err = h.Domain.Accounts.Delete(r.Context(), *b)
	switch {
	case errors.Is(err, identity.ErrSessionNotFound): // it ended since the page was asked for
		return h.requireFresh(w, r, identity.ReturnToDelete)
	case errors.Is(err, identity.ErrLastAdmin):
		h.renderDeletion(w, r, http.StatusConflict, *b, deletionPage{
			Problem: say("You are the last administrator of this server. Make somebody else one first."),
		})
		return nil
	case err != nil:
		return err
	}
	h.ForgetBrowser(w)
	t, err := h.tell(r, out, clients, nil)
	if err != nil {
		return err
	}
	h.render(w, r, http.StatusOK, t.page("deleted.html", say("Your account was deleted"), t))
	return nil
}
