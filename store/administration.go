package store

import (
	"context"

	"github.com/google/uuid"
)

// administered begins a statement with the groups that have administrators in them or below: they are few, and so are the
// steps upwards from them.
const administered = `WITH RECURSIVE administered (id) AS (
	SELECT m.group_id FROM users AS u CROSS JOIN group_members AS m WHERE u.admin AND m.user_id = u.id
	UNION SELECT g.parent_id FROM administered JOIN groups AS g ON g.id = administered.id WHERE g.parent_id IS NOT NULL
) `

// GroupsOfAdministrators implements identity.AdministrationStore.
func (s *Store) GroupsOfAdministrators(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error) {
	return s.allIDs(ctx, s.groupsOfAdministrators(), s.dialect.set(ids))
}

func (s *Store) groupsOfAdministrators() statement {
	return statement{"select groups of administrators", administered + "SELECT id FROM administered WHERE id " + s.dialect.inSet("$1")}
}

// roleOfAdministrators is the statement of RoleOfAdministrators. CROSS JOIN has SQLite begin with the administrators.
const roleOfAdministrators = administered + `SELECT ra.role_id FROM users AS u CROSS JOIN role_assignments AS ra
	WHERE u.admin AND ra.role_id = $1 AND ra.user_id = u.id
UNION SELECT ra.role_id FROM administered CROSS JOIN role_assignments AS ra WHERE ra.role_id = $1 AND ra.group_id = administered.id`

// RoleOfAdministrators implements identity.AdministrationStore.
func (s *Store) RoleOfAdministrators(ctx context.Context, id uuid.UUID) (bool, error) {
	found, err := s.allIDs(ctx, statement{"select role of administrators", roleOfAdministrators}, id)
	return len(found) > 0, err
}

// UsersInManyGroups implements identity.AdministrationStore.
func (s *Store) UsersInManyGroups(ctx context.Context, userIDs []uuid.UUID, beside uuid.UUID, most int) ([]uuid.UUID, error) {
	return s.allIDs(ctx, statement{"select users in many groups", `SELECT m.user_id FROM group_members AS m
		WHERE m.user_id ` + s.dialect.inSet("$1") + ` AND m.group_id <> $2 GROUP BY m.user_id HAVING count(*) >= $3`},
		s.dialect.set(userIDs), beside, most)
}

// SubjectsOfManyRoles implements identity.AdministrationStore.
func (s *Store) SubjectsOfManyRoles(
	ctx context.Context, userIDs, groupIDs []uuid.UUID, beside uuid.UUID, most int,
) ([]uuid.UUID, error) {
	return s.allIDs(ctx, statement{"select subjects of many roles", `SELECT ra.user_id FROM role_assignments AS ra
		WHERE ra.user_id ` + s.dialect.inSet("$1") + ` AND ra.role_id <> $3 GROUP BY ra.user_id HAVING count(*) >= $4
		UNION ALL SELECT ra.group_id FROM role_assignments AS ra
		WHERE ra.group_id ` + s.dialect.inSet("$2") + ` AND ra.role_id <> $3 GROUP BY ra.group_id HAVING count(*) >= $4`},
		s.dialect.set(userIDs), s.dialect.set(groupIDs), beside, most)
}

// allIDs runs a statement that selects ids.
func (s *Store) allIDs(ctx context.Context, st statement, args ...any) (ids []uuid.UUID, err error) {
	var id uuid.UUID
	err = s.all(ctx, st, args, []any{scanDestination(&id)}, func() { ids = append(ids, id) })
	return ids, s.fault(st.name, err)
}
