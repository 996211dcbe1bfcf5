package oauth

import (
	"context"
	"fmt"
	"net/http"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/parameters"
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

	Details identity.AuthorizationDetails `json:"authorization_details,omitempty"` // RFC 9396 §9.2
}

// handleIntrospect serves token introspection (RFC 7662) to authenticated clients. Whatever has ended, is foreign or unknown
// is exactly {"active":false}. Who asks for a JWT gets one (RFC 9701).
func (h *Handler) handleIntrospect(w http.ResponseWriter, r *http.Request) {
	answer, caller, err := h.introspect(r)
	if err != nil {
		h.fail(w, r, caller, err)
		return
	}
	if !parameters.Accepts(r, typeIntrospection) {
		WriteJSON(w, http.StatusOK, answer)
		return
	}
	signed, err := h.signIntrospection(r.Context(), caller, answer)
	if err != nil {
		h.fail(w, r, caller, err)
		return
	}
	w.Header().Set("Content-Type", typeIntrospection)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(signed)) //nolint:gosec // a JWT is no page, and its type says so
}

// typeIntrospection is the media type of an answer that is a JWT (RFC 9701 §5); in its header the prefix is left out (RFC 7515
// §4.1.9), which also distinguishes it from tokens.
const typeIntrospection = "application/" + identity.TypeIntrospection

// signIntrospection returns an answer for the client that has asked, to be shown to others who trust this server. No claim but
// these stands beside the answer, so that nobody takes it for the token (RFC 9701 §8.1).
func (h *Handler) signIntrospection(ctx context.Context, caller identity.Client, answer any) (string, error) {
	signed, err := h.Domain.ClientTokens.Make(ctx, caller, caller.Introspection(), map[string]any{
		"iss": h.issuer(), "aud": caller.ClientID, "iat": h.Domain.Source.Now().Unix(), "token_introspection": answer,
	})
	if err != nil {
		return "", fmt.Errorf("sign an answer about a token: %w", err)
	}
	return signed, nil
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
		Details: state.Details,
	}), caller, nil
}
