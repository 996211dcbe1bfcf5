package admin

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// ExportOptions say what an export of the declared state takes in.
type ExportOptions struct {
	Secrets      bool // hashes of passwords, and the secrets of this server at identity providers
	WithoutUsers bool // nor who is in which group and who has which role
	Limit        int  // of the entries of a list; more are refused with Invalid
}

// Export returns the state that Apply brings another store to: users, scopes, resources, clients, groups, roles, attributes, identity
// providers, trusted issuers, types of authorization details, what is stored of the settings, and the brand. Each list is in the order
// of its names, so that the same state is the same export. Built in scopes and clients are left out, as are clients that registered
// themselves, secrets of clients, of which there are digests only, and what people have set up for themselves: passkeys, second
// factors, connections, sessions, consents. Without secrets, users are to be given generated passwords where they are created.
// It asks for admin:system:read and the scopes to read each; with secrets for admin:users:hashes and admin:admins:write too.
func (s *Declarations) Export(ctx context.Context, options ExportOptions) (Desired, error) {
	needs := []string{
		identity.ScopeSystemRead, identity.ScopeUsersRead, identity.ScopeClientsRead, identity.ScopeScopesRead, identity.ScopeGroupsRead,
		identity.ScopeRolesRead, identity.ScopeSettingsRead,
	}
	if options.Secrets {
		needs = append(needs, identity.ScopeUsersHashes, identity.ScopeAdminsWrite)
	}
	if err := requireScopes(ctx, needs...); err != nil {
		return Desired{}, err
	}
	e := export{Declarations: s, options: options, usernames: map[uuid.UUID]string{}}
	for _, read := range []func(context.Context) error{
		e.registered, e.users, e.clients, e.groups, e.roles, e.federation, e.appearance,
	} {
		if err := read(ctx); err != nil {
			return Desired{}, fmt.Errorf("export: %w", err)
		}
	}
	return e.out, nil
}

// export is the work of Export.
type export struct {
	*Declarations
	options   ExportOptions
	out       Desired
	usernames map[uuid.UUID]string
	clientIDs map[uuid.UUID]string
	paths     map[uuid.UUID]string // of groups
}

// bounded refuses a list that Apply would not read.
func (e *export) bounded(list string, n int) error {
	if n <= e.options.Limit {
		return nil
	}
	return identity.InvalidField(list, "Has more than the %d entries that a file may have.", e.options.Limit)
}

// registered reads scopes, types of authorization details, attributes and resources.
func (e *export) registered(ctx context.Context) error {
	scopes, err := e.deps.Store.Scopes(ctx)
	if err != nil {
		return err
	}
	scopes = slices.DeleteFunc(slices.Clone(scopes), func(s identity.Scope) bool { return s.BuiltIn })
	e.out.Scopes = byName(scopes, func(s identity.Scope) string { return s.Name })
	details, err := e.deps.Store.DetailTypes(ctx)
	if err != nil {
		return err
	}
	e.out.DetailTypes = byName(details, func(t identity.DetailType) string { return t.Name })
	attributes, err := e.deps.Store.AttributeDefinitions(ctx)
	if err != nil {
		return err
	}
	e.out.Attributes = byName(attributes, func(d identity.AttributeDefinition) string { return d.Name })
	resources, err := e.deps.Store.Resources(ctx)
	if err != nil {
		return err
	}
	e.out.Resources = byName(resources, func(r identity.Resource) string { return r.URI })
	return cmp.Or(e.bounded("scopes", len(e.out.Scopes)), e.bounded("resources", len(e.out.Resources)))
}

// byName orders a list, and makes one that is there of none.
func byName[T any](list []T, name func(T) string) []T {
	sorted := append(make([]T, 0, len(list)), list...)
	slices.SortFunc(sorted, func(x, y T) int { return strings.Compare(name(x), name(y)) })
	return sorted
}

func (e *export) users(ctx context.Context) error {
	if e.options.WithoutUsers {
		return nil
	}
	query := identity.UserQuery{
		Order: identity.UserOrder{Field: identity.UserOrderCreatedAt}, Now: e.deps.Source.Now(), Range: identity.KeysetRange{Limit: maxBulk},
	}
	for {
		rows, err := e.deps.Store.Users(ctx, query)
		if err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(rows))
		for i, row := range rows {
			ids[i] = row.Item.ID
		}
		attributes, err := e.deps.Store.UserAttributes(ctx, ids)
		if err != nil {
			return err
		}
		for _, row := range rows {
			e.usernames[row.Item.ID] = row.Item.Username
			e.out.Users = append(e.out.Users, e.user(row.Item, attributes[row.Item.ID]))
		}
		if err := e.bounded("users", len(e.out.Users)); err != nil {
			return err
		}
		if len(rows) < maxBulk {
			break
		}
		query.Range.After = &rows[len(rows)-1].CursorKey
	}
	e.out.Users = byName(e.out.Users, func(u DesiredUser) string { return u.Username })
	return nil
}

func (e *export) user(u identity.User, attributes identity.AttributeValues) DesiredUser {
	n := NewUser{
		Username: u.Username, Email: u.Email, Inactive: !u.Active, Verified: u.Verified, Admin: u.Admin, Claims: u.Claims,
		Attributes: attributes,
	}
	if e.options.Secrets && u.Password.Hash != "" {
		n.PasswordHash, n.RequiresPasswordChange = u.Password.Hash, u.RequiresPasswordChange
	} else {
		n.GeneratePassword = true
	}
	return DesiredUser{NewUser: n}
}

func (e *export) clients(ctx context.Context) error {
	all, err := e.deps.Store.Clients(ctx)
	if err != nil {
		return err
	}
	e.clientIDs = map[uuid.UUID]string{}
	for _, c := range all {
		if c.Origin != identity.OriginOperator {
			continue
		}
		e.clientIDs[c.ID] = c.ClientID
		if !c.BuiltIn {
			e.out.Clients = append(e.out.Clients, NewClient{ClientID: c.ClientID, Inactive: !c.Active, Metadata: c.Metadata, Policy: &c.Policy})
		}
	}
	e.out.Clients = byName(e.out.Clients, func(c NewClient) string { return c.ClientID })
	return e.bounded("clients", len(e.out.Clients))
}

func (e *export) groups(ctx context.Context) error {
	var all []identity.Group
	err := eachRow(func(page identity.KeysetRange) ([]identity.ListRow[identity.Group], error) {
		return e.deps.Store.Groups(ctx, identity.GroupQuery{Range: page})
	}, func(g identity.Group) { all = append(all, g) })
	if err != nil {
		return err
	}
	if err := e.bounded("groups", len(all)); err != nil {
		return err
	}
	e.paths = groupPaths(all)
	e.out.Groups = []DesiredGroup{}
	for _, g := range all {
		want := DesiredGroup{Path: e.paths[g.ID], Description: g.Description}
		if !e.options.WithoutUsers {
			if want.Members, err = e.members(ctx, g.ID); err != nil {
				return err
			}
		}
		e.out.Groups = append(e.out.Groups, want)
	}
	e.out.Groups = byName(e.out.Groups, func(g DesiredGroup) string { return g.Path })
	return nil
}

// members lists the usernames of who is in a group.
func (e *export) members(ctx context.Context, group uuid.UUID) ([]string, error) {
	names := []string{}
	err := eachRow(func(page identity.KeysetRange) ([]identity.ListRow[identity.GroupMember], error) {
		return e.deps.Store.GroupMembers(ctx, identity.GroupMemberQuery{Filter: identity.GroupMemberFilter{GroupID: group}, Range: page})
	}, func(m identity.GroupMember) { names = appendNamed(names, e.usernames, m.UserID) })
	slices.Sort(names)
	return names, err
}

// appendNamed adds the name of an id, unless it came to be after the names were read.
func appendNamed(names []string, known map[uuid.UUID]string, id uuid.UUID) []string {
	if name, ok := known[id]; ok {
		return append(names, name)
	}
	return names
}

func (e *export) roles(ctx context.Context) error {
	var all []identity.Role
	err := eachRow(func(page identity.KeysetRange) ([]identity.ListRow[identity.Role], error) {
		return e.deps.Store.Roles(ctx, identity.RoleQuery{Range: page})
	}, func(r identity.Role) { all = append(all, r) })
	if err != nil {
		return err
	}
	e.out.Roles = []DesiredRole{}
	for _, r := range all {
		want := DesiredRole{Name: r.Name, Description: r.Description}
		if r.ClientID != nil {
			client, exported := e.clientIDs[*r.ClientID]
			if !exported {
				continue
			}
			want.Client = client
		} else {
			want.AdminScopes = append([]string{}, r.Admin.Scopes...)
		}
		if r.Admin.Limited() {
			want.AdminGroups = e.pathsOf(r.Admin.GroupIDs)
		}
		if want.Groups, err = e.holders(ctx, r.ID, identity.RoleGroups, e.paths); err != nil {
			return err
		}
		if !e.options.WithoutUsers {
			if want.Users, err = e.holders(ctx, r.ID, identity.RoleUsers, e.usernames); err != nil {
				return err
			}
		}
		e.out.Roles = append(e.out.Roles, want)
	}
	e.out.Roles = byName(e.out.Roles, DesiredRole.label)
	return e.bounded("roles", len(e.out.Roles))
}

func (e *export) pathsOf(groups []uuid.UUID) []string {
	paths := []string{}
	for _, id := range groups {
		paths = appendNamed(paths, e.paths, id)
	}
	slices.Sort(paths)
	return paths
}

// holders lists the names of the users or groups that have a role.
func (e *export) holders(ctx context.Context, role uuid.UUID, side identity.RoleSide, known map[uuid.UUID]string) ([]string, error) {
	names := []string{}
	err := eachRow(func(page identity.KeysetRange) ([]identity.ListRow[identity.RoleAssignment], error) {
		return e.deps.Store.RoleAssignments(ctx, identity.RoleAssignmentQuery{
			List: identity.RoleAssignmentList{Side: side, Owner: role}, Range: page,
		})
	}, func(r identity.RoleAssignment) { names = appendNamed(names, known, *cmp.Or(r.UserID, r.GroupID)) })
	slices.Sort(names)
	return names, err
}

// federation reads identity providers and trusted issuers.
func (e *export) federation(ctx context.Context) error {
	providers, err := e.deps.Store.Providers(ctx)
	if err != nil {
		return err
	}
	e.out.Providers = []DesiredProvider{}
	for _, p := range byName(providers, func(p identity.IdentityProvider) string { return p.Slug }) {
		want := DesiredProvider{IdentityProvider: p}
		if e.options.Secrets && len(p.Sealed) > 0 {
			secret, err := e.deps.Keys.Open(identity.PurposeProviderSecret, p.Sealed, p.ID.String())
			if err != nil {
				return fmt.Errorf("secret of the identity provider %q: %w", p.Slug, err)
			}
			want.Secret = new(string(secret))
		}
		e.out.Providers = append(e.out.Providers, want)
	}
	trusted, err := e.deps.Store.TrustedIssuers(ctx)
	e.out.Trusted = byName(trusted, func(t identity.TrustedIssuer) string { return t.Issuer })
	return err
}

// appearance reads what is stored of the settings, and the brand.
func (e *export) appearance(ctx context.Context) error {
	settings, err := e.deps.Store.StoredSettings(ctx)
	if err != nil {
		return err
	}
	if e.out.Settings = settings.Values; e.out.Settings == nil {
		e.out.Settings = map[string]string{}
	}
	brand, err := e.deps.Store.StoredBrand(ctx)
	if brand.Version > 0 {
		e.out.Branding = &brand.Brand
	}
	return err
}
