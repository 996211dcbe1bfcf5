package identity

import (
	"context"
	"slices"
)

// Clients registers clients and proves who they are.
type Clients struct{ d Deps }

// Find returns the active client of a client_id, or ErrClientNotFound.
func (s *Clients) Find(ctx context.Context, clientID string) (Client, error) {
	if clientID == "" || len(clientID) > MaxText {
		return Client{}, ErrClientNotFound
	}
	client, err := s.d.Store.ClientByClientID(ctx, clientID)
	if err != nil {
		return Client{}, err
	}
	if !client.Active {
		return Client{}, ErrClientNotFound
	}
	return client, nil
}

// ProveSecret compares a secret in constant time with the live ones of the client. A client that was not found (the
// zero Client) costs the same time.
func (s *Clients) ProveSecret(client Client, secret string) bool {
	now := s.d.Source.Now()
	ok := false
	secrets := client.Secrets
	if len(secrets) == 0 {
		secrets = []ClientSecret{{Digest: make([]byte, 32)}}
	}
	for _, stored := range secrets {
		live := stored.ExpiresAt == nil || stored.ExpiresAt.After(now)
		match := s.d.Keys.Verify(PurposeClientSecret, []byte(secret), stored.Digest)
		ok = ok || match && live
	}
	return ok
}

// Allows reports whether the client may use a grant type.
func (c Client) Allows(g GrantType) bool { return slices.Contains(c.Metadata.GrantTypes, g) }

// Scopes returns the scopes that the client may ask for.
func (c Client) Scopes() []string {
	names, err := ParseScope(c.Metadata.Scope)
	if err != nil {
		return nil
	}
	return names
}

func (c Client) UsesSecret() bool {
	m := c.Metadata.TokenEndpointAuthMethod
	return m == AuthClientSecretBasic || m == AuthClientSecretPost
}
