package identity_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// device makes and uses a passkey.
type device struct {
	f    *fixture
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

var party = virtualwebauthn.RelyingParty{ID: strings.TrimPrefix(issuer, "https://"), Origin: issuer}

// addPasskey gives who is signed in a passkey.
func (f *fixture) addPasskey(t testing.TB, b identity.BrowserSession) (device, identity.BrowserSession) {
	t.Helper()
	d := device{f, virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)}
	started, err := f.Passkeys.Add(f.ctx, b, identity.CredentialPasskey, d.made(t, b), "")
	noError(t, err)
	return d, identity.BrowserSession{Session: started.Session, User: started.User}
}

// made is the response of the device to a page of the session that wants another passkey.
func (d *device) made(t testing.TB, b identity.BrowserSession) identity.CeremonyAnswer {
	t.Helper()
	return d.madeAs(t, b, identity.CredentialPasskey)
}

// madeAs is made for a page that wants another credential of a kind.
func (d *device) madeAs(t testing.TB, b identity.BrowserSession, kind identity.CredentialKind) identity.CeremonyAnswer {
	t.Helper()
	ceremony, err := d.f.Passkeys.New(d.f.ctx, b, kind)
	noError(t, err)
	options, err := virtualwebauthn.ParseAttestationOptions(ceremony.Options)
	noError(t, err)
	d.auth.Options.UserHandle = []byte(options.UserID)
	return identity.CeremonyAnswer{
		Sealed: ceremony.Sealed, Response: virtualwebauthn.CreateAttestationResponse(party, d.auth, d.key, *options),
	}
}

// answer is the response of the device to a page.
func (d *device) answer(t testing.TB, c identity.Ceremony, browser string) identity.CeremonyAnswer {
	t.Helper()
	options, err := virtualwebauthn.ParseAssertionOptions(c.Options)
	noError(t, err)
	d.key.Counter++
	return identity.CeremonyAnswer{
		Sealed: c.Sealed, Response: virtualwebauthn.CreateAssertionResponse(party, d.auth, d.key, *options), Browser: browser,
	}
}

func (d *device) attempt(t testing.TB) identity.PasskeyAttempt {
	t.Helper()
	ceremony, err := d.f.SignIn.PasskeyRequest("browser", uuid.Nil)
	noError(t, err)
	return identity.PasskeyAttempt{Answer: d.answer(t, ceremony, "browser")}
}

func TestWhoeverMayNotSignInMayNotWithAPasskey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.signIn(t, f.user(t, "alice"))
	d, _ := f.addPasskey(t, b)
	attempt := d.attempt(t)
	started, err := f.SignIn.Passkey(f.ctx, attempt)
	noError(t, err)
	if started.Session.Level != identity.LevelThree || started.Session.ACR != "phr" || started.Pending != nil {
		t.Errorf("the session is %+v", started.Session)
	}
	_, err = f.SignIn.Passkey(f.ctx, attempt)
	wantError(t, err, identity.ErrPasskeyRefused)

	attempt = d.attempt(t)
	var good atomic.Int32
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := f.SignIn.Passkey(f.ctx, attempt); err == nil {
				good.Add(1)
			}
		})
	}
	group.Wait()
	if good.Load() != 1 {
		t.Errorf("%d of twenty signed in with one answer", good.Load())
	}

	f.advance(time.Hour)
	_, err = f.admin.Users.ResetPassword(f.ctx, b.User.ID)
	noError(t, err)
	started, err = f.SignIn.Passkey(f.ctx, d.attempt(t))
	noError(t, err)
	if !f.SignIn.JustProven(identity.BrowserSession{Session: started.Session, User: started.User}) {
		t.Error("the temporary password is asked for")
	}
	f.advance(8 * 24 * time.Hour)
	_, err = f.SignIn.Passkey(f.ctx, d.attempt(t))
	wantError(t, err, identity.ErrPasswordExpired)
	_, err = f.admin.Users.BulkUpdate(f.ctx, []uuid.UUID{b.User.ID}, identity.UserFlags{Active: new(bool)}, false)
	noError(t, err)
	_, err = f.SignIn.Passkey(f.ctx, d.attempt(t))
	wantError(t, err, identity.ErrPasskeyRefused)
}

// TestResponsesOfPasskeysAreLimited: of a network, and not of a browser that is known.
func TestResponsesOfPasskeysAreLimited(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	known, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: f.user(t, "alice").Username, Password: passphrase})
	noError(t, err)
	d, _ := f.addPasskey(t, identity.BrowserSession{Session: known.Session, User: known.User})
	for range 30 {
		a := d.attempt(t)
		a.Answer.Response = "{}"
		_, err := f.SignIn.Passkey(f.ctx, a)
		wantError(t, err, identity.ErrPasskeyRefused)
	}
	a := d.attempt(t)
	if _, err := f.SignIn.Passkey(f.ctx, a); identity.AsError(err).Kind != identity.RateLimited {
		t.Errorf("the next: %v", err)
	}
	a.Device = known.Device
	_, err = f.SignIn.Passkey(f.ctx, a)
	noError(t, err)
}

// TestAPasskeyIsAddedByWhoHasProvenAll: with a passkey a password alone adds and removes nothing.
func TestAPasskeyIsAddedByWhoHasProvenAll(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	d, b := f.addPasskey(t, f.signIn(t, u))
	wantSame(t, b.Session.AMR, []string{"pwd", "pop", "hwk", "mfa"})
	u, err := f.store.UserByID(f.ctx, u.ID)
	noError(t, err)
	thief := f.signIn(t, u)
	_, err = f.Passkeys.Add(f.ctx, thief, identity.CredentialPasskey, d.made(t, thief), "")
	wantError(t, err, identity.ErrSessionNotFound)
	found, err := f.Passkeys.Of(f.ctx, u)
	noError(t, err)
	id := found.Passkeys[0].ID
	wantError(t, f.Passkeys.Remove(f.ctx, thief, id, ""), identity.ErrSessionNotFound)
	wantError(t, f.Passkeys.Rename(f.ctx, thief, id, "mine"), identity.ErrSessionNotFound)
	_, err = f.SecondFactors.AddTOTP(f.ctx, thief, f.SecondFactors.NewTOTP(thief).Sealed, identity.SecondStep{})
	wantError(t, err, identity.ErrSessionNotFound)

	answer := d.made(t, b)
	other := f.signIn(t, u)
	other.Session.Level = identity.LevelTwo
	_, err = f.Passkeys.Add(f.ctx, other, identity.CredentialPasskey, answer, "")
	wantError(t, err, identity.ErrCeremonyExpired) // of the page of another session
	if _, err = f.Passkeys.Add(f.ctx, b, identity.CredentialPasskey, answer, ""); identity.AsError(err).Code != identity.CodeDuplicateCredential {
		t.Errorf("the same once more: %v", err)
	}
	for range 19 {
		_, b = f.addPasskey(t, b)
	}
	more := device{f, virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)}
	if _, err = f.Passkeys.Add(f.ctx, b, identity.CredentialPasskey, more.made(t, b), ""); identity.AsError(err).Code != identity.CodePasskeyLimit {
		t.Errorf("one too many: %v", err)
	}
	wantError(t, f.Passkeys.Remove(f.ctx, b, uuid.New(), ""), identity.ErrCredentialNotFound)
	noError(t, f.Passkeys.Rename(f.ctx, b, id, strings.Repeat("ø", 64)))
	if err := f.Passkeys.Rename(f.ctx, b, id, strings.Repeat("ø", 65)); identity.AsError(err).Kind != identity.Invalid {
		t.Errorf("a name of 65 characters: %v", err)
	}
	noError(t, f.Passkeys.Remove(f.ctx, b, id, ""))
	_, err = f.SignIn.Passkey(f.ctx, d.attempt(t))
	if !errors.Is(err, identity.ErrPasskeyUnknown) {
		t.Errorf("a removed one: %v", err)
	}
	reset, err := f.admin.Users.Recover(f.ctx, "alice")
	noError(t, err)
	if reset.User.Passkey {
		t.Error("whoever has lost everything still has passkeys")
	}
	if list, err := f.store.PasskeysOf(f.ctx, []uuid.UUID{u.ID}); err != nil || len(list) > 0 {
		t.Errorf("after recovery: %d, %v", len(list[u.ID]), err)
	}
}

// TestWhereThereAreOnlyPasskeysAPasswordIsWorthNothing, whatever has become of it.
func TestWhereThereAreOnlyPasskeysAPasswordIsWorthNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	d, b := f.addPasskey(t, f.signIn(t, u))
	_, err := f.admin.Users.ResetPassword(f.ctx, u.ID)
	noError(t, err)
	f.configure(func(s *identity.Settings) { s.Passkeys = identity.PasskeysOnly })
	f.advance(8 * 24 * time.Hour) // the temporary one has expired

	for _, name := range []string{"alice", "nobody"} {
		_, err = f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: name, Password: passphrase})
		wantError(t, err, identity.ErrPasswordsOff)
	}
	_, err = f.SignIn.ChangePassword(f.ctx, b.Session, identity.PasswordChange{Current: passphrase, Next: nextPassphrase})
	wantError(t, err, identity.ErrPasswordsOff)
	if len(f.audit(t, identity.ActionSignInFailed)) != 0 {
		t.Error("the account was looked at")
	}
	started, err := f.SignIn.Passkey(f.ctx, d.attempt(t))
	noError(t, err)
	b = identity.BrowserSession{Session: started.Session, User: f.reread(t, u)}
	i := f.Interactions.NewAuthorize(f.client(t, "app", func(m *clientFields) { m.SkipConsent = true }), params("openid"))
	if step, err := f.Interactions.Next(f.ctx, i, &b); err != nil || step != identity.StepIssue {
		t.Errorf("next is %q, %v", step, err)
	}

	f.configure(func(s *identity.Settings) { s.Passkeys = identity.PasskeysAllowed })
	_, err = f.SignIn.Passkey(f.ctx, d.attempt(t))
	wantError(t, err, identity.ErrPasswordExpired)
}
