package identity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// keepCodes gives who is signed in with both factors a set of recovery codes.
func (f *fixture) keepCodes(t *testing.T, b identity.BrowserSession) []string {
	t.Helper()
	set := f.SecondFactors.NewRecoveryCodes(b)
	noError(t, f.SecondFactors.KeepRecoveryCodes(f.ctx, b, set.Sealed))
	return set.Codes
}

// recover signs in with the password and a recovery code.
func (f *fixture) recover(t *testing.T, name, code string) (identity.NewSession, error) {
	t.Helper()
	i := f.pending(t, name, f.Interactions.NewAccount(identity.ReturnToHome))
	return f.SignIn.SecondFactor(f.ctx, i, nil, identity.SecondStep{Kind: identity.CredentialRecoveryCode, Code: code})
}

// TestARecoveryCodeStandsForTheSecondFactorOnce: however it is typed, and for nobody else.
func TestARecoveryCodeStandsForTheSecondFactorOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, b := f.enrol(t, f.signIn(t, f.user(t, "alice")))
	_, other := f.enrol(t, f.signIn(t, f.user(t, "bob")))
	codes, others := f.keepCodes(t, b), f.keepCodes(t, other)
	if len(codes) != 8 || len(strings.ReplaceAll(codes[0], "-", "")) != 24 || codes[0] == codes[1] {
		t.Fatalf("the codes are %q", codes)
	}

	started, err := f.recover(t, "alice", codes[0])
	noError(t, err)
	wantSame(t, started.Session.AMR, []string{"pwd", "otp", "mfa"})
	if started.Session.Level != identity.LevelTwo {
		t.Errorf("the session is of level %d", started.Session.Level)
	}
	for _, code := range []string{codes[0], others[1], codes[1][1:], "", strings.Repeat("A", 4096)} {
		_, err = f.recover(t, "alice", code)
		wantError(t, err, identity.ErrInvalidCode)
	}
	f.advance(5 * time.Hour) // those were as many as somebody may try who is not known on the browser
	typed := strings.NewReplacer("0", "o", "1", "l", "-", " ").Replace(strings.ToLower(codes[1]))
	_, err = f.recover(t, "alice", typed)
	noError(t, err)
	_, err = f.recover(t, "alice", strings.ReplaceAll(codes[2], "-", ""))
	noError(t, err)

	used := f.audit(t, identity.ActionRecoveryCodeUsed)
	if len(used) != 3 || used[0].ActorName != "alice" {
		t.Fatalf("audited as %+v", used)
	}
	state, err := f.SecondFactors.Of(f.ctx, identity.User{ID: b.User.ID, App: true})
	noError(t, err)
	if state.RecoveryCodes.Left != 5 {
		t.Errorf("%d are left", state.RecoveryCodes.Left)
	}
}

// TestASetOfCodesReplacesTheOther: and goes with what it stands for.
func TestASetOfCodesReplacesTheOther(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, b := f.enrol(t, f.signIn(t, f.user(t, "alice")))
	first := f.keepCodes(t, b)
	second := f.keepCodes(t, b)
	_, err := f.recover(t, "alice", first[0])
	wantError(t, err, identity.ErrInvalidCode)
	_, err = f.recover(t, "alice", second[0])
	noError(t, err)
	pending := f.pending(t, "alice", f.Interactions.NewAccount(identity.ReturnToHome))
	noError(t, f.SecondFactors.RemoveTOTP(f.ctx, b))
	_, err = f.SignIn.SecondFactor(f.ctx, pending, nil, identity.SecondStep{
		Kind: identity.CredentialRecoveryCode, Code: second[1],
	})
	wantError(t, err, identity.ErrInvalidCode)
	b = f.signIn(t, b.User)
	b.User.App = false
	_, b = f.enrol(t, b)
	_, err = f.recover(t, "alice", second[1])
	wantError(t, err, identity.ErrInvalidCode)
	if codes, err := f.store.RecoveryCodesOf(f.ctx, []uuid.UUID{b.User.ID}); err != nil || codes[b.User.ID].Left != 0 {
		t.Errorf("%+v, %v", codes, err)
	}
}

// TestASetIsOfOnePage: of another session, late, or with the password alone it is worth nothing.
func TestASetIsOfOnePage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	old := f.signIn(t, u)
	_, b := f.enrol(t, f.signIn(t, u))
	_, other := f.enrol(t, f.signIn(t, f.user(t, "bob")))
	set := f.SecondFactors.NewRecoveryCodes(b)
	wantError(t, f.SecondFactors.KeepRecoveryCodes(f.ctx, other, set.Sealed), identity.ErrInvalidCode)
	old.User.App = true
	wantError(t, f.SecondFactors.KeepRecoveryCodes(f.ctx, old, f.SecondFactors.NewRecoveryCodes(old).Sealed), identity.ErrSessionNotFound)
	for _, sealed := range []string{"", "x!", set.Sealed[1:]} {
		wantError(t, f.SecondFactors.KeepRecoveryCodes(f.ctx, b, sealed), identity.ErrInvalidCode)
	}
	f.advance(10 * time.Minute)
	wantError(t, f.SecondFactors.KeepRecoveryCodes(f.ctx, b, set.Sealed), identity.ErrInvalidCode)
	if codes, err := f.store.RecoveryCodesOf(f.ctx, []uuid.UUID{u.ID}); err != nil || codes[u.ID].Left != 0 {
		t.Errorf("%+v, %v", codes, err)
	}
}
