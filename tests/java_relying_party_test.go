package tests

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// TestSpringSecuritySignsPeopleInAndOut runs Spring Security's OpenID Connect login, unchanged: code with PKCE, UserInfo, RP-initiated and
// back-channel logout.
func TestSpringSecuritySignsPeopleInAndOut(t *testing.T) {
	t.Parallel()
	archive := harness.JavaArchive(t, "relying-party")
	n := start(t, harness.SQLite(t), harness.Env("AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", "true"), harness.ByName())
	address := harness.FreeAddress(t)
	site := "http://" + address
	client := harness.WebClient("spring")
	client.Metadata.RedirectURIs, client.Metadata.PostLogoutRedirectURIs = []string{site + "/login/oauth2/code/authly"}, []string{site + "/bye"}
	client.Metadata.BackchannelLogoutURI, client.Metadata.BackchannelNeedsSession = site+"/logout/connect/back-channel/authly", true
	client.Policy.SkipConsent, client.Policy.RequirePKCE = true, true
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{client}})
	application := exec.Command("java", "-XX:TieredStopAtLevel=1", "-jar", archive) // starts in half the time
	_, port, _ := strings.Cut(address, ":")
	application.Env = append(os.Environ(), "PORT="+port, "AUTHLY_ISSUER="+n.Issuer, "AUTHLY_CLIENT_SECRET="+harness.ClientSecret)
	harness.Listen(t, address, application)

	b := harness.NewBrowser(t, n, &harness.Node{URL: site})
	b.Get(site + "/")
	b.SignIn("alice", harness.AlicePassword)
	sub := n.User(t, "alice").ID.String()
	if b.Status != http.StatusOK || b.Body != sub+" is "+sub+", alice@example.org" {
		t.Fatalf("at %s: %d %s", b.URL, b.Status, b.Body)
	}

	b.Get(site + "/logout") // Spring's page, which asks
	b.Post(site+"/logout", map[string][]string{"_csrf": {b.Page.Find("[name=_csrf]").AttrOr("value", "")}})
	if b.Body != "Goodbye" {
		t.Fatalf("RP-initiated logout ends at %s: %d %s", b.URL, b.Status, b.Body)
	}
	if b.Get(site + "/"); !b.Has("login-submit") {
		t.Fatalf("the session outlives RP-initiated logout: at %s: %s", b.URL, b.Text())
	}

	b.SignIn("alice", harness.AlicePassword)
	b.Hold = true // what the application says itself
	if b.Get(site + "/"); b.Status != http.StatusOK {
		t.Fatalf("at %s: %d %s", b.URL, b.Status, b.Body)
	}
	elsewhere := harness.NewBrowser(t, n)
	harness.NewParty(t, n, "web").Tokens(elsewhere, "alice", harness.AlicePassword)
	elsewhere.Get(n.URL + "/logout")
	elsewhere.Submit("logout-confirm", nil)
	if b.Get(site + "/"); b.Status != http.StatusOK {
		t.Fatalf("the end of another session signs out: %d", b.Status)
	}
	b.Get(n.URL + "/logout")
	b.Submit("logout-confirm", nil)
	if !eventually(func() bool { b.Get(site + "/"); return b.Status == http.StatusFound }) {
		t.Errorf("the session outlives its logout token: at %s: %d %s", b.URL, b.Status, b.Body)
	}
}
