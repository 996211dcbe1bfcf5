package oauth

import (
	"net/http"

	"github.com/authly/authly/identity"
)

// introspection is the answer of RFC 7662 §2.2.
type introspection struct {
	Active    bool              `json:"active"`
	Scope     string            `json:"scope,omitempty"`
	ClientID  string            `json:"client_id,omitempty"`
	Username  string            `json:"username,omitempty"`
	TokenType string            `json:"token_type,omitempty"`
	ExpiresAt int64             `json:"exp,omitempty"`
	IssuedAt  int64             `json:"iat,omitempty"`
	Subject   string            `json:"sub,omitempty"`
	Audience  identity.Audience `json:"aud,omitempty"`
	Issuer    string            `json:"iss,omitempty"`
	ID        string            `json:"jti,omitempty"`
	AuthTime  int64             `json:"auth_time,omitempty"`
	ACR       string            `json:"acr,omitempty"`

	Sender identity.SenderConstraint `json:"cnf,omitzero"` // RFC 7800 §3.1
	Actor  *identity.ActingParty     `json:"act,omitempty"`
}

// handleIntrospect serves token introspection (RFC 7662) to authenticated clients. Whatever has ended, is foreign or unknown
// is exactly {"active":false}.
func (h *Handler) handleIntrospect(w http.ResponseWriter, r *http.Request) {
	answer, caller, err := h.introspect(r)
	if err != nil {
		h.fail(w, r, caller, err)
		return
	}
	WriteJSON(w, http.StatusOK, answer)
}

// introspect returns the answer and the client that has asked for it, as soon as it is known.
func (h *Handler) introspect(r *http.Request) (any, identity.Client, error) {
	form, err := readForm(r)
	if err != nil {
		return introspection{}, identity.Client{}, err
	}
	caller, err := h.authenticateConfidential(r, form)
	if err != nil {
		return introspection{}, identity.Client{}, err
	}
	token := form.Get(paramToken)
	if token == "" {
		return introspection{}, caller, InvalidRequest(identity.RuleParameter, "The parameter token is missing.")
	}
	state, err := h.Domain.Tokens.Introspect(r.Context(), caller, token)
	if err != nil || state == nil {
		return introspection{}, caller, err
	}
	return state.Released.In(introspection{
		Active: true, Scope: state.Scope, ClientID: state.ClientID, Username: state.Username, TokenType: state.TokenType,
		ExpiresAt: state.ExpiresAt, IssuedAt: state.IssuedAt, Subject: state.Subject, Audience: state.Audience,
		Issuer: state.Issuer, ID: state.ID, AuthTime: state.AuthTime, ACR: state.ACR, Sender: state.Sender, Actor: state.Actor,
	}), caller, nil
}
