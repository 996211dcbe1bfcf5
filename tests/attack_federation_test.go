package tests

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

func idsOf(users ...identity.User) []uuid.UUID {
	ids := make([]uuid.UUID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	return ids
}

// TestAProviderThatLiesSignsNobodyIn: whatever is wrong with its answer, the person sees the sign-in page, the trail says why,
// and the very answer without the lie is good.
func TestAProviderThatLiesSignsNobodyIn(t *testing.T) {
	t.Parallel()
	n, up := withUpstream(t, harness.SQLite(t))
	connected(t, n, "up")
	stranger := newKey()
	claim := func(name string, value any) func(u *upstream) {
		return func(u *upstream) { u.claims = map[string]any{name: value} }
	}
	for name, c := range map[string]struct {
		lie    func(u *upstream)
		reason string
	}{
		"another issuer":       {claim("iss", "https://other.example"), "id_token_refused"},
		"another audience":     {claim("aud", "other"), "id_token_refused"},
		"several audiences":    {claim("aud", []string{"authly-here", "other"}), "wrong_party"},
		"another party":        {claim("azp", "other"), "wrong_party"},
		"another nonce":        {claim("nonce", "other"), "wrong_nonce"},
		"no nonce":             {claim("nonce", nil), "wrong_nonce"},
		"expired":              {claim("exp", n.Clock.Now().Add(-time.Minute).Unix()), "id_token_expired"},
		"no subject":           {claim("sub", nil), "wrong_subject"},
		"a long subject":       {claim("sub", strings.Repeat("x", 256)), "wrong_subject"},
		"another access token": {claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), "wrong_access_token"},
		"no signature": {func(u *upstream) {
			u.header, u.sign = map[string]any{"alg": "none"}, harness.Unsigned
		}, "id_token_refused"},
		"the secret as a key": {func(u *upstream) {
			u.header, u.sign = map[string]any{"alg": "HS256"}, harness.HS256([]byte(upstreamSecret))
		}, "id_token_refused"},
		"a stranger's key": {func(u *upstream) { u.sign = harness.RS256(t, stranger) }, "id_token_refused"},
		"no ID token":      {func(u *upstream) { u.token = map[string]any{"id_token": nil} }, "id_token_refused"},
		"a huge ID token":  {func(u *upstream) { u.token = map[string]any{"id_token": strings.Repeat("x", 100_000)} }, "id_token_refused"},
		"no access token":  {func(u *upstream) { u.token = map[string]any{"access_token": nil} }, "code_refused"},
		"another user at UserInfo": {func(u *upstream) {
			u.claims, u.document = map[string]any{"email": nil}, map[string]any{"sub": "other", "email": "x@y.example"}
		}, "wrong_subject"},
	} {
		up.lie(c.lie)
		b := harness.NewBrowser(t, n)
		throughUpstream(t, n, b, "up")
		if b.Status != http.StatusUnauthorized || !b.Has("login-submit") {
			t.Errorf("%s: %d %s", name, b.Status, b.Text())
		}
		if reason := lastRefusal(t, n); reason != c.reason {
			t.Errorf("%s: the trail says %q, want %q", name, reason, c.reason)
		}
		up.lie(func(u *upstream) { u.claims, u.header, u.token, u.sign, u.document = nil, nil, nil, nil, nil })
		b = harness.NewBrowser(t, n)
		throughUpstream(t, n, b, "up")
		if !b.Has("sign-out") {
			t.Fatalf("after %s: %d %s", name, b.Status, b.Text())
		}
	}
	up.publish(newKey()) // the former key is gone
	b := harness.NewBrowser(t, n)
	if throughUpstream(t, n, b, "up"); !b.Has("sign-out") {
		t.Errorf("with a new key: %d %s", b.Status, b.Text())
	}
}

// lastRefusal is the reason of the newest event of a refused identity.
func lastRefusal(t *testing.T, n *harness.Node) string {
	t.Helper()
	rows, err := n.Server.Store.AuditEvents(t.Context(), identity.AuditQuery{
		Filter: identity.AuditFilter{Actions: []identity.Action{identity.ActionIdentityRefused}}, Range: identity.KeysetRange{Limit: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		return ""
	}
	return rows[0].Item.Reason
}

// TestACallbackIsForTheBrowserThatWentThere, for that provider, once, in ten minutes (forced sign-in: RFC 6749 §10.12).
func TestACallbackIsForTheBrowserThatWentThere(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n, up := withUpstream(t, db)
		up.provider(n, func(p *identity.IdentityProvider) { p.Slug = "second" })
		connected(t, n, "up")
		begin := func() (*harness.Browser, url.Values) {
			b := harness.NewBrowser(t, n)
			b.Get(n.URL + "/login")
			return b, goUpstream(t, n, b, "up")
		}
		refused := func(name, reason string, b *harness.Browser, address string) {
			t.Helper()
			b.Get(address)
			if b.Status != http.StatusUnauthorized || !b.Has("login-submit") {
				t.Errorf("%s: %d %s", name, b.Status, b.Text())
			}
			if got := lastRefusal(t, n); got != reason {
				t.Errorf("%s: the trail says %q, want %q", name, got, reason)
			}
		}
		_, asked := begin()
		victim, _ := begin()
		refused("another browser", "wrong_state", victim, callback(n, "up", asked))
		refused("a browser without a cookie", "wrong_state", harness.NewBrowser(t, n), callback(n, "up", asked))
		b, asked := begin()
		refused("another provider", "wrong_state", b, callback(n, "second", asked))
		refused("a damaged state", "wrong_state", b, callback(n, "up", asked, "state", asked.Get("state")+"A"))
		refused("no state", "wrong_state", b, callback(n, "up", asked, "state", ""))
		refused("an answer of another issuer", "wrong_issuer", b, callback(n, "up", asked, "iss", "https://other.example"))
		b, asked = begin()
		b.Get(callback(n, "up", asked, "iss", up.URL))
		if !b.Has("sign-out") {
			t.Fatalf("%d %s", b.Status, b.Text())
		}
		cookies := harness.NewBrowser(t, n)
		for _, c := range b.Cookies(n.URL) {
			if strings.Contains(c.Name, "browser") {
				cookies.Plant(n.URL, c)
			}
		}
		refused("a second time", "state_used", cookies, callback(n, "up", asked))
		b, asked = begin()
		n.Clock.Advance(11 * time.Minute)
		refused("after eleven minutes", "wrong_state", b, callback(n, "up", asked))
		b, asked = begin()
		refused("refused there", "denied", b, callback(n, "up", asked, "error", "access_denied"))
	})
}

// TestAProviderThatAnnouncesItsIssuerIsHeldToIt: RFC 9207 §2.4.
func TestAProviderThatAnnouncesItsIssuerIsHeldToIt(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	up := newUpstream(t, n)
	up.lie(func(u *upstream) { u.metadata = map[string]any{"authorization_response_iss_parameter_supported": true} })
	up.provider(n)
	b := harness.NewBrowser(t, n)
	throughUpstream(t, n, b, "up")
	if b.Status != http.StatusUnauthorized || lastRefusal(t, n) != "wrong_issuer" {
		t.Errorf("without iss: %d %s", b.Status, b.Text())
	}
	b.Get(callback(n, "up", goUpstream(t, n, b, "up"), "iss", up.URL))
	if !b.Has("connect") {
		t.Errorf("with iss: %d %s", b.Status, b.Text())
	}
}

// TestNobodyIsConnectedByWhoMadeTheirBrowserGoThere: what an attacker has begun, or proven, is of no use in another browser or
// another session, and nothing is connected without a click (CVE-2026-9087).
func TestNobodyIsConnectedByWhoMadeTheirBrowserGoThere(t *testing.T) {
	t.Parallel()
	n, _ := withUpstream(t, harness.SQLite(t))
	attacker := harness.NewBrowser(t, n)
	throughUpstream(t, n, attacker, "up")
	handle := attacker.URL.Query().Get("interaction")
	if !attacker.Has("connect") || handle == "" {
		t.Fatalf("%d %s", attacker.Status, attacker.Text())
	}
	victim := harness.NewBrowser(t, n)
	victim.Get(attacker.URL.String())
	if victim.Has("connect") {
		t.Error("another browser is asked to connect")
	}
	victim.SignIn("alice", harness.AlicePassword)
	if victim.Has("link-submit") {
		t.Error("another browser may connect")
	}
	victim.Post(n.URL+"/login/link", url.Values{"interaction": {handle}})
	// The attacker's browser began to connect for a session of the attacker, who has signed out, and the victim signs in there.
	mallory := harness.NewBrowser(t, n)
	mallory.Get(n.URL + "/login")
	mallory.SignIn("admin", harness.AdminPassword)
	mallory.Get(n.URL + "/account/connections/connect/up")
	address := callback(n, "up", mallory.URL.Query())
	mallory.Get(n.URL + "/account")
	mallory.Submit("sign-out", nil)
	if mallory.Has("confirm-sign-out") {
		mallory.Submit("confirm-sign-out", nil)
	}
	mallory.Get(n.URL + "/login")
	mallory.SignIn("alice", harness.AlicePassword)
	mallory.Get(address)
	if mallory.Has("link-submit") || lastRefusal(t, n) != "other_session" {
		t.Errorf("linking for another session: %d %s", mallory.Status, mallory.Text())
	}
	if links, err := n.Server.Store.LinkedIdentitiesOf(t.Context(), idsOf(n.User(t, "alice"), n.User(t, "admin"))); err != nil || len(links) > 0 {
		t.Errorf("%v %v", links, err)
	}
}

// TestAnAddressConnectsInOneCaseAlone (nOAuth, pre-hijacking): the table of what the provider says, what is known here, and what the
// operator wants.
func TestAnAddressConnectsInOneCaseAlone(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	up := newUpstream(t, n)
	type offer struct {
		policy identity.LinkPolicy
		domain string
	}
	offers := map[string]offer{
		"asks": {identity.LinkConfirm, "example.org"}, "asks-others": {identity.LinkConfirm, "other.example"},
		"believes": {identity.LinkVerifiedEmail, "example.org"}, "believes-others": {identity.LinkVerifiedEmail, "other.example"},
	}
	for slug, o := range offers {
		up.provider(n, func(p *identity.IdentityProvider) {
			p.Slug, p.Config.LinkPolicy, p.Config.EmailDomains = slug, o.policy, []string{o.domain}
			p.Config.TrustEmail, p.Config.Register = true, true
		})
	}
	for _, local := range []bool{false, true} {
		n.Change(t, "alice", admin.UserChange{Verified: &local})
		for name, told := range map[string]any{"missing": nil, "text": "true", "false": false, "number": 1, "true": true} {
			for slug, o := range offers {
				up.lie(func(u *upstream) {
					u.claims = map[string]any{"sub": name + fmt.Sprint(local), "email": "Alice@example.org", "email_verified": told}
				})
				n.Clock.Advance(3 * time.Second) // so much is anybody's share of answers
				b := harness.NewBrowser(t, n)
				throughUpstream(t, n, b, slug)
				safe := told == true && local && o.policy == identity.LinkVerifiedEmail && o.domain == "example.org"
				if b.Has("sign-out") != safe || b.Has("connect") == safe {
					t.Errorf("told %s, verified here %v, %s: %d %s", name, local, slug, b.Status, b.Text())
				}
			}
		}
	}
	links, err := n.Server.Store.LinkedIdentitiesOf(t.Context(), idsOf(n.User(t, "alice")))
	if err != nil || len(links[n.User(t, "alice").ID]) != 1 {
		t.Errorf("%v %v", links, err)
	}
}

// TestAnEntraAddressIsAnybodysUnlessTheTenantOwnsTheDomain (nOAuth), and tokens of other tenants are refused.
func TestAnEntraAddressIsAnybodysUnlessTheTenantOwnsTheDomain(t *testing.T) {
	t.Parallel()
	n, up := withUpstream(t, harness.SQLite(t), func(p *identity.IdentityProvider) {
		p.Kind, p.Config.LinkPolicy = identity.ProviderEntra, identity.LinkVerifiedEmail
		p.Config.TrustEmail, p.Config.EmailDomains = true, []string{"example.org"}
	})
	for name, c := range map[string]struct {
		edov any
		good bool
	}{"not told": {nil, false}, "false": {false, false}, "a text": {"true", false}, "zero": {0, false}, "true": {true, true}, "one": {1, true}} {
		up.lie(func(u *upstream) {
			u.claims = map[string]any{"sub": name, "email": "alice@example.org", "email_verified": true, "xms_edov": c.edov}
		})
		b := harness.NewBrowser(t, n)
		throughUpstream(t, n, b, "up")
		if b.Has("sign-out") != c.good {
			t.Errorf("%s: %d %s", name, b.Status, b.Text())
		}
	}
}

// TestAProviderThatFloodsOrRedirectsIsRefused: nothing is followed, and nothing is read beyond a bound.
func TestAProviderThatFloodsOrRedirectsIsRefused(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	inside := newUpstream(t, n)
	for slug, handle := range map[string]http.HandlerFunc{
		"flood": func(w http.ResponseWriter, _ *http.Request) {
			for range 160 {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, inside.URL+"/inside", http.StatusFound)
		},
		"error": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "<b>secret</b>", http.StatusInternalServerError)
		},
		"garbage": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"issuer":[`)) },
	} {
		up := newUpstream(t, n)
		up.lie(func(u *upstream) { u.handle = handle })
		up.provider(n, func(p *identity.IdentityProvider) { p.Slug, p.Name = slug, slug })
		b := harness.NewBrowser(t, n)
		b.Get(n.URL + "/login")
		goUpstream(t, n, b, slug)
		if b.Status != http.StatusUnauthorized || !b.Has("login-submit") || strings.Contains(b.Body, "secret</b>") {
			t.Errorf("%s: %d %s", slug, b.Status, b.Text())
		}
	}
	if inside.served["/inside"] != 0 {
		t.Error("a redirect was followed")
	}
}

// TestNobodyWaitsForAProviderThatSaysNothing longer than the limit: neither on the way there, nor when they come back, whichever of
// its endpoints is silent.
func TestNobodyWaitsForAProviderThatSaysNothing(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.ProviderDeadline(time.Second))
	for slug, silent := range map[string]string{
		"document": "/.well-known/openid-configuration", "code": "/token", "keys": "/jwks", "keys-away": "none",
	} {
		t.Run(slug, func(t *testing.T) {
			t.Parallel()
			up := newUpstream(t, n)
			up.lie(func(u *upstream) {
				if u.silent = silent; slug == "keys-away" {
					u.metadata = map[string]any{"jwks_uri": up.URL + "/none-here"}
				}
			})
			up.provider(n, func(p *identity.IdentityProvider) { p.Slug, p.Name = slug, slug })
			b := harness.NewBrowser(t, n)
			b.Get(n.URL + "/login")
			asked := goUpstream(t, n, b, slug)
			if slug != "document" {
				b.Get(callback(n, slug, asked))
			}
			if b.Status != http.StatusUnauthorized || !b.Has("login-submit") || !strings.Contains(b.Text(), "does not answer at present") {
				t.Errorf("%d %s", b.Status, b.Text())
			}
		})
	}
}
