package store

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type roleRow struct {
	bun.BaseModel `bun:"table:roles,alias:r"`

	ID          uuid.UUID  `bun:"id,pk"`
	ClientID    *uuid.UUID `bun:"client_id"`
	Name        string     `bun:"name"`
	NameKey     string     `bun:"name_key"    store:"write-only"`
	Description string     `bun:"description"`
	CreatedAt   time.Time  `bun:"created_at"`
	UpdatedAt   time.Time  `bun:"updated_at"`
	Version     int        `bun:"version"`

	AdminScopes []string  `bun:"admin_scopes,type:jsonb"`
	AdminGroups *[]string `bun:"admin_groups,type:jsonb"` // nil: of everybody
}

func fromRole(r identity.Role) roleRow {
	return roleRow{
		ID: r.ID, ClientID: r.ClientID, Name: r.Name, NameKey: fold(r.Name), Description: r.Description,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Version: r.Version,
		AdminScopes: emptyIfNil(r.Admin.Scopes), AdminGroups: groupTexts(r.Admin.GroupIDs),
	}
}

// groupTexts are the ids of groups as a column has them; nil stays null.
func groupTexts(ids []uuid.UUID) *[]string {
	if ids == nil {
		return nil
	}
	texts := idStrings(ids)
	return &texts
}

// toAdminRights is the opposite of what fromRole does with them. What is no id stands for no group.
func toAdminRights(scopes []string, groups *[]string) identity.AdminRights {
	var rights identity.AdminRights
	if len(scopes) > 0 {
		rights.Scopes = scopes
	}
	if groups == nil {
		return rights
	}
	rights.GroupIDs = make([]uuid.UUID, 0, len(*groups))
	for _, text := range *groups {
		if id, err := uuid.Parse(text); err == nil {
			rights.GroupIDs = append(rights.GroupIDs, id)
		}
	}
	return rights
}

func toRole(r roleRow) identity.Role {
	return identity.Role{
		ID: r.ID, ClientID: r.ClientID, Name: r.Name, Description: r.Description, CreatedAt: r.CreatedAt.UTC(),
		UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version, Admin: toAdminRights(r.AdminScopes, r.AdminGroups),
	}
}

// roleKey is how roles are ordered by one field.
type roleKey struct {
	sortKey
	cursor func(identity.Role) string // the text form in a CursorKey
}

var roleByName = roleKey{sortKey{column: "r.name_key", id: "r.id"}, func(r identity.Role) string { return fold(r.Name) }}

var roleKeys = map[identity.RoleOrderField]roleKey{
	"": roleByName, identity.RoleOrderName: roleByName,
	identity.RoleOrderCreatedAt: {
		sortKey{column: "r.created_at", id: "r.id", time: true}, func(r identity.Role) string { return cursorTime(&r.CreatedAt) },
	},
}

func (k roleKey) listRow(row roleRow) identity.ListRow[identity.Role] {
	r := toRole(row)
	return identity.ListRow[identity.Role]{Item: r, CursorKey: identity.CursorKey{Key: k.cursor(r), ID: r.ID}}
}

// Roles implements identity.RoleReader.
func (s *Store) Roles(ctx context.Context, q identity.RoleQuery) ([]identity.ListRow[identity.Role], error) {
	build := func() (*bun.SelectQuery, error) { return s.listRoles(q) }
	return listPage(ctx, s, "list roles", q.Range, build, roleKeys[q.Order.Field].listRow)
}

func (s *Store) listRoles(q identity.RoleQuery) (*bun.SelectQuery, error) {
	key, ok := roleKeys[q.Order.Field]
	if !ok {
		return nil, identity.InvalidField("order", "Unknown order field.")
	}
	return key.paginate(s.selectRoles(q.Filter), q.Order.Descending, q.Range)
}

// selectRoles looks at every role for a text, as selectGroups does.
func (s *Store) selectRoles(f identity.RoleFilter) *bun.SelectQuery {
	var list []condition
	switch text := fold(f.Search); {
	case !validText(text):
		list = append(list, alwaysFalse)
	case text != "":
		list = append(list, s.dialect.contains("r.name_key", text))
	}
	if f.ClientID != uuid.Nil {
		list = append(list, where("r.client_id = ?", f.ClientID))
	}
	if f.Server != nil && *f.Server {
		list = append(list, where("r.client_id IS NULL"))
	} else if f.Server != nil {
		list = append(list, where("r.client_id IS NOT NULL"))
	}
	if f.Name != nil {
		list = append(list, userFilter{dialect: s.dialect}.stringConditions("r.name_key", false, *f.Name)...)
	}
	match := and(list)
	return s.read().NewSelect().Model((*roleRow)(nil)).Where(match.text, match.args...)
}

// CountRoles implements identity.RoleReader.
func (s *Store) CountRoles(ctx context.Context, f identity.RoleFilter, limit int) (int, error) {
	return s.count(ctx, "count roles", s.selectRoles(f), limit)
}

// FirstRoles implements identity.RoleReader.
func (s *Store) FirstRoles(ctx context.Context, clientIDs []uuid.UUID, limit int) (map[uuid.UUID][]identity.Role, error) {
	out := make(map[uuid.UUID][]identity.Role, len(clientIDs))
	if len(clientIDs) == 0 || limit <= 0 {
		return out, nil
	}
	rows, err := rowsOf[roleRow](ctx, s, 0, s.firstRoles(), s.dialect.set(clientIDs), limit)
	if err != nil {
		return nil, s.fault("list roles of clients", err)
	}
	for _, row := range rows {
		out[*row.ClientID] = append(out[*row.ClientID], toRole(row))
	}
	return out, nil
}

// firstRoles takes roles of each client from the index: it reads no others, also when one client has very many.
func (s *Store) firstRoles() statement {
	pick, join := s.dialect.lateral("roles", "r")
	first := "SELECT " + pick + " FROM roles AS r WHERE r.client_id = owner.id ORDER BY r.name_key, r.id LIMIT $2"
	return statement{"select roles", "SELECT " + columns[roleRow]() + " FROM " + s.dialect.ownersIn("$1") + " " +
		strings.Replace(join, "?", first, 1) + " ORDER BY r.name_key, r.id"}
}

// RolesByID implements identity.RoleReader.
func (s *Store) RolesByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.Role, error) {
	rows, err := byIDs[roleRow](ctx, s, ids)
	if err != nil {
		return nil, s.fault("read roles", err)
	}
	found := make(map[uuid.UUID]identity.Role, len(rows))
	for _, row := range rows {
		found[row.ID] = toRole(row)
	}
	return found, nil
}

// LockRole implements identity.RoleWriter.
func (s *Store) LockRole(ctx context.Context, id uuid.UUID) (identity.Role, error) {
	q := s.write().NewSelect().Model((*roleRow)(nil)).Where("r.id = ?", id)
	rows, err := list[roleRow](ctx, s, s.forUpdate(q))
	switch {
	case err != nil:
		return identity.Role{}, s.fault("lock role", err)
	case len(rows) == 0:
		return identity.Role{}, identity.ErrRoleNotFound
	}
	return toRole(rows[0]), nil
}

// InsertRole implements identity.RoleWriter.
func (s *Store) InsertRole(ctx context.Context, r identity.Role) error {
	row := fromRole(r)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).Exec(ctx)
	if f, _ := s.dialect.classify(err); f == failureReference {
		return identity.ErrClientNotFound.Because(err)
	}
	return s.fault("insert role", err)
}

// UpdateRole implements identity.RoleWriter.
func (s *Store) UpdateRole(ctx context.Context, r identity.Role) error {
	row := fromRole(r)
	if err := checkText(&row); err != nil {
		return err
	}
	row.Version = r.Version + 1
	res, err := s.write().NewUpdate().Model(&row).
		Column("name", "name_key", "description", "updated_at", "version", "admin_scopes", "admin_groups").
		Where("r.id = ?", r.ID).Where("r.version = ?", r.Version).Exec(ctx)
	n, err := s.affected("update role", res, err)
	if err != nil || n == 1 {
		return err
	}
	return s.conflict(ctx, "roles", r.ID, identity.ErrRoleNotFound)
}

// DeleteRole implements identity.RoleWriter.
func (s *Store) DeleteRole(ctx context.Context, id uuid.UUID) error {
	res, err := s.write().NewDelete().Model((*roleRow)(nil)).Where("r.id = ?", id).Exec(ctx)
	return s.changed("delete role", res, err, identity.ErrRoleNotFound)
}
