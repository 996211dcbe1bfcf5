package admin

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Providers is administration of where people can sign in instead of here. Whoever changes that decides who anybody is: it takes
// admin:admins:write too.
type Providers struct {
	changes
	store    identity.ProviderStore
	upstream identity.Upstream
	settings *identity.LiveSettings
}

// List returns all providers in the order of the sign-in page.
func (s *Providers) List(ctx context.Context) ([]identity.IdentityProvider, error) {
	if err := requireScope(ctx, identity.ScopeSettingsRead); err != nil {
		return nil, err
	}
	return s.store.Providers(ctx)
}

// Get finds one provider.
func (s *Providers) Get(ctx context.Context, id uuid.UUID) (identity.IdentityProvider, error) {
	if err := requireScope(ctx, identity.ScopeSettingsRead); err != nil {
		return identity.IdentityProvider{}, err
	}
	return s.find(ctx, id)
}

// Test finds out whether a provider is there, also one that is switched off. It calls the provider, signs nobody in and stores
// nothing. Since it makes the server call others it takes the right to change settings.
func (s *Providers) Test(ctx context.Context, id uuid.UUID) (identity.ProviderReport, error) {
	if err := requireScope(ctx, identity.ScopeSettingsWrite); err != nil {
		return identity.ProviderReport{}, err
	}
	p, err := s.find(ctx, id)
	if err != nil {
		return identity.ProviderReport{}, err
	}
	return s.upstream.Probe(ctx, identity.UpstreamProvider{
		IdentityProvider: p, RedirectURI: p.RedirectURI(s.settings.Get().Issuer),
	}), nil
}

func (s *Providers) find(ctx context.Context, id uuid.UUID) (identity.IdentityProvider, error) {
	all, err := s.store.Providers(ctx)
	if err != nil {
		return identity.IdentityProvider{}, err
	}
	at := slices.IndexFunc(all, func(p identity.IdentityProvider) bool { return p.ID == id })
	if at < 0 {
		return identity.IdentityProvider{}, identity.ErrProviderNotFound
	}
	return all[at], nil
}

// errTooManyProviders refuses one provider more.
var errTooManyProviders = identity.Errorf(
	identity.Conflict, identity.CodeProviderLimit, "There are %d identity providers, which is the most.", identity.MaxProviders,
)

// Create adds a provider; what it says besides ID, times, version and the sealed secret is taken from p.
func (s *Providers) Create(ctx context.Context, p identity.IdentityProvider, secret string) (identity.IdentityProvider, error) {
	if err := requireScopes(ctx, identity.ScopeSettingsWrite, identity.ScopeAdminsWrite); err != nil {
		return identity.IdentityProvider{}, err
	}
	p = p.WithDefaults()
	p.ID, p.CreatedAt, p.Version = s.source.NewID(), s.source.Now(), 1
	p.UpdatedAt = p.CreatedAt
	p, err := s.change(ctx, func(ctx context.Context, tx identity.Store) (identity.IdentityProvider, error) {
		if err := checkProvider(p, secret); err != nil {
			return identity.IdentityProvider{}, err
		}
		p.Sealed = s.seal(p, secret)
		if err := tx.InsertProvider(ctx, p); err != nil {
			return identity.IdentityProvider{}, err
		}
		all, err := tx.Providers(ctx)
		if err != nil {
			return identity.IdentityProvider{}, err
		}
		if len(all) > identity.MaxProviders {
			return identity.IdentityProvider{}, errTooManyProviders
		}
		return p, s.record(ctx, tx, identity.ActionProviderCreated, p, providerChanges(identity.IdentityProvider{}, p, secret != ""))
	})
	if err != nil {
		return identity.IdentityProvider{}, fmt.Errorf("create identity provider: %w", err)
	}
	return p, nil
}

func checkProvider(p identity.IdentityProvider, secret string) error {
	var faults identity.Faults
	faults.Add(p.Check())
	faults.Add(identity.CheckText("client_secret", secret, identity.MaxProviderSecret, false))
	return faults.Err()
}

func (s *Providers) seal(p identity.IdentityProvider, secret string) []byte {
	return s.keys.Seal(identity.PurposeProviderSecret, []byte(secret), p.ID.String())
}

// ProviderChange is a partial update: nil keeps a field. Slug and kind cannot be changed.
type ProviderChange struct {
	Name     *string
	Enabled  *bool
	Position *int
	Issuer   *string
	ClientID *string
	Secret   *string
	Config   func(c *identity.ProviderConfig) // changes what it has to; nil keeps all
}

// Apply changes what the provider says of itself, but for its secret.
func (c ProviderChange) Apply(p *identity.IdentityProvider) {
	setIfGiven(&p.Name, c.Name)
	setIfGiven(&p.Enabled, c.Enabled)
	setIfGiven(&p.Position, c.Position)
	setIfGiven(&p.Issuer, c.Issuer)
	setIfGiven(&p.ClientID, c.ClientID)
	if c.Config != nil {
		c.Config(&p.Config)
	}
}

// Update changes a provider. What was begun through one that is switched off ends; who is connected with it stays so.
// expectedVersion, unless nil, must be the current one, else *VersionConflictError. A change of nothing writes nothing.
func (s *Providers) Update(
	ctx context.Context, id uuid.UUID, c ProviderChange, expectedVersion *int,
) (identity.IdentityProvider, error) {
	if err := requireScopes(ctx, identity.ScopeSettingsWrite, identity.ScopeAdminsWrite); err != nil {
		return identity.IdentityProvider{}, err
	}
	p, err := s.change(ctx, func(ctx context.Context, tx identity.Store) (identity.IdentityProvider, error) {
		before, err := lockProvider(ctx, tx, id, expectedVersion)
		if err != nil {
			return identity.IdentityProvider{}, err
		}
		after := before
		c.Apply(&after)
		return s.save(ctx, tx, before, after.WithDefaults(), c.Secret)
	})
	if err != nil {
		return identity.IdentityProvider{}, fmt.Errorf("update identity provider: %w", err)
	}
	return p, nil
}

// save writes what has changed of a provider, if anything.
func (s *Providers) save(
	ctx context.Context, tx identity.Store, before, after identity.IdentityProvider, secret *string,
) (identity.IdentityProvider, error) {
	replaced := false
	if secret != nil {
		present, err := s.keys.Open(identity.PurposeProviderSecret, before.Sealed, before.ID.String())
		replaced = err != nil || string(present) != *secret
	}
	changes := providerChanges(before, after, replaced)
	if len(changes) == 0 {
		return before, nil
	}
	text := ""
	if replaced {
		text = *secret
	}
	if err := checkProvider(after, text); err != nil {
		return identity.IdentityProvider{}, err
	}
	if replaced {
		after.Sealed = s.seal(after, text)
	}
	after.UpdatedAt = s.source.Now()
	if err := tx.UpdateProvider(ctx, after); err != nil {
		return identity.IdentityProvider{}, err
	}
	after.Version++
	if !before.Enabled || after.Enabled {
		return after, s.record(ctx, tx, identity.ActionProviderUpdated, after, changes)
	}
	if err := identity.EndSessionsThrough(ctx, tx, s.source, after.ID); err != nil {
		return identity.IdentityProvider{}, err
	}
	return after, s.record(ctx, tx, identity.ActionProviderDisabled, after, changes)
}

// lockProvider reads a provider that is going to be changed, at the version that is expected.
func lockProvider(ctx context.Context, tx identity.Store, id uuid.UUID, expectedVersion *int) (identity.IdentityProvider, error) {
	p, err := tx.LockProvider(ctx, id)
	if err == nil {
		err = atVersion(expectedVersion, p.Version)
	}
	return p, err
}

// Delete removes a provider with which nobody is connected; ErrProviderInUse.
func (s *Providers) Delete(ctx context.Context, id uuid.UUID, expectedVersion *int) error {
	if err := requireScopes(ctx, identity.ScopeSettingsWrite, identity.ScopeAdminsWrite); err != nil {
		return err
	}
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (uuid.UUID, error) {
		p, err := lockProvider(ctx, tx, id, expectedVersion)
		if err != nil {
			return uuid.Nil, err
		}
		if err := identity.EndSessionsThrough(ctx, tx, s.source, id); err != nil {
			return uuid.Nil, err
		}
		if err := tx.DeleteProvider(ctx, id); err != nil {
			return uuid.Nil, err
		}
		return id, s.record(ctx, tx, identity.ActionProviderDeleted, p, nil)
	})
	if err != nil {
		return fmt.Errorf("delete identity provider: %w", err)
	}
	return nil
}

// providerChanges lists what differs between two states of a provider. Of a secret it says that there is another.
func providerChanges(before, after identity.IdentityProvider, secret bool) map[string]identity.Change {
	changes := map[string]identity.Change{}
	for name, pair := range map[string][2]any{
		"slug":      {before.Slug, after.Slug},
		"kind":      {string(before.Kind), string(after.Kind)},
		"name":      {before.Name, after.Name},
		"enabled":   {before.Enabled, after.Enabled},
		"position":  {before.Position, after.Position},
		"issuer":    {before.Issuer, after.Issuer},
		"client_id": {before.ClientID, after.ClientID},
		"config":    {before.Config, after.Config},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			changes[name] = identity.Change{Before: pair[0], After: pair[1]}
		}
	}
	if secret {
		changes["client_secret"] = identity.Change{After: "replaced"}
	}
	return changes
}

// record writes what has happened to a provider.
func (s *Providers) record(
	ctx context.Context, tx identity.Store, action identity.Action, p identity.IdentityProvider, changes map[string]identity.Change,
) error {
	event := identity.NewEvent(ctx, s.source, action, identity.TargetProvider, p.ID.String(), p.Slug)
	event.Changes = changes
	return tx.InsertAudit(ctx, event)
}

// change is runIdempotent for a change that returns a provider; one that was made before is returned as it is now.
func (s *Providers) change(
	ctx context.Context, do func(ctx context.Context, tx identity.Store) (identity.IdentityProvider, error),
) (identity.IdentityProvider, error) {
	p, _, err := runIdempotentRow(ctx, s.changes, do, func(p identity.IdentityProvider) uuid.UUID { return p.ID }, s.find)
	return p, err
}
