package admin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// withGroups is a declaration with groups and roles, those below others first.
func withGroups() admin.Desired {
	d := desired()
	d.Groups = []admin.DesiredGroup{
		{Path: "/sales/emea", Description: "Europe", Members: []string{"bob", "EVE"}},
		{Path: "/sales"},
		{Path: "/sales/asia", Members: []string{}},
	}
	d.Roles = []admin.DesiredRole{
		{Name: "auditor", Description: "Reads", Users: []string{"bob"}},
		{Client: "app", Name: "editor", Users: []string{"eve"}, Groups: []string{"/Sales"}},
	}
	return d
}

// told returns the groups and roles of a user as the client app is told of them.
func (f *fixture) told(t *testing.T, username string) string {
	t.Helper()
	user, err := f.store.UserByUsername(f.ctx, username)
	noError(t, err)
	app, err := f.ClientAuth.Find(f.ctx, "app")
	noError(t, err)
	claims, err := f.Tokens.ReleasedClaims(f.ctx, user, app, []string{identity.ScopeGroups, identity.ScopeRoles}, nil)
	noError(t, err)
	return fmt.Sprint(claims[identity.ClaimGroups], claims[identity.ClaimRoles])
}

func TestGroupsAndRolesAreDeclared(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		apply := func(d admin.Desired, dryRun bool) map[string]admin.Verb {
			t.Helper()
			done, err := f.admin.Declarations.Apply(f.ctx, d, dryRun)
			noError(t, err)
			return verbs(done)
		}
		changed := func(got map[string]admin.Verb) []string {
			var list []string
			for name, verb := range got {
				if kind, _, _ := strings.Cut(name, " "); verb != admin.Unchanged && (kind == "group" || kind == "role") {
					list = append(list, name+" "+string(verb))
				}
			}
			slices.Sort(list)
			return list
		}
		all := []string{
			"group /sales created", "group /sales/asia created", "group /sales/emea created", "role app:editor created", "role auditor created",
		}
		wantSame(t, changed(apply(withGroups(), true)), all)
		if n, err := f.store.CountGroups(f.ctx, identity.GroupFilter{}, 10); err != nil || n != 0 {
			t.Errorf("a dry run has left %d groups, %v", n, err)
		}
		wantSame(t, changed(apply(withGroups(), false)), all)
		wantSame(t, changed(apply(withGroups(), false)), []string(nil))
		wantSame(t, []string{f.told(t, "bob"), f.told(t, "eve"), f.told(t, "root")}, []string{
			"[/sales /sales/emea] [auditor editor]", "[/sales /sales/emea] [editor]", "[] []",
		})

		// What others have added stays, until the file has the last word.
		root, err := f.store.UserByUsername(f.ctx, "root")
		noError(t, err)
		asia, err := f.admin.Groups.At(f.ctx, "/sales/asia")
		noError(t, err)
		_, err = f.admin.Groups.AddMembers(f.ctx, asia.ID, []uuid.UUID{root.ID})
		noError(t, err)
		_, err = f.admin.Groups.Create(f.ctx, admin.NewGroup{Name: "below", ParentID: &asia.ID})
		noError(t, err)
		_, err = f.admin.Roles.Create(f.ctx, admin.NewRole{Name: "other"})
		noError(t, err)
		wantSame(t, changed(apply(withGroups(), false)), []string(nil))
		silent := withGroups()
		silent.Groups, silent.Roles, silent.Prune = nil, nil, true
		wantSame(t, changed(apply(silent, false)), []string(nil))
		pruned := withGroups()
		pruned.Prune = true
		pruned.Groups[1].Description = "All of them"
		pruned.Roles[1].Users, pruned.Roles[1].Groups = nil, []string{"/sales/emea"}
		wantSame(t, changed(apply(pruned, false)), []string{
			"group /sales updated", "group /sales/asia updated", "group /sales/asia/below deleted", "role app:editor updated", "role other deleted",
		})
		wantSame(t, []string{f.told(t, "root"), f.told(t, "eve")}, []string{"[] []", "[/sales /sales/emea] [editor]"})
		pruned.Groups, pruned.Roles = []admin.DesiredGroup{}, []admin.DesiredRole{}
		wantSame(t, changed(apply(pruned, false)), []string{
			"group /sales deleted", "group /sales/asia deleted", "group /sales/emea deleted", "role app:editor deleted", "role auditor deleted",
		})
	})
}

func TestFaultsOfDeclaredGroupsAndRolesHaveTheirPlaces(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	d := withGroups()
	d.Groups = append(d.Groups, admin.DesiredGroup{Path: "/SALES/emea"}, admin.DesiredGroup{Path: "sales"}, admin.DesiredGroup{Path: "/a/b"},
		admin.DesiredGroup{Path: "/1/2/3/4/5/6"}, admin.DesiredGroup{Path: "/x", Members: []string{"nobody", "bob", "Bob"}})
	d.Roles = append(d.Roles, admin.DesiredRole{Name: "AUDITOR"}, admin.DesiredRole{Client: "none", Name: "auditor"},
		admin.DesiredRole{Name: "a/b", Groups: []string{"/sales", "/gone", "no path"}, Users: []string{"nobody"}})
	err := f.admin.Declarations.Check(f.ctx, d)
	var fields []string
	for _, e := range identity.AllErrors(err) {
		fields = append(fields, e.Field)
	}
	want := []string{
		"groups[3].path", "groups[4].path", "groups[5].path", "groups[6].path", "groups[7].members[0]", "groups[7].members[2]",
		"roles[2].name", "roles[3].client", "roles[4].name", "roles[4].users[0]", "roles[4].groups[1]", "roles[4].groups[2]",
	}
	slices.Sort(fields)
	slices.Sort(want)
	wantSame(t, fields, want)
	f.untouched(t)
}
