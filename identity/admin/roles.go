package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Roles is administration of roles and of who has them.
type Roles struct {
	changes
	store roleStore
}

// roleStore is what Roles reads outside of its transactions.
type roleStore interface {
	identity.RoleReader
	identity.MembershipReader
}

// NewRole is what a role is created from.
type NewRole struct {
	ClientID    *uuid.UUID // whose it is; nil: the server's
	Name        string
	Description string
	Admin       identity.AdminRights
}

// Create adds a role. CodeDuplicateRole when the owner has one of the name, ErrClientNotFound of the field client when there
// is no such client.
func (s *Roles) Create(ctx context.Context, n NewRole) (identity.Role, error) {
	if err := requireScope(ctx, identity.ScopeRolesWrite); err != nil {
		return identity.Role{}, err
	}
	now := s.source.Now()
	role := identity.Role{
		ID: s.source.NewID(), ClientID: n.ClientID, Name: n.Name, Description: n.Description, CreatedAt: now, UpdatedAt: now, Version: 1,
		Admin: n.Admin,
	}
	if err := role.Check(); err != nil {
		return identity.Role{}, err
	}
	if err := overRights(ctx, nil, rightsOf(role)); err != nil {
		return identity.Role{}, err
	}
	role, err := s.change(ctx, func(ctx context.Context, tx identity.Store) (identity.Role, error) {
		if err := checkAdminGroups(ctx, tx, role.Admin.GroupIDs); err != nil {
			return identity.Role{}, err
		}
		if err := tx.InsertRole(ctx, role); err != nil {
			return identity.Role{}, err
		}
		return role, s.record(ctx, tx, identity.ActionRoleCreated, role, roleChanges(identity.Role{}, role))
	})
	if err != nil {
		return identity.Role{}, fmt.Errorf("create role: %w", err)
	}
	return role, nil
}

// RoleChange is a partial update: nil keeps a field.
type RoleChange struct {
	Name        *string
	Description *string
	AdminScopes *[]string
	AdminGroups *[]uuid.UUID // nil in it: not limited
}

// Update renames and describes a role. expectedVersion, unless nil, must be the current one, else *VersionConflictError. A
// change of nothing writes nothing.
func (s *Roles) Update(ctx context.Context, id uuid.UUID, c RoleChange, expectedVersion *int) (identity.Role, error) {
	if err := requireScope(ctx, identity.ScopeRolesWrite); err != nil {
		return identity.Role{}, err
	}
	role, err := s.change(ctx, func(ctx context.Context, tx identity.Store) (identity.Role, error) {
		before, err := lockRole(ctx, tx, id, expectedVersion)
		if err != nil {
			return identity.Role{}, err
		}
		after := before
		setIfGiven(&after.Name, c.Name)
		setIfGiven(&after.Description, c.Description)
		setIfGiven(&after.Admin.Scopes, c.AdminScopes)
		setIfGiven(&after.Admin.GroupIDs, c.AdminGroups)
		if err := after.Check(); err != nil {
			return identity.Role{}, err
		}
		if c.AdminScopes != nil || c.AdminGroups != nil {
			if err := overRights(ctx, rightsOf(before), rightsOf(after)); err != nil {
				return identity.Role{}, err
			}
			if err := checkAdminGroups(ctx, tx, after.Admin.GroupIDs); err != nil {
				return identity.Role{}, err
			}
		}
		changes := roleChanges(before, after)
		if len(changes) == 0 {
			return before, nil
		}
		after.UpdatedAt = s.source.Now()
		if err := tx.UpdateRole(ctx, after); err != nil {
			return identity.Role{}, err
		}
		after.Version++
		return after, s.record(ctx, tx, identity.ActionRoleUpdated, after, changes)
	})
	if err != nil {
		return identity.Role{}, fmt.Errorf("update role: %w", err)
	}
	return role, nil
}

// checkAdminGroups refuses to limit a role to a group that does not exist. One that is deleted later stands for nobody.
func checkAdminGroups(ctx context.Context, tx identity.Store, ids []uuid.UUID) error {
	found, err := tx.GroupsByID(ctx, ids)
	if err == nil && len(found) < len(ids) {
		err = identity.ErrGroupNotFound.Under("admin_groups")
	}
	return err
}

// lockRole reads a role that is going to be changed, at the version that is expected.
func lockRole(ctx context.Context, tx identity.Store, id uuid.UUID, expectedVersion *int) (identity.Role, error) {
	if err := tx.LockDelegations(ctx, true); err != nil {
		return identity.Role{}, err
	}
	role, err := tx.LockRole(ctx, id)
	if err == nil {
		err = atVersion(expectedVersion, role.Version)
	}
	if err != nil {
		return identity.Role{}, err
	}
	return role, overRole(ctx, tx, role)
}

// roleChanges lists what differs between two states of a role.
func roleChanges(before, after identity.Role) map[string]identity.Change {
	changes := map[string]identity.Change{}
	if before.Name != after.Name {
		changes["name"] = identity.Change{Before: before.Name, After: after.Name}
	}
	if before.Description != after.Description {
		changes["description"] = identity.Change{Before: before.Description, After: after.Description}
	}
	if !slices.Equal(before.Admin.Scopes, after.Admin.Scopes) {
		changes["admin_scopes"] = identity.Change{Before: before.Admin.Scopes, After: after.Admin.Scopes}
	}
	if before.Admin.Limited() != after.Admin.Limited() || !slices.Equal(before.Admin.GroupIDs, after.Admin.GroupIDs) {
		changes["admin_groups"] = identity.Change{Before: before.Admin.GroupIDs, After: after.Admin.GroupIDs}
	}
	if before.ID == uuid.Nil && after.ClientID != nil {
		changes["client_id"] = identity.Change{After: after.ClientID}
	}
	return changes
}

// record writes what has happened to a role.
func (s *Roles) record(
	ctx context.Context, tx identity.Store, action identity.Action, r identity.Role, changes map[string]identity.Change,
) error {
	event := identity.NewEvent(ctx, s.source, action, identity.TargetRole, r.ID.String(), r.Name)
	event.Changes = changes
	return tx.InsertAudit(ctx, event)
}

// change is runIdempotent for a change that returns a role; one that was made before is returned as the role is now.
func (s *Roles) change(
	ctx context.Context, do func(ctx context.Context, tx identity.Store) (identity.Role, error),
) (identity.Role, error) {
	role, _, err := runIdempotentRow(ctx, s.changes, do, func(r identity.Role) uuid.UUID { return r.ID }, s.find)
	return role, err
}

func (s *Roles) find(ctx context.Context, id uuid.UUID) (identity.Role, error) {
	found, err := s.store.RolesByID(ctx, []uuid.UUID{id})
	if err != nil {
		return identity.Role{}, err
	}
	role, ok := found[id]
	if !ok {
		return identity.Role{}, identity.ErrRoleNotFound
	}
	return role, nil
}

// DeleteRoleOptions are the terms of a deletion.
type DeleteRoleOptions struct {
	ExpectedVersion *int // unless nil, must be the current one
	Assigned        bool // also when users or groups have it
	DryRun          bool // change nothing, and return who has it
}

// Delete removes a role with its assignments, and returns how many had it; ErrRoleInUse when there are such and the terms do
// not say that it is taken from them.
func (s *Roles) Delete(ctx context.Context, id uuid.UUID, terms DeleteRoleOptions) (identity.RoleCounts, error) {
	if err := requireScope(ctx, identity.ScopeRolesWrite); err != nil {
		return identity.RoleCounts{}, err
	}
	counts, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (identity.RoleCounts, error) {
		role, err := lockRole(ctx, tx, id, terms.ExpectedVersion)
		if err != nil {
			return identity.RoleCounts{}, err
		}
		counts, err := countsOf(ctx, tx, id)
		if err != nil || terms.DryRun {
			return counts, err
		}
		if counts != (identity.RoleCounts{}) && !terms.Assigned {
			return counts, identity.ErrRoleInUse
		}
		if err := tx.DeleteRole(ctx, id); err != nil {
			return counts, err
		}
		return counts, s.record(ctx, tx, identity.ActionRoleDeleted, role, map[string]identity.Change{
			"users": {Before: counts.Users}, "groups": {Before: counts.Groups},
		})
	})
	if err != nil {
		return identity.RoleCounts{}, fmt.Errorf("delete role: %w", err)
	}
	return counts, nil
}

// countsOf counts up to CountLimit users and groups that have a role.
func countsOf(ctx context.Context, tx identity.Store, id uuid.UUID) (counts identity.RoleCounts, err error) {
	counts.Users, err = tx.CountRoleAssignments(ctx, identity.RoleAssignmentList{Side: identity.RoleUsers, Owner: id}, CountLimit)
	if err != nil {
		return counts, err
	}
	counts.Groups, err = tx.CountRoleAssignments(ctx, identity.RoleAssignmentList{Side: identity.RoleGroups, Owner: id}, CountLimit)
	return counts, err
}
