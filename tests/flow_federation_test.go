package tests

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestSomebodySignsInAtAProvider: first they are asked to sign in here and to say that the accounts shall be connected; from then
// on the provider is enough, whatever else it says of them, and the client reads what was proven.
func TestSomebodySignsInAtAProvider(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n, up := withUpstream(t, db)
		owner := connected(t, n, "up")
		if up.form.Get("code_verifier") == "" || up.secret != upstreamSecret || up.form.Get("redirect_uri") != n.Issuer+"/login/callback/up" {
			t.Errorf("the code is redeemed with %v", up.form)
		}
		owner.Get(n.URL + "/account/connections")
		if !strings.Contains(owner.Text(), "kim@upstream.example") {
			t.Errorf("the page says %s", owner.Text())
		}
		up.lie(func(u *upstream) {
			u.claims = map[string]any{"email": "another@upstream.example", "preferred_username": "renamed", "name": "Somebody Else"}
		})
		b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
		b.Get(party.AuthURL())
		asked := goUpstream(t, n, b, "up")
		if asked.Get("code_challenge_method") != "S256" || asked.Get("nonce") == "" || asked.Get("scope") != "openid profile email" {
			t.Errorf("the provider is asked %v", asked)
		}
		b.Get(callback(n, "up", asked))
		b.Submit("approve", nil)
		token, err := party.Exchange(party.Code(b))
		if err != nil {
			t.Fatal(err)
		}
		claims := harness.JWT(t, idToken(token), 1)
		if claims["acr"] != "urn:authly:acr:1" || !slices.Equal(list(t, claims, "amr"), []string{"fed"}) {
			t.Errorf("acr %v, amr %v", claims["acr"], claims["amr"])
		}
		if sub := n.User(t, "alice").ID.String(); claims["sub"] != sub {
			t.Errorf("%v has signed in, and not Alice", claims["sub"])
		}
		if n := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'identity.linked'"); n != 1 {
			t.Errorf("%d events tell of the connection", n)
		}
	})
}

// TestAProviderIsAFirstFactor: the second step is asked for, unless the provider says that it has asked for one, and the operator
// believes that.
func TestAProviderIsAFirstFactor(t *testing.T) {
	t.Parallel()
	n, up := withUpstream(t, harness.SQLite(t), func(p *identity.IdentityProvider) { p.Config.Levels = map[string]int{"mfa": 2} })
	owner := connected(t, n, "up")
	secret := addApp(t, n, owner)
	b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
	b.Get(party.AuthURL())
	b.Get(callback(n, "up", goUpstream(t, n, b, "up")))
	if !b.Has("code-submit") {
		t.Fatalf("the provider leads to %s: %s", b.URL, b.Text())
	}
	b.Submit("code-submit", map[string]string{"code": harness.AppCode(secret, n.Clock.Now())})
	b.Submit("approve", nil)
	token, err := party.Exchange(party.Code(b))
	if err != nil {
		t.Fatal(err)
	}
	if claims := harness.JWT(t, idToken(token), 1); claims["acr"] != "urn:authly:acr:2" || !slices.Equal(list(t, claims, "amr"), []string{"fed", "otp", "mfa"}) {
		t.Errorf("acr %v, amr %v", claims["acr"], claims["amr"])
	}
	up.lie(func(u *upstream) { u.claims = map[string]any{"amr": []string{"pwd", "mfa"}} })
	b = harness.NewBrowser(t, n)
	throughUpstream(t, n, b, "up")
	if !b.Has("sign-out") {
		t.Errorf("two factors at the provider lead to %s: %s", b.URL, b.Text())
	}
	up.lie(func(u *upstream) { u.claims = map[string]any{"amr": []string{"other"}, "acr": "urn:authly:acr:2"} })
	b = harness.NewBrowser(t, n)
	throughUpstream(t, n, b, "up")
	if !b.Has("code-submit") {
		t.Errorf("what the operator has not named leads to %s: %s", b.URL, b.Text())
	}
}

// TestAFreshSignInIsFreshAtTheProvider: a client that asks for one gets it from there, or not at all (OIDC Core §3.1.2.1, max_age).
func TestAFreshSignInIsFreshAtTheProvider(t *testing.T) {
	t.Parallel()
	n, up := withUpstream(t, harness.SQLite(t))
	connected(t, n, "up")
	for name, c := range map[string]struct {
		authTime any
		good     bool
	}{
		"now": {n.Clock.Now().Unix(), true}, "an hour ago": {n.Clock.Now().Add(-time.Hour).Unix(), false}, "not told": {nil, false},
	} {
		up.lie(func(u *upstream) { u.claims = map[string]any{"auth_time": c.authTime} })
		b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
		b.Get(party.AuthURL("max_age", "60"))
		asked := goUpstream(t, n, b, "up")
		if asked.Get("max_age") != "60" {
			t.Errorf("the provider is asked %v", asked)
		}
		b.Get(callback(n, "up", asked))
		if b.Has("approve") != c.good || b.Has("login-submit") == c.good {
			t.Errorf("%s: %d %s", name, b.Status, b.Text())
		}
		if !c.good && !strings.Contains(b.Text(), "has not said that you signed in there just now") {
			t.Errorf("%s: nobody is told why: %s", name, b.Text())
		}
	}
	up.lie(func(u *upstream) { u.claims = map[string]any{"auth_time": nil} })
	b := harness.NewBrowser(t, n)
	throughUpstream(t, n, b, "up")
	b.Get(n.URL + "/account/delete")
	if !b.Has("login-submit") {
		t.Errorf("a sign-in of an unknown age opens the deletion: %s", b.Text())
	}
}

// TestWhoHasOnlyAProviderThatTellsNoTimeIsToldWhatToDo: a page that asks for a fresh sign-in does not offer it, and says why and how
// to get there: by a password that is chosen by mail.
func TestWhoHasOnlyAProviderThatTellsNoTimeIsToldWhatToDo(t *testing.T) {
	t.Parallel()
	mailbox := harness.NewMailbox(t, false)
	n := start(t, harness.SQLite(t), withMail(mailbox)...)
	up := newUpstream(t, n)
	up.provider(n, func(p *identity.IdentityProvider) {
		p.Slug, p.Name, p.Kind, p.Config.TrustEmail, p.Config.Register = "hub", "Hub", identity.ProviderGitHub, true, true
	})
	up.provider(n, func(p *identity.IdentityProvider) { p.Slug, p.Name = "idp", "Other" })
	up.lie(func(u *upstream) {
		u.document = map[string]any{"id": 7, "login": "kim"}
		u.emails = []map[string]any{{"email": "kim@upstream.example", "primary": true, "verified": true}}
	})
	b := harness.NewBrowser(t, n)
	if throughUpstream(t, n, b, "hub"); !b.Has("sign-out") {
		t.Fatalf("%d %s", b.Status, b.Text())
	}
	b.Get(n.URL + "/account/delete")
	if !b.Has("withheld") || !strings.Contains(b.Text(), "Hub cannot say when you signed in there") || b.Has("provider-hub") || !b.Has("provider-idp") {
		t.Fatalf("%d %s", b.Status, b.Text())
	}
	b.Get(n.URL + b.Page.Find("#choose-password").AttrOr("href", ""))
	b.Submit("recover-submit", map[string]string{"login": "kim"})
	for l := mailbox.Next(t); ; l = mailbox.Next(t) { // the first tells that the accounts are connected
		if l.Subject() == "Get back into your account" {
			b.Get(linkIn(t, l))
			break
		}
	}
	b.Submit("password-submit", map[string]string{"new_password": "through the looking glass", "confirm_password": "through the looking glass"})
	if b.Get(n.URL + "/account/delete"); !b.Has("delete-submit") {
		t.Errorf("%s: %d %s", b.URL, b.Status, b.Text())
	}
}

// TestAProviderThatIsSwitchedOffEndsWhatCameFromIt: sessions and grants end, the client hears of it, and who was connected is so
// again when it is switched on. With somebody connected it cannot be deleted.
func TestAProviderThatIsSwitchedOffEndsWhatCameFromIt(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		told := newReceiver(t)
		n := start(t, db, harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"))
		n.Apply(t, admin.Desired{Clients: []admin.NewClient{listener(told)}})
		up := newUpstream(t, n)
		provider := up.provider(n)
		here := connected(t, n, "up")
		b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
		b.Get(party.AuthURL())
		b.Get(callback(n, "up", goUpstream(t, n, b, "up")))
		b.Submit("approve", nil)
		token, err := party.Exchange(party.Code(b))
		if err != nil {
			t.Fatal(err)
		}
		live(t, n, token)
		hears := harness.NewParty(t, n, "listener")
		b.Get(hears.AuthURL())
		b.Submit("approve", nil)
		if _, err = hears.Exchange(hears.Code(b)); err != nil {
			t.Fatal(err)
		}
		providers := n.Server.Admin.Providers
		if _, err = providers.Update(harness.System(t), provider.ID, admin.ProviderChange{Enabled: new(false)}, nil); err != nil {
			t.Fatal(err)
		}
		dead(t, n, token)
		told.wait(t)
		sid := harness.JWT(t, idToken(token), 1)["sid"]
		told.mu.Lock()
		if len(told.tokens) != 1 || harness.JWT(t, told.tokens[0], 1)["sid"] != sid {
			t.Errorf("the client was told of %v, and not of %v", told.tokens, sid)
		}
		told.mu.Unlock()
		if !signedOut(t, n, b) || signedOut(t, n, here) {
			t.Error("not the sessions that came from there have ended, or others")
		}
		b.Get(n.URL + "/login")
		if b.Has("provider-up") {
			t.Error("the provider is offered")
		}
		if b.Get(n.URL + "/login/provider/up"); b.Status != http.StatusBadRequest {
			t.Errorf("its page answers %d", b.Status)
		}
		if err := providers.Delete(harness.System(t), provider.ID, nil); identity.AsError(err).Code != identity.CodeProviderInUse {
			t.Errorf("deletion: %v", err)
		}
		alice := n.User(t, "alice")
		if links, err := n.Server.Store.LinkedIdentitiesOf(t.Context(), idsOf(alice)); err != nil || len(links[alice.ID]) != 1 {
			t.Errorf("connected are %v %v", links, err)
		}
		if _, err = providers.Update(harness.System(t), provider.ID, admin.ProviderChange{Enabled: new(true)}, nil); err != nil {
			t.Fatal(err)
		}
		b = harness.NewBrowser(t, n)
		throughUpstream(t, n, b, "up")
		if !b.Has("sign-out") {
			t.Errorf("switched on again: %d %s", b.Status, b.Text())
		}
	})
}

// TestAProviderMakesAccounts of whom it vouches for, without a password; the next sign-in finds them.
func TestAProviderMakesAccounts(t *testing.T) {
	t.Parallel()
	n, up := withUpstream(t, harness.SQLite(t), func(p *identity.IdentityProvider) { p.Config.TrustEmail, p.Config.Register = true, true })
	up.lie(func(u *upstream) { u.claims = map[string]any{"email_verified": "true"} })
	b := harness.NewBrowser(t, n)
	throughUpstream(t, n, b, "up")
	if !b.Has("connect") {
		t.Fatalf("an address that is not verified: %d %s", b.Status, b.Text())
	}
	up.lie(func(u *upstream) { u.claims = map[string]any{"preferred_username": "Alice", "given_name": "Kim"} })
	for range 2 {
		b = harness.NewBrowser(t, n)
		throughUpstream(t, n, b, "up")
		if !b.Has("sign-out") {
			t.Fatalf("%d %s", b.Status, b.Text())
		}
	}
	user, err := n.Server.Store.UserByEmail(t.Context(), "kim@upstream.example")
	if err != nil || !user.Verified || user.Password.Hash != "" || user.Claims.GivenName != "Kim" || !strings.HasPrefix(user.Username, "Alice-") {
		t.Errorf("%+v %v", user, err)
	}
	b.Get(n.URL + "/account/connections")
	remove := b.Page.Find("button[id^=identity-]").AttrOr("id", "")
	b.Submit(remove, nil)
	if b.Status != http.StatusConflict || !strings.Contains(b.Text(), "only way to sign in") {
		t.Errorf("the last way in is removed: %d %s", b.Status, b.Text())
	}
}

// TestPeopleConnectAndDisconnectAProvider on the pages of their account, lately signed in, and what was begun through it ends.
func TestPeopleConnectAndDisconnectAProvider(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n, _ := withUpstream(t, db)
		owner, _ := signedIn(t, n)
		owner.Get(n.URL + "/account/connections")
		link := owner.Page.Find("#connect-up").AttrOr("href", "")
		n.Clock.Advance(11 * time.Minute)
		if owner.Get(n.URL + link); !owner.Has("login-submit") {
			t.Fatalf("a sign-in of before is enough: %s", owner.URL)
		}
		owner.SignIn("alice", harness.AlicePassword)
		owner.Get(n.URL + link)
		owner.Get(callback(n, "up", owner.URL.Query()))
		if !owner.Has("link-submit") || !strings.Contains(owner.Text(), "kim@upstream.example") {
			t.Fatalf("%d %s", owner.Status, owner.Text())
		}
		owner.Submit("link-submit", nil)
		if owner.URL.Path != "/account/connections" {
			t.Fatalf("connecting ends at %s", owner.URL)
		}
		b := harness.NewBrowser(t, n)
		throughUpstream(t, n, b, "up")
		if !b.Has("sign-out") {
			t.Fatalf("connected: %d %s", b.Status, b.Text())
		}
		owner.Submit(owner.Page.Find("button[id^=identity-]").AttrOr("id", ""), nil)
		if owner.Status != http.StatusOK || owner.Page.Find("button[id^=identity-]").Length() != 0 {
			t.Errorf("%d %s", owner.Status, owner.Text())
		}
		if !signedOut(t, n, b) || signedOut(t, n, owner) {
			t.Error("not the session that came from there has ended, or another")
		}
		b = harness.NewBrowser(t, n)
		throughUpstream(t, n, b, "up")
		if !b.Has("connect") {
			t.Errorf("disconnected: %d %s", b.Status, b.Text())
		}
	})
}

// TestWhoDoesNotWantToBeConnectedIsNot: the interaction goes on without.
func TestWhoDoesNotWantToBeConnectedIsNot(t *testing.T) {
	t.Parallel()
	n, _ := withUpstream(t, harness.SQLite(t))
	b, party := harness.NewBrowser(t, n), harness.NewParty(t, n, "web")
	b.Get(party.AuthURL())
	b.Get(callback(n, "up", goUpstream(t, n, b, "up")))
	b.SignIn("alice", harness.AlicePassword)
	b.Submit("link-cancel", nil)
	b.Submit("approve", nil)
	party.Code(b)
	if links, err := n.Server.Store.LinkedIdentitiesOf(t.Context(), idsOf(n.User(t, "alice"))); err != nil || len(links) > 0 {
		t.Errorf("%v %v", links, err)
	}
}

// TestAnotherAuthlyIsAProvider: the honest upstream is a second server, with which this one is registered.
func TestAnotherAuthlyIsAProvider(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := start(t, db)
		other := harness.OtherAuthly(t, n, identity.ProviderConfig{
			TrustEmail: true, Register: true, EmailDomains: []string{"work.example"},
		})
		var subjects []any
		for range 2 {
			b, party := harness.NewBrowser(t, n, other), harness.NewParty(t, n, "web")
			b.Get(party.AuthURL())
			goUpstream(t, n, b, "work")
			b.SignIn("kim", harness.AlicePassword)
			if b.Has("approve") {
				b.Submit("approve", nil)
			}
			token, err := party.Exchange(party.Code(b))
			if err != nil {
				t.Fatal(err)
			}
			subjects = append(subjects, harness.JWT(t, idToken(token), 1)["sub"])
		}
		user, err := n.Server.Store.UserByEmail(t.Context(), "kim@work.example")
		if err != nil || subjects[0] != user.ID.String() || subjects[1] != subjects[0] {
			t.Errorf("%v have signed in, and not %v: %v", subjects, user.ID, err)
		}
		if users := db.Count(t, "SELECT count(*) FROM users WHERE email = 'kim@work.example'"); users != 1 {
			t.Errorf("%d accounts", users)
		}
	})
}

// TestProvidersOfOtherKinds identify people by what never changes hands.
func TestProvidersOfOtherKinds(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	up := newUpstream(t, n)
	tenant := "6babcaad-604b-40ac-a9d7-9fd97c0b779f"
	for slug, c := range map[string]struct {
		provider func(p *identity.IdentityProvider)
		lie      func(u *upstream)
		issuer   string
		subject  string
		verified bool
	}{
		"google": {
			func(p *identity.IdentityProvider) { p.Kind = identity.ProviderGoogle },
			func(u *upstream) { u.claims = map[string]any{"sub": "g-1", "hd": "upstream.example"} }, up.URL, "g-1", true,
		},
		"google-foreign": {
			func(p *identity.IdentityProvider) { p.Kind = identity.ProviderGoogle },
			func(u *upstream) { u.claims = map[string]any{"sub": "g-2"} }, up.URL, "g-2", false,
		},
		"entra": {
			func(p *identity.IdentityProvider) {
				p.Kind, p.Issuer, p.Config.Tenants = identity.ProviderEntra, up.URL+"/common/v2.0", []string{tenant}
			},
			func(u *upstream) {
				u.prefix, u.metadata = "/common/v2.0", map[string]any{"issuer": u.URL + "/{tenantid}/v2.0"}
				u.claims = map[string]any{"sub": "e-1", "iss": u.URL + "/" + tenant + "/v2.0", "tid": tenant, "xms_edov": true, "email_verified": nil}
			},
			up.URL + "/" + tenant + "/v2.0", "e-1", true,
		},
		"github": {
			func(p *identity.IdentityProvider) { p.Kind = identity.ProviderGitHub },
			func(u *upstream) {
				u.document = map[string]any{"id": 9007199254740993, "login": "kim", "email": "victim@upstream.example"}
				u.emails = []map[string]any{
					{"email": "old@upstream.example", "primary": false, "verified": true},
					{"email": "kim@upstream.example", "primary": true, "verified": true},
				}
			},
			up.URL, "9007199254740993", true,
		},
		"plain": {
			func(p *identity.IdentityProvider) {
				p.Kind, p.Config.SubjectClaim = identity.ProviderOAuth2, "user_id"
				p.Config.AuthorizationEndpoint, p.Config.TokenEndpoint, p.Config.UserInfoEndpoint = up.URL+"/a", up.URL+"/token", up.URL+"/userinfo"
			},
			func(u *upstream) {
				u.document = map[string]any{"user_id": "p-1", "email": "kim@upstream.example", "email_verified": true}
			},
			up.URL, "p-1", false,
		},
	} {
		up.provider(n, func(p *identity.IdentityProvider) { p.Slug, p.Name = slug, slug; c.provider(p) })
		up.lie(func(u *upstream) {
			u.claims, u.metadata, u.prefix = nil, nil, ""
			c.lie(u)
		})
		for range 2 {
			b := harness.NewBrowser(t, n)
			throughUpstream(t, n, b, slug)
			if b.Has("sign-out") {
				continue
			}
			b.SignIn("alice", harness.AlicePassword)
			b.Submit("link-submit", nil)
		}
		links, err := n.Server.Store.LinkedIdentitiesOf(t.Context(), idsOf(n.User(t, "alice")))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(links[n.User(t, "alice").ID], func(l identity.LinkedIdentity) bool { return l.Subject == c.subject })
		if i < 0 {
			t.Errorf("%s: %+v", slug, links)
			continue
		}
		link := links[n.User(t, "alice").ID][i]
		if link.Issuer != c.issuer || link.EmailVerified != c.verified || link.Email != "kim@upstream.example" || link.LastUsedAt == nil {
			t.Errorf("%s: %+v", slug, link)
		}
	}
}
