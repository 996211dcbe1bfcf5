package identity_test

import (
	"slices"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// withCodes is withLetterbox where mailed codes sign in, or only make browsers known.
func withCodes(t *testing.T, signIn bool) (*fixture, *letterbox) {
	t.Helper()
	f, box := withLetterbox(t)
	f.configure(func(s *identity.Settings) { s.EmailSignIn = signIn })
	return f, box
}

// mailedCode asks for a code for somebody from a network, and returns it with the browser's secret. Empty: no message went.
func (f *fixture) mailedCode(t *testing.T, box *letterbox, ip, login, device string) (code, secret string) {
	t.Helper()
	secret, err := f.SignInCodes.Request(f.at(ip), identity.SignInCodeRequest{Login: login, Device: device})
	noError(t, err)
	for _, c := range f.deliver(t, box) {
		code = c.Code
	}
	return code, secret
}

func (f *fixture) prove(code, secret, device string) (identity.NewSession, error) {
	return f.SignInCodes.Prove(f.at("198.51.100.7"), identity.SignInCodeAttempt{Code: code, Request: secret, Device: device})
}

// TestNobodyLearnsFromACodeWhoHasAnAccount: every name is answered alike and leaves a row of its own.
func TestNobodyLearnsFromACodeWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	f, box := withCodes(t, true)
	paced := &pacedHasher{PasswordHasher: f.deps.Hasher, events: func() int { return len(f.audit(t, identity.ActionSignInCodeSent)) }}
	f.deps.Hasher = paced
	f.Domain = identity.New(f.deps)
	for i, login := range []string{"alice", "zelda", "inactive", "unverified@example.org", "\u212aim", "alice\x00"} {
		secret, err := f.SignInCodes.Request(f.at("198.51.100.7"), identity.SignInCodeRequest{Login: login})
		if err != nil || secret == "" || paced.awaited != 2*i+1 {
			t.Errorf("%q: %q %v, awaited %d times", login, secret, err, paced.awaited)
		}
		if found, err := f.SignInCodes.Find(f.ctx, secret); err != nil || found.Login != login {
			t.Errorf("%q: %+v %v", login, found, err)
		}
		_, err = f.prove("1234 5678", secret, "")
		wantError(t, err, identity.ErrInvalidCode)
		if paced.awaited != 2*i+2 {
			t.Errorf("%q: a wrong code is refused without waiting", login)
		}
	}
	if delivered := f.deliver(t, box); len(delivered) != 1 || delivered[0].Username != "alice" || len(delivered[0].Code) != 9 || delivered[0].Link != "" {
		t.Errorf("delivered: %+v", delivered)
	}
	var reasons []string
	for _, e := range f.audit(t, identity.ActionSignInCodeSent) {
		reasons = append(reasons, e.Reason)
	}
	slices.Sort(reasons)
	wantSame(t, reasons, []string{"", "inactive", "unknown_user", "unknown_user", "unknown_user", "unverified"})
}

// TestAMailedCodeSignsInAsOneFactor: in the browser that asked, once, for ten minutes and five tries, and for nobody whose password
// or address has changed since.
func TestAMailedCodeSignsInAsOneFactor(t *testing.T) {
	t.Parallel()
	f, box := withCodes(t, true)
	alice, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	code, secret := f.mailedCode(t, box, "198.51.100.7", "alice", "")
	_, other := f.mailedCode(t, box, "198.51.100.7", "zelda", "")
	_, err = f.prove(code, other, "")
	wantError(t, err, identity.ErrInvalidCode)
	started, err := f.prove(code, secret, "")
	noError(t, err)
	wantSame(t, started.Session.AMR, []string{"email"})
	if started.Session.Level != identity.LevelOne || started.Session.ACR != "urn:authly:acr:1" || started.Device == "" || started.Secret == "" {
		t.Errorf("%+v", started)
	}
	_, err = f.prove(code, secret, "")
	wantError(t, err, identity.ErrSignInCodeNotFound)

	next := func() (code, secret string) {
		f.advance(24 * time.Hour)
		return f.mailedCode(t, box, "198.51.100.7", "alice@example.org", started.Device)
	}
	code, secret = next()
	for range 5 {
		_, err = f.prove("0000-0000", secret, "")
		wantError(t, err, identity.ErrInvalidCode)
	}
	_, err = f.prove(code, secret, "")
	wantError(t, err, identity.ErrSignInCodeNotFound)
	code, secret = next()
	f.advance(10 * time.Minute)
	_, err = f.prove(code, secret, "")
	wantError(t, err, identity.ErrSignInCodeNotFound)

	for name, change := range map[string]admin.UserChange{
		"deactivated":     {Active: new(false)},
		"another address": {Email: new("other@example.org"), Verified: new(true)},
	} {
		code, secret = next()
		_, err := f.admin.Users.Update(f.ctx, alice.ID, change, nil)
		noError(t, err)
		if _, err = f.prove(code, secret, ""); err == nil {
			t.Errorf("%s: signed in", name)
		}
		_, err = f.admin.Users.Update(f.ctx, alice.ID, admin.UserChange{Active: new(true), Email: &alice.Email, Verified: new(true)}, nil)
		noError(t, err)
	}
	code, secret = next()
	f.advance(time.Second)
	change := identity.PasswordChange{Current: passphrase, Next: nextPassphrase}
	changed, err := f.SignIn.ChangePassword(f.ctx, f.signIn(t, alice).Session, change)
	noError(t, err)
	_, err = f.prove(code, secret, changed.Device)
	wantError(t, err, identity.ErrSignInCodeNotFound)
}

// TestAMailedCodeIsNoSecondFactor: whoever has a second factor is asked for it, what stands beside a password is one factor (trap 22),
// and a session of a code adds nothing to an account that can prove more (trap 31).
func TestAMailedCodeIsNoSecondFactor(t *testing.T) {
	t.Parallel()
	f, box := withCodes(t, true)
	alice, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	a, _ := f.enrol(t, f.signIn(t, alice))
	code, secret := f.mailedCode(t, box, "198.51.100.7", "alice", "")
	started, err := f.prove(code, secret, "")
	noError(t, err)
	if started.Pending == nil || started.Secret != "" || started.Pending.First.Kind != identity.CredentialEmail {
		t.Fatalf("%+v", started)
	}
	_, err = f.prove(code, secret, "")
	wantError(t, err, identity.ErrSignInCodeNotFound)
	i := f.Interactions.NewAccount(identity.ReturnToHome)
	i.Pending, err = f.SignIn.OpenPending(f.ctx, i, f.SignIn.SealPending(i, *started.Pending))
	noError(t, err)
	if i.Pending == nil || i.Pending.First.Kind != identity.CredentialEmail {
		t.Fatalf("%+v", i.Pending)
	}
	f.advance(time.Minute)
	finished, err := f.SignIn.SecondFactor(f.at("198.51.100.7"), i, nil, identity.SecondStep{Code: a.code(0)})
	noError(t, err)
	wantSame(t, finished.Session.AMR, []string{"email", "otp", "mfa"})
	both := identity.Assure(identity.Factor{Kind: identity.CredentialPassword}, identity.Factor{Kind: identity.CredentialEmail})
	if both.Level != identity.LevelOne {
		t.Errorf("password and code reach %d", both.Level)
	}
	weak := identity.BrowserSession{Session: identity.Session{Level: identity.LevelOne}, User: identity.User{Passkey: true}}
	if !weak.SecondFactorUnproven() {
		t.Error("a session of a code may add to an account with a passkey")
	}
}

// TestACodeMakesTheBrowserKnownForAnHour: line 1 of what must be shown. When strangers have used up the account, who reads its mail
// is served on a third browser; nobody is signed in by that, and an hour later the browser is a stranger's again.
func TestACodeMakesTheBrowserKnownForAnHour(t *testing.T) {
	t.Parallel()
	f, box := withCodes(t, false)
	for i := range 30 {
		_ = f.guess("10.0."+string(rune('0'+i%10))+string(rune('0'+i/10))+".1", "alice", "wrong")
	}
	waits(t, f.guess("203.0.113.9", "alice", passphrase))
	code, secret := f.mailedCode(t, box, "203.0.113.9", "alice", "")
	started, err := f.prove(code, secret, "")
	noError(t, err)
	if started.Secret != "" || started.Pending != nil || started.Device == "" {
		t.Fatalf("%+v", started)
	}
	attempt := identity.SignInAttempt{Login: "alice", Password: "wrong", Device: started.Device}
	_, err = f.SignIn.Password(f.at("203.0.113.9"), attempt)
	wantError(t, err, identity.ErrInvalidCredentials)
	waits(t, f.guess("203.0.113.9", "alice", passphrase)) // another browser of that network
	events := f.audit(t, identity.ActionBrowserProven)
	if len(events) != 1 || events[0].TargetName != "alice" || events[0].IP != "198.51.100.7" {
		t.Errorf("audited as %+v", events)
	}
	f.advance(time.Hour)
	for i := range 30 {
		_ = f.guess("10.0."+string(rune('0'+i%10))+string(rune('0'+i/10))+".1", "alice", "wrong")
	}
	attempt.Password = passphrase
	_, err = f.SignIn.Password(f.at("203.0.113.9"), attempt)
	waits(t, err)

	code, secret = f.mailedCode(t, box, "203.0.113.9", "alice", started.Device)
	if code == "" {
		f.advance(4 * time.Hour)
		code, secret = f.mailedCode(t, box, "203.0.113.9", "alice", started.Device)
	}
	started, err = f.prove(code, secret, started.Device)
	noError(t, err)
	attempt.Device = started.Device
	_, err = f.SignIn.Password(f.at("203.0.113.9"), attempt)
	noError(t, err)
	f.advance(48 * time.Hour)
	for i := range 30 {
		_ = f.guess("10.0."+string(rune('0'+i%10))+string(rune('0'+i/10))+".1", "alice", "wrong")
	}
	_, err = f.SignIn.Password(f.at("203.0.113.77"), attempt) // known since the sign-in
	noError(t, err)
}

// TestOneNetworkKeepsCodesFromNobodyElsewhere: who asks for the same address every minute for a day uses up their own limit, and not
// that of the address, for accounts that there are and for such that are to be.
func TestOneNetworkKeepsCodesFromNobodyElsewhere(t *testing.T) {
	t.Parallel()
	f, box := withCodes(t, true)
	f.configure(func(s *identity.Settings) { s.Registration = identity.RegistrationOpen })
	sent := map[string]int{}
	ask := func(ip string) (codes, registrations int) {
		_, err := f.SignInCodes.Request(f.at(ip), identity.SignInCodeRequest{Login: "alice"})
		noError(t, err)
		codes = len(f.deliver(t, box))
		_, err = f.Registrations.Begin(f.at(ip), identity.RegistrationRequest{Email: "new@example.org"})
		noError(t, err)
		return codes, len(f.deliver(t, box))
	}
	for hour := range 24 {
		for range 4 { // more often from one network is mail_network
			codes, registrations := ask("192.0.2.1")
			sent["codes"] += codes
			sent["registrations"] += registrations
			f.advance(15 * time.Minute)
		}
		if hour%6 == 5 {
			if codes, registrations := ask("198.51.100.7"); codes != 1 || registrations != 1 {
				t.Errorf("after %d hours the owner gets %d and %d messages", hour+1, codes, registrations)
			}
		}
	}
	if sent["codes"] > 9 || sent["registrations"] > 9 || sent["codes"] < 3 {
		t.Errorf("one network has got %v messages sent in a day", sent)
	}
}
