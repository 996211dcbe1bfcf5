package identity

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// AuthorizationRequest is a validated request of the authorization endpoint that waits for a person. Login and consent
// pages carry only its handle; every parameter survives here.
type Interaction struct {
	ID        uuid.UUID
	Digest    []byte // keyed digest of the handle in the pages' URLs
	ClientID  uuid.UUID
	Params    AuthorizationParams
	CreatedAt time.Time
	ExpiresAt time.Time
	DoneAt    *time.Time

	// What the person has done so far.
	SessionID       *uuid.UUID // the browser session that acts; consent must come from it
	AuthenticatedAt *time.Time // a sign-in that was made for this very request
	ConsentedAt     *time.Time
	Denied          bool
}

// AuthorizationParams are the parameters that were asked for, after validation.
type AuthorizationParams struct {
	RedirectURI     string          `json:"redirect_uri"`      // where the answer goes; proven
	RedirectURISent bool            `json:"redirect_uri_sent"` // the request named it, so the token request must repeat it
	ResponseMode    string          `json:"response_mode"`     // query or form_post
	Scopes          []string        `json:"scopes"`
	Resources       []string        `json:"resources,omitempty"`
	State           string          `json:"state,omitempty"`
	HasState        bool            `json:"has_state,omitempty"`
	Nonce           string          `json:"nonce,omitempty"`
	CodeChallenge   string          `json:"code_challenge,omitempty"`
	Prompt          []string        `json:"prompt,omitempty"`
	MaxAge          *int            `json:"max_age,omitempty"` // seconds
	LoginHint       string          `json:"login_hint,omitempty"`
	HintSubject     string          `json:"hint_subject,omitempty"` // sub of a verified id_token_hint
	UILocales       string          `json:"ui_locales,omitempty"`
	Display         string          `json:"display,omitempty"`
	ACRValues       []string        `json:"acr_values,omitempty"`
	Claims          json.RawMessage `json:"claims,omitempty"`
	ClaimScopes     []string        `json:"claim_scopes,omitempty"` // scopes whose claims are asked for one by one: to be consented to, not granted
}
