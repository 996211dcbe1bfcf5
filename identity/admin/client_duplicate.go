package admin

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// DuplicateClient is what a copy of a client has of its own. What else is stored of the registration and of the policy is
// copied. The secrets and the keys are not, because whoever has those of one client could act as the other, and neither is
// what has grown with the client: its roles, grants, consents, sessions and usage.
type DuplicateClient struct {
	ClientID string // empty: made
	Name     string // empty: that of the client
	Inactive bool
	JWKS     json.RawMessage
	JWKSURI  string

	ExpectedVersion *int // of the client that is copied
}

// of returns the registration of the copy.
func (d DuplicateClient) of(source identity.Client) NewClient {
	n := NewClient{ClientID: d.ClientID, Inactive: d.Inactive, Metadata: source.Metadata, Policy: &source.Policy}
	if d.Name != "" {
		n.Metadata.Name, n.Metadata.Localized = d.Name, n.Metadata.LocalizedBut("client_name")
	}
	n.Metadata.JWKS, n.Metadata.JWKSURI = d.JWKS, d.JWKSURI
	n.Policy.AssertionIssuer, n.Policy.AssertionSubject = "", "" // who the other one is
	return n
}

// Duplicate registers a client like another one, as Create would: by the rules and with the rights of today. The copy of a
// built-in client is none. The second result is the generated secret, as Create says.
func (s *Clients) Duplicate(ctx context.Context, id uuid.UUID, d DuplicateClient) (identity.Client, string, error) {
	if err := requireScope(ctx, identity.ScopeClientsWrite); err != nil {
		return identity.Client{}, "", err
	}
	if d.ClientID == "" {
		d.ClientID = s.source.NewClientID()
	}
	if source, err := s.store.ClientByID(ctx, id); err == nil {
		s.sectors.Read(ctx, d.of(source).Metadata)
	}
	secret := ""
	client, fresh, err := runIdempotentClient(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.Client, error) {
		source, err := tx.ClientByID(ctx, id)
		if err != nil {
			return identity.Client{}, err
		}
		if err := atVersion(d.ExpectedVersion, source.Version); err != nil {
			return identity.Client{}, err
		}
		n := d.of(source)
		if copied := n.client(); copied.UsesSecret() {
			secret = copied.MakeSecret(s.source)
		}
		return s.insert(ctx, tx, s.fresh(n, secret), n.check(), map[string]identity.Change{"duplicate_of": {After: source.ClientID}})
	})
	if err != nil {
		return identity.Client{}, "", fmt.Errorf("duplicate client: %w", err)
	}
	if !fresh {
		secret = ""
	}
	return client, secret, nil
}
