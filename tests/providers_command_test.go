package tests

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/harness"
)

// TestTheOperatorAdministersProviders from the command line: what is shown can be declared again, a secret is read from where it is and
// never shown, and a fault is told.
func TestTheOperatorAdministersProviders(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	up := newUpstream(t, n)
	env := map[string]string{
		"AUTHLY_DATABASE_URL": n.Database.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_ISSUER": n.Issuer, "WORK": upstreamSecret,
	}
	run := func(want int, wanted string, args ...string) string {
		t.Helper()
		code, out, errs := harness.Command(t, env, "", append([]string{"providers"}, args...)...)
		if code != want || !strings.Contains(out+errs, wanted) || strings.Contains(out+errs, upstreamSecret) {
			t.Errorf("%v: %d %s%s, want %d %s", args, code, out, errs, want, wanted)
		}
		return out
	}
	run(0, "There are no identity providers.", "list")
	run(2, "env:NAME or file:PATH", "create", "work", "--kind", "oidc", "--client-secret", "typed")
	run(2, "variable NONE, which is not set", "create", "work", "--kind", "oidc", "--client-secret", "env:NONE")
	run(2, "VALUE=1 or VALUE=2", "create", "work", "--level", "mfa")
	run(1, "issuer must be an https URL", "create", "work", "--kind", "oidc", "--name", "Work", "--issuer", "http://idp.example", "--client-id", "authly-here")
	made := run(0, "redirect URI to register is "+n.Issuer+"/login/callback/work", "create", "work", "--kind", "oidc", "--name", "Work",
		"--issuer", up.URL, "--client-id", "authly-here", "--client-secret", "env:WORK", "--level", "mfa=2", "--email-domain", "work.example", "--trust-email")
	if code, out, errs := harness.Command(t, env, made, "apply", "-f", "-"); code != 0 || !strings.Contains(out, "Nothing to change") {
		t.Errorf("what is shown is not what is there: %s%s\n%s", out, errs, made)
	}
	run(1, "DUPLICATE", "create", "work", "--kind", "oidc", "--name", "Work", "--issuer", up.URL, "--client-id", "authly-here")
	run(0, "keys that sign            1\n", "test", "work")
	run(0, "enabled: true", "enable", "work")
	if b := harness.NewBrowser(t, n); true { // the server knows it within two seconds
		n.Clock.Advance(time.Minute)
		if throughUpstream(t, n, b, "work"); !b.Has("connect") {
			t.Errorf("%d %s", b.Status, b.Text())
		}
	}
	if shown := run(0, "name: Work place", "update", "work", "--name", "Work place", "--level", "", "--email-domain", "", "--position", "3"); strings.Contains(shown, "mfa") || strings.Contains(shown, "work.example") {
		t.Errorf("lists are not cleared: %s", shown)
	}
	var list []struct {
		Slug    string `json:"slug"`
		Enabled bool   `json:"enabled"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal([]byte(run(0, "", "list", "-o", "json")), &list); err != nil || len(list) != 1 || !list[0].Enabled || list[0].Version != 3 {
		t.Errorf("%v %v", list, err)
	}
	run(1, "link_policy must be confirm", "update", "work", "--link-policy", "verified_email")
	run(0, "enabled: false", "disable", "work")
	run(1, `no identity provider "other"`, "show", "other")
	up.lie(func(u *upstream) { u.keys = nil })
	run(1, "/jwks: there is no key to verify a signature with.", "test", "work")
	run(0, "There are no identity providers.", "delete", "work")
}

// TestATestOfAProviderSaysWhatIsWrong, with the address, and nothing that the provider has said.
func TestATestOfAProviderSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t), harness.ProviderDeadline(time.Second))
	up := newUpstream(t, n)
	provider := up.provider(n, func(p *identity.IdentityProvider) { p.Enabled = false })
	gone := up.provider(n, func(p *identity.IdentityProvider) { p.Slug, p.Issuer = "gone", "http://"+harness.FreeAddress(t) })
	plain := up.provider(n, func(p *identity.IdentityProvider) {
		p.Slug, p.Kind, p.Config.SubjectClaim = "plain", identity.ProviderOAuth2, "id"
		p.Config.AuthorizationEndpoint, p.Config.TokenEndpoint, p.Config.UserInfoEndpoint = up.URL+"/a", up.URL+"/token", up.URL+"/userinfo"
	})
	events := n.Database.Count(t, "SELECT count(*) FROM audit_events")
	test := func(p identity.IdentityProvider, want string) identity.ProviderReport {
		t.Helper()
		report, err := n.Server.Admin.Providers.Test(harness.System(t), p.ID)
		if err != nil || report.Problem != want {
			t.Errorf("%s: %q, want %q: %v", p.Slug, report.Problem, want, err)
		}
		return report
	}
	want := identity.ProviderReport{
		RedirectURI: n.Issuer + "/login/callback/up", Issuer: up.URL, AuthorizationEndpoint: up.URL + "/authorize", TokenEndpoint: up.URL + "/token",
		UserInfoEndpoint: up.URL + "/userinfo", KeysEndpoint: up.URL + "/jwks", SigningKeys: 1,
	}
	if got := test(provider, ""); got != want {
		t.Errorf("%+v", got)
	}
	if got := test(plain, ""); got.TokenEndpoint != up.URL+"/token" || got.KeysEndpoint != "" {
		t.Errorf("%+v", got)
	}
	document := up.URL + "/.well-known/openid-configuration"
	test(gone, gone.Issuer+"/.well-known/openid-configuration: nobody listens there.")
	up.lie(func(u *upstream) { u.metadata = map[string]any{"issuer": "https://other.example/<b>"} })
	test(provider, document+": the document is of another issuer than "+up.URL+".")
	up.lie(func(u *upstream) { u.metadata = map[string]any{"token_endpoint": nil} })
	test(provider, document+": the document names no endpoints, or is of one tenant although the issuer stands for many.")
	up.lie(func(u *upstream) { u.metadata, u.silent = nil, "/jwks" })
	test(provider, up.URL+"/jwks: it does not answer in time.")
	up.lie(func(u *upstream) {
		u.silent, u.handle = "", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<b>secret</b>", http.StatusTeapot) }
	})
	test(provider, document+": it answers with status 418.")
	test(plain, "") // it is there, and refuses whoever has not signed in
	up.lie(func(u *upstream) {
		u.handle = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }
	})
	test(provider, document+": the answer is no JSON object.")
	up.lie(func(u *upstream) {
		u.handle = func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}
	})
	test(provider, document+": it may not be called, answers with a redirect or with more than 256 KiB, or breaks off.")
	if after := n.Database.Count(t, "SELECT count(*) FROM audit_events"); after != events {
		t.Errorf("%d events are stored", after-events)
	}
}
