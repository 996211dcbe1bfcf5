package identity_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func (f *fixture) device() device {
	return device{f, virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)}
}

// recoverWith is what a new device sends for the page of a link.
func (d *device) recoverWith(t *testing.T, token, code string) identity.RecoveryAttempt {
	t.Helper()
	ceremony, err := d.f.Recovery.NewPasskey(d.f.ctx, token)
	noError(t, err)
	options, err := virtualwebauthn.ParseAttestationOptions(ceremony.Options)
	noError(t, err)
	d.auth.Options.UserHandle = []byte(options.UserID)
	return identity.RecoveryAttempt{Token: token, Code: code, Passkey: identity.CeremonyAnswer{
		Sealed: ceremony.Sealed, Response: virtualwebauthn.CreateAttestationResponse(party, d.auth, d.key, *options),
	}}
}

// handedLink is made by the operator, and returns its token.
func (f *fixture) handedLink(t *testing.T, u identity.User) string {
	t.Helper()
	made, err := f.admin.Users.CreateRecoveryLink(f.ctx, admin.NewRecoveryLink{UserID: u.ID, TTL: time.Hour})
	noError(t, err)
	return tokenOf(t, identity.MailContent{Link: made.Link.URL})
}

// passwordless gives alice a passkey in the place of the password.
func passwordless(t *testing.T) (*fixture, *letterbox, identity.User, device) {
	t.Helper()
	f, box := withLetterbox(t)
	f.admin = admin.New(f.deps, f.Domain.SigningKeys)
	alice, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	f.deliver(t, box)
	d := f.device()
	noError(t, f.Recovery.AddPasskey(f.ctx, d.recoverWith(t, f.recoveryLink(t, box, "alice"), "")))
	f.deliver(t, box)
	f.advance(time.Hour)
	return f, box, f.reread(t, alice), d
}

func (f *fixture) passkeySession(t *testing.T, d *device) identity.BrowserSession {
	t.Helper()
	started, err := f.SignIn.Passkey(f.ctx, d.attempt(t))
	noError(t, err)
	return identity.BrowserSession{Session: started.Session, User: started.User}
}

// TestALinkPutsAPasskeyInThePlaceOfThePassword: everything that was begun ends, and the password is none any more.
func TestALinkPutsAPasskeyInThePlaceOfThePassword(t *testing.T) {
	t.Parallel()
	f, box := withLetterbox(t)
	alice, err := f.store.UserByUsername(f.ctx, "alice")
	noError(t, err)
	b := f.signIn(t, alice)
	f.deliver(t, box)
	token := f.recoveryLink(t, box, "alice")
	d := f.device()
	answer := d.recoverWith(t, token, "")
	wrong := answer
	wrong.Passkey.Response = "{}"
	wantError(t, f.Recovery.AddPasskey(f.ctx, wrong), identity.ErrPasskeyRefused)
	wrong.Token = "another"
	wantError(t, f.Recovery.AddPasskey(f.ctx, wrong), identity.ErrLinkInvalid)
	other := f.device()
	wrong = answer
	wrong.Passkey = other.made(t, b) // of another page
	wantError(t, f.Recovery.AddPasskey(f.ctx, wrong), identity.ErrCeremonyExpired)

	noError(t, f.Recovery.AddPasskey(f.ctx, answer))
	wantError(t, f.Recovery.AddPasskey(f.ctx, answer), identity.ErrLinkInvalid)
	if after := f.reread(t, alice); after.Password.Hash != "" || !after.Passkey {
		t.Errorf("the user is %+v", after)
	}
	wantError(t, f.try("alice", passphrase), identity.ErrInvalidCredentials)
	if f.session(t, b.Session.ID).EndReason != identity.EndRecovered {
		t.Error("the session of before goes on")
	}
	if session := f.passkeySession(t, &d).Session; session.Level != identity.LevelThree {
		t.Errorf("the session is %+v", session)
	}
	if len(f.audit(t, identity.ActionRecoveryCompleted)) != 1 || len(f.audit(t, identity.ActionPasskeyAdded)) != 1 {
		t.Error("it is not in the trail")
	}
	if told := f.deliver(t, box); len(told) != 2 { // that the password is replaced, and by what
		t.Errorf("told by %d messages", len(told))
	}
}

// TestAMailboxAloneOpensNoAccountOfPasskeys: beside a passkey it puts none, and in the place of one no password. A recovery code is the
// second proof, or an administrator.
func TestAMailboxAloneOpensNoAccountOfPasskeys(t *testing.T) {
	t.Parallel()
	f, box, alice, d := passwordless(t)
	token := f.recoveryLink(t, box, "alice")
	more := f.device()
	answer := more.recoverWith(t, token, "")
	for _, code := range []string{"", "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"} {
		answer.Code = code
		wantError(t, f.Recovery.AddPasskey(f.ctx, answer), identity.ErrInvalidCode)
		_, err := f.Recovery.Complete(f.ctx, identity.RecoveryAttempt{Token: token, Next: nextPassphrase, Code: code})
		wantError(t, err, identity.ErrInvalidCode)
	}
	codes := f.keepCodes(t, f.passkeySession(t, &d))
	answer.Code = codes[0]
	noError(t, f.Recovery.AddPasskey(f.ctx, answer))
	f.deliver(t, box)
	f.advance(time.Hour)
	_, err := f.Recovery.Complete(f.ctx, identity.RecoveryAttempt{Token: f.recoveryLink(t, box, "alice"), Next: nextPassphrase, Code: codes[1]})
	noError(t, err)
	noError(t, f.try("alice", nextPassphrase))
	f.deliver(t, box)
	f.advance(time.Hour)

	// Now there are both: the mailbox replaces the password alone, as ever.
	_, err = f.Recovery.Complete(f.ctx, identity.RecoveryAttempt{Token: f.recoveryLink(t, box, "alice"), Next: "amber heron 88 lagoon"})
	noError(t, err)
	f.deliver(t, box)
	f.advance(time.Hour)
	third := f.device()
	wantError(t, f.Recovery.AddPasskey(f.ctx, third.recoverWith(t, f.recoveryLink(t, box, "alice"), "")), identity.ErrInvalidCode)

	// An administrator stands for the person, but not for who has come since.
	noError(t, f.Recovery.AddPasskey(f.ctx, third.recoverWith(t, f.handedLink(t, alice), "")))
	token = f.handedLink(t, alice)
	f.advance(time.Second)
	f.addPasskey(t, f.passkeySession(t, &d))
	fourth := f.device()
	wantError(t, f.Recovery.AddPasskey(f.ctx, fourth.recoverWith(t, token, "")), identity.ErrInvalidCode)
	_, err = f.admin.Users.CreateRecoveryLink(
		f.as(f.user(t, "helper"), identity.ScopeUsersReset), admin.NewRecoveryLink{UserID: alice.ID, TTL: time.Hour})
	if identity.AsError(err).Kind != identity.Forbidden {
		t.Errorf("who may only reset passwords: %v", err)
	}
}

// TestTheLastPasskeyOfAnAccountWithoutAPasswordStays: of two that remove the last two at once one is refused, whoever they are.
func TestTheLastPasskeyOfAnAccountWithoutAPasswordStays(t *testing.T) {
	t.Parallel()
	f, _, alice, d := passwordless(t)
	b := f.passkeySession(t, &d)
	first, err := f.Passkeys.Of(f.ctx, b.User)
	noError(t, err)
	wantError(t, f.Passkeys.Remove(f.ctx, b, first.Passkeys[0].ID, ""), identity.ErrLastCredential)
	_, err = f.admin.Users.RemovePasskey(f.ctx, alice.ID, identity.CredentialPasskey, first.Passkeys[0].ID)
	wantError(t, err, identity.ErrLastCredential)

	_, b = f.addPasskey(t, b)
	list, err := f.Passkeys.Of(f.ctx, b.User)
	noError(t, err)
	var removed atomic.Int32
	var group sync.WaitGroup
	for i, p := range list.Passkeys {
		group.Go(func() {
			remove := func() error { return f.Passkeys.Remove(f.ctx, b, p.ID, "") }
			if i > 0 {
				remove = func() error {
					_, err := f.admin.Users.RemovePasskey(f.ctx, alice.ID, identity.CredentialPasskey, p.ID)
					return err
				}
			}
			if remove() == nil {
				removed.Add(1)
			}
		})
	}
	group.Wait()
	left, err := f.store.PasskeysOf(f.ctx, []uuid.UUID{alice.ID})
	noError(t, err)
	if len(left[alice.ID]) != 1 || removed.Load() != 1 {
		t.Errorf("%d were removed, %d are left", removed.Load(), len(left[alice.ID]))
	}
}

// TestWhoHasNoPasswordChoosesOne after a sign-in, lately and with all that they have.
func TestWhoHasNoPasswordChoosesOne(t *testing.T) {
	t.Parallel()
	f, _, alice, d := passwordless(t)
	b := f.passkeySession(t, &d)
	f.advance(11 * time.Minute)
	_, err := f.SignIn.ChangePassword(f.ctx, b.Session, identity.PasswordChange{Next: nextPassphrase})
	wantError(t, err, identity.ErrInvalidCredentials)
	b = f.passkeySession(t, &d)
	_, err = f.SignIn.ChangePassword(f.ctx, b.Session, identity.PasswordChange{Next: nextPassphrase})
	noError(t, err)
	noError(t, f.try("alice", nextPassphrase))
	if !f.reread(t, alice).Passkey {
		t.Error("the passkey is gone")
	}
}
