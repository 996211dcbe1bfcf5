package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// groupKey is how groups are ordered by one field.
type groupKey struct {
	sortKey
	cursor func(identity.Group) string // the text form in a CursorKey
}

var groupByName = groupKey{
	sortKey{column: "g.name_key", id: "g.id"}, func(g identity.Group) string { return fold(g.Name) },
}

var groupKeys = map[identity.GroupOrderField]groupKey{
	"": groupByName, identity.GroupOrderName: groupByName,
	identity.GroupOrderCreatedAt: {
		sortKey{column: "g.created_at", id: "g.id", time: true}, func(g identity.Group) string { return cursorTime(&g.CreatedAt) },
	},
	identity.GroupOrderUpdatedAt: {
		sortKey{column: "g.updated_at", id: "g.id", time: true}, func(g identity.Group) string { return cursorTime(&g.UpdatedAt) },
	},
}

func (k groupKey) listRow(r groupRow) identity.ListRow[identity.Group] {
	g := toGroup(r)
	return identity.ListRow[identity.Group]{Item: g, CursorKey: identity.CursorKey{Key: k.cursor(g), ID: g.ID}}
}

// Groups implements identity.GroupReader.
func (s *Store) Groups(ctx context.Context, q identity.GroupQuery) ([]identity.ListRow[identity.Group], error) {
	build := func() (*bun.SelectQuery, error) { return s.listGroups(q) }
	return listPage(ctx, s, "list groups", q.Range, build, groupKeys[q.Order.Field].listRow)
}

func (s *Store) listGroups(q identity.GroupQuery) (*bun.SelectQuery, error) {
	key, ok := groupKeys[q.Order.Field]
	if !ok {
		return nil, identity.InvalidField("order", "Unknown order field.")
	}
	return key.paginate(s.selectGroups(q.Filter), q.Order.Descending, q.Range)
}

// selectGroups looks at every group for a text: there are thousands of them, not millions.
func (s *Store) selectGroups(f identity.GroupFilter) *bun.SelectQuery {
	var list []condition
	switch text := fold(f.Search); {
	case !validText(text):
		list = append(list, alwaysFalse)
	case text != "":
		list = append(list, s.dialect.contains("g.name_key", text))
	}
	if f.ParentID != uuid.Nil {
		list = append(list, where("g.parent_id = ?", f.ParentID))
	}
	if f.Root != nil && *f.Root {
		list = append(list, where("g.parent_id IS NULL"))
	} else if f.Root != nil {
		list = append(list, where("g.parent_id IS NOT NULL"))
	}
	if f.Name != nil {
		list = append(list, userFilter{dialect: s.dialect}.stringConditions("g.name_key", false, *f.Name)...)
	}
	match := and(list)
	return s.read().NewSelect().Model((*groupRow)(nil)).Where(match.text, match.args...)
}

// CountGroups implements identity.GroupReader.
func (s *Store) CountGroups(ctx context.Context, f identity.GroupFilter, limit int) (int, error) {
	return s.count(ctx, "count groups", s.selectGroups(f), limit)
}

// FirstChildren implements identity.GroupReader.
func (s *Store) FirstChildren(
	ctx context.Context, ids []uuid.UUID, limit int,
) (map[uuid.UUID][]identity.ListRow[identity.Group], error) {
	out := make(map[uuid.UUID][]identity.ListRow[identity.Group], len(ids))
	if len(ids) == 0 || limit <= 0 {
		return out, nil
	}
	rows, err := list[groupRow](ctx, s, s.firstChildren(ids, limit))
	if err != nil {
		return nil, s.fault("list groups of groups", err)
	}
	for _, row := range rows {
		out[*row.ParentID] = append(out[*row.ParentID], groupByName.listRow(row))
	}
	return out, nil
}

func (s *Store) firstChildren(ids []uuid.UUID, limit int) *bun.SelectQuery {
	t := childTable{table: "groups", alias: "g", owner: "parent_id", kind: "uuid", at: "name_key", ascending: true}
	return s.latestPerOwner(t, idStrings(ids), limit, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
}

// GroupNamed implements identity.GroupReader.
func (s *Store) GroupNamed(ctx context.Context, parent uuid.UUID, name string) (identity.Group, error) {
	if !validText(name) {
		return identity.Group{}, identity.ErrGroupNotFound
	}
	match := identity.GroupFilter{ParentID: parent, Name: &identity.StringMatch{Equal: &name}}
	if first := parent == uuid.Nil; first {
		match.Root = &first
	}
	rows, err := list[groupRow](ctx, s, s.selectGroups(match))
	switch {
	case err != nil:
		return identity.Group{}, s.fault("find group", err)
	case len(rows) == 0:
		return identity.Group{}, identity.ErrGroupNotFound
	}
	return toGroup(rows[0]), nil
}

// GroupsByID implements identity.GroupReader.
func (s *Store) GroupsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.Group, error) {
	rows, err := byIDs[groupRow](ctx, s, ids)
	if err != nil {
		return nil, s.fault("read groups", err)
	}
	found := make(map[uuid.UUID]identity.Group, len(rows))
	for _, row := range rows {
		found[row.ID] = toGroup(row)
	}
	return found, nil
}

// groupAncestors is the statement of GroupAncestors.
func (s *Store) groupAncestors() statement {
	return statement{"select groups", `WITH RECURSIVE above (start, id, distance) AS (
		SELECT id, parent_id, 1 FROM groups WHERE id ` + s.dialect.inSet("$1") + `
		UNION ALL SELECT above.start, g.parent_id, above.distance + 1 FROM above JOIN groups AS g ON g.id = above.id
	) SELECT above.start, ` + columns[groupRow]() + ` FROM above JOIN groups AS g ON g.id = above.id ORDER BY above.distance DESC`}
}

// GroupAncestors implements identity.GroupReader.
func (s *Store) GroupAncestors(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID][]identity.Group, error) {
	out := make(map[uuid.UUID][]identity.Group, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var start uuid.UUID
	var row groupRow
	dest := append([]any{scanDestination(&start)}, scanDestinations(&row)...)
	err := s.all(ctx, s.groupAncestors(), []any{s.dialect.set(ids)}, dest, func() { out[start] = append(out[start], toGroup(row)) })
	return out, s.fault("read groups above", err)
}

// GroupsBelow implements identity.GroupReader.
func (s *Store) GroupsBelow(ctx context.Context, id uuid.UUID, limit int) ([]identity.Group, error) {
	rows, err := list[groupRow](ctx, s, s.read().NewSelect().Model((*groupRow)(nil)).Where("g.id IN ("+belowGroup+")", id).
		Where("g.id <> ?", id).Limit(int64(limit)))
	return mapped(rows, toGroup), s.fault("read groups below", err)
}

// CountGroupMembersBelow implements identity.GroupReader.
func (s *Store) CountGroupMembersBelow(ctx context.Context, id uuid.UUID) (int, error) {
	var n int
	err := s.read().NewSelect().TableExpr("group_members AS m").ColumnExpr("count(*)").Where("m.group_id IN ("+belowGroup+")", id).
		Scan(ctx, &n)
	return n, s.fault("count members of groups", err)
}
