package admin_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// givenByAdministrators are the ways in which an administrator makes the password of a user, who is there already or not.
// All but the last two make one that must be changed.
var givenByAdministrators = map[string]func(f *fixture, alice uuid.UUID) (user identity.User, password string, err error){
	"created with a generated one": func(f *fixture, alice uuid.UUID) (identity.User, string, error) {
		return f.admin.Users.Create(f.ctx, admin.NewUser{Username: "new", Email: "new@example.org", GeneratePassword: true})
	},
	"created with a chosen one": func(f *fixture, alice uuid.UUID) (identity.User, string, error) {
		n := admin.NewUser{Username: "new", Email: "new@example.org", Password: passphrase, RequiresPasswordChange: true}
		user, _, err := f.admin.Users.Create(f.ctx, n)
		return user, passphrase, err
	},
	"reset": func(f *fixture, alice uuid.UUID) (identity.User, string, error) {
		reset, err := f.admin.Users.ResetPassword(f.ctx, alice)
		return reset.User, reset.Temporary, err
	},
	"reset among others": func(f *fixture, alice uuid.UUID) (identity.User, string, error) {
		outcomes, err := f.admin.Users.BulkResetPasswords(f.ctx, []uuid.UUID{alice}, false)
		if err != nil {
			return identity.User{}, "", err
		}
		return identity.User{ID: alice}, outcomes[0].Temporary, nil
	},
	"set, to be changed": func(f *fixture, alice uuid.UUID) (identity.User, string, error) {
		const next = "quiet copper meadow 41"
		user, err := f.admin.Users.Update(f.ctx, alice, admin.UserChange{Password: ptr(next), RequiresPasswordChange: ptr(true)}, nil)
		return user, next, err
	},
	"declared": func(f *fixture, alice uuid.UUID) (identity.User, string, error) {
		n := admin.NewUser{Username: "new", Email: "new@example.org", Password: passphrase, RequiresPasswordChange: true}
		if _, err := f.admin.Declarations.Apply(f.ctx, admin.Desired{Users: []admin.DesiredUser{{NewUser: n}}}, false); err != nil {
			return identity.User{}, "", err
		}
		user, err := f.store.UserByUsername(f.ctx, "new")
		return user, passphrase, err
	},
	"set for good": func(f *fixture, alice uuid.UUID) (identity.User, string, error) {
		const next = "quiet copper meadow 41"
		user, err := f.admin.Users.Update(f.ctx, alice, admin.UserChange{Password: ptr(next)}, nil)
		return user, next, err
	},
	"the user's own, to be changed": func(f *fixture, alice uuid.UUID) (identity.User, string, error) {
		user, err := f.admin.Users.Update(f.ctx, alice, admin.UserChange{RequiresPasswordChange: ptr(true)}, nil)
		return user, passphrase, err
	},
}

// TestATemporaryPasswordEnds: whoever made it, it is refused after seven days, is audited, and a new one
// helps. One that the user has chosen or may keep has no end.
func TestATemporaryPasswordEnds(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	for name, give := range givenByAdministrators {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachStore(t, func(t *testing.T, f *fixture) {
				user, secret, err := give(f, f.user(t, "alice").ID)
				noError(t, err)
				user = f.reread(t, user)
				if name == "set for good" || name == "the user's own, to be changed" {
					if user.Password.ExpiresAt != nil {
						t.Errorf("ends at %v", user.Password.ExpiresAt)
					}
					f.advance(100 * week)
					noError(t, f.try(user.Username, secret))
					return
				}
				wantSame(t, *user.Password.ExpiresAt, f.Now().Add(week))
				f.advance(week - time.Second)
				started, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: user.Username, Password: secret})
				noError(t, err)
				f.advance(time.Second)
				wantError(t, f.try(user.Username, secret), identity.ErrPasswordExpired)
				wantSame(t, f.audit(t, identity.ActionSignInFailed)[0].Reason, "expired")
				wantSame(t, f.reread(t, user).FailedAttempts, 0) // nobody guesses
				// Nor does it go on in a session that began with it.
				_, err = f.Sessions.FromCookie(f.ctx, started.Secret)
				wantError(t, err, identity.ErrSessionNotFound)
				for _, current := range []string{secret, ""} { // typed again, or proven a moment ago
					change := identity.PasswordChange{Current: current, Next: "slow amber harbour 23"}
					_, err = f.SignIn.ChangePassword(f.ctx, started.Session, change)
					wantError(t, err, identity.ErrSessionNotFound)
				}

				reset, err := f.admin.Users.ResetPassword(f.ctx, user.ID)
				noError(t, err)
				started, err = f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: user.Username, Password: reset.Temporary})
				noError(t, err)
				_, err = f.SignIn.ChangePassword(f.ctx, started.Session, identity.PasswordChange{Next: "slow amber harbour 23"})
				noError(t, err)
				if end := f.reread(t, user).Password.ExpiresAt; end != nil {
					t.Errorf("the password that the user has chosen ends at %v", end)
				}
				f.advance(100 * week)
				noError(t, f.try(user.Username, "slow amber harbour 23"))
			})
		})
	}
}

// TestWhatNeedNotBeChangedHasNoEnd: an administrator takes the demand back, of one user or of several.
func TestWhatNeedNotBeChangedHasNoEnd(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, f *fixture) {
		for name, take := range map[string]func(id uuid.UUID) error{
			"one": func(id uuid.UUID) error {
				_, err := f.admin.Users.Update(f.ctx, id, admin.UserChange{RequiresPasswordChange: ptr(false)}, nil)
				return err
			},
			"several": func(id uuid.UUID) error {
				return firstOutcome(f.admin.Users.BulkUpdate(f.ctx, []uuid.UUID{id}, identity.UserFlags{RequiresPasswordChange: ptr(false)}, false))
			},
		} {
			user := f.user(t, name)
			reset, err := f.admin.Users.ResetPassword(f.ctx, user.ID)
			noError(t, err)
			noError(t, take(user.ID))
			if end := f.reread(t, user).Password.ExpiresAt; end != nil {
				t.Errorf("%s: ends at %v", name, end)
			}
			f.advance(1000 * time.Hour)
			noError(t, f.try(name, reset.Temporary))

			over := f.user(t, name+"2")
			_, err = f.admin.Users.ResetPassword(f.ctx, over.ID)
			noError(t, err)
			f.advance(1000 * time.Hour)
			wantError(t, take(over.ID), coded(identity.CodeValidation)) // would bring back what has expired, for good
			if u := f.reread(t, over); !u.RequiresPasswordChange || u.Password.ExpiresAt == nil {
				t.Errorf("%s: %+v", name, u)
			}
		}
	})
}

// TestATemporaryPasswordMayHaveNoEnd: AUTHLY_TEMPORARY_PASSWORD_TTL=0, and hashes that are imported, whose users may come at
// any time.
func TestATemporaryPasswordMayHaveNoEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(s *identity.Settings) { s.TemporaryPassword = 0 })
	reset, err := f.admin.Users.ResetPassword(f.ctx, f.user(t, "alice").ID)
	noError(t, err)
	f = newFixture(t)
	imported, _, err := f.admin.Users.Create(f.ctx, admin.NewUser{
		Username: "bob", Email: "bob@example.org", PasswordHash: hashed(), RequiresPasswordChange: true,
	})
	noError(t, err)
	if reset.User.Password.ExpiresAt != nil || imported.Password.ExpiresAt != nil {
		t.Errorf("end at %v and %v", reset.User.Password.ExpiresAt, imported.Password.ExpiresAt)
	}
}

// TestNoPasswordIsMadeThatNobodyCanUse: where people sign in with passkeys alone, a link lets them in.
func TestNoPasswordIsMadeThatNobodyCanUse(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	alice := f.user(t, "alice")
	settings := *f.deps.Settings.Get()
	settings.Passkeys = identity.PasskeysOnly
	f.deps.Settings.Set(settings)
	_, err := f.admin.Users.ResetPassword(f.ctx, alice.ID)
	wantError(t, err, coded(identity.CodePasswordsOff))
	_, err = f.admin.Users.BulkResetPasswords(f.ctx, []uuid.UUID{alice.ID}, false)
	wantError(t, err, coded(identity.CodePasswordsOff))
	user, temporary, err := f.admin.Users.Create(f.ctx, admin.NewUser{Username: "new", Email: "new@example.org", GeneratePassword: true})
	noError(t, err)
	if temporary != "" || user.Password.Hash != "" || user.RequiresPasswordChange || user.Password.ExpiresAt != nil {
		t.Errorf("the user is %+v, with %q", user, temporary)
	}
	made, err := f.admin.Users.CreateRecoveryLink(f.ctx, admin.NewRecoveryLink{UserID: user.ID, TTL: time.Hour})
	noError(t, err)
	if made.Link.URL == "" {
		t.Error("there is no link")
	}
}
