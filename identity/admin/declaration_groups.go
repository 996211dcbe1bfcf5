package admin

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// DesiredGroup is a declared group. The one above it is declared too, or there already.
type DesiredGroup struct {
	Path        string // such as /sales/emea
	Description string
	Members     []string // usernames; nil: the file does not say
}

// DesiredRole is a declared role.
type DesiredRole struct {
	Client      string // client_id; empty: one of the server
	Name        string
	Description string
	Users       []string // usernames; nil: the file does not say
	Groups      []string // paths; nil: the file does not say
	AdminScopes []string // of administration, which it carries; nil: the file does not say
	AdminGroups []string // paths of groups to whose users these are limited; nil: everybody
}

// prunesGroups reports whether groups that the file does not name go: only if it names groups, so that a file that says
// nothing of them removes none.
func (d Desired) prunesGroups() bool { return d.Prune && d.Groups != nil }

// prunesRoles is the same for roles.
func (d Desired) prunesRoles() bool { return d.Prune && d.Roles != nil }

// label names a role in what Apply has done.
func (r DesiredRole) label() string {
	if r.Client == "" {
		return r.Name
	}
	return r.Client + ":" + r.Name
}

// foldPath is the same for all spellings of a path.
func (s *Declarations) foldPath(path string) string { return s.deps.Store.NameKey(path) }

// groups adds what is wrong with the groups of a declaration.
func (c *check) groups(ctx context.Context) {
	declared := map[string]bool{}
	for _, g := range c.desired.Groups {
		declared[c.foldPath(g.Path)] = true
	}
	for i, g := range c.desired.Groups {
		at := entry("groups", i)
		c.repeated(at, "path", g.Path)
		names, ok := identity.SplitGroupPath(g.Path)
		if !ok {
			c.add(at, errGroupPath)
			continue
		}
		var faults identity.Faults
		faults.Add(renamedField(identity.Group{Name: names[len(names)-1], Description: g.Description}.Check(), "name", "path"))
		if parent := "/" + strings.Join(names[:len(names)-1], "/"); len(names) > 1 && !declared[c.foldPath(parent)] {
			faults.Add(c.knownGroup(ctx, "path", parent))
		}
		faults.Add(c.usersNamed(ctx, "members", g.Members))
		c.add(at, faults.Err())
	}
	for i, r := range c.desired.Roles {
		c.role(ctx, entry("roles", i), r, declared)
	}
}

var errGroupPath = identity.InvalidField(
	"path", "Must be the names of at most %d groups, the first level first, each after a slash: /sales/emea.", identity.MaxGroupDepth,
)

// renamedField returns an error about another field than the domain calls it.
func renamedField(err error, from, to string) error {
	if err == nil {
		return nil
	}
	var faults identity.Faults
	for _, e := range identity.AllErrors(err) {
		renamed := *e
		if renamed.Field == from {
			renamed.Field = to
		}
		faults.Add(&renamed)
	}
	return faults.Err()
}

func (c *check) role(ctx context.Context, at string, r DesiredRole, declared map[string]bool) {
	c.same(at, "name", "roles "+c.name("roles", "client", r.Client)+" "+c.name("roles", "name", r.Name))
	var faults identity.Faults
	faults.Add(c.roleItself(r))
	faults.Add(c.knownClient(ctx, r.Client))
	faults.Add(c.usersNamed(ctx, "users", r.Users))
	faults.Add(c.groupsNamed(ctx, "groups", r.Groups, declared))
	faults.Add(c.groupsNamed(ctx, "admin_groups", r.AdminGroups, declared))
	c.add(at, faults.Err())
}

// roleItself holds the rules for roles. Any ids stand for the groups, which may not be there yet.
func (c *check) roleItself(r DesiredRole) error {
	role := identity.Role{Name: r.Name, Description: r.Description, Admin: identity.AdminRights{Scopes: r.AdminScopes}}
	if r.Client != "" {
		role.ClientID = new(uuid.UUID)
	}
	if r.AdminGroups != nil {
		role.Admin.GroupIDs = make([]uuid.UUID, len(r.AdminGroups))
		for i := range role.Admin.GroupIDs {
			role.Admin.GroupIDs[i] = c.deps.Source.NewID()
		}
	}
	return role.Check()
}

// groupsNamed refuses paths of groups that are neither declared nor there, and repeated ones.
func (c *check) groupsNamed(ctx context.Context, list string, paths []string, declared map[string]bool) error {
	var faults identity.Faults
	for i, path := range paths {
		field := entry(list, i)
		if _, ok := identity.SplitGroupPath(path); !ok {
			faults.Add(renamedField(errGroupPath, "path", field))
		} else if !declared[c.foldPath(path)] {
			faults.Add(c.knownGroup(ctx, field, path))
		}
	}
	faults.Add(c.twice(list, paths))
	return faults.Err()
}

// knownClient refuses the client of a role that is neither declared nor registered, or that goes.
func (c *check) knownClient(ctx context.Context, clientID string) error {
	if clientID == "" || slices.ContainsFunc(c.desired.Clients, func(n NewClient) bool { return n.ClientID == clientID }) {
		return nil
	}
	client, err := c.deps.Store.ClientByClientID(ctx, clientID)
	if err == nil && (client.BuiltIn || !c.desired.Prune) {
		return nil
	}
	if err != nil && !errors.Is(err, identity.ErrClientNotFound) {
		return err
	}
	return identity.InvalidField("client", "Must be the client_id of a client that is declared or registered.")
}

// knownGroup refuses a path that is not declared when there is no such group, or when it goes.
func (c *check) knownGroup(ctx context.Context, field, path string) error {
	if !c.desired.prunesGroups() {
		_, err := groupAt(ctx, c.deps.Store, path)
		if err == nil || !errors.Is(err, identity.ErrGroupNotFound) {
			return err
		}
	}
	return identity.InvalidField(field, "Must be below or name a group that is declared or there already: there is no %s.", path)
}

// usersNamed refuses names of users who are neither declared nor registered, and repeated ones.
func (c *check) usersNamed(ctx context.Context, field string, names []string) error {
	var faults identity.Faults
	for i, name := range names {
		if _, declared := c.first[c.name("users", "username", name)]; declared {
			continue
		}
		if _, exists, err := c.find(ctx, name); err != nil {
			return err
		} else if !exists {
			faults.Add(identity.InvalidField(entry(field, i), "Must be the name of a user who is declared or registered."))
		}
	}
	faults.Add(c.twice(field, names))
	return faults.Err()
}

// twice refuses what is in a list of names already.
func (c *check) twice(field string, names []string) error {
	var faults identity.Faults
	first := map[string]int{}
	for i, name := range names {
		key := c.deps.Store.NameKey(name)
		if before, found := first[key]; found {
			faults.Add(sameAs(entry(field, i), entry(field, before)))
		} else {
			first[key] = i
		}
	}
	return faults.Err()
}

// groupAt finds a group by its path.
func groupAt(ctx context.Context, store identity.GroupReader, path string) (group identity.Group, err error) {
	names, ok := identity.SplitGroupPath(path)
	if !ok {
		return identity.Group{}, identity.ErrGroupNotFound
	}
	for _, name := range names {
		if group, err = store.GroupNamed(ctx, group.ID, name); err != nil {
			return identity.Group{}, err
		}
	}
	return group, nil
}
