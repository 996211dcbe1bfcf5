package storetest

import (
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

func users(r *runner) {
	r.run("every field of a user comes back as it was", everyFieldOfAUserComesBack)
	r.run("every claim of a user comes back as it was", everyClaimOfAUserComesBack)
	r.run("a user without optional values has none", aUserWithoutOptionalValuesHasNone)
	r.run("an empty address is none", anEmptyAddressIsNone)
	r.run("times are UTC at microseconds whatever zone they were given in", timesAreUTCAtMicroseconds)
	r.run("a user is found by name and address without regard to case", aUserIsFoundInAnyCase)
	r.run("no other character folds into a letter of a name", noCharacterFoldsIntoAnother)
	r.run("an unknown user is ErrUserNotFound", anUnknownUserIsNotFound)
	r.run("a name is taken in any case", aNameIsTakenInAnyCase)
	r.run("a preferred username is no other user's username", aPreferredUsernameIsNoOtherUsersUsername)
	r.run("text that looks like an escape is stored as it is", textLikeAnEscapeIsStoredAsItIs)
	r.run("text that cannot be stored is refused", textThatCannotBeStoredIsRefused)
	r.run("an update writes what belongs to it and raises the version", anUpdateWritesWhatBelongsToIt)
	r.run("only a password that must be changed expires", onlyAPasswordThatMustBeChangedExpires)
	r.run("an update of an older version is a conflict that names the current one", anUpdateOfAnOlderVersionIsAConflict)
	r.run("the sign-in bookkeeping counts, locks and clears", theSignInBookkeepingCountsLocksAndClears)
	r.run("a sign-in counts only for the password that was verified", aSignInCountsOnlyForTheVerifiedPassword)
	r.run("a deleted user takes sessions, grants and consents along", aDeletedUserTakesDependentsAlong)
	for name, take := range waysToTakeAnAdmin {
		r.run(name+" the last active administrator is refused", func(f *fixture) { theLastAdministratorStays(f, take) })
	}
	r.run("when a second factor is due is stored by the first sign-in that says so", func(f *fixture) {
		u := f.user()
		f.noError(f.store.RecordSignIn(f.ctx, u, f.now, "192.0.2.9", ""))
		due := func() *time.Time { return must(f.store.UserByID(f.ctx, u.ID))(f).SecondFactorDueAt }
		if at := due(); at != nil {
			f.Errorf("it is due at %v", at)
		}
		first := f.now.Add(time.Hour)
		for _, at := range []*time.Time{&first, &f.now, nil} {
			u.SecondFactorDueAt = at
			f.noError(f.store.RecordSignIn(f.ctx, u, f.now, "192.0.2.9", ""))
			if got := due(); got == nil || !got.Equal(first) {
				f.Errorf("it is due at %v", got)
			}
		}
	})
	r.run("the terms that a user has accepted move by themselves", func(f *fixture) {
		u := f.user()
		accepted := identity.TermsAcceptance{Version: "2026-12", At: &f.now}
		f.noError(f.store.AcceptTerms(f.ctx, u.ID, accepted))
		u.Claims.Nickname = "changed elsewhere"
		f.noError(f.store.UpdateUser(f.ctx, u)) // read before they were accepted
		f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).Terms, accepted)
		f.wantErr(f.store.AcceptTerms(f.ctx, uuid.New(), accepted), identity.ErrUserNotFound)
		born := f.user(func(u *identity.User) { u.Terms = accepted })
		f.equal(must(f.store.UserByID(f.ctx, born.ID))(f).Terms, accepted)
	})
	r.run("a rolled back change of administrators leaves no trace", aRolledBackChangeOfAdministratorsLeavesNoTrace)
}

func everyFieldOfAUserComesBack(f *fixture) {
	later := f.now.Add(time.Hour + 100*time.Microsecond)
	u := f.user(func(u *identity.User) {
		u.Username, u.Email, u.Password.Hash = "Ålice O'Neil", "Alice@Example.ORG", "$argon2id$v=19$..."
		u.Password.ChangedAt, u.Password.ExpiresAt, u.LockedUntil, u.LastLoginAt = &f.now, &later, &later, &later
		u.Verified, u.Admin, u.RequiresPasswordChange = true, true, true
		u.FailedAttempts, u.LastLoginIP, u.CreatedBy, u.Version = 3, "2001:db8::1", `bob "the \ admin"`, 7
		u.CreatedAt = f.now.Truncate(time.Second)           // no fraction
		u.UpdatedAt = f.now.Truncate(time.Millisecond * 10) // a shorter one
		u.Claims = identity.Claims{
			Name: "Alice -- ? ?0 $1 :x", GivenName: "-1", FamilyName: `back\slash`, MiddleName: "'; DROP TABLE users; --",
			Nickname: "日本語", PreferredUsername: "ali", Profile: "https://example.org/a?b=c", Picture: "https://example.org/p",
			Website: "https://example.org", Gender: "f", Birthdate: "0000-02-29", Zoneinfo: "Europe/Oslo", Locale: "nb-NO",
			PhoneNumber: "+4712345678", PhoneNumberVerified: true,
			Address: &identity.Address{Formatted: "Storgata 1\n0155 Oslo", Country: `N"O\`},
		}
	})
	f.equal(must(f.store.UserByID(f.ctx, u.ID))(f), u)
	f.equal(must(f.store.UsersByID(f.ctx, []uuid.UUID{u.ID, f.id()}))(f), map[uuid.UUID]identity.User{u.ID: u})
	f.equal(must(f.store.Usernames(f.ctx, []uuid.UUID{u.ID, f.id()}))(f), map[uuid.UUID]string{u.ID: u.Username})
	f.equal(must(f.store.Usernames(f.ctx, nil))(f), map[uuid.UUID]string{})
}

// everyClaimOfAUserComesBack sets every claim to a value of its own, also one that will be added.
func everyClaimOfAUserComesBack(f *fixture) {
	u := f.user(func(u *identity.User) {
		claims := reflect.ValueOf(&u.Claims).Elem()
		for i := range claims.NumField() {
			switch name := claims.Type().Field(i).Name; claims.Field(i).Kind() {
			case reflect.String:
				claims.Field(i).SetString("the " + name)
			case reflect.Bool:
				claims.Field(i).SetBool(true)
			default:
				claims.Field(i).Set(reflect.ValueOf(&identity.Address{Country: "the " + name}))
			}
		}
	})
	f.equal(must(f.store.UserByID(f.ctx, u.ID))(f), u)
	u.Claims = identity.Claims{}
	f.noError(f.store.UpdateUser(f.ctx, u))
	u.Version++
	f.equal(must(f.store.UsersByID(f.ctx, []uuid.UUID{u.ID}))(f), map[uuid.UUID]identity.User{u.ID: u})
}

func aUserWithoutOptionalValuesHasNone(f *fixture) {
	u := f.user()
	f.equal(must(f.store.UserByID(f.ctx, u.ID))(f), u)
}

func anEmptyAddressIsNone(f *fixture) {
	u := f.user(func(u *identity.User) { u.Claims.Address = &identity.Address{} })
	if got := must(f.store.UserByID(f.ctx, u.ID))(f).Claims.Address; got != nil {
		f.Fatalf("got %v", got)
	}
}

func timesAreUTCAtMicroseconds(f *fixture) {
	zone := time.FixedZone("odd", 5*3600+45*60)
	u := f.user(func(u *identity.User) { u.CreatedAt = f.now.In(zone) })
	got := must(f.store.UserByID(f.ctx, u.ID))(f)
	if !got.CreatedAt.Equal(f.now) || got.CreatedAt.Location() != time.UTC {
		f.Fatalf("got %v, want %v", got.CreatedAt, f.now)
	}
}

func aUserIsFoundInAnyCase(f *fixture) {
	u := f.user(func(u *identity.User) { u.Username, u.Email = "ÆrligÖl", "Post@Example.org" })
	f.equal(must(f.store.UserByUsername(f.ctx, "ærLIGöl"))(f).ID, u.ID)
	f.equal(must(f.store.UserByEmail(f.ctx, "POST@example.ORG"))(f).ID, u.ID)
}

// noCharacterFoldsIntoAnother: what folding maps to an ASCII letter is no spelling of it.
func noCharacterFoldsIntoAnother(f *fixture) {
	f.user(func(u *identity.User) { u.Username, u.Email = "kiss", "kiss@example.org" })
	for _, name := range []string{"\u212aiss", "k\u0130ss", "ki\u017fs", "ki\u017f\u017f", "\uff4biss"} {
		_, err := f.store.UserByUsername(f.ctx, name)
		f.wantErr(err, identity.ErrUserNotFound)
		_, err = f.store.UserByEmail(f.ctx, name+"@example.org")
		f.wantErr(err, identity.ErrUserNotFound)
	}
	_ = must(f.store.UserByUsername(f.ctx, "KISS"))(f)
}

func anUnknownUserIsNotFound(f *fixture) {
	f.user()
	_, err := f.store.UserByID(f.ctx, f.id())
	f.wantErr(err, identity.ErrUserNotFound)
	for _, name := range []string{"", "nobody", "user_", "user%", "a\x00b", "\xff"} {
		_, err = f.store.UserByUsername(f.ctx, name)
		f.wantErr(err, identity.ErrUserNotFound)
		_, err = f.store.UserByEmail(f.ctx, name)
		f.wantErr(err, identity.ErrUserNotFound)
	}
	f.equal(must(f.store.UsersByID(f.ctx, nil))(f), map[uuid.UUID]identity.User{})
}

func aNameIsTakenInAnyCase(f *fixture) {
	u := f.user()
	f.duplicate(f.store.InsertUser(f.ctx, f.newUser(func(v *identity.User) { v.Username = strings.ToUpper(u.Username) })),
		identity.CodeDuplicateUsername, "username")
	f.duplicate(f.store.InsertUser(f.ctx, f.newUser(func(v *identity.User) { v.Email = strings.ToUpper(u.Email) })),
		identity.CodeDuplicateEmail, "email")
	other := f.user()
	other.Email = u.Email
	f.duplicate(f.store.UpdateUser(f.ctx, other), identity.CodeDuplicateEmail, "email")
}

// A preferred username is no other user's username, however it is written, and the other way round. One's own is free,
// and two may prefer the same.
func aPreferredUsernameIsNoOtherUsersUsername(f *fixture) {
	u := f.user(func(u *identity.User) { u.Username = "kim.smith" })
	for _, name := range []string{
		"kim.smith", "KIM.Smith", " kim.smith ", "\u212aim.smith", "k\u0130m.smith", "kim.\u017fmith", "\uff4bim.smith", "kim\u200b.smith", "kim.smi\ufe0fth",
	} {
		f.equal(f.store.NameKey(name), u.Username)
		preferring := func(v *identity.User) { v.Claims.PreferredUsername = name }
		f.duplicate(f.store.InsertUser(f.ctx, f.newUser(preferring)), identity.CodeDuplicateUsername, "preferred_username")
		other := f.user()
		preferring(&other)
		f.duplicate(f.store.UpdateUser(f.ctx, other), identity.CodeDuplicateUsername, "preferred_username")
	}
	u.Claims.PreferredUsername = "Kim.Smith"
	f.noError(f.store.UpdateUser(f.ctx, u))

	first, second := f.user(), f.user()
	first.Claims.PreferredUsername, second.Claims.PreferredUsername = "\u212aate", "Kate"
	f.noError(f.store.UpdateUser(f.ctx, first))
	f.noError(f.store.UpdateUser(f.ctx, second))
	f.duplicate(f.store.InsertUser(f.ctx, f.newUser(func(v *identity.User) { v.Username = "KATE" })), identity.CodeDuplicateUsername, "username")
	renamed := f.user()
	renamed.Username = "kate"
	f.duplicate(f.store.UpdateUser(f.ctx, renamed), identity.CodeDuplicateUsername, "username")
	for _, v := range []identity.User{first, second} {
		v.Version++
		v.Claims.PreferredUsername = ""
		f.noError(f.store.UpdateUser(f.ctx, v))
	}
	f.noError(f.store.UpdateUser(f.ctx, renamed))
}

func textLikeAnEscapeIsStoredAsItIs(f *fixture) {
	text := `\u0000 \\u0000 \' \\' ''`
	u := f.user(func(u *identity.User) { u.Claims.Address = &identity.Address{Locality: text} })
	f.equal(must(f.store.UserByID(f.ctx, u.ID))(f), u)
	c := f.client(func(c *identity.Client) { c.Metadata.Name = text })
	f.equal(must(f.store.ClientByID(f.ctx, c.ID))(f), c)
}

func textThatCannotBeStoredIsRefused(f *fixture) {
	for _, bad := range []string{"a\x00b", "\xff\xfe"} {
		err := f.store.InsertUser(f.ctx, f.newUser(func(u *identity.User) { u.Claims.Nickname = bad }))
		if e := identity.AsError(err); e.Kind != identity.Invalid || e.Field != "nickname" {
			f.Fatalf("%q: got %v", bad, err)
		}
		err = f.store.InsertUser(f.ctx, f.newUser(func(u *identity.User) { u.Claims.Address = &identity.Address{Locality: bad} }))
		if e := identity.AsError(err); e.Kind != identity.Invalid || e.Field != "address" {
			f.Fatalf("%q: got %v", bad, err)
		}
		err = f.store.InsertClient(f.ctx, f.newClient(func(c *identity.Client) { c.Metadata.RedirectURIs = []string{bad} }))
		if e := identity.AsError(err); e.Kind != identity.Invalid || e.Field != "metadata" {
			f.Fatalf("%q: got %v", bad, err)
		}
	}
}

func anUpdateWritesWhatBelongsToIt(f *fixture) {
	u := f.user(func(u *identity.User) { u.CreatedBy = "root" })
	must(f.store.RecordFailedSignIn(f.ctx, u.ID, nil))(f)
	f.noError(f.store.RecordSignIn(f.ctx, u, f.now, "192.0.2.9", ""))
	must(f.store.RecordFailedSignIn(f.ctx, u.ID, ptr(f.now.Add(time.Hour))))(f)
	want := must(f.store.UserByID(f.ctx, u.ID))(f)

	change := want
	change.Username, change.Email, change.Password.Hash = "New", "new@example.org", "hash"
	change.Password.ChangedAt, change.UpdatedAt = ptr(f.now.Add(time.Minute)), f.now.Add(time.Minute)
	change.Password.ExpiresAt = ptr(f.now.Add(time.Hour))
	change.Active, change.Verified, change.RequiresPasswordChange = false, true, true
	change.Claims = identity.Claims{GivenName: "Given", Address: &identity.Address{Locality: "Oslo"}}
	want = change
	want.Version = 2
	change.CreatedBy, change.CreatedAt, change.FailedAttempts = "else", f.now.Add(time.Hour), 99
	change.LockedUntil, change.UnlockedAt, change.LastLoginAt, change.LastLoginIP = nil, ptr(f.now), nil, "else"
	f.noError(f.store.UpdateUser(f.ctx, change))
	f.equal(must(f.store.UserByID(f.ctx, u.ID))(f), want)
	f.equal(must(f.store.UserByUsername(f.ctx, "nEW"))(f).ID, u.ID)
	_, err := f.store.UserByUsername(f.ctx, u.Username)
	f.wantErr(err, identity.ErrUserNotFound)
}

func onlyAPasswordThatMustBeChangedExpires(f *fixture) {
	end := f.now.Add(time.Hour)
	expires := func(u identity.User) *time.Time { return must(f.store.UserByID(f.ctx, u.ID))(f).Password.ExpiresAt }
	demand := func(u identity.User, must bool) {
		_, err := f.store.SetUserFlags(f.ctx, []uuid.UUID{u.ID}, identity.UserFlags{RequiresPasswordChange: &must, Verified: ptr(must)}, f.now)
		f.noError(err)
	}
	temporary := f.user(func(u *identity.User) { u.RequiresPasswordChange, u.Password.ExpiresAt = true, &end })
	demand(temporary, true)
	f.equal(expires(temporary), &end)
	demand(temporary, false)
	f.equal(expires(temporary), (*time.Time)(nil))
	demand(temporary, true)
	f.equal(expires(temporary), (*time.Time)(nil))

	// As a server of the version before leaves it, which does not know the column.
	chosen := f.user(func(u *identity.User) { u.Password.ExpiresAt = &end })
	f.equal(expires(chosen), (*time.Time)(nil))
	demand(chosen, true)
	f.equal(expires(chosen), (*time.Time)(nil))
}

func anUpdateOfAnOlderVersionIsAConflict(f *fixture) {
	u := f.user()
	f.noError(f.store.UpdateUser(f.ctx, u))
	var conflict *identity.VersionConflictError
	if err := f.store.UpdateUser(f.ctx, u); !errors.As(err, &conflict) || conflict.CurrentVersion != 2 {
		f.Fatalf("got %v", err)
	}
	f.wantErr(f.store.UpdateUser(f.ctx, f.newUser()), identity.ErrUserNotFound)
}

func theSignInBookkeepingCountsLocksAndClears(f *fixture) {
	u := f.user(func(u *identity.User) { u.Password.Hash = "old" })
	until := f.now.Add(time.Minute)
	for want, slowed := range []*time.Time{nil, nil, &until, nil, ptr(until.Add(time.Hour)), nil} {
		f.equal(must(f.store.RecordFailedSignIn(f.ctx, u.ID, slowed))(f), want+1)
		got := must(f.store.UserByID(f.ctx, u.ID))(f)
		if got.FailedAttempts != want+1 || (got.LockedUntil != nil) != (want >= 2) {
			f.Fatalf("after %d: %d attempts, locked until %v", want+1, got.FailedAttempts, got.LockedUntil)
		}
	}
	f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).LockedUntil, ptr(until.Add(time.Hour)))

	// Strangers are slowed, who knows the password is not; that they are is still said.
	f.noError(f.store.RecordSignIn(f.ctx, u, until, "192.0.2.7", ""))
	got := must(f.store.UserByID(f.ctx, u.ID))(f)
	f.equal(got.FailedAttempts, 0)
	f.equal(got.LockedUntil, ptr(until.Add(time.Hour)))
	until = until.Add(time.Hour)
	f.noError(f.store.RecordSignIn(f.ctx, u, until, "192.0.2.7", ""))
	want := u
	want.LastLoginAt, want.LastLoginIP = &until, "192.0.2.7"
	f.equal(must(f.store.UserByID(f.ctx, u.ID))(f), want)
	f.noError(f.store.RecordSignIn(f.ctx, u, until, "192.0.2.7", "new"))
	f.equal(must(f.store.UserByID(f.ctx, u.ID))(f).Password.Hash, "new")
	_, err := f.store.RecordFailedSignIn(f.ctx, f.id(), &until)
	f.wantErr(err, identity.ErrUserNotFound)
}

func aSignInCountsOnlyForTheVerifiedPassword(f *fixture) {
	verified := f.user(func(u *identity.User) { u.Password.Hash, u.Password.ChangedAt = "old", ptr(f.now) })
	f.noError(f.store.RecordSignIn(f.ctx, verified, f.now, "", "first rehash"))
	f.noError(f.store.RecordSignIn(f.ctx, verified, f.now, "", "second rehash"))
	got := must(f.store.UserByID(f.ctx, verified.ID))(f)
	f.equal(got.Password.Hash, "first rehash")

	changed := got
	changed.Password.Hash, changed.Password.ChangedAt = "changed", ptr(f.now.Add(time.Microsecond))
	f.noError(f.store.UpdateUser(f.ctx, changed))
	f.wantErr(f.store.RecordSignIn(f.ctx, got, f.now, "", "stale"), identity.ErrInvalidCredentials)
	got = must(f.store.UserByID(f.ctx, verified.ID))(f)
	f.equal(got.Password.Hash, "changed")

	got.Active = false
	f.noError(f.store.UpdateUser(f.ctx, got))
	f.wantErr(f.store.RecordSignIn(f.ctx, got, f.now, "", ""), identity.ErrInvalidCredentials)
	f.wantErr(f.store.RecordSignIn(f.ctx, f.newUser(), f.now, "", ""), identity.ErrInvalidCredentials)
}

func aDeletedUserTakesDependentsAlong(f *fixture) {
	u, other, c := f.user(), f.user(), f.client()
	s, g := f.session(u.ID), f.grant(u.ID, c.ID)
	remaining := f.session(other.ID)
	f.noError(f.store.SaveConsent(f.ctx, identity.Consent{UserID: u.ID, ClientID: c.ID, Scopes: []string{"openid"}, CreatedAt: f.now, UpdatedAt: f.now}))
	f.noError(f.store.DeleteUser(f.ctx, u.ID))
	_, err := f.store.UserByID(f.ctx, u.ID)
	f.wantErr(err, identity.ErrUserNotFound)
	_, err = f.store.SessionByID(f.ctx, s.ID)
	f.wantErr(err, identity.ErrSessionNotFound)
	_, err = f.store.GrantStatusByID(f.ctx, g.ID, f.now)
	f.wantErr(err, identity.ErrGrantNotFound)
	f.equal(must(f.store.ConsentFor(f.ctx, u.ID, c.ID))(f), identity.Consent{UserID: u.ID, ClientID: c.ID})
	must(f.store.SessionByID(f.ctx, remaining.ID))(f)
	f.wantErr(f.store.DeleteUser(f.ctx, u.ID), identity.ErrUserNotFound)
}

var waysToTakeAnAdmin = map[string]func(f *fixture, u identity.User) error{
	"demoting": func(f *fixture, u identity.User) error { u.Admin = false; return f.store.UpdateUser(f.ctx, u) },
	"deactivating": func(f *fixture, u identity.User) error {
		u.Active = false
		return f.store.UpdateUser(f.ctx, u)
	},
	"deleting": func(f *fixture, u identity.User) error { return f.store.DeleteUser(f.ctx, u.ID) },
}

func theLastAdministratorStays(f *fixture, take func(f *fixture, u identity.User) error) {
	admin := func(u *identity.User) { u.Admin = true }
	first, second := f.user(admin), f.user(admin)
	f.user(func(u *identity.User) { u.Admin, u.Active = true, false }) // does not count
	f.user()
	f.equal(must(f.store.ActiveAdmins(f.ctx))(f), 2)
	f.noError(take(f, first))
	f.equal(must(f.store.ActiveAdmins(f.ctx))(f), 1)
	f.wantErr(take(f, second), identity.ErrLastAdmin)
	f.equal(must(f.store.UserByID(f.ctx, second.ID))(f), second)
	f.equal(must(f.store.ActiveAdmins(f.ctx))(f), 1)

	third := f.user()
	third.Admin = true
	f.noError(f.store.UpdateUser(f.ctx, third))
	f.noError(take(f, second))
	f.equal(must(f.store.ActiveAdmins(f.ctx))(f), 1)
}

func aRolledBackChangeOfAdministratorsLeavesNoTrace(f *fixture) {
	admin := func(u *identity.User) { u.Admin = true }
	first, second := f.user(admin), f.user(admin)
	f.wantErr(f.inTx(func(tx *fixture) error {
		tx.noError(tx.store.DeleteUser(tx.ctx, first.ID))
		return errStop
	}), errStop)
	f.noError(f.store.DeleteUser(f.ctx, first.ID))
	f.wantErr(f.store.DeleteUser(f.ctx, second.ID), identity.ErrLastAdmin)
}

func (f *fixture) duplicate(err error, code identity.Code, field string) {
	f.Helper()
	if e := identity.AsError(err); e.Code != code || e.Kind != identity.Conflict || e.Field != field {
		f.Fatalf("got %v, want %s on %s", err, code, field)
	}
}
