package identity

import "encoding/json"

// AuthorizationParams are the parameters that were asked for, after validation.
type AuthorizationParams struct {
	RedirectURI     string               `json:"redirect_uri"`      // where the answer goes; proven
	RedirectURISent bool                 `json:"redirect_uri_sent"` // the request named it, so the token request must repeat it
	ResponseType    ResponseType         `json:"response_type,omitempty"`
	ResponseMode    string               `json:"response_mode"` // how it goes there; of JARM §2.3 never the shorthand jwt
	Scopes          []string             `json:"scopes"`
	Resources       []string             `json:"resources,omitempty"`
	State           string               `json:"state,omitempty"`
	HasState        bool                 `json:"has_state,omitempty"`
	Nonce           string               `json:"nonce,omitempty"`
	CodeChallenge   string               `json:"code_challenge,omitempty"`
	Prompt          []string             `json:"prompt,omitempty"`
	MaxAge          *int                 `json:"max_age,omitempty"` // seconds
	LoginHint       string               `json:"login_hint,omitempty"`
	HintSubject     string               `json:"hint_subject,omitempty"` // sub of a verified id_token_hint
	UILocales       string               `json:"ui_locales,omitempty"`
	Display         string               `json:"display,omitempty"` // one of DisplayValues, or what nobody knows
	ACRValues       []string             `json:"acr_values,omitempty"`
	ACREssential    []string             `json:"acr_essential,omitempty"` // the sign-in must be of one of these classes
	Details         AuthorizationDetails `json:"authorization_details,omitempty"`
	ProofKey        string               `json:"dpop_jkt,omitempty"` // thumbprint of the key that the code is bound to (RFC 9449 §10)
	Claims          json.RawMessage      `json:"claims,omitempty"`
	ClaimScopes     []string             `json:"claim_scopes,omitempty"` // scopes whose claims are asked for one by one: to be consented to, not granted
}

// classes returns which classes the sign-in should or must be of: those of the request, or else the client's own
// (OIDC Registration §2, default_acr_values), and whatever the operator demands for the client.
func (i Interaction) classes() RequestedClasses {
	r := RequestedClasses{Voluntary: i.Params.ACRValues, Essential: i.Params.ACREssential, Required: i.Client.Policy.RequireACR}
	if len(r.Voluntary)+len(r.Essential) == 0 {
		r.Voluntary = i.Client.Metadata.DefaultACRValues
	}
	return r
}

// size returns how many bytes of text a client has asked with.
func (p AuthorizationParams) size() int {
	n := len(p.RedirectURI) + len(p.ResponseType) + len(p.ResponseMode) + len(p.State) + len(p.Nonce) + len(p.CodeChallenge) +
		len(p.LoginHint) + len(p.HintSubject) + len(p.UILocales) + len(p.Display) + len(p.ProofKey) + len(p.Claims) + p.Details.size()
	for _, list := range [][]string{p.Scopes, p.Resources, p.Prompt, p.ACRValues, p.ACREssential, p.ClaimScopes} {
		for _, text := range list {
			n += len(text) + 1
		}
	}
	return n
}

// DisplayPage is the display of a request that says none.
const DisplayPage = "page"

// DisplayValues lists what pages can be shown in (OIDC Core §3.1.2.1). Phones of the time before JavaScript (wap) are not among it.
func DisplayValues() []string { return []string{DisplayPage, "popup", "touch"} }
