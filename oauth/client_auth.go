package oauth

import (
	"cmp"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// authenticateClient proves the client of a request to the token or revocation endpoint. How each method is proven, and
// that a client must use its own, is for identity.ClientAuthentication to say.
func (h *Handler) authenticateClient(r *http.Request, form url.Values) (identity.Client, error) {
	presented, err := h.credentials(r, form)
	if err != nil {
		return identity.Client{}, err
	}
	return h.Domain.ClientAuth.Authenticate(r.Context(), presented)
}

// authenticateConfidential is authenticateClient for endpoints that are closed to public clients.
func (h *Handler) authenticateConfidential(r *http.Request, form url.Values) (identity.Client, error) {
	presented, err := h.credentials(r, form)
	if err != nil {
		return identity.Client{}, err
	}
	return h.Domain.ClientAuth.AuthenticateConfidential(r.Context(), presented)
}

func (h *Handler) credentials(r *http.Request, form url.Values) (identity.ClientCredentials, error) {
	presented, err := presentedCredentials(r, form)
	presented.Certificate = identity.CertificateFrom(r.Context())
	if err == nil && presented.Assertion != "" {
		presented.Audiences = h.assertionAudiences(r)
	}
	return presented, err
}

// assertionAudiences are the URLs that an assertion may name instead of the issuer: that of the endpoint at which it is presented, and of
// the token endpoint (RFC 7523 §3), each also at the alias for certificates (RFC 8705 §5).
func (h *Handler) assertionAudiences(r *http.Request) []string {
	urls := []string{h.issuer() + r.URL.Path, h.issuer() + TokenPath}
	if alias := h.Domain.Settings.Get().MutualTLS.URL; alias != "" {
		urls = append(urls, alias+r.URL.Path, alias+TokenPath)
	}
	return urls
}

// assertionType is the value of client_assertion_type (RFC 7523 §2.2).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// assertionTypeSPIFFE is the same for a JWT-SVID, which is checked as any other of a trusted issuer (draft-ietf-oauth-spiffe-client-auth).
const assertionTypeSPIFFE = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe"

// presentedCredentials reads them and refuses two methods at once.
func presentedCredentials(r *http.Request, form url.Values) (identity.ClientCredentials, error) {
	header := r.Header.Get("Authorization")
	inBody := form.Has(paramClientSecret)
	asserted := form.Has(paramClientAssertion) || form.Has(paramClientAssertionType)
	if len(r.Header.Values("Authorization")) > 1 || header != "" && (inBody || asserted) || inBody && asserted {
		return identity.ClientCredentials{}, InvalidRequest(identity.RuleOneAuthentication, "Only one way of client authentication may be used.")
	}
	switch {
	case header != "":
		c, ok := parseBasic(header)
		if !ok {
			refusal := InvalidClient(identity.RuleBasic).Because(errors.New("the Authorization header has no Basic credentials"))
			return identity.ClientCredentials{}, refusal
		}
		if form.Has(paramClientID) && form.Get(paramClientID) != c.ClientID {
			refusal := InvalidRequest(identity.RuleSameClient, "The client_id differs from that of the Authorization header.")
			return identity.ClientCredentials{}, refusal
		}
		return c, nil
	case inBody:
		return identity.ClientCredentials{
			Method: identity.AuthClientSecretPost, ClientID: form.Get(paramClientID), Secret: form.Get(paramClientSecret),
		}, nil
	case asserted:
		return assertedCredentials(form)
	case assertsItself(r, form):
		c, err := selfAsserted(form.Get(paramAssertion), "")
		c.Granting = true
		return c, err
	}
	return identity.ClientCredentials{Method: identity.AuthNone, ClientID: form.Get(paramClientID)}, nil
}

// parseBasic decodes client_secret_basic: Basic of the form-encoded id and secret (RFC 6749 §2.3.1).
func parseBasic(header string) (identity.ClientCredentials, bool) {
	encoded, ok := bearer.Credentials(header, "Basic")
	if !ok {
		return identity.ClientCredentials{}, false
	}
	if len(encoded) > maxBasic {
		return identity.ClientCredentials{}, false
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || base64.StdEncoding.EncodedLen(len(raw)) != len(encoded) { // the decoder overlooks line breaks
		return identity.ClientCredentials{}, false
	}
	id, secret, found := strings.Cut(string(raw), ":")
	if !found {
		return identity.ClientCredentials{}, false
	}
	if id, err = url.QueryUnescape(id); err != nil {
		return identity.ClientCredentials{}, false
	}
	if secret, err = url.QueryUnescape(secret); err != nil {
		return identity.ClientCredentials{}, false
	}
	return identity.ClientCredentials{Method: identity.AuthClientSecretBasic, ClientID: id, Secret: secret}, true
}

// assertedCredentials reads a client assertion and whom it claims to be about, which its signature has yet to prove. That of a
// workload does not name the client, so client_id does (RFC 7521 §4.2).
func assertedCredentials(form url.Values) (identity.ClientCredentials, error) {
	if kind := form.Get(paramClientAssertionType); kind != assertionType && kind != assertionTypeSPIFFE {
		return identity.ClientCredentials{}, InvalidRequest(identity.RuleAssertionType, "The client_assertion_type is not supported.")
	}
	return selfAsserted(form.Get(paramClientAssertion), form.Get(paramClientID))
}

// selfAsserted reads whom an assertion is about: clientID, or if that is empty its subject.
func selfAsserted(assertion, clientID string) (identity.ClientCredentials, error) {
	if len(assertion) > maxAssertion {
		return identity.ClientCredentials{}, InvalidClient(identity.RuleAssertionForm)
	}
	_, subject, ok := identity.ClaimedBy(assertion)
	if !ok {
		return identity.ClientCredentials{}, InvalidClient(identity.RuleAssertionForm)
	}
	return identity.ClientCredentials{
		Method: identity.AssertionMethod(assertion), ClientID: cmp.Or(clientID, subject), Assertion: assertion,
	}, nil
}

// The bounds of what proves a client, in bytes. A client_id and a secret of MaxText, each character of them escaped, fit into
// maxBasic.
const (
	maxAssertion = 16 << 10
	maxBasic     = 4 << 10
)
