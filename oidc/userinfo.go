package oidc

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
)

// handleUserInfo serves UserInfo (OIDC Core §5.3) by GET and POST.
func (h *Handler) handleUserInfo(w http.ResponseWriter, r *http.Request) {
	bearer, err := h.bearer(r)
	if err != nil {
		h.refuseBearer(w, r, err)
		return
	}
	h.writeUserInfo(w, r, bearer)
}

// handleUpdateUserInfo lets the user of a token change their own claims under its scopes. It is Authly's own; no
// standard describes it.
func (h *Handler) handleUpdateUserInfo(w http.ResponseWriter, r *http.Request) {
	bearer, err := h.bearer(r)
	if err != nil {
		h.refuseBearer(w, r, err)
		return
	}
	patch, err := readPatch(r)
	if err != nil {
		h.refuseBearer(w, r, err)
		return
	}
	ctx := identity.WithActor(r.Context(), bearer.Actor(identity.ActorFrom(r.Context())))
	bearer.User, err = h.Domain.Profiles.UpdateProfile(ctx, bearer.User.ID, bearer.Scopes(), patch)
	if err != nil {
		h.refuseBearer(w, r, err)
		return
	}
	h.writeUserInfo(w, r, bearer)
}

// readPatch reads a JSON object of claims.
func readPatch(r *http.Request) (map[string]json.RawMessage, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return nil, oauth.InvalidRequest("The body must be application/json.")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, oauth.InvalidRequest("The body is too large.")
	}
	var patch map[string]json.RawMessage
	if err := json.Unmarshal(body, &patch); err != nil || patch == nil {
		return nil, oauth.InvalidRequest("The body must be a JSON object.")
	}
	return patch, nil
}

// bearer finds and checks the access token: in the header or, for a POST, in the body; both at once are refused
// (RFC 6750 §2).
func (h *Handler) bearer(r *http.Request) (identity.Bearer, error) {
	header := r.Header.Get("Authorization")
	if len(r.Header.Values("Authorization")) > 1 {
		return identity.Bearer{}, oauth.InvalidRequest("Only one access token may be sent.")
	}
	token, ok := identity.ParseBearer(header)
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Method == http.MethodPost && err == nil && media == "application/x-www-form-urlencoded" {
		if err := r.ParseForm(); err != nil {
			return identity.Bearer{}, oauth.InvalidRequest("The body is not a valid form.")
		}
		if body := r.PostForm["access_token"]; len(body) > 0 {
			if header != "" || len(body) > 1 {
				return identity.Bearer{}, oauth.InvalidRequest("Only one access token may be sent.")
			}
			token, ok = body[0], body[0] != ""
		}
	}
	if !ok {
		return identity.Bearer{}, errNoToken
	}
	b, err := h.Domain.Tokens.AuthenticateForAuthly(r.Context(), token)
	if err != nil {
		return identity.Bearer{}, err
	}
	if b.Grant.UserID != b.User.ID || !slices.Contains(b.Scopes(), identity.ScopeOpenID) {
		return identity.Bearer{}, errNoOpenID
	}
	return b, nil
}

// The refusals of RFC 6750 §3.1 that have no counterpart in the domain.
var (
	errNoToken  = &oauth.Error{Code: "", Status: http.StatusUnauthorized}
	errNoOpenID = &oauth.Error{
		Code: "insufficient_scope", Description: "The access token lacks the scope openid.", Status: http.StatusForbidden,
	}
)

// refuseBearer writes a refusal of a protected resource (RFC 6750 §3). A request without any token gets no error code.
func (h *Handler) refuseBearer(w http.ResponseWriter, r *http.Request, err error) {
	e := oauth.FromError(err)
	if identity.AsError(err).Code == identity.CodeInvalidToken {
		e = &oauth.Error{Code: "invalid_token", Description: identity.ErrInvalidToken.Detail, Status: http.StatusUnauthorized}
	}
	if domain := identity.AsError(err); domain.Code == identity.CodeInsufficientScope {
		e = &oauth.Error{Code: "insufficient_scope", Description: domain.Detail, Status: http.StatusForbidden}
	}
	challenge := fmt.Sprintf("Bearer realm=%q", h.Domain.Settings.Issuer)
	switch {
	case e.Status >= http.StatusInternalServerError:
		oauth.WriteError(w, r, h.Logger, h.Domain.Settings.Issuer, err)
		return
	case e.Code == "":
		w.Header().Set("WWW-Authenticate", challenge)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(e.Status)
		return
	case errors.Is(err, errNoOpenID):
		challenge += `, scope="openid"`
	}
	w.Header().Set("WWW-Authenticate", challenge+fmt.Sprintf(", error=%q, error_description=%q", e.Code, e.Description))
	oauth.WriteJSON(w, e.Status, map[string]string{"error": e.Code, "error_description": e.Description})
}

// writeUserInfo returns the claims of the token's scopes and of its claims request, signed if the client registered for
// it (OIDC Core §5.3.2).
func (h *Handler) writeUserInfo(w http.ResponseWriter, r *http.Request, b identity.Bearer) {
	requested, err := parseClaimsRequest(b.Grant.Claims)
	if err != nil {
		h.refuseBearer(w, r, fmt.Errorf("read claims request of grant: %w", err))
		return
	}
	claims := userClaims(b.User, append(scopeClaims(b.Scopes()), names(requested.UserInfo)...))
	claims["sub"] = b.Claims.Subject
	alg := b.Client.Metadata.UserinfoAlg
	if alg == "" {
		oauth.WriteJSON(w, http.StatusOK, claims)
		return
	}
	claims["iss"], claims["aud"] = h.Domain.Settings.Issuer, b.Client.ClientID
	signed, err := h.Domain.Signer.Sign(r.Context(), alg, typeUserInfo, claims)
	if err != nil {
		h.refuseBearer(w, r, fmt.Errorf("sign UserInfo: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/jwt")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(signed))
}

// typeUserInfo keeps a signed UserInfo answer apart from an ID token (RFC 8725 §3.11).
const typeUserInfo = "userinfo+jwt"
