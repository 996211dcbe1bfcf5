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

// SaveResource creates or changes a resource; false when it already was so.
func (s *Scopes) SaveResource(ctx context.Context, r identity.Resource) (bool, error) {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return false, err
	}
	r = r.WithDefaults()
	if err := r.Check(); err != nil {
		return false, err
	}
	changed, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (bool, error) {
		all, err := tx.Resources(ctx)
		if err != nil {
			return false, err
		}
		now := s.source.Now()
		r.CreatedAt = now
		var before identity.Resource
		if at := slices.IndexFunc(all, func(p identity.Resource) bool { return p.URI == r.URI }); at >= 0 {
			before = all[at]
			r.CreatedAt = before.CreatedAt
		}
		if err := overScopes(ctx, before.Scopes, r.Scopes); err != nil {
			return false, err
		}
		if before.URI != "" {
			if before.Name == r.Name && before.AccessTokenType == r.AccessTokenType && slices.Equal(before.Scopes, r.Scopes) {
				return false, nil
			}
		}
		r.UpdatedAt = now
		if err := tx.SaveResource(ctx, r); err != nil {
			return false, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionResourceSaved, identity.TargetResource, r.URI, r.URI)
		event.Changes = map[string]identity.Change{
			"scopes":           {Before: before.Scopes, After: r.Scopes},
			"access_token_typ": {Before: before.AccessTokenType, After: r.AccessTokenType},
		}
		return true, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return false, fmt.Errorf("save resource: %w", err)
	}
	return changed, nil
}

// DeleteResource removes a resource.
func (s *Scopes) DeleteResource(ctx context.Context, uri string) error {
	if err := requireScope(ctx, identity.ScopeScopesWrite); err != nil {
		return err
	}
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (struct{}, error) {
		all, err := tx.Resources(ctx)
		if err != nil {
			return struct{}{}, err
		}
		if at := slices.IndexFunc(all, func(p identity.Resource) bool { return p.URI == uri }); at >= 0 {
			if err := overScopes(ctx, all[at].Scopes, nil); err != nil {
				return struct{}{}, err
			}
		}
		if err := tx.DeleteResource(ctx, uri); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.InsertAudit(
			ctx, identity.NewEvent(ctx, s.source, identity.ActionResourceDeleted, identity.TargetResource, uri, uri),
		)
	})
	return err
}
