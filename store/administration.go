package store

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
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

// groupsOfAdministrators adds to them the groups that have a role of administration, with those above, and what is below such
// a group.
func (s *Store) groupsOfAdministrators() statement {
	return statement{"select groups of administrators", strings.TrimSuffix(administered, " ") + `, roles_at (id) AS (
	SELECT ra.group_id FROM roles AS r CROSS JOIN role_assignments AS ra
		WHERE r.admin_scopes <> '[]' AND ra.role_id = r.id AND ra.group_id IS NOT NULL
), around (id) AS (
	SELECT id FROM roles_at
	UNION SELECT g.parent_id FROM around JOIN groups AS g ON g.id = around.id WHERE g.parent_id IS NOT NULL
), above (start, id) AS (
	SELECT id, id FROM groups WHERE id ` + s.dialect.inSet("$1") + `
	UNION SELECT above.start, g.parent_id FROM above JOIN groups AS g ON g.id = above.id WHERE g.parent_id IS NOT NULL
)
SELECT id FROM administered WHERE id ` + s.dialect.inSet("$1") + `
UNION SELECT id FROM around WHERE id ` + s.dialect.inSet("$1") + `
UNION SELECT above.start FROM above JOIN roles_at ON roles_at.id = above.id`}
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

// delegations is the statement of Delegations: the roles of administration are few, and it begins with the users.
func (s *Store) delegations() statement {
	return statement{"select delegations", s.effective() + `
	SELECT has.user_id, r.admin_scopes, r.admin_groups FROM has JOIN roles AS r ON r.id = has.role_id
		WHERE r.admin_scopes <> '[]' ORDER BY has.user_id, r.id`}
}

// Delegations implements identity.DelegationReader.
func (s *Store) Delegations(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]identity.Delegation, error) {
	out := map[uuid.UUID]identity.Delegation{}
	if len(userIDs) == 0 {
		return out, nil
	}
	var user uuid.UUID
	var scopes []string
	var groups *[]string
	dest := []any{scanDestination(&user), scanDestination(&scopes), scanDestination(&groups)}
	err := s.all(ctx, s.delegations(), []any{s.dialect.set(userIDs)}, dest, func() {
		out[user] = append(out[user], toAdminRights(scopes, groups))
		scopes, groups = nil, nil
	})
	return out, s.fault("read delegations", err)
}

// AdminRightsOfGroups implements identity.AdministrationStore.
func (s *Store) AdminRightsOfGroups(ctx context.Context, ids []uuid.UUID) (rights []identity.AdminRights, err error) {
	var scopes []string
	var groups *[]string
	text := `WITH RECURSIVE above (id) AS (
		SELECT id FROM groups WHERE id ` + s.dialect.inSet("$1") + `
		UNION SELECT g.parent_id FROM above JOIN groups AS g ON g.id = above.id WHERE g.parent_id IS NOT NULL
	)
	SELECT r.admin_scopes, r.admin_groups FROM roles AS r WHERE r.admin_scopes <> '[]'
		AND EXISTS (SELECT 1 FROM above JOIN role_assignments AS ra ON ra.group_id = above.id WHERE ra.role_id = r.id) ORDER BY r.id`
	err = s.all(ctx, statement{"select rights of groups", text}, []any{s.dialect.set(ids)},
		[]any{scanDestination(&scopes), scanDestination(&groups)}, func() {
			rights = append(rights, toAdminRights(scopes, groups))
			scopes, groups = nil, nil
		})
	return rights, s.fault("read rights of groups", err)
}

// delegationLock is the number of the lock that LockDelegations takes: any that nothing else takes.
const delegationLock = 0x617574686c79

// LockDelegations implements identity.AdministrationStore. Where all writers wait for one another there is nothing to lock.
func (s *Store) LockDelegations(ctx context.Context, alone bool) error {
	if s.dialect.oneWriter() {
		return nil
	}
	lock := "pg_advisory_xact_lock_shared"
	if alone {
		lock = "pg_advisory_xact_lock"
	}
	_, err := s.write().NewSelect().ColumnExpr("1").TableExpr(lock+"(?)", delegationLock).Exec(ctx)
	return s.fault("lock delegations", err)
}
