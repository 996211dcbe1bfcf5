package oidc

import (
	"net/http"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/translation"
	"github.com/authly/authly/oauth"
)

// The paths of the endpoints.
const (
	DiscoveryPath = "/.well-known/openid-configuration"
	JWKSPath      = "/.well-known/jwks.json"
	UserInfoPath  = "/oidc/userinfo"
	LogoutPath    = "/oidc/logout"
	SessionPath   = "/oidc/session"

	EntityConfigurationPath = identity.EntityConfigurationPath
	EntityRegistrationPath  = "/oidc/federation/register"
)

// Metadata adds the members of OIDC Discovery §3 and RP-Initiated Logout §2.1.
func (x *Extension) Metadata(document map[string]any, attributes []identity.AttributeDefinition) {
	issuer := x.Domain.Settings.Get().Issuer
	document["jwks_uri"] = issuer + JWKSPath
	document["userinfo_endpoint"] = issuer + UserInfoPath
	if aliases, ok := document["mtls_endpoint_aliases"].(map[string]string); ok {
		aliases["userinfo_endpoint"] = x.Domain.Settings.Get().MutualTLS.URL + UserInfoPath
	}
	document["end_session_endpoint"] = issuer + LogoutPath
	document["backchannel_logout_supported"] = true
	document["backchannel_logout_session_supported"] = true
	if x.Domain.Settings.Get().SessionManagement {
		document["check_session_iframe"] = issuer + SessionPath
	}
	document["frontchannel_logout_supported"] = true
	document["frontchannel_logout_session_supported"] = true
	document["subject_types_supported"] = identity.SubjectTypes()
	document["id_token_signing_alg_values_supported"] = identity.IDTokenAlgorithms()
	document["userinfo_signing_alg_values_supported"] = identity.Algorithms()
	oauth.AdvertiseEncryption(document, "id_token_encryption")
	oauth.AdvertiseEncryption(document, "userinfo_encryption")
	document["claim_types_supported"] = []string{"normal"}
	document["claims_supported"] = claimsSupported(attributes)
	if locales := claimsLocales(attributes); len(locales) > 0 {
		document["claims_locales_supported"] = locales
	}
	document["claims_parameter_supported"] = true
	document["acr_values_supported"] = x.Domain.AuthenticationClasses()
	document["request_uri_parameter_supported"] = true
	document["require_request_uri_registration"] = true
	document["prompt_values_supported"] = x.promptValues()
	document["display_values_supported"] = identity.DisplayValues()
	document["ui_locales_supported"] = translation.Codes()
	if x.Domain.Entity != nil { // OpenID Federation 1.0 §5.1.3
		document["client_registration_types_supported"] = []string{explicitRegistration}
		document["federation_registration_endpoint"] = issuer + EntityRegistrationPath
	}
}

func (h *Handler) handleDiscovery(w http.ResponseWriter, r *http.Request) {
	oauth.WriteDocument(w, h.Document(r.Context()))
}
