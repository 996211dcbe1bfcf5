package tests

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/tests/harness"
)

// TestSettingsOnTheCommandLine: what the admin API does with settings, the command does by the same rules, and a server that
// runs obeys it.
func TestSettingsOnTheCommandLine(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		n := harness.Start(t, db)
		env := map[string]string{"AUTHLY_DATABASE_URL": db.URL, "AUTHLY_SECRET_KEY": harness.RootSecret, "AUTHLY_CODE_TTL": "45s"}
		type list struct {
			Version   int
			UpdatedAt *time.Time `json:"updated_at"`
			Settings  []object
		}
		settings := func(args ...string) (list, map[string]object) {
			t.Helper()
			var l list
			text := command(t, env, append([]string{"settings", "-o", "json"}, args...)...)
			if err := json.Unmarshal([]byte(text), &l); err != nil {
				t.Fatal(err)
			}
			byName := map[string]object{}
			for _, s := range l.Settings {
				byName[s["name"].(string)] = s
			}
			if strings.Contains(text, harness.RootSecret) || strings.Contains(text, db.URL) {
				t.Error("a secret is shown")
			}
			return l, byName
		}
		all, byName := settings("list")
		if len(all.Settings) != len(config.Reference()) || all.Version != 0 || all.UpdatedAt != nil {
			t.Errorf("%d settings, version %d", len(all.Settings), all.Version)
		}
		code, ttl, root := byName["AUTHLY_CODE_TTL"], byName["AUTHLY_SESSION_TTL"], byName["AUTHLY_SECRET_KEY"]
		if code["pinned"] != true || code["value"] != "45s" || code["default"] != "60s" || code["source"] != "environment" ||
			ttl["pinned"] != false || ttl["runtime"] != true || ttl["source"] != "default" || root["secret"] != true || root["value"] != nil {
			t.Errorf("%v\n%v\n%v", code, ttl, root)
		}
		text := command(t, env, "settings", "list", "--id-token-ttl", "7m")
		for _, want := range []string{"│ AUTHLY_SECRET_KEY ", "(secret)", "pinned", "│ 7m ", "│ flag "} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in the list", want)
			}
		}
		if strings.Contains(text, harness.RootSecret) {
			t.Error("a secret is listed")
		}
		changed, one := settings("set", "AUTHLY_SESSION_TTL", "1h", "--expected-version", "0")
		if changed.Version != 1 || changed.UpdatedAt == nil || len(one) != 1 || one["AUTHLY_SESSION_TTL"]["value"] != "1h" ||
			one["AUTHLY_SESSION_TTL"]["stored"] != "1h" || one["AUTHLY_SESSION_TTL"]["source"] != "database" {
			t.Errorf("%+v", changed)
		}
		noticed(t, "a stored setting", func() bool { return n.Server.Domain.Settings.Get().SessionIdleTTL == time.Hour })
		for args, want := range map[string]string{
			"set AUTHLY_CODE_TTL 30s":                         "AUTHLY_CODE_TTL is pinned: it comes from the environment of the server.",
			"set AUTHLY_SECRET_KEY x":                         "AUTHLY_SECRET_KEY is set where the server is started, and not while it runs.",
			"set AUTHLY_NONE x":                               "is not the name of a setting.",
			"set AUTHLY_SESSION_TTL 1s":                       "cannot be obeyed",
			"unset AUTHLY_NONE":                               "is not the name of a setting.",
			"unset AUTHLY_SESSION_TTL --expected-version 0":   "version is 1",
			"set AUTHLY_SESSION_TTL 2h --session-ttl 3h":      "AUTHLY_SESSION_TTL is pinned: it comes from the flag of the server.",
			"set AUTHLY_SESSION_TTL 2h --expected-version=-1": "--expected-version must be a number from 0",
			"set AUTHLY_SESSION_TTL":                          "accepts 2 arg(s)",
			"list AUTHLY_SESSION_TTL":                         "unknown command",
			"unset AUTHLY_SESSION_TTL AUTHLY_CODE_TTL":        "accepts 1 arg(s)",
		} {
			exit, _, errs := harness.Command(t, env, "", append([]string{"settings"}, strings.Fields(args)...)...)
			if exit == 0 || !strings.Contains(strings.ToLower(errs), strings.ToLower(want)) {
				t.Errorf("%s: %d %s", args, exit, errs)
			}
		}
		pinned := maps.Clone(env)
		pinned["AUTHLY_SESSION_TTL"] = "4h"
		if text := command(t, pinned, "settings", "list"); !strings.Contains(text, "AUTHLY_SESSION_TTL: 1h is stored and not in force.") {
			t.Error(text)
		}
		if back, one := settings("unset", "AUTHLY_SESSION_TTL"); back.Version != 2 || one["AUTHLY_SESSION_TTL"]["source"] != "default" {
			t.Errorf("%+v", back)
		}
		noticed(t, "a setting that was taken back", func() bool { return n.Server.Domain.Settings.Get().SessionIdleTTL == 12*time.Hour })
		if got := db.Count(t, "SELECT count(*) FROM audit_events WHERE action = 'settings.updated' AND actor_name = 'settings'"); got != 2 {
			t.Errorf("%d events", got)
		}
	})
}
