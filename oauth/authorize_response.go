package oauth

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/authly/authly/identity"
)

// HandedOut is what a client gets with an ID token, which has hashes of it (OIDC Core §3.1.3.6, §3.3.2.11).
type HandedOut struct {
	AccessToken string
	Code        string // of an authorization response
	State       string // of an authorization response
}

// handOut answers an authorization request that was granted. What goes through the browser is counted as a token response is.
func (h *Handler) handOut(w http.ResponseWriter, r *http.Request, i identity.Interaction, issued identity.Issuance) {
	began := h.Domain.Source.Now()
	values, err := h.granted(r.Context(), i, issued)
	if ended := h.Domain.Source.Now(); issued.Grant.FrontChannel {
		h.Domain.Meter.Token(i.Client.ClientID, identity.GrantImplicit, err != nil, ended.Sub(began))
		h.Domain.Usage.Count(i.Client.ID, err != nil, ended)
	}
	if err != nil {
		h.writeError(w, r, i, identity.AsError(err).Code == identity.CodeInvalidTarget, err)
		return
	}
	h.respond(w, r, i, values)
}

// granted returns what the response type asks for (OIDC Core §3.2.2.5, §3.3.2.5). A refresh token is never in it (RFC 6749 §4.2.2).
func (h *Handler) granted(ctx context.Context, i identity.Interaction, issued identity.Issuance) (url.Values, error) {
	values := url.Values{}
	with := HandedOut{Code: issued.Code, State: i.Params.State}
	if issued.Code != "" {
		values.Set(paramCode, issued.Code)
	}
	if i.Params.ResponseType.Token() {
		access, err := h.Domain.Tokens.Issue(ctx, issued, nil)
		if err != nil {
			return nil, err
		}
		with.AccessToken = access.Value
		values.Set(paramAccessToken, access.Value)
		values.Set(paramTokenType, access.Type)
		values.Set(paramExpiresIn, strconv.Itoa(int(access.ExpiresIn.Seconds())))
		values.Set(paramScope, identity.JoinScope(access.Scopes))
		if len(issued.Details) > 0 {
			text, err := json.Marshal(issued.Details)
			if err != nil {
				return nil, fmt.Errorf("encode authorization_details: %w", err)
			}
			values.Set(paramDetails, string(text)) // RFC 9396 §7
		}
	}
	if i.Params.ResponseType.IDToken() {
		token, err := h.Extension.IDToken(ctx, issued, with)
		if err != nil {
			return nil, err
		}
		values.Set(paramIDToken, token)
	}
	return values, nil
}

// respond sends an authorization response to the client with state and iss (RFC 9207).
func (h *Handler) respond(w http.ResponseWriter, r *http.Request, i identity.Interaction, values url.Values) {
	p := i.Params
	if p.HasState {
		values.Set(paramState, p.State)
	}
	values.Set(paramIssuer, h.issuer())
	if h.Extension != nil && !values.Has(paramError) {
		if err := h.Extension.Respond(w, r, i, values); err != nil {
			h.Pages.Error(w, r, err)
			return
		}
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	mode, signed := strings.CutSuffix(p.ResponseMode, signedModes)
	if signed {
		response, err := h.signResponse(r.Context(), i.Client, values)
		if err != nil {
			h.Pages.Error(w, r, err)
			return
		}
		values = url.Values{paramResponse: {response}}
	}
	switch mode {
	case modeFormPost:
		w.Header().Set("Cache-Control", "no-store")
		h.Pages.FormPost(w, r, p.RedirectURI, values)
	case modeFragment:
		SeeOther(w, p.RedirectURI+"#"+values.Encode()) // no registered URI has one
	default:
		SeeOther(w, AppendQuery(p.RedirectURI, values)+ownFragment)
	}
}

// responseTTL is how long a signed response is good: the browser takes it straight to the client (JARM §2.1).
const responseTTL = 2 * time.Minute

// signResponse returns the JWT that has the parameters of an authorization response, be it an error, for its client (JARM §2.1).
func (h *Handler) signResponse(ctx context.Context, client identity.Client, values url.Values) (string, error) {
	claims := map[string]any{"aud": client.ClientID, "exp": h.Domain.Source.Now().Add(responseTTL).Unix()}
	for name := range values {
		claims[name] = values.Get(name)
	}
	signed, err := h.Domain.ClientTokens.Make(ctx, client, client.AuthorizationResponse(), claims)
	if err != nil {
		return "", fmt.Errorf("sign an authorization response: %w", err)
	}
	return signed, nil
}

// ownFragment ends every redirect to a client. A browser that is redirected without one carries over the fragment of the
// address that it comes from, which an attacker may have written (RFC 9700 §4.1.3).
const ownFragment = "#_"

// AppendQuery adds parameters and leaves what the client registered as it is.
func AppendQuery(uri string, values url.Values) string {
	separator := "?"
	if strings.Contains(uri, "?") {
		separator = "&"
		if strings.HasSuffix(uri, "?") || strings.HasSuffix(uri, "&") {
			separator = ""
		}
	}
	return uri + separator + values.Encode()
}

// writeError answers an authorization request with an error: to the client when it and its redirect URI are proven, else to
// the person (RFC 6749 §4.1.2.1). Nothing is stored of it: whoever caused it may be anybody. The browser is sent to a client that
// anybody can have registered only after a person has decided: else a link to this server would lead anywhere (RFC 9700 §4.11.2).
func (h *Handler) writeError(w http.ResponseWriter, r *http.Request, i identity.Interaction, proven bool, err error) {
	NoteRefusal(h.Domain.Refusals, r, identity.EndpointAuthorize, identity.Bearer{Client: i.Client}, err)
	if !proven || i.Client.OfStranger() && FromError(err).Code != "access_denied" {
		h.Pages.Error(w, r, pageError(err))
		return
	}
	e := FromError(err)
	e.log(r, h.Logger)
	code := e.Code
	if e.Code == "invalid_client" {
		code = "unauthorized_client" // invalid_client is not an authorization error
	}
	h.respond(w, r, i, url.Values{paramError: {code}, paramErrorDescription: {printable(e.Description)}})
}

// pageError makes a protocol error readable for the page surface, which knows the domain's vocabulary only.
func pageError(err error) error {
	e := FromError(err)
	switch {
	case e.cause != nil:
		return e.cause
	case e.Status >= http.StatusInternalServerError:
		return err
	}
	return identity.Errorf(identity.Invalid, identity.CodeValidation, "%s", e.Description)
}
