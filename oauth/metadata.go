package oauth

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/authly/authly/identity"
)

// Metadata returns the members of RFC 8414 §2 that OAuth alone accounts for.
func (h *Handler) Metadata() map[string]any {
	issuer := h.issuer()
	settings := h.Domain.Settings.Get()
	methods, confidential := settings.AuthMethods(), settings.ConfidentialAuthMethods()
	assertionAlgs := slices.Concat(identity.AssertionAlgorithms(), identity.SecretAssertionAlgorithms())
	document := map[string]any{
		"issuer":                                                          issuer,
		"scopes_supported":                                                identity.OpenIDScopes(),
		"response_types_supported":                                        h.responseTypes(),
		"response_modes_supported":                                        h.responseModes(),
		"grant_types_supported":                                           h.grantTypes(),
		"token_endpoint_auth_methods_supported":                           methods,
		"revocation_endpoint_auth_methods_supported":                      methods,
		"introspection_endpoint_auth_methods_supported":                   confidential,
		"token_endpoint_auth_signing_alg_values_supported":                assertionAlgs,
		"revocation_endpoint_auth_signing_alg_values_supported":           assertionAlgs,
		"introspection_endpoint_auth_signing_alg_values_supported":        assertionAlgs,
		"introspection_signing_alg_values_supported":                      identity.Algorithms(),
		"authorization_signing_alg_values_supported":                      identity.Algorithms(),
		"request_parameter_supported":                                     true,
		"request_object_signing_alg_values_supported":                     identity.RequestObjectAlgorithms(),
		"dpop_signing_alg_values_supported":                               identity.ProofAlgorithms(),
		"code_challenge_methods_supported":                                []string{identity.MethodS256},
		"authorization_response_iss_parameter_supported":                  true,
		"backchannel_token_delivery_modes_supported":                      identity.DeliveryModes(),
		"backchannel_user_code_parameter_supported":                       false,
		"backchannel_authentication_request_signing_alg_values_supported": identity.RequestObjectAlgorithms(),
	}
	for _, what := range []string{"introspection_encryption", "authorization_encryption", "request_object_encryption"} {
		AdvertiseEncryption(document, what)
	}
	if len(settings.ClientRegistration.Documents) > 0 {
		document["client_id_metadata_document_supported"] = true
	}
	if settings.RequireSignedRequests {
		document["require_signed_request_object"] = true
	}
	if settings.RequirePushedRequests {
		document["require_pushed_authorization_requests"] = true
	}
	for _, e := range slices.Concat(h.browserEndpoints(), h.machineEndpoints(), h.serverEndpoints()) {
		if e.member != "" {
			document[e.member] = issuer + e.path
		}
	}
	if settings.MutualTLS.On {
		document["tls_client_certificate_bound_access_tokens"] = true
	}
	if alias := settings.MutualTLS.URL; alias != "" {
		document["mtls_endpoint_aliases"] = h.aliases(alias)
	}
	return document
}

// AdvertiseEncryption adds how something can be encrypted.
func AdvertiseEncryption(document map[string]any, what string) {
	document[what+"_alg_values_supported"] = identity.KeyEncryptions()
	document[what+"_enc_values_supported"] = identity.ContentEncryptions()
}

// aliases are where clients reach the endpoints that look at their certificates (RFC 8705 §5).
func (h *Handler) aliases(base string) map[string]string {
	aliases := map[string]string{}
	for _, e := range h.certifiedEndpoints() {
		aliases[e.member] = base + e.path
	}
	return aliases
}

func (h *Handler) grantTypes() []identity.GrantType {
	var types []identity.GrantType
	for t := range h.grants {
		if t != identity.GrantPassword { // migration only, never advertised
			types = append(types, t)
		}
	}
	if h.frontChannel() {
		types = append(types, identity.GrantImplicit) // of response types, and none of the token endpoint (RFC 8414 §2)
	}
	slices.Sort(types)
	return types
}

func (h *Handler) buildMetadata(attributes []identity.AttributeDefinition, types []identity.DetailType) []byte {
	document := h.Metadata()
	if len(types) > 0 {
		names := make([]string, len(types))
		for i, t := range types {
			names[i] = t.Name
		}
		document["authorization_details_types_supported"] = names
	}
	if h.Extension != nil {
		h.Extension.Metadata(document, attributes)
	}
	text, err := json.Marshal(document)
	if err != nil {
		panic("oauth: metadata: " + err.Error()) // plain data always marshals
	}
	return text
}

// Document is the metadata document as served, also as OpenID Connect discovery.
// It is there also when it is not known which attributes are released: clients need not find all claims in it (Discovery §3).
func (h *Handler) Document(ctx context.Context) []byte {
	attributes, err := h.Domain.Tokens.ReleasedAttributes(ctx)
	if err != nil {
		h.Logger.WarnContext(ctx, "metadata without attributes", "error", err)
	}
	types, err := h.Domain.Scopes.DetailTypes(ctx)
	if err != nil {
		h.Logger.WarnContext(ctx, "metadata without types of authorization details", "error", err)
	}
	if len(attributes)+len(types) == 0 {
		return h.metadata
	}
	return h.buildMetadata(attributes, types)
}

func (h *Handler) handleMetadata(w http.ResponseWriter, r *http.Request) {
	WriteDocument(w, h.Document(r.Context()))
}
