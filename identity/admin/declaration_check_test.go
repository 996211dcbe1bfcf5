package admin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// refusals returns what an error says of each field, in order.
func refusals(err error) []string {
	var list []string
	if err != nil {
		for _, e := range identity.AllErrors(err) {
			list = append(list, e.Message())
		}
	}
	return list
}

// untouched checks that a refused declaration has left nothing.
func (f *fixture) untouched(t *testing.T) {
	t.Helper()
	users, err := f.admin.Users.Count(f.ctx, admin.UserList{})
	noError(t, err)
	scopes, err := f.store.Scopes(f.ctx)
	noError(t, err)
	clients, err := f.store.Clients(f.ctx)
	noError(t, err)
	if users.Value != 0 || len(scopes) != 0 || len(clients) != 0 || len(f.audit(t, "")) != 0 {
		t.Error("something of a refused declaration stays")
	}
}

// TestApplyRefusesTheSameEntryTwice: whatever its case, with the paths of both.
func TestApplyRefusesTheSameEntryTwice(t *testing.T) {
	t.Parallel()
	const upper = "HTTPS://NOTES.example/callback"
	eachStore(t, func(t *testing.T, f *fixture) {
		for name, test := range map[string]struct {
			repeat func(d *admin.Desired)
			want   string
		}{
			"a username": {func(d *admin.Desired) {
				d.Users = append(d.Users, admin.DesiredUser{NewUser: admin.NewUser{Username: "Root", Email: "x@example.org", GeneratePassword: true}})
			}, "users[3].username is the same as users[0].username."},
			"an address": {func(d *admin.Desired) { d.Users[2].Email = "BOB@Example.org" }, "users[2].email is the same as users[1].email."},
			"a username that somebody else prefers": {
				func(d *admin.Desired) { d.Users[0].Claims.PreferredUsername = "Eve" },
				"users[0].preferred_username is the same as users[2].username.",
			},
			"a client": {func(d *admin.Desired) { d.Clients[1].ClientID = "App" }, "clients[1].client_id is the same as clients[0].client_id."},
			"a scope": {
				func(d *admin.Desired) { d.Scopes = append(d.Scopes, identity.Scope{Name: "TEA"}) },
				"scopes[1].name is the same as scopes[0].name.",
			},
			"a resource": {func(d *admin.Desired) {
				d.Resources = append(d.Resources, identity.Resource{URI: strings.Replace(api, "https", "HTTPS", 1)})
			}, "resources[1].uri is the same as resources[0].uri."},
			"a scope of a resource": {
				func(d *admin.Desired) { d.Resources[0].Scopes = []string{"tea", "tea"} },
				"resources[0].scopes[1] is the same as resources[0].scopes[0].",
			},
			"a redirect URI": {
				func(d *admin.Desired) {
					d.Clients[0].Metadata.RedirectURIs = []string{"https://notes.example/callback", upper}
				},
				"clients[0].redirect_uris[1] is the same as clients[0].redirect_uris[0].",
			},
			"a URI after logout": {func(d *admin.Desired) {
				d.Clients[0].Metadata.PostLogoutRedirectURIs = []string{upper, callback, "https://notes.example/callback"}
			}, "clients[0].post_logout_redirect_uris[2] is the same as clients[0].post_logout_redirect_uris[0]."},
			"an audience": {func(d *admin.Desired) {
				policy := identity.DefaultPolicy()
				policy.Audiences = []string{api, api}
				d.Clients[0].Policy = &policy
			}, "clients[0].audiences[1] is the same as clients[0].audiences[0]."},
		} {
			d := desired()
			d.Users[0].Claims.PreferredUsername = ""
			test.repeat(&d)
			_, err := f.admin.Declarations.Apply(f.ctx, d, false)
			if got := refusals(err); len(got) != 1 || got[0] != test.want {
				t.Errorf("%s: %q", name, got)
			}
			f.untouched(t)
		}
	})
}

// TestWhatDiffersIsNotTheSame: the case of a path counts, and the same URI may be in two clients.
func TestWhatDiffersIsNotTheSame(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	d := desired()
	d.Clients[0].Metadata.RedirectURIs = []string{"https://notes.example/a", "https://notes.example/A", "https://notes.example/a/"}
	d.Clients[1].Metadata.RedirectURIs = d.Clients[0].Metadata.RedirectURIs
	_, err := f.admin.Declarations.Apply(f.ctx, d, false)
	noError(t, err)
}

// TestApplyTellsEveryFaultAtOnce: those of every kind of entry, and those that only the database knows of.
func TestApplyTellsEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		noError(t, f.admin.Clients.EnsureBuiltIn(f.ctx, "playground", metadata(), identity.DefaultPolicy()))
		f.user(t, "olga")
		events := len(f.audit(t, ""))
		d := desired()
		d.Users[0].Password = "short"
		d.Users[1].Username, d.Users[1].Claims.Locale = "b", "?"
		d.Users[2].Email, d.Users[2].PasswordHash, d.Users[2].Claims.PreferredUsername = "Olga@example.org", "md5", "Olga"
		d.Scopes[0].Name = "a b"
		d.Resources[0].URI = "x"
		d.Clients[0].Secret = "short"
		d.Clients[0].Metadata.RedirectURIs = []string{callback, "http://notes.example/"}
		d.Clients[1].ClientID, d.Clients[1].Metadata.Scope = "playground", `"`
		policy := identity.DefaultPolicy()
		policy.DefaultResource = "https://nowhere.example"
		d.Clients[1].Policy = &policy
		_, err := f.admin.Declarations.Apply(f.ctx, d, false)
		var fields []string
		if err != nil {
			for _, e := range identity.AllErrors(err) {
				fields = append(fields, e.Field)
			}
		}
		wantSame(t, fields, []string{
			"users[0].password", "users[1].username", "users[1].locale", "users[2].password_hash", "users[2].email", "users[2].preferred_username",
			"scopes[0].name", "resources[0].uri", "clients[0].redirect_uris[1]", "clients[0].client_secret",
			"clients[1].scope", "clients[1].client_id", "clients[1].default_resource",
		})
		if got := len(f.audit(t, "")); got != events {
			t.Errorf("%d events", got-events)
		}
		if _, err := f.store.UserByUsername(f.ctx, "root"); err == nil {
			t.Error("a user of a refused declaration stays")
		}
	})
}

// TestTheFaultsOfALongDeclarationAreAllTold: of each entry, and each with the place of its own.
func TestTheFaultsOfALongDeclarationAreAllTold(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	d := admin.Desired{
		Scopes: slices.Repeat([]identity.Scope{{Name: "a b"}}, 1000), Place: func(path string) string { return "<" + path + ">" },
	}
	got := refusals(f.admin.Declarations.Check(f.ctx, d))
	if len(got) != 1999 || got[1] != "scopes[1].name is the same as <scopes[0].name>." ||
		!strings.HasPrefix(got[1998], "scopes[999].name must be") {
		t.Errorf("%d faults: %q", len(got), got[:min(2, len(got))])
	}
	f.untouched(t)
}

// TestNamesAreFolded as people take them for the same, however they are written.
func TestNamesAreFolded(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	user := func(name, email string) admin.DesiredUser {
		return admin.DesiredUser{NewUser: admin.NewUser{Username: name, Email: email, GeneratePassword: true}}
	}
	d := desired()
	d.Users = append(d.Users,
		user("\uff22\uff4f\uff42", "\uff42ob@example.org"), user("ROOT", "\u212aim@example.org"), user("kim", "kim@example.org"))
	d.Users[1].Claims.PreferredUsername = "\uff45ve"
	d.Clients = append(d.Clients, d.Clients[0])
	d.Clients[2].ClientID = "APP"
	d.Scopes = append(d.Scopes, identity.Scope{Name: "Tea"})
	d.Resources = append(d.Resources, identity.Resource{URI: strings.Replace(api, "api", "API", 1)})
	policy := identity.DefaultPolicy()
	policy.Audiences = []string{api, d.Resources[1].URI}
	d.Clients[1].Policy = &policy
	var same []string
	for _, text := range refusals(f.admin.Declarations.Check(f.ctx, d)) {
		if strings.Contains(text, " is the same as ") {
			same = append(same, text)
		}
	}
	wantSame(t, same, []string{
		"users[3].username is the same as users[1].username.",
		"users[4].username is the same as users[0].username.",
		"users[1].preferred_username is the same as users[2].username.",
		"users[3].email is the same as users[1].email.",
		"users[5].email is the same as users[4].email.",
		"scopes[1].name is the same as scopes[0].name.",
		"resources[1].uri is the same as resources[0].uri.",
		"clients[1].audiences[1] is the same as clients[1].audiences[0].",
		"clients[2].client_id is the same as clients[0].client_id.",
	})
}

// TestADefaultResourceIsThere: it is declared, registered, and stays so, or is the issuer. Scopes and audiences may have any
// name: an application registers the words that its API understands.
func TestADefaultResourceIsThere(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		const other = "https://other.example.org"
		_, err := f.admin.Scopes.SaveResource(f.ctx, identity.Resource{URI: other})
		noError(t, err)
		d := desired()
		policy := identity.DefaultPolicy()
		policy.Audiences, policy.DefaultResource = []string{api, "https://nowhere.example.org", issuer}, other
		d.Clients[0].Metadata.Scope, d.Clients[0].Policy = "openid tea cups admin:users:read", &policy
		d.Resources[0].Scopes = []string{"tea", "cups", "profile"}
		noError(t, f.admin.Declarations.Check(f.ctx, d))

		refused := []string{"clients[0].default_resource must be the URI of a registered resource, or the issuer."}
		d.Prune = true
		wantSame(t, refusals(f.admin.Declarations.Check(f.ctx, d)), refused)
		d.Prune, policy.DefaultResource = false, "https://nowhere.example.org"
		wantSame(t, refusals(f.admin.Declarations.Check(f.ctx, d)), refused)
	})
}
