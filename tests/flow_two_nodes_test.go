package tests

import (
	"testing"

	"github.com/authly/authly/tests/harness"
)

// TestTheFirstLoginOverTwoProcesses signs in on one node, exchanges the code on the other and refreshes on the first.
func TestTheFirstLoginOverTwoProcesses(t *testing.T) {
	t.Parallel()
	db := harness.Postgres(t)
	env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "WEB_SECRET": harness.ClientSecret}
	for _, args := range [][]string{{"migrate", "up"}, {"apply", "-f", "-"}} {
		if code, _, errs := harness.Command(t, env, declaration, args...); code != 0 {
			t.Fatal(errs)
		}
	}
	first := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": db.URL})
	first.Start(t)
	second := harness.Launch(t, map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_ISSUER": first.Issuer})
	second.Start(t)
	firstLogin(t, first.Node(), second.Node(), first.Node())
}
