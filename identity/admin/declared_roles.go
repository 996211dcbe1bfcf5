package admin

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// role brings a role to the declared state.
func (a *applier) role(ctx context.Context, want DesiredRole, prune bool) error {
	var client *uuid.UUID
	if want.Client != "" {
		owner, err := a.store.ClientByClientID(ctx, want.Client)
		if err != nil {
			return err
		}
		client = &owner.ID
	}
	rights, err := a.rights(ctx, want)
	if err != nil {
		return err
	}
	var verb Verb
	have, err := a.roleNamed(ctx, client, want.Name)
	switch {
	case errors.Is(err, identity.ErrRoleNotFound):
		if have, err = a.Roles.Create(ctx, NewRole{ClientID: client, Name: want.Name, Description: want.Description, Admin: rights}); err != nil {
			return err
		}
		verb = Created
	case err != nil:
		return err
	default:
		change := RoleChange{Name: &want.Name, Description: &want.Description}
		if want.AdminScopes != nil {
			change.AdminScopes, change.AdminGroups = &rights.Scopes, &rights.GroupIDs
		}
		after, err := a.Roles.Update(ctx, have.ID, change, nil)
		if err != nil {
			return err
		}
		verb = verbOf(after.Version != have.Version)
	}
	changed, err := a.assignments(ctx, have.ID, want, prune)
	if err != nil {
		return err
	}
	if changed && verb == Unchanged {
		verb = Updated
	}
	a.declared[have.ID] = true
	a.note(identity.TargetRole, want.label(), verb, "")
	return nil
}

// rights are what the declared role carries of administration.
func (a *applier) rights(ctx context.Context, want DesiredRole) (identity.AdminRights, error) {
	rights := identity.AdminRights{Scopes: want.AdminScopes}
	if want.AdminGroups == nil {
		return rights, nil
	}
	var err error
	rights.GroupIDs, err = a.groupIDs(ctx, want.AdminGroups)
	return rights, err
}

// roleNamed finds the role of a name of a client, or of the server for nil.
func (a *applier) roleNamed(ctx context.Context, client *uuid.UUID, name string) (identity.Role, error) {
	filter, server := identity.RoleFilter{Name: &identity.StringMatch{Equal: &name}}, true
	if client != nil {
		filter.ClientID = *client
	} else {
		filter.Server = &server
	}
	found, err := a.store.Roles(ctx, identity.RoleQuery{Filter: filter, Range: identity.KeysetRange{Limit: 1}})
	if err != nil {
		return identity.Role{}, err
	}
	if len(found) == 0 {
		return identity.Role{}, identity.ErrRoleNotFound
	}
	return found[0].Item, nil
}

// assignments gives a role to the declared users and groups, and with prune takes it from the others, of the kinds of which
// the file says anything.
func (a *applier) assignments(ctx context.Context, role uuid.UUID, want DesiredRole, prune bool) (changed bool, err error) {
	users, err := a.userIDs(ctx, want.Users)
	if err != nil {
		return false, err
	}
	groups, err := a.groupIDs(ctx, want.Groups)
	if err != nil {
		return false, err
	}
	for _, kind := range []struct {
		side  identity.RoleSide
		said  bool
		ids   []uuid.UUID
		of    func(ids []uuid.UUID) RoleSubjects
		owner func(identity.RoleAssignment) *uuid.UUID
	}{
		{
			identity.RoleUsers, want.Users != nil, users, func(ids []uuid.UUID) RoleSubjects { return RoleSubjects{UserIDs: ids} },
			func(r identity.RoleAssignment) *uuid.UUID { return r.UserID },
		},
		{
			identity.RoleGroups, want.Groups != nil, groups, func(ids []uuid.UUID) RoleSubjects { return RoleSubjects{GroupIDs: ids} },
			func(r identity.RoleAssignment) *uuid.UUID { return r.GroupID },
		},
	} {
		if !kind.said {
			continue
		}
		added, err := inPortions(kind.ids, func(some []uuid.UUID) ([]SubjectOutcome, error) { return a.Roles.Assign(ctx, role, kind.of(some)) })
		if err != nil {
			return false, err
		}
		changed = changed || added
		if !prune {
			continue
		}
		others, err := a.otherHolders(ctx, role, kind.side, kind.ids, kind.owner)
		if err != nil {
			return false, err
		}
		removed, err := inPortions(others, func(some []uuid.UUID) ([]SubjectOutcome, error) { return a.Roles.Unassign(ctx, role, kind.of(some)) })
		if err != nil {
			return false, err
		}
		changed = changed || removed
	}
	return changed, nil
}

// otherHolders lists the users or groups that have a role and are not declared.
func (a *applier) otherHolders(
	ctx context.Context, role uuid.UUID, side identity.RoleSide, declared []uuid.UUID, owner func(identity.RoleAssignment) *uuid.UUID,
) (others []uuid.UUID, err error) {
	known := make(map[uuid.UUID]bool, len(declared))
	for _, id := range declared {
		known[id] = true
	}
	err = eachRow(func(page identity.KeysetRange) ([]identity.ListRow[identity.RoleAssignment], error) {
		return a.store.RoleAssignments(ctx, identity.RoleAssignmentQuery{
			List: identity.RoleAssignmentList{Side: side, Owner: role}, Range: page,
		})
	}, func(r identity.RoleAssignment) {
		if id := *owner(r); !known[id] {
			others = append(others, id)
		}
	})
	return others, err
}

// pruneRoles removes the roles that are not declared.
func (a *applier) pruneRoles(ctx context.Context) error {
	var gone []identity.Role
	err := eachRow(func(page identity.KeysetRange) ([]identity.ListRow[identity.Role], error) {
		return a.store.Roles(ctx, identity.RoleQuery{Range: page})
	}, func(r identity.Role) {
		if !a.declared[r.ID] {
			gone = append(gone, r)
		}
	})
	if err != nil {
		return err
	}
	for _, role := range gone {
		label := DesiredRole{Name: role.Name}
		if role.ClientID != nil {
			client, err := a.store.ClientByID(ctx, *role.ClientID)
			if err != nil {
				return err
			}
			label.Client = client.ClientID
		}
		if _, err := a.Roles.Delete(ctx, role.ID, DeleteRoleOptions{Assigned: true}); err != nil {
			return fmt.Errorf("role %q: %w", label.label(), err)
		}
		a.note(identity.TargetRole, label.label(), Deleted, "")
	}
	return nil
}
