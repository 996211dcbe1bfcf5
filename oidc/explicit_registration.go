package oidc

import (
	"encoding/json"
	"mime"
	"net/http"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/oauth"
)

// Types of explicit registration (OpenID Federation 1.0 §15).
const (
	typeTrustChain   = "trust-chain+json"
	typeRegistration = "explicit-registration-response+jwt"
)

// explicitRegistration is the one registration type that there is (§12).
const explicitRegistration = "explicit"

// handleExplicitRegistration registers the entity of a federation that says what it is (§12.2).
func (h *Handler) handleExplicitRegistration(w http.ResponseWriter, r *http.Request) {
	text, err := h.registerEntity(r)
	if err != nil {
		err = oauth.RegistrationError(err)
		oauth.NoteRefusal(h.Domain.Refusals, r, identity.EndpointRegister, identity.Bearer{}, err)
		oauth.WriteError(w, r, h.Logger, h.Domain.Settings.Get().Issuer, err)
		return
	}
	w.Header().Set("Content-Type", "application/"+typeRegistration)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(text)) //nolint:gosec // a JWT is no page, and says so
}

func (h *Handler) registerEntity(r *http.Request) (string, error) {
	statements, err := readStatements(r)
	if err != nil {
		return "", err
	}
	registered, err := h.Domain.Entities.Register(r.Context(), statements)
	if err != nil {
		return "", err
	}
	return h.registrationResponse(registered)
}

// readStatements reads the body of a registration request: the configuration of an entity, or a chain that it begins (§12.2.1).
func readStatements(r *http.Request) ([]string, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/"+identity.TypeEntityStatement && media != "application/"+typeTrustChain {
		return nil, oauth.InvalidRequest(identity.RuleEntityStatement,
			"The body must be application/%s or application/%s.", identity.TypeEntityStatement, typeTrustChain)
	}
	body, err := oauth.ReadBody(r, "invalid_request", identity.RuleEntityStatement)
	if err != nil || media != "application/"+typeTrustChain {
		return []string{string(body)}, err
	}
	var statements []string
	if err := json.Unmarshal(body, &statements); err != nil || len(statements) < 2 {
		refusal := oauth.InvalidRequest(identity.RuleEntityStatement, "The body must be a JSON array of the statements of a trust chain.")
		return nil, refusal.Because(err)
	}
	return statements, nil
}

// registrationResponse says what an entity is registered with (§12.2.3), as all of the types of entities that it has said to be.
func (h *Handler) registrationResponse(registered identity.RegisteredEntity) (string, error) {
	client, chain, issuer := registered.Client, registered.Chain, h.Domain.Settings.Get().Issuer
	party := oauth.ClientInformation(client)
	party["client_registration_types"] = []string{explicitRegistration}
	metadata := map[string]any{identity.EntityTypeRelyingParty: party}
	for name, other := range chain.Others {
		metadata[name] = other
	}
	return h.Domain.Entity.Sign(typeRegistration, entityStatement{
		Issuer: issuer, Subject: chain.Entity, Audience: chain.Entity, IssuedAt: h.Domain.Source.Now().Unix(),
		ExpiresAt: client.ExpiresAt.Unix(), Keys: chain.Keys, Metadata: metadata, TrustAnchor: chain.Anchor,
		AuthorityHints: []string{chain.Superior},
	})
}
