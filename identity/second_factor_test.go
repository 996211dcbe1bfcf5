package identity_test

import (
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// levelTwo is the class of a sign-in with two factors.
const levelTwo = "urn:authly:acr:2"

// app is the authenticator app of a user.
type app struct {
	f      *fixture
	secret []byte
}

// code is what the app shows so many steps from now.
func (a app) code(steps int) string {
	return identity.TOTPCode(a.secret, a.f.Now().Unix()/30+int64(steps))
}

// enrol gives who is signed in an app. The clock moves past the code that has confirmed it.
func (f *fixture) enrol(t testing.TB, b identity.BrowserSession) (app, identity.BrowserSession) {
	t.Helper()
	enrolment := f.SecondFactors.NewTOTP(b)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(enrolment.Secret)
	noError(t, err)
	a := app{f, secret}
	started, err := f.SecondFactors.AddTOTP(f.ctx, b, enrolment.Sealed, identity.SecondStep{Code: a.code(0)})
	noError(t, err)
	f.advance(time.Minute)
	return a, identity.BrowserSession{Session: started.Session, User: started.User}
}

// pending signs a user in with the password for an interaction, as far as that leads.
func (f *fixture) pending(t testing.TB, name string, i identity.Interaction) identity.Interaction {
	t.Helper()
	started, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: name, Password: passphrase})
	noError(t, err)
	if started.Pending == nil || started.Secret != "" {
		t.Fatalf("the password alone makes %+v", started)
	}
	i.Pending, err = f.SignIn.OpenPending(f.ctx, i, f.SignIn.SealPending(i, *started.Pending))
	noError(t, err)
	if i.Pending == nil {
		t.Fatal("nothing is pending")
	}
	return i
}

// TestTheCodesAreThoseOfTheStandard: RFC 6238 appendix B, of which six digits count.
func TestTheCodesAreThoseOfTheStandard(t *testing.T) {
	t.Parallel()
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := identity.TOTPCode([]byte("12345678901234567890"), at/30); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
}

func TestASignInWithTwoFactors(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u, client := f.user(t, "alice"), f.client(t, "app", func(m *clientFields) { m.SkipConsent = true })
	a, raised := f.enrol(t, f.signIn(t, u))
	if raised.Session.Level != identity.LevelTwo || raised.SecondFactorDue() {
		t.Errorf("the session that has added it is of level %d", raised.Session.Level)
	}
	i := f.pending(t, "alice", f.Interactions.NewAuthorize(client, params("openid")))
	step, err := f.Interactions.Next(f.ctx, i, nil)
	noError(t, err)
	if step != identity.StepSecondFactor {
		t.Errorf("next is %q", step)
	}
	first := f.Now()
	f.advance(time.Minute)
	code := a.code(0)
	started, err := f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Code: code[:3] + " " + code[3:]})
	noError(t, err)
	b := identity.BrowserSession{Session: started.Session, User: started.User}
	wantSame(t, b.Session.AMR, []string{"pwd", "otp", "mfa"})
	if b.Session.ACR != levelTwo || !b.Session.AuthTime.Equal(first) {
		t.Errorf("acr %q, auth_time %v: a second factor does not move it", b.Session.ACR, b.Session.AuthTime)
	}
	for asked, want := range map[string]string{"": levelTwo, levelOne: levelOne, levelTwo + " " + levelOne: levelTwo, "else": levelTwo} {
		p := params("openid")
		p.ACRValues = strings.Fields(asked)
		issued, err := f.Authorizations.Issue(f.ctx, f.Interactions.NewAuthorize(client, p), b)
		noError(t, err)
		g, err := f.byCode(issued.Code)
		noError(t, err)
		if g.Class() != want {
			t.Errorf("asked for %q the class is %q, want %q", asked, g.Class(), want)
		}
	}
}

// TestWhatIsPendingIsWorthNothingElse: in another interaction, later, after it was used, or after something has changed.
func TestWhatIsPendingIsWorthNothingElse(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	f.enrol(t, f.signIn(t, u))
	i := f.Interactions.NewAccount(identity.ReturnToHome)
	i = f.pending(t, "alice", i)
	cookie := f.SignIn.SealPending(i, *i.Pending)
	counts := func(i identity.Interaction, cookie string) bool {
		t.Helper()
		p, err := f.SignIn.OpenPending(f.ctx, i, cookie)
		noError(t, err)
		return p != nil
	}
	if !counts(i, cookie) {
		t.Fatal("it does not count at all")
	}
	now := f.Now()
	used := i
	used.AuthenticatedAt = &now
	for name, got := range map[string]bool{
		"another interaction": counts(f.Interactions.NewAccount(identity.ReturnToHome), cookie),
		"a changed cookie":    counts(i, "A"+cookie[1:]),
		"no cookie":           counts(i, "x!"),
		"one that was used":   counts(used, cookie),
	} {
		if got {
			t.Errorf("%s counts", name)
		}
	}
	f.advance(10 * time.Minute)
	if counts(i, cookie) {
		t.Error("it counts after ten minutes")
	}
	i = f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	cookie = f.SignIn.SealPending(i, *i.Pending)
	_, err := f.admin.Users.ResetPassword(f.ctx, u.ID)
	noError(t, err)
	if counts(i, cookie) {
		t.Error("it counts after the password was reset")
	}
}

func TestACodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "alice")
	u, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	a, _ := f.enrol(t, f.signIn(t, u))
	try := func(code string) error {
		i := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
		_, err := f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Code: code})
		return err
	}
	noError(t, try(a.code(-1)))
	wantError(t, try(a.code(-1)), identity.ErrInvalidCode)
	noError(t, try(a.code(1)))
	wantError(t, try(a.code(0)), identity.ErrInvalidCode) // it was shown before one that was used
	f.advance(2 * time.Minute)
	wantError(t, try(a.code(-2)), identity.ErrInvalidCode)
	wantError(t, try(a.code(2)), identity.ErrInvalidCode)
	if got := len(f.audit(t, identity.ActionSecondFactorFailed)); got != 4 {
		t.Errorf("%d failures are audited", got)
	}

	f.advance(2 * time.Hour)
	i := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	code := a.code(0)
	var good atomic.Int32
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			if _, err := f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Code: code}); err == nil {
				good.Add(1)
			}
		})
	}
	group.Wait()
	if good.Load() != 1 {
		t.Errorf("%d of ten signed in with one code", good.Load())
	}
}

// TestTheCodeThatConfirmsAnAppSignsNobodyIn: whoever looked over the shoulder has it.
func TestTheCodeThatConfirmsAnAppSignsNobodyIn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.signIn(t, f.user(t, "alice"))
	enrolment := f.SecondFactors.NewTOTP(b)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(enrolment.Secret)
	noError(t, err)
	code := app{f, secret}.code(0)
	_, err = f.SecondFactors.AddTOTP(f.ctx, b, enrolment.Sealed, identity.SecondStep{Code: "000000"})
	wantError(t, err, identity.ErrInvalidCode)
	other := f.signIn(t, b.User)
	_, err = f.SecondFactors.AddTOTP(f.ctx, other, enrolment.Sealed, identity.SecondStep{Code: code})
	wantError(t, err, identity.ErrInvalidCode) // of the page of another session
	started, err := f.SecondFactors.AddTOTP(f.ctx, b, enrolment.Sealed, identity.SecondStep{Code: code})
	noError(t, err)
	if started.Session.ID != b.Session.ID || started.Secret == "" {
		t.Errorf("the session is %v under %q", started.Session.ID, started.Secret)
	}
	_, err = f.SecondFactors.AddTOTP(f.ctx, b, enrolment.Sealed, identity.SecondStep{Code: code})
	wantError(t, err, identity.ErrSessionNotFound) // its cookie is another one now
	i := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	_, err = f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Code: code})
	wantError(t, err, identity.ErrInvalidCode)
}

// TestGuessingCodesIsSlowedForStrangersAlone: never shut are the browsers on which the user is known.
func TestGuessingCodesIsSlowedForStrangersAlone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	known, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: "alice", Password: passphrase})
	noError(t, err)
	a, _ := f.enrol(t, identity.BrowserSession{Session: known.Session, User: u})
	i := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	guess := func(code, device string) error {
		_, err := f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Code: code, Device: device})
		return err
	}
	for range 5 {
		wantError(t, guess("123456", ""), identity.ErrInvalidCode)
	}
	if err := guess(a.code(0), ""); identity.AsError(err).Kind != identity.RateLimited || identity.AsError(err).RetryAfter > 10*time.Minute {
		t.Errorf("the sixth: %v", err)
	}
	noError(t, guess(a.code(0), known.Device))

	app, err := f.store.TOTPOf(f.ctx, u.ID)
	noError(t, err)
	for range 100 {
		noError(t, f.store.RecordTOTPFailure(f.ctx, app.ID))
	}
	f.advance(24 * time.Hour)
	i = f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	for range 2 {
		wantError(t, guess("123456", ""), identity.ErrInvalidCode)
	}
	if err := guess(a.code(0), ""); identity.AsError(err).Kind != identity.RateLimited || identity.AsError(err).RetryAfter < 11*time.Hour {
		t.Errorf("after a hundred in a row: %v", err)
	}
	noError(t, guess(a.code(0), known.Device))
	if app, err := f.store.TOTPOf(f.ctx, u.ID); err != nil || app.Failures != 0 {
		t.Errorf("%d failures, %v", app.Failures, err)
	}
}

// TestASessionFromBeforeTheFactorIsAskedForIt: it goes on under its id, with another cookie.
func TestASessionFromBeforeTheFactorIsAskedForIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u, client := f.user(t, "alice"), f.client(t, "app", func(m *clientFields) { m.SkipConsent = true })
	old := f.signIn(t, u)
	a, _ := f.enrol(t, f.signIn(t, u))
	old.User.App = true
	i := f.Interactions.NewAuthorize(client, params("openid"))
	if step, err := f.Interactions.Next(f.ctx, i, &old); err != nil || step != identity.StepSecondFactor {
		t.Errorf("next is %q, %v", step, err)
	}
	wantError(t, f.SecondFactors.RemoveTOTP(f.ctx, old), identity.ErrSessionNotFound)
	_, err := f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Code: a.code(0)})
	wantError(t, err, identity.ErrSessionNotFound)
	started, err := f.SignIn.SecondFactor(f.ctx, i, &old, identity.SecondStep{Code: a.code(0)})
	noError(t, err)
	raised := started.Session
	if raised.ID != old.Session.ID || raised.Level != identity.LevelTwo || !raised.AuthTime.Equal(old.Session.AuthTime) {
		t.Errorf("the session is now %+v", raised)
	}
	if events := f.audit(t, identity.ActionSessionRaised); len(events) != 1 || events[0].ActorName != "alice" {
		t.Errorf("audited as %+v", events)
	}
	b := identity.BrowserSession{Session: started.Session, User: old.User}
	noError(t, f.SecondFactors.RemoveTOTP(f.ctx, b))
	after, err := f.store.UserByID(f.ctx, u.ID)
	noError(t, err)
	if after.App {
		t.Error("the user still has it")
	}
}

// TestAClientDemandsALevel: whoever can reach it is led there, by a sign-in that is no longer ago than a few minutes.
func TestAClientDemandsALevel(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client := f.client(t, "app", func(m *clientFields) { m.SkipConsent = true })
	b := f.signIn(t, f.user(t, "alice"))
	for name, test := range map[string]struct {
		voluntary, essential string
		age                  time.Duration
		want                 identity.Step
	}{
		"nothing":                    {"", "", 0, identity.StepIssue},
		"what is there":              {"", levelOne, 0, identity.StepIssue},
		"more, or what is there":     {"", levelTwo + " " + levelOne, 0, identity.StepIssue},
		"more, if possible":          {levelTwo, "", 0, identity.StepIssue},
		"more":                       {"", levelTwo, 0, identity.StepEnrol},
		"more, of a session of then": {"", levelTwo, time.Hour, identity.StepFirstFactor},
	} {
		p := params("openid")
		p.ACRValues, p.ACREssential = strings.Fields(test.voluntary), strings.Fields(test.essential)
		b := b
		b.Session.AuthTime = b.Session.AuthTime.Add(-test.age)
		if step, err := f.Interactions.Next(f.ctx, f.Interactions.NewAuthorize(client, p), &b); err != nil || step != test.want {
			t.Errorf("%s: next is %q, %v; want %q", name, step, err, test.want)
		}
	}
}

// TestAPasswordAloneGetsNoTokens: the password grant has no page to ask on.
func TestAPasswordAloneGetsNoTokens(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client := f.client(t, "old", func(m *clientFields) { m.GrantTypes = append(m.GrantTypes, identity.GrantPassword) })
	f.enrol(t, f.signIn(t, f.user(t, "alice")))
	_, err := f.Grants.ForPassword(f.ctx, client, "alice", passphrase, []string{"openid"})
	if identity.AsError(err).Code != identity.CodeSecondFactorNeeded {
		t.Errorf("got %v", err)
	}
}

func TestTheAddressForAppsIsReadByThem(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.signIn(t, f.user(t, "alice"))
	enrolment := f.SecondFactors.NewTOTP(b)
	address, err := url.Parse(enrolment.URI)
	noError(t, err)
	want := url.Values{
		"secret": {enrolment.Secret}, "issuer": {"id.example.org"}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"},
	}
	wantSame(t, address.Query(), want)
	if got := fmt.Sprint(address.Scheme, " ", address.Host, address.Path); got != "otpauth totp/id.example.org:alice" {
		t.Errorf("the label is %s", got)
	}
	again, err := f.SecondFactors.TOTP(b, enrolment.Sealed)
	noError(t, err)
	if again.Secret != enrolment.Secret {
		t.Error("shown again it is another secret")
	}
	if _, err := f.SecondFactors.TOTP(b, "else"); !errors.Is(err, identity.ErrInvalidCode) {
		t.Errorf("what is no secret: %v", err)
	}
}

// TestAnAppOutlivesTheRootKey: sealed anew, it works without the root key of before.
func TestAnAppOutlivesTheRootKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	a, _ := f.enrol(t, f.signIn(t, f.user(t, "alice")))
	under := func(current []byte, old ...[]byte) *fixture {
		other := *f
		other.deps.Keys = keyring(t, current, old...)
		other.Domain = identity.New(other.deps)
		other.admin = admin.New(other.deps, other.Domain.SigningKeys)
		return &other
	}
	done, err := under(root('b'), root('a')).admin.SigningKeys.Reseal(f.ctx, func(identity.ResealPlace) {})
	noError(t, err)
	if done.TOTPs != 1 || done.Unreadable != 0 {
		t.Errorf("sealed anew: %+v", done)
	}
	done, err = under(root('b'), root('a')).admin.SigningKeys.Reseal(f.ctx, func(identity.ResealPlace) {})
	noError(t, err)
	if done.TOTPs != 0 {
		t.Errorf("and again: %+v", done)
	}
	now := under(root('b'))
	i := now.pending(t, "alice", now.Interactions.NewAccount(identity.ReturnToHome))
	_, err = now.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Code: a.code(0)})
	noError(t, err)
}
