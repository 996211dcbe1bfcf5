package admin_test

import (
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestApplyNeverBringsAnInitialPasswordBack: whichever way the file gave the user the first password, the one that the
// user has chosen since stays, with everything that hangs on it.
func TestApplyNeverBringsAnInitialPasswordBack(t *testing.T) {
	t.Parallel()
	const chosen = "another otter 20 river"
	eachStore(t, func(t *testing.T, f *fixture) {
		for name, first := range map[string]admin.DesiredUser{
			"anna":  {NewUser: admin.NewUser{Password: passphrase}},
			"berta": {NewUser: admin.NewUser{Password: passphrase, RequiresPasswordChange: true}},
			"clara": {NewUser: admin.NewUser{PasswordHash: hashed()}},
			"dora":  {NewUser: admin.NewUser{PasswordHash: hashed(), RequiresPasswordChange: true}},
			"emma":  {NewUser: admin.NewUser{GeneratePassword: true}},
		} {
			first.Username, first.Email, first.Verified = name, name+"@example.org", true
			d := admin.Desired{Users: []admin.DesiredUser{first}}
			done, err := f.admin.Declarations.Apply(f.ctx, d, false)
			noError(t, err)
			user, err := f.admin.Users.Get(f.ctx, identity.UserBy{Username: name})
			noError(t, err)
			if user.RequiresPasswordChange != (first.RequiresPasswordChange || first.GeneratePassword) {
				t.Errorf("%s: must change the password: %v", name, user.RequiresPasswordChange)
			}
			initial := passphrase
			if done[0].Secret != "" {
				initial = done[0].Secret
			}
			started, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: name, Password: initial})
			noError(t, err)
			changed, err := f.SignIn.ChangePassword(f.ctx, started.Session, identity.PasswordChange{Current: initial, Next: chosen})
			noError(t, err)
			user = f.reread(t, user)
			grant := f.offline(t, f.client(t, "app-"+name), identity.BrowserSession{Session: changed.Session, User: user})
			events := len(f.audit(t, ""))
			for range 2 {
				done, err = f.admin.Declarations.Apply(f.ctx, d, false)
				noError(t, err)
				if len(done) != 1 || done[0].Verb != admin.Unchanged || done[0].Secret != "" {
					t.Errorf("%s: applied again: %+v", name, done)
				}
			}
			wantSame(t, f.reread(t, user), user)
			if got := len(f.audit(t, "")); got != events {
				t.Errorf("%s: %d events", name, got-events)
			}
			if s := f.session(t, changed.Session.ID); s.EndedAt != nil {
				t.Errorf("%s: the session ended as %q", name, s.EndReason)
			}
			if g := f.grant(t, grant.ID); g.EndedAt != nil {
				t.Errorf("%s: the grant ended", name)
			}
			noError(t, f.try(name, chosen))
			wantError(t, f.try(name, initial), identity.ErrInvalidCredentials)
		}
	})
}

// TestADeclaredPasswordThatIsResetStaysThePassword: a file that says so is the truth about the password.
func TestADeclaredPasswordThatIsResetStaysThePassword(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		robot := admin.DesiredUser{
			NewUser:       admin.NewUser{Username: "robot", Email: "robot@example.org", Password: passphrase, Verified: true},
			ResetPassword: true,
		}
		d := admin.Desired{Users: []admin.DesiredUser{robot}}
		apply := func() admin.Verb {
			t.Helper()
			done, err := f.admin.Declarations.Apply(f.ctx, d, false)
			noError(t, err)
			return done[0].Verb
		}
		if first, second := apply(), apply(); first != admin.Created || second != admin.Unchanged {
			t.Errorf("%s, then %s", first, second)
		}
		started, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: "robot", Password: passphrase})
		noError(t, err)
		_, err = f.SignIn.ChangePassword(f.ctx, started.Session, identity.PasswordChange{Current: passphrase, Next: "another otter 20 river"})
		noError(t, err)
		if verb := apply(); verb != admin.Updated {
			t.Errorf("%s", verb)
		}
		noError(t, f.try("robot", passphrase))
	})
}

func TestAPasswordIsResetOnlyWhereOneIsDeclaredForGood(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, n := range map[string]admin.NewUser{
		"a hash":             {PasswordHash: hashed()},
		"a generated one":    {GeneratePassword: true},
		"one to be replaced": {Password: passphrase, RequiresPasswordChange: true},
	} {
		n.Username, n.Email = "robot", "robot@example.org"
		_, err := f.admin.Declarations.Apply(f.ctx, admin.Desired{Users: []admin.DesiredUser{{NewUser: n, ResetPassword: true}}}, false)
		if err == nil {
			t.Errorf("%s is reset", name)
		}
	}
}
