package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// effective begins a statement with what users have: own are their groups with those above them, has are the roles of the user
// and of these.
func (s *Store) effective() string {
	return `WITH RECURSIVE own (user_id, id) AS (
		SELECT m.user_id, m.group_id FROM group_members AS m WHERE m.user_id ` + s.dialect.inSet("$1") + `
		UNION SELECT own.user_id, g.parent_id FROM own JOIN groups AS g ON g.id = own.id WHERE g.parent_id IS NOT NULL
	), has (user_id, role_id) AS (
		SELECT ra.user_id, ra.role_id FROM role_assignments AS ra WHERE ra.user_id ` + s.dialect.inSet("$1") + `
		UNION SELECT own.user_id, ra.role_id FROM own JOIN role_assignments AS ra ON ra.group_id = own.id
	)`
}

// memberships is the statement of Memberships: for each user the groups with those above them, and the roles of the user
// and of these.
func (s *Store) memberships() statement {
	return statement{"select memberships", s.effective() + `
	SELECT own.user_id, 0, g.id, g.parent_id, g.depth, g.name, g.description, g.created_at, g.updated_at, g.version, NULL, NULL
		FROM own JOIN groups AS g ON g.id = own.id
	UNION ALL
	SELECT has.user_id, 1, r.id, r.client_id, 0, r.name, r.description, r.created_at, r.updated_at, r.version, r.admin_scopes, r.admin_groups
		FROM has JOIN roles AS r ON r.id = has.role_id`}
}

// Memberships implements identity.MembershipReader.
func (s *Store) Memberships(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]identity.Memberships, error) {
	out := make(map[uuid.UUID]identity.Memberships, len(userIDs))
	if len(userIDs) == 0 {
		return out, nil
	}
	var user uuid.UUID
	var role int
	var row groupRow // a role has the same columns, with the client for a parent
	var scopes []string
	var limits *[]string
	dest := append([]any{scanDestination(&user), scanDestination(&role)}, scanDestinations(&row)...)
	dest = append(dest, scanDestination(&scopes), scanDestination(&limits))
	err := s.all(ctx, s.memberships(), []any{s.dialect.set(userIDs)}, dest, func() {
		m := out[user]
		if g := toGroup(row); role == 0 {
			m.Groups = append(m.Groups, g)
		} else {
			m.Roles = append(m.Roles, identity.Role{
				ID: g.ID, ClientID: g.ParentID, Name: g.Name, Description: g.Description, CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt,
				Version: g.Version, Admin: toAdminRights(scopes, limits),
			})
		}
		out[user], scopes, limits = m, nil, nil
	})
	if err != nil {
		return nil, s.fault("read memberships", err)
	}
	for id, m := range out {
		out[id] = sortMemberships(m)
	}
	return out, nil
}

// sortMemberships brings groups into the order of their paths, and roles into that of their names, and bounds both.
func sortMemberships(m identity.Memberships) identity.Memberships {
	paths := m.Paths()
	slices.SortFunc(m.Groups, func(a, b identity.Group) int { return strings.Compare(paths[a.ID], paths[b.ID]) })
	slices.SortFunc(m.Roles, func(a, b identity.Role) int {
		if (a.ClientID == nil) != (b.ClientID == nil) {
			if a.ClientID == nil {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(fold(a.Name), fold(b.Name)), slices.Compare(a.ID[:], b.ID[:]))
	})
	if len(m.Groups) > identity.MaxMemberships {
		m.Groups, m.More = m.Groups[:identity.MaxMemberships], true
	}
	if len(m.Roles) > identity.MaxMemberships {
		m.Roles, m.More = m.Roles[:identity.MaxMemberships], true
	}
	return m
}
