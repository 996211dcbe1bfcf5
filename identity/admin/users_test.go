package admin_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/password"
)

// everyClaim has no zero field.
func everyClaim() identity.Claims {
	return identity.Claims{
		Name: "Alice Pleasance Liddell", GivenName: "Alice", FamilyName: "Liddell", MiddleName: "Pleasance", Nickname: "Al",
		PreferredUsername: "al", Profile: "https://example.org/al", Picture: "https://example.org/al.png",
		Website: "https://al.example.org", Gender: "female", Birthdate: "0000-05-04", Zoneinfo: "Europe/London", Locale: "en-GB",
		PhoneNumber: "+441865276150", PhoneNumberVerified: true,
		Address: &identity.Address{
			Formatted: "Christ Church\nOxford", StreetAddress: "St Aldate's", Locality: "Oxford", Region: "Oxfordshire",
			PostalCode: "OX1 1DP", Country: "United Kingdom",
		},
	}
}

func TestCreateUser(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	created, temporary, err := f.admin.Users.Create(f.ctx, admin.NewUser{
		Username: "Alice.L", Email: "Alice@Example.org", Password: passphrase, Inactive: true, Verified: true, Admin: true,
		RequiresPasswordChange: true, Claims: everyClaim(),
	})
	noError(t, err)
	if temporary != "" {
		t.Error("a password was generated")
	}
	want := identity.User{
		ID: created.ID, Username: "Alice.L", Email: "Alice@Example.org",
		Password: identity.PasswordCredential{
			Hash: created.Password.Hash, ChangedAt: &start, ExpiresAt: ptr(start.Add(7 * 24 * time.Hour)),
		},
		Verified: true, Admin: true, RequiresPasswordChange: true, CreatedBy: "operator", CreatedAt: start, UpdatedAt: start,
		Version: 1, Claims: everyClaim(),
	}
	for name, by := range map[string]identity.UserBy{
		"id": {ID: created.ID}, "username in other case": {Username: "aLICE.l"}, "address in other case": {Email: "aLICE@eXAMPLE.ORG"},
	} {
		got, err := f.admin.Users.Get(f.ctx, by)
		if err != nil {
			t.Fatalf("by %s: %v", name, err)
		}
		wantSame(t, got, want)
	}
	if proof, err := f.deps.Hasher.Verify(t.Context(), passphrase, created.Password.Hash); !proof.OK || err != nil {
		t.Errorf("the password does not verify: %v", err)
	}
	for _, by := range []identity.UserBy{{}, {ID: uuid.New()}, {Username: "nobody"}, {Email: "no@example.org"}} {
		_, err := f.admin.Users.Get(f.ctx, by)
		wantError(t, err, identity.ErrUserNotFound)
	}
}

func TestGeneratedPassword(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u, temporary, err := f.admin.Users.Create(f.ctx, admin.NewUser{Username: "bob", Email: "bob@example.org", GeneratePassword: true})
	noError(t, err)
	if len(temporary) != 12 || !u.RequiresPasswordChange || !u.Active {
		t.Errorf("password of %d characters, user %+v", len(temporary), u)
	}
	if proof, err := f.deps.Hasher.Verify(t.Context(), temporary, u.Password.Hash); !proof.OK || err != nil {
		t.Errorf("the password does not verify: %v", err)
	}
	if strings.Contains(f.auditText(t), temporary) {
		t.Error("the temporary password is in the audit trail")
	}
}

func TestImportedHash(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, hash := range map[string]string{
		"argon2": hashed(), "bcrypt": "$2a$04$zVHmKQtGGQob.b/Nc7l9NO8UlrYcW05FiuCj/SxsFO/ZtiN9.mNzy",
	} {
		u, _, err := f.admin.Users.Create(f.ctx, admin.NewUser{Username: name, Email: name + "@example.org", PasswordHash: hash})
		noError(t, err)
		wantSame(t, f.reread(t, u).Password.Hash, hash)
	}
	for _, hash := range []string{"plain text", "$1$salt$md5", "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"} {
		_, _, err := f.admin.Users.Create(f.ctx, admin.NewUser{Username: "mallory", Email: "m@example.org", PasswordHash: hash})
		wantField(t, err, "password_hash")
		if strings.Contains(err.Error(), hash) {
			t.Errorf("the error repeats the hash: %v", err)
		}
	}
}

func TestCreateUserRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice")
	count := len(f.audit(t, ""))
	for name, test := range map[string]struct {
		user admin.NewUser
		want identity.Code
	}{
		"no credential":         {admin.NewUser{}, identity.CodeRequired},
		"password and hash":     {admin.NewUser{Password: passphrase, PasswordHash: hashed()}, identity.CodeRequired},
		"password and generate": {admin.NewUser{Password: passphrase, GeneratePassword: true}, identity.CodeRequired},
		"hash and generate":     {admin.NewUser{PasswordHash: hashed(), GeneratePassword: true}, identity.CodeRequired},
		"a short password":      {admin.NewUser{Password: "x1Y!"}, identity.CodePasswordPolicy},
		"a common password":     {admin.NewUser{Password: "password123"}, identity.CodePasswordPolicy},
		"the username":          {admin.NewUser{Username: "christopher", Password: "xx-christopher-99"}, identity.CodePasswordPolicy},
		"a taken username":      {admin.NewUser{Username: "ALICE", PasswordHash: hashed()}, identity.CodeDuplicateUsername},
		"a taken address":       {admin.NewUser{Email: "ALICE@example.ORG", PasswordHash: hashed()}, identity.CodeDuplicateEmail},
		"a bad claim":           {admin.NewUser{PasswordHash: hashed(), Claims: identity.Claims{Birthdate: "soon"}}, identity.CodeValidation},
	} {
		n := test.user
		if n.Username == "" {
			n.Username = "bobby"
		}
		if n.Email == "" {
			n.Email = "bobby@example.org"
		}
		_, _, err := f.admin.Users.Create(f.ctx, n)
		if !errors.Is(err, coded(test.want)) {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
			continue
		}
		if n.Password != "" && strings.Contains(err.Error(), n.Password) {
			t.Errorf("%s: the error repeats the password", name)
		}
	}
	if got := len(f.audit(t, "")); got != count {
		t.Errorf("%d refused creations were audited as done", got-count)
	}
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "root", administrator)
	u := f.user(t, "alice", func(n *admin.NewUser) { n.Claims = everyClaim() })

	t.Run("nil keeps everything and writes nothing", func(t *testing.T) {
		before := len(f.audit(t, ""))
		f.advance(time.Minute)
		got, err := f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{}, nil)
		noError(t, err)
		wantSame(t, got, u)
		got, err = f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{
			Username: &u.Username, Email: &u.Email, Active: &u.Active, Verified: &u.Verified, Admin: &u.Admin, Claims: &u.Claims,
		}, nil)
		noError(t, err)
		wantSame(t, got, u)
		wantSame(t, f.reread(t, u), u)
		if len(f.audit(t, "")) != before {
			t.Error("a change of nothing is audited")
		}
	})
	t.Run("each field changes alone", func(t *testing.T) {
		for _, change := range []struct {
			name  string
			c     admin.UserChange
			apply func(*identity.User)
		}{
			{"username", admin.UserChange{Username: new("alicia")}, func(u *identity.User) { u.Username = "alicia" }},
			{"the case of the username", admin.UserChange{Username: new("Alicia")}, func(u *identity.User) { u.Username = "Alicia" }},
			{
				name: "address", c: admin.UserChange{Email: new("a@b.org"), Verified: new(true)},
				apply: func(u *identity.User) { u.Email = "a@b.org" },
			},
			{"verified", admin.UserChange{Verified: new(false)}, func(u *identity.User) { u.Verified = false }},
			{"admin", admin.UserChange{Admin: new(true)}, func(u *identity.User) { u.Admin = true }},
			{"not admin", admin.UserChange{Admin: new(false)}, func(u *identity.User) { u.Admin = false }},
			{"inactive", admin.UserChange{Active: new(false)}, func(u *identity.User) { u.Active = false }},
			{"active", admin.UserChange{Active: new(true)}, func(u *identity.User) { u.Active = true }},
			{"change needed", admin.UserChange{RequiresPasswordChange: new(true)}, func(u *identity.User) { u.RequiresPasswordChange = true }},
			{"all claims cleared", admin.UserChange{Claims: &identity.Claims{}}, func(u *identity.User) { u.Claims = identity.Claims{} }},
			{"claims", admin.UserChange{Claims: new(everyClaim())}, func(u *identity.User) { u.Claims = everyClaim() }},
			{
				name: "an empty address is none", c: admin.UserChange{Claims: &identity.Claims{Address: &identity.Address{}}},
				apply: func(u *identity.User) { u.Claims = identity.Claims{} },
			},
		} {
			f.advance(time.Second)
			want := f.reread(t, u)
			change.apply(&want)
			want.Version++
			want.UpdatedAt = f.deps.Source.Now()
			got, err := f.admin.Users.Update(f.ctx, u.ID, change.c, new(want.Version-1))
			if err != nil {
				t.Fatalf("%s: %v", change.name, err)
			}
			wantSame(t, got, want)
			wantSame(t, f.reread(t, u), want)
		}
	})
	t.Run("a bad value changes nothing", func(t *testing.T) {
		before := f.reread(t, u)
		for field, c := range map[string]admin.UserChange{
			"username": {Username: new("")}, "email": {Email: new("")}, "locale": {Claims: &identity.Claims{Locale: "no_NO"}},
			"password": {Password: new("short"), Verified: new(true)},
		} {
			_, err := f.admin.Users.Update(f.ctx, u.ID, c, nil)
			wantField(t, err, field)
		}
		_, err := f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{Username: new("ROOT")}, nil)
		wantError(t, err, coded(identity.CodeDuplicateUsername))
		_, err = f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{Password: new(before.Username + " and more 17")}, nil)
		wantField(t, err, "password")
		wantSame(t, f.reread(t, u), before)
	})
	t.Run("another version is a conflict", func(t *testing.T) {
		before := f.reread(t, u)
		_, err := f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{Verified: new(!before.Verified)}, new(before.Version-1))
		var conflict *identity.VersionConflictError
		if !errors.As(err, &conflict) || conflict.CurrentVersion != before.Version {
			t.Fatalf("got %v, current version is %d", err, before.Version)
		}
		wantSame(t, f.reread(t, u), before)
	})
	t.Run("a missing user", func(t *testing.T) {
		_, err := f.admin.Users.Update(f.ctx, uuid.New(), admin.UserChange{Verified: new(true)}, nil)
		wantError(t, err, identity.ErrUserNotFound)
		_, err = f.admin.Users.Update(f.ctx, uuid.New(), admin.UserChange{Password: new(passphrase)}, nil)
		wantError(t, err, identity.ErrUserNotFound)
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	one := f.user(t, "one", administrator)
	f.user(t, "sleeping", administrator, func(n *admin.NewUser) { n.Inactive = true })
	takeAway := map[string]admin.UserChange{"demoted": {Admin: new(false)}, "deactivated": {Active: new(false)}}
	events := len(f.audit(t, ""))
	for name, c := range takeAway {
		if _, err := f.admin.Users.Update(f.ctx, one.ID, c, nil); !errors.Is(err, identity.ErrLastAdmin) {
			t.Errorf("the last administrator can be %s: %v", name, err)
		}
	}
	wantSame(t, f.reread(t, one), one)
	if len(f.audit(t, "")) != events {
		t.Error("a refused change is audited as done")
	}

	two := f.user(t, "two", administrator)
	_, err := f.admin.Users.Update(f.ctx, one.ID, admin.UserChange{Admin: new(false)}, nil)
	noError(t, err)
	_, err = f.admin.Users.Update(f.ctx, two.ID, admin.UserChange{Active: new(false)}, nil)
	wantError(t, err, identity.ErrLastAdmin)
}

// TestTwoAdministratorsTakeEachOtherAway: 50 rounds in which the last two act at once, each with their own rights.
// One stays.
func TestTwoAdministratorsTakeEachOtherAway(t *testing.T) {
	t.Parallel()
	change := func(c admin.UserChange) func(*fixture, context.Context, identity.User) error {
		return func(f *fixture, ctx context.Context, u identity.User) error {
			_, err := f.admin.Users.Update(ctx, u.ID, c, nil)
			return err
		}
	}
	ways := []func(f *fixture, ctx context.Context, u identity.User) error{
		change(admin.UserChange{Admin: new(false)}),
		change(admin.UserChange{Active: new(false)}),
		func(f *fixture, ctx context.Context, u identity.User) error {
			_, err := f.admin.Users.BulkUpdate(ctx, []uuid.UUID{u.ID}, identity.UserFlags{Admin: new(false)}, false)
			return err
		},
	}
	eachStore(t, func(t *testing.T, f *fixture) {
		pair := []identity.User{f.user(t, "one", administrator), f.user(t, "two", administrator)}
		for round := range 50 {
			errs := make([]error, len(pair))
			var group sync.WaitGroup
			for i, u := range pair {
				group.Go(func() {
					ctx := f.as(u, identity.ScopeUsersWrite, identity.ScopeAdminsWrite)
					errs[i] = ways[(round+i*(round/3))%len(ways)](f, ctx, pair[1-i])
				})
			}
			group.Wait()
			n, err := f.store.ActiveAdmins(f.ctx)
			noError(t, err)
			wantSame(t, n, 1)
			for i, u := range pair {
				if u = f.reread(t, u); u.Admin && u.Active {
					continue
				}
				noError(t, errs[1-i])
				if err := errs[i]; err != nil && !errors.Is(err, identity.ErrLastAdmin) && !errors.Is(err, coded(identity.CodeForbidden)) {
					t.Fatal(err)
				}
				if _, err := f.admin.Users.Update(f.ctx, u.ID, admin.UserChange{Admin: new(true), Active: new(true)}, nil); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestNobodyTakesAwayTheirOwnAccess(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	me, other := f.user(t, "one", administrator), f.user(t, "two", administrator)
	ctx := f.as(me, identity.ScopeUsersWrite, identity.ScopeAdminsWrite)
	for name, c := range map[string]admin.UserChange{
		"admin": {Admin: new(false)}, "active": {Active: new(false)}, "both": {Admin: new(false), Active: new(false)},
	} {
		if _, err := f.admin.Users.Update(ctx, me.ID, c, nil); !errors.Is(err, identity.ErrSelfAdmin) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantSame(t, f.reread(t, me), me)
	_, err := f.admin.Users.Update(ctx, me.ID, admin.UserChange{Email: new("me@example.org")}, nil)
	noError(t, err)
	_, err = f.admin.Users.Update(ctx, other.ID, admin.UserChange{Admin: new(false)}, nil)
	noError(t, err)
}

// TestWhatEndsAccess: sessions and grants, offline ones too, end together with the right to have them.
func TestWhatEndsAccess(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change admin.UserChange
		ends   identity.EndReason
	}{
		"deactivation":       {admin.UserChange{Active: new(false)}, identity.EndDeactivated},
		"demotion":           {admin.UserChange{Admin: new(false)}, identity.EndDemoted},
		"both":               {admin.UserChange{Admin: new(false), Active: new(false)}, identity.EndDeactivated},
		"a new password":     {admin.UserChange{Password: new("another otter 20 river")}, identity.EndPasswordReset},
		"another address":    {admin.UserChange{Email: new("new@example.org")}, ""},
		"another name":       {admin.UserChange{Username: new("renamed")}, ""},
		"no longer verified": {admin.UserChange{Verified: new(false)}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.user(t, "root", administrator)
			u, other := f.user(t, "alice", administrator), f.user(t, "bob")
			app := f.client(t, "app")
			b, spared := f.signIn(t, u), f.signIn(t, other)
			bound, offline := f.redeem(t, app, b, "openid"), f.redeem(t, app, b, "openid", "offline_access")
			untouched := f.redeem(t, app, spared, "openid")
			unspent := f.code(t, app, b, "openid")
			f.advance(time.Second)
			_, err := f.admin.Users.Update(f.ctx, u.ID, test.change, nil)
			noError(t, err)
			if s := f.session(t, b.Session.ID); s.EndReason != test.ends || (s.EndedAt != nil) != (test.ends != "") {
				t.Errorf("the session ended as %q at %v", s.EndReason, s.EndedAt)
			}
			for kind, r := range map[string]identity.Issuance{"bound": bound, "offline": offline} {
				if g := f.grant(t, r.Grant.ID); g.EndReason != test.ends || (g.EndedAt != nil) != (test.ends != "") {
					t.Errorf("the %s grant ended as %q at %v", kind, g.EndReason, g.EndedAt)
				}
			}
			if _, err := f.Grants.Exchange(f.ctx, app, proof(unspent)); (err == nil) != (test.ends == "") {
				t.Errorf("the code is exchanged with %v", err)
			}
			if f.session(t, spared.Session.ID).EndedAt != nil || f.grant(t, untouched.Grant.ID).EndedAt != nil {
				t.Error("somebody else's access ended")
			}
			events := f.audit(t, identity.ActionSessionsEnded)
			if test.ends == "" {
				if len(events) != 0 {
					t.Errorf("audited as %+v", events)
				}
				return
			}
			if len(events) != 1 || events[0].Reason != string(test.ends) || events[0].TargetID != u.ID.String() {
				t.Fatalf("audited as %+v", events)
			}
			wantSame(t, events[0].Changes, map[string]identity.Change{"sessions": {After: 1.0}, "grants": {After: 3.0}})
		})
	}
}

func TestAuditOfUsers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	asRoot := f.user(t, "root", administrator)
	ctx := f.as(asRoot, identity.ScopeUsersWrite, identity.ScopeAdminsWrite)
	f.advance(time.Second)
	u, _, err := f.admin.Users.Create(ctx, admin.NewUser{
		Username: "alice", Email: "alice@example.org", Password: passphrase, Claims: identity.Claims{Locale: "en"},
	})
	noError(t, err)
	created := f.audit(t, identity.ActionUserCreated)[0]
	wantSame(t, created, identity.AuditEvent{
		ID: created.ID, OccurredAt: f.Now(), ActorKind: identity.ActorUser, ActorID: asRoot.ID.String(), ActorName: "root",
		Action: identity.ActionUserCreated, Target: identity.TargetUser, TargetID: u.ID.String(), TargetName: "alice",
		Outcome: identity.OutcomeSuccess, IP: "192.0.2.7", UserAgent: "browser/1", RequestID: "request-1",
		Changes: map[string]identity.Change{
			"username": {Before: "", After: "alice"}, "email": {Before: "", After: "alice@example.org"},
			"active": {Before: false, After: true}, "locale": {Before: "", After: "en"}, "password": {},
		},
	})
	const next = "another otter 20 river"
	updated, err := f.admin.Users.Update(ctx, u.ID, admin.UserChange{
		Password: new(next), Admin: new(true), Claims: &identity.Claims{Address: &identity.Address{Country: "NO"}},
	}, nil)
	noError(t, err)
	wantSame(t, f.audit(t, identity.ActionUserUpdated)[0].Changes, map[string]identity.Change{
		"admin": {Before: false, After: true}, "locale": {Before: "en", After: ""}, "password": {},
		"address": {After: map[string]any{"country": "NO"}},
	})
	text := f.auditText(t)
	for name, secret := range map[string]string{
		"password": passphrase, "new password": next, "hash": u.Password.Hash, "new hash": updated.Password.Hash, "prefix": "$argon2id",
	} {
		if strings.Contains(text, secret) {
			t.Errorf("the %s is in the audit trail", name)
		}
	}
}

func TestEnsureAdmin(t *testing.T) {
	t.Parallel()
	t.Run("makes the first one once", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		f.user(t, "sleeping", administrator, func(n *admin.NewUser) { n.Inactive = true })
		created, generated, err := f.admin.Users.EnsureAdmin(f.ctx, "admin", "admin@example.org", "")
		noError(t, err)
		if !created || len(generated) != 12 {
			t.Fatalf("created %v with a password of %d characters", created, len(generated))
		}
		u, err := f.admin.Users.Get(f.ctx, identity.UserBy{Username: "admin"})
		noError(t, err)
		if !u.Admin || !u.Active || !u.Verified || !u.RequiresPasswordChange {
			t.Errorf("made %+v", u)
		}
		created, generated, err = f.admin.Users.EnsureAdmin(f.ctx, "other", "other@example.org", "")
		if created || generated != "" || err != nil {
			t.Errorf("the second time: %v, %q, %v", created, generated, err)
		}
	})
	t.Run("takes a chosen password as it is", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		created, generated, err := f.admin.Users.EnsureAdmin(f.ctx, "admin", "admin@example.org", passphrase)
		noError(t, err)
		u, _ := f.admin.Users.Get(f.ctx, identity.UserBy{Username: "admin"})
		if !created || generated != "" || u.RequiresPasswordChange {
			t.Errorf("created %v, generated %q, user %+v", created, generated, u)
		}
	})
	t.Run("tells when an ordinary user has the name", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		f.user(t, "admin")
		created, _, err := f.admin.Users.EnsureAdmin(f.ctx, "admin", "x@example.org", "")
		if created {
			t.Error("reported as created")
		}
		wantError(t, err, coded(identity.CodeDuplicateUsername))
	})
	t.Run("is for the operator", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		_, _, err := f.admin.Users.EnsureAdmin(t.Context(), "admin", "x@example.org", "")
		wantError(t, err, coded(identity.CodeUnauthenticated))
	})
	t.Run("two nodes make one", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		made := make([]bool, 2)
		var group sync.WaitGroup
		for i := range made {
			group.Go(func() {
				var err error
				if made[i], _, err = f.admin.Users.EnsureAdmin(f.ctx, "admin", "admin@example.org", passphrase); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if made[0] == made[1] {
			t.Errorf("made: %v", made)
		}
	})
}

func TestPasswordsAreNotHashedWithoutASlot(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.deps.Hasher = password.New(cheap, 1)
	f.Domain = identity.New(f.deps)
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	if _, _, err := f.admin.Users.Create(ctx, admin.NewUser{Username: "alice", Email: "a@b.org", Password: passphrase}); err == nil {
		t.Error("a cancelled request creates a user")
	}
}

func TestManyUsersAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	a, b := f.user(t, "alice"), f.user(t, "bob")
	f.signIn(t, a)
	f.signIn(t, a)
	ended := f.signIn(t, b)
	noError(t, f.Sessions.SignOut(f.ctx, ended))
	found, err := f.admin.Users.ByIDs(f.ctx, []uuid.UUID{a.ID, uuid.New(), b.ID})
	noError(t, err)
	if len(found) != 2 || found[a.ID].Username != "alice" || found[b.ID].Username != "bob" {
		t.Errorf("found %v", found)
	}
	counts, err := f.admin.Users.ActiveSessionCounts(f.ctx, []uuid.UUID{a.ID, b.ID})
	noError(t, err)
	wantSame(t, counts, map[uuid.UUID]int{a.ID: 2})
	f.advance(f.Settings.Get().SessionIdleTTL)
	counts, err = f.admin.Users.ActiveSessionCounts(f.ctx, []uuid.UUID{a.ID, b.ID})
	noError(t, err)
	wantSame(t, counts, map[uuid.UUID]int{})
}
