package identity_test

import (
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/authly/authly/identity"
)

// trusting signs alice in with both factors on a browser that shall spare the second from then on.
func (f *fixture) trusting(t *testing.T, a app) identity.NewSession {
	t.Helper()
	i := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	started, err := f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Code: a.code(0), Trust: true})
	noError(t, err)
	f.advance(time.Minute)
	return started
}

// again signs alice in with the password on a browser.
func (f *fixture) again(t *testing.T, device string) identity.NewSession {
	t.Helper()
	started, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: "alice", Password: passphrase, Device: device})
	noError(t, err)
	return started
}

// TestATrustedBrowserSparesTheSecondFactor where no level is asked for: to its user alone, for a time.
func TestATrustedBrowserSparesTheSecondFactor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client := f.client(t, "app", func(m *clientFields) { m.SkipConsent = true })
	a, _ := f.enrol(t, f.signIn(t, f.user(t, "alice")))
	bob := f.user(t, "bob")
	f.enrol(t, f.signIn(t, bob))
	trusted := f.trusting(t, a)

	started := f.again(t, trusted.Device)
	wantSame(t, started.Session.AMR, []string{"pwd", "rba"})
	if started.Session.Level != identity.LevelOne || started.Session.ACR != levelOne {
		t.Errorf("level %d, acr %q", started.Session.Level, started.Session.ACR)
	}
	b := identity.BrowserSession{Session: started.Session, User: f.reread(t, started.User)}
	next := func(i identity.Interaction) identity.Step {
		t.Helper()
		step, err := f.Interactions.Next(f.ctx, i, &b)
		noError(t, err)
		return step
	}
	asking := func(voluntary, essential []string) identity.Interaction {
		p := params("openid")
		p.ACRValues, p.ACREssential = voluntary, essential
		return f.Interactions.NewAuthorize(client, p)
	}
	for name, test := range map[string]struct {
		i    identity.Interaction
		want identity.Step
	}{
		"no level":               {asking(nil, nil), identity.StepIssue},
		"the lower one first":    {asking([]string{levelOne, levelTwo}, nil), identity.StepIssue},
		"the higher one first":   {asking([]string{"else", levelTwo, levelOne}, nil), identity.StepSecondFactor},
		"the higher one, or end": {asking(nil, []string{levelTwo}), identity.StepSecondFactor},
		"either, or end":         {asking(nil, []string{levelTwo, levelOne}), identity.StepIssue},
		"home":                   {f.Interactions.NewAccount(identity.ReturnToHome), identity.StepReturn},
		"the page of security":   {f.Interactions.NewAccount(identity.ReturnToSecurity), identity.StepSecondFactor},
		"the page of passwords":  {f.Interactions.NewAccount(identity.ReturnToPassword), identity.StepSecondFactor},
	} {
		if got := next(test.i); got != test.want {
			t.Errorf("%s: next is %q, want %q", name, got, test.want)
		}
	}
	wantError(t, f.SecondFactors.RemoveTOTP(f.ctx, b), identity.ErrSessionNotFound)
	raised, err := f.SignIn.SecondFactor(f.ctx, asking(nil, []string{levelTwo}), &b, identity.SecondStep{Code: a.code(0)})
	noError(t, err)
	if raised.Session.Level != identity.LevelTwo || raised.Session.ID != started.Session.ID {
		t.Errorf("raised to %+v", raised.Session)
	}

	if f.again(t, "").Pending == nil {
		t.Error("another browser spares it")
	}
	other, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: "bob", Password: passphrase, Device: trusted.Device})
	noError(t, err)
	if other.Pending == nil {
		t.Error("the browser spares it somebody else")
	}
	f.advance(30 * 24 * time.Hour)
	if f.again(t, trusted.Device).Pending == nil {
		t.Error("it is spared for good")
	}
}

// TestTrustEnds with what it was in, and when the operator or the person does not want it.
func TestTrustEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, f *fixture, b identity.BrowserSession){
		"the person ends it": func(t *testing.T, f *fixture, b identity.BrowserSession) {
			noError(t, f.SecondFactors.EndTrust(f.ctx, b))
			noError(t, f.SecondFactors.EndTrust(f.ctx, b))
			if n := len(f.audit(t, identity.ActionBrowsersForgotten)); n != 1 {
				t.Errorf("audited %d times", n)
			}
		},
		"a recovery code was used": func(t *testing.T, f *fixture, b identity.BrowserSession) {
			_, err := f.recover(t, "alice", f.keepCodes(t, b)[0])
			noError(t, err)
		},
		"a passkey was added elsewhere": func(t *testing.T, f *fixture, b identity.BrowserSession) { f.addPasskey(t, b) },
		"another app": func(t *testing.T, f *fixture, b identity.BrowserSession) {
			noError(t, f.SecondFactors.RemoveTOTP(f.ctx, b))
			fresh := f.signIn(t, b.User)
			f.enrol(t, fresh)
		},
		"the password was reset": func(t *testing.T, f *fixture, b identity.BrowserSession) {
			reset, err := f.admin.Users.ResetPassword(f.ctx, b.User.ID)
			noError(t, err)
			user := f.reread(t, b.User)
			user.Password.Hash = b.User.Password.Hash // the one that the test knows
			user.RequiresPasswordChange = false
			noError(t, f.store.UpdateUser(f.ctx, user))
			if reset.Temporary == "" {
				t.Error("nothing was reset")
			}
		},
		"the operator": func(_ *testing.T, f *fixture, _ identity.BrowserSession) {
			f.configure(func(s *identity.Settings) { s.TrustBrowser = 0 })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			a, _ := f.enrol(t, f.signIn(t, f.user(t, "alice")))
			trusted := f.trusting(t, a)
			if f.again(t, trusted.Device).Pending != nil {
				t.Fatal("it is not spared at all")
			}
			end(t, f, identity.BrowserSession{Session: trusted.Session, User: f.reread(t, trusted.User)})
			if f.again(t, trusted.Device).Pending == nil {
				t.Error("it is spared still")
			}
		})
	}
}

// TestTheBrowserThatAddsOrRemovesAPasskeyStaysTrusted, and no other does.
func TestTheBrowserThatAddsOrRemovesAPasskeyStaysTrusted(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	a, _ := f.enrol(t, f.signIn(t, f.user(t, "alice")))
	here, there := f.trusting(t, a), f.trusting(t, a)
	trusted := func(what string, here, there string, want bool) {
		t.Helper()
		if f.again(t, here).Pending != nil {
			t.Errorf("%s: this browser asks", what)
		}
		if f.again(t, there).Pending == nil != want {
			t.Errorf("%s: the other one spares it: %t", what, !want)
		}
	}
	trusted("at first", here.Device, there.Device, true)

	b := identity.BrowserSession{Session: here.Session, User: f.reread(t, here.User)}
	d := device{f, virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)}
	started, err := f.Passkeys.Add(f.ctx, b, identity.CredentialPasskey, d.made(t, b), here.Device)
	noError(t, err)
	trusted("added", here.Device, there.Device, false)

	there = f.trusting(t, a)
	trusted("another one", here.Device, there.Device, true)
	b = identity.BrowserSession{Session: started.Session, User: f.reread(t, here.User)}
	list, err := f.Passkeys.Of(f.ctx, b.User)
	noError(t, err)
	noError(t, f.Passkeys.Remove(f.ctx, b, list.Passkeys[0].ID, here.Device))
	trusted("removed", here.Device, there.Device, false)
}

// TestNobodyIsTrustedWithoutAsking, nor where the operator does not want it.
func TestNobodyIsTrustedWithoutAsking(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	a, _ := f.enrol(t, f.signIn(t, f.user(t, "alice")))
	i := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	started, err := f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Code: a.code(0)})
	noError(t, err)
	f.advance(time.Minute)
	if f.again(t, started.Device).Pending == nil {
		t.Error("nobody has asked for it")
	}
	f.configure(func(s *identity.Settings) { s.TrustBrowser = 0 })
	started = f.trusting(t, a)
	f.configure(func(s *identity.Settings) { s.TrustBrowser = time.Hour })
	if f.again(t, started.Device).Pending == nil {
		t.Error("the operator did not want it")
	}
	if n := len(f.audit(t, identity.ActionBrowserTrusted)); n != 0 {
		t.Errorf("audited %d times", n)
	}
}
