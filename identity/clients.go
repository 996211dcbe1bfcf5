package identity

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Clients registers clients.
type Clients struct{ d Deps }

// NewClient is what a client is registered from.
type NewClient struct {
	ClientID string // empty: made
	Secret   string // empty: made if the client authenticates with a secret; at least 32 characters
	Inactive bool
	BuiltIn  bool
	Metadata ClientMetadata
}

// minSecret is the least length of a chosen client secret in bytes: 256 bits if it is random hexadecimal or denser.
const minSecret = 32

// Create registers a client. The second result is the generated secret, or empty; it is not kept and cannot be shown
// again.
func (s *Clients) Create(ctx context.Context, n NewClient) (Client, string, error) {
	if err := requireScope(ctx, ScopeClientsWrite); err != nil {
		return Client{}, "", err
	}
	now := s.d.Source.Now()
	client := Client{
		ID: s.d.Source.NewID(), ClientID: n.ClientID, Active: !n.Inactive, BuiltIn: n.BuiltIn,
		CreatedAt: now, UpdatedAt: now, Version: 1, Metadata: n.Metadata.withDefaults(),
	}
	if client.ClientID == "" {
		client.ClientID = s.d.Source.NewID().String()[:18] + s.d.Source.NewSecret()[:8]
	}
	if err := client.Check(); err != nil {
		return Client{}, "", err
	}
	generated := ""
	if client.usesSecret() {
		secret := n.Secret
		if secret == "" {
			generated = s.d.Source.NewSecret()
			secret = generated
		}
		if err := checkSecret(secret); err != nil {
			return Client{}, "", err
		}
		client.Secrets = []ClientSecret{s.secret(secret, now)}
	} else if n.Secret != "" {
		return Client{}, "", noSecret(client)
	}
	err := s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		if err := tx.InsertClient(ctx, client); err != nil {
			return err
		}
		event := newEvent(ctx, s.d.Source, ActionClientCreated, TargetClient, client.ID.String(), client.ClientID)
		event.Changes = map[string]Change{"metadata": {After: client.Metadata}}
		return tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return Client{}, "", fmt.Errorf("create client: %w", err)
	}
	return client, generated, nil
}

func checkSecret(secret string) error {
	if len(secret) < minSecret || len(secret) > maxText {
		return InvalidField("client_secret", "Must have %d to %d characters.", minSecret, maxText)
	}
	return checkText("client_secret", secret, maxText, false)
}

func noSecret(c Client) error {
	return InvalidField("client_secret", "A client with token_endpoint_auth_method %s has no secret.", c.Metadata.TokenEndpointAuthMethod)
}

func (s *Clients) secret(secret string, now time.Time) ClientSecret {
	return ClientSecret{ID: s.d.Source.NewID(), Digest: s.d.Keys.Digest(PurposeClientSecret, secret), CreatedAt: now}
}

// ClientChange is a partial update: nil keeps a field.
type ClientChange struct {
	Active   *bool
	Secret   *string // becomes the only live secret
	Metadata *ClientMetadata
}

// Update changes a client. Deactivation ends its grants. A change of nothing writes nothing and returns false.
func (s *Clients) Update(ctx context.Context, id uuid.UUID, c ClientChange, expectedVersion *int) (Client, bool, error) {
	if err := requireScope(ctx, ScopeClientsWrite); err != nil {
		return Client{}, false, err
	}
	var after Client
	changed := false
	err := s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		before, err := tx.ClientByID(ctx, id)
		if err != nil {
			return err
		}
		if expectedVersion != nil && *expectedVersion != before.Version {
			return &VersionConflictError{CurrentVersion: before.Version}
		}
		after, changed, err = s.update(ctx, tx, before, c)
		return err
	})
	if err != nil {
		return Client{}, false, fmt.Errorf("update client: %w", err)
	}
	return after, changed, nil
}

func (s *Clients) update(ctx context.Context, tx Store, before Client, c ClientChange) (Client, bool, error) {
	after := before
	now := s.d.Source.Now()
	setIfGiven(&after.Active, c.Active)
	if c.Metadata != nil {
		after.Metadata = c.Metadata.withDefaults()
	}
	if err := after.Check(); err != nil {
		return Client{}, false, err
	}
	changes := map[string]Change{}
	if before.Active != after.Active {
		changes["active"] = Change{Before: before.Active, After: after.Active}
	}
	if !reflect.DeepEqual(before.Metadata, after.Metadata) {
		changes["metadata"] = Change{Before: before.Metadata, After: after.Metadata}
	}
	if !after.usesSecret() {
		after.Secrets = nil
	}
	if c.Secret != nil && !after.usesSecret() {
		return Client{}, false, noSecret(after)
	}
	if c.Secret != nil && !s.onlySecret(before, *c.Secret) {
		if err := checkSecret(*c.Secret); err != nil {
			return Client{}, false, err
		}
		after.Secrets = []ClientSecret{s.secret(*c.Secret, now)}
		changes["client_secret"] = Change{}
	}
	if len(changes) == 0 {
		return before, false, nil
	}
	after.UpdatedAt = now
	if err := tx.UpdateClient(ctx, after); err != nil {
		return Client{}, false, err
	}
	after.Version++
	if before.Active && !after.Active {
		if _, err := tx.EndGrants(ctx, GrantSelection{ClientID: after.ID}, now, EndDeactivated); err != nil {
			return Client{}, false, err
		}
	}
	event := newEvent(ctx, s.d.Source, ActionClientUpdated, TargetClient, after.ID.String(), after.ClientID)
	event.Changes = changes
	return after, true, tx.InsertAudit(ctx, event)
}

// ByIDs finds many clients in one statement; missing ones are absent.
func (s *Clients) ByIDs(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]Client, error) {
	if err := requireScope(ctx, ScopeClientsRead); err != nil {
		return nil, err
	}
	return s.d.Store.ClientsByID(ctx, ids)
}

// RotateSecret returns a client a new secret, which is shown once. The present ones stay live for grace, so that the
// application can be moved; zero ends them at once. The secret is empty when an earlier call of the same Idempotency
// has made it.
func (s *Clients) RotateSecret(ctx context.Context, id uuid.UUID, grace time.Duration) (Client, string, error) {
	if err := requireScope(ctx, ScopeClientsWrite); err != nil {
		return Client{}, "", err
	}
	secret := s.d.Source.NewSecret()
	var after Client
	_, err := runIdempotent(ctx, s.d, func(ctx context.Context, tx Store) (struct{}, error) {
		after = Client{}
		client, err := tx.ClientByID(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		if !client.usesSecret() {
			return struct{}{}, InvalidField("client_secret", "The client does not use a secret.")
		}
		now := s.d.Source.Now()
		kept := []ClientSecret{s.secret(secret, now)}
		if ends := now.Add(grace); grace > 0 && len(client.Secrets) > 0 {
			old := client.Secrets[0] // two live secrets at most
			if old.ExpiresAt == nil || old.ExpiresAt.After(ends) {
				old.ExpiresAt = &ends
			}
			kept = append(kept, old)
		}
		client.Secrets, client.UpdatedAt = kept, now
		if err := tx.UpdateClient(ctx, client); err != nil {
			return struct{}{}, err
		}
		client.Version++
		after = client
		event := newEvent(ctx, s.d.Source, ActionClientUpdated, TargetClient, client.ID.String(), client.ClientID)
		event.Changes = map[string]Change{"client_secret": {}}
		return struct{}{}, tx.InsertAudit(ctx, event)
	})
	if err == nil && after.ID == uuid.Nil { // done by an earlier call
		secret = ""
		after, err = s.d.Store.ClientByID(ctx, id)
	}
	if err != nil {
		return Client{}, "", fmt.Errorf("rotate client secret: %w", err)
	}
	return after, secret, nil
}

// Delete removes a client that is not built in, with its grants and consents.
func (s *Clients) Delete(ctx context.Context, id uuid.UUID) error {
	if err := requireScope(ctx, ScopeClientsWrite); err != nil {
		return err
	}
	err := s.d.Store.InTx(ctx, func(ctx context.Context, tx Store) error {
		client, err := tx.ClientByID(ctx, id)
		if err != nil {
			return err
		}
		if client.BuiltIn {
			return InvalidField("client_id", "A built-in client cannot be deleted.")
		}
		if err := tx.DeleteClient(ctx, id); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, newEvent(ctx, s.d.Source, ActionClientDeleted, TargetClient, id.String(), client.ClientID))
	})
	if err != nil {
		return fmt.Errorf("delete client: %w", err)
	}
	return nil
}

// onlySecret reports whether the client already has exactly this secret.
func (s *Clients) onlySecret(c Client, secret string) bool {
	return len(c.Secrets) == 1 && c.HasSecret(s.d.Keys, secret, s.d.Source.Now())
}

// EnsureBuiltIn keeps one of Authly's own clients as the program wants it.
func (s *Clients) EnsureBuiltIn(ctx context.Context, clientID string, m ClientMetadata) error {
	client, err := s.d.Store.ClientByClientID(ctx, clientID)
	if errors.Is(err, ErrClientNotFound) {
		_, _, err = s.Create(ctx, NewClient{ClientID: clientID, BuiltIn: true, Metadata: m})
		if errors.Is(err, &Error{Code: CodeDuplicateClient}) {
			return nil // another node was faster
		}
		return err
	}
	if err != nil {
		return err
	}
	if reflect.DeepEqual(client.Metadata, m.withDefaults()) {
		return nil
	}
	_, _, err = s.Update(ctx, client.ID, ClientChange{Metadata: &m}, nil)
	return err
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

func (c Client) usesSecret() bool {
	m := c.Metadata.TokenEndpointAuthMethod
	return m == AuthClientSecretBasic || m == AuthClientSecretPost
}
