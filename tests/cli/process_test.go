package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/authly/authly/tests/harness"
)

// operator is a person at a shell.
type operator struct {
	*harness.Node
	home string
}

// sitDown starts a server, and an operator there who is signed in as the administrator unless told otherwise.
func sitDown(t *testing.T, db harness.Database, login ...string) operator {
	t.Helper()
	o := operator{Node: harness.Start(t, db), home: t.TempDir()}
	populate(t, o.Node)
	if len(login) == 0 {
		login = []string{"admin", "login", o.Issuer, "--as", "prod"}
	}
	o.login(t, login...)
	return o
}

func (o operator) login(t *testing.T, command ...string) {
	t.Helper()
	if out, err := o.command(t.Context(), t, command...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func (o operator) command(ctx context.Context, t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	shell := filepath.Join(o.home, "browser") // the test binary is the browser, by the name that it is called
	if _, err := os.Lstat(shell); err != nil {
		if err := os.Symlink(self, shell); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(ctx, harness.Binary(t), args...)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + o.home, "XDG_CONFIG_HOME=" + filepath.Join(o.home, ".config"), "BROWSER=" + shell,
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere", "SIGN_IN_AS=admin", "SIGN_IN_PASSWORD=" + harness.AdminPassword,
	}
	return cmd
}

func (o operator) file(name string) string { return filepath.Join(o.home, ".config", "authly", name) }

// edit changes a file of JSON.
func (o operator) edit(t *testing.T, name string, change func(map[string]any)) {
	t.Helper()
	content, err := os.ReadFile(o.file(name))
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(content, &object); err != nil {
		t.Fatal(err)
	}
	change(object)
	if content, err = json.Marshal(object); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.file(name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// generations grows with each refresh.
const generations = "SELECT sum(refresh_generation) FROM grants"

// TestManyProcessesRefreshOnce: a refresh token is good once. Of many commands that are told at the same time that their access token is
// over, one uses it and the others wait for what it gets.
func TestManyProcessesRefreshOnce(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		const commands = 8
		var node http.Handler
		var armed atomic.Bool
		var asked atomic.Int32
		all := make(chan struct{})
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/graphql" || !armed.Load() || asked.Load() >= commands {
				node.ServeHTTP(w, r)
				return
			}
			if asked.Add(1) == commands {
				close(all)
			}
			select {
			case <-all:
			case <-r.Context().Done(): // another of them has failed
			}
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			w.WriteHeader(http.StatusUnauthorized)
		}))
		t.Cleanup(front.Close)
		o := operator{Node: harness.Start(t, db, harness.Env("AUTHLY_ISSUER", front.URL)), home: t.TempDir()}
		address, err := url.Parse(o.URL)
		if err != nil {
			t.Fatal(err)
		}
		node = httputil.NewSingleHostReverseProxy(address)
		populate(t, o.Node)
		o.login(t, "admin", "login", o.Issuer, "--as", "prod")
		before := db.Count(t, generations)
		armed.Store(true)
		var group sync.WaitGroup
		for range commands {
			group.Go(func() {
				if out, err := o.command(t.Context(), t, "admin", "users", "list").CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, out)
				}
			})
		}
		group.Wait()
		if n := db.Count(t, generations) - before; n != 1 {
			t.Errorf("the token was refreshed %d times", n)
		}
		if n := db.Count(t, "SELECT sum(refresh_overlaps) FROM grants"); n != 0 {
			t.Errorf("a spent token was used %d times", n)
		}
	})
}

// TestATokenThatEndsInTheMiddleIsRenewed: the server says that a token is over before the operator's clock does.
func TestATokenThatEndsInTheMiddleIsRenewed(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		o := sitDown(t, db)
		before := db.Count(t, generations)
		o.edit(t, "tokens-prod.json", func(token map[string]any) { token["access_token"] = "x" + token["access_token"].(string) })
		if out, err := o.command(t.Context(), t, "admin", "users", "list").CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		if n := db.Count(t, generations) - before; n != 1 {
			t.Errorf("the token was refreshed %d times", n)
		}
	})
}

// TestAnInterruptedListSaysWhereItWas: what was shown stays, the array has no end, and a cursor goes on. The server holds the second
// page back until the interrupt.
func TestAnInterruptedListSaysWhereItWas(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		o := sitDown(t, db)
		address, err := url.Parse(o.URL)
		if err != nil {
			t.Fatal(err)
		}
		proxy, pages, second := httputil.NewSingleHostReverseProxy(address), atomic.Int32{}, make(chan struct{})
		front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if pages.Add(1) == 2 {
				close(second)
				_, _ = io.Copy(io.Discard, r.Body) // or the server does not look whether the client is there
				<-r.Context().Done()
				return
			}
			proxy.ServeHTTP(w, r)
		}))
		t.Cleanup(front.Close)
		o.edit(t, "profiles.json", func(file map[string]any) {
			file["profiles"].(map[string]any)["prod"].(map[string]any)["server"] = front.URL
		})
		env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret}
		if code, _, errs := harness.Command(t, env, "", "seed", "--users", "250", "--sessions", "0"); code != 0 {
			t.Fatal(errs)
		}
		cmd := o.command(t.Context(), t, "admin", "users", "list", "--limit", "0", "-o", "json")
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-second
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(errs.String(), "Interrupted.") || json.Valid(out.Bytes()) {
			t.Errorf("exit code %d: %s", code, errs.String())
		}
		cursor := regexp.MustCompile(`100 were shown\. Go on with --after (\S+)\.`).FindStringSubmatch(errs.String())
		if cursor == nil {
			t.Fatal(errs.String())
		}
		rest, err := o.command(t.Context(), t, "admin", "users", "list", "--limit", "0", "-o", "json", "--after", cursor[1]).Output()
		var users []struct{ ID string }
		if err := errors.Join(err, json.Unmarshal(rest, &users)); err != nil {
			t.Fatal(err)
		}
		if all := db.Count(t, "SELECT count(*) FROM users"); len(users) != all-100 || strings.Contains(out.String(), users[0].ID) {
			t.Errorf("%d of %d users are behind the cursor", len(users), all)
		}
	})
}

// TestSigningInOnAnotherDevice is the device flow: the code is shown here, and entered there.
func TestSigningInOnAnotherDevice(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		o := sitDown(t, db)
		cmd := o.command(t.Context(), t, "admin", "login", o.Issuer, "--as", "tv", "--device")
		errs, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(errs)
		lines.Scan()
		shown := regexp.MustCompile(`^Open (\S+/device) on any device, and enter the code (\S+)\.$`).FindStringSubmatch(lines.Text())
		if shown == nil {
			t.Fatal(lines.Text())
		}
		if err := visit(shown[1], map[string]string{"username": "admin", "password": harness.AdminPassword, "user_code": shown[2]}); err != nil {
			t.Fatal(err)
		}
		lines.Scan()
		if err := cmd.Wait(); err != nil || !strings.Contains(lines.Text(), "as profile tv") {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		out, err := o.command(t.Context(), t, "admin", "whoami", "--as", "tv", "--columns", "user.username", "-o", "value").Output()
		if err != nil || string(out) != "admin\n" {
			t.Errorf("%v: %s", err, out)
		}
	})
}
