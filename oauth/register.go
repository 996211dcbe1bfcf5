package oauth

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/bearer"
)

// handleRegister registers the client of a request (RFC 7591 §3).
func (h *Handler) handleRegister(w http.ResponseWriter, r *http.Request) {
	token, err := registrationToken(r)
	if errors.Is(err, bearer.ErrMissing) {
		err = nil // for the policy to say
	}
	var registered identity.RegisteredClient
	if err == nil {
		registered, err = h.register(r, token)
	}
	h.writeRegistration(w, r, http.StatusCreated, registered, err)
}

func (h *Handler) register(r *http.Request, token string) (identity.RegisteredClient, error) {
	request, err := readRegistration(r)
	if err != nil {
		return identity.RegisteredClient{}, err
	}
	return h.Domain.Clients.Register(r.Context(), request, token)
}

// registrationPath is that of the registration of one client.
const registrationPath = RegisterPath + "/{client_id}"

// handleRegistration serves the registration of a client to who has its registration access token (RFC 7592 §2).
func (h *Handler) handleRegistration(w http.ResponseWriter, r *http.Request) {
	token, err := registrationToken(r)
	var registered identity.RegisteredClient
	if err == nil {
		registered, err = h.manage(r, chi.URLParam(r, "client_id"), token)
	}
	if err == nil && r.Method == http.MethodDelete {
		WriteStatus(w, http.StatusNoContent)
		return
	}
	h.writeRegistration(w, r, http.StatusOK, registered, err)
}

func (h *Handler) manage(r *http.Request, clientID, token string) (identity.RegisteredClient, error) {
	switch r.Method {
	case http.MethodPut:
		if _, err := h.Domain.Clients.Read(r.Context(), clientID, token); err != nil {
			return identity.RegisteredClient{}, err // before anything is said of the body
		}
		request, err := readRegistration(r)
		if err != nil {
			return identity.RegisteredClient{}, err
		}
		return h.Domain.Clients.Update(r.Context(), clientID, token, request)
	case http.MethodDelete:
		return identity.RegisteredClient{}, h.Domain.Clients.Delete(r.Context(), clientID, token)
	}
	return h.Domain.Clients.Read(r.Context(), clientID, token)
}

// registrationToken returns the initial or registration access token of a request, which is presented as a bearer token (RFC 7591
// §3, RFC 7592 §2): bearer.ErrMissing without one, else identity.ErrInvalidToken.
func registrationToken(r *http.Request) (string, error) {
	presented, err := bearer.FromHeader(r)
	switch {
	case errors.Is(err, bearer.ErrMissing):
		return "", err
	case err != nil || presented.Scheme != identity.SchemeBearer:
		return "", identity.ErrInvalidToken
	}
	return presented.Token, nil
}

// readRegistration reads the body of a registration request.
func readRegistration(r *http.Request) (identity.ClientRegistration, error) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return identity.ClientRegistration{}, invalidClientMetadata("The body must be application/json.")
	}
	body, err := ReadBody(r, codeClientMetadata, identity.RuleClientMetadata)
	if err != nil {
		return identity.ClientRegistration{}, err
	}
	return identity.ReadClientRegistration(body)
}

// ReadBody reads the body of a request. One that cannot be read, or is too long, is refused with the code and the rule.
func ReadBody(r *http.Request, code string, rule identity.RuleID) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		return body, nil
	}
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		return nil, NewError(http.StatusRequestEntityTooLarge, code, rule, "The body is too long.")
	}
	return nil, badRequest(code, rule, "The body cannot be read.")
}

const codeClientMetadata = "invalid_client_metadata" // RFC 7591 §3.2.2

func invalidClientMetadata(format string, args ...any) *Error {
	return badRequest(codeClientMetadata, identity.RuleClientMetadata, format, args...)
}

// RegistrationError says in terms of RFC 7591 §3.2.2 what is wrong with a request. What a trust chain lacks has terms of its own.
func RegistrationError(err error) error {
	if _, protocol := errors.AsType[*Error](err); protocol {
		return err
	}
	found := identity.AsError(err)
	if found.Kind != identity.Invalid || ofTrustChain(found.Code) {
		return err
	}
	code := codeClientMetadata
	switch {
	case errors.Is(err, identity.ErrSoftwareStatement):
		code = "invalid_software_statement"
	case errors.Is(err, identity.ErrUnapprovedStatement):
		code = "unapproved_software_statement"
	case strings.HasPrefix(found.Field, "redirect_uris"):
		code = "invalid_redirect_uri"
	}
	return badRequest(code, identity.RuleClientMetadata, "%s", identity.Messages(err)).Because(err)
}

// writeRegistration tells a client what it is registered with (RFC 7591 §3.2.1, RFC 7592 §3), or why not.
func (h *Handler) writeRegistration(w http.ResponseWriter, r *http.Request, status int, registered identity.RegisteredClient, err error) {
	if err == nil {
		WriteJSON(w, status, h.clientInformation(registered))
		return
	}
	err = RegistrationError(err)
	NoteRefusal(h.Domain.Refusals, r, identity.EndpointRegister, identity.Bearer{Client: registered.Client}, err)
	e := FromError(err)
	if missing := errors.Is(err, bearer.ErrMissing); missing || e.Code == "invalid_token" {
		challenge := bearer.InvalidToken(h.issuer())
		if missing { // RFC 6750 §3.1
			challenge = bearer.Challenge{Realm: h.issuer()}
			e = NewError(http.StatusUnauthorized, "invalid_token", identity.RuleTokenPresent, "A registration access token is needed.")
		}
		w.Header().Set("WWW-Authenticate", challenge.String())
		e.log(r, h.Logger)
		WriteJSON(w, e.Status, map[string]string{paramError: e.Code, paramErrorDescription: printable(e.Description)})
		return
	}
	WriteError(w, r, h.Logger, h.issuer(), err)
}

// clientInformation is ClientInformation with what who registers is told.
func (h *Handler) clientInformation(registered identity.RegisteredClient) map[string]any {
	document := ClientInformation(registered.Client)
	document["registration_client_uri"] = h.issuer() + RegisterPath + "/" + url.PathEscape(registered.Client.ClientID)
	document["registration_access_token"] = registered.AccessToken
	if registered.Statement != "" { // RFC 7591 §3.2.1
		document["software_statement"] = registered.Statement
	}
	if registered.Secret != "" {
		document[paramClientSecret] = registered.Secret
		document["client_secret_expires_at"] = 0 // never
	}
	return document
}

// ClientInformation returns all that is registered, as its members. The times are seconds.
func ClientInformation(client identity.Client) map[string]any {
	text, err := json.Marshal(client.Metadata)
	document := map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &document)
	}
	if err != nil {
		panic("oauth: client information: " + err.Error()) // plain data, and keys that were read as JSON
	}
	delete(document, "localized")
	for member, text := range client.Metadata.Localized { // OIDC Registration §2.1
		document[member] = text
	}
	document[paramClientID] = client.ClientID
	document["client_id_issued_at"] = client.CreatedAt.Unix()
	return document
}
