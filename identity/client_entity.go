package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// EntityRegistrations registers clients as entities of federations (explicit registration, OpenID Federation 1.0 §12.2): their client_id
// is their entity identifier, and they are clients for as long as their trust chain holds.
type EntityRegistrations struct {
	documents *ClientDocuments
	chains    TrustChains
}

// RegisteredEntity is what an entity is told of its registration (§12.2.3).
type RegisteredEntity struct {
	Client Client
	Chain  TrustChain
}

// maxEntityRegistration is how long a registration holds at most, whatever the statements of its chain say: a federation takes a
// member out by not speaking for it any more.
const maxEntityRegistration = 30 * 24 * time.Hour

// Why an entity of a federation is not registered as it wants.
var (
	errEntityTaken = Errorf(Conflict, CodeValidation, "The entity identifier is the client_id of a client that was registered otherwise.")
	errEntityOff   = Errorf(Unauthenticated, CodeInvalidClient, "The client was switched off by an administrator.")
)

// Register registers the entity whose configuration is the first of the statements, or renews its registration: what it says now takes
// the place of what it has said (§12.2.2). One that an administrator has given rights is renewed as it is, and not changed. The errors
// are those of TrustChains and of registrations; RateLimited when strangers ask for too much.
func (s *EntityRegistrations) Register(ctx context.Context, statements []string) (RegisteredEntity, error) {
	d := s.documents
	if err := d.guard.admitClient(ctx); err != nil { // before anybody is called
		return RegisteredEntity{}, err
	}
	chain, err := s.chains.Prove(ctx, statements, d.settings.Get().Issuer)
	if err != nil {
		what := shortened(err.Error(), longestMessage) // which repeats what strangers have written
		return RegisteredEntity{}, AsError(err).Expecting("What is wrong is: " + what + ".").Because(errors.New(what))
	}
	known, err := d.store.ClientByClientID(ctx, chain.Entity)
	if err != nil && !errors.Is(err, ErrClientNotFound) {
		return RegisteredEntity{}, fmt.Errorf("find client of entity: %w", err)
	}
	described, err := s.describe(known, chain)
	if err != nil {
		return RegisteredEntity{}, err
	}
	if known.ClientID != "" {
		if err := known.renews(described); err != nil {
			return RegisteredEntity{}, err
		}
	}
	if err := d.settings.Get().checkSelfRegistered(Client{}, described); err != nil {
		return RegisteredEntity{}, err
	}
	if err := (Sectors{d.reader}).Check(ctx, known.Metadata, described.Metadata); err != nil {
		return RegisteredEntity{}, err
	}
	saved, err := d.save(ctx, described, map[string]Change{"trust_anchor": {After: chain.Anchor}})
	if err == nil { // somebody may have changed it since
		err = saved.renews(described)
	}
	return RegisteredEntity{Client: saved, Chain: chain}, err
}

// describe returns the client that an entity is: known, or a new one.
func (s *EntityRegistrations) describe(known Client, chain TrustChain) (Client, error) {
	text, err := json.Marshal(chain.Metadata)
	if err != nil {
		return Client{}, fmt.Errorf("metadata of entity: %w", err)
	}
	r, err := ReadClientRegistration(text)
	if err != nil {
		return Client{}, err
	}
	if r.ClientID == "" {
		r.ClientID = chain.Entity
	}
	if r.Metadata.TokenEndpointAuthMethod == "" { // it has keys, and a secret it cannot be told
		r.Metadata.TokenEndpointAuthMethod = AuthPrivateKeyJWT
	}
	if !isEntity(chain.Entity) {
		return Client{}, InvalidField("client_id", "Must be an address in its plain spelling, of at most %d characters.", MaxText)
	}
	described, err := s.documents.describe(known, chain.Entity, r, OriginEntity)
	expires := chain.ExpiresAt // §12.3: no later
	if latest := s.documents.source.Now().Add(maxEntityRegistration); expires.After(latest) {
		expires = latest
	}
	described.ExpiresAt = &expires
	return described, err
}

// renews refuses what a registration anew cannot make of a client.
func (c Client) renews(described Client) error {
	switch {
	case c.Origin != OriginEntity:
		return errEntityTaken
	case !c.Active:
		return errEntityOff
	case c.Trusted() && !c.Metadata.same(described.Metadata):
		return errRegistrationOfTrusted
	}
	return nil
}
