package admin_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// adminRole adds a role of administration for a person.
func (f *fixture) adminRole(t testing.TB, rights identity.AdminRights, to ...identity.User) identity.Role {
	t.Helper()
	r, err := f.admin.Roles.Create(f.ctx, admin.NewRole{Name: uuid.NewString(), Admin: rights})
	noError(t, err)
	if len(to) > 0 {
		_, err = f.admin.Roles.Assign(f.ctx, r.ID, admin.RoleSubjects{UserIDs: idsOf(to)})
		noError(t, err)
	}
	return r
}

// by is the context of a request with a token of the user, which says of them what is so now.
func (f *fixture) by(t testing.TB, u identity.User, scopes ...string) context.Context {
	t.Helper()
	return f.present(t, f.token(t, u, scopes...))
}

// token is an access token of the user for the console.
func (f *fixture) token(t testing.TB, u identity.User, scopes ...string) string {
	t.Helper()
	token, err := f.Tokens.Issue(f.ctx, f.redeem(t, f.console(t), f.signIn(t, f.reread(t, u)), scopes...), nil)
	noError(t, err)
	return token.Value
}

// present is the context of a request with a token.
func (f *fixture) present(t testing.TB, token string) context.Context {
	t.Helper()
	presented := identity.PresentedToken{Scheme: identity.SchemeBearer, Token: token}
	bearer, err := f.Tokens.Authenticate(f.ctx, presented, identity.AuthlyAudience)
	noError(t, err)
	return identity.WithActor(f.ctx, bearer.Actor(identity.Actor{IP: "192.0.2.7"}))
}

// console is a client that may ask for every scope.
func (f *fixture) console(t testing.TB) identity.Client {
	t.Helper()
	if known, err := f.store.ClientByClientID(f.ctx, "console"); err == nil {
		return known
	}
	noError(t, f.SigningKeys.Ensure(f.ctx))
	return f.client(t, "console", func(c *clientFields) { c.Scope = "openid " + identity.JoinScope(adminScopes()) })
}

func adminScopes() (names []string) {
	for _, s := range identity.BuiltInScopes() {
		if identity.IsAdminScope(s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

// TestAPersonAdministersByARole: what the role carries and the token asked for, directly and through a group above, until it is
// taken away, which a living token notices at once.
func TestAPersonAdministersByARole(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		f.user(t, "root", administrator)
		bob, carl, dora := f.user(t, "bob"), f.user(t, "carl"), f.user(t, "dora")
		top := f.group(t, "top")
		below, err := f.admin.Groups.Create(f.ctx, admin.NewGroup{Name: "below", ParentID: &top.ID})
		noError(t, err)
		_, err = f.admin.Groups.AddMembers(f.ctx, below.ID, []uuid.UUID{carl.ID})
		noError(t, err)
		role := f.adminRole(t, identity.AdminRights{Scopes: []string{identity.ScopeUsersUnlock, identity.ScopeUsersRead}}, bob)
		_, err = f.admin.Roles.Assign(f.ctx, role.ID, admin.RoleSubjects{GroupIDs: []uuid.UUID{top.ID}})
		noError(t, err)
		for _, u := range []identity.User{bob, carl} {
			ctx := f.by(t, u, append([]string{"openid"}, adminScopes()...)...)
			got := identity.ActorFrom(ctx)
			wantSame(t, got.Scopes, []string{"openid", identity.ScopeUsersRead, identity.ScopeUsersUnlock})
			if !got.Admin || !got.Delegated {
				t.Errorf("%+v", got)
			}
			_, err := f.admin.Users.Unlock(ctx, dora.ID)
			noError(t, err)
			_, err = f.admin.Users.ResetPassword(ctx, dora.ID)
			wantError(t, err, coded(identity.CodeInsufficientScope))
			_, err = f.admin.Users.Unlock(f.by(t, u, "openid"), dora.ID)
			wantError(t, err, coded(identity.CodeForbidden))
		}
		token := f.token(t, bob, "openid", identity.ScopeUsersUnlock)
		now := func() []string { return identity.ActorFrom(f.present(t, token)).Scopes }
		wantSame(t, now(), []string{"openid", identity.ScopeUsersUnlock})
		late := f.by(t, bob, "openid", identity.ScopeUsersUnlock)
		_, err = f.admin.Roles.Unassign(f.ctx, role.ID, admin.RoleSubjects{UserIDs: []uuid.UUID{bob.ID}})
		noError(t, err)
		wantSame(t, now(), []string{"openid"})
		_, err = f.admin.Users.Unlock(late, dora.ID) // the request began before
		wantError(t, err, coded(identity.CodeInsufficientScope))
		after := f.redeem(t, f.console(t), f.signIn(t, f.reread(t, bob)), "openid", identity.ScopeUsersUnlock)
		wantSame(t, after.Scopes, []string{"openid"})
	})
}

// TestWhoeverAdministersByARoleIsAnAdministratorToOthers: every change of a user × with and without admin:admins:write; nobody
// helps themselves either.
func TestWhoeverAdministersByARoleIsAnAdministratorToOthers(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		root := f.user(t, "root", administrator)
		role := f.adminRole(t, identity.AdminRights{Scopes: []string{identity.ScopeUsersUnlock}})
		staff := f.group(t, "staff")
		_, err := f.admin.Roles.Assign(f.ctx, role.ID, admin.RoleSubjects{GroupIDs: []uuid.UUID{staff.ID}})
		noError(t, err)
		for name, c := range userChanges {
			t.Run(name, func(t *testing.T) {
				on := f.target(t, false)
				_, err := f.admin.Groups.AddMembers(f.ctx, staff.ID, []uuid.UUID{on.user.ID})
				noError(t, err)
				wantError(t, c.do(f.as(root, c.scope), f, on), coded(identity.CodeInsufficientScope))
				wantSame(t, f.reread(t, on.user), on.user)
				noError(t, c.do(f.as(root, c.scope, identity.ScopeAdminsWrite), f, on))
				if _, err := f.store.UserByID(f.ctx, on.user.ID); err == nil {
					_, err = f.admin.Users.Delete(f.ctx, on.user.ID, admin.DeleteUserOptions{})
					noError(t, err)
				}
			})
		}
		helper := f.user(t, "helper")
		f.adminRole(t, identity.AdminRights{Scopes: []string{identity.ScopeUsersWrite}}, helper)
		ctx := f.by(t, helper, identity.ScopeUsersWrite)
		for _, whom := range []identity.User{helper, root} {
			_, err := f.admin.Users.ResetPassword(ctx, whom.ID)
			wantError(t, err, coded(identity.CodeInsufficientScope))
		}
		_, err = f.admin.Users.Update(ctx, f.user(t, "plain").ID, admin.UserChange{Admin: ptr(true)}, nil)
		wantError(t, err, coded(identity.CodeInsufficientScope))
	})
}

// TestRightsAreGivenOnlyByWhoHoldsThem: each way to give a scope of administration × each missing right.
func TestRightsAreGivenOnlyByWhoHoldsThem(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		root, bob := f.user(t, "root", administrator), f.user(t, "bob")
		const wanted = identity.ScopeAuditRead
		rights := identity.AdminRights{Scopes: []string{wanted}}
		role := f.adminRole(t, rights)
		staff := f.group(t, "staff")
		_, err := f.admin.Roles.Assign(f.ctx, role.ID, admin.RoleSubjects{GroupIDs: []uuid.UUID{staff.ID}})
		noError(t, err)
		for name, way := range map[string]struct {
			scope string
			do    func(ctx context.Context) error
		}{
			"create": {identity.ScopeRolesWrite, func(ctx context.Context) error {
				_, err := f.admin.Roles.Create(ctx, admin.NewRole{Name: uuid.NewString(), Admin: rights})
				return err
			}},
			"update": {identity.ScopeRolesWrite, func(ctx context.Context) error {
				plain := f.role(t, uuid.NewString(), admin.RoleSubjects{})
				_, err := f.admin.Roles.Update(ctx, plain.ID, admin.RoleChange{AdminScopes: &rights.Scopes}, nil)
				return err
			}},
			"assign": {identity.ScopeRolesWrite, func(ctx context.Context) error {
				_, err := f.admin.Roles.Assign(ctx, role.ID, admin.RoleSubjects{UserIDs: []uuid.UUID{bob.ID}})
				return err
			}},
			"add to a group below": {identity.ScopeGroupsWrite, func(ctx context.Context) error {
				below, err := f.admin.Groups.Create(f.ctx, admin.NewGroup{Name: uuid.NewString(), ParentID: &staff.ID})
				noError(t, err)
				return firstSubject(f.admin.Groups.AddMembers(ctx, below.ID, []uuid.UUID{f.user(t, "u"+uuid.NewString()[:8]).ID}))
			}},
			"move a group": {identity.ScopeGroupsWrite, func(ctx context.Context) error {
				_, err := f.admin.Groups.Update(ctx, f.group(t, uuid.NewString()).ID, admin.GroupChange{Parent: &staff.ID}, nil)
				return err
			}},
		} {
			all := []string{way.scope, identity.ScopeAdminsWrite, wanted}
			for _, missing := range all {
				have := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == missing })
				if err := way.do(f.as(root, have...)); identity.AsError(err).Code != identity.CodeInsufficientScope {
					t.Errorf("%s without %s: %v", name, missing, err)
				}
			}
			if err := way.do(f.as(root, all...)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, take := range map[string]func(ctx context.Context) error{
			"unassign": func(ctx context.Context) error {
				_, err := f.admin.Roles.Unassign(ctx, role.ID, admin.RoleSubjects{UserIDs: []uuid.UUID{bob.ID}})
				return err
			},
			"remove": func(ctx context.Context) error {
				return firstSubject(f.admin.Groups.RemoveMembers(ctx, staff.ID, []uuid.UUID{bob.ID}))
			},
			"delete the group": func(ctx context.Context) error {
				_, err := f.admin.Groups.Delete(ctx, staff.ID, admin.DeleteGroupOptions{Recursive: true})
				return err
			},
			"rename": func(ctx context.Context) error {
				_, err := f.admin.Roles.Update(ctx, role.ID, admin.RoleChange{Name: ptr("other")}, nil)
				return err
			},
			"delete": func(ctx context.Context) error {
				_, err := f.admin.Roles.Delete(ctx, role.ID, admin.DeleteRoleOptions{Assigned: true})
				return err
			},
		} {
			err := take(f.as(root, identity.ScopeRolesWrite, identity.ScopeGroupsWrite))
			if err == nil || identity.AsError(err).Code != identity.CodeInsufficientScope {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestWhatARoleCannotCarry: admin:admins:write, what is no scope of administration, and nothing of it for a client's role.
func TestWhatARoleCannotCarry(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	for name, n := range map[string]admin.NewRole{
		"administrators":  {Name: "x", Admin: identity.AdminRights{Scopes: []string{identity.ScopeAdminsWrite}}},
		"another scope":   {Name: "x", Admin: identity.AdminRights{Scopes: []string{"openid"}}},
		"an unknown one":  {Name: "x", Admin: identity.AdminRights{Scopes: []string{"admin:everything"}}},
		"one twice":       {Name: "x", Admin: identity.AdminRights{Scopes: []string{identity.ScopeUsersRead, identity.ScopeUsersRead}}},
		"a client's role": {Name: "x", ClientID: &app.ID, Admin: identity.AdminRights{Scopes: []string{identity.ScopeUsersRead}}},
	} {
		if _, err := f.admin.Roles.Create(f.ctx, n); identity.AsError(err).Field != "admin_scopes" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
