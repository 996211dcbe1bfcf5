package tests

import (
	"net/http"
	"strings"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestACodeSurvivesAKilledProcess: between code and token the server is stopped with SIGKILL and started again.
func TestACodeSurvivesAKilledProcess(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "WEB_SECRET": harness.ClientSecret}
		if code, _, errs := harness.Command(t, env, "", "migrate", "up"); code != 0 {
			t.Fatal(errs)
		}
		if code, _, errs := harness.Command(t, env, declaration, "apply", "-f", "-"); code != 0 {
			t.Fatal(errs)
		}
		server := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": db.URL})
		server.Start(t)
		n := server.Node()
		party := harness.NewParty(t, n, "web")
		browser := harness.NewBrowser(t, n)
		code := party.Authorize(browser, "alice", harness.AlicePassword)
		server.Kill()
		server.Start(t)
		tokens, err := party.Exchange(code)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := party.Exchange(code); err == nil {
			t.Error("the code works twice")
		}
		// The replay has ended the grant, and the browser is still signed in.
		if answer := n.UserInfo(t, tokens.AccessToken); answer.Status != http.StatusUnauthorized {
			t.Errorf("userinfo: %d", answer.Status)
		}
		again := harness.NewParty(t, n, "web")
		browser.Get(again.AuthURL("prompt", "none"))
		again.Code(browser)
	})
}

func TestTheFirstStartPrintsThePasswordOnce(t *testing.T) {
	t.Parallel()
	server := harness.Launch(t, map[string]string{
		"AUTHLY_DATABASE_URL": harness.EmptySQLite(t).URL, "AUTHLY_ADMIN_PASSWORD": "", "AUTHLY_SECRET_KEY": "",
	})
	server.Start(t)
	if code := server.Terminate(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	first := server.Output()
	for _, want := range []string{server.Issuer, server.Issuer + "/playground", server.Issuer + "/playground/flows", "username  admin", "password"} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is missing: %s", want, first)
		}
	}
	password := first[strings.Index(first, "password  ")+len("password  "):]
	password = password[:strings.Index(password, " ")]
	server.Start(t)
	n := server.Node()
	browser := harness.NewBrowser(t, n)
	browser.Get(n.URL + "/login")
	browser.SignIn("admin", password)
	if !browser.Has("password-submit") && !strings.Contains(browser.Text(), "admin") {
		t.Errorf("the printed password does not work: %s", browser.Text())
	}
	server.Terminate()
	if strings.Contains(server.Output(), "password  ") {
		t.Errorf("the password is printed again: %s", server.Output())
	}
}
