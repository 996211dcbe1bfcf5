package admin_test

import (
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func desired() admin.Desired {
	var m identity.ClientMetadata
	m.RedirectURIs, m.Scope = []string{callback}, "openid tea"
	return admin.Desired{
		Users: []admin.DesiredUser{
			{NewUser: admin.NewUser{
				Username: "root", Email: "root@example.org", Password: passphrase, Admin: true, Verified: true, Claims: everyClaim(),
			}},
			{NewUser: admin.NewUser{Username: "bob", Email: "bob@example.org", GeneratePassword: true}},
			{NewUser: admin.NewUser{Username: "eve", Email: "eve@example.org", PasswordHash: hashed()}},
		},
		Scopes:    []identity.Scope{{Name: "tea", Description: "Read tea", Default: true}},
		Resources: []identity.Resource{{URI: api, Name: "API", Scopes: []string{"tea"}}},
		Clients: []admin.NewClient{
			{ClientID: "app", Secret: strings.Repeat("s", 32), Metadata: m},
			{ClientID: "generated", Metadata: m},
		},
	}
}

// verbs returns what was done by kind and name.
func verbs(done []admin.Applied) map[string]admin.Verb {
	out := map[string]admin.Verb{}
	for _, a := range done {
		out[string(a.Kind)+" "+a.Name] = a.Verb
	}
	return out
}

func TestApply(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	done, err := f.admin.Declarations.Apply(f.ctx, desired(), false)
	noError(t, err)
	secrets := map[string]string{}
	for _, a := range done {
		if a.Kind == identity.TargetUser || a.Kind == identity.TargetClient {
			if a.Verb != admin.Created {
				t.Errorf("%s was %s", a.Name, a.Verb)
			}
		}
		if a.Secret != "" {
			secrets[a.Name] = a.Secret
		}
	}
	if len(done) != 7 || len(secrets) != 2 || len(secrets["bob"]) != 12 || len(secrets["generated"]) != 43 {
		t.Fatalf("%d things were done, %d secrets made", len(done), len(secrets))
	}
	noError(t, f.try("root", passphrase))
	noError(t, f.try("bob", secrets["bob"]))
	noError(t, f.try("eve", passphrase))
	bob, err := f.admin.Users.Get(f.ctx, identity.UserBy{Username: "bob"})
	noError(t, err)
	if !bob.RequiresPasswordChange {
		t.Error("a generated password need not be changed")
	}
	root, err := f.admin.Users.Get(f.ctx, identity.UserBy{Username: "root"})
	noError(t, err)
	wantSame(t, root.Claims, everyClaim())
	app, err := f.ClientAuth.Find(f.ctx, "app")
	noError(t, err)
	if !f.ClientAuth.ProveSecret(app, strings.Repeat("s", 32)) {
		t.Error("the declared secret does not prove the client")
	}
	text := f.auditText(t)
	for _, secret := range []string{secrets["bob"], secrets["generated"], strings.Repeat("s", 32), passphrase} {
		if strings.Contains(text, secret) {
			t.Error("a secret is in the audit trail")
		}
	}
}

func TestApplyTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	first, err := f.admin.Declarations.Apply(f.ctx, desired(), false)
	noError(t, err)
	events := len(f.audit(t, ""))
	second, err := f.admin.Declarations.Apply(f.ctx, desired(), false)
	noError(t, err)
	if len(second) != len(first) {
		t.Errorf("%d things instead of %d", len(second), len(first))
	}
	for _, a := range second {
		if a.Verb != admin.Unchanged || a.Secret != "" {
			t.Errorf("%s %s was %s", a.Kind, a.Name, a.Verb)
		}
	}
	if got := len(f.audit(t, "")); got != events {
		t.Errorf("%d events", got-events)
	}
}

func TestApplyChangesWhatDiffers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := f.admin.Declarations.Apply(f.ctx, desired(), false)
	noError(t, err)
	want := desired()
	const next = "another otter 20 river"
	want.Users[0].Password, want.Users[0].ResetPassword = next, true
	want.Users[1].Email = "robert@example.org"
	want.Scopes[0].Description = "Drink tea"
	want.Resources[0].Scopes = nil
	want.Clients[0].Secret = strings.Repeat("t", 32)
	want.Clients[1].Inactive = true
	done, err := f.admin.Declarations.Apply(f.ctx, want, false)
	noError(t, err)
	wantSame(t, verbs(done), map[string]admin.Verb{
		"user root": admin.Updated, "user bob": admin.Updated, "user eve": admin.Unchanged, "scope tea": admin.Updated,
		"resource " + api: admin.Updated, "client app": admin.Updated, "client generated": admin.Updated,
	})
	noError(t, f.try("root", next))
	wantError(t, f.try("root", passphrase), identity.ErrInvalidCredentials)
	app, err := f.ClientAuth.Find(f.ctx, "app")
	noError(t, err)
	if f.ClientAuth.ProveSecret(app, strings.Repeat("s", 32)) || !f.ClientAuth.ProveSecret(app, strings.Repeat("t", 32)) {
		t.Error("the new secret is not the only one")
	}
}

func TestADeclaredPasswordThatIsResetEndsAccessWhenItChanges(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := f.admin.Declarations.Apply(f.ctx, desired(), false)
	noError(t, err)
	root, err := f.admin.Users.Get(f.ctx, identity.UserBy{Username: "root"})
	noError(t, err)
	b := f.signIn(t, root)
	_, err = f.admin.Declarations.Apply(f.ctx, desired(), false)
	noError(t, err)
	if f.session(t, b.Session.ID).EndedAt != nil {
		t.Error("applying the same signs people out")
	}
	want := desired()
	want.Users[0].Password, want.Users[0].ResetPassword = "another otter 20 river", true
	_, err = f.admin.Declarations.Apply(f.ctx, want, false)
	noError(t, err)
	if s := f.session(t, b.Session.ID); s.EndReason != identity.EndPasswordReset {
		t.Errorf("the session ended as %q", s.EndReason)
	}
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	dry, err := f.admin.Declarations.Apply(f.ctx, desired(), true)
	noError(t, err)
	if list, _ := f.admin.Users.Count(f.ctx, admin.UserList{}); list.Value != 0 || len(f.audit(t, "")) != 0 {
		t.Error("a dry run leaves something behind")
	}
	done, err := f.admin.Declarations.Apply(f.ctx, desired(), false)
	noError(t, err)
	wantSame(t, verbs(dry), verbs(done))
}

func TestPrune(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	noError(t, f.admin.Scopes.EnsureBuiltIn(f.ctx))
	noError(t, f.admin.Clients.EnsureBuiltIn(f.ctx, "playground", metadata(), identity.DefaultPolicy()))
	_, err := f.admin.Declarations.Apply(f.ctx, desired(), false)
	noError(t, err)
	want := admin.Desired{Clients: desired().Clients[:1]}
	done, err := f.admin.Declarations.Apply(f.ctx, want, false)
	noError(t, err)
	wantSame(t, verbs(done), map[string]admin.Verb{"client app": admin.Unchanged})
	want.Prune = true
	done, err = f.admin.Declarations.Apply(f.ctx, want, false)
	noError(t, err)
	wantSame(t, verbs(done), map[string]admin.Verb{
		"client app": admin.Unchanged, "client generated": admin.Deleted, "scope tea": admin.Deleted, "resource " + api: admin.Deleted,
	})
	if users, _ := f.admin.Users.Count(f.ctx, admin.UserList{}); users.Value != 3 {
		t.Errorf("%d users are left", users.Value)
	}
	if _, err := f.ClientAuth.Find(f.ctx, "playground"); err != nil {
		t.Errorf("a built-in client is gone: %v", err)
	}
	if scopes, _ := f.store.Scopes(f.ctx); len(scopes) != len(identity.BuiltInScopes()) {
		t.Errorf("%d scopes are left", len(scopes))
	}
}

// TestApplyIsAllOrNothing: a fault in the last thing undoes the first.
func TestApplyIsAllOrNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(d *admin.Desired)
		names string // what the error must name
		want  error
	}{
		"a bad client":        {func(d *admin.Desired) { d.Clients[1].Metadata.RedirectURIs = nil }, "clients[1].redirect_uris", coded(identity.CodeValidation)},
		"a bad scope":         {func(d *admin.Desired) { d.Scopes[0].Name = "a b" }, "scopes[0].name", coded(identity.CodeValidation)},
		"a bad resource":      {func(d *admin.Desired) { d.Resources[0].URI = "x" }, "resources[0].uri", coded(identity.CodeInvalidTarget)},
		"a bad claim":         {func(d *admin.Desired) { d.Users[2].Claims.Locale = "?" }, "users[2].locale", coded(identity.CodeValidation)},
		"a weak password":     {func(d *admin.Desired) { d.Users[0].Password = "password1" }, "", coded(identity.CodePasswordPolicy)},
		"two credentials":     {func(d *admin.Desired) { d.Users[0].GeneratePassword = true }, "", coded(identity.CodeRequired)},
		"the same address":    {func(d *admin.Desired) { d.Users[2].Email = "BOB@example.org" }, "users[2].email", coded(identity.CodeValidation)},
		"the name of another": {func(d *admin.Desired) { d.Users[2].Username = "Root" }, "users[2].username", coded(identity.CodeValidation)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			d := desired()
			test.spoil(&d)
			_, err := f.admin.Declarations.Apply(f.ctx, d, false)
			if err == nil || !strings.Contains(err.Error(), test.names) {
				t.Fatalf("got %v, which does not name %s", err, test.names)
			}
			if test.want != nil {
				wantError(t, err, test.want)
			}
			if users, _ := f.admin.Users.Count(f.ctx, admin.UserList{}); users.Value != 0 {
				t.Errorf("%d users stay", users.Value)
			}
			if scopes, _ := f.store.Scopes(f.ctx); len(scopes) != 0 || len(f.audit(t, "")) != 0 {
				t.Error("something stays")
			}
		})
	}
}

func TestApplyRespectsTheRules(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	noError(t, f.admin.Clients.EnsureBuiltIn(f.ctx, "playground", metadata(), identity.DefaultPolicy()))
	_, err := f.admin.Declarations.Apply(f.ctx, admin.Desired{Clients: []admin.NewClient{{ClientID: "playground", Metadata: metadata()}}}, false)
	wantField(t, err, "clients[0].client_id")
	_, err = f.admin.Declarations.Apply(f.ctx, desired(), false)
	noError(t, err)
	d := desired()
	d.Users[0].Admin = false
	_, err = f.admin.Declarations.Apply(f.ctx, d, false)
	wantError(t, err, identity.ErrLastAdmin)
}
