package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type roleAssignmentRow struct {
	bun.BaseModel `bun:"table:role_assignments,alias:ra"`

	ID         uuid.UUID  `bun:"id,pk"`
	RoleID     uuid.UUID  `bun:"role_id"`
	UserID     *uuid.UUID `bun:"user_id"`
	GroupID    *uuid.UUID `bun:"group_id"`
	AssignedAt time.Time  `bun:"assigned_at"`
}

func fromRoleAssignment(a identity.RoleAssignment) roleAssignmentRow {
	return roleAssignmentRow{ID: a.ID, RoleID: a.RoleID, UserID: a.UserID, GroupID: a.GroupID, AssignedAt: a.AssignedAt}
}

func toRoleAssignment(r roleAssignmentRow) identity.RoleAssignment {
	return identity.RoleAssignment{ID: r.ID, RoleID: r.RoleID, UserID: r.UserID, GroupID: r.GroupID, AssignedAt: r.AssignedAt.UTC()}
}

// roleSides are the columns of the owner and of what it has.
var roleSides = map[identity.RoleSide]struct{ owner, other string }{
	identity.RoleUsers: {"role_id", "user_id"}, identity.RoleGroups: {"role_id", "group_id"},
	identity.UserRoles: {"user_id", "role_id"}, identity.GroupRoles: {"group_id", "role_id"},
}

// ownerOf returns the owner of an assignment as it is seen from a side.
func (r roleAssignmentRow) ownerOf(side identity.RoleSide) uuid.UUID {
	switch {
	case side == identity.UserRoles && r.UserID != nil:
		return *r.UserID
	case side == identity.GroupRoles && r.GroupID != nil:
		return *r.GroupID
	}
	return r.RoleID
}

var roleAssigned = sortKey{column: "ra.assigned_at", id: "ra.id", time: true}

func roleAssignmentListRow(r roleAssignmentRow) identity.ListRow[identity.RoleAssignment] {
	a := toRoleAssignment(r)
	return identity.ListRow[identity.RoleAssignment]{Item: a, CursorKey: identity.CursorKey{Key: cursorTime(&a.AssignedAt), ID: a.ID}}
}

// RoleAssignments implements identity.RoleReader.
func (s *Store) RoleAssignments(
	ctx context.Context, q identity.RoleAssignmentQuery,
) ([]identity.ListRow[identity.RoleAssignment], error) {
	build := func() (*bun.SelectQuery, error) { return s.listRoleAssignments(q) }
	return listPage(ctx, s, "list assignments of roles", q.Range, build, roleAssignmentListRow)
}

func (s *Store) listRoleAssignments(q identity.RoleAssignmentQuery) (*bun.SelectQuery, error) {
	return roleAssigned.paginate(s.selectRoleAssignments(q.List), !q.Ascending, q.Range)
}

func (s *Store) selectRoleAssignments(l identity.RoleAssignmentList) *bun.SelectQuery {
	side := roleSides[l.Side]
	return s.read().NewSelect().Model((*roleAssignmentRow)(nil)).Where("ra."+side.owner+" = ?", l.Owner).
		Where("ra." + side.other + " IS NOT NULL")
}

// CountRoleAssignments implements identity.RoleReader.
func (s *Store) CountRoleAssignments(ctx context.Context, l identity.RoleAssignmentList, limit int) (int, error) {
	return s.count(ctx, "count assignments of roles", s.selectRoleAssignments(l), limit)
}

// NewestRoleAssignments implements identity.RoleReader.
func (s *Store) NewestRoleAssignments(
	ctx context.Context, side identity.RoleSide, owners []uuid.UUID, limit int,
) (map[uuid.UUID][]identity.ListRow[identity.RoleAssignment], error) {
	out := make(map[uuid.UUID][]identity.ListRow[identity.RoleAssignment], len(owners))
	if len(owners) == 0 || limit <= 0 {
		return out, nil
	}
	rows, err := list[roleAssignmentRow](ctx, s, s.latestRoleAssignments(side, owners, limit))
	if err != nil {
		return nil, s.fault("list newest assignments of roles", err)
	}
	for _, row := range rows {
		owner := row.ownerOf(side)
		out[owner] = append(out[owner], roleAssignmentListRow(row))
	}
	return out, nil
}

func (s *Store) latestRoleAssignments(side identity.RoleSide, owners []uuid.UUID, limit int) *bun.SelectQuery {
	columns := roleSides[side]
	t := childTable{table: "role_assignments", alias: "ra", owner: columns.owner, kind: "uuid", at: "assigned_at"}
	return s.latestPerOwner(t, idStrings(owners), limit, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("ra." + columns.other + " IS NOT NULL")
	})
}

// AssignRole implements identity.RoleWriter.
func (s *Store) AssignRole(ctx context.Context, assignments []identity.RoleAssignment) ([]identity.RoleAssignment, error) {
	if len(assignments) == 0 {
		return nil, nil
	}
	rows := mapped(assignments, fromRoleAssignment)
	var ids []uuid.UUID
	_, err := s.write().NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Returning("id").Exec(ctx, &ids)
	if err != nil {
		return nil, s.fault("assign role", err)
	}
	added := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		added[id] = true
	}
	var out []identity.RoleAssignment
	for _, a := range assignments {
		if added[a.ID] {
			out = append(out, a)
		}
	}
	return out, nil
}

// UnassignRole implements identity.RoleWriter.
func (s *Store) UnassignRole(
	ctx context.Context, roleID uuid.UUID, userIDs, groupIDs []uuid.UUID,
) ([]identity.RoleAssignment, error) {
	var subjects []condition
	if len(userIDs) > 0 {
		subjects = append(subjects, where("ra.user_id IN (?)", idList(userIDs)))
	}
	if len(groupIDs) > 0 {
		subjects = append(subjects, where("ra.group_id IN (?)", idList(groupIDs)))
	}
	match := or(subjects)
	q := s.write().NewSelect().Model((*roleAssignmentRow)(nil)).Where("ra.role_id = ?", roleID).Where(match.text, match.args...)
	rows, err := list[roleAssignmentRow](ctx, s, s.forUpdate(q))
	if err != nil || len(rows) == 0 {
		return nil, s.fault("read assignments of a role", err)
	}
	ids := mapped(rows, func(r roleAssignmentRow) uuid.UUID { return r.ID })
	_, err = s.write().NewDelete().Model((*roleAssignmentRow)(nil)).Where("ra.id IN (?)", idList(ids)).Exec(ctx)
	return mapped(rows, toRoleAssignment), s.fault("unassign role", err)
}
