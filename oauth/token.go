package oauth

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/authly/authly/identity"
)

// TokenResponse is a successful answer of the token endpoint (RFC 6749 §5.1). Scope is always said, unless nothing was
// granted (RFC 6749 has no empty scope).
type TokenResponse struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"` // seconds
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
}

// tokenRequest is a parsed request of an authenticated client.
type tokenRequest struct {
	*http.Request
	client identity.Client
	form   url.Values
}

// grant is the part of the token endpoint that differs by grant type.
type grant interface {
	// redeem checks what the client presents and returns the response.
	redeem(r tokenRequest) (TokenResponse, error)
}

// handleToken runs the phases that every grant shares: parse, authenticate the client, redeem, write.
func (h *Handler) handleToken(w http.ResponseWriter, r *http.Request) {
	response, err := h.token(r)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	WriteJSON(w, http.StatusOK, response)
}

func (h *Handler) token(r *http.Request) (TokenResponse, error) {
	form, err := readForm(r)
	if err != nil {
		return TokenResponse{}, err
	}
	kind := identity.GrantType(form.Get(paramGrantType))
	if kind == "" {
		return TokenResponse{}, InvalidRequest("The parameter grant_type is missing.")
	}
	client, err := h.authenticateClient(r, form)
	if err != nil {
		return TokenResponse{}, err
	}
	g, ok := h.grants[kind]
	if !ok {
		return TokenResponse{}, UnsupportedGrantType()
	}
	if !client.Allows(kind) {
		return TokenResponse{}, UnauthorizedClient("The client is not registered for this grant type.")
	}
	began := h.Domain.Source.Now()
	response, err := g.redeem(tokenRequest{Request: r, client: client, form: form})
	h.Domain.Meter.Token(client.ClientID, kind, err != nil, h.Domain.Source.Now().Sub(began))
	return response, err
}

// issueTokens makes the tokens of a grant. The request may name fewer resources than were authorized (RFC 8707 §2.2).
func (h *Handler) issueTokens(r tokenRequest, redeemed identity.Issuance, nonce string) (TokenResponse, error) {
	if resources := r.form[paramResource]; len(resources) > 0 {
		authorized := redeemed.Grant.Resources
		for _, resource := range resources {
			if !slices.Contains(authorized, resource) && (len(authorized) > 0 || resource != h.issuer()) {
				return TokenResponse{}, InvalidTarget("The resource was not authorized.")
			}
		}
		redeemed.Grant.Resources = resources
	}
	access, err := h.Domain.Tokens.ForGrant(r.Context(), r.client, redeemed)
	if err != nil {
		return TokenResponse{}, err
	}
	response := bearerResponse(access)
	response.RefreshToken = redeemed.RefreshToken
	if h.Extension != nil {
		if err := h.Extension.Token(r.Request, r.client, redeemed, nonce, &response); err != nil {
			return TokenResponse{}, err
		}
	}
	return response, nil
}

func bearerResponse(t identity.AccessToken) TokenResponse {
	return TokenResponse{
		AccessToken: t.Value, TokenType: "Bearer", ExpiresIn: int(t.ExpiresIn.Seconds()), Scope: identity.JoinScope(t.Scopes),
	}
}

// requestedScopes returns what the request asks for, and what of it the client may have.
func (h *Handler) requestedScopes(r tokenRequest) (requested, allowed []string, err error) {
	if requested, err = identity.ParseScope(r.form.Get(paramScope)); err != nil {
		return nil, nil, err
	}
	allowed, err = h.Domain.Scopes.Requested(r.Context(), r.client, requested)
	return requested, allowed, err
}

// required returns a parameter that must be there.
func (r tokenRequest) required(name string) (string, error) {
	value := r.form.Get(name)
	if value == "" {
		return "", InvalidRequest("The parameter %s is missing.", name)
	}
	return value, nil
}
