package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// TrustedIssuers is administration of whose assertions are taken. Whoever changes that decides who a client or a user is: it takes
// admin:admins:write too.
type TrustedIssuers struct {
	changes
	store  identity.TrustedIssuerStore
	issuer string
}

// List returns all trusted issuers by issuer.
func (s *TrustedIssuers) List(ctx context.Context) ([]identity.TrustedIssuer, error) {
	if err := requireScope(ctx, identity.ScopeSettingsRead); err != nil {
		return nil, err
	}
	return s.store.TrustedIssuers(ctx)
}

// Get finds one.
func (s *TrustedIssuers) Get(ctx context.Context, id uuid.UUID) (identity.TrustedIssuer, error) {
	if err := requireScope(ctx, identity.ScopeSettingsRead); err != nil {
		return identity.TrustedIssuer{}, err
	}
	return s.find(ctx, id)
}

func (s *TrustedIssuers) find(ctx context.Context, id uuid.UUID) (identity.TrustedIssuer, error) {
	all, err := s.store.TrustedIssuers(ctx)
	if err != nil {
		return identity.TrustedIssuer{}, err
	}
	at := slices.IndexFunc(all, func(t identity.TrustedIssuer) bool { return t.ID == id })
	if at < 0 {
		return identity.TrustedIssuer{}, identity.ErrTrustedIssuerNotFound
	}
	return all[at], nil
}

// errTooManyTrusted refuses one issuer more.
var errTooManyTrusted = identity.Errorf(
	identity.Conflict, identity.CodeTrustedLimit, "There are %d trusted issuers, which is the most.", identity.MaxTrustedIssuers,
)

// Create adds an issuer; what it says besides ID, times and version is taken from t.
func (s *TrustedIssuers) Create(ctx context.Context, t identity.TrustedIssuer) (identity.TrustedIssuer, error) {
	if err := requireScopes(ctx, identity.ScopeSettingsWrite, identity.ScopeAdminsWrite); err != nil {
		return identity.TrustedIssuer{}, err
	}
	t = t.WithDefaults()
	t.ID, t.CreatedAt, t.Version = s.source.NewID(), s.source.Now(), 1
	t.UpdatedAt = t.CreatedAt
	t, err := s.change(ctx, func(ctx context.Context, tx identity.Store) (identity.TrustedIssuer, error) {
		if err := t.Check(s.issuer); err != nil {
			return identity.TrustedIssuer{}, err
		}
		if err := tx.InsertTrustedIssuer(ctx, t); err != nil {
			return identity.TrustedIssuer{}, err
		}
		all, err := tx.TrustedIssuers(ctx)
		if err != nil {
			return identity.TrustedIssuer{}, err
		}
		if len(all) > identity.MaxTrustedIssuers {
			return identity.TrustedIssuer{}, errTooManyTrusted
		}
		return t, s.record(ctx, tx, identity.ActionTrustedCreated, t, trustedChanges(identity.TrustedIssuer{}, t))
	})
	if err != nil {
		return identity.TrustedIssuer{}, fmt.Errorf("create trusted issuer: %w", err)
	}
	return t, nil
}

// TrustedIssuerChange is a partial update: nil keeps a field. The issuer cannot be changed.
type TrustedIssuerChange struct {
	Enabled   *bool
	JWKS      *json.RawMessage
	JWKSURI   *string
	UserClaim *string
	UserMatch *identity.UserMatch

	SoftwareStatements *bool
}

// Apply changes what the issuer says of itself.
func (c TrustedIssuerChange) Apply(t *identity.TrustedIssuer) {
	setIfGiven(&t.Enabled, c.Enabled)
	setIfGiven(&t.JWKS, c.JWKS)
	setIfGiven(&t.JWKSURI, c.JWKSURI)
	setIfGiven(&t.UserClaim, c.UserClaim)
	setIfGiven(&t.UserMatch, c.UserMatch)
	setIfGiven(&t.SoftwareStatements, c.SoftwareStatements)
}

// Update changes an issuer. What was granted by its assertions goes on. expectedVersion, unless nil, must be the current one, else
// *VersionConflictError. A change of nothing writes nothing.
func (s *TrustedIssuers) Update(
	ctx context.Context, id uuid.UUID, c TrustedIssuerChange, expectedVersion *int,
) (identity.TrustedIssuer, error) {
	if err := requireScopes(ctx, identity.ScopeSettingsWrite, identity.ScopeAdminsWrite); err != nil {
		return identity.TrustedIssuer{}, err
	}
	t, err := s.change(ctx, func(ctx context.Context, tx identity.Store) (identity.TrustedIssuer, error) {
		before, err := lockTrusted(ctx, tx, id, expectedVersion)
		if err != nil {
			return identity.TrustedIssuer{}, err
		}
		after := before
		c.Apply(&after)
		after = after.WithDefaults()
		changes := trustedChanges(before, after)
		if len(changes) == 0 {
			return before, nil
		}
		if err := after.Check(s.issuer); err != nil {
			return identity.TrustedIssuer{}, err
		}
		after.UpdatedAt = s.source.Now()
		if err := tx.UpdateTrustedIssuer(ctx, after); err != nil {
			return identity.TrustedIssuer{}, err
		}
		after.Version++
		return after, s.record(ctx, tx, identity.ActionTrustedUpdated, after, changes)
	})
	if err != nil {
		return identity.TrustedIssuer{}, fmt.Errorf("update trusted issuer: %w", err)
	}
	return t, nil
}

// lockTrusted reads an issuer that is going to be changed, at the version that is expected.
func lockTrusted(ctx context.Context, tx identity.Store, id uuid.UUID, expectedVersion *int) (identity.TrustedIssuer, error) {
	t, err := tx.LockTrustedIssuer(ctx, id)
	if err == nil {
		err = atVersion(expectedVersion, t.Version)
	}
	return t, err
}

// Delete removes an issuer: clients that name it are refused from then on.
func (s *TrustedIssuers) Delete(ctx context.Context, id uuid.UUID, expectedVersion *int) error {
	if err := requireScopes(ctx, identity.ScopeSettingsWrite, identity.ScopeAdminsWrite); err != nil {
		return err
	}
	_, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (uuid.UUID, error) {
		t, err := lockTrusted(ctx, tx, id, expectedVersion)
		if err != nil {
			return uuid.Nil, err
		}
		if err := tx.DeleteTrustedIssuer(ctx, id); err != nil {
			return uuid.Nil, err
		}
		return id, s.record(ctx, tx, identity.ActionTrustedDeleted, t, nil)
	})
	if err != nil {
		return fmt.Errorf("delete trusted issuer: %w", err)
	}
	return nil
}

// trustedChanges lists what differs between two states of an issuer.
func trustedChanges(before, after identity.TrustedIssuer) map[string]identity.Change {
	changes := map[string]identity.Change{}
	for name, pair := range map[string][2]any{
		"issuer":              {before.Issuer, after.Issuer},
		"enabled":             {before.Enabled, after.Enabled},
		"jwks":                {string(before.JWKS), string(after.JWKS)},
		"jwks_uri":            {before.JWKSURI, after.JWKSURI},
		"user_claim":          {before.UserClaim, after.UserClaim},
		"user_match":          {string(before.UserMatch), string(after.UserMatch)},
		"software_statements": {before.SoftwareStatements, after.SoftwareStatements},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			changes[name] = identity.Change{Before: pair[0], After: pair[1]}
		}
	}
	return changes
}

// record notes a change of an issuer in the trail.
func (s *TrustedIssuers) record(
	ctx context.Context, tx identity.Store, action identity.Action, t identity.TrustedIssuer, changes map[string]identity.Change,
) error {
	event := identity.NewEvent(ctx, s.source, action, identity.TargetTrusted, t.ID.String(), t.Issuer)
	event.Changes = changes
	return tx.InsertAudit(ctx, event)
}

// change is runIdempotent for a change that returns an issuer; one that was made before is returned as it is now.
func (s *TrustedIssuers) change(
	ctx context.Context, do func(ctx context.Context, tx identity.Store) (identity.TrustedIssuer, error),
) (identity.TrustedIssuer, error) {
	t, _, err := runIdempotentRow(ctx, s.changes, do, func(t identity.TrustedIssuer) uuid.UUID { return t.ID }, s.find)
	return t, err
}
