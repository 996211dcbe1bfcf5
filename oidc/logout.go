package oidc

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/parameters"
	"github.com/authly/authly/oauth"
)

// logoutRequest is a checked request of RP-Initiated Logout 1.0 §2.
type logoutRequest struct {
	client    identity.Client // zero when nobody was named
	redirect  string          // proven, or empty
	state     string
	sessionID string // sid of a valid hint
	subject   string // sub of a valid hint
}

// handleLogout signs a person out. Without a valid id_token_hint for the signed-in session it asks first, because a
// link must not be able to sign anybody out (RP-Initiated Logout §6).
func (h *Handler) handleLogout(w http.ResponseWriter, r *http.Request) {
	if err := parameters.Read(r); err != nil {
		h.refuseLogout(w, r, identity.Client{}, badLogout(identity.RuleReadable, err.Error()))
		return
	}
	params := r.Form
	request, err := h.checkLogout(r, params)
	if err != nil {
		h.refuseLogout(w, r, request.client, err)
		return
	}
	if r.Method == http.MethodPost && !sameOrigin(r) {
		// From another site a browser posts without our cookie, but sends it with the navigation that follows. A confirmation
		// never comes from there.
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, LogoutPath+"?"+carried(params).Encode(), http.StatusSeeOther)
		return
	}
	browser, err := h.Pages.Browser(r)
	if err != nil {
		h.Pages.Error(w, r, err)
		return
	}
	if browser != nil {
		confirmed := r.Method == http.MethodPost && r.PostForm.Get("confirmed") == "yes"
		hinted := request.subject == browser.User.ID.String() && (request.sessionID == "" || request.sessionID == browser.Session.ID.String())
		if !confirmed && !hinted {
			h.confirm(w, r, request, params)
			return
		}
		if err := h.Domain.Sessions.SignOut(r.Context(), *browser); err != nil {
			h.Pages.Error(w, r, err)
			return
		}
	} else if request.subject != "" {
		// The client itself may call, without the browser: its hint names the session. With the cookie of another session the
		// person was asked above, and only that one ends.
		if err := h.Domain.Sessions.SignOutHinted(r.Context(), request.sessionID, request.subject); err != nil {
			h.Pages.Error(w, r, err)
			return
		}
	}
	h.Pages.SignedOut(w, r, withState(request.redirect, request.state))
}

func withState(uri, state string) string {
	if uri == "" || state == "" {
		return uri
	}
	return oauth.AppendQuery(uri, url.Values{"state": {state}})
}

// sameOrigin reports whether the browser says that the post comes from our own page.
func sameOrigin(r *http.Request) bool {
	return new(http.CrossOriginProtection).Check(r) == nil
}

func (h *Handler) confirm(w http.ResponseWriter, r *http.Request, request logoutRequest, params url.Values) {
	hidden := carried(params)
	hidden.Set("confirmed", "yes")
	h.Pages.ConfirmLogout(w, r, LogoutPath, request.client.Metadata.Name, request.redirect, hidden)
}

// logoutParams are the parameters of RP-Initiated Logout 1.0 §2 that Authly knows.
var logoutParams = []string{"id_token_hint", "client_id", "post_logout_redirect_uri", "state"}

// carried returns what a request takes along to the next step.
func carried(params url.Values) url.Values {
	out := url.Values{}
	for _, name := range logoutParams {
		if params.Has(name) {
			out.Set(name, params.Get(name))
		}
	}
	return out
}

// checkLogout proves where the browser may be sent afterwards: a URI registered for the client that the hint or
// client_id names.
func (h *Handler) checkLogout(r *http.Request, params url.Values) (logoutRequest, error) {
	for _, name := range logoutParams {
		if len(params[name]) > 1 {
			return logoutRequest{}, badLogout(identity.RuleOnce, "The parameter "+name+" is repeated.")
		}
	}
	request := logoutRequest{state: params.Get("state")}
	clientID := params.Get("client_id")
	if hint := params.Get("id_token_hint"); hint != "" {
		claims, err := readHint(r.Context(), h.Domain.ClientTokens, hint)
		if errors.Is(err, identity.ErrInvalidToken) {
			return logoutRequest{}, badLogout(identity.RuleHint, "The id_token_hint is not an ID token of this server.")
		}
		if err != nil {
			return logoutRequest{}, err
		}
		if len(claims.Audience) != 1 || clientID != "" && clientID != claims.Audience[0] {
			return logoutRequest{}, badLogout(identity.RuleHintClient, "The id_token_hint was issued to another client.")
		}
		clientID = claims.Audience[0]
		request.sessionID, request.subject = claims.SessionID, claims.Subject
	}
	uri := params.Get("post_logout_redirect_uri")
	if clientID == "" {
		if uri != "" {
			return logoutRequest{}, badLogout(identity.RuleLogoutClient, "A post_logout_redirect_uri needs an id_token_hint or a client_id.")
		}
		return request, nil
	}
	client, err := h.Domain.ClientAuth.Find(r.Context(), clientID)
	if errors.Is(err, identity.ErrClientNotFound) {
		return logoutRequest{}, badLogout(identity.RuleClientKnown, "The application is not known here.")
	}
	if err != nil {
		return logoutRequest{}, err
	}
	if request.subject != "" { // the hint names both as its client knows them
		if request.subject, err = h.Domain.Subjects.User(r.Context(), client, request.subject); err != nil {
			return logoutRequest{}, err
		}
	}
	if request.sessionID != "" {
		if request.sessionID, err = h.Domain.Subjects.Session(r.Context(), client, request.sessionID); err != nil {
			return logoutRequest{}, err
		}
	}
	if uri != "" && !client.PostLogoutRedirectURI(uri) {
		refusal := badLogout(identity.RuleLogoutAddress, "The post_logout_redirect_uri is not registered for this application.")
		return logoutRequest{client: client}, refusal.Expecting(identity.OneOf(client.Metadata.PostLogoutRedirectURIs))
	}
	request.client, request.redirect = client, uri
	return request, nil
}

func badLogout(rule identity.RuleID, detail string) *identity.Error {
	return identity.Errorf(identity.Invalid, identity.CodeValidation, "%s", detail).Breaks(rule)
}

// refuseLogout shows why a request was refused. client is who has sent it, or zero.
func (h *Handler) refuseLogout(w http.ResponseWriter, r *http.Request, client identity.Client, err error) {
	oauth.NoteRefusal(h.Domain.Refusals, r, identity.EndpointLogout, identity.Bearer{Client: client}, err)
	h.Pages.Error(w, r, err)
}

var _ oauth.Extension = (*Extension)(nil)
