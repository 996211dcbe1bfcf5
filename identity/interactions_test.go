package identity_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestNextInEveryCombination walks the whole table of what can be said and done about a request, and compares with the
// rules as the standard has them (OIDC Core §3.1.2.1, §3.1.2.3, §3.1.2.4).
func TestNextInEveryCombination(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	alice, bob := f.user(t, "alice"), f.user(t, "bob")
	asking := f.client(t, "asking")
	trusted := f.client(t, "trusted", func(m *clientFields) { m.SkipConsent = true })
	b := f.signIn(t, alice)
	f.advance(time.Minute)
	now, stranger := f.Now(), uuid.New()
	// remember sets what was consented to before.
	remember := func(scopes []string) {
		for _, c := range []identity.Client{asking, trusted} {
			consent := identity.Consent{UserID: alice.ID, ClientID: c.ID, Scopes: scopes, CreatedAt: now, UpdatedAt: now}
			noError(t, f.store.SaveConsent(f.ctx, consent))
		}
	}
	remembered := []struct {
		name   string
		set    func()
		enough bool
	}{
		{"never asked", func() {}, false},
		{"allowed less", func() { remember([]string{"openid"}) }, false},
		{"allowed the same", func() { remember([]string{"openid", "email"}) }, true},
		{"allowed more", func() { remember([]string{"openid", "profile", "email"}) }, true},
	}
	acts := []struct {
		name    string
		at      *time.Time
		session *uuid.UUID
		counts  bool
	}{
		{"not", nil, nil, false},
		{"here", &now, &b.Session.ID, true},
		{"in another session", &now, &stranger, false},
		{"nowhere", &now, nil, false},
	}
	for _, before := range remembered {
		before.set()
		for _, prompt := range []string{"", "none", "login", "consent", "select_account", "login consent"} {
			for _, maxAge := range []*int{nil, new(0), new(59), new(60), new(3600)} {
				for _, hint := range []string{"", alice.ID.String(), bob.ID.String()} {
					for _, signedIn := range acts {
						for _, consented := range acts {
							if signedIn.at != nil && consented.at != nil && signedIn.session != consented.session {
								continue // a request belongs to one session
							}
							for _, client := range []identity.Client{asking, trusted} {
								for _, mustChange := range []bool{false, true} {
									for _, browser := range []*identity.BrowserSession{nil, {Session: b.Session, User: alice}} {
										p := f.Interactions.NewAuthorize(client, params("openid", "email"))
										p.Params.Prompt = strings.Fields(prompt)
										p.Params.MaxAge = maxAge
										p.Params.HintSubject = hint
										p.AuthenticatedAt, p.ConsentedAt = signedIn.at, consented.at
										p.SessionID = signedIn.session
										if signedIn.at == nil {
											p.SessionID = consented.session
										}
										if browser != nil {
											browser.User.RequiresPasswordChange = mustChange
										}
										got, err := f.Interactions.Next(f.ctx, p, browser)
										noError(t, err)

										asks := func(word string) bool { return slices.Contains(strings.Fields(prompt), word) }
										tooOld := maxAge != nil && *maxAge < 60 // the sign-in was a minute ago
										want := identity.StepIssue
										switch {
										case browser == nil, hint == bob.ID.String():
											want = identity.StepFirstFactor
										case (asks("login") || asks("select_account") || tooOld) && !signedIn.counts:
											want = identity.StepFirstFactor
										case mustChange:
											want = identity.StepPassword
										case asks("consent") && !consented.counts, !client.Policy.SkipConsent && !before.enough:
											want = identity.StepConsent
										}
										if got != want {
											age := "none"
											if maxAge != nil {
												age = fmt.Sprint(*maxAge)
											}
											t.Fatalf("browser %v, prompt %q, max_age %s, hint %.8s, signed in %s, consented %s, %s, %s, change %v: got %q, want %q",
												browser != nil, prompt, age, hint, signedIn.name, consented.name, before.name, client.ClientID, mustChange, got, want)
										}
									}
								}
							}
						}
					}
				}
			}
		}
	}
}

// TestNextOfAnAccountPage: it needs a session and nothing else; whoever must change the password does it there.
func TestNextOfAnAccountPage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	b := f.signIn(t, f.user(t, "alice"))
	b.Session.AuthTime = b.Session.AuthTime.Add(-time.Hour)
	mustChange := b
	mustChange.User.RequiresPasswordChange = true
	i, err := f.Interactions.Seal(f.Interactions.NewAccount(identity.ReturnToPassword))
	noError(t, err)
	signedIn, err := f.Interactions.SignedIn(f.ctx, i, b)
	noError(t, err)
	loaded, err := f.Interactions.Load(f.ctx, i.Handle)
	noError(t, err)
	wantSame(t, loaded, signedIn)
	for _, i := range []identity.Interaction{i, signedIn} {
		for _, test := range []struct {
			browser *identity.BrowserSession
			want    identity.Step
		}{{nil, identity.StepFirstFactor}, {&b, identity.StepReturn}, {&mustChange, identity.StepReturn}} {
			got, err := f.Interactions.Next(f.ctx, i, test.browser)
			noError(t, err)
			if got != test.want {
				t.Errorf("browser %v: got %q, want %q", test.browser != nil, got, test.want)
			}
		}
	}
}

func TestWhatIsNoKindOfHereIsNotFound(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for name, change := range map[string]func(*identity.Interaction){
		"a kind of a newer node":      func(i *identity.Interaction) { i.Kind = "recovery" },
		"a page that is on no list":   func(i *identity.Interaction) { i.ReturnPath = "/account/else" },
		"a page of somebody else":     func(i *identity.Interaction) { i.ReturnPath = "https://evil.example/" },
		"a page that looks like ours": func(i *identity.Interaction) { i.ReturnPath = "//evil.example/account/password" },
		"none":                        func(i *identity.Interaction) { i.ReturnPath = "" },
	} {
		i := f.Interactions.NewAccount(identity.ReturnToPassword)
		change(&i)
		i, err := f.Interactions.Seal(i)
		noError(t, err)
		if _, err := f.Interactions.Load(f.ctx, i.Handle); !errors.Is(err, identity.ErrInteractionNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	unknown := f.Interactions.NewAccount(identity.ReturnToPassword)
	unknown.Kind = "recovery"
	_, err := f.Interactions.Next(f.ctx, unknown, nil)
	wantError(t, err, identity.ErrInteractionNotFound)
}

func TestEveryStepWithAPageRefusesInSilence(t *testing.T) {
	t.Parallel()
	for step, want := range map[identity.Step]identity.Code{
		identity.StepFirstFactor: identity.CodeLoginRequired, identity.StepPassword: identity.CodeInteractionRequired,
		identity.StepConsent: identity.CodeConsentRequired,
	} {
		if got := step.Silent().Code; got != want {
			t.Errorf("%s is refused with %s, want %s", step, got, want)
		}
	}
}

func TestAPersonIsAskedOnceEvenForNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	b := f.signIn(t, f.user(t, "alice"))
	p, err := f.Interactions.Seal(f.Interactions.NewAuthorize(app, params()))
	noError(t, err)
	step, err := f.Interactions.Next(f.ctx, p, &b)
	noError(t, err)
	if step != identity.StepConsent {
		t.Errorf("a new client without scopes goes on to %q", step)
	}
	noError(t, f.Authorizations.Approve(f.ctx, p, b))
	step, err = f.Interactions.Next(f.ctx, f.Interactions.NewAuthorize(app, params()), &b)
	noError(t, err)
	if step != identity.StepIssue {
		t.Errorf("the second time goes on to %q", step)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	sealed, err := f.Interactions.Seal(f.Interactions.NewAuthorize(app, params("openid")))
	noError(t, err)
	got, err := f.Interactions.Load(f.ctx, sealed.Handle)
	noError(t, err)
	wantSame(t, got, sealed)
	for _, handle := range []string{
		"", "x", sealed.Handle + "A", sealed.Handle + "\n", sealed.Handle[:42] + "\n", strings.Repeat("A", 43), strings.Repeat("!", 43),
		string(sealed.Handle[0]^1) + sealed.Handle[1:], strings.Repeat("A", 1<<20), sealed.Handle[:len(sealed.Handle)-4],
	} {
		_, err := f.Interactions.Load(f.ctx, handle)
		wantError(t, err, identity.ErrInteractionNotFound)
	}
	t.Run("not when its client is off", func(t *testing.T) {
		_, _, err = f.admin.Clients.Update(f.ctx, app.ID, admin.ClientChange{Active: new(false)}, nil)
		noError(t, err)
		_, err = f.Interactions.Load(f.ctx, sealed.Handle)
		wantError(t, err, identity.ErrInteractionNotFound)
	})
}

func TestAPersonGoesThroughTheSteps(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	u := f.user(t, "alice")
	draft := f.Interactions.NewAuthorize(app, params("openid", "email", "admin:users:read"))
	draft.Params.Prompt = []string{"login"}
	p, err := f.Interactions.Seal(draft)
	noError(t, err)
	b := f.signIn(t, u)
	next := func(want identity.Step) {
		t.Helper()
		p, err = f.Interactions.Load(f.ctx, p.Handle)
		noError(t, err)
		got, err := f.Interactions.Next(f.ctx, p, &b)
		noError(t, err)
		if got != want {
			t.Fatalf("next is %q, want %q", got, want)
		}
	}
	next(identity.StepFirstFactor)
	p, err = f.Interactions.SignedIn(f.ctx, p, b)
	noError(t, err)
	next(identity.StepConsent)
	granted, err := f.Interactions.Consentable(f.ctx, p, u)
	noError(t, err)
	wantSame(t, granted, []string{"openid", "email"})
	noError(t, f.Authorizations.Approve(f.ctx, p, b))
	next(identity.StepIssue)
	consent, err := f.store.ConsentFor(f.ctx, u.ID, app.ID)
	noError(t, err)
	wantSame(t, consent, identity.Consent{
		UserID: u.ID, ClientID: app.ID, Scopes: []string{"openid", "email"}, CreatedAt: start, UpdatedAt: start,
	})

	other := f.signIn(t, u)
	if got, _ := f.Interactions.Next(f.ctx, p, &other); got != identity.StepFirstFactor {
		t.Errorf("another browser of the same user goes on to %q", got)
	}
	p, err = f.Interactions.SignedIn(f.ctx, p, b)
	noError(t, err)
	p, err = f.Interactions.Load(f.ctx, p.Handle)
	noError(t, err)
	if p.ConsentedAt != nil {
		t.Error("consent outlives a new sign-in")
	}
	issued, err := f.Authorizations.Issue(f.ctx, p, b)
	noError(t, err)
	_, err = f.Authorizations.Issue(f.ctx, p, b)
	wantError(t, err, identity.ErrInteractionNotFound)
	wantError(t, f.Authorizations.Deny(f.ctx, p, b), identity.ErrInteractionNotFound)
	wantError(t, f.Authorizations.Approve(f.ctx, p, b), identity.ErrInteractionNotFound)
	_, err = f.Interactions.SignedIn(f.ctx, p, b)
	wantError(t, err, identity.ErrInteractionNotFound)

	code := issued.Code
	g, err := f.byCode(code)
	noError(t, err)
	wantSame(t, g, identity.Grant{
		ID: g.ID, UserID: u.ID, ClientID: app.ID, SessionID: &b.Session.ID, Scopes: []string{"openid", "email"}, AuthTime: start,
		AMR: []string{"pwd"}, ACR: levelOne, CreatedAt: start, Code: &identity.CodeState{
			Digest: f.deps.Keys.Digest(identity.PurposeCode, code), ExpiresAt: start.Add(time.Minute), RedirectURI: callback,
			CodeChallenge: challenge, Nonce: "n-1",
		},
	})
}

func TestConsentGrows(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	b := f.signIn(t, f.user(t, "alice"))
	approve := func(scopes ...string) {
		t.Helper()
		f.advance(time.Hour)
		p, err := f.Interactions.Seal(f.Interactions.NewAuthorize(app, params(scopes...)))
		noError(t, err)
		noError(t, f.Authorizations.Approve(f.ctx, p, b))
	}
	approve("openid")
	approve("openid", "email")
	approve("email")
	consent, err := f.store.ConsentFor(f.ctx, b.User.ID, app.ID)
	noError(t, err)
	wantSame(t, consent, identity.Consent{
		UserID: b.User.ID, ClientID: app.ID, Scopes: []string{"openid", "email"}, CreatedAt: start.Add(time.Hour), UpdatedAt: start.Add(2 * time.Hour),
	})
	events := f.audit(t, identity.ActionConsentGranted)
	if len(events) != 2 || events[0].ActorID != b.User.ID.String() {
		t.Fatalf("audited as %+v", events)
	}
	wantSame(t, events[0].Changes, map[string]identity.Change{"scope": {Before: "openid", After: "openid email"}})
}

func TestDeny(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	b := f.signIn(t, f.user(t, "alice"))
	p, err := f.Interactions.Seal(f.Interactions.NewAuthorize(app, params("openid")))
	noError(t, err)
	noError(t, f.Authorizations.Deny(f.ctx, p, b))
	_, err = f.Authorizations.Issue(f.ctx, p, b)
	wantError(t, err, identity.ErrInteractionNotFound)
	if events := f.audit(t, identity.ActionConsentDenied); len(events) != 1 || events[0].ActorName != "alice" || events[0].TargetName != "app" {
		t.Errorf("audited as %+v", events)
	}
}

func TestTwoTabsGetOneCode(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	app.Policy.SkipConsent = true
	b := f.signIn(t, f.user(t, "alice"))
	p, err := f.Interactions.Seal(f.Interactions.NewAuthorize(app, params("openid")))
	noError(t, err)
	issued := make([]identity.Issuance, 6)
	var group sync.WaitGroup
	for i := range issued {
		group.Go(func() { issued[i], _ = f.Authorizations.Issue(f.ctx, p, b) })
	}
	group.Wait()
	if got := len(slices.DeleteFunc(issued, func(i identity.Issuance) bool { return i.Code == "" })); got != 1 {
		t.Errorf("%d codes", got)
	}
}

func TestIssueKeepsWhatWasAsked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	app.Policy.SkipConsent = true
	root := f.user(t, "root", administrator)
	b := f.signIn(t, root)
	p := params("openid", "offline_access", "admin:users:read")
	p.RedirectURISent, p.Resources, p.Claims = false, []string{api}, []byte(`{"userinfo":{"name":null}}`)
	issued, err := f.Authorizations.Issue(f.ctx, f.Interactions.NewAuthorize(app, p), b)
	noError(t, err)
	g, err := f.byCode(issued.Code)
	noError(t, err)
	if g.Code.RedirectURI != "" || !g.Offline || string(g.Claims) != `{"userinfo":{"name":null}}` {
		t.Errorf("the grant is %+v", g)
	}
	wantSame(t, g.Resources, []string{api})
	wantSame(t, g.Scopes, []string{"openid", "offline_access", "admin:users:read"})
}

// TestConsentOfAnotherSessionDoesNotInheritItsSignIn: what one browser has proven does not count for another.
func TestConsentOfAnotherSessionDoesNotInheritItsSignIn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	app := f.client(t, "app")
	u := f.user(t, "alice")
	first, second := f.signIn(t, u), f.signIn(t, u)
	draft := f.Interactions.NewAuthorize(app, params("openid"))
	draft.Params.Prompt = []string{"login"}
	p, err := f.Interactions.Seal(draft)
	noError(t, err)
	p, err = f.Interactions.SignedIn(f.ctx, p, first)
	noError(t, err)
	p, err = f.Interactions.Load(f.ctx, p.Handle)
	noError(t, err)
	noError(t, f.Authorizations.Approve(f.ctx, p, second))
	p, err = f.Interactions.Load(f.ctx, p.Handle)
	noError(t, err)
	for name, b := range map[string]identity.BrowserSession{"first": first, "second": second} {
		if got, err := f.Interactions.Next(f.ctx, p, &b); err != nil || got != identity.StepFirstFactor {
			t.Errorf("the %s session goes on to %q, %v", name, got, err)
		}
	}
}
