package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// ExportFormat is how the file of an export says what there is.
type ExportFormat string

// The formats.
const (
	ExportJSONLines ExportFormat = "JSON_LINES"
	ExportCSV       ExportFormat = "CSV"
)

// ExportUsers is what an export of users is asked for with.
type ExportUsers struct {
	Format         ExportFormat
	Fields         []string // nil: those that an import reads, but for the hash
	Filter         identity.UserFilter
	PasswordHashes bool
}

// userExport is an export of users as it is stored.
type userExport struct {
	identity.ExportOptions
	Format ExportFormat        `json:"format"`
	Fields []string            `json:"fields"`
	Filter identity.UserFilter `json:"filter"`
	// The file has the hashes also of administrators, who are otherwise without.
	Administrators bool `json:"administrators"`
}

// ExportUsers asks for an export, which begins at once. It needs ScopeUsersRead beside the scope of jobs. Hashes need a scope
// of their own, and those of administrators that of changing them: who has the hash of a weak password has the password.
func (s *Transfers) ExportUsers(ctx context.Context, want ExportUsers) (identity.Transfer, error) {
	if err := requireScope(ctx, identity.ScopeJobsWrite); err != nil {
		return identity.Transfer{}, err
	}
	options := userExport{Format: want.Format, Filter: want.Filter}
	var faults identity.Faults
	switch want.Format {
	case ExportJSONLines:
		options.File = "users.jsonl"
	case ExportCSV:
		options.File = "users.csv"
	default:
		faults.Add(identity.InvalidField("format", "Must be %s or %s.", ExportJSONLines, ExportCSV))
	}
	faults.Add(UserList{Filter: want.Filter}.check())
	_, err := s.users.findAttributes(ctx, want.Filter)
	faults.Add(err)
	options.Fields, err = exportedFields(want)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return identity.Transfer{}, err
	}
	options.Needs = []string{identity.ScopeUsersRead}
	if want.PasswordHashes {
		options.Needs = append(options.Needs, identity.ScopeUsersHashes)
		if options.Administrators = requireScope(ctx, identity.ScopeAdminsWrite) == nil; options.Administrators {
			options.Needs = append(options.Needs, identity.ScopeAdminsWrite)
		}
	}
	for _, field := range options.Fields {
		if scope := userFields[field].scope; scope != "" && !slices.Contains(options.Needs, scope) {
			options.Needs = append(options.Needs, scope)
		}
	}
	if err := requireScopes(ctx, options.Needs...); err != nil {
		return identity.Transfer{}, err
	}
	return s.create(ctx, identity.TransferUserExport, options, map[string]any{ // not whom the filter names
		"format": options.Format, "fields": options.Fields, "filtered": !filterIsEmpty(want.Filter), "administrators": options.Administrators,
	})
}

// userSource reads users in the order in which they were created, which never changes: whoever is there from the beginning to the
// end is read once, whatever happens to them and others meanwhile.
type userSource struct {
	*Transfers
	userExport
}

func runUserExport(ctx context.Context, run *identity.JobRun, r *transferRun) error {
	source := userSource{Transfers: r.Transfers}
	if err := r.decode(&source.userExport, &struct{}{}); err != nil {
		return err
	}
	return r.export(ctx, run, source)
}

// query asks for whom the filter selects now. An attribute that it names may have been deleted meanwhile.
func (s userSource) query(ctx context.Context) (identity.UserQuery, error) {
	filter, err := s.users.findAttributes(identity.WithActor(ctx, identity.SystemActor("export")), s.Filter)
	return identity.UserQuery{Filter: filter, Order: identity.UserOrder{Field: identity.UserOrderCreatedAt}, Now: s.source.Now()}, err
}

func (s userSource) count(ctx context.Context) (int, error) {
	query, err := s.query(ctx)
	if err != nil {
		return 0, err
	}
	return s.people.CountUsers(ctx, query, math.MaxInt32)
}

func (s userSource) read(ctx context.Context, after json.RawMessage) (portion, error) {
	query, err := s.query(ctx)
	if err != nil {
		return portion{}, err
	}
	query.Range.Limit = exportRows
	if after != nil {
		if err := json.Unmarshal(after, &query.Range.After); err != nil {
			return portion{}, fmt.Errorf("place of the export: %w", err)
		}
	}
	found, err := s.people.Users(ctx, query)
	if err != nil {
		return portion{}, err
	}
	rows, err := s.rows(ctx, found)
	if err != nil {
		return portion{}, err
	}
	p := portion{rows: len(rows), last: len(rows) < exportRows, after: query.Range.After}
	if len(found) > 0 {
		p.after = found[len(found)-1].CursorKey
	}
	p.text, err = s.Format.write(s.Fields, rows, after == nil)
	return p, err
}

// exportedUser is a user with what the fields need of them.
type exportedUser struct {
	identity.User
	hash       string
	attributes identity.AttributeValues
	identity.Memberships
}

// rows adds to users what their fields need, by one statement each.
func (s userSource) rows(ctx context.Context, found []identity.ListRow[identity.User]) ([]exportedUser, error) {
	ids := make([]uuid.UUID, len(found))
	for i, row := range found {
		ids[i] = row.Item.ID
	}
	var attributes map[uuid.UUID]identity.AttributeValues
	var memberships map[uuid.UUID]identity.Memberships
	var administer map[uuid.UUID]identity.Delegation
	hashes := slices.Contains(s.Fields, fieldHash)
	var err error
	if slices.Contains(s.Fields, fieldAttributes) {
		attributes, err = s.people.UserAttributes(ctx, ids)
	}
	if err == nil && (slices.Contains(s.Fields, fieldGroups) || slices.Contains(s.Fields, fieldRoles)) {
		memberships, err = s.people.Memberships(ctx, ids)
	}
	if err == nil && hashes && !s.Administrators {
		administer, err = s.people.Delegations(ctx, ids)
	}
	rows := make([]exportedUser, len(found))
	for i, row := range found {
		u := row.Item
		u.Delegation = administer[u.ID]
		rows[i] = exportedUser{User: u, attributes: attributes[u.ID], Memberships: memberships[u.ID]}
		if hashes && (s.Administrators || !u.Administers()) {
			rows[i].hash = u.Password.Hash
		}
	}
	return rows, err
}

// The names of fields that need more than the user.
const (
	fieldHash       = "password_hash"
	fieldAttributes = "attributes"
	fieldGroups     = "groups"
	fieldRoles      = "roles"
	fieldAddress    = "address"
)

// userField is one field of an export of users.
type userField struct {
	scope string                    // what it needs beside ScopeUsersRead
	value func(u *exportedUser) any // nil when nothing is known
}

// userFields are those that can be chosen, by name.
var userFields = func() map[string]userField {
	fields := map[string]userField{
		"id":                       {"", func(u *exportedUser) any { return u.ID }},
		"username":                 {"", func(u *exportedUser) any { return u.Username }},
		"email":                    {"", func(u *exportedUser) any { return u.Email }},
		"active":                   {"", func(u *exportedUser) any { return u.Active }},
		"verified":                 {"", func(u *exportedUser) any { return u.Verified }},
		"admin":                    {"", func(u *exportedUser) any { return u.Admin }},
		"requires_password_change": {"", func(u *exportedUser) any { return u.RequiresPasswordChange }},
		"phone_number_verified":    {"", func(u *exportedUser) any { return u.Claims.PhoneNumberVerified }},
		"created_at":               {"", func(u *exportedUser) any { return &u.CreatedAt }},
		"created_by":               {"", func(u *exportedUser) any { return u.CreatedBy }},
		"updated_at":               {"", func(u *exportedUser) any { return &u.UpdatedAt }},
		"last_login_at":            {"", func(u *exportedUser) any { return u.LastLoginAt }},
		fieldHash:                  {identity.ScopeUsersHashes, func(u *exportedUser) any { return u.hash }},
		fieldAddress:               {"", func(u *exportedUser) any { return u.Claims.Address }},
		fieldAttributes:            {"", func(u *exportedUser) any { return u.attributes }},
		fieldGroups:                {identity.ScopeGroupsRead, groupsOf},
		fieldRoles:                 {identity.ScopeRolesRead, rolesOf},
	}
	for _, claim := range identity.StandardClaims {
		if claim.Text != nil {
			fields[claim.Name] = userField{value: func(u *exportedUser) any { return *claim.Text(&u.Claims) }}
		}
	}
	for name, part := range addressFields {
		fields[name] = userField{value: func(u *exportedUser) any {
			if u.Claims.Address == nil {
				return ""
			}
			return *part(u.Claims.Address)
		}}
	}
	return fields
}()

// groupsOf lists the paths of the groups that a user is in, those above them included.
func groupsOf(u *exportedUser) any {
	paths := u.Paths()
	list := make([]string, len(u.Groups))
	for i, g := range u.Groups {
		list[i] = paths[g.ID]
	}
	return list
}

// rolesOf lists the roles of the server that a user has, those of groups included.
func rolesOf(u *exportedUser) any {
	list := []string{}
	for _, r := range u.Roles {
		if r.ClientID == nil {
			list = append(list, r.Name)
		}
	}
	return list
}

// importedFields are the fields that an import reads, in the order of the columns.
func importedFields() []string {
	fields := []string{"username", "email", "verified", "active", "requires_password_change"}
	for _, claim := range identity.StandardClaims {
		if importable(claim.Name) && !slices.Contains(fields, claim.Name) {
			fields = append(fields, claim.Name)
		}
	}
	return append(fields, fieldAttributes)
}

// exportedFields returns the fields that a file has, in order, or all that is wrong with them. In CSV each part of an address has
// a column.
func exportedFields(want ExportUsers) ([]string, error) {
	chosen := want.Fields
	if chosen == nil {
		chosen = importedFields()
	}
	var faults identity.Faults
	var fields []string
	for i, name := range chosen {
		parts := []string{name}
		if name == fieldAddress && want.Format == ExportCSV {
			parts = addressParts
		}
		switch {
		case name == fieldHash:
			faults.Add(identity.InvalidField(entry("fields", i), "Must not be %s: ask for it by passwordHashes.", name))
		case userFields[name].value == nil:
			faults.Add(identity.InvalidField(entry("fields", i), "Must be a field of users: there is none named %s.", shortened(name)))
		case slices.ContainsFunc(parts, func(part string) bool { return slices.Contains(fields, part) }):
			faults.Add(identity.InvalidField(entry("fields", i), "Must not come twice: %s.", name))
		default:
			fields = append(fields, parts...)
		}
	}
	if len(chosen) == 0 {
		faults.Add(identity.InvalidField("fields", "Must name at least one field, or be absent."))
	}
	if want.PasswordHashes {
		fields = append(fields, fieldHash)
	}
	return fields, faults.Err()
}

// textOf returns a value as it stands in a cell of CSV: lists and objects as JSON, what is not known as nothing.
func textOf(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case uuid.UUID:
		return v.String(), nil
	case *time.Time:
		if v == nil {
			return "", nil
		}
		return v.Format(time.RFC3339Nano), nil
	}
	text, err := json.Marshal(value)
	return string(text), err
}
