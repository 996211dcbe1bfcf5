package identity_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/growth"
)

// refresh spends a refresh token.
func (f *fixture) refresh(c identity.Client, token string, scopes ...string) (identity.Issuance, error) {
	return f.Grants.Refresh(f.ctx, c, token, scopes, identity.SenderConstraint{})
}

func TestExchange(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	app := f.client(t, "app")
	b := f.signIn(t, u)
	code := f.code(t, app, b, "openid", "email")
	f.advance(time.Minute - time.Microsecond)
	r, err := f.Grants.Exchange(f.ctx, app, proof(code))
	noError(t, err)
	wantSame(t, f.grant(t, r.Grant.ID), r.Grant)
	wantSame(t, r.Scopes, []string{"openid", "email"})
	wantSame(t, r.User.ID, u.ID)
	now := f.Now()
	wantSame(t, r.Grant.Refresh, identity.RefreshState{
		Generation: 1, RotatedAt: &now, ExpiresAt: new(now.Add(30 * 24 * time.Hour)), IdleExpiresAt: new(now.Add(14 * 24 * time.Hour)),
	})
	if r.RefreshToken == "" || len(r.RefreshToken) != 70 {
		t.Errorf("a refresh token of %d characters", len(r.RefreshToken))
	}
	if strings.Contains(f.auditText(t), code) || strings.Contains(f.auditText(t), r.RefreshToken) {
		t.Error("a token is in the audit trail")
	}
}

func TestExchangeRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	u := f.user(t, "alice")
	app, other := f.client(t, "app"), f.client(t, "other")
	lax := f.client(t, "lax", func(m *clientFields) { m.RequirePKCE = false })
	b := f.signIn(t, u)
	issue := func(c identity.Client, change func(*identity.AuthorizationParams)) string {
		c.Policy.SkipConsent = true
		p := params("openid")
		change(&p)
		issued, err := f.Authorizations.Issue(f.ctx, f.Interactions.NewAuthorize(c, p), b)
		noError(t, err)
		return issued.Code
	}
	same := func(*identity.AuthorizationParams) {}
	withoutURI := func(p *identity.AuthorizationParams) { p.RedirectURISent = false }
	withoutPKCE := func(p *identity.AuthorizationParams) { p.CodeChallenge = "" }
	for name, test := range map[string]struct {
		from, by identity.Client
		issue    func(*identity.AuthorizationParams)
		change   func(*identity.CodeProof)
		works    bool
	}{
		"the right proof":                {app, app, same, func(*identity.CodeProof) {}, true},
		"another client":                 {app, other, same, func(*identity.CodeProof) {}, false},
		"an unknown code":                {app, app, same, func(p *identity.CodeProof) { p.Code = strings.Repeat("A", 43) }, false},
		"no code":                        {app, app, same, func(p *identity.CodeProof) { p.Code = "" }, false},
		"a code with a line break":       {app, app, same, func(p *identity.CodeProof) { p.Code += "\n" }, false},
		"another redirect URI":           {app, app, same, func(p *identity.CodeProof) { p.RedirectURI += "/" }, false},
		"no redirect URI":                {app, app, same, func(p *identity.CodeProof) { p.RedirectURI = "" }, false},
		"a redirect URI never sent":      {app, app, withoutURI, func(*identity.CodeProof) {}, false},
		"none sent and none repeated":    {app, app, withoutURI, func(p *identity.CodeProof) { p.RedirectURI = "" }, true},
		"another verifier":               {app, app, same, func(p *identity.CodeProof) { p.Verifier = strings.Repeat("v", 43) }, false},
		"no verifier":                    {app, app, same, func(p *identity.CodeProof) { p.Verifier = "" }, false},
		"the challenge as verifier":      {app, app, same, func(p *identity.CodeProof) { p.Verifier = challenge }, false},
		"a verifier with a space":        {app, app, same, func(p *identity.CodeProof) { p.Verifier += " " }, false},
		"a verifier without challenge":   {lax, lax, withoutPKCE, func(*identity.CodeProof) {}, false},
		"neither verifier nor challenge": {lax, lax, withoutPKCE, func(p *identity.CodeProof) { p.Verifier = "" }, true},
		"a challenge without verifier":   {lax, lax, same, func(p *identity.CodeProof) { p.Verifier = "" }, false},
	} {
		code := issue(test.from, test.issue)
		presented := proof(code)
		test.change(&presented)
		_, err := f.Grants.Exchange(f.ctx, test.by, presented)
		if test.works {
			if err != nil {
				t.Errorf("%s: refused: %v", name, err)
			}
			continue
		}
		if !errors.Is(err, identity.ErrInvalidGrant) {
			t.Errorf("%s: got %v", name, err)
		}
		g, err := f.byCode(code)
		noError(t, err)
		if g.EndedAt != nil || g.Code.SpentAt != nil {
			t.Errorf("%s: a wrong proof spends or ends the grant", name)
		}
	}
}

func TestExchangeNeedsAnEligibleUser(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, f *fixture, b identity.BrowserSession, app identity.Client){
		"the code has expired": func(_ *testing.T, f *fixture, _ identity.BrowserSession, _ identity.Client) { f.advance(time.Minute) },
		"the person signed out": func(t *testing.T, f *fixture, b identity.BrowserSession, _ identity.Client) {
			noError(t, f.Sessions.SignOut(f.ctx, b))
		},
		"the user is inactive": func(t *testing.T, f *fixture, b identity.BrowserSession, _ identity.Client) {
			u := f.reread(t, b.User)
			u.Active = false
			noError(t, f.store.UpdateUser(f.ctx, u))
		},
		"the password must change": func(t *testing.T, f *fixture, b identity.BrowserSession, _ identity.Client) {
			u := f.reread(t, b.User)
			u.RequiresPasswordChange = true
			noError(t, f.store.UpdateUser(f.ctx, u))
		},
		"the address is not verified": func(t *testing.T, f *fixture, b identity.BrowserSession, _ identity.Client) {
			u := f.reread(t, b.User)
			u.Verified = false
			noError(t, f.store.UpdateUser(f.ctx, u))
		},
		"the user is gone": func(t *testing.T, f *fixture, b identity.BrowserSession, _ identity.Client) {
			noError(t, f.store.DeleteUser(f.ctx, b.User.ID))
		},
		"the client was switched off": func(t *testing.T, f *fixture, _ identity.BrowserSession, app identity.Client) {
			_, _, err := f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Active: new(false)}, nil)
			noError(t, err)
		},
		"the session has expired": func(t *testing.T, f *fixture, b identity.BrowserSession, _ identity.Client) {
			noError(t, f.store.TouchSession(f.ctx, b.Session.ID, f.Now(), f.Now()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, func(s *identity.Settings) { s.RequireVerified = true })
			app := f.client(t, "app")
			b := f.signIn(t, f.user(t, "alice"))
			code := f.code(t, app, b, "openid")
			spoil(t, f, b, app)
			_, err := f.Grants.Exchange(f.ctx, app, proof(code))
			wantError(t, err, identity.ErrInvalidGrant)
		})
	}
}

// TestReplayEndsTheGrant: the refusal is an answer, what it does stays.
func TestReplayEndsTheGrant(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]func(*identity.CodeProof){
		"with the same proof":  func(*identity.CodeProof) {},
		"without the verifier": func(p *identity.CodeProof) { p.Verifier = "" },
		"with another target":  func(p *identity.CodeProof) { p.RedirectURI = "https://evil.example" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			app := f.client(t, "app")
			code := f.code(t, app, f.signIn(t, f.user(t, "alice")), "openid", "offline_access")
			first, err := f.Grants.Exchange(f.ctx, app, proof(code))
			noError(t, err)
			f.advance(time.Hour) // long after the code itself has expired
			presented := proof(code)
			again(&presented)
			for range 2 {
				_, err = f.Grants.Exchange(f.ctx, app, presented)
				wantError(t, err, identity.ErrInvalidGrant)
			}
			if g := f.grant(t, first.Grant.ID); g.EndReason != identity.EndCodeReplayed || !g.EndedAt.Equal(f.Now()) {
				t.Errorf("the grant ended as %q at %v", g.EndReason, g.EndedAt)
			}
			_, err = f.refresh(app, first.RefreshToken)
			wantError(t, err, identity.ErrInvalidGrant)
			events := f.audit(t, identity.ActionCodeReplayed)
			if len(events) != 1 || events[0].Outcome != identity.OutcomeFailure || *events[0].ClientID != app.ID {
				t.Errorf("audited as %+v", events)
			}
		})
	}
}

func TestAnotherClientCannotEndAGrant(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app, other := f.client(t, "app"), f.client(t, "other")
	code := f.code(t, app, f.signIn(t, f.user(t, "alice")), "openid")
	r, err := f.Grants.Exchange(f.ctx, app, proof(code))
	noError(t, err)
	_, err = f.Grants.Exchange(f.ctx, other, proof(code))
	wantError(t, err, identity.ErrInvalidGrant)
	_, err = f.refresh(other, r.RefreshToken)
	wantError(t, err, identity.ErrInvalidGrant)
	if g := f.grant(t, r.Grant.ID); g.EndedAt != nil || g.Refresh.Generation != 1 {
		t.Errorf("the grant is %+v", g)
	}
	_, err = f.refresh(app, r.RefreshToken)
	noError(t, err)
}

func TestOneOfManyExchangesWins(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	code := f.code(t, app, f.signIn(t, f.user(t, "alice")), "openid")
	won := make([]bool, 8)
	var group sync.WaitGroup
	for i := range won {
		group.Go(func() {
			_, err := f.Grants.Exchange(f.ctx, app, proof(code))
			won[i] = err == nil
		})
	}
	group.Wait()
	winners := 0
	for _, w := range won {
		if w {
			winners++
		}
	}
	if winners != 1 {
		t.Errorf("%d winners", winners)
	}
}

func TestNoRefreshTokenWithoutItsGrantType(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app", func(m *clientFields) { m.GrantTypes = []identity.GrantType{identity.GrantAuthorizationCode} })
	r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid")
	if r.RefreshToken != "" || r.Grant.Refresh.Generation != 0 {
		t.Errorf("got %q at generation %d", r.RefreshToken, r.Grant.Refresh.Generation)
	}
}

func TestRefreshRotates(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid", "offline_access")
	seen := map[string]bool{r.RefreshToken: true}
	for i := range 4 {
		f.advance(24 * time.Hour)
		next, err := f.refresh(app, r.RefreshToken)
		noError(t, err)
		if seen[next.RefreshToken] {
			t.Fatal("a token comes again")
		}
		seen[next.RefreshToken] = true
		state := f.grant(t, r.Grant.ID).Refresh
		if state.Generation != i+2 || !state.RotatedAt.Equal(f.Now()) || !state.IdleExpiresAt.Equal(f.Now().Add(14*24*time.Hour)) ||
			!state.ExpiresAt.Equal(start.Add(30*24*time.Hour)) {
			t.Errorf("the family is %+v", state)
		}
		r.RefreshToken = next.RefreshToken
	}
}

func TestGrace(t *testing.T) {
	t.Parallel()
	brief := func(s *identity.Settings) { s.RefreshGrace, s.RefreshGraceUses = 30*time.Second, 2 }
	setUp := func(t *testing.T) (f *fixture, app identity.Client, first, second string, id uuid.UUID) {
		f = newFixture(t, brief)
		app = f.client(t, "app")
		r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid", "offline_access")
		next, err := f.refresh(app, r.RefreshToken)
		noError(t, err)
		return f, app, r.RefreshToken, next.RefreshToken, r.Grant.ID
	}
	ended := func(t *testing.T, f *fixture, id uuid.UUID) {
		t.Helper()
		if g := f.grant(t, id); g.EndReason != identity.EndRefreshReused {
			t.Errorf("the grant ended as %q", g.EndReason)
		}
		if events := f.audit(t, identity.ActionRefreshReused); len(events) != 1 || events[0].Outcome != identity.OutcomeFailure {
			t.Errorf("audited as %+v", events)
		}
	}
	t.Run("returns the same successor", func(t *testing.T) {
		t.Parallel()
		f, app, first, second, id := setUp(t)
		f.advance(30*time.Second - time.Microsecond)
		for range 2 {
			again, err := f.refresh(app, first)
			noError(t, err)
			wantSame(t, again.RefreshToken, second)
		}
		if state := f.grant(t, id).Refresh; state.Generation != 2 || state.GraceUses != 2 {
			t.Errorf("the family is %+v", state)
		}
		_, err := f.refresh(app, second)
		noError(t, err)
	})
	t.Run("ends with the window", func(t *testing.T) {
		t.Parallel()
		f, app, first, second, id := setUp(t)
		f.advance(30 * time.Second)
		_, err := f.refresh(app, first)
		wantError(t, err, identity.ErrInvalidGrant)
		ended(t, f, id)
		_, err = f.refresh(app, second)
		wantError(t, err, identity.ErrInvalidGrant)
	})
	t.Run("ends with the uses", func(t *testing.T) {
		t.Parallel()
		f, app, first, _, id := setUp(t)
		for range 2 {
			_, err := f.refresh(app, first)
			noError(t, err)
		}
		_, err := f.refresh(app, first)
		wantError(t, err, identity.ErrInvalidGrant)
		ended(t, f, id)
	})
	t.Run("is for the last generation only", func(t *testing.T) {
		t.Parallel()
		f, app, first, second, id := setUp(t)
		_, err := f.refresh(app, second)
		noError(t, err)
		_, err = f.refresh(app, first)
		wantError(t, err, identity.ErrInvalidGrant)
		ended(t, f, id)
	})
	t.Run("ends with the overlaps of two devices", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		app := f.client(t, "app")
		r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid", "offline_access")
		token, rotations := r.RefreshToken, 0
		for ; rotations < 1000; rotations++ {
			next, err := f.refresh(app, token)
			noError(t, err)
			if _, err := f.refresh(app, token); err != nil {
				wantError(t, err, identity.ErrInvalidGrant)
				break
			}
			token = next.RefreshToken
		}
		if rotations != 111 { // 100, and one in ten of 111
			t.Errorf("they were found after %d rotations", rotations)
		}
		ended(t, f, r.Grant.ID)
	})
	t.Run("stays with a client whose tabs overlap now and then", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		app := f.client(t, "app")
		r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid", "offline_access")
		token := r.RefreshToken
		for i := range 2000 { // half of what 30 days of ten minutes hold
			next, err := f.refresh(app, token)
			noError(t, err)
			for range i % 10 / 9 * 4 { // four more tabs
				_, err := f.refresh(app, token)
				noError(t, err)
			}
			token = next.RefreshToken
		}
	})
	t.Run("can be switched off", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, func(s *identity.Settings) { s.RefreshGrace = 0 })
		app := f.client(t, "app")
		r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid", "offline_access")
		_, err := f.refresh(app, r.RefreshToken)
		noError(t, err)
		_, err = f.refresh(app, r.RefreshToken)
		wantError(t, err, identity.ErrInvalidGrant)
		ended(t, f, r.Grant.ID)
	})
}

func TestRefreshExpires(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		idle, absolute time.Duration
		client         int // seconds
		steps          []time.Duration
		dies           time.Duration // after the last step
	}{
		"idle":                    {time.Hour, 24 * time.Hour, 0, nil, time.Hour},
		"idle after use":          {time.Hour, 24 * time.Hour, 0, []time.Duration{59 * time.Minute}, time.Hour},
		"absolute in spite of it": {time.Hour, 2 * time.Hour, 0, []time.Duration{50 * time.Minute, 50 * time.Minute}, 20 * time.Minute},
		"idle beyond absolute":    {3 * time.Hour, time.Hour, 0, nil, time.Hour},
		"the client's own":        {time.Hour, 24 * time.Hour, 600, nil, 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, func(s *identity.Settings) { s.RefreshTokenIdleTTL, s.RefreshTokenTTL = test.idle, test.absolute })
			app := f.client(t, "app", func(m *clientFields) { m.RefreshTokenTTL = test.client })
			r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid", "offline_access")
			token := r.RefreshToken
			for _, step := range test.steps {
				f.advance(step)
				next, err := f.refresh(app, token)
				noError(t, err)
				token = next.RefreshToken
			}
			f.advance(test.dies - time.Microsecond)
			state, err := f.Tokens.Introspect(f.ctx, app, token)
			noError(t, err)
			if state == nil {
				t.Error("dead a moment too early")
			}
			f.advance(time.Microsecond)
			_, err = f.refresh(app, token)
			wantError(t, err, identity.ErrInvalidGrant)
			if f.grant(t, r.Grant.ID).EndedAt != nil {
				t.Error("an expired token counts as reused")
			}
		})
	}
}

func TestRefreshIsBoundToTheSession(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, f *fixture, b identity.BrowserSession){
		"signed out": func(t *testing.T, f *fixture, b identity.BrowserSession) { noError(t, f.Sessions.SignOut(f.ctx, b)) },
		"expired":    func(_ *testing.T, f *fixture, _ identity.BrowserSession) { f.advance(f.Settings.Get().SessionIdleTTL) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			app := f.client(t, "app")
			b := f.signIn(t, f.user(t, "alice"))
			bound, offline := f.redeem(t, app, b, "openid"), f.redeem(t, app, b, "openid", "offline_access")
			end(t, f, b)
			_, err := f.refresh(app, bound.RefreshToken)
			wantError(t, err, identity.ErrInvalidGrant)
			_, err = f.refresh(app, offline.RefreshToken)
			noError(t, err)
		})
	}
}

func TestRefreshNarrowsScopes(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	f.user(t, "other", administrator)
	root := f.user(t, "root", administrator)
	r := f.redeem(t, app, f.signIn(t, root), "openid", "email", "admin:users:read")
	next := func(scopes ...string) []string {
		t.Helper()
		got, err := f.refresh(app, r.RefreshToken, scopes...)
		noError(t, err)
		r.RefreshToken = got.RefreshToken
		return got.Scopes
	}
	wantSame(t, next(), []string{"openid", "email", "admin:users:read"})
	wantSame(t, next("email"), []string{"email"})
	wantSame(t, next("admin:users:read", "openid"), []string{"admin:users:read", "openid"})
	wantSame(t, next(), []string{"openid", "email", "admin:users:read"})
	for _, wider := range [][]string{{"profile"}, {"openid", "profile"}, {"openid "}, {"OPENID"}} {
		_, err := f.refresh(app, r.RefreshToken, wider...)
		wantError(t, err, coded(identity.CodeInvalidScope))
	}
	wantSame(t, f.grant(t, r.Grant.ID).Refresh.Generation, 5)

	// As after a restore of the user alone: the grant is still there.
	demoted := f.reread(t, root)
	demoted.Admin = false
	noError(t, f.store.UpdateUser(f.ctx, demoted))
	wantSame(t, next(), []string{"openid", "email"})
	wantSame(t, next("openid", "admin:users:read"), []string{"openid"})
}

func TestRotationOff(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app", func(m *clientFields) { m.RefreshTokenRotation = false })
	r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid", "offline_access")
	for range 3 {
		before := f.grant(t, r.Grant.ID).Refresh
		f.advance(time.Hour)
		next, err := f.refresh(app, r.RefreshToken)
		noError(t, err)
		wantSame(t, next.RefreshToken, r.RefreshToken)
		after := f.grant(t, r.Grant.ID).Refresh
		wantSame(t, after.IdleExpiresAt.Sub(*before.IdleExpiresAt), time.Hour)
		wantSame(t, after.ExpiresAt, before.ExpiresAt)
	}
	wantSame(t, f.grant(t, r.Grant.ID).Refresh.Generation, 1)
}

func TestRefreshTokensCannotBeForged(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	r := f.redeem(t, app, f.signIn(t, f.user(t, "alice")), "openid", "offline_access")
	raw, err := base64.RawURLEncoding.DecodeString(r.RefreshToken)
	noError(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	short := encode(raw[:20+8]) // a tag of 64 bits
	bad := map[string]string{
		"nothing": "", "one character more": r.RefreshToken + "A", "one less": r.RefreshToken[:69], "padding": r.RefreshToken + "==",
		"line breaks alone":             strings.Repeat("\n", 70),
		"a short tag, filled up":        short + strings.Repeat("\n", 70-len(short)),
		"no tag, filled up":             encode(raw[:20]) + strings.Repeat("\r", 70-27),
		"a line break in the midst":     r.RefreshToken[:35] + "\n" + r.RefreshToken[36:],
		"the other alphabet":            base64.RawStdEncoding.EncodeToString(append([]byte{0xff, 0xff, 0xff}, raw[3:]...)),
		"another code of the last bits": r.RefreshToken[:69] + string(nextLetter(r.RefreshToken[69])),
	}
	for i := range raw {
		raw[i] ^= 1
		bad["a changed byte "+string(rune('A'+i))] = encode(raw)
		raw[i] ^= 1
	}
	for name, token := range bad {
		if _, err := f.refresh(app, token); !errors.Is(err, identity.ErrInvalidGrant) {
			t.Errorf("%s: %v", name, err)
		}
		if state, err := f.Tokens.Introspect(f.ctx, app, token); state != nil || err != nil {
			t.Errorf("%s: inspected as %+v, %v", name, state, err)
		}
	}
	if g := f.grant(t, r.Grant.ID); g.EndedAt != nil || g.Refresh.Generation != 1 {
		t.Error("a forged token ends the grant")
	}
	f.deps.Keys = keyring(t, root('b'), root('a'))
	next, err := identity.New(f.deps).Grants.Refresh(f.ctx, app, r.RefreshToken, nil, identity.SenderConstraint{})
	noError(t, err)
	f.deps.Keys = keyring(t, root('b'))
	_, err = identity.New(f.deps).Grants.Refresh(f.ctx, app, next.RefreshToken, nil, identity.SenderConstraint{})
	noError(t, err)
}

// nextLetter is the letter of base64url after c: it differs in the lowest bit or two.
func nextLetter(c byte) byte {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return letters[strings.IndexByte(letters, c)^1]
}

func TestPKCEForms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		verifier: true, strings.Repeat("a", 43): true, strings.Repeat("-._~", 32): true, strings.Repeat("a", 42): false,
		strings.Repeat("a", 129): false, "": false, strings.Repeat("a", 42) + "+": false, strings.Repeat("a", 42) + "é": false,
		strings.Repeat("a", 42) + "\n": false, strings.Repeat("a", 43) + "\xff": false,
	} {
		if got := identity.ValidVerifier(text); got != want {
			t.Errorf("verifier %q: %v", text, got)
		}
	}
	for text, want := range map[string]bool{
		challenge: true, "": false, challenge[:42]: false, challenge + "=": false, challenge + "A": false,
		challenge[:42] + "\n": false, challenge + "\n": false, "+" + challenge[1:]: false, challenge[:42] + "N": false, // N: loose last bits
	} {
		if got := identity.ValidChallenge(text); got != want {
			t.Errorf("challenge %q: %v", text, got)
		}
	}
}

func FuzzValidVerifier(f *testing.F) {
	for _, seed := range []string{verifier, strings.Repeat("a", 128), strings.Repeat("~", 43), "é", "\xff", ""} {
		f.Add(seed)
	}
	const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	f.Fuzz(func(t *testing.T, text string) {
		growth.Linear(t, growth.Repeated(text, ""), func(text string) { identity.ValidVerifier(text) })
		want := len(text) >= 43 && len(text) <= 128 && strings.Trim(text, allowed) == ""
		for i := range len(text) {
			want = want && strings.IndexByte(allowed, text[i]) >= 0
		}
		if got := identity.ValidVerifier(text); got != want {
			t.Fatalf("%q: %v", text, got)
		}
	})
}

// FuzzRefreshToken: whatever is made up is refused, without a panic and without harm to the family.
func FuzzRefreshToken(f *testing.F) {
	x := newFixture(f)
	app := x.client(f, "app")
	r := x.redeem(f, app, x.signIn(f, x.user(f, "alice")), "openid", "offline_access")
	genuine := r.RefreshToken
	for _, seed := range []string{"", genuine[:69], strings.Repeat("\n", 70), strings.Repeat("A", 70), genuine[:38] + strings.Repeat("\r\n", 16)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if token == genuine {
			return
		}
		growth.Linear(t, growth.Repeated(token, ""), func(text string) {
			if text != genuine {
				_, _ = x.refresh(app, text)
			}
		})
		if _, err := x.refresh(app, token); !errors.Is(err, identity.ErrInvalidGrant) {
			t.Fatalf("%q is answered with %v", token, err)
		}
		if g := x.grant(t, r.Grant.ID); g.EndedAt != nil || g.Refresh.Generation != 1 {
			t.Fatalf("%q harms the family: %+v", token, g)
		}
	})
}
