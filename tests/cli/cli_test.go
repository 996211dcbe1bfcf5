package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// all are the tests of the package, and what is to be tidied up after them.
type all struct{ *testing.M }

func (m all) Run() int {
	defer harness.RemoveBinary()
	return m.M.Run()
}

func TestMain(m *testing.M) {
	testscript.Main(all{m}, map[string]func(){"browser": browser})
}

// TestTheScripts runs each script of testdata against a server of its own, on both databases.
func TestTheScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txtar"), func(t *testing.T) {
			t.Parallel()
			harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
				n := harness.Start(t, db)
				key := populate(t, n)
				testscript.Run(t, testscript.Params{
					Files: []string{script}, RequireExplicitExec: true, RequireUniqueNames: true,
					Setup: func(env *testscript.Env) error { return setup(t, env, n, key) },
					Cmds:  map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "let": let},
				})
			})
		})
	}
}

// populate declares whom the scripts are about: Alice, who is looked after by the help desk, an administrator who may do all, and the
// service accounts ci and ci-key.
func populate(t *testing.T, n *harness.Node) harness.ClientKey {
	t.Helper()
	desk := harness.Alice()
	desk.Username, desk.Email = "desk", "desk@example.org"
	key := harness.NewClientKey(t, "ci-1")
	signing := service("ci-key")
	signing.Secret, signing.Metadata.TokenEndpointAuthMethod, signing.Metadata.JWKS = "", identity.AuthPrivateKeyJWT, key.JWKS(t)
	n.Apply(t, admin.Desired{
		Users:   []admin.DesiredUser{harness.Alice(), harness.Bob(), desk},
		Clients: []admin.NewClient{harness.WebClient("web"), service("ci"), signing},
		Groups:  []admin.DesiredGroup{{Path: "/shop", Members: []string{"alice"}}},
		Roles: []admin.DesiredRole{{
			Name: "help desk", Users: []string{"desk"}, AdminScopes: []string{"admin:users:read", "admin:users:reset", "admin:users:unlock"},
			AdminGroups: []string{"/shop"},
		}},
	})
	return key
}

func service(id string) admin.NewClient {
	c := harness.ServiceClient(id, "admin:users:read admin:users:write admin:clients:read")
	c.Policy.ServiceAdmin = true
	return c
}

// setup is the shell of a script: an operator without a keyring, whose browser signs in as the administrator.
func setup(t *testing.T, env *testscript.Env, n *harness.Node, key harness.ClientKey) error {
	home := filepath.Join(env.WorkDir, "home")
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, ".config"), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
		"PATH":   filepath.Dir(harness.Binary(t)) + string(os.PathListSeparator) + env.Getenv("PATH"),
		"ISSUER": n.Issuer, "BROWSER": "browser", "SIGN_IN_AS": "admin", "SIGN_IN_PASSWORD": harness.AdminPassword,
		"CI_SECRET": harness.ClientSecret, "ALICE_PASSWORD": harness.AlicePassword, "BOB_PASSWORD": harness.BobPassword,
	} {
		env.Setenv(name, value)
	}
	if err := os.WriteFile(filepath.Join(env.WorkDir, "ci.jwk"), []byte(key.PrivateJWK(t)), 0o600); err != nil {
		return err
	}
	return os.MkdirAll(home, 0o700)
}

// exits runs a program that must end with an exit code: exits CODE PROGRAM ARGUMENTS.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENTS")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// let stores what was written to standard output in a variable: let NAME.
func let(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: let NAME")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}
