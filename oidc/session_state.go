package oidc

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"

	"github.com/authly/authly/identity"
)

const paramSessionState = "session_state"

// Respond implements oauth.Extension: it adds session_state (OIDC Session Management 1.0 §3), by which the application sees in a frame
// whether somebody else is signed in.
func (x *Extension) Respond(w http.ResponseWriter, r *http.Request, i identity.Interaction, values url.Values) error {
	origin := identity.WebOrigin(i.Params.RedirectURI)
	if !x.Domain.Settings.Get().SessionManagement || origin == "" || !slices.Contains(i.Params.Scopes, identity.ScopeOpenID) {
		return nil
	}
	state, err := x.Pages.BrowserState(w, r)
	if err != nil {
		return err
	}
	values.Set(paramSessionState, sessionState(i.Client.ClientID, origin, state, x.Domain.Source.NewSecret()))
	return nil
}

// sessionState is the value for a client whose page has an origin (§4.2): a hash that our own frame can make, with its salt.
func sessionState(clientID, origin, browserState, salt string) string {
	digest := sha256.Sum256([]byte(clientID + " " + origin + " " + browserState + " " + salt))
	return hex.EncodeToString(digest[:]) + "." + salt
}
