package oidc

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
	"github.com/authly/authly/internal/parameters"
	"github.com/authly/authly/oauth"
)

// interactionHeader has the identifier by which client and resource server find a request in their logs.
const interactionHeader = "X-Fapi-Interaction-Id"

// nameInteraction returns the identifier that the client sent if it is a UUID, as it was written, or a new one (FAPI 1.0 Baseline §6.2.1
// clause 11).
func (h *Handler) nameInteraction(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(interactionHeader)
		if len(id) != len(uuid.Nil.String()) || uuid.Validate(id) != nil {
			id = h.Domain.Source.NewID().String()
		}
		w.Header().Set(interactionHeader, id)
		next.ServeHTTP(w, r)
	})
}

// handleUserInfo serves UserInfo (OIDC Core §5.3) by GET and POST.
func (h *Handler) handleUserInfo(w http.ResponseWriter, r *http.Request) {
	caller, err := h.authenticate(r)
	if err != nil {
		h.refuseBearer(w, r, caller, err)
		return
	}
	h.writeUserInfo(w, r, caller)
}

// handleUpdateUserInfo lets the user of a token change their own claims under those of its scopes that write. It is
// Authly's own; no standard describes it.
func (h *Handler) handleUpdateUserInfo(w http.ResponseWriter, r *http.Request) {
	caller, err := h.authenticate(r)
	if err != nil {
		h.refuseBearer(w, r, caller, err)
		return
	}
	patch, err := readPatch(r)
	if err != nil {
		h.refuseBearer(w, r, caller, err)
		return
	}
	ctx := identity.WithActor(r.Context(), caller.Actor(identity.ActorFrom(r.Context())))
	user, err := h.Domain.Profiles.UpdateProfile(ctx, caller.User.ID, caller.Scopes(), patch)
	if err != nil {
		h.refuseBearer(w, r, caller, err)
		return
	}
	caller.User = user
	h.writeUserInfo(w, r, caller)
}

// readPatch reads a JSON object of claims.
func readPatch(r *http.Request) (map[string]json.RawMessage, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return nil, oauth.InvalidRequest(identity.RuleProfileBody, "The body must be application/json.")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, oauth.InvalidRequest(identity.RuleReadable, "The body is longer than %d bytes.", parameters.MaxForm)
	}
	var patch map[string]json.RawMessage
	if err := json.Unmarshal(body, &patch); err != nil || patch == nil {
		return nil, oauth.InvalidRequest(identity.RuleProfileBody, "The body must be a JSON object.")
	}
	return patch, nil
}

// authenticate checks the access token of a request. It must be a user's, with the scope openid.
func (h *Handler) authenticate(r *http.Request) (identity.Bearer, error) {
	presented, err := bearer.FromHeaderOrForm(r)
	if err != nil {
		return identity.Bearer{}, oauth.PresentationError(err)
	}
	b, err := h.Domain.Tokens.Authenticate(r.Context(), presented, identity.AuthlyAudience)
	if err != nil {
		return identity.Bearer{}, err
	}
	if b.Grant.UserID != b.User.ID || !slices.Contains(b.Scopes(), identity.ScopeOpenID) {
		return b, errNoOpenID
	}
	return b, nil
}

// errNoOpenID is the refusal of RFC 6750 §3.1 that has no counterpart in the domain.
var errNoOpenID = oauth.NewError(
	http.StatusForbidden, "insufficient_scope", identity.RuleTokenScope, "The access token lacks the scope openid.",
)

// refuseBearer writes a refusal of a protected resource (RFC 6750 §3). A request without any token gets no error code. b is
// who the token stands for, or zero.
func (h *Handler) refuseBearer(w http.ResponseWriter, r *http.Request, b identity.Bearer, err error) {
	oauth.NoteRefusal(h.Domain.Refusals, r, identity.EndpointUserInfo, b, err)
	if oauth.FromError(err).Status >= http.StatusInternalServerError {
		oauth.WriteError(w, r, h.Logger, h.Domain.Settings.Get().Issuer, err)
		return
	}
	scope := ""
	switch denied := identity.AsError(err); {
	case errors.Is(err, errNoOpenID):
		scope = identity.ScopeOpenID
	case denied.Code == identity.CodeInsufficientScope && denied.Field != "":
		scope = identity.ProfileWriteScope(denied.Field)
	}
	oauth.WriteChallenge(w, r, h.Domain, scope, err)
}

// writeUserInfo returns the claims of the token's scopes and of its claims request, signed if the client registered for
// it (OIDC Core §5.3.2).
func (h *Handler) writeUserInfo(w http.ResponseWriter, r *http.Request, b identity.Bearer) {
	requested, err := parseClaimsRequest(b.Grant.Claims)
	if err != nil {
		h.refuseBearer(w, r, b, fmt.Errorf("read claims request of grant: %w", err))
		return
	}
	requested.confine(b.Client) // as of today
	claims := userClaims(b.User, append(scopeClaims(b.Scopes()), names(requested.UserInfo)...))
	released, err := h.Domain.Tokens.ReleasedClaims(r.Context(), b.User, b.Client, b.Scopes(), requested.asked(requested.UserInfo))
	if err != nil {
		h.refuseBearer(w, r, b, err)
		return
	}
	maps.Copy(claims, released)
	claims["sub"] = b.Claims.Subject
	if b.Client.UserInfo().Plain() {
		oauth.WriteJSON(w, http.StatusOK, claims)
		return
	}
	claims["iss"], claims["aud"] = h.Domain.Settings.Get().Issuer, b.Client.ClientID
	signed, err := h.Domain.ClientTokens.Make(r.Context(), b.Client, b.Client.UserInfo(), claims)
	if err != nil {
		h.refuseBearer(w, r, b, fmt.Errorf("sign UserInfo: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/jwt")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(signed))
}
