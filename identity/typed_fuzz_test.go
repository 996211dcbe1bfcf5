package identity_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// FuzzWhatAPageSends puts anything into the sealed fields and the codes of pages: nobody gets in, and nothing is a fault.
func FuzzWhatAPageSends(f *testing.F) {
	x := newFixture(f)
	u := x.user(f, "alice")
	b := x.signIn(f, u)
	ceremony, err := x.Passkeys.New(x.ctx, b, identity.CredentialPasskey)
	noError(f, err)
	enrolment, set := x.SecondFactors.NewTOTP(b), x.SecondFactors.NewRecoveryCodes(b)
	i, err := x.Interactions.Seal(x.Interactions.NewAccount(identity.ReturnToHome))
	noError(f, err)
	for _, sealed := range []string{ceremony.Sealed, enrolment.Sealed, set.Sealed, i.Handle, "", "AAAA", "\x00"} {
		f.Add(sealed, "123456")
	}
	f.Add("", set.Codes[0])
	f.Add("", "١٢٣٤٥٦")
	f.Fuzz(func(t *testing.T, sealed, code string) {
		for what, err := range map[string]error{
			"ceremony": func() error {
				_, err := x.Passkeys.Add(x.ctx, b, identity.CredentialPasskey, identity.CeremonyAnswer{Sealed: sealed, Response: code}, code)
				return err
			}(),
			"sign-in": func() error {
				_, err := x.SignIn.Passkey(x.ctx, identity.PasskeyAttempt{Answer: identity.CeremonyAnswer{Sealed: sealed, Response: code}})
				return err
			}(),
			"app": func() error {
				_, err := x.SecondFactors.AddTOTP(x.ctx, b, sealed, identity.SecondStep{Code: code})
				return err
			}(),
			"link": func() error {
				_, err := x.Recovery.Complete(x.ctx, identity.RecoveryAttempt{Token: sealed, Next: passphrase, Code: code})
				return err
			}(),
		} {
			if e := identity.AsError(err); err == nil || e.Kind == identity.Internal {
				t.Errorf("%s of %q, %q: %v", what, sealed, code, err)
			}
		}
		// The process that mutates the seeds has made others of its own, under the same key.
		if opened, err := x.Interactions.Load(x.ctx, sealed); err == nil && (opened.Kind != i.Kind || opened.ReturnPath != i.ReturnPath) {
			t.Errorf("%q opens %+v", sealed, opened)
		}
		if pending, err := x.SignIn.OpenPending(x.ctx, i, sealed); err == nil && pending != nil {
			t.Errorf("%q is somebody: %+v", sealed, pending)
		}
	})
}

// TestFoldedNamesAreNobodysAtSignIn: the Kelvin sign is no k, wherever a name is typed.
func TestFoldedNamesAreNobodysAtSignIn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.user(t, "kim")
	noError(t, f.try("kim", passphrase))
	for _, name := range []string{"\u212aim", "k\u0131m", "\uff4bim", "\u212aim@example.org"} {
		wantError(t, f.try(name, passphrase), identity.ErrInvalidCredentials)
	}
	for _, event := range f.audit(t, identity.ActionSignInFailed) {
		if event.TargetID != "" && event.TargetID != uuid.Nil.String() {
			t.Errorf("it counts on %s", event.TargetName)
		}
	}
	if errors.Is(f.try("KIM", passphrase), identity.ErrInvalidCredentials) {
		t.Error("a capital letter is another name")
	}
}
