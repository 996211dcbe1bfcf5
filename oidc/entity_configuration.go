package oidc

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
)

// entityConfiguration is what the server says of itself as an entity of federations (OpenID Federation 1.0 §3). It is signed anew when
// the metadata has changed, or after as long as others may store it: whoever asks costs no signature.
type entityConfiguration struct {
	mu       sync.Mutex
	document []byte // that it was made of
	text     string
	made     time.Time
}

// entityStatement are the claims of a configuration, and of the answer to a registration (§3.1, §12.2.3).
type entityStatement struct {
	Issuer         string          `json:"iss"`
	Subject        string          `json:"sub"`
	Audience       string          `json:"aud,omitempty"`
	IssuedAt       int64           `json:"iat"`
	ExpiresAt      int64           `json:"exp"`
	Keys           json.RawMessage `json:"jwks"`
	Metadata       map[string]any  `json:"metadata"`
	AuthorityHints []string        `json:"authority_hints"`
	TrustAnchor    string          `json:"trust_anchor,omitempty"`
}

func (h *Handler) handleEntityConfiguration(w http.ResponseWriter, r *http.Request) {
	text, err := h.configuration(h.Document(r.Context()))
	if err != nil {
		oauth.WriteError(w, r, h.Logger, h.Domain.Settings.Get().Issuer, err)
		return
	}
	w.Header().Set("Content-Type", "application/"+identity.TypeEntityStatement)
	w.Header().Set("Cache-Control", oauth.DocumentCaching)
	_, _ = w.Write([]byte(text))
}

// configuration returns the signed configuration with the metadata of a discovery document.
func (h *Handler) configuration(document []byte) (string, error) {
	c, now := &h.entity, h.Domain.Source.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.made); bytes.Equal(c.document, document) && age >= 0 && age < oauth.DocumentMaxAge {
		return c.text, nil
	}
	settings := h.Domain.Settings.Get()
	place := settings.OpenIDFederation
	about := map[string]any{}
	if place.Organization != "" {
		about["organization_name"] = place.Organization
	}
	text, err := h.Domain.Entity.Sign(identity.TypeEntityStatement, entityStatement{
		Issuer: settings.Issuer, Subject: settings.Issuer, IssuedAt: now.Unix(), ExpiresAt: now.Add(place.Lifetime).Unix(),
		Keys: h.Domain.Entity.KeySet(), AuthorityHints: place.AuthorityHints,
		Metadata: map[string]any{
			identity.EntityTypeProvider: json.RawMessage(document), identity.EntityTypeFederation: about,
		},
	})
	if err != nil {
		return "", err
	}
	c.document, c.text, c.made = document, text, now
	return text, nil
}
