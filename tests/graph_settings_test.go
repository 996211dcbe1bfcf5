package tests

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/tests/harness"
)

const settingsDocument = `{settings{version all{name description type value default secret isSet source runtime stored storedIgnored}}}`

// settingsOf returns the settings of a node by their names.
func (a administration) settingsOf(t *testing.T) map[string]object {
	t.Helper()
	list, _ := a.run(t, settingsDocument)["settings"].(object)["all"].([]any)
	byName := map[string]object{}
	for _, item := range list {
		setting := item.(object)
		byName[setting["name"].(string)] = setting
	}
	return byName
}

// TestSettingsSayWhereTheyComeFrom: each setting of the reference is there, with its source, and no secret is.
func TestSettingsSayWhereTheyComeFrom(t *testing.T) {
	t.Parallel()
	const old = "canary-of-a-former-root-key-0123456789"
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db, harness.Env("AUTHLY_CODE_TTL", "45s"), harness.Env("AUTHLY_SECRET_KEYS_OLD", old))
		answer := a.try(t, settingsDocument)
		for _, secret := range []string{old, harness.RootSecret, harness.AdminPassword, db.URL} {
			if strings.Contains(answer.Text, secret) || strings.Contains(a.Logs.String(), secret) {
				t.Errorf("%s is in the answer or in the log", secret)
			}
		}
		settings := a.settingsOf(t)
		if len(settings) != len(config.Reference()) {
			t.Errorf("%d settings, the reference has %d", len(settings), len(config.Reference()))
		}
		for name, want := range map[string][]any{
			"AUTHLY_CODE_TTL":            {"DURATION", "45s", "60s", false, true, "ENVIRONMENT"},
			"AUTHLY_ACCESS_TOKEN_TTL":    {"DURATION", "10m", "10m", false, true, "DEFAULT"},
			"AUTHLY_ADMIN_ALLOWED_CIDRS": {"LIST", allowed(a), nil, false, true, "DEFAULT"},
			"AUTHLY_TLS_KEY_FILE":        {"TEXT", nil, nil, false, false, "DEFAULT"},
			"AUTHLY_CACHE":               {"BOOLEAN", "true", "true", false, true, "DEFAULT"},
			"AUTHLY_REFUSALS":            {"INTEGER", "2000", "2000", false, true, "DEFAULT"},
			"AUTHLY_SECRET_KEY":          {"TEXT", nil, nil, true, true, "ENVIRONMENT"},
			"AUTHLY_SECRET_KEYS_OLD":     {"LIST", nil, nil, true, true, "ENVIRONMENT"},
			"AUTHLY_DATABASE_URL":        {"TEXT", nil, "sqlite:data/authly.db", true, true, "ENVIRONMENT"},
			"AUTHLY_REDIS_URL":           {"TEXT", nil, nil, true, false, "DEFAULT"},
		} {
			var got []any
			for _, field := range []string{"type", "value", "default", "secret", "isSet", "source"} {
				got = append(got, settings[name][field])
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s is %v, want %v", name, got, want)
			}
		}
		a.refuses(t, identity.ScopeSettingsRead, `{settings{version}}`)
	})
}

// allowed is who may reach the admin API of a node that nobody has told.
func allowed(a administration) string {
	if strings.HasPrefix(a.Database.URL, "sqlite:") {
		return "127.0.0.0/8,::1/128"
	}
	return "0.0.0.0/0,::/0"
}

const updateSettingsDocument = `mutation($i:UpdateSettingsInput!){updateSettings(input:$i){
	settings{version all{name value source stored storedIgnored}} userErrors{code message path}}}`

// store changes settings, and returns the payload.
func (a administration) store(t *testing.T, input object) any {
	t.Helper()
	return a.run(t, updateSettingsDocument, "i", input)["updateSettings"]
}

// one is a change of one setting.
func one(name string, value any) object {
	return object{"values": []object{{"name": name, "value": value}}}
}

// TestSettingsAreObeyedOnEveryNode: with and without Redis, and where another command has stored them.
func TestSettingsAreObeyedOnEveryNode(t *testing.T) {
	t.Parallel()
	redis := os.Getenv("AUTHLY_TEST_REDIS_URL")
	if redis == "" {
		t.Fatal("run the tests with make test: AUTHLY_TEST_REDIS_URL is not set")
	}
	lifetime := func(n *harness.Node) any {
		return n.Token(t, "machine", "grant_type", "client_credentials").Body["expires_in"]
	}
	for name, env := range map[string][]harness.Option{"with Redis": {harness.Env("AUTHLY_REDIS_URL", redis)}, "without Redis": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := harness.Postgres(t)
			first := administer(t, db, env...)
			withAPIs(t, first.Node)
			beside := func(more ...harness.Option) *harness.Node {
				more = append(more, harness.Env("AUTHLY_ISSUER", first.Issuer), harness.WithClock(first.Clock))
				return harness.Start(t, db, append(more, env...)...)
			}
			second, pinned := beside(), beside(harness.Env("AUTHLY_ACCESS_TOKEN_TTL", "9m"))
			for _, step := range []struct {
				value any
				want  float64
			}{{"90s", 90}, {"1d", 86400}, {nil, 600}} {
				if payload := first.store(t, one("AUTHLY_ACCESS_TOKEN_TTL", step.value)); problems(payload) != "" {
					t.Fatal(payload)
				}
				for _, n := range []*harness.Node{first.Node, second} {
					soon(t, func() bool { return lifetime(n) == step.want })
				}
				if got := lifetime(pinned); got != 540.0 {
					t.Errorf("where the environment pins it: %v", got)
				}
			}
			if late := beside(); lifetime(late) != 600.0 {
				t.Error("a node that starts later obeys what was taken back")
			}
			first.store(t, one("AUTHLY_ACCESS_TOKEN_TTL", "2m"))
			if late := beside(); lifetime(late) != 120.0 {
				t.Error("a node that starts later does not obey what is stored")
			}
		})
	}
}

// soon waits until something holds.
func soon(t *testing.T, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatal("it never comes to hold")
		}
	}
}

// TestWhatStoresSettings: all or none, with every fault at its place, a version and an event.
func TestWhatStoresSettings(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db, harness.Env("AUTHLY_CODE_TTL", "45s"))
		payload := a.store(t, object{"values": []object{
			{"name": "AUTHLY_CODE_TTL", "value": "30s"},
			{"name": "AUTHLY_LISTEN", "value": ":1"},
			{"name": "AUTHLY_SECRET_KEY", "value": "x"},
			{"name": "AUTHLY_NONE", "value": "x"},
			{"name": "AUTHLY_NEITHER"},
			{"name": "AUTHLY_SESSION_TTL", "value": "1s"},
			{"name": "AUTHLY_ID_TOKEN_TTL", "value": "1m"},
			{"name": "AUTHLY_ID_TOKEN_TTL", "value": "2m"},
			{"name": "AUTHLY_ISSUER", "value": nil},
		}})
		const want = "SETTING_FIXED values 1 name, SETTING_FIXED values 2 name, SETTING_PINNED values 0 name, " +
			"VALIDATION_FAILED values 3 name, VALIDATION_FAILED values 4 name, VALIDATION_FAILED values 5 value, VALIDATION_FAILED values 7 name"
		if got := problems(payload); got != want || dig(payload, "settings", "version") != 0.0 {
			t.Errorf("%s\nwant %s", got, want)
		}
		if message := dig(payload, "userErrors", 0, "message"); message != "AUTHLY_CODE_TTL is pinned: it comes from the environment of the server." {
			t.Errorf("%v", message)
		}
		payload = a.store(t, object{"expectedVersion": 0, "values": []object{
			{"name": "AUTHLY_SESSION_TTL", "value": "1h"}, {"name": "AUTHLY_REQUIRE_VERIFIED_EMAIL", "value": "true"},
		}})
		if problems(payload) != "" || dig(payload, "settings", "version") != 1.0 {
			t.Errorf("%v", payload)
		}
		change := one("AUTHLY_SESSION_TTL", nil)
		change["expectedVersion"] = 0
		payload = a.store(t, change)
		if problems(payload) != "VERSION_CONFLICT expectedVersion" || dig(payload, "settings", "version") != 1.0 {
			t.Errorf("%v", payload)
		}
		a.store(t, one("AUTHLY_SESSION_TTL", "1h")) // nothing
		a.store(t, one("AUTHLY_SESSION_TTL", nil))
		if got := a.settingsOf(t)["AUTHLY_SESSION_TTL"]; got["source"] != "DEFAULT" || got["value"] != "12h" || got["stored"] != nil {
			t.Errorf("%v", got)
		}
		if got := a.settingsOf(t)["AUTHLY_REQUIRE_VERIFIED_EMAIL"]; got["source"] != "DATABASE" || got["value"] != "true" || got["stored"] != "true" {
			t.Errorf("%v", got)
		}
		events := a.run(t, `{auditEvents(filter:{actions:["settings.updated"]}){nodes{targetKind targetId changes{field before after}}}}`)
		nodes, _ := dig(events, "auditEvents", "nodes").([]any)
		if len(nodes) != 2 || dig(nodes, 0, "targetKind") != "SETTINGS" || !strings.Contains(fmt.Sprint(nodes[0]), "1h") {
			t.Errorf("%v", nodes)
		}
		for _, scope := range []string{identity.ScopeSettingsWrite, identity.ScopeAdminsWrite} {
			others := slices.DeleteFunc(every(), func(s string) bool { return s == scope })
			answer := a.GraphQL(t, consoleToken(t, a.Node, others...), updateSettingsDocument, object{"i": one("AUTHLY_SESSION_TTL", "1h")})
			if answer.Status != http.StatusForbidden || !strings.Contains(answer.Text, `[["admin:settings:write","admin:admins:write"]]`) {
				t.Errorf("without %s: %d %s", scope, answer.Status, answer.Text)
			}
		}
	})
}

// TestWhatCannotBeObeyedIsShownAndLogged: another version may have stored it.
func TestWhatCannotBeObeyedIsShownAndLogged(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		before := administer(t, db)
		stored := identity.StoredSettings{UpdatedAt: before.Clock.Now(), Values: map[string]string{
			"AUTHLY_SESSION_TTL": "a fortnight", "AUTHLY_FROM_THE_FUTURE": "1", "AUTHLY_CODE_TTL": "30s",
		}}
		if err := before.Server.Store.SaveSettings(t.Context(), stored); err != nil {
			t.Fatal(err)
		}
		before.Stop()
		a := administration{harness.Start(t, db, harness.Env("AUTHLY_ISSUER", before.Issuer), harness.WithClock(before.Clock)), before.token}
		if got := a.Server.Domain.Settings.Get(); got.CodeTTL != 30*time.Second || got.SessionIdleTTL != 12*time.Hour {
			t.Errorf("codes live for %s, sessions for %s", got.CodeTTL, got.SessionIdleTTL)
		}
		for _, name := range []string{"AUTHLY_SESSION_TTL", "AUTHLY_FROM_THE_FUTURE"} {
			if !strings.Contains(a.Logs.String(), `"setting":"`+name) {
				t.Errorf("%s is not in the log", name)
			}
		}
		if got := a.settingsOf(t)["AUTHLY_SESSION_TTL"]; got["value"] != "12h" || got["stored"] != "a fortnight" || got["storedIgnored"] == nil {
			t.Errorf("%v", got)
		}
		if payload := a.store(t, one("AUTHLY_FROM_THE_FUTURE", nil)); problems(payload) != "" {
			t.Errorf("it cannot be taken back: %v", payload)
		}
	})
}

// TestOfTwoWhoStoreSettingsOneIsTold: nobody overwrites what they have not seen.
func TestOfTwoWhoStoreSettingsOneIsTold(t *testing.T) {
	t.Parallel()
	harness.EachDatabase(t, func(t *testing.T, db harness.Database) {
		a := administer(t, db)
		results := make(chan error, 2)
		for _, value := range []string{"1h", "2h"} {
			go func() {
				_, err := a.Server.Admin.Settings.Update(harness.System(t), []admin.SettingChange{{Name: "AUTHLY_SESSION_TTL", Value: &value}}, new(int))
				results <- err
			}()
		}
		conflicts := 0
		for range 2 {
			var conflict *identity.VersionConflictError
			if err := <-results; errors.As(err, &conflict) && conflict.CurrentVersion == 1 {
				conflicts++
			} else if err != nil {
				t.Error(err)
			}
		}
		if conflicts != 1 {
			t.Errorf("%d conflicts", conflicts)
		}
	})
}
