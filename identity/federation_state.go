package identity

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// federationFor is how long somebody may take to sign in at a provider, and then to say that their account shall be
// connected.
const federationFor = provenFor

// maxState is the longest state that is sent, in bytes: servers on the way take lines of 8 KiB.
const maxState = 7 << 10

// FederationState is what a browser is in the middle of at a provider. Nothing is stored of it: it is sealed into the
// parameter state (RFC 6749 §10.12), which is of use to the browser that began, at the page of the provider, once.
type FederationState struct {
	ProviderID uuid.UUID `json:"p"`
	Handle     string    `json:"i,omitempty"` // of the interaction, or empty
	SessionID  uuid.UUID `json:"s,omitzero"`  // whose user wants to be connected; zero: it is a sign-in
	Nonce      string    `json:"n"`           // OIDC Core §3.1.2.1
	Verifier   string    `json:"v"`           // RFC 7636 §4.1
	MaxAge     *int      `json:"m,omitempty"` // that the sign-in at the provider may have, in seconds
	BeganAt    time.Time `json:"t"`

	sealed string
}

// Connects reports whether somebody who is signed in wants to be connected.
func (f *FederationState) Connects() bool { return f.SessionID != uuid.Nil }

// key names the state where single use is decided.
func (f *FederationState) key() string { return "federation:" + f.sealed }

// request is what the provider is asked.
func (f *FederationState) request() UpstreamRequest {
	return UpstreamRequest{State: f.sealed, Nonce: f.Nonce, Verifier: f.Verifier, MaxAge: f.MaxAge}
}

func stateContext(browser, slug string) string { return "state:" + browser + ":" + slug }

func (k *Keyring) sealState(f FederationState, browser, slug string) (FederationState, error) {
	plain, err := json.Marshal(f)
	if err != nil {
		return FederationState{}, err
	}
	f.sealed = base64.RawURLEncoding.EncodeToString(k.Seal(PurposeFederation, plain, stateContext(browser, slug)))
	if len(f.sealed) > maxState {
		return FederationState{}, errTooLarge
	}
	return f, nil
}

// openState returns what a browser comes back with; ErrFederationExpired when it is none of ours, another browser's or
// provider's, or too old.
func (k *Keyring) openState(text, browser, slug string, now time.Time) (FederationState, error) {
	plain, err := k.openSealed(text, stateContext(browser, slug))
	if err != nil || browser == "" {
		return FederationState{}, ErrFederationExpired.Because(faultState)
	}
	f := FederationState{sealed: text}
	if err := json.Unmarshal(plain, &f); err != nil || now.Sub(f.BeganAt) >= federationFor {
		return FederationState{}, ErrFederationExpired.Because(faultState)
	}
	return f, nil
}

// openSealed opens what is sealed in its one form: each other spelling would be another one where single use is decided.
func (k *Keyring) openSealed(text, context string) ([]byte, error) {
	if len(text) > maxState {
		return nil, ErrFederationExpired
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || base64.RawURLEncoding.EncodeToString(sealed) != text { // decoding skips line breaks
		return nil, ErrFederationExpired
	}
	return k.Open(PurposeFederation, sealed, context)
}

// PendingLink is who has signed in at a provider and is not connected with an account here. It is worth nothing but for the
// page that asks for that, in the browser where it was proven.
type PendingLink struct {
	ProviderID    uuid.UUID `json:"p"`
	Provider      string    `json:"n"` // its name
	Issuer        string    `json:"i"`
	Subject       string    `json:"s"`
	Email         string    `json:"e,omitempty"`
	EmailVerified bool      `json:"v,omitempty"`
	SessionID     uuid.UUID `json:"b,omitzero"` // whose user wants to be connected; zero: whoever signs in
	At            time.Time `json:"t"`
}

func linkContext(browser string, interaction uuid.UUID) string {
	return "link:" + browser + ":" + interaction.String()
}

// WithLink returns the interaction with somebody who is to be connected in it, for one browser.
func (s *SignIn) WithLink(i Interaction, l PendingLink, browser string) (Interaction, error) {
	plain, err := json.Marshal(l)
	if err != nil {
		return Interaction{}, err
	}
	i.SealedLink, i.Link = s.keys.Seal(PurposeFederation, plain, linkContext(browser, i.ID)), &l
	return i, nil
}

// OpenLink returns who is to be connected in an interaction; nil when it is nobody, too long ago, or another browser.
func (s *SignIn) OpenLink(i Interaction, browser string) *PendingLink {
	if len(i.SealedLink) == 0 || browser == "" {
		return nil
	}
	plain, err := s.keys.Open(PurposeFederation, i.SealedLink, linkContext(browser, i.ID))
	if err != nil {
		return nil
	}
	var l PendingLink
	if err := json.Unmarshal(plain, &l); err != nil || s.source.Now().Sub(l.At) >= federationFor {
		return nil
	}
	return &l
}
