package storetest

import (
	"context"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// insertAdminRole adds a role of the server with rights.
func (f *fixture) insertAdminRole(rights identity.AdminRights) identity.Role {
	f.Helper()
	r := f.newRole(identity.Client{}, "admin "+f.id().String())
	r.Admin = rights
	f.noError(f.store.InsertRole(f.ctx, r))
	return r
}

func delegations(r *runner) {
	unlock := identity.AdminRights{Scopes: []string{identity.ScopeUsersUnlock}}
	r.run("a role keeps its rights, and loses them", func(f *fixture) {
		gone := f.id()
		limited := f.insertAdminRole(identity.AdminRights{
			Scopes: []string{identity.ScopeUsersRead, identity.ScopeUsersReset}, GroupIDs: []uuid.UUID{gone},
		})
		f.equal(must(f.store.LockRole(f.ctx, limited.ID))(f), limited)
		limited.Admin = identity.AdminRights{}
		f.noError(f.store.UpdateRole(f.ctx, limited))
		f.equal(must(f.store.RolesByID(f.ctx, []uuid.UUID{limited.ID}))(f)[limited.ID].Admin, identity.AdminRights{})
		c := f.client()
		ofClient := f.newRole(c, "x")
		ofClient.Admin = unlock
		if f.store.InsertRole(f.ctx, ofClient) == nil {
			f.Error("a role of a client carries scopes of administration")
		}
	})
	r.run("delegations are those of the roles of a user and of all groups above", func(f *fixture) {
		top := f.insertGroup(identity.Group{}, "top")
		below := f.insertGroup(top, "below")
		plain := f.insertGroup(identity.Group{}, "plain")
		a, b, c := f.user(), f.user(), f.user()
		f.join(below, f.now, a)
		f.join(plain, f.now, b, c)
		limited := identity.AdminRights{Scopes: []string{identity.ScopeUsersReset}, GroupIDs: []uuid.UUID{plain.ID, below.ID}}
		byGroup, own := f.insertAdminRole(limited), f.insertAdminRole(unlock)
		f.assign(byGroup, nil, []identity.Group{top})
		f.assign(own, []identity.User{a, b}, nil)
		f.assign(f.insertRole(identity.Client{}, "plain"), []identity.User{c}, []identity.Group{plain})
		got := must(f.store.Delegations(f.ctx, []uuid.UUID{a.ID, b.ID, c.ID}))(f)
		f.equal(len(got), 2)
		f.equal(got[b.ID], identity.Delegation{unlock})
		f.equal(len(got[a.ID]), 2)
		groups, everybody := got[a.ID].Reach(identity.ScopeUsersReset)
		f.equal(groups, limited.GroupIDs)
		f.equal(everybody, false)
		f.equal(must(f.store.Memberships(f.ctx, []uuid.UUID{b.ID}))(f)[b.ID].Roles[0].Admin, unlock)

		f.equal(must(f.store.AdminRightsOfGroups(f.ctx, []uuid.UUID{below.ID, plain.ID}))(f), []identity.AdminRights{limited})
		f.equal(len(must(f.store.AdminRightsOfGroups(f.ctx, []uuid.UUID{plain.ID}))(f)), 0)
		side := f.insertGroup(below, "side")
		all := []uuid.UUID{top.ID, below.ID, plain.ID, side.ID}
		f.sameIDs(must(f.store.GroupsOfAdministrators(f.ctx, all))(f), []uuid.UUID{top.ID, below.ID, side.ID})
		must(f.store.UnassignRole(f.ctx, byGroup.ID, nil, []uuid.UUID{top.ID}))(f)
		f.assign(byGroup, nil, []identity.Group{below})
		f.sameIDs(must(f.store.GroupsOfAdministrators(f.ctx, all))(f), []uuid.UUID{top.ID, below.ID, side.ID})
	})
	r.run("users in reach are in the groups or below, and administer nothing", func(f *fixture) {
		top := f.insertGroup(identity.Group{}, "top")
		below, other := f.insertGroup(top, "below"), f.insertGroup(identity.Group{}, "other")
		helpers := f.insertGroup(top, "helpers")
		a, b, out := f.user(), f.user(), f.user()
		boss := f.user(func(u *identity.User) { u.Admin = true })
		direct, byGroup := f.user(), f.user()
		f.join(top, f.now, a, boss, direct)
		f.join(below, f.now, b, a)
		f.join(other, f.now, out)
		f.join(f.insertGroup(helpers, "night"), f.now, byGroup)
		role := f.insertAdminRole(unlock)
		f.assign(role, []identity.User{direct}, []identity.Group{helpers})
		everybody := []uuid.UUID{a.ID, b.ID, out.ID, boss.ID, direct.ID, byGroup.ID, f.id()}
		for name, c := range map[string]struct{ groups, want []uuid.UUID }{
			"with those below": {[]uuid.UUID{top.ID}, []uuid.UUID{a.ID, b.ID}}, "below": {[]uuid.UUID{below.ID}, []uuid.UUID{a.ID, b.ID}},
			"several": {[]uuid.UUID{below.ID, other.ID, f.id()}, []uuid.UUID{a.ID, b.ID, out.ID}}, "gone": {[]uuid.UUID{f.id()}, nil},
			"none": {[]uuid.UUID{}, nil}, "not even nil": {nil, nil},
		} {
			f.sameIDs(must(f.store.UsersInReach(f.ctx, c.groups, everybody))(f), c.want)
			if c.groups == nil {
				continue // a list is of everybody then
			}
			for _, search := range []string{"", "user"} {
				q := identity.UserQuery{
					Within: c.groups, Search: search, Order: identity.UserOrder{Field: identity.UserOrderUsername}, Now: f.now,
					Range: identity.KeysetRange{Limit: 10},
				}
				var listed []uuid.UUID
				for _, row := range must(f.store.Users(f.ctx, q))(f) {
					listed = append(listed, row.Item.ID)
				}
				f.sameIDs(listed, c.want)
				if n := must(f.store.CountUsers(f.ctx, q, 10))(f); n != len(c.want) {
					f.Errorf("%s: %d", name, n)
				}
			}
		}
		must(f.store.UnassignRole(f.ctx, role.ID, nil, []uuid.UUID{helpers.ID}))(f)
		f.sameIDs(must(f.store.UsersInReach(f.ctx, []uuid.UUID{top.ID}, everybody))(f), []uuid.UUID{a.ID, b.ID, byGroup.ID})
	})
	r.run("an administrator is held as long as they are one", func(f *fixture) {
		boss, plain := f.user(func(u *identity.User) { u.Admin = true }), f.user()
		f.user(func(u *identity.User) { u.Admin = true })
		gone := f.user(func(u *identity.User) { u.Admin, u.Active = true, false })
		f.noError(f.store.HoldAdministrator(f.ctx, boss.ID))
		for _, id := range []uuid.UUID{plain.ID, gone.ID, f.id()} {
			f.wantErr(f.store.HoldAdministrator(f.ctx, id), identity.ErrUserNotFound)
		}
	})
	r.run("who changes rights waits for those who act by them", func(f *fixture) {
		acting, acted, ended := make(chan struct{}), make(chan struct{}, 1), make(chan error, 1)
		go func() {
			ended <- f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
				if err := tx.LockDelegations(ctx, false); err != nil {
					return err
				}
				select {
				case <-acting: // a transaction may run again
				default:
					close(acting)
				}
				for range 100 {
					if _, err := tx.UserNumbers(ctx, f.now); err != nil {
						return err
					}
				}
				acted <- struct{}{}
				return nil
			})
		}()
		<-acting
		f.noError(f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
			if err := tx.LockDelegations(ctx, true); err != nil {
				return err
			}
			select {
			case <-acted:
			default:
				f.Error("rights were changed while somebody acted by them")
			}
			return nil
		}))
		f.noError(<-ended)
	})
}
