package store_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/store"
)

// fillGroups inserts users and groups of three levels; everybody is in a group of the first level, and all are in one.
func fillGroups(t *testing.T, s *store.Store, users, groups int) (everybody identity.Group) {
	t.Helper()
	err := s.InTx(t.Context(), func(ctx context.Context, tx identity.Store) error {
		add := func(name string, parent *uuid.UUID) (identity.Group, error) {
			g := identity.Group{ID: uuid.New(), Name: name, ParentID: parent, CreatedAt: now, UpdatedAt: now, Version: 1}
			return tx.InsertGroup(ctx, g)
		}
		var err error
		if everybody, err = add("everybody", nil); err != nil {
			return err
		}
		var all []identity.Group
		for i := range groups {
			parent := &everybody.ID
			if i%3 == 1 {
				parent = &all[i-1].ID
			}
			g, err := add(fmt.Sprint("group ", i), parent)
			if err != nil {
				return err
			}
			all = append(all, g)
		}
		for i := range users {
			if err := tx.InsertUser(ctx, user(i)); err != nil {
				return err
			}
			at := now.Add(time.Duration(i) * time.Second)
			if _, err := tx.AddGroupMembers(ctx, []identity.GroupMember{
				{ID: uuid.New(), GroupID: everybody.ID, UserID: user(i).ID, JoinedAt: at},
				{ID: uuid.New(), GroupID: all[i%groups].ID, UserID: user(i).ID, JoinedAt: at},
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Analyze(t.Context()); err != nil {
		t.Fatal(err)
	}
	return everybody
}

func TestListsOfGroupsWalkTheirIndex(t *testing.T) {
	t.Parallel()
	yes := true
	onBoth(t, func(t *testing.T, s *store.Store) {
		everybody := fillGroups(t, s, 2000, 600)
		check := func(name, index, statement string, err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			got := plan(t, s, statement)
			sorts := sorted.MatchString(got) && (s.Dialect() == "sqlite" || !strings.Contains(name, "few"))
			if !strings.Contains(got, index) || sorts || scans(got) {
				t.Errorf("%s:\n%s", name, got)
			}
		}
		middle := &identity.CursorKey{Key: now.Add(900 * time.Second).Format(time.RFC3339Nano), ID: user(7).ID}
		named := &identity.CursorKey{Key: "group 5", ID: user(7).ID}
		for _, back := range []bool{false, true} {
			for _, page := range []struct{ time, name identity.KeysetRange }{
				{identity.KeysetRange{Limit: 26, Backward: back}, identity.KeysetRange{Limit: 26, Backward: back}},
				{identity.KeysetRange{Limit: 26, After: middle, Backward: back}, identity.KeysetRange{Limit: 26, After: named, Backward: back}},
			} {
				statement, err := s.ListGroupMembersSQL(identity.GroupMemberQuery{
					Filter: identity.GroupMemberFilter{GroupID: everybody.ID}, Ascending: back, Range: page.time,
				})
				check("members", "group_members_joined", statement, err)
				statement, err = s.ListGroupMembersSQL(identity.GroupMemberQuery{
					Filter: identity.GroupMemberFilter{UserID: user(7).ID}, Range: page.time,
				})
				check("the few groups of a user", "group_members_user", statement, err)
				for name, f := range map[string]identity.GroupFilter{
					"groups": {}, "groups below one": {ParentID: everybody.ID},
				} {
					statement, err = s.ListGroupsSQL(identity.GroupQuery{Filter: f, Range: page.name})
					check(name, "groups_", statement, err)
				}
				statement, err = s.ListGroupsSQL(identity.GroupQuery{
					Order: identity.GroupOrder{Field: identity.GroupOrderCreatedAt, Descending: back}, Range: page.time,
				})
				check("groups by creation", "groups_created", statement, err)
			}
		}
		statement, err := s.ListGroupsSQL(identity.GroupQuery{Filter: identity.GroupFilter{Root: &yes}, Range: identity.KeysetRange{Limit: 26}})
		check("the few groups of the first level", "groups_", statement, err)
	})
}

func TestGroupsOfManyOwnersScanNoTable(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		everybody := fillGroups(t, s, 2000, 600)
		withoutScans(t, s)
		for name, statement := range s.NestedGroupSQL(everybody.ID, user(1).ID, user(2).ID) {
			if got := plan(t, s, statement); scans(got) {
				t.Errorf("%s:\n%s", name, got)
			}
		}
	})
}

// TestWhatConcernsAdministratorsIsFoundFromTheirSide: however many are in a group.
func TestWhatConcernsAdministratorsIsFoundFromTheirSide(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		everybody := fillGroups(t, s, 2000, 600)
		for statement, arg := range s.AdministrationSQL(everybody.ID, user(1).ID) {
			got := plan(t, s, statement, arg)
			if !strings.Contains(got, "users_admin") || !strings.Contains(got, "group_members_user") || scansUsers.MatchString(got) {
				t.Errorf("%s:\n%s", statement, got)
			}
		}
	})
}

var scansUsers = regexp.MustCompile(`(?m)Seq Scan on (users|group_members)|SCAN (u|m)$`)

// TestFewUsersInReachAreFoundFromTheirGroup: however many users there are.
func TestFewUsersInReachAreFoundFromTheirGroup(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		fillGroups(t, s, 2000, 600)
		group, err := s.GroupNamed(t.Context(), uuid.Nil, "everybody")
		if err != nil {
			t.Fatal(err)
		}
		few, err := s.GroupNamed(t.Context(), group.ID, "group 0")
		if err != nil {
			t.Fatal(err)
		}
		for _, order := range []identity.UserOrderField{identity.UserOrderCreatedAt, identity.UserOrderUsername, identity.UserOrderName} {
			q := identity.UserQuery{
				Within: []uuid.UUID{few.ID}, Order: identity.UserOrder{Field: order}, Range: identity.KeysetRange{Limit: 26}, Now: now,
			}
			statement, err := s.ListReachedSQL(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if got := plan(t, s, statement); !strings.Contains(got, "group_members") || scansUsers.MatchString(got) ||
				regexp.MustCompile(`(?i)(SCAN u|Scan) USING (INDEX )?users_(created|name|username)`).MatchString(got) {
				t.Errorf("%s:\n%s", order, got)
			}
		}
	})
}
