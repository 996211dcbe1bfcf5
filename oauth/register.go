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
	body, err := io.ReadAll(r.Body)
	if err != nil {
		e := invalidClientMetadata("The body cannot be read.")
		if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
			e = invalidClientMetadata("The body is too long.")
			e.Status = http.StatusRequestEntityTooLarge
		}
		return identity.ClientRegistration{}, e
	}
	return identity.ReadClientRegistration(body)
}

func invalidClientMetadata(format string, args ...any) *Error {
	return badRequest("invalid_client_metadata", identity.RuleClientMetadata, format, args...)
}

// registrationError says in terms of RFC 7591 §3.2.2 what is wrong with a request.
func registrationError(err error) error {
	if _, protocol := errors.AsType[*Error](err); protocol {
		return err
	}
	found := identity.AsError(err)
	if found.Kind != identity.Invalid {
		return err
	}
	code := "invalid_client_metadata"
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
	err = registrationError(err)
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

// clientInformation returns all that is registered, with what only the server says. The times are seconds.
func (h *Handler) clientInformation(registered identity.RegisteredClient) map[string]any {
	text, err := json.Marshal(registered.Client.Metadata)
	document := map[string]any{}
	if err == nil {
		err = json.Unmarshal(text, &document)
	}
	if err != nil {
		panic("oauth: client information: " + err.Error()) // plain data, and keys that were read as JSON
	}
	delete(document, "localized")
	for member, text := range registered.Client.Metadata.Localized { // OIDC Registration §2.1
		document[member] = text
	}
	clientID := registered.Client.ClientID
	document[paramClientID] = clientID
	document["client_id_issued_at"] = registered.Client.CreatedAt.Unix()
	document["registration_client_uri"] = h.issuer() + RegisterPath + "/" + url.PathEscape(clientID)
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
