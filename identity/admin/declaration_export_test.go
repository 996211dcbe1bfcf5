package admin_test

import (
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestAnExportLeavesOutWhatIsNotDeclared: what is built in, and clients that registered themselves with their roles.
func TestAnExportLeavesOutWhatIsNotDeclared(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := f.admin.Declarations.Apply(f.ctx, withGroups(), false)
	noError(t, err)
	app, err := f.store.ClientByClientID(f.ctx, "app")
	noError(t, err)
	app.Origin = identity.OriginOpen
	noError(t, f.store.UpdateClient(f.ctx, app))
	got, err := f.admin.Declarations.Export(f.ctx, admin.ExportOptions{Limit: 100})
	noError(t, err)
	names := func(n int, name func(i int) string) []string {
		var list []string
		for i := range n {
			list = append(list, name(i))
		}
		return list
	}
	wantSame(t, names(len(got.Clients), func(i int) string { return got.Clients[i].ClientID }), []string{"generated"})
	wantSame(t, names(len(got.Scopes), func(i int) string { return got.Scopes[i].Name }), []string{"tea"})
	wantSame(t, names(len(got.Roles), func(i int) string { return got.Roles[i].Name }), []string{"auditor"})
	wantSame(t, names(len(got.Users), func(i int) string { return got.Users[i].Username }), []string{"bob", "eve", "root"})
	wantSame(t, names(len(got.Groups), func(i int) string { return got.Groups[i].Path }), []string{"/sales", "/sales/asia", "/sales/emea"})
	wantSame(t, got.Groups[2].Members, []string{"bob", "eve"})
	for _, u := range got.Users {
		if u.PasswordHash != "" || !u.GeneratePassword {
			t.Errorf("%+v", u)
		}
	}
}

// TestAnExportIsBounded: what apply would not read is refused, by the name of the list.
func TestAnExportIsBounded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := f.admin.Declarations.Apply(f.ctx, desired(), false)
	noError(t, err)
	_, err = f.admin.Declarations.Export(f.ctx, admin.ExportOptions{Limit: 2})
	wantField(t, err, "users")
	_, err = f.admin.Declarations.Export(f.ctx, admin.ExportOptions{Limit: 2, WithoutUsers: true})
	noError(t, err)
}

// TestHashesAreExportedOnlyToWhoMayReadThem: nobody else is told them, whatever else they may read.
func TestHashesAreExportedOnlyToWhoMayReadThem(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root := f.user(t, "root", administrator)
	ctx := f.as(root, scopesTogether["Declarations.Export"]...)
	_, err := f.admin.Declarations.Export(ctx, admin.ExportOptions{Limit: 100})
	noError(t, err)
	_, err = f.admin.Declarations.Export(ctx, admin.ExportOptions{Limit: 100, Secrets: true})
	wantError(t, err, coded(identity.CodeInsufficientScope))
}
