package admin

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// RoleList selects and orders a list of roles.
type RoleList struct {
	Filter identity.RoleFilter
	Order  identity.RoleOrder
}

func (l RoleList) check() error {
	if utf8.RuneCountInString(l.Filter.Search) > maxSearch {
		return identity.InvalidField("search", "Must be at most %d characters.", maxSearch)
	}
	if err := identity.CheckText("search", l.Filter.Search, maxSearch*utf8.UTFMax, false); err != nil {
		return err
	}
	if l.Filter.Name != nil {
		return checkStringMatch("filter.name", *l.Filter.Name)
	}
	return nil
}

// Get finds one role.
func (s *Roles) Get(ctx context.Context, id uuid.UUID) (identity.Role, error) {
	if err := requireScope(ctx, identity.ScopeRolesRead); err != nil {
		return identity.Role{}, err
	}
	return s.find(ctx, id)
}

// ByIDs finds many roles in one statement; missing ones are absent.
func (s *Roles) ByIDs(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.Role, error) {
	if err := requireScope(ctx, identity.ScopeRolesRead); err != nil {
		return nil, err
	}
	return s.store.RolesByID(ctx, ids)
}

// List returns one page of roles.
func (s *Roles) List(ctx context.Context, l RoleList, args PageArgs) (Page[identity.Role], error) {
	if err := requireScope(ctx, identity.ScopeRolesRead); err != nil {
		return Page[identity.Role]{}, err
	}
	if err := l.check(); err != nil {
		return Page[identity.Role]{}, err
	}
	p := pager{keys: s.keys, list: listName("roles", l)}
	return readPage(p, args, "list roles", func(slice identity.KeysetRange) ([]identity.ListRow[identity.Role], error) {
		return s.store.Roles(ctx, identity.RoleQuery{Filter: l.Filter, Order: l.Order, Range: slice})
	})
}

// Count counts the roles of a list.
func (s *Roles) Count(ctx context.Context, l RoleList) (Count, error) {
	if err := requireScope(ctx, identity.ScopeRolesRead); err != nil {
		return Count{}, err
	}
	if err := l.check(); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountRoles(ctx, l.Filter, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count roles: %w", err)
	}
	return countOf(n), nil
}

// OfClients lists the first roles of each of many clients by name, up to a page.
func (s *Roles) OfClients(ctx context.Context, clientIDs []uuid.UUID) (map[uuid.UUID][]identity.Role, error) {
	if err := requireScope(ctx, identity.ScopeRolesRead); err != nil {
		return nil, err
	}
	return s.store.FirstRoles(ctx, clientIDs, MaxPageSize)
}

// Effective reads the groups and roles of many users as tokens have them: with the groups above those that they are in, and
// the roles of all of these.
func (s *Roles) Effective(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]identity.Memberships, error) {
	if err := requireScope(ctx, identity.ScopeRolesRead); err != nil {
		return nil, err
	}
	return s.store.Memberships(ctx, userIDs)
}

// RoleAssignmentList selects a list of assignments: who has a role, or which roles somebody has.
type RoleAssignmentList struct {
	identity.RoleAssignmentList
	Ascending bool
}

// name identifies the list in its cursors.
func (l RoleAssignmentList) name() string { return listName("role assignments", l) }

// Assignments returns one page of assignments, by their time. Who has them, whoever may read users and groups knows.
func (s *Roles) Assignments(ctx context.Context, l RoleAssignmentList, args PageArgs) (Page[identity.RoleAssignment], error) {
	if err := requireScope(ctx, identity.ScopeRolesRead); err != nil {
		return Page[identity.RoleAssignment]{}, err
	}
	p := pager{keys: s.keys, list: l.name()}
	return readPage(p, args, "list assignments", func(slice identity.KeysetRange) ([]identity.ListRow[identity.RoleAssignment], error) {
		return s.store.RoleAssignments(ctx, identity.RoleAssignmentQuery{List: l.RoleAssignmentList, Ascending: l.Ascending, Range: slice})
	})
}

// CountAssignments counts the assignments of a list.
func (s *Roles) CountAssignments(ctx context.Context, l RoleAssignmentList) (Count, error) {
	if err := requireScope(ctx, identity.ScopeRolesRead); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountRoleAssignments(ctx, l.RoleAssignmentList, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count assignments: %w", err)
	}
	return countOf(n), nil
}

// AssignmentsOf returns the first page of the assignments of each of many owners, newest first, in one statement. The
// cursors are those of Assignments for one owner.
func (s *Roles) AssignmentsOf(
	ctx context.Context, side identity.RoleSide, owners []uuid.UUID, first int,
) (map[uuid.UUID]Page[identity.RoleAssignment], error) {
	if err := requireScope(ctx, identity.ScopeRolesRead); err != nil {
		return nil, err
	}
	read := func(ctx context.Context, owners []uuid.UUID, limit int) (map[uuid.UUID][]identity.ListRow[identity.RoleAssignment], error) {
		return s.store.NewestRoleAssignments(ctx, side, owners, limit)
	}
	return firstPages(ctx, owners, first, read, func(id uuid.UUID) pager {
		list := RoleAssignmentList{RoleAssignmentList: identity.RoleAssignmentList{Side: side, Owner: id}}
		return pager{keys: s.keys, list: list.name()}
	})
}
