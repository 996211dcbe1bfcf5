package identity_test

import (
	"slices"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// addKey gives who is signed in a security key.
func (f *fixture) addKey(t testing.TB, b identity.BrowserSession) (device, identity.BrowserSession) {
	t.Helper()
	d := device{f, virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)}
	started, err := f.Passkeys.Add(f.ctx, b, identity.CredentialSecurityKey, d.madeAs(t, b, identity.CredentialSecurityKey), "")
	noError(t, err)
	return d, identity.BrowserSession{Session: started.Session, User: started.User}
}

// second is what a device sends to the page of the second step.
func (d *device) second(t testing.TB, i identity.Interaction, u identity.User) identity.SecondStep {
	t.Helper()
	ceremony, err := d.f.SignIn.SecondPasskeyRequest(d.f.ctx, i, u, "browser")
	noError(t, err)
	if ceremony == nil {
		t.Fatal("no key is asked for")
	}
	return identity.SecondStep{Kind: identity.CredentialPasskey, Passkey: d.answer(t, *ceremony, "browser")}
}

// TestASecurityKeyStandsBesideAnotherFactor: it is asked for after the password, and signs nobody in alone, although this one has
// verified the person.
func TestASecurityKeyStandsBesideAnotherFactor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	d, b := f.addKey(t, f.signIn(t, u))
	wantSame(t, b.Session.AMR, []string{"pwd", "pop", "hwk", "mfa"})
	if b.Session.Level != identity.LevelTwo || !b.User.SecurityKey || b.User.Passkey {
		t.Errorf("the session is %+v, of %+v", b.Session, b.User)
	}
	_, err := f.SignIn.Passkey(f.ctx, d.attempt(t))
	wantError(t, err, identity.ErrKeyAlone)
	if events := f.audit(t, identity.ActionSignInFailed); len(events) != 1 || events[0].Reason != "security_key" || events[0].TargetName != "alice" {
		t.Errorf("audited as %+v", events)
	}

	client := f.client(t, "app", func(m *clientFields) { m.SkipConsent = true })
	i := f.pending(t, "alice", f.Interactions.NewAuthorize(client, params("openid")))
	if step, err := f.Interactions.Next(f.ctx, i, nil); err != nil || step != identity.StepSecondFactor {
		t.Errorf("next is %q, %v", step, err)
	}
	started, err := f.SignIn.SecondFactor(f.ctx, i, nil, d.second(t, i, i.Pending.User))
	noError(t, err)
	wantSame(t, started.Session.AMR, []string{"pwd", "pop", "hwk", "mfa"})
	if started.Session.Level != identity.LevelTwo || started.Session.ACR != levelTwo {
		t.Errorf("level %d, acr %q", started.Session.Level, started.Session.ACR)
	}
	b = identity.BrowserSession{Session: started.Session, User: f.reread(t, u)}

	// What a client demands beyond that a passkey is added for, and then the key no longer serves.
	p := params("openid")
	p.ACREssential = []string{"phr"}
	demand := f.Interactions.NewAuthorize(client, p)
	if step, err := f.Interactions.Next(f.ctx, demand, &b); err != nil || step != identity.StepEnrol {
		t.Errorf("next is %q, %v", step, err)
	}
	_, with := f.addPasskey(t, b)
	ceremony, err := f.SignIn.SecondPasskeyRequest(f.ctx, demand, with.User, "browser")
	noError(t, err)
	_, err = f.SignIn.SecondFactor(f.ctx, demand, &with, identity.SecondStep{
		Kind: identity.CredentialPasskey, Passkey: d.answer(t, *ceremony, "browser"),
	})
	wantError(t, err, identity.ErrPasskeyRefused)
}

// TestACeremonyMakesWhatItWasBegunFor: a security key, which need not verify anybody, becomes no passkey.
func TestACeremonyMakesWhatItWasBegunFor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.signIn(t, f.user(t, "alice"))
	kinds := []identity.CredentialKind{identity.CredentialPasskey, identity.CredentialSecurityKey}
	for at, kind := range kinds {
		d := f.device()
		_, err := f.Passkeys.Add(f.ctx, b, kinds[1-at], d.madeAs(t, b, kind), "")
		wantError(t, err, identity.ErrCeremonyExpired)
	}
	d := f.device()
	d.auth.Options.UserNotVerified = true
	_, err := f.Passkeys.Add(f.ctx, b, identity.CredentialPasskey, d.made(t, b), "")
	wantError(t, err, identity.ErrPasskeyRefused)
	_, err = f.Passkeys.Add(f.ctx, b, identity.CredentialSecurityKey, d.madeAs(t, b, identity.CredentialSecurityKey), "")
	noError(t, err)
}

// TestASecurityKeyIsAFactorOfTheAccount: for the policy, for what has no page, and for what changes the security of the account.
func TestASecurityKeyIsAFactorOfTheAccount(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(s *identity.Settings) { s.SecondFactors = identity.FactorRequired })
	client := f.client(t, "app", func(m *clientFields) {
		m.SkipConsent, m.GrantTypes = true, append(m.GrantTypes, identity.GrantPassword)
	})
	u := f.user(t, "alice")
	due := f.Now().Add(-time.Hour)
	b := f.signIn(t, u)
	b.User.SecondFactorDueAt = &due
	i := f.Interactions.NewAuthorize(client, params("openid"))
	if step, err := f.Interactions.Next(f.ctx, i, &b); err != nil || step != identity.StepEnrol {
		t.Errorf("without it next is %q, %v", step, err)
	}
	_, b = f.addKey(t, b)
	if step, err := f.Interactions.Next(f.ctx, i, &b); err != nil || step != identity.StepIssue {
		t.Errorf("with it next is %q, %v", step, err)
	}
	thief := identity.BrowserSession{Session: f.signIn(t, u).Session, User: f.reread(t, u)}
	other := f.device()
	_, err := f.Passkeys.Add(f.ctx, thief, identity.CredentialPasskey, other.made(t, thief), "")
	wantError(t, err, identity.ErrSessionNotFound)
	list, err := f.Passkeys.Of(f.ctx, b.User)
	noError(t, err)
	if len(list.Passkeys) != 0 || len(list.SecurityKeys) != 1 {
		t.Fatalf("there are %d passkeys and %d keys", len(list.Passkeys), len(list.SecurityKeys))
	}
	wantError(t, f.Passkeys.Remove(f.ctx, thief, list.SecurityKeys[0].ID, ""), identity.ErrSessionNotFound)
	noError(t, f.Passkeys.Rename(f.ctx, b, list.SecurityKeys[0].ID, "Blue"))
	noError(t, f.Passkeys.Remove(f.ctx, b, list.SecurityKeys[0].ID, ""))
	for _, action := range []identity.Action{
		identity.ActionSecurityKeyAdded, identity.ActionSecurityKeyRenamed, identity.ActionSecurityKeyRemoved,
	} {
		if events := f.audit(t, action); len(events) != 1 || events[0].ActorName != "alice" {
			t.Errorf("%s: %+v", action, events)
		}
	}
	if f.reread(t, u).SecondFactor() {
		t.Error("the user is asked for it still")
	}
}

// TestCodesStayAsLongAsThereIsAKey: they go with the last of what they stand for.
func TestCodesStayAsLongAsThereIsAKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	_, b := f.enrol(t, f.signIn(t, u))
	_, b = f.addKey(t, b)
	codes := f.keepCodes(t, b)
	noError(t, f.SecondFactors.RemoveTOTP(f.ctx, b))
	pending := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	_, err := f.SignIn.SecondFactor(f.ctx, pending, nil, identity.SecondStep{Kind: identity.CredentialRecoveryCode, Code: codes[0]})
	noError(t, err)
	_, err = f.SignIn.SecondFactor(f.ctx, pending, nil, identity.SecondStep{Code: "123456"})
	wantError(t, err, identity.ErrInvalidCode) // there is no app
	b.User = f.reread(t, u)
	list, err := f.Passkeys.Of(f.ctx, b.User)
	noError(t, err)
	noError(t, f.Passkeys.Remove(f.ctx, b, list.SecurityKeys[0].ID, ""))
	if left, err := f.store.RecoveryCodesOf(f.ctx, []uuid.UUID{u.ID}); err != nil || len(left) != 0 {
		t.Errorf("%+v, %v", left, err)
	}
}

// TestABrowserIsTrustedByAKey, until a key is removed.
func TestABrowserIsTrustedByAKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	d, b := f.addKey(t, f.signIn(t, u))
	trusting := func() identity.NewSession {
		i := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
		step := d.second(t, i, i.Pending.User)
		step.Trust = true
		started, err := f.SignIn.SecondFactor(f.ctx, i, nil, step)
		noError(t, err)
		return started
	}
	started := trusting()
	again := f.again(t, started.Device)
	wantSame(t, again.Session.AMR, []string{"pwd", "rba"})
	state, err := f.SecondFactors.Of(f.ctx, b.User)
	noError(t, err)
	if state.Trusted != 1 || state.TOTP != nil {
		t.Errorf("the state is %+v", state)
	}
	_, b = f.addKey(t, b)
	list, err := f.Passkeys.Of(f.ctx, b.User)
	noError(t, err)
	noError(t, f.Passkeys.Remove(f.ctx, b, list.SecurityKeys[1].ID, ""))
	if f.again(t, started.Device).Pending == nil {
		t.Error("the browser spares it still")
	}
}

// TestNoSettingOpensWhatAKeyCloses: where no keys can be used, the recovery codes stand for them.
func TestNoSettingOpensWhatAKeyCloses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	d, b := f.addKey(t, f.signIn(t, u))
	codes := f.keepCodes(t, b)
	i := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	step := d.second(t, i, i.Pending.User)
	f.configure(func(s *identity.Settings) { s.Passkeys = identity.PasskeysOff })

	i = f.pending(t, "alice", i)
	if ceremony, err := f.SignIn.SecondPasskeyRequest(f.ctx, i, i.Pending.User, "browser"); err != nil || ceremony != nil {
		t.Errorf("a key is asked for: %v, %v", ceremony, err)
	}
	_, err := f.SignIn.SecondFactor(f.ctx, i, nil, step)
	wantError(t, err, identity.ErrPasskeyRefused)
	started, err := f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Kind: identity.CredentialRecoveryCode, Code: codes[0]})
	noError(t, err)
	b = identity.BrowserSession{Session: started.Session, User: f.reread(t, u)}
	list, err := f.Passkeys.Of(f.ctx, b.User)
	noError(t, err)
	if len(list.SecurityKeys) != 1 || list.RelyingPartyID != "" {
		t.Fatalf("listed is %+v", list)
	}
	noError(t, f.Passkeys.Remove(f.ctx, b, list.SecurityKeys[0].ID, ""))
}

// TestAKeyIsNoWayIn: the last passkey of who has no password stays, whatever keys there are.
func TestAKeyIsNoWayIn(t *testing.T) {
	t.Parallel()
	f, _, alice, d := passwordless(t)
	b := f.passkeySession(t, &d)
	_, b = f.addKey(t, b)
	list, err := f.Passkeys.Of(f.ctx, b.User)
	noError(t, err)
	wantError(t, f.Passkeys.Remove(f.ctx, b, list.Passkeys[0].ID, ""), identity.ErrLastCredential)
	_, err = f.admin.Users.RemovePasskey(f.ctx, alice.ID, identity.CredentialPasskey, list.Passkeys[0].ID)
	wantError(t, err, identity.ErrLastCredential)
	_, err = f.admin.Users.RemovePasskey(f.ctx, alice.ID, identity.CredentialPasskey, list.SecurityKeys[0].ID)
	wantError(t, err, identity.ErrCredentialNotFound)
	after, err := f.admin.Users.RemovePasskey(f.ctx, alice.ID, identity.CredentialSecurityKey, list.SecurityKeys[0].ID)
	noError(t, err)
	if after.SecurityKey || !after.Passkey {
		t.Errorf("the user is %+v", after)
	}
}

// TestAKeyIsAskedForInARecovery as at a sign-in: a mailbox alone opens no account with one.
func TestAKeyIsAskedForInARecovery(t *testing.T) {
	t.Parallel()
	f, box := withLetterbox(t)
	u, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	_, b := f.addKey(t, f.signIn(t, u))
	codes := f.keepCodes(t, b)
	f.deliver(t, box)
	token := f.recoveryLink(t, box, "alice")
	attempt := identity.RecoveryAttempt{Token: token, Next: nextPassphrase}
	_, err = f.Recovery.Complete(f.ctx, attempt)
	wantError(t, err, identity.ErrInvalidCode)
	other := f.device()
	wantError(t, f.Recovery.AddPasskey(f.ctx, other.recoverWith(t, token, "")), identity.ErrInvalidCode)
	attempt.Code = codes[0]
	started, err := f.Recovery.Complete(f.ctx, attempt)
	noError(t, err)
	if started.Session.Level != identity.LevelTwo || !slices.Contains(started.Session.AMR, "otp") {
		t.Errorf("the session is %+v", started.Session)
	}
}

// TestAKeyIsTheSecondProofOfARecovery, for this link, in this browser and once. A passkey is, too, where a code is needed.
func TestAKeyIsTheSecondProofOfARecovery(t *testing.T) {
	t.Parallel()
	f, box := withLetterbox(t)
	u, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	d, b := f.addKey(t, f.signIn(t, u))
	other, _ := f.addKey(t, f.signIn(t, f.user(t, "mallory")))
	f.deliver(t, box)
	asked := func(token string) *identity.Ceremony {
		t.Helper()
		c, err := f.Recovery.KeyRequest(f.ctx, token, "browser")
		noError(t, err)
		return c
	}
	token := f.recoveryLink(t, box, "alice")
	attempt := func(answer identity.CeremonyAnswer) error {
		_, err := f.Recovery.Complete(f.ctx, identity.RecoveryAttempt{Token: token, Next: nextPassphrase, Key: answer})
		return err
	}
	wantError(t, attempt(other.answer(t, *asked(token), "browser")), identity.ErrPasskeyRefused)
	wantError(t, attempt(d.answer(t, *asked(token), "another")), identity.ErrCeremonyExpired)
	i := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	wantError(t, attempt(d.second(t, i, i.Pending.User).Passkey), identity.ErrCeremonyExpired) // of a sign-in
	answer := d.answer(t, *asked(token), "browser")
	_, err = f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Kind: identity.CredentialPasskey, Passkey: answer})
	wantError(t, err, identity.ErrCeremonyExpired) // nor the other way round
	started, err := f.Recovery.Complete(f.ctx, identity.RecoveryAttempt{Token: token, Next: nextPassphrase, Key: answer})
	noError(t, err)
	wantSame(t, started.Session.AMR, []string{"pwd", "pop", "hwk", "mfa"})
	if f.session(t, b.Session.ID).EndedAt == nil {
		t.Error("the session of before goes on")
	}
	wantError(t, attempt(answer), identity.ErrLinkInvalid)

	plain := f.user(t, "bob", func(n *admin.NewUser) { n.Verified = true })
	f.deliver(t, box)
	if c := asked(f.recoveryLink(t, box, plain.Username)); c != nil {
		t.Error("of who needs no code a key is asked for")
	}
}

// TestAPasskeyIsTheSecondProofOfARecovery where there is no password: with it one is chosen.
func TestAPasskeyIsTheSecondProofOfARecovery(t *testing.T) {
	t.Parallel()
	f, box, _, d := passwordless(t)
	token := f.recoveryLink(t, box, "alice")
	_, err := f.Recovery.Complete(f.ctx, identity.RecoveryAttempt{Token: token, Next: nextPassphrase})
	wantError(t, err, identity.ErrInvalidCode)
	ceremony, err := f.Recovery.KeyRequest(f.ctx, token, "browser")
	noError(t, err)
	started, err := f.Recovery.Complete(f.ctx, identity.RecoveryAttempt{
		Token: token, Next: nextPassphrase, Key: d.answer(t, *ceremony, "browser"),
	})
	noError(t, err)
	if started.Session.Level != identity.LevelTwo {
		t.Errorf("the session is of level %d", started.Session.Level)
	}
}
