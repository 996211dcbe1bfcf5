package identity_test

import (
	"testing"

	"github.com/authly/authly/identity"
)

// asking gives a user a passkey that is asked for after the password.
func (f *fixture) asking(t testing.TB, name string) (device, identity.BrowserSession) {
	t.Helper()
	u := f.user(t, name)
	d, b := f.addPasskey(t, f.signIn(t, u))
	noError(t, f.Passkeys.SetSecondStep(f.ctx, b, true))
	b.User = f.reread(t, u)
	return d, b
}

// TestAPasskeyIsAskedForWhereItsOwnerSaysSo: after the password, by the policy, and for what has no page; and no more once it is gone.
func TestAPasskeyIsAskedForWhereItsOwnerSaysSo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	d, b := f.asking(t, "alice")
	home := f.Interactions.NewAccount(identity.ReturnToHome)
	i := f.pending(t, "alice", home)
	started, err := f.SignIn.SecondFactor(f.ctx, i, nil, d.second(t, i, i.Pending.User))
	noError(t, err)
	if started.Session.Level < identity.LevelTwo {
		t.Errorf("the session is %+v", started.Session)
	}

	// Switched off and on again it trusts no browser that was trusted before.
	step := d.second(t, i, i.Pending.User)
	step.Trust = true
	trusted, err := f.SignIn.SecondFactor(f.ctx, f.pending(t, "alice", i), nil, step)
	noError(t, err)
	wantSame(t, f.again(t, trusted.Device).Session.AMR, []string{"pwd", "rba"})
	noError(t, f.Passkeys.SetSecondStep(f.ctx, b, false))
	wantSame(t, f.again(t, trusted.Device).Session.AMR, []string{"pwd"})
	noError(t, f.Passkeys.SetSecondStep(f.ctx, b, true))
	noError(t, f.Passkeys.SetSecondStep(f.ctx, b, true)) // once more says nothing
	if f.again(t, trusted.Device).Pending == nil {
		t.Error("the browser spares it still")
	}
	for action, want := range map[identity.Action]int{identity.ActionSecondStepOn: 2, identity.ActionSecondStepOff: 1} {
		if events := f.audit(t, action); len(events) != want || events[0].ActorName != "alice" {
			t.Errorf("%s: %+v", action, events)
		}
	}

	list, err := f.Passkeys.Of(f.ctx, b.User)
	noError(t, err)
	noError(t, f.Passkeys.Remove(f.ctx, b, list.Passkeys[0].ID, ""))
	if again := f.again(t, trusted.Device); again.Pending != nil {
		t.Error("what is gone is asked for")
	}
}

// TestWhetherAPasskeyIsAskedForIsAboutTheSecurityOfTheAccount: nobody changes it who knows the password alone.
func TestWhetherAPasskeyIsAskedForIsAboutTheSecurityOfTheAccount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	wantError(t, f.Passkeys.SetSecondStep(f.ctx, f.signIn(t, u), true), identity.ErrCredentialNotFound)
	_, b := f.addPasskey(t, f.signIn(t, u))
	thief := identity.BrowserSession{Session: f.signIn(t, u).Session, User: f.reread(t, u)}
	wantError(t, f.Passkeys.SetSecondStep(f.ctx, thief, true), identity.ErrSessionNotFound)
	noError(t, f.Passkeys.SetSecondStep(f.ctx, b, true))
	thief.User = f.reread(t, u)
	wantError(t, f.Passkeys.SetSecondStep(f.ctx, thief, false), identity.ErrSessionNotFound)
	if !thief.SecondFactorDue() {
		t.Error("it is not due in a session of the password alone")
	}
}

// TestAPasskeyThatCannotBeUsedIsAskedForAllTheSame: no setting opens the account, and the recovery codes stand for it.
func TestAPasskeyThatCannotBeUsedIsAskedForAllTheSame(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, b := f.asking(t, "alice")
	codes := f.keepCodes(t, b)
	f.configure(func(s *identity.Settings) { s.Passkeys = identity.PasskeysOff })
	i := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	started, err := f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Kind: identity.CredentialRecoveryCode, Code: codes[0]})
	noError(t, err)
	b, err = f.Sessions.FromCookie(f.ctx, started.Secret)
	noError(t, err)
	if b.User.Passkey || !b.User.SecondStep {
		t.Errorf("the user is %+v", b.User)
	}
	noError(t, f.Passkeys.SetSecondStep(f.ctx, b, false))
	if f.again(t, "").Pending != nil {
		t.Error("it is asked for still")
	}
}

// TestAPasskeyThatIsAskedForIsAskedForInARecovery as well, also where an administrator has made the link.
func TestAPasskeyThatIsAskedForIsAskedForInARecovery(t *testing.T) {
	t.Parallel()
	f, box := withLetterbox(t)
	u, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	_, b := f.addPasskey(t, f.signIn(t, u))
	f.deliver(t, box)
	attempt := identity.RecoveryAttempt{Token: f.recoveryLink(t, box, "alice"), Next: nextPassphrase}
	if r, err := f.Recovery.Find(f.ctx, attempt.Token); err != nil || r.PasswordCode {
		t.Errorf("where it is not asked for: %+v, %v", r, err)
	}
	noError(t, f.Passkeys.SetSecondStep(f.ctx, b, true))
	_, err = f.Recovery.Complete(f.ctx, attempt)
	wantError(t, err, identity.ErrInvalidCode)
	attempt.Token = f.handedLink(t, u)
	_, err = f.Recovery.Complete(f.ctx, attempt)
	wantError(t, err, identity.ErrInvalidCode)
}
