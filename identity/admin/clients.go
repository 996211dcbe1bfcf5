package admin

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Clients is administration of clients.
type Clients struct {
	changes
	store   clientStore
	issuer  string
	signing *identity.SigningKeys
	sectors identity.Sectors
}

// clientStore is what Clients reads outside of its transactions.
type clientStore interface {
	identity.ClientReader
	identity.ClientLister
	identity.AdminClientStore
	identity.ScopeUseReader
	identity.ClientUsageStore
	identity.NameReader
}

// NewClient is what a client is registered from.
type NewClient struct {
	ClientID string // empty: made
	Secret   string // empty: made if the client authenticates with a secret; at least 32 characters
	Inactive bool
	BuiltIn  bool
	Metadata identity.ClientMetadata
	Policy   *identity.ClientPolicy // nil: identity.DefaultPolicy
}

// Create registers a client. The second result is the generated secret, or empty; it is not stored and cannot be shown
// again.
func (s *Clients) Create(ctx context.Context, n NewClient) (identity.Client, string, error) {
	if err := requireScope(ctx, identity.ScopeClientsWrite); err != nil {
		return identity.Client{}, "", err
	}
	if n.ClientID == "" {
		n.ClientID = s.source.NewClientID()
	}
	generated, secret := "", n.Secret
	if client := n.client(); secret == "" && client.UsesSecret() {
		generated = client.MakeSecret(s.source)
		secret = generated
	}
	client := s.fresh(n, secret)
	s.sectors.Read(ctx, client.Metadata)
	client, fresh, err := runIdempotentClient(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.Client, error) {
		return s.insert(ctx, tx, client, n.check(), nil)
	})
	if err != nil {
		return identity.Client{}, "", fmt.Errorf("create client: %w", err)
	}
	if !fresh {
		generated = ""
	}
	return client, generated, nil
}

// fresh returns a client as it is registered now, with the secret if it authenticates with one.
func (s *Clients) fresh(n NewClient, secret string) identity.Client {
	now := s.source.Now()
	client := n.client()
	client.ID, client.CreatedAt, client.UpdatedAt, client.Version = s.source.NewID(), now, now, 1
	if client.UsesSecret() {
		client.Secrets = []identity.ClientSecret{client.NewSecret(s.keys, s.source, secret)}
	}
	return client
}

// insert registers a client in which found is wrong. The event has changes besides those of the registration.
func (s *Clients) insert(
	ctx context.Context, tx identity.Store, client identity.Client, found error, changes map[string]identity.Change,
) (identity.Client, error) {
	if err := s.checkChange(ctx, tx, identity.Client{}, client, found); err != nil {
		return identity.Client{}, err
	}
	if err := overChange(ctx, identity.Client{}, client); err != nil {
		return identity.Client{}, err
	}
	if err := tx.InsertClient(ctx, client); err != nil {
		return identity.Client{}, err
	}
	if err := s.signing.EnsureIn(ctx, tx, client.KeysFor()...); err != nil {
		return identity.Client{}, err
	}
	event := identity.NewEvent(ctx, s.source, identity.ActionClientCreated, identity.TargetClient, client.ID.String(), client.ClientID)
	event.Changes = map[string]identity.Change{"metadata": {After: client.Metadata.Audited()}, "policy": {After: client.Policy}}
	maps.Copy(event.Changes, changes)
	return client, tx.InsertAudit(ctx, event)
}

// client returns what is registered, but for what only its registration adds.
func (n NewClient) client() identity.Client {
	client := identity.Client{
		ClientID: n.ClientID, Active: !n.Inactive, BuiltIn: n.BuiltIn, Metadata: n.Metadata.WithDefaults(), Policy: identity.DefaultPolicy(),
	}
	setIfGiven(&client.Policy, n.Policy)
	client.Policy = client.Policy.WithDefaults(client.Metadata)
	return client
}

// check names all fields that are wrong.
func (n NewClient) check() error {
	if n.Secret == "" {
		return n.client().Check()
	}
	return checkWithSecret(n.client(), n.Secret)
}

// errOfDocument refuses to change what a document or an entity says, which would say it again.
var errOfDocument = identity.InvalidField("client_id",
	"Is the address of a document or an entity, which alone says what the client is until the client is given rights.")

// errDefaultResource refuses a default resource that no token could be made for.
var errDefaultResource = identity.InvalidField("default_resource", "Must be the URI of a registered resource, or the issuer.")

// checkDefaultResource refuses a default resource that no token could be made for.
func (s *Clients) checkDefaultResource(ctx context.Context, tx identity.Store, p identity.ClientPolicy) error {
	if p.DefaultResource == "" || p.DefaultResource == s.issuer {
		return nil
	}
	registered, err := tx.Resources(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(registered, func(r identity.Resource) bool { return r.URI == p.DefaultResource }) {
		return errDefaultResource
	}
	return nil
}

// ClientChange is a partial update: nil keeps a field.
type ClientChange struct {
	Active   *bool
	Secret   *string // becomes the only live secret
	Metadata *identity.ClientMetadata
	Policy   *identity.ClientPolicy

	// Patch changes some of what is stored, inside the transaction.
	Patch func(*identity.ClientMetadata, *identity.ClientPolicy)

	program bool // the change is what the program wants of a built-in client
}

// Update changes a client that is not built in. Deactivation ends its grants. A change of nothing writes nothing and returns false.
func (s *Clients) Update(ctx context.Context, id uuid.UUID, c ClientChange, expectedVersion *int) (identity.Client, bool, error) {
	if err := requireScope(ctx, identity.ScopeClientsWrite); err != nil {
		return identity.Client{}, false, err
	}
	if before, err := s.store.ClientByID(ctx, id); err == nil {
		s.sectors.Read(ctx, c.apply(before).Metadata)
	}
	changed := false
	after, _, err := runIdempotentClient(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.Client, error) {
		before, err := lockClient(ctx, tx, id)
		if err != nil {
			return identity.Client{}, err
		}
		if err := atVersion(expectedVersion, before.Version); err != nil {
			return identity.Client{}, err
		}
		if before.BuiltIn && !c.program {
			return identity.Client{}, errBuiltIn
		}
		var after identity.Client
		after, changed, err = s.update(ctx, tx, before, c)
		return after, err
	})
	if err != nil {
		return identity.Client{}, false, fmt.Errorf("update client: %w", err)
	}
	return after, changed, nil
}

// apply returns the client after the change.
func (c ClientChange) apply(before identity.Client) identity.Client {
	after := before
	setIfGiven(&after.Active, c.Active)
	setIfGiven(&after.Metadata, c.Metadata)
	setIfGiven(&after.Policy, c.Policy)
	if c.Patch != nil {
		c.Patch(&after.Metadata, &after.Policy)
	}
	if c.Metadata != nil || c.Patch != nil {
		after.Metadata = after.Metadata.WithDefaults()
	}
	if identity.SameJSON(before.Metadata.JWKS, after.Metadata.JWKS) {
		after.Metadata.JWKS = before.Metadata.JWKS // a database may have spelled it anew
	}
	after.Policy = after.Policy.WithDefaults(after.Metadata)
	return after
}

// check names all fields that are wrong after the change.
func (c ClientChange) check(after identity.Client) error {
	if c.Secret == nil {
		return after.Check()
	}
	return checkWithSecret(after, *c.Secret)
}

func (s *Clients) update(ctx context.Context, tx identity.Store, before identity.Client, c ClientChange) (identity.Client, bool, error) {
	now := s.source.Now()
	after := c.apply(before)
	if before.DescribedElsewhere() && !after.Trusted() && !reflect.DeepEqual(before.Metadata, after.Metadata) {
		return identity.Client{}, false, errOfDocument
	}
	if err := s.checkChange(ctx, tx, before, after, c.check(after)); err != nil {
		return identity.Client{}, false, err
	}
	if err := overChange(ctx, before, after); err != nil {
		return identity.Client{}, false, err
	}
	changes := map[string]identity.Change{}
	if before.Active != after.Active {
		changes["active"] = identity.Change{Before: before.Active, After: after.Active}
	}
	if !reflect.DeepEqual(before.Metadata, after.Metadata) {
		changes["metadata"] = identity.Change{Before: before.Metadata.Audited(), After: after.Metadata.Audited()}
	}
	if !reflect.DeepEqual(before.Policy, after.Policy) {
		changes["policy"] = identity.Change{Before: before.Policy, After: after.Policy}
	}
	after.Secrets = after.FittingSecrets()
	if after.UsesSecret() && c.Secret != nil && !s.onlySecret(after, *c.Secret) {
		after.Secrets = []identity.ClientSecret{after.NewSecret(s.keys, s.source, *c.Secret)}
	}
	if had, has := before.SecretIDs(), after.SecretIDs(); !slices.Equal(had, has) {
		changes["client_secret"] = identity.Change{Before: had, After: has}
	}
	if len(changes) == 0 {
		return before, false, nil
	}
	after.UpdatedAt = now
	if err := tx.UpdateClient(ctx, after); err != nil {
		return identity.Client{}, false, err
	}
	if err := s.signing.EnsureIn(ctx, tx, after.KeysFor()...); err != nil {
		return identity.Client{}, false, err
	}
	after.Version++
	if before.Active && !after.Active {
		if _, err := tx.EndGrants(ctx, identity.GrantSelection{ClientID: after.ID}, now, identity.EndDeactivated); err != nil {
			return identity.Client{}, false, err
		}
	}
	event := identity.NewEvent(ctx, s.source, identity.ActionClientUpdated, identity.TargetClient, after.ID.String(), after.ClientID)
	event.Changes = changes
	return after, true, tx.InsertAudit(ctx, event)
}

// ByIDs finds many clients in one statement; missing ones are absent.
func (s *Clients) ByIDs(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.Client, error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return nil, err
	}
	return s.store.ClientsByID(ctx, ids)
}

// Names reads what many clients are called in one statement; missing ones are absent.
func (s *Clients) Names(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.ClientName, error) {
	if err := requireScope(ctx, identity.ScopeClientsRead); err != nil {
		return nil, err
	}
	return s.store.ClientNames(ctx, ids)
}

// EnsureBuiltIn keeps one of Authly's own clients as the program wants it.
func (s *Clients) EnsureBuiltIn(ctx context.Context, clientID string, m identity.ClientMetadata, p identity.ClientPolicy) error {
	if err := requireScope(ctx, identity.ScopeClientsWrite); err != nil {
		return err
	}
	client, err := s.store.ClientByClientID(ctx, clientID)
	if errors.Is(err, identity.ErrClientNotFound) {
		_, _, err = s.Create(ctx, NewClient{ClientID: clientID, BuiltIn: true, Metadata: m, Policy: &p})
		if errors.Is(err, &identity.Error{Code: identity.CodeDuplicateClient}) {
			return nil // another node was faster
		}
		return err
	}
	if err != nil {
		return err
	}
	if reflect.DeepEqual(client.Metadata, m.WithDefaults()) && reflect.DeepEqual(client.Policy, p.WithDefaults(m)) {
		return nil
	}
	_, _, err = s.Update(ctx, client.ID, ClientChange{Metadata: &m, Policy: &p, program: true}, nil)
	return err
}
