package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/authly/authly/identity"
)

// Resources lists the registered resources by URI.
func (s *Scopes) Resources(ctx context.Context) ([]identity.Resource, error) {
	if err := requireScope(ctx, identity.ScopeScopesRead); err != nil {
		return nil, err
	}
	return s.store.Resources(ctx)
}

// ResourceChange is a partial update: nil keeps a field.
type ResourceChange struct {
	Name              *string
	Scopes            *[]string
	Audiences         *[]string
	AccessTokenType   *string
	AccessTokenAlg    *identity.Algorithm
	AccessTokenTTL    *int // seconds
	AccessTokenFormat *identity.TokenFormat
}

// CreateResource adds a resource. All that is wrong with it is told at once.
func (s *Scopes) CreateResource(ctx context.Context, r identity.Resource) (identity.Resource, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return identity.Resource{}, err
	}
	r = r.WithDefaults()
	if err := overScopes(ctx, nil, r.Scopes); err != nil {
		return identity.Resource{}, err
	}
	created, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.Resource, error) {
		var faults identity.Faults
		faults.Add(s.checkResource(r))
		faults.Add(newResourceURI(ctx, tx, r))
		faults.Add(newAudiences(ctx, tx, identity.Resource{}, r))
		if err := faults.Err(); err != nil {
			return identity.Resource{}, err
		}
		r.CreatedAt = s.source.Now()
		r.UpdatedAt = r.CreatedAt
		if err := tx.InsertResource(ctx, r); err != nil {
			return identity.Resource{}, err
		}
		if err := s.signing.EnsureIn(ctx, tx, r.KeysFor()...); err != nil {
			return identity.Resource{}, err
		}
		return r, s.noteResource(ctx, tx, identity.Resource{}, r)
	})
	if err != nil {
		return identity.Resource{}, fmt.Errorf("create resource: %w", err)
	}
	return created, nil
}

// UpdateResource changes a resource. A change of nothing writes nothing.
func (s *Scopes) UpdateResource(ctx context.Context, uri string, c ResourceChange) (identity.Resource, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return identity.Resource{}, err
	}
	after, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.Resource, error) {
		before, err := lockResource(ctx, tx, uri)
		if err != nil {
			return identity.Resource{}, err
		}
		after := before
		setIfGiven(&after.Name, c.Name)
		setIfGiven(&after.Scopes, c.Scopes)
		setIfGiven(&after.Audiences, c.Audiences)
		setIfGiven(&after.AccessTokenType, c.AccessTokenType)
		setIfGiven(&after.AccessTokenAlg, c.AccessTokenAlg)
		setIfGiven(&after.AccessTokenTTL, c.AccessTokenTTL)
		setIfGiven(&after.AccessTokenFormat, c.AccessTokenFormat)
		if err := overScopes(ctx, before.Scopes, after.Scopes); err != nil {
			return identity.Resource{}, err
		}
		var faults identity.Faults
		faults.Add(s.checkResource(after))
		faults.Add(newAudiences(ctx, tx, before, after))
		if err := faults.Err(); err != nil {
			return identity.Resource{}, err
		}
		return s.saveResource(ctx, tx, before, after)
	})
	if err == nil {
		err = overScopes(ctx, after.Scopes, after.Scopes) // also of who asks again by an idempotency key
	}
	if err != nil {
		return identity.Resource{}, fmt.Errorf("update resource: %w", err)
	}
	return after, nil
}

// SaveResource creates or changes a resource; false when it already was so.
func (s *Scopes) SaveResource(ctx context.Context, r identity.Resource) (bool, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return false, err
	}
	r = r.WithDefaults()
	if err := s.checkResource(r); err != nil {
		return false, err
	}
	changed, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (bool, error) {
		locked, err := tx.LockResources(ctx, []string{r.URI})
		if err != nil {
			return false, err
		}
		before, found := locked[r.URI]
		r.CreatedAt, r.UpdatedAt = before.CreatedAt, before.UpdatedAt
		if !found {
			r.CreatedAt = s.source.Now()
		}
		if err := overScopes(ctx, before.Scopes, r.Scopes); err != nil {
			return false, err
		}
		if err := newAudiences(ctx, tx, before, r); err != nil {
			return false, err
		}
		saved, err := s.saveResource(ctx, tx, before, r)
		return !sameResource(saved, before), err
	})
	if err != nil {
		return false, fmt.Errorf("save resource: %w", err)
	}
	return changed, nil
}

// saveResource writes what has changed of a resource, if anything.
func (s *Scopes) saveResource(ctx context.Context, tx identity.Store, before, after identity.Resource) (identity.Resource, error) {
	if sameResource(before, after) {
		return before, nil
	}
	after.UpdatedAt = s.source.Now()
	if err := tx.SaveResource(ctx, after); err != nil {
		return identity.Resource{}, err
	}
	if err := s.signing.EnsureIn(ctx, tx, after.KeysFor()...); err != nil {
		return identity.Resource{}, err
	}
	return after, s.noteResource(ctx, tx, before, after)
}

// sameResource reports whether two say the same of a resource, whenever they say it.
func sameResource(a, b identity.Resource) bool {
	return a.URI == b.URI && a.Name == b.Name && a.AccessTokenType == b.AccessTokenType && a.AccessTokenAlg == b.AccessTokenAlg &&
		a.AccessTokenTTL == b.AccessTokenTTL && a.AccessTokenFormat == b.AccessTokenFormat &&
		slices.Equal(a.Scopes, b.Scopes) && slices.Equal(a.Audiences, b.Audiences)
}

// noteResource tells the trail what has changed of a resource.
func (s *Scopes) noteResource(ctx context.Context, tx identity.Store, before, after identity.Resource) error {
	event := identity.NewEvent(ctx, s.source, identity.ActionResourceSaved, identity.TargetResource, after.URI, after.URI)
	event.Changes = map[string]identity.Change{
		"scopes":           {Before: before.Scopes, After: after.Scopes},
		"access_token_typ": {Before: before.AccessTokenType, After: after.AccessTokenType},
	}
	note := func(field string, changed bool, before, after any) {
		if changed {
			event.Changes[field] = identity.Change{Before: before, After: after}
		}
	}
	note("name", before.Name != after.Name, before.Name, after.Name)
	note("audiences", !slices.Equal(before.Audiences, after.Audiences), before.Audiences, after.Audiences)
	note("access_token_signing_alg", before.AccessTokenAlg != after.AccessTokenAlg, before.AccessTokenAlg, after.AccessTokenAlg)
	note("access_token_format", before.AccessTokenFormat != after.AccessTokenFormat, before.AccessTokenFormat, after.AccessTokenFormat)
	note("access_token_ttl", before.AccessTokenTTL != after.AccessTokenTTL, before.AccessTokenTTL, after.AccessTokenTTL)
	return tx.InsertAudit(ctx, event)
}

// DeleteResource removes a resource that no client names.
func (s *Scopes) DeleteResource(ctx context.Context, uri string) error {
	_, err := s.DeleteResourceWith(ctx, uri, Deletion{})
	return err
}

// DeleteResourceWith is DeleteResource on terms. It returns who uses the resource.
func (s *Scopes) DeleteResourceWith(ctx context.Context, uri string, d Deletion) (ResourceUse, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return ResourceUse{}, err
	}
	use, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (ResourceUse, error) {
		r, err := lockResource(ctx, tx, uri)
		if err != nil {
			return ResourceUse{}, err
		}
		if err := overScopes(ctx, r.Scopes, nil); err != nil {
			return ResourceUse{}, err
		}
		var use ResourceUse
		if !d.named {
			counted, err := tx.CountResourceUse(ctx, uri, CountLimit)
			if err != nil {
				return ResourceUse{}, err
			}
			use = resourceUse(counted)
		}
		if d.DryRun {
			return use, nil
		}
		if err := use.check(); err != nil {
			return ResourceUse{}, err
		}
		if err := tx.DeleteResource(ctx, uri); err != nil {
			return ResourceUse{}, err
		}
		return use, tx.InsertAudit(
			ctx, identity.NewEvent(ctx, s.source, identity.ActionResourceDeleted, identity.TargetResource, uri, uri),
		)
	})
	if err != nil {
		return ResourceUse{}, fmt.Errorf("delete resource: %w", err)
	}
	return use, nil
}

// lockResource reads a resource that is going to be changed.
func lockResource(ctx context.Context, tx identity.Store, uri string) (identity.Resource, error) {
	locked, err := tx.LockResources(ctx, []string{uri})
	if err != nil {
		return identity.Resource{}, err
	}
	r, found := locked[uri]
	if !found {
		return identity.Resource{}, identity.ErrResourceNotFound
	}
	return r, nil
}
