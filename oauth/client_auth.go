package oauth

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/authly/authly/identity"
)

// authenticateClient proves the client of a request to the token, revocation or introspection endpoint. Only the method
// that the client is registered with is accepted, and only one at a time (RFC 6749 §2.3).
func (h *Handler) authenticateClient(r *http.Request, form url.Values) (identity.Client, error) {
	presented, err := presentedCredentials(r, form)
	if err != nil {
		return identity.Client{}, err
	}
	client, err := h.Domain.Clients.Find(r.Context(), presented.clientID)
	if errors.Is(err, identity.ErrClientNotFound) {
		h.Domain.Clients.ProveSecret(identity.Client{}, presented.secret) // an unknown client takes as long as a wrong secret
		return identity.Client{}, InvalidClient()
	}
	if err != nil {
		return identity.Client{}, err
	}
	return client, h.prove(r, client, presented)
}

// credentials are what a request carries to prove its client.
type credentials struct {
	method    identity.AuthMethod
	clientID  string
	secret    string
	assertion string
}

// assertionType is the value of client_assertion_type (RFC 7523 §2.2).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// presentedCredentials reads them and refuses two methods at once.
func presentedCredentials(r *http.Request, form url.Values) (credentials, error) {
	header := r.Header.Get("Authorization")
	inBody := form.Has(paramClientSecret)
	asserted := form.Has(paramClientAssertion) || form.Has(paramClientAssertionType)
	if len(r.Header.Values("Authorization")) > 1 || header != "" && (inBody || asserted) || inBody && asserted {
		return credentials{}, InvalidRequest("Only one way of client authentication may be used.")
	}
	switch {
	case header != "":
		c, ok := parseBasic(header)
		if !ok {
			return credentials{}, InvalidClient()
		}
		if form.Has(paramClientID) && form.Get(paramClientID) != c.clientID {
			return credentials{}, InvalidRequest("The client_id differs from that of the Authorization header.")
		}
		return c, nil
	case inBody:
		return credentials{
			method: identity.AuthClientSecretPost, clientID: form.Get(paramClientID), secret: form.Get(paramClientSecret),
		}, nil
	case asserted:
		return assertedCredentials(form)
	}
	return credentials{method: identity.AuthNone, clientID: form.Get(paramClientID)}, nil
}

// parseBasic decodes client_secret_basic: Basic of the form-encoded id and secret (RFC 6749 §2.3.1).
func parseBasic(header string) (credentials, bool) {
	scheme, encoded, found := strings.Cut(header, " ")
	if !found || !strings.EqualFold(scheme, "Basic") {
		return credentials{}, false
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return credentials{}, false
	}
	id, secret, found := strings.Cut(string(raw), ":")
	if !found {
		return credentials{}, false
	}
	if id, err = url.QueryUnescape(id); err != nil {
		return credentials{}, false
	}
	if secret, err = url.QueryUnescape(secret); err != nil {
		return credentials{}, false
	}
	return credentials{method: identity.AuthClientSecretBasic, clientID: id, secret: secret}, true
}

// assertedCredentials reads a client assertion and whom it claims to be about, which its signature has yet to prove. A
// client_id beside it must agree (RFC 7521 §4.2).
func assertedCredentials(form url.Values) (credentials, error) {
	assertion := form.Get(paramClientAssertion)
	if form.Get(paramClientAssertionType) != assertionType {
		return credentials{}, InvalidRequest("The client_assertion_type is not supported.")
	}
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 || len(assertion) > maxAssertion {
		return credentials{}, InvalidClient()
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return credentials{}, InvalidClient()
	}
	var claims struct {
		Subject string `json:"sub"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return credentials{}, InvalidClient()
	}
	if form.Has(paramClientID) && form.Get(paramClientID) != claims.Subject {
		return credentials{}, InvalidClient()
	}
	return credentials{method: identity.AuthPrivateKeyJWT, clientID: claims.Subject, assertion: assertion}, nil
}

// maxAssertion is the longest assertion that is looked at, in bytes.
const maxAssertion = 16 << 10

// prove checks what was presented by the one method that the client is registered with.
func (h *Handler) prove(r *http.Request, client identity.Client, presented credentials) error {
	registered := client.Metadata.TokenEndpointAuthMethod
	// Some public clients always send Basic with an empty secret; that proves nothing and harms nothing.
	if registered == identity.AuthNone && presented.method == identity.AuthClientSecretBasic && presented.secret == "" {
		return nil
	}
	if presented.method != registered {
		return InvalidClient()
	}
	switch registered {
	case identity.AuthNone:
		return nil
	case identity.AuthPrivateKeyJWT:
		return h.Domain.Clients.ProveAssertion(r.Context(), client, presented.assertion, h.issuer()+r.URL.Path, h.issuer()+TokenPath)
	case identity.AuthClientSecretBasic, identity.AuthClientSecretPost:
		if h.Domain.Clients.ProveSecret(client, presented.secret) {
			return nil
		}
	}
	return InvalidClient()
}
