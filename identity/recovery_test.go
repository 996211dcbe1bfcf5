package identity_test

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/store/storetest"
)

const nextPassphrase = "copper walrus 27 glacier"

// refusedPassword is any refusal of a new password.
var refusedPassword = &identity.Error{Code: identity.CodePasswordPolicy}

// letterbox takes what messages say.
type letterbox struct{ contents []identity.MailContent }

func (b *letterbox) SendMail(_ context.Context, _ identity.MailMessage, c identity.MailContent) error {
	b.contents = append(b.contents, c)
	return nil
}

// withLetterbox returns a fixture that sends mail, with the kinds of users that recovery tells apart.
func withLetterbox(t testing.TB) (*fixture, *letterbox) {
	t.Helper()
	return withLetterboxOn(t, storetest.Memory(t))
}

func withLetterboxOn(t testing.TB, store identity.Store, settings ...func(*identity.Settings)) (*fixture, *letterbox) {
	t.Helper()
	f, box := newFixtureOn(t, store, settings...), &letterbox{}
	f.deps.Mail = box
	f.deps.Store = identity.WithNotices(f.deps)
	f.Domain = identity.New(f.deps)
	f.user(t, "alice")
	f.user(t, "kim")
	f.user(t, "inactive", func(n *admin.NewUser) { n.Inactive = true })
	f.user(t, "unverified", func(n *admin.NewUser) { n.Verified = false })
	return f, box
}

// deliver sends all that waits and returns it.
func (f *fixture) deliver(t *testing.T, box *letterbox) (delivered []identity.MailContent) {
	t.Helper()
	for {
		job, found, err := f.Jobs.Claim(f.ctx, []string{"mail.send"}, nil)
		noError(t, err)
		if !found {
			delivered, box.contents = box.contents, nil
			return delivered
		}
		if end, _ := f.Jobs.Run(f.ctx, job); end != identity.JobSucceeded {
			t.Fatalf("a message ended with %s", end)
		}
	}
}

// tokenOf returns the token of a message.
func tokenOf(t *testing.T, c identity.MailContent) string {
	t.Helper()
	link, err := url.Parse(c.Link)
	noError(t, err)
	if token := link.Query().Get("token"); token != "" {
		return token
	}
	t.Fatalf("the link is %q", c.Link)
	return ""
}

// recoveryLink asks for a link of a user from a network of strangers, and returns its token.
func (f *fixture) recoveryLink(t *testing.T, box *letterbox, name string) string {
	t.Helper()
	noError(t, f.Recovery.Request(f.at("198.51.100.7"), name, ""))
	delivered := f.deliver(t, box)
	if len(delivered) != 1 {
		t.Fatalf("%d messages", len(delivered))
	}
	return tokenOf(t, delivered[0])
}

// TestNobodyLearnsFromRecoveryWhoHasAnAccount: every name is answered alike, after the same time, and in the trail is why.
func TestNobodyLearnsFromRecoveryWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	f, box := withLetterbox(t)
	paced := &pacedHasher{PasswordHasher: f.deps.Hasher, events: func() int { return len(f.audit(t, identity.ActionRecoveryRequested)) }}
	f.deps.Hasher = paced
	f.Domain = identity.New(f.deps)
	for i, login := range []string{
		"alice", "ALICE@example.org", "zelda", "zelda@example.org", "inactive", "unverified@example.org", "", "\u212aim", "alice\x00",
	} {
		if err := f.Recovery.Request(f.at("198.51.100.7"), login, ""); err != nil {
			t.Errorf("%q: %v", login, err)
		}
		if paced.awaited != i+1 {
			t.Errorf("%q: awaited %d times", login, paced.awaited)
		}
	}
	if delivered := f.deliver(t, box); len(delivered) != 1 || delivered[0].Username != "alice" || delivered[0].IP != "198.51.100.7" {
		t.Errorf("delivered: %+v", delivered)
	}
	var reasons []string
	for _, e := range f.audit(t, identity.ActionRecoveryRequested) {
		if e.Reason == "unknown_user" && (e.TargetID != "" || e.TargetName != "") {
			t.Errorf("what a stranger typed is stored: %+v", e)
		}
		reasons = append(reasons, e.Reason)
	}
	slices.Sort(reasons)
	wantSame(t, reasons, []string{
		"", "inactive", "unknown_user", "unknown_user", "unknown_user", "unknown_user", "unknown_user", "unverified",
	})
}

// TestStrangersCannotFillAMailbox, nor keep its owner from a link that works: under attack there is always one, and where
// the owner has signed in what strangers do does not count.
func TestStrangersCannotFillAMailbox(t *testing.T) {
	t.Parallel()
	f, box := withLetterbox(t)
	var last identity.MailContent
	mails := 0
	for minute := range 24 * 60 {
		noError(t, f.Recovery.Request(f.at("198.51."+string(rune('1'+minute%9))+".7"), "alice", ""))
		for _, c := range f.deliver(t, box) {
			last = c
			mails++
		}
		if _, err := f.Recovery.Find(f.ctx, tokenOf(t, last)); err != nil {
			t.Fatalf("minute %d: there is no link that works: %v", minute, err)
		}
		f.advance(time.Minute)
	}
	if mails > 28 {
		t.Errorf("%d messages in a day", mails)
	}
	alice, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	known, err := f.SignIn.Password(f.at("203.0.113.5"), identity.SignInAttempt{Login: "alice", Password: passphrase})
	noError(t, err)
	for range 7 {
		noError(t, f.Recovery.Request(f.at("192.0.2.9"), "alice", known.Device))
	}
	wantSame(t, len(f.deliver(t, box)), 5)
	noError(t, f.Recovery.Request(f.at("203.0.113.77"), alice.Email, ""))
	wantSame(t, len(f.deliver(t, box)), 1)
}

// TestOneNetworkAsksForFewMessages, whomever they are for: that says nothing of an account.
func TestOneNetworkAsksForFewMessages(t *testing.T) {
	t.Parallel()
	f, _ := withLetterbox(t)
	for range 10 {
		noError(t, f.Recovery.Request(f.at("198.51.100.7"), "zelda", ""))
	}
	for _, login := range []string{"zelda", "alice"} {
		if e := identity.AsError(f.Recovery.Request(f.at("198.51.100.7"), login, "")); e.Kind != identity.RateLimited || e.RetryAfter == 0 {
			t.Errorf("%s: %v", login, e)
		}
	}
	noError(t, f.Recovery.Request(f.at("198.51.100.8"), "alice", ""))
}

// TestALinkEndsWithWhatItStandsFor: the mailbox, the account, its time, a newer link; and with it the account is opened once.
func TestALinkEndsWithWhatItStandsFor(t *testing.T) {
	t.Parallel()
	yes, no, other := true, false, "alice@example.net"
	password := "an administrator has made it"
	for name, end := range map[string]func(t *testing.T, f *fixture, box *letterbox, u identity.User){
		"it is too old": func(_ *testing.T, f *fixture, _ *letterbox, _ identity.User) { f.advance(time.Hour) },
		"a newer one was sent": func(t *testing.T, f *fixture, box *letterbox, _ identity.User) {
			f.advance(10 * time.Minute)
			f.recoveryLink(t, box, "alice")
		},
		"the address is another":  change(admin.UserChange{Email: &other, Verified: &yes}),
		"the address is unproven": change(admin.UserChange{Verified: &no}),
		"the user is inactive":    change(admin.UserChange{Active: &no}),
		"the user was inactive": func(t *testing.T, f *fixture, box *letterbox, u identity.User) {
			change(admin.UserChange{Active: &no})(t, f, box, u)
			change(admin.UserChange{Active: &yes})(t, f, box, u)
		},
		"an administrator has replaced the password": change(admin.UserChange{Password: &password}),
		"the password was reset": func(t *testing.T, f *fixture, _ *letterbox, u identity.User) {
			_, err := f.admin.Users.ResetPassword(f.ctx, u.ID)
			noError(t, err)
		},
		"the password was changed": func(t *testing.T, f *fixture, _ *letterbox, u identity.User) {
			b := f.signIn(t, u)
			_, err := f.SignIn.ChangePassword(f.at("203.0.113.5"), b.Session, identity.PasswordChange{Current: passphrase, Next: password})
			noError(t, err)
		},
		"the user is gone": func(t *testing.T, f *fixture, _ *letterbox, u identity.User) {
			_, err := f.admin.Users.Delete(f.ctx, u.ID, admin.DeleteUserOptions{})
			noError(t, err)
		},
		"it was used": func(t *testing.T, f *fixture, box *letterbox, _ identity.User) {
			f.advance(10 * time.Minute)
			newer := f.recoveryLink(t, box, "alice")
			_, err := f.Recovery.Complete(f.at("198.51.100.7"), identity.RecoveryAttempt{Token: newer, Next: nextPassphrase})
			noError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, box := withLetterbox(t)
			f.admin = admin.New(f.deps, f.Domain.SigningKeys)
			token := f.recoveryLink(t, box, "alice")
			alice, err := f.Recovery.Find(f.ctx, token)
			noError(t, err)
			end(t, f, box, alice.User)
			_, err = f.Recovery.Find(f.ctx, token)
			wantError(t, err, identity.ErrLinkInvalid)
			_, err = f.Recovery.Complete(f.at("198.51.100.7"), identity.RecoveryAttempt{Token: token, Next: "amber heron 88 lagoon"})
			wantError(t, err, identity.ErrLinkInvalid)
		})
	}
}

// change lets an administrator change a user.
func change(c admin.UserChange) func(*testing.T, *fixture, *letterbox, identity.User) {
	return func(t *testing.T, f *fixture, _ *letterbox, u identity.User) {
		t.Helper()
		_, err := f.admin.Users.Update(f.ctx, u.ID, c, nil)
		noError(t, err)
	}
}

// TestALinkIsSpentByTheNewPasswordAlone: a password that is refused and a wrong code leave it as it is, and without the code
// nobody learns whether the present password was guessed.
func TestALinkIsSpentByTheNewPasswordAlone(t *testing.T) {
	t.Parallel()
	f, box := withLetterbox(t)
	alice, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	before := f.signIn(t, alice)
	phone, _ := f.enrol(t, before)
	f.advance(time.Minute)
	f.deliver(t, box)
	token := f.recoveryLink(t, box, "alice")
	attempt := func(next, code string) error {
		_, err := f.Recovery.Complete(f.at("198.51.100.7"), identity.RecoveryAttempt{Token: token, Next: next, Code: code})
		return err
	}
	wantError(t, attempt("short", ""), refusedPassword)
	wantError(t, attempt(passphrase, "000000"), identity.ErrInvalidCode)
	wantError(t, attempt(nextPassphrase, ""), identity.ErrInvalidCode)
	wantSame(t, f.reread(t, alice).Password, alice.Password)
	wantError(t, attempt(passphrase, phone.code(0)), refusedPassword)
	if s := f.session(t, before.Session.ID); s.EndedAt != nil {
		t.Error("a refused attempt ends the session")
	}
	last := identity.RecoveryAttempt{Token: token, Next: nextPassphrase, Code: phone.code(0)}
	started, err := f.Recovery.Complete(f.at("198.51.100.7"), last)
	noError(t, err)
	wantSame(t, started.Session.Level, identity.LevelTwo)
	wantSame(t, f.session(t, before.Session.ID).EndReason, identity.EndRecovered)
	noError(t, f.try("alice", nextPassphrase))
	wantError(t, f.try("alice", passphrase), identity.ErrInvalidCredentials)
}

// TestRecoveryEndsATemporaryPasswordAndItsTime: who proves the mailbox need not wait for an administrator.
func TestRecoveryEndsATemporaryPasswordAndItsTime(t *testing.T) {
	t.Parallel()
	f, box := withLetterbox(t)
	f.admin = admin.New(f.deps, f.Domain.SigningKeys)
	alice, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	reset, err := f.admin.Users.ResetPassword(f.ctx, alice.ID)
	noError(t, err)
	f.advance(365 * 24 * time.Hour)
	f.deliver(t, box)
	token := f.recoveryLink(t, box, "alice")
	complete := func(next string) error {
		_, err := f.Recovery.Complete(f.at("198.51.100.7"), identity.RecoveryAttempt{Token: token, Next: next})
		return err
	}
	wantError(t, complete(reset.Temporary), refusedPassword)
	noError(t, complete(nextPassphrase))
	after := f.reread(t, alice)
	if after.RequiresPasswordChange || after.Password.ExpiresAt != nil {
		t.Errorf("the user is %+v", after)
	}
	noError(t, f.try("alice", nextPassphrase))
}

// TestARecoveryCodeServesWithALink: who has lost the password and the app needs no administrator. A code is spent once.
func TestARecoveryCodeServesWithALink(t *testing.T) {
	t.Parallel()
	f, box := withLetterbox(t)
	alice, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	_, b := f.enrol(t, f.signIn(t, alice))
	codes := f.keepCodes(t, b)
	_, err = f.recover(t, "alice", codes[1])
	noError(t, err)
	f.deliver(t, box)
	token := f.recoveryLink(t, box, "alice")
	for _, wrong := range []string{codes[1], codes[0][5:], "1234567"} {
		_, err = f.Recovery.Complete(f.ctx, identity.RecoveryAttempt{Token: token, Next: nextPassphrase, Code: wrong})
		wantError(t, err, identity.ErrInvalidCode)
	}
	started, err := f.Recovery.Complete(f.ctx, identity.RecoveryAttempt{Token: token, Next: nextPassphrase, Code: codes[0]})
	noError(t, err)
	wantSame(t, started.Session.AMR, []string{"pwd", "otp", "mfa"})
	if left, err := f.store.RecoveryCodesOf(f.ctx, []uuid.UUID{alice.ID}); err != nil || left[alice.ID].Left != 6 {
		t.Errorf("%+v, %v", left, err)
	}
}
