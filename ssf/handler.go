package ssf

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
	"github.com/authly/authly/oauth"
)

const paramStreamID = "stream_id"

// Handler serves the endpoints.
type Handler struct {
	domain        *identity.Domain
	logger        *slog.Logger
	configuration []byte
}

// New makes the endpoints.
func New(domain *identity.Domain, logger *slog.Logger) *Handler {
	return &Handler{domain: domain, logger: logger, configuration: configuration(domain.Settings.Get().Issuer)}
}

// MountServer adds what only servers call, if there are shared signals.
func (h *Handler) MountServer(r chi.Router) {
	if !h.domain.Settings.Get().SharedSignals {
		return
	}
	r.Get(ConfigurationPath, h.handleConfiguration)
	r.Get(StreamPath, h.as(identity.ScopeStreamsRead, h.readStream))
	r.Post(StreamPath, h.as(identity.ScopeStreamsManage, h.createStream))
	r.Patch(StreamPath, h.as(identity.ScopeStreamsManage, h.updateStream))
	r.Put(StreamPath, h.as(identity.ScopeStreamsManage, h.replaceStream))
	r.Delete(StreamPath, h.as(identity.ScopeStreamsManage, h.deleteStream))
	r.Get(StatusPath, h.as(identity.ScopeStreamsRead, h.readStatus))
	r.Post(StatusPath, h.as(identity.ScopeStreamsManage, h.updateStatus))
	r.Post(AddSubjectPath, h.as(identity.ScopeStreamsManage, h.addSubject))
	r.Post(RemoveSubjectPath, h.as(identity.ScopeStreamsManage, h.removeSubject))
	r.Post(VerificationPath, h.as(identity.ScopeStreamsManage, h.verify))
	r.Post(PollPath, h.as(identity.ScopeStreamsManage, h.poll))
}

// CertifiedPaths lists the paths at which clients present access tokens, which certificates may bind.
func (h *Handler) CertifiedPaths() []string {
	return []string{StreamPath, StatusPath, AddSubjectPath, RemoveSubjectPath, VerificationPath, PollPath}
}

// answer is what an endpoint returns: a status, and a body unless nil.
type answer struct {
	status int
	body   any
}

// as serves a request of a client whose access token has a scope. Who may change a stream may read it.
func (h *Handler) as(scope string, serve func(*http.Request, identity.Client) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		caller, err := h.authenticate(r, scope)
		if err != nil {
			h.refuse(w, r, scope, err)
			return
		}
		r = r.WithContext(identity.WithActor(r.Context(), caller.Actor(identity.ActorFrom(r.Context()))))
		a, err := serve(r, caller.Client)
		switch {
		case err != nil:
			h.refuse(w, r, scope, err)
		case a.body == nil:
			oauth.WriteStatus(w, a.status)
		default:
			oauth.WriteJSON(w, a.status, a.body)
		}
	}
}

// errNoScope is a refusal of RFC 6750 §3.1.
var errNoScope = oauth.NewError(
	http.StatusForbidden, "insufficient_scope", identity.RuleTokenScope, "The access token is not the client's own, or lacks the scope.",
)

// authenticate checks the access token of a request, which is in the header alone. It must be one that the client has on its own behalf.
func (h *Handler) authenticate(r *http.Request, scope string) (identity.Bearer, error) {
	presented, err := bearer.FromHeader(r)
	if err != nil {
		return identity.Bearer{}, oauth.PresentationError(err)
	}
	b, err := h.domain.Tokens.Authenticate(r.Context(), presented, identity.AuthlyAudience)
	if err != nil {
		return identity.Bearer{}, err
	}
	scopes := b.Scopes()
	if b.User.ID != uuid.Nil || !slices.Contains(scopes, scope) && !slices.Contains(scopes, identity.ScopeStreamsManage) {
		return identity.Bearer{}, errNoScope
	}
	return b, nil
}

// refuse writes a refusal: one of the token as RFC 6750 §3 has it, another with the status of SSF 1.0 §8.1.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, scope string, err error) {
	e := oauth.FromError(err)
	switch kind := identity.AsError(err).Kind; {
	case kind == identity.NotFound:
		oauth.WriteJSON(w, http.StatusNotFound, map[string]string{"error": "not_found", "error_description": e.Description})
	case kind == identity.Conflict:
		oauth.WriteJSON(w, http.StatusConflict, map[string]string{"error": "conflict", "error_description": e.Description})
	case errors.Is(err, errNoScope):
		oauth.WriteChallenge(w, r, h.domain, scope, err)
	case e.Status == http.StatusUnauthorized, identity.OfProof(err):
		oauth.WriteChallenge(w, r, h.domain, "", err)
	default:
		oauth.WriteError(w, r, h.logger, h.domain.Settings.Get().Issuer, err)
	}
}

func badRequest(format string, args ...any) error { return oauth.InvalidRequest("", format, args...) }

// read reads the JSON object that a request has as its body, and returns its members besides.
func read(r *http.Request, out any) (map[string]json.RawMessage, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, badRequest("The body must be application/json.")
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, badRequest("The body cannot be read, or is too long.")
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return nil, badRequest("The body must be a JSON object.")
	}
	if err := json.Unmarshal(body, out); err != nil {
		return nil, badRequest("A member of the body has another type than it must have.")
	}
	return members, nil
}
