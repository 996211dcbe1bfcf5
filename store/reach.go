package store

import (
	"context"

	"github.com/google/uuid"
)

// reachedGroups selects the groups with all below them, and with 1 those of administration: that have a role which carries
// scopes of it, with all below them.
func (s *Store) reachedGroups() statement {
	return statement{"select reached groups", `WITH RECURSIVE below (id) AS (
		SELECT id FROM groups WHERE id ` + s.dialect.inSet("$1") + `
		UNION SELECT g.id FROM below JOIN groups AS g ON g.parent_id = below.id
	), administrative (id) AS (
		SELECT ra.group_id FROM roles AS r CROSS JOIN role_assignments AS ra
			WHERE r.admin_scopes <> '[]' AND ra.role_id = r.id AND ra.group_id IS NOT NULL
		UNION SELECT g.id FROM administrative JOIN groups AS g ON g.parent_id = administrative.id
	)
	SELECT 0, id FROM below UNION ALL SELECT 1, id FROM administrative`}
}

// reach is a condition on users u: they are in one of the groups or below, and administer nothing. It is true for nil. Of few
// members the condition is found from them, and sorted; of many there is one among a few rows of any order.
func (s *Store) reach(ctx context.Context, groups []uuid.UUID) (condition, error) {
	if groups == nil {
		return alwaysTrue, nil
	}
	var kind int
	var id uuid.UUID
	reached := map[int][]uuid.UUID{}
	err := s.all(ctx, s.reachedGroups(), []any{s.dialect.set(groups)}, []any{scanDestination(&kind), scanDestination(&id)},
		func() { reached[kind] = append(reached[kind], id) })
	if err != nil || len(reached[0]) == 0 {
		return alwaysFalse, s.fault("read reached groups", err)
	}
	within := idList(reached[0])
	members, err := s.count(ctx, "count reached members",
		s.read().NewSelect().TableExpr("group_members AS m").Where("m.group_id IN (?)", within), common)
	if err != nil {
		return alwaysFalse, err
	}
	list := []condition{
		where("EXISTS (SELECT 1 FROM group_members AS m WHERE m.user_id = u.id AND m.group_id IN (?))", within),
		where("NOT u.admin"),
		where("NOT EXISTS (SELECT 1 FROM role_assignments AS ra JOIN roles AS r ON r.id = ra.role_id " +
			"WHERE ra.user_id = u.id AND r.admin_scopes <> '[]')"),
	}
	if members <= common {
		list[0] = where("u.id IN (SELECT m.user_id FROM group_members AS m WHERE m.group_id IN (?))", within)
	}
	if len(reached[1]) > 0 {
		list = append(list, where(
			"NOT EXISTS (SELECT 1 FROM group_members AS am WHERE am.user_id = u.id AND am.group_id IN (?))", idList(reached[1])))
	}
	return and(list), nil
}

// UsersInReach implements identity.ReachReader.
func (s *Store) UsersInReach(ctx context.Context, groups, userIDs []uuid.UUID) ([]uuid.UUID, error) {
	if len(userIDs) == 0 {
		return nil, nil
	}
	reach, err := s.reach(ctx, append([]uuid.UUID{}, groups...))
	if err != nil {
		return nil, err
	}
	rows, err := list[userRow](ctx, s,
		s.read().NewSelect().Model((*userRow)(nil)).Where("u.id IN (?)", idList(userIDs)).Where(reach.text, reach.args...))
	return mapped(rows, func(r userRow) uuid.UUID { return r.ID }), s.fault("read users in reach", err)
}
