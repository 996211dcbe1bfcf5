package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type groupMemberRow struct {
	bun.BaseModel `bun:"table:group_members,alias:m"`

	ID       uuid.UUID `bun:"id,pk"`
	GroupID  uuid.UUID `bun:"group_id"`
	UserID   uuid.UUID `bun:"user_id"`
	JoinedAt time.Time `bun:"joined_at"`
}

func fromGroupMember(m identity.GroupMember) groupMemberRow {
	return groupMemberRow{ID: m.ID, GroupID: m.GroupID, UserID: m.UserID, JoinedAt: m.JoinedAt}
}

var groupMemberJoined = sortKey{column: "m.joined_at", id: "m.id", time: true}

func groupMemberListRow(r groupMemberRow) identity.ListRow[identity.GroupMember] {
	m := identity.GroupMember{ID: r.ID, GroupID: r.GroupID, UserID: r.UserID, JoinedAt: r.JoinedAt.UTC()}
	return identity.ListRow[identity.GroupMember]{Item: m, CursorKey: identity.CursorKey{Key: cursorTime(&m.JoinedAt), ID: m.ID}}
}

// GroupMembers implements identity.GroupMemberReader.
func (s *Store) GroupMembers(ctx context.Context, q identity.GroupMemberQuery) ([]identity.ListRow[identity.GroupMember], error) {
	build := func() (*bun.SelectQuery, error) { return s.listGroupMembers(q) }
	return listPage(ctx, s, "list members of groups", q.Range, build, groupMemberListRow)
}

func (s *Store) listGroupMembers(q identity.GroupMemberQuery) (*bun.SelectQuery, error) {
	return groupMemberJoined.paginate(s.selectGroupMembers(q.Filter), !q.Ascending, q.Range)
}

func (s *Store) selectGroupMembers(f identity.GroupMemberFilter) *bun.SelectQuery {
	q := s.read().NewSelect().Model((*groupMemberRow)(nil))
	if f.GroupID != uuid.Nil {
		q = q.Where("m.group_id = ?", f.GroupID)
	}
	if f.UserID != uuid.Nil {
		q = q.Where("m.user_id = ?", f.UserID)
	}
	return q
}

// CountGroupMembers implements identity.GroupMemberReader.
func (s *Store) CountGroupMembers(ctx context.Context, f identity.GroupMemberFilter, limit int) (int, error) {
	return s.count(ctx, "count members of groups", s.selectGroupMembers(f), limit)
}

// NewestMembers implements identity.GroupMemberReader.
func (s *Store) NewestMembers(
	ctx context.Context, groupIDs []uuid.UUID, limit int,
) (map[uuid.UUID][]identity.ListRow[identity.GroupMember], error) {
	return s.newestGroupMembers(ctx, "group_id", groupIDs, limit, func(m identity.GroupMember) uuid.UUID { return m.GroupID })
}

// NewestMemberships implements identity.GroupMemberReader.
func (s *Store) NewestMemberships(
	ctx context.Context, userIDs []uuid.UUID, limit int,
) (map[uuid.UUID][]identity.ListRow[identity.GroupMember], error) {
	return s.newestGroupMembers(ctx, "user_id", userIDs, limit, func(m identity.GroupMember) uuid.UUID { return m.UserID })
}

func (s *Store) newestGroupMembers(
	ctx context.Context, owner string, ids []uuid.UUID, limit int, ownerOf func(identity.GroupMember) uuid.UUID,
) (map[uuid.UUID][]identity.ListRow[identity.GroupMember], error) {
	out := make(map[uuid.UUID][]identity.ListRow[identity.GroupMember], len(ids))
	if len(ids) == 0 || limit <= 0 {
		return out, nil
	}
	rows, err := list[groupMemberRow](ctx, s, s.latestGroupMembers(owner, ids, limit))
	if err != nil {
		return nil, s.fault("list newest members of groups", err)
	}
	for _, row := range rows {
		listed := groupMemberListRow(row)
		out[ownerOf(listed.Item)] = append(out[ownerOf(listed.Item)], listed)
	}
	return out, nil
}

func (s *Store) latestGroupMembers(owner string, ids []uuid.UUID, limit int) *bun.SelectQuery {
	t := childTable{table: "group_members", alias: "m", owner: owner, kind: "uuid", at: "joined_at"}
	return s.latestPerOwner(t, idStrings(ids), limit, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
}

// AddGroupMembers implements identity.GroupWriter.
func (s *Store) AddGroupMembers(ctx context.Context, members []identity.GroupMember) ([]uuid.UUID, error) {
	if len(members) == 0 {
		return nil, nil
	}
	rows := mapped(members, fromGroupMember)
	var added []uuid.UUID
	_, err := s.write().NewInsert().Model(&rows).On("CONFLICT (group_id, user_id) DO NOTHING").Returning("user_id").Exec(ctx, &added)
	if f, _ := s.dialect.classify(err); f == failureReference {
		return nil, identity.ErrGroupNotFound.Because(err)
	}
	return added, s.fault("add members to a group", err)
}

// RemoveGroupMembers implements identity.GroupWriter.
func (s *Store) RemoveGroupMembers(ctx context.Context, groupID uuid.UUID, userIDs []uuid.UUID) ([]uuid.UUID, error) {
	if len(userIDs) == 0 {
		return nil, nil
	}
	var removed []uuid.UUID
	_, err := s.write().NewDelete().Model((*groupMemberRow)(nil)).Where("m.group_id = ?", groupID).
		Where("m.user_id IN (?)", idList(userIDs)).Returning("user_id").Exec(ctx, &removed)
	return removed, s.fault("remove members from a group", err)
}
