package ssf

import (
	"encoding/json"
	"net/http"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
	"github.com/authly/authly/oidc"
)

// The paths of the endpoints.
const (
	ConfigurationPath = "/.well-known/ssf-configuration"
	StreamPath        = "/ssf/stream"
	StatusPath        = "/ssf/status"
	AddSubjectPath    = "/ssf/subjects:add"
	RemoveSubjectPath = "/ssf/subjects:remove"
	VerificationPath  = "/ssf/verify"
	PollPath          = "/ssf/poll"
)

// configuration returns the metadata of the transmitter (SSF 1.0 §7.1). All are in a stream whom its receiver has to do with, and of the
// subjects with several members, who and which session both matter.
func configuration(issuer string) []byte {
	text, err := json.Marshal(map[string]any{
		"spec_version":               "1_0",
		"issuer":                     issuer,
		"jwks_uri":                   issuer + oidc.JWKSPath,
		"delivery_methods_supported": identity.DeliveryMethods(),
		"configuration_endpoint":     issuer + StreamPath,
		"status_endpoint":            issuer + StatusPath,
		"add_subject_endpoint":       issuer + AddSubjectPath,
		"remove_subject_endpoint":    issuer + RemoveSubjectPath,
		"verification_endpoint":      issuer + VerificationPath,
		"critical_subject_members":   []string{"user", "session"},
		"default_subjects":           "ALL",
		"authorization_schemes":      []map[string]string{{"spec_urn": "urn:ietf:rfc:6749"}},
	})
	if err != nil {
		panic("ssf: configuration: " + err.Error()) // plain data always marshals
	}
	return text
}

func (h *Handler) handleConfiguration(w http.ResponseWriter, _ *http.Request) {
	oauth.WriteDocument(w, h.configuration)
}
