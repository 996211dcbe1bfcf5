package oauth

import (
	"encoding/json"
	"net/http"

	"github.com/authly/authly/identity"
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
