package storetest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// insertRole adds a role of a client, or of the server for the zero one.
func (f *fixture) insertRole(owner identity.Client, name string) identity.Role {
	f.Helper()
	r := f.newRole(owner, name)
	f.noError(f.store.InsertRole(f.ctx, r))
	return r
}

func (f *fixture) newRole(owner identity.Client, name string) identity.Role {
	r := identity.Role{ID: f.id(), Name: name, Description: "Of " + name, CreatedAt: f.now, UpdatedAt: f.now, Version: 1}
	if owner.ID != uuid.Nil {
		r.ClientID = &owner.ID
	}
	return r
}

// assign assigns a role to users and groups, a moment after one another, and returns how many got it.
func (f *fixture) assign(r identity.Role, users []identity.User, groups []identity.Group) int {
	f.Helper()
	var list []identity.RoleAssignment
	add := func(a identity.RoleAssignment) {
		a.ID, a.RoleID, a.AssignedAt = f.id(), r.ID, f.now.Add(time.Duration(len(list))*time.Second)
		list = append(list, a)
	}
	for _, u := range users {
		add(identity.RoleAssignment{UserID: &u.ID})
	}
	for _, g := range groups {
		add(identity.RoleAssignment{GroupID: &g.ID})
	}
	return len(must(f.store.AssignRole(f.ctx, list))(f))
}

// sameIDs compares ids in any order.
func (f *fixture) sameIDs(got, want []uuid.UUID) {
	f.Helper()
	sorted := func(ids []uuid.UUID) []string {
		list := make([]string, len(ids))
		for i, id := range ids {
			list[i] = id.String()
		}
		slices.Sort(list)
		return list
	}
	f.equal(sorted(got), sorted(want))
}

func roles(r *runner) {
	server := identity.Client{}
	r.run("a role has a name of its own among those of its owner", func(f *fixture) {
		c, other := f.client(), f.client()
		editor := f.insertRole(server, "Editor")
		f.insertRole(c, "editor")
		f.insertRole(other, "EDITOR")
		taken := &identity.Error{Code: identity.CodeDuplicateRole}
		f.wantErr(f.store.InsertRole(f.ctx, f.newRole(server, "EDITOR")), taken)
		f.wantErr(f.store.InsertRole(f.ctx, f.newRole(c, "Editor")), taken)
		f.wantErr(f.store.InsertRole(f.ctx, f.newRole(f.newClient(), "x")), identity.ErrClientNotFound)
		f.equal(must(f.store.LockRole(f.ctx, editor.ID))(f), editor)
		editor.Name, editor.UpdatedAt = "Writer", f.now.Add(time.Hour)
		f.noError(f.store.UpdateRole(f.ctx, editor))
		var conflict *identity.VersionConflictError
		if err := f.store.UpdateRole(f.ctx, editor); !errors.As(err, &conflict) || conflict.CurrentVersion != 2 {
			f.Errorf("a stale update: %v", err)
		}
		editor.Version = 2
		f.equal(must(f.store.RolesByID(f.ctx, []uuid.UUID{editor.ID, f.id()}))(f), map[uuid.UUID]identity.Role{editor.ID: editor})
		f.noError(f.store.DeleteRole(f.ctx, editor.ID))
		f.wantErr(f.store.DeleteRole(f.ctx, editor.ID), identity.ErrRoleNotFound)
		_, err := f.store.LockRole(f.ctx, editor.ID)
		f.wantErr(err, identity.ErrRoleNotFound)
		f.noError(f.store.DeleteClient(f.ctx, c.ID))
		f.equal(must(f.store.CountRoles(f.ctx, identity.RoleFilter{}, 10))(f), 1)
	})
	r.run("roles are found by owner and name, in pages of both directions", func(f *fixture) {
		c := f.client()
		for i := range 13 {
			f.insertRole(c, fmt.Sprint("role", i))
		}
		f.insertRole(server, "Auditor")
		for name, count := range map[string]struct {
			filter identity.RoleFilter
			want   int
		}{
			"all": {identity.RoleFilter{}, 14}, "of the server": {identity.RoleFilter{Server: ptr(true)}, 1},
			"of clients": {identity.RoleFilter{Server: ptr(false)}, 13}, "of one": {identity.RoleFilter{ClientID: c.ID}, 13},
			"search": {identity.RoleFilter{Search: "UDIT"}, 1}, "invalid": {identity.RoleFilter{Search: "\x00"}, 0},
			"by name": {identity.RoleFilter{Name: &identity.StringMatch{Equal: ptr("ROLE7")}}, 1},
		} {
			if got := must(f.store.CountRoles(f.ctx, count.filter, 20))(f); got != count.want {
				f.Errorf("%s: %d", name, got)
			}
		}
		for _, order := range []identity.RoleOrderField{identity.RoleOrderName, identity.RoleOrderCreatedAt} {
			for _, backward := range []bool{false, true} {
				got := f.walk(4, 40, backward, func(page identity.KeysetRange) []identity.CursorKey {
					q := identity.RoleQuery{Filter: identity.RoleFilter{ClientID: c.ID}, Order: identity.RoleOrder{Field: order}, Range: page}
					return cursorKeys(f, must(f.store.Roles(f.ctx, q))(f), func(r identity.Role) uuid.UUID { return r.ID })
				})
				f.equal(len(got), 13)
			}
		}
		first := must(f.store.FirstRoles(f.ctx, []uuid.UUID{c.ID}, 3))(f)[c.ID]
		f.equal([]string{first[0].Name, first[1].Name, first[2].Name}, []string{"role0", "role1", "role10"})
	})
	r.run("a role is assigned once to a user or group, and lists both from all sides", func(f *fixture) {
		a, b, g, editor := f.user(), f.user(), f.insertGroup(identity.Group{}, "g"), f.insertRole(server, "editor")
		f.equal(f.assign(editor, []identity.User{a, b}, []identity.Group{g}), 3)
		f.equal(f.assign(editor, []identity.User{a}, []identity.Group{g}), 0)
		for side, want := range map[identity.RoleSide]struct {
			owner uuid.UUID
			n     int
		}{
			identity.RoleUsers: {editor.ID, 2}, identity.RoleGroups: {editor.ID, 1}, identity.UserRoles: {a.ID, 1}, identity.GroupRoles: {g.ID, 1},
		} {
			list := identity.RoleAssignmentList{Side: side, Owner: want.owner}
			f.equal(must(f.store.CountRoleAssignments(f.ctx, list, 10))(f), want.n)
			for _, ascending := range []bool{false, true} {
				for _, backward := range []bool{false, true} {
					got := f.walk(1, 10, backward, func(page identity.KeysetRange) []identity.CursorKey {
						q := identity.RoleAssignmentQuery{List: list, Ascending: ascending, Range: page}
						return cursorKeys(f, must(f.store.RoleAssignments(f.ctx, q))(f), func(a identity.RoleAssignment) uuid.UUID { return a.ID })
					})
					f.equal(len(got), want.n)
				}
			}
			newest := must(f.store.NewestRoleAssignments(f.ctx, side, []uuid.UUID{want.owner, f.id()}, 1))(f)
			f.equal(len(newest[want.owner]), 1)
		}
		gone := must(f.store.UnassignRole(f.ctx, editor.ID, []uuid.UUID{a.ID, f.id()}, []uuid.UUID{g.ID}))(f)
		f.equal(len(gone), 2)
		f.equal(len(must(f.store.UnassignRole(f.ctx, editor.ID, []uuid.UUID{a.ID}, nil))(f)), 0)
		f.noError(f.store.DeleteUser(f.ctx, b.ID))
		f.equal(must(f.store.CountRoleAssignments(f.ctx, identity.RoleAssignmentList{Side: identity.RoleUsers, Owner: editor.ID}, 10))(f), 0)
		nowhere := identity.RoleAssignment{ID: f.id(), RoleID: editor.ID, UserID: ptr(f.id()), AssignedAt: f.now}
		_, err := f.store.AssignRole(f.ctx, []identity.RoleAssignment{nowhere})
		f.wantErr(err, identity.ErrNotFound)
	})
	r.run("administrators are found behind groups and roles, active or not", func(f *fixture) {
		f.user(func(u *identity.User) { u.Admin = true }) // the administrator who stays
		boss, bob := f.user(func(u *identity.User) { u.Admin, u.Active = true, false }), f.user()
		top, plain := f.insertGroup(identity.Group{}, "top"), f.insertGroup(identity.Group{}, "plain")
		below := f.insertGroup(top, "below")
		lower := f.insertGroup(below, "lower")
		f.join(below, f.now, boss, bob)
		f.join(plain, f.now, bob)
		f.join(lower, f.now, bob)
		all := []uuid.UUID{top.ID, plain.ID, below.ID, lower.ID, f.id()}
		f.sameIDs(must(f.store.GroupsOfAdministrators(f.ctx, all))(f), []uuid.UUID{top.ID, below.ID})
		f.sameIDs(must(f.store.GroupsOfAdministrators(f.ctx, all[1:2]))(f), nil)
		for name, has := range map[string]struct {
			users  []identity.User
			groups []identity.Group
			want   bool
		}{
			"himself": {[]identity.User{boss}, nil, true}, "by a group": {nil, []identity.Group{below}, true},
			"by a group above": {nil, []identity.Group{top}, true}, "others": {[]identity.User{bob}, []identity.Group{plain, lower}, false},
		} {
			role := f.insertRole(server, name)
			f.assign(role, has.users, has.groups)
			f.equal(must(f.store.RoleOfAdministrators(f.ctx, role.ID))(f), has.want)
		}
	})
	r.run("who is in many groups or has many roles is found, whatever else is changed", func(f *fixture) {
		a, b := f.user(), f.user()
		g, h := f.insertGroup(identity.Group{}, "g"), f.insertGroup(identity.Group{}, "h")
		f.join(g, f.now, a, b)
		f.join(h, f.now, a)
		both := []uuid.UUID{a.ID, b.ID}
		f.sameIDs(must(f.store.UsersInManyGroups(f.ctx, both, f.id(), 2))(f), []uuid.UUID{a.ID})
		f.sameIDs(must(f.store.UsersInManyGroups(f.ctx, both, g.ID, 1))(f), []uuid.UUID{a.ID})
		f.sameIDs(must(f.store.UsersInManyGroups(f.ctx, both, f.id(), 1))(f), both)
		one, two := f.insertRole(server, "one"), f.insertRole(server, "two")
		f.assign(one, []identity.User{a, b}, []identity.Group{g})
		f.assign(two, []identity.User{a}, []identity.Group{g})
		groups := []uuid.UUID{g.ID, h.ID}
		f.sameIDs(must(f.store.SubjectsOfManyRoles(f.ctx, both, groups, f.id(), 2))(f), []uuid.UUID{a.ID, g.ID})
		f.sameIDs(must(f.store.SubjectsOfManyRoles(f.ctx, both, nil, one.ID, 1))(f), []uuid.UUID{a.ID})
		f.sameIDs(must(f.store.SubjectsOfManyRoles(f.ctx, nil, groups, one.ID, 2))(f), nil)
	})
	r.run("memberships have the groups above and the roles of all of them", func(f *fixture) {
		c := f.client()
		sales := f.insertGroup(identity.Group{}, "sales")
		emea := f.insertGroup(sales, "emea")
		nordic := f.insertGroup(emea, "nordic")
		f.insertGroup(sales, "asia")
		a, b, alone := f.user(), f.user(), f.user()
		f.join(nordic, f.now, a)
		f.join(sales, f.now, a, b)
		own, above, ofClient := f.insertRole(server, "own"), f.insertRole(server, "above"), f.insertRole(c, "of client")
		f.assign(own, []identity.User{a}, []identity.Group{emea})
		f.assign(above, nil, []identity.Group{sales})
		f.assign(ofClient, nil, []identity.Group{nordic})
		f.insertRole(c, "nobody's")
		got := must(f.store.Memberships(f.ctx, []uuid.UUID{a.ID, b.ID, alone.ID}))(f)
		f.equal(got, map[uuid.UUID]identity.Memberships{
			a.ID: {Groups: []identity.Group{sales, emea, nordic}, Roles: []identity.Role{above, own, ofClient}},
			b.ID: {Groups: []identity.Group{sales}, Roles: []identity.Role{above}},
		})
		f.equal(got[a.ID].Paths()[nordic.ID], "/sales/emea/nordic")
		must(f.store.RemoveGroupMembers(f.ctx, nordic.ID, []uuid.UUID{a.ID}))(f)
		f.equal(must(f.store.Memberships(f.ctx, []uuid.UUID{a.ID}))(f)[a.ID].Roles, []identity.Role{above, own})
	})
}
