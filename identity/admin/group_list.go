package admin

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// GroupList selects and orders a list of groups.
type GroupList struct {
	Filter identity.GroupFilter
	Order  identity.GroupOrder
}

func (l GroupList) check() error {
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

// name identifies the list in its cursors.
func (l GroupList) name() string {
	if l.Order.Field == "" {
		l.Order.Field = identity.GroupOrderName
	}
	return listName("groups", l)
}

// Get finds one group.
func (s *Groups) Get(ctx context.Context, id uuid.UUID) (identity.Group, error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return identity.Group{}, err
	}
	return s.find(ctx, id)
}

// At finds the group of a path of names, such as /sales/emea.
func (s *Groups) At(ctx context.Context, path string) (identity.Group, error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return identity.Group{}, err
	}
	names, ok := identity.SplitGroupPath(path)
	if !ok {
		return identity.Group{}, identity.ErrGroupNotFound
	}
	var group identity.Group
	for _, name := range names {
		var err error
		if group, err = s.store.GroupNamed(ctx, group.ID, name); err != nil {
			return identity.Group{}, err
		}
	}
	return group, nil
}

// ByIDs finds many groups in one statement; missing ones are absent.
func (s *Groups) ByIDs(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.Group, error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return nil, err
	}
	return s.store.GroupsByID(ctx, ids)
}

// Ancestors lists the groups above each of many, the first level first, in one statement.
func (s *Groups) Ancestors(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]identity.Group, error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return nil, err
	}
	return s.store.GroupAncestors(ctx, ids)
}

// List returns one page of groups.
func (s *Groups) List(ctx context.Context, l GroupList, args PageArgs) (Page[identity.Group], error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return Page[identity.Group]{}, err
	}
	if err := l.check(); err != nil {
		return Page[identity.Group]{}, err
	}
	p := pager{keys: s.keys, list: l.name()}
	return readPage(p, args, "list groups", func(slice identity.KeysetRange) ([]identity.ListRow[identity.Group], error) {
		return s.store.Groups(ctx, identity.GroupQuery{Filter: l.Filter, Order: l.Order, Range: slice})
	})
}

// Count counts the groups of a list.
func (s *Groups) Count(ctx context.Context, l GroupList) (Count, error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return Count{}, err
	}
	if err := l.check(); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountGroups(ctx, l.Filter, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count groups: %w", err)
	}
	return countOf(n), nil
}

// ChildrenOf returns the first page of the groups right below each of many, by name, in one statement. The cursors are
// those of List for one parent.
func (s *Groups) ChildrenOf(ctx context.Context, ids []uuid.UUID, first int) (map[uuid.UUID]Page[identity.Group], error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return nil, err
	}
	return firstPages(ctx, ids, first, s.store.FirstChildren, func(id uuid.UUID) pager {
		return pager{keys: s.keys, list: GroupList{Filter: identity.GroupFilter{ParentID: id}}.name()}
	})
}

// GroupMemberList selects a list of memberships: those of one group, or those of one user.
type GroupMemberList struct {
	Filter    identity.GroupMemberFilter
	Ascending bool
}

// name identifies the list in its cursors.
func (l GroupMemberList) name() string { return listName("group members", l) }

// Members returns one page of memberships, by the time of joining. Who the members are, whoever may read users knows.
func (s *Groups) Members(ctx context.Context, l GroupMemberList, args PageArgs) (Page[identity.GroupMember], error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return Page[identity.GroupMember]{}, err
	}
	p := pager{keys: s.keys, list: l.name()}
	return readPage(p, args, "list members", func(slice identity.KeysetRange) ([]identity.ListRow[identity.GroupMember], error) {
		return s.store.GroupMembers(ctx, identity.GroupMemberQuery{Filter: l.Filter, Ascending: l.Ascending, Range: slice})
	})
}

// CountMembers counts the memberships of a list.
func (s *Groups) CountMembers(ctx context.Context, l GroupMemberList) (Count, error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return Count{}, err
	}
	n, err := s.store.CountGroupMembers(ctx, l.Filter, CountLimit)
	if err != nil {
		return Count{}, fmt.Errorf("count members: %w", err)
	}
	return countOf(n), nil
}

// MembersOf returns the first page of the members of each of many groups, newest first, in one statement. The cursors are
// those of Members for one group.
func (s *Groups) MembersOf(ctx context.Context, groupIDs []uuid.UUID, first int) (map[uuid.UUID]Page[identity.GroupMember], error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return nil, err
	}
	return firstPages(ctx, groupIDs, first, s.store.NewestMembers, func(id uuid.UUID) pager {
		return pager{keys: s.keys, list: GroupMemberList{Filter: identity.GroupMemberFilter{GroupID: id}}.name()}
	})
}

// MembershipsOf is MembersOf for the groups that many users are in.
func (s *Groups) MembershipsOf(ctx context.Context, userIDs []uuid.UUID, first int) (map[uuid.UUID]Page[identity.GroupMember], error) {
	if err := requireScope(ctx, identity.ScopeGroupsRead); err != nil {
		return nil, err
	}
	return firstPages(ctx, userIDs, first, s.store.NewestMemberships, func(id uuid.UUID) pager {
		return pager{keys: s.keys, list: GroupMemberList{Filter: identity.GroupMemberFilter{UserID: id}}.name()}
	})
}
