package oauth

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// buildResourceMetadata returns what Authly says of itself as a protected resource: UserInfo and the admin API, whose tokens have
// the issuer as their audience (RFC 9728 §2). Only the methods that both know are named.
func (h *Handler) buildResourceMetadata() []byte {
	var scopes []string
	for _, s := range identity.BuiltInScopesOf(h.Domain.Settings.Get()) {
		scopes = append(scopes, s.Name)
	}
	document := map[string]any{
		"resource":                          h.issuer(),
		"authorization_servers":             []string{h.issuer()},
		"scopes_supported":                  scopes,
		"bearer_methods_supported":          []string{"header"},
		"dpop_signing_alg_values_supported": identity.ProofAlgorithms(),
		"dpop_bound_access_tokens_required": false,
	}
	if h.Domain.Settings.Get().MutualTLS.On {
		document["tls_client_certificate_bound_access_tokens"] = true
	}
	text, err := json.Marshal(document)
	if err != nil {
		panic("oauth: resource metadata: " + err.Error()) // plain data always marshals
	}
	return text
}

// handleResourceMetadata serves the metadata of a protected resource (RFC 9728 §3), which challenges of it name.
func (h *Handler) handleResourceMetadata(w http.ResponseWriter, _ *http.Request) {
	WriteDocument(w, h.resource)
}

// errNoToken refuses a request without any token, which gets no error code (RFC 6750 §3.1).
var errNoToken = NewError(http.StatusUnauthorized, "", identity.RuleTokenPresent, "")

// PresentationError refuses a request from which no access token could be read, of which bearer.FromHeader or FromHeaderOrForm says why.
func PresentationError(err error) error {
	switch {
	case errors.Is(err, bearer.ErrRepeated):
		return InvalidRequest(identity.RuleTokenOnce, "Only one access token may be sent.")
	case errors.Is(err, bearer.ErrForm):
		return InvalidRequest(identity.RuleReadable, "The body is not a valid form.")
	case identity.OfProof(err):
		return err
	}
	return errNoToken
}

// WriteChallenge writes a refusal of a protected resource with its challenge (RFC 6750 §3, RFC 9449 §7.1). The scope is what the token
// lacks, or empty.
func WriteChallenge(w http.ResponseWriter, r *http.Request, domain *identity.Domain, scope string, err error) {
	e, issuer := FromError(err), domain.Settings.Get().Issuer
	challenge := bearer.Challenge{Scheme: bearer.SchemeOf(r), Realm: issuer, Error: e.Code, Description: e.Description, Scope: scope}
	if identity.OfProof(err) {
		challenge, e.Status = bearer.RefusedProof(issuer, err), http.StatusUnauthorized
		OfferNonce(w, domain.Proofs)
	}
	challenge.Metadata = issuer + bearer.MetadataPath
	w.Header().Set("WWW-Authenticate", challenge.String())
	if e.Code == "" {
		WriteStatus(w, e.Status)
		return
	}
	WriteJSON(w, e.Status, map[string]string{paramError: e.Code, paramErrorDescription: e.Description})
}
