package identity_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/authly/authly/identity"
)

// grantModel is a model of one grant: what may happen to a code and its refresh tokens, in the plainest terms.
type grantModel struct {
	f       *fixture
	app     identity.Client
	browser identity.BrowserSession
	offline bool
	code    string

	codeDies   time.Time
	spent      bool
	ended      identity.EndReason
	signedOut  bool
	tokens     []string // tokens[i] is that of generation i+1
	rotatedAt  time.Time
	graceUses  int
	idle, dies time.Time
}

// The settings that the model knows.
const (
	modelCode  = time.Minute
	modelIdle  = 20 * time.Minute
	modelTTL   = time.Hour
	modelGrace = 30 * time.Second
	modelUses  = 2
)

func newGrantModel(t *rapid.T, f *fixture, app identity.Client, u identity.User) *grantModel {
	l := &grantModel{f: f, app: app, offline: rapid.Bool().Draw(t, "offline"), codeDies: f.Now().Add(modelCode)}
	started, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: u.Username, Password: passphrase})
	if err != nil {
		t.Fatal(err)
	}
	l.browser = identity.BrowserSession{Session: started.Session, User: started.User}
	scopes := []string{"openid"}
	if l.offline {
		scopes = append(scopes, "offline_access")
	}
	app.Policy.SkipConsent = true
	issued, err := f.Authorizations.Issue(f.ctx, f.Interactions.NewAuthorize(app, params(scopes...)), l.browser)
	if err != nil {
		t.Fatal(err)
	}
	l.code = issued.Code
	return l
}

// mayHaveTokens reports whether nothing outside of the family forbids tokens.
func (l *grantModel) mayHaveTokens() bool { return l.ended == "" && (l.offline || !l.signedOut) }

func (l *grantModel) exchange(t *rapid.T) {
	verifies := rapid.Bool().Draw(t, "with the verifier")
	presented := proof(l.code)
	if !verifies {
		presented.Verifier = ""
	}
	r, err := l.f.Grants.Exchange(l.f.ctx, l.app, presented)
	now := l.f.Now()
	switch {
	case l.spent:
		if l.ended == "" {
			l.ended = identity.EndCodeReplayed
		}
		l.refused(t, err)
	case !l.mayHaveTokens(), !now.Before(l.codeDies), !verifies:
		l.refused(t, err)
	default:
		if err != nil {
			t.Fatalf("the code is refused: %v", err)
		}
		l.spent, l.rotatedAt, l.dies = true, now, now.Add(modelTTL)
		l.idle = now.Add(modelIdle)
		l.tokens = []string{r.RefreshToken}
	}
}

func (l *grantModel) refresh(t *rapid.T) {
	if len(l.tokens) == 0 {
		t.Skip("no refresh token")
	}
	// The last ones matter most.
	back := rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 3}).Draw(t, "generations back")
	generation := max(len(l.tokens)-back, 1)
	r, err := l.f.Grants.Refresh(l.f.ctx, l.app, l.tokens[generation-1], nil, identity.SenderConstraint{})
	now := l.f.Now()
	current := len(l.tokens)
	switch {
	case !l.mayHaveTokens(), !now.Before(l.dies), !now.Before(l.idle):
		l.refused(t, err)
	case generation == current:
		if err != nil {
			t.Fatalf("the current token is refused: %v", err)
		}
		for i, old := range l.tokens {
			if r.RefreshToken == old {
				t.Fatalf("generation %d is that of generation %d", current+1, i+1)
			}
		}
		l.tokens, l.rotatedAt, l.graceUses = append(l.tokens, r.RefreshToken), now, 0
		l.idle = now.Add(modelIdle)
		if l.dies.Before(l.idle) {
			l.idle = l.dies
		}
	case generation == current-1 && now.Before(l.rotatedAt.Add(modelGrace)) && l.graceUses < modelUses:
		if err != nil {
			t.Fatalf("the previous token is refused in its grace: %v", err)
		}
		if r.RefreshToken != l.tokens[current-1] {
			t.Fatal("the previous token is answered with another successor")
		}
		l.graceUses++
	default:
		l.ended = identity.EndRefreshReused
		l.refused(t, err)
	}
}

func (l *grantModel) refused(t *rapid.T, err error) {
	if !errors.Is(err, identity.ErrInvalidGrant) {
		t.Fatalf("not refused: %v", err)
	}
}

func (l *grantModel) wait(t *rapid.T) {
	l.f.advance(rapid.SampledFrom([]time.Duration{
		time.Microsecond, time.Second, 15 * time.Second, modelGrace, modelCode, 5 * time.Minute, modelIdle - time.Second, modelIdle,
	}).Draw(t, "time"))
}

func (l *grantModel) signOut(t *rapid.T) {
	if l.signedOut {
		t.Skip("signed out already")
	}
	if err := l.f.Sessions.SignOut(l.f.ctx, l.browser); err != nil {
		t.Fatal(err)
	}
	l.signedOut = true
	if !l.offline && l.ended == "" {
		l.ended = identity.EndLogout
	}
}

func (l *grantModel) revoke(t *rapid.T) {
	if len(l.tokens) == 0 {
		t.Skip("no refresh token")
	}
	token := rapid.SampledFrom(l.tokens).Draw(t, "token")
	if err := l.f.Grants.Revoke(l.f.ctx, l.app, token); err != nil {
		t.Fatal(err)
	}
	if l.ended == "" {
		l.ended = identity.EndClientRevoked
	}
}

// check compares the stored grant with the model.
func (l *grantModel) check(t *rapid.T) {
	g, err := l.f.byCode(l.code)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("spent %v, generation %d, ended %q", g.Code.SpentAt != nil, g.Refresh.Generation, g.EndReason)
	want := fmt.Sprintf("spent %v, generation %d, ended %q", l.spent, len(l.tokens), l.ended)
	if got != want {
		t.Fatalf("the grant is %s; the model is %s", got, want)
	}
	if len(l.tokens) > 0 {
		alive := l.mayHaveTokens() && l.f.Now().Before(l.idle) && l.f.Now().Before(l.dies)
		for i, token := range l.tokens {
			state, err := l.f.Tokens.Introspect(l.f.ctx, l.app, token)
			if err != nil {
				t.Fatal(err)
			}
			if want := alive && i == len(l.tokens)-1; (state != nil) != want {
				t.Fatalf("generation %d of %d is introspected as alive: %v", i+1, len(l.tokens), state != nil)
			}
		}
	}
}

// TestLifecycleOfAGrant plays codes and refresh tokens in any order against the model.
func TestLifecycleOfAGrant(t *testing.T) {
	t.Parallel()
	f := newFixture(t, func(s *identity.Settings) {
		s.CodeTTL, s.RefreshTokenIdleTTL, s.RefreshTokenTTL = modelCode, modelIdle, modelTTL
		s.RefreshGrace, s.RefreshGraceUses = modelGrace, modelUses
		s.SessionIdleTTL = 1000 * time.Hour
	})
	app := f.client(t, "app")
	u := f.user(t, "alice")
	rapid.Check(t, func(t *rapid.T) {
		l := newGrantModel(t, f, app, u)
		if rapid.IntRange(0, 9).Draw(t, "exchanged at once") > 0 {
			l.exchange(t)
		}
		t.Repeat(map[string]func(*rapid.T){
			"exchange": l.exchange, "refresh": l.refresh, "refresh again": l.refresh, "wait": l.wait, "sign out": l.signOut,
			"revoke": l.revoke, "": l.check,
		})
	})
}
