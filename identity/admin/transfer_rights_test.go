package admin_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestAnImportEndsWithTheRightsOfWhoAskedForIt: nothing is imported after these were taken away, whichever way.
func TestAnImportEndsWithTheRightsOfWhoAskedForIt(t *testing.T) {
	t.Parallel()
	const nobody, lacks = "Who asked for the job is no administrator any more.", "The token lacks the scope admin:users:write."
	no := false
	for name, c := range map[string]struct {
		byRole bool
		taken  func(t *testing.T, f *fixture, clerk identity.User, role identity.Role)
		want   string
	}{
		"administrator": {false, func(*testing.T, *fixture, identity.User, identity.Role) {}, ""},
		"demoted": {false, func(t *testing.T, f *fixture, clerk identity.User, _ identity.Role) {
			_, err := f.admin.Users.Update(f.ctx, clerk.ID, admin.UserChange{Admin: &no}, nil)
			noError(t, err)
		}, nobody},
		"deactivated": {false, func(t *testing.T, f *fixture, clerk identity.User, _ identity.Role) {
			_, err := f.admin.Users.Update(f.ctx, clerk.ID, admin.UserChange{Active: &no}, nil)
			noError(t, err)
		}, nobody},
		"the console may not any more": {false, func(t *testing.T, f *fixture, _ identity.User, _ identity.Role) {
			fewer := admin.ClientChange{Patch: func(m *identity.ClientMetadata, _ *identity.ClientPolicy) { m.Scope = identity.ScopeUsersRead }}
			_, _, err := f.admin.Clients.Update(f.ctx, f.console(t).ID, fewer, nil)
			noError(t, err)
		}, lacks},
		"by a role": {true, func(*testing.T, *fixture, identity.User, identity.Role) {}, ""},
		"by a role that carries it no more": {true, func(t *testing.T, f *fixture, _ identity.User, role identity.Role) {
			_, err := f.admin.Roles.Update(f.ctx, role.ID, admin.RoleChange{AdminScopes: &[]string{identity.ScopeUsersRead}}, nil)
			noError(t, err)
		}, lacks},
		"by a role that is limited now": {true, func(t *testing.T, f *fixture, _ identity.User, role identity.Role) {
			_, err := f.admin.Roles.Update(f.ctx, role.ID, admin.RoleChange{AdminGroups: &[]uuid.UUID{f.group(t, "few").ID}}, nil)
			noError(t, err)
		}, "The scope admin:users:write is limited to groups."},
		"by a role that was taken away": {true, func(t *testing.T, f *fixture, clerk identity.User, role identity.Role) {
			_, err := f.admin.Roles.Unassign(f.ctx, role.ID, admin.RoleSubjects{UserIDs: []uuid.UUID{clerk.ID}})
			noError(t, err)
		}, nobody},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.user(t, "root", administrator)
			clerk := f.user(t, "clerk", func(n *admin.NewUser) { n.Admin = !c.byRole })
			var role identity.Role
			if c.byRole {
				role = f.adminRole(t, identity.AdminRights{Scopes: []string{identity.ScopeUsersWrite, identity.ScopeUsersRead}}, clerk)
			}
			job, err := f.admin.Transfers.ImportUsers(f.by(t, clerk, identity.ScopeUsersWrite), jsonLines)
			noError(t, err)
			noError(t, f.upload(t, job, strings.NewReader(lines(3))))
			c.taken(t, f, clerk, role)
			f.work(t)
			got := f.transfer(t, job.ID)
			if got.Error != c.want || (got.State == identity.TransferSucceeded) != (c.want == "") || (got.Counts.Created == 3) != (c.want == "") {
				t.Errorf("%+v", got)
			}
		})
	}
}
