package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// insertGroup adds a group below another, or without a parent for the zero one.
func (f *fixture) insertGroup(above identity.Group, name string) identity.Group {
	f.Helper()
	return must(f.store.InsertGroup(f.ctx, f.newGroup(above, name)))(f)
}

func (f *fixture) newGroup(above identity.Group, name string) identity.Group {
	g := identity.Group{ID: f.id(), Name: name, Description: "Of " + name, CreatedAt: f.now, UpdatedAt: f.now, Version: 1}
	if above.ID != uuid.Nil {
		g.ParentID = &above.ID
	}
	return g
}

func (f *fixture) join(g identity.Group, at time.Time, users ...identity.User) []uuid.UUID {
	f.Helper()
	members := make([]identity.GroupMember, len(users))
	for i, u := range users {
		members[i] = identity.GroupMember{ID: f.id(), GroupID: g.ID, UserID: u.ID, JoinedAt: at}
	}
	return must(f.store.AddGroupMembers(f.ctx, members))(f)
}

// move moves a group below another, or to the first level for the nil UUID.
func (f *fixture) move(id, parent uuid.UUID) (moved identity.Group, err error) {
	err = f.store.InTx(f.ctx, func(ctx context.Context, tx identity.Store) error {
		g, err := tx.LockGroup(ctx, id, parent)
		if err != nil {
			return err
		}
		if g.ParentID = &parent; parent == uuid.Nil {
			g.ParentID = nil
		}
		moved, err = tx.UpdateGroup(ctx, g)
		return err
	})
	return moved, err
}

// pathOf returns the path of a group as it is stored.
func (f *fixture) pathOf(id uuid.UUID) string {
	f.Helper()
	found, above := must(f.store.GroupsByID(f.ctx, []uuid.UUID{id}))(f), must(f.store.GroupAncestors(f.ctx, []uuid.UUID{id}))(f)
	return identity.GroupPath(append(slices.Clone(above[id]), found[id])...)
}

func groups(r *runner) {
	none := identity.Group{}
	r.run("a group is found by id and by name, with its depth", func(f *fixture) {
		sales := f.insertGroup(none, "Sales")
		emea := f.insertGroup(sales, "EMEA")
		f.equal(sales.Depth, 1)
		f.equal(emea.Depth, 2)
		f.equal(must(f.store.GroupsByID(f.ctx, []uuid.UUID{emea.ID, f.id()}))(f), map[uuid.UUID]identity.Group{emea.ID: emea})
		f.equal(must(f.store.GroupNamed(f.ctx, uuid.Nil, "sALES"))(f), sales)
		f.equal(must(f.store.GroupNamed(f.ctx, sales.ID, "emea"))(f), emea)
		for _, name := range []string{"EMEA", "a\x00", ""} {
			_, err := f.store.GroupNamed(f.ctx, uuid.Nil, name)
			f.wantErr(err, identity.ErrGroupNotFound)
		}
		f.equal(must(f.store.GroupAncestors(f.ctx, []uuid.UUID{emea.ID, sales.ID}))(f), map[uuid.UUID][]identity.Group{emea.ID: {sales}})
		f.equal(must(f.store.LockGroup(f.ctx, emea.ID))(f), emea)
		_, err := f.store.LockGroup(f.ctx, f.id())
		f.wantErr(err, identity.ErrGroupNotFound)
	})
	r.run("siblings have different names without regard to case", func(f *fixture) {
		sales, other := f.insertGroup(none, "Sales"), f.insertGroup(none, "Other")
		emea := f.insertGroup(sales, "EMEA")
		taken := &identity.Error{Code: identity.CodeDuplicateGroup}
		for _, g := range []identity.Group{f.newGroup(none, "SALES"), f.newGroup(sales, "emea")} {
			_, err := f.store.InsertGroup(f.ctx, g)
			f.wantErr(err, taken)
		}
		f.insertGroup(other, "EMEA")
		emea.ParentID = &other.ID
		_, err := f.store.UpdateGroup(f.ctx, emea)
		f.wantErr(err, taken)
		emea.Name = "Europe" // where it goes, and only there
		f.insertGroup(sales, "Europe")
		emea = must(f.store.UpdateGroup(f.ctx, emea))(f)
		f.equal(f.pathOf(emea.ID), "/Other/Europe")
		other.Name = "sales"
		_, err = f.store.UpdateGroup(f.ctx, other)
		f.wantErr(err, taken)
		_, err = f.store.UpdateGroup(f.ctx, f.newGroup(none, "x"))
		f.wantErr(err, identity.ErrGroupNotFound)
		_, err = f.store.InsertGroup(f.ctx, f.newGroup(f.newGroup(none, "nowhere"), "x"))
		f.wantErr(err, identity.ErrGroupNotFound)
	})
	r.run("an update compares versions and does not change the creation", func(f *fixture) {
		g := f.insertGroup(f.insertGroup(none, "Sales"), "EMEA")
		g.Name, g.Description, g.UpdatedAt = "Europe", "", f.now.Add(time.Hour)
		changed := must(f.store.UpdateGroup(f.ctx, g))(f)
		var conflict *identity.VersionConflictError
		if _, err := f.store.UpdateGroup(f.ctx, g); !errors.As(err, &conflict) || conflict.CurrentVersion != 2 {
			f.Errorf("a stale update: %v", err)
		}
		g.Version = 2
		f.equal(changed, g)
		f.equal(must(f.store.GroupsByID(f.ctx, []uuid.UUID{g.ID}))(f)[g.ID], g)
	})
	r.run("a group moves with all below it, within the levels that there are, and never below itself", func(f *fixture) {
		chain := []identity.Group{f.insertGroup(none, "1")}
		for i := 1; i < identity.MaxGroupDepth; i++ {
			chain = append(chain, f.insertGroup(chain[i-1], strconv.Itoa(i+1)))
		}
		deep := identity.InvalidField("parent_id", "")
		_, err := f.store.InsertGroup(f.ctx, f.newGroup(chain[4], "6"))
		f.wantErr(err, deep)
		other := f.insertGroup(none, "other")
		for name, below := range map[string]identity.Group{
			"too deep": other, "itself": chain[0], "below itself": chain[3],
		} {
			if _, err = f.move(chain[0].ID, below.ID); !errors.Is(err, deep) || identity.AsError(err).Field != "parent_id" {
				f.Errorf("%s: %v", name, err)
			}
		}
		_, err = f.move(chain[1].ID, f.id())
		f.wantErr(err, identity.ErrGroupNotFound)
		f.equal(must(f.move(chain[1].ID, other.ID))(f).Depth, 2) // as deep as before
		f.equal(must(f.move(chain[3].ID, uuid.Nil))(f).Depth, 1)
		f.equal(f.pathOf(chain[2].ID), "/other/2/3")
		f.equal(f.pathOf(chain[4].ID), "/4/5")
		f.equal(must(f.move(chain[3].ID, chain[2].ID))(f).Depth, 4)
		f.equal(f.pathOf(chain[4].ID), "/other/2/3/4/5")
	})
	r.run("a group goes with its memberships, and not while others are below it", func(f *fixture) {
		sales := f.insertGroup(none, "Sales")
		emea := f.insertGroup(sales, "EMEA")
		nordic := f.insertGroup(emea, "Nordic")
		u := f.user()
		f.join(sales, f.now, u)
		f.join(nordic, f.now, u, f.user())
		f.equal(must(f.store.CountGroupMembersBelow(f.ctx, sales.ID))(f), 3)
		f.equal(len(must(f.store.GroupsBelow(f.ctx, sales.ID, 10))(f)), 2)
		f.equal(len(must(f.store.GroupsBelow(f.ctx, sales.ID, 1))(f)), 1)
		f.wantErr(f.store.DeleteGroups(f.ctx, []uuid.UUID{sales.ID, emea.ID}), identity.ErrGroupInUse)
		f.noError(f.store.DeleteGroups(f.ctx, []uuid.UUID{sales.ID, emea.ID, nordic.ID}))
		f.equal(must(f.store.CountGroupMembers(f.ctx, identity.GroupMemberFilter{UserID: u.ID}, 10))(f), 0)
	})
	r.run("a user joins a group once and leaves it once", func(f *fixture) {
		g, a, b := f.insertGroup(none, "g"), f.user(), f.user()
		f.equal(f.join(g, f.now, a), []uuid.UUID{a.ID})
		f.equal(f.join(g, f.now.Add(time.Hour), a, b), []uuid.UUID{b.ID})
		f.equal(must(f.store.RemoveGroupMembers(f.ctx, g.ID, []uuid.UUID{a.ID, f.id()}))(f), []uuid.UUID{a.ID})
		f.equal(len(must(f.store.RemoveGroupMembers(f.ctx, g.ID, []uuid.UUID{a.ID}))(f)), 0)
		_, err := f.store.AddGroupMembers(f.ctx, []identity.GroupMember{{ID: f.id(), GroupID: f.id(), UserID: a.ID, JoinedAt: f.now}})
		f.wantErr(err, identity.ErrGroupNotFound)
		f.noError(f.store.DeleteUser(f.ctx, b.ID))
		f.equal(must(f.store.CountGroupMembers(f.ctx, identity.GroupMemberFilter{GroupID: g.ID}, 10))(f), 0)
	})
	r.run("groups that move below each other at once end in no circle", groupsMoveAtOnce)
	r.run("one of many takes a name", func(f *fixture) {
		sales := f.insertGroup(none, "Sales")
		f.oneWins(func(i int) (bool, error) {
			_, err := f.store.InsertGroup(f.ctx, f.newGroup(sales, []string{"emea", "EMEA"}[i%2]))
			if errors.Is(err, &identity.Error{Code: identity.CodeDuplicateGroup}) {
				return false, nil
			}
			return err == nil, err
		})
	})
}

// groupsMoveAtOnce moves each of several groups below the next; what the database lets through is no circle.
func groupsMoveAtOnce(f *fixture) {
	const rounds, n = 20, 3
	for round := range rounds {
		list := make([]identity.Group, n)
		for i := range list {
			list[i] = f.insertGroup(identity.Group{}, fmt.Sprintf("%d.%d", round, i))
		}
		_, faults := race(f, n, func(i int) (int, error) {
			moved, err := f.move(list[i].ID, list[(i+1)%n].ID)
			return moved.Depth, err
		})
		moved := 0
		for _, err := range faults {
			if err == nil {
				moved++
			}
		}
		if moved == 0 || moved == n {
			f.Errorf("%d of %d moves came through: %v", moved, n, faults)
		}
		for _, g := range list {
			found := must(f.store.GroupsByID(f.ctx, []uuid.UUID{g.ID}))(f)[g.ID]
			if above := must(f.store.GroupAncestors(f.ctx, []uuid.UUID{g.ID}))(f)[g.ID]; len(above)+1 != found.Depth {
				f.Errorf("%d above a group at depth %d", len(above), found.Depth)
			}
		}
	}
}

func groupLists(r *runner) {
	none := identity.Group{}
	r.run("pages of groups meet each once in every order and both directions", func(f *fixture) {
		sales := f.insertGroup(none, "sales")
		for i := range 17 {
			f.now = f.now.Add(time.Duration(i%3) * time.Second)
			f.insertGroup(sales, fmt.Sprintf("%s%02d", []string{"A", "a", "z"}[i%3], (i*7)%17))
			f.insertGroup(none, fmt.Sprint("other", i))
		}
		for _, order := range []identity.GroupOrderField{identity.GroupOrderName, identity.GroupOrderCreatedAt, identity.GroupOrderUpdatedAt} {
			var forward []uuid.UUID
			for _, descending := range []bool{false, true} {
				for _, backward := range []bool{false, true} {
					got := f.walk(5, 40, backward, func(page identity.KeysetRange) []identity.CursorKey {
						return cursorKeys(f, must(f.store.Groups(f.ctx, identity.GroupQuery{
							Filter: identity.GroupFilter{ParentID: sales.ID}, Order: identity.GroupOrder{Field: order, Descending: descending}, Range: page,
						}))(f), func(g identity.Group) uuid.UUID { return g.ID })
					})
					if descending {
						slices.Reverse(got)
					}
					if forward == nil {
						forward = got
					}
					f.equal(got, forward)
				}
			}
			f.equal(len(forward), 17)
		}
	})
	r.run("groups are found by parent and name", func(f *fixture) {
		sales := f.insertGroup(none, "Sales")
		f.insertGroup(sales, "EMEA 100%")
		f.insertGroup(sales, "Asia")
		f.insertGroup(none, "Research")
		for name, c := range map[string]struct {
			filter identity.GroupFilter
			want   int
		}{
			"all":          {identity.GroupFilter{}, 4},
			"first level":  {identity.GroupFilter{Root: ptr(true)}, 2},
			"other levels": {identity.GroupFilter{Root: ptr(false)}, 2},
			"below one":    {identity.GroupFilter{ParentID: sales.ID}, 2},
			"search":       {identity.GroupFilter{Search: "A"}, 4},
			"literal":      {identity.GroupFilter{Search: "0%"}, 1},
			"by name":      {identity.GroupFilter{Name: &identity.StringMatch{Equal: ptr("SALES")}}, 1},
			"by a start":   {identity.GroupFilter{ParentID: sales.ID, Name: &identity.StringMatch{StartsWith: ptr("as")}}, 1},
			"invalid text": {identity.GroupFilter{Search: "\x00"}, 0},
		} {
			q := identity.GroupQuery{Filter: c.filter, Range: identity.KeysetRange{Limit: 10}}
			if got := must(f.store.Groups(f.ctx, q))(f); len(got) != c.want {
				f.Errorf("%s: %d groups", name, len(got))
			}
			f.equal(must(f.store.CountGroups(f.ctx, c.filter, 10))(f), c.want)
		}
		first := must(f.store.FirstChildren(f.ctx, []uuid.UUID{sales.ID, f.id()}, 1))(f)
		f.equal(len(first), 1)
		f.equal(first[sales.ID][0].Item.Name, "Asia")
	})
	r.run("pages of members meet each once in both directions, also of one moment", func(f *fixture) {
		g, other, bob := f.insertGroup(none, "g"), f.insertGroup(none, "other"), f.user()
		n := 0
		for i := range 40 {
			u := f.user()
			f.join(g, f.now.Add(time.Duration(i/4)*time.Second), u)
			f.join(other, f.now, u)
			n++
		}
		f.join(other, f.now, bob)
		all := must(f.store.GroupMembers(f.ctx, identity.GroupMemberQuery{
			Filter: identity.GroupMemberFilter{GroupID: g.ID}, Ascending: true, Range: identity.KeysetRange{Limit: 100},
		}))(f)
		f.equal(len(all), n)
		memberID := func(m identity.GroupMember) uuid.UUID { return m.ID }
		sorted := everyID(all, func(row identity.ListRow[identity.GroupMember]) uuid.UUID { return row.Item.ID })
		f.equal(slices.IsSortedFunc(all, func(a, b identity.ListRow[identity.GroupMember]) int {
			return order(a.Item.JoinedAt, b.Item.JoinedAt, a.Item.ID, b.Item.ID)
		}), true)
		f.walks(sorted, func(ascending bool, page identity.KeysetRange) []identity.CursorKey {
			return cursorKeys(f, must(f.store.GroupMembers(f.ctx, identity.GroupMemberQuery{
				Filter: identity.GroupMemberFilter{GroupID: g.ID}, Ascending: ascending, Range: page,
			}))(f), memberID)
		})
		f.equal(must(f.store.CountGroupMembers(f.ctx, identity.GroupMemberFilter{GroupID: g.ID}, 5))(f), 6)
		one := all[0].Item.UserID
		newest := must(f.store.NewestMembers(f.ctx, []uuid.UUID{g.ID, other.ID}, 2))(f)
		f.equal(newest[g.ID][0].Item.JoinedAt, f.now.Add(9*time.Second))
		f.equal(len(newest[other.ID]), 2)
		of := must(f.store.NewestMemberships(f.ctx, []uuid.UUID{bob.ID, one}, 5))(f)
		f.equal(len(of[bob.ID]), 1)
		f.equal(len(of[one]), 2)
	})
}
