package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity/admin"
)

// TestGroupsAndRolesAreRead: and a file that says nothing of them is told from one that has none.
func TestGroupsAndRolesAreRead(t *testing.T) {
	t.Parallel()
	got := parsed(t, `
groups: [{ path: /sales, description: All }, { path: /sales/emea, members: [bob] }, { path: /empty, members: [] }]
roles: [{ name: auditor, users: [bob] }, { client: shop, name: editor, description: Edits, groups: [/sales] }]
`)
	groups := []admin.DesiredGroup{
		{Path: "/sales", Description: "All"}, {Path: "/sales/emea", Members: []string{"bob"}}, {Path: "/empty", Members: []string{}},
	}
	roles := []admin.DesiredRole{
		{Name: "auditor", Users: []string{"bob"}}, {Client: "shop", Name: "editor", Description: "Edits", Groups: []string{"/sales"}},
	}
	if diff := cmp.Diff(groups, got.Groups) + cmp.Diff(roles, got.Roles); diff != "" {
		t.Error(diff)
	}
	none, silent := parsed(t, "groups: []\nroles: []\n"), parsed(t, "groups:\nusers: []\n")
	if none.Groups == nil || none.Roles == nil || silent.Groups != nil || silent.Roles != nil {
		t.Errorf("%#v, %#v", none, silent)
	}
}
