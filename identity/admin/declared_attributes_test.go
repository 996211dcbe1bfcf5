package admin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// withAttributes declares attributes, one of them required, and users with them.
func withAttributes() admin.Desired {
	return admin.Desired{
		Scopes: []identity.Scope{{Name: "hr"}},
		Attributes: []identity.AttributeDefinition{
			{Name: "badge", Type: identity.AttributeString, Pattern: "[A-Z][0-9]", Required: true, Unique: true, Claim: "urn:badge", Scopes: []string{"openid", "hr"}},
			{Name: "teams", Type: identity.AttributeStringList, Filterable: true},
		},
		Users: []admin.DesiredUser{
			{NewUser: admin.NewUser{
				Username: "ann", Email: "ann@example.org", PasswordHash: hashed(),
				Attributes: identity.AttributeValues{"badge": {"A1"}, "teams": {"x", "y"}},
			}},
			{NewUser: admin.NewUser{Username: "ben", Email: "ben@example.org", PasswordHash: hashed(), Attributes: identity.AttributeValues{"badge": {"B2"}}}},
		},
	}
}

func TestAttributesAreDeclaredInAFile(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		apply := func(d admin.Desired, dryRun bool) []string {
			t.Helper()
			done, err := f.admin.Declarations.Apply(f.ctx, d, dryRun)
			noError(t, err)
			var list []string
			for name, verb := range verbs(done) {
				if verb != admin.Unchanged && !strings.HasPrefix(name, "scope ") {
					list = append(list, name+" "+string(verb))
				}
			}
			slices.Sort(list)
			return list
		}
		all := []string{"attribute badge created", "attribute teams created", "user ann created", "user ben created"}
		wantSame(t, apply(withAttributes(), true), all)
		if left, err := f.store.AttributeDefinitions(f.ctx); err != nil || len(left) != 0 {
			t.Errorf("a dry run has left %v, %v", left, err)
		}
		wantSame(t, apply(withAttributes(), false), all)
		wantSame(t, apply(withAttributes(), false), []string(nil))
		wantSame(t, f.attributesOf(t, "ann", "ben"), map[string]identity.AttributeValues{
			"ann": {"badge": {"A1"}, "teams": {"x", "y"}}, "ben": {"badge": {"B2"}},
		})

		// What the file does not name of a user stays; what it names without a value goes.
		changed := withAttributes()
		changed.Attributes[0].Pattern, changed.Attributes[0].Scopes = "[A-Z][0-9]+", nil
		changed.Users[0].Attributes = identity.AttributeValues{"teams": nil, "badge": {"A17"}}
		changed.Users[1].Attributes = nil
		wantSame(t, apply(changed, false), []string{"attribute badge updated", "user ann updated"})
		wantSame(t, f.attributesOf(t, "ann", "ben"), map[string]identity.AttributeValues{"ann": {"badge": {"A17"}}, "ben": {"badge": {"B2"}}})

		// One that nobody has goes with the others that the file does not name; one that somebody has does not.
		silent := withAttributes()
		silent.Attributes, silent.Prune = nil, true
		wantSame(t, apply(silent, false), []string{"user ann updated"})
		pruned := withAttributes()
		pruned.Prune, pruned.Attributes, pruned.Users = true, pruned.Attributes[:1], nil
		_, err := f.admin.Declarations.Apply(f.ctx, pruned, false)
		if identity.AsError(err).Code != identity.CodeAttributeInUse || !strings.Contains(err.Error(), `"teams"`) {
			t.Error(err)
		}
		cleared := withAttributes()
		cleared.Users[0].Attributes["teams"] = nil
		apply(cleared, false)
		pruned.Users = []admin.DesiredUser{{NewUser: admin.NewUser{
			Username: "cat", Email: "cat@example.org", PasswordHash: hashed(), Attributes: identity.AttributeValues{"badge": {"C3"}},
		}}}
		wantSame(t, apply(pruned, false), []string{"attribute teams deleted", "user cat created"})
	})
}

func TestFaultsOfDeclaredAttributesHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := f.admin.Declarations.Apply(f.ctx, withAttributes(), false)
	noError(t, err)
	d := withAttributes()
	d.Attributes[0].Type, d.Attributes[0].Unique = identity.AttributeInteger, false
	d.Attributes[1].Name = "Teams"
	text := identity.AttributeString
	d.Attributes = append(d.Attributes,
		identity.AttributeDefinition{Name: "BADGE", Type: text}, identity.AttributeDefinition{Name: "other", Type: text, Claim: "URN:badge"},
		identity.AttributeDefinition{Name: "email", Type: text}, identity.AttributeDefinition{Name: "broken", Type: text, Pattern: "("},
		identity.AttributeDefinition{Name: "told", Type: text, Unique: true, Scopes: []string{"hr", "unknown", identity.ScopeUsersRead}},
	)
	d.Users[0].Attributes = identity.AttributeValues{"shoe": {"44"}, "told": {"x"}, "broken": {"b"}}
	d.Users[1].Attributes = identity.AttributeValues{"told": {"X"}}
	d.Users = append(d.Users, admin.DesiredUser{NewUser: admin.NewUser{Username: "new", Email: "new@example.org", PasswordHash: hashed()}})
	var fields []string
	for _, e := range identity.AllErrors(f.admin.Declarations.Check(f.ctx, d)) {
		fields = append(fields, e.Field)
	}
	slices.Sort(fields)
	want := []string{
		"attributes[0].pattern", "attributes[0].type", "attributes[0].unique", "attributes[1].name", "attributes[2].name", "attributes[3].claim", "attributes[4].name", "attributes[5].pattern",
		"attributes[6].scopes[1]", "attributes[6].scopes[2]",
		"users[0].attributes.shoe", "users[1].attributes.told", "users[2].attributes.badge",
	}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Error(diff)
	}
	pruned := withAttributes()
	pruned.Scopes, pruned.Prune = nil, true
	if err := f.admin.Declarations.Check(f.ctx, pruned); identity.AsError(err).Field != "attributes[0].scopes[1]" {
		t.Errorf("a scope that goes: %v", err)
	}
	taken := withAttributes()
	taken.Users = []admin.DesiredUser{{NewUser: admin.NewUser{
		Username: "eve", Email: "eve@example.org", PasswordHash: hashed(), Attributes: identity.AttributeValues{"badge": {"A1"}},
	}}}
	if _, err := f.admin.Declarations.Apply(f.ctx, taken, false); identity.AsError(err).Field != "users[0].attributes.badge" {
		t.Errorf("a value of another user: %v", err)
	}
}

// TestWhatARoleCarriesIsDeclared: scopes of administration, for users of some groups or for everybody; a file that does not say
// leaves them.
func TestWhatARoleCarriesIsDeclared(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		desired := func(role admin.DesiredRole) admin.Desired {
			return admin.Desired{
				Groups: []admin.DesiredGroup{{Path: "/sales"}, {Path: "/sales/emea"}},
				Roles:  []admin.DesiredRole{role, {Name: "plain"}},
			}
		}
		apply := func(role admin.DesiredRole) admin.Verb {
			t.Helper()
			done, err := f.admin.Declarations.Apply(f.ctx, desired(role), false)
			noError(t, err)
			return verbs(done)["role helpdesk"]
		}
		limited := admin.DesiredRole{
			Name: "helpdesk", AdminScopes: []string{identity.ScopeUsersUnlock, identity.ScopeUsersRead}, AdminGroups: []string{"/sales/emea", "/sales"},
		}
		everybody := limited
		everybody.AdminGroups = nil
		nothing := admin.DesiredRole{Name: "helpdesk", AdminScopes: []string{}}
		wantSame(t, []admin.Verb{
			apply(limited), apply(limited), apply(admin.DesiredRole{Name: "helpdesk"}), apply(everybody), apply(everybody), apply(nothing),
		}, []admin.Verb{admin.Created, admin.Unchanged, admin.Unchanged, admin.Updated, admin.Unchanged, admin.Updated})
		for field, role := range map[string]admin.DesiredRole{
			"roles[0].admin_scopes":    {Name: "helpdesk", AdminScopes: []string{identity.ScopeAdminsWrite}},
			"roles[0].admin_groups":    {Name: "helpdesk", AdminGroups: []string{"/sales"}},
			"roles[0].admin_groups[1]": {Name: "helpdesk", AdminScopes: []string{identity.ScopeUsersRead}, AdminGroups: []string{"/sales", "/gone"}},
		} {
			if err := f.admin.Declarations.Check(f.ctx, desired(role)); identity.AsError(err).Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		clerk := identity.WithActor(f.ctx, identity.Actor{
			Kind: identity.ActorUser, UserID: f.user(t, "clerk", func(n *admin.NewUser) { n.Admin = true }).ID, Name: "clerk", Admin: true,
			Scopes: []string{identity.ScopeSystemWrite, identity.ScopeRolesWrite, identity.ScopeGroupsWrite},
		})
		if _, err := f.admin.Declarations.Apply(clerk, desired(limited), false); identity.AsError(err).Code != identity.CodeInsufficientScope {
			t.Errorf("by who does not hold it: %v", err)
		}
	})
}
