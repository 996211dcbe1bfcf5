package admin_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (f *fixture) role(t testing.TB, name string, of admin.RoleSubjects) identity.Role {
	t.Helper()
	r, err := f.admin.Roles.Create(f.ctx, admin.NewRole{Name: name})
	noError(t, err)
	if len(of.UserIDs)+len(of.GroupIDs) > 0 {
		_, err = f.admin.Roles.Assign(f.ctx, r.ID, of)
		noError(t, err)
	}
	return r
}

// firstSubject is the refusal of the only user or group of an operation on several.
func firstSubject(outcomes []admin.SubjectOutcome, err error) error {
	if err == nil && outcomes[0].Err != nil {
		return outcomes[0].Err
	}
	return err
}

// groupsAndRoles are all changes of a group that a person is in, of a role that it has, and of what it has.
var groupsAndRoles = map[string]struct {
	scope string
	do    func(ctx context.Context, f *fixture, g identity.Group, has, other identity.Role) error
}{
	"rename": {identity.ScopeGroupsWrite, func(ctx context.Context, f *fixture, g identity.Group, _, _ identity.Role) error {
		_, err := f.admin.Groups.Update(ctx, g.ID, admin.GroupChange{Name: ptr(uuid.NewString())}, nil)
		return err
	}},
	"move": {identity.ScopeGroupsWrite, func(ctx context.Context, f *fixture, g identity.Group, _, _ identity.Role) error {
		above, err := f.admin.Groups.Create(f.ctx, admin.NewGroup{Name: uuid.NewString()})
		if err != nil {
			return err
		}
		_, err = f.admin.Groups.Update(ctx, g.ID, admin.GroupChange{Parent: &above.ID}, nil)
		return err
	}},
	"delete": {identity.ScopeGroupsWrite, func(ctx context.Context, f *fixture, g identity.Group, _, _ identity.Role) error {
		_, err := f.admin.Groups.Delete(ctx, g.ID, admin.DeleteGroupOptions{Recursive: true})
		return err
	}},
	"assign": {identity.ScopeRolesWrite, func(ctx context.Context, f *fixture, g identity.Group, _, other identity.Role) error {
		return firstSubject(f.admin.Roles.Assign(ctx, other.ID, admin.RoleSubjects{GroupIDs: []uuid.UUID{g.ID}}))
	}},
	"unassign": {identity.ScopeRolesWrite, func(ctx context.Context, f *fixture, g identity.Group, has, _ identity.Role) error {
		return firstSubject(f.admin.Roles.Unassign(ctx, has.ID, admin.RoleSubjects{GroupIDs: []uuid.UUID{g.ID}}))
	}},
	"rename the role": {identity.ScopeRolesWrite, func(ctx context.Context, f *fixture, _ identity.Group, has, _ identity.Role) error {
		_, err := f.admin.Roles.Update(ctx, has.ID, admin.RoleChange{Name: ptr(uuid.NewString())}, nil)
		return err
	}},
	"delete the role": {identity.ScopeRolesWrite, func(ctx context.Context, f *fixture, _ identity.Group, has, _ identity.Role) error {
		_, err := f.admin.Roles.Delete(ctx, has.ID, admin.DeleteRoleOptions{Assigned: true})
		return err
	}},
}

// TestGroupsAndRolesOfAdministratorsNeedAScopeOfTheirOwn: an administrator is in a group below, and by that has the role.
func TestGroupsAndRolesOfAdministratorsNeedAScopeOfTheirOwn(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		root, bob := f.user(t, "root", administrator), f.user(t, "bob")
		tree := func(member identity.User) (identity.Group, identity.Role, identity.Role) {
			top := f.group(t, uuid.NewString())
			below, err := f.admin.Groups.Create(f.ctx, admin.NewGroup{Name: "below", ParentID: &top.ID})
			noError(t, err)
			_, err = f.admin.Groups.AddMembers(f.ctx, below.ID, []uuid.UUID{member.ID})
			noError(t, err)
			has := f.role(t, uuid.NewString(), admin.RoleSubjects{GroupIDs: []uuid.UUID{top.ID}})
			return top, has, f.role(t, uuid.NewString(), admin.RoleSubjects{})
		}
		for name, c := range groupsAndRoles {
			t.Run(name, func(t *testing.T) {
				g, has, other := tree(bob)
				noError(t, c.do(f.as(root, c.scope), f, g, has, other))
				g, has, other = tree(root)
				wantError(t, c.do(f.as(root, c.scope), f, g, has, other), coded(identity.CodeInsufficientScope))
				noError(t, c.do(f.as(root, c.scope, identity.ScopeAdminsWrite), f, g, has, other))
			})
		}
		own := f.role(t, "own", admin.RoleSubjects{UserIDs: []uuid.UUID{root.ID}})
		_, err := f.admin.Roles.Delete(f.as(root, identity.ScopeRolesWrite), own.ID, admin.DeleteRoleOptions{Assigned: true})
		wantError(t, err, coded(identity.CodeInsufficientScope))
	})
}

// TestGroupsAndRolesOfOneAreBounded: also when several are given at once, and one that is there already is no fault.
func TestGroupsAndRolesOfOneAreBounded(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		bob, staff := f.user(t, "bob"), f.group(t, "staff")
		var groups []identity.Group
		var roles []identity.Role
		const most, rivals = identity.MaxMemberships, 4
		noError(t, f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			groups, roles = nil, nil
			var members []identity.GroupMember
			var assignments []identity.RoleAssignment
			for i := range most + rivals - 1 {
				g := identity.Group{ID: uuid.New(), Name: fmt.Sprint(i), CreatedAt: start, UpdatedAt: start, Version: 1}
				r := identity.Role{ID: uuid.New(), Name: fmt.Sprint(i), CreatedAt: start, UpdatedAt: start, Version: 1}
				groups, roles = append(groups, g), append(roles, r)
				if _, err := tx.InsertGroup(ctx, g); err != nil {
					return err
				}
				if err := tx.InsertRole(ctx, r); err != nil {
					return err
				}
				if i < most-1 {
					members = append(members, identity.GroupMember{ID: uuid.New(), GroupID: g.ID, UserID: bob.ID, JoinedAt: start})
					assignments = append(assignments,
						identity.RoleAssignment{ID: uuid.New(), RoleID: r.ID, UserID: &bob.ID, AssignedAt: start},
						identity.RoleAssignment{ID: uuid.New(), RoleID: r.ID, GroupID: &staff.ID, AssignedAt: start})
				}
			}
			if _, err := tx.AddGroupMembers(ctx, members); err != nil {
				return err
			}
			_, err := tx.AssignRole(ctx, assignments)
			return err
		}))
		for name, add := range map[string]func(i int) error{
			"groups of a user": func(i int) error {
				return firstSubject(f.admin.Groups.AddMembers(f.ctx, groups[i].ID, []uuid.UUID{bob.ID}))
			},
			"roles of a user": func(i int) error {
				return firstSubject(f.admin.Roles.Assign(f.ctx, roles[i].ID, admin.RoleSubjects{UserIDs: []uuid.UUID{bob.ID}}))
			},
			"roles of a group": func(i int) error {
				return firstSubject(f.admin.Roles.Assign(f.ctx, roles[i].ID, admin.RoleSubjects{GroupIDs: []uuid.UUID{staff.ID}}))
			},
		} {
			var all sync.WaitGroup
			faults := make([]error, rivals)
			for i := range rivals {
				all.Go(func() { faults[i] = add(most - 1 + i) })
			}
			all.Wait()
			added := 0
			for _, err := range faults {
				if err == nil {
					added++
				} else if !errors.Is(err, identity.ErrMembershipLimit) {
					t.Errorf("%s: %v", name, err)
				}
			}
			if added != 1 {
				t.Errorf("%s: %d were added", name, added)
			}
			noError(t, add(0))
		}
	})
}
