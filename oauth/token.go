package oauth

import (
	"net/http"
	"net/url"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// TokenResponse is a successful answer of the token endpoint (RFC 6749 §5.1). Scope is always said, unless nothing was
// granted (RFC 6749 has no empty scope).
type TokenResponse struct {
	AccessToken  string                        `json:"access_token"`
	TokenType    string                        `json:"token_type"`
	ExpiresIn    int                           `json:"expires_in"` // seconds
	RefreshToken string                        `json:"refresh_token,omitempty"`
	IDToken      string                        `json:"id_token,omitempty"`
	Scope        string                        `json:"scope,omitempty"`
	Details      identity.AuthorizationDetails `json:"authorization_details,omitempty"` // as granted (RFC 9396 §7)
	IssuedType   string                        `json:"issued_token_type,omitempty"`     // of an exchange (RFC 8693 §2.2.1)
}

// tokenRequest is a parsed request of an authenticated client.
type tokenRequest struct {
	*http.Request
	form   url.Values
	client identity.Client
	caller identity.Caller // what the client has proven to hold
}

// grant is the part of the token endpoint that differs by grant type. It cannot issue anything.
type grant interface {
	// redeem checks what the client presents and returns what it may be issued.
	redeem(r tokenRequest) (identity.Issuance, error)
}

// handleToken runs the phases that every grant shares: parse, authenticate the client, check the sender constraint,
// redeem, issue, extend, write.
func (h *Handler) handleToken(w http.ResponseWriter, r *http.Request) {
	request := tokenRequest{Request: r}
	response, err := h.token(&request)
	h.offerNonce(w, r)
	if err != nil {
		h.fail(w, r, request.client, err)
		return
	}
	WriteJSON(w, http.StatusOK, response)
}

// token runs the phases between reading and writing. What a grant of an authenticated client comes to is counted.
func (h *Handler) token(request *tokenRequest) (TokenResponse, error) {
	var err error
	if request.form, err = readForm(request.Request); err != nil {
		return TokenResponse{}, err
	}
	kind, err := request.required(paramGrantType)
	if err != nil {
		return TokenResponse{}, err
	}
	if request.client, err = h.authenticateClient(request.Request, request.form); err != nil {
		return TokenResponse{}, err
	}
	g, err := h.grantFor(identity.GrantType(kind), request.client)
	if err != nil {
		return TokenResponse{}, err
	}
	began := h.Domain.Source.Now()
	response, err := h.respondTo(*request, g)
	ended := h.Domain.Source.Now()
	h.Domain.Meter.Token(request.client.ClientID, identity.GrantType(kind), err != nil, ended.Sub(began))
	h.Domain.Usage.Count(request.client.ID, err != nil, ended)
	return response, err
}

// grantFor returns the grant of a type that the server offers and the client is registered for.
func (h *Handler) grantFor(kind identity.GrantType, client identity.Client) (grant, error) {
	g, ok := h.grants[kind]
	if !ok {
		return nil, UnsupportedGrantType()
	}
	if !client.Allows(kind) {
		return nil, UnauthorizedClient(identity.RuleGrantTypeOfClient, "The client is not registered for this grant type.")
	}
	return g, nil
}

// respondTo runs the phases from the sender constraint on.
func (h *Handler) respondTo(r tokenRequest, g grant) (TokenResponse, error) {
	var err error
	if r.caller, err = h.checkCaller(r.Request, r.client); err != nil {
		return TokenResponse{}, err
	}
	issuance, err := g.redeem(r)
	if err != nil {
		return TokenResponse{}, err
	}
	if issuance, err = h.Domain.Scopes.NarrowDetails(r.Context(), issuance, r.form.Get(paramDetails)); err != nil {
		return TokenResponse{}, err
	}
	if err := h.Domain.Proofs.Use(r.Context(), r.caller.Proof); err != nil { // after the grant: a key alone can be anybody's
		return TokenResponse{}, err
	}
	if issuance.Exchanged == nil { // of which the exchange has decided
		issuance.Sender = r.caller.Sender
	}
	access, err := h.Domain.Tokens.Issue(r.Context(), issuance, r.form[paramResource])
	if err != nil {
		return TokenResponse{}, err
	}
	response := TokenResponse{
		AccessToken: access.Value, TokenType: access.Type, ExpiresIn: int(access.ExpiresIn.Seconds()),
		RefreshToken: issuance.RefreshToken, Scope: identity.JoinScope(access.Scopes), Details: issuance.Details,
	}
	if issuance.Exchanged != nil {
		response.IssuedType = typeAccessToken
	}
	if h.Extension == nil {
		return response, nil
	}
	response.IDToken, err = h.Extension.IDToken(r.Context(), issuance, HandedOut{AccessToken: access.Value})
	return response, err
}

// checkCaller returns the proof of possession and the certificate of a request, and to which of them tokens are bound (RFC 9449 §5,
// RFC 8705 §3), if to any.
func (h *Handler) checkCaller(r *http.Request, client identity.Client) (identity.Caller, error) {
	proof, err := bearer.ProofOf(r)
	if err != nil {
		return identity.Caller{}, err
	}
	return h.Domain.Proofs.CheckTokenRequest(client, proof, identity.CertificateFrom(r.Context()))
}

// offerNonce tells a client that proves possession of a key what its next proofs need (RFC 9449 §8.2).
func (h *Handler) offerNonce(w http.ResponseWriter, r *http.Request) {
	if len(r.Header.Values(bearer.ProofHeader)) > 0 {
		OfferNonce(w, h.Domain.Proofs)
	}
}

// OfferNonce adds the header DPoP-Nonce where the server asks for nonces (RFC 9449 §8).
func OfferNonce(w http.ResponseWriter, proofs *identity.Proofs) {
	if nonce := proofs.Nonce(); nonce != "" {
		w.Header().Set("DPoP-Nonce", nonce)
	}
}

// required returns a parameter that must be there.
func (r tokenRequest) required(name string) (string, error) {
	value := r.form.Get(name)
	if value == "" {
		return "", InvalidRequest(identity.RuleParameter, "The parameter %s is missing.", name)
	}
	return value, nil
}

// scopes returns the names of the parameter scope.
func (r tokenRequest) scopes() ([]string, error) { return identity.ParseScope(r.form.Get(paramScope)) }
