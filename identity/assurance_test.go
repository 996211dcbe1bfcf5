package identity_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// levelOne is the class of a sign-in with one factor.
const levelOne = "urn:authly:acr:1"

func TestAssure(t *testing.T) {
	t.Parallel()
	early, late := start, start.Add(time.Minute)
	password := func(at time.Time) identity.Factor {
		return identity.Factor{Kind: identity.CredentialPassword, At: at}
	}
	code := func(at time.Time) identity.Factor {
		return identity.Factor{Kind: identity.CredentialTOTP, At: at, CredentialID: uuid.New()}
	}
	both := []identity.Factor{password(early), code(late)}
	unknown := identity.Factor{Kind: "else", At: late, CredentialID: uuid.New()}
	for name, test := range map[string]struct {
		proven   []identity.Factor
		counts   []identity.Factor
		level    identity.Level
		amr      []string
		acr      string
		authTime time.Time
	}{
		"nothing":                        {},
		"a password":                     {proven: []identity.Factor{password(early)}, level: 1, amr: []string{"pwd"}, acr: levelOne, authTime: early},
		"a password again":               {[]identity.Factor{password(early), password(late)}, []identity.Factor{password(late)}, 1, []string{"pwd"}, levelOne, late},
		"a password, told late":          {[]identity.Factor{password(late), password(early)}, []identity.Factor{password(late)}, 1, []string{"pwd"}, levelOne, late},
		"a code alone":                   {proven: []identity.Factor{code(early)}, amr: []string{"otp"}},
		"a password and a code":          {both, both, 2, []string{"pwd", "otp", "mfa"}, levelTwo, early},
		"what this server does not know": {proven: []identity.Factor{unknown}, counts: []identity.Factor{}},
		"that beside a password":         {[]identity.Factor{unknown, password(early)}, []identity.Factor{password(early)}, 1, []string{"pwd"}, levelOne, early},
	} {
		if test.counts == nil {
			test.counts = test.proven
		}
		got := identity.Assure(test.proven...)
		if got.Level != test.level || got.ACR() != test.acr || !got.AuthTime().Equal(test.authTime) || len(got.Factors) != len(test.counts) {
			t.Errorf("%s: %+v, acr %q, auth_time %v", name, got, got.ACR(), got.AuthTime())
		}
		for i, f := range test.counts {
			wantSame(t, got.Factors[i], f)
		}
		wantSame(t, got.AMR(), test.amr)
	}
}

// TestNothingTrustsAnIncompleteSession: a session of which nothing, or too little, was proven.
func TestNothingTrustsAnIncompleteSession(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u, app := f.user(t, "alice"), f.client(t, "app", func(m *clientFields) { m.SkipConsent = true })
	secret := "incomplete"
	s := identity.Session{
		ID: f.deps.Source.NewID(), Digest: f.deps.Keys.Digest(identity.PurposeSession, secret), UserID: u.ID, CreatedAt: start,
		LastActiveAt: start, AuthTime: start, ExpiresAt: start.Add(time.Hour), MaxExpiresAt: start.Add(time.Hour), AMR: []string{"pwd"},
	}
	noError(t, f.store.InsertSession(f.ctx, s))
	b := identity.BrowserSession{Session: s, User: u}

	_, err := f.Sessions.FromCookie(f.ctx, secret)
	wantError(t, err, identity.ErrSessionNotFound)
	_, err = f.SignIn.ChangePassword(f.ctx, s, identity.PasswordChange{Current: passphrase, Next: "a wholly new secret"})
	wantError(t, err, identity.ErrSessionNotFound)
	for _, i := range []identity.Interaction{
		f.Interactions.NewAuthorize(app, params("openid")), f.Interactions.NewAccount(identity.ReturnToPassword),
	} {
		step, err := f.Interactions.Next(f.ctx, i, &b)
		if err != nil || step != identity.StepFirstFactor {
			t.Errorf("%s goes on to %q, %v", i.Kind, step, err)
		}
	}
	_, err = f.Authorizations.Issue(f.ctx, f.Interactions.NewAuthorize(app, params("openid")), b)
	wantError(t, err, identity.ErrLoginRequired)

	started, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: "alice", Password: passphrase, Cookie: secret})
	noError(t, err)
	if started.Session.ID == s.ID {
		t.Error("a sign-in went on with it")
	}
	if counts, err := f.store.ActiveSessionCounts(f.ctx, []uuid.UUID{u.ID}, f.Now()); err != nil || counts[u.ID] != 1 {
		t.Errorf("%d sessions count, %v", counts[u.ID], err)
	}
}

// TestAGrantOfBeforeSaysTheClassOfToday: servers of the version before wrote a number, and those before them nothing.
func TestAGrantOfBeforeSaysTheClassOfToday(t *testing.T) {
	t.Parallel()
	for _, stored := range []string{"", "1", levelOne} {
		if got := (identity.Grant{ACR: stored}).Class(); got != levelOne {
			t.Errorf("%q is told as %q", stored, got)
		}
	}
}
