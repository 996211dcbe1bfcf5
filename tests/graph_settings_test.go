package tests

import (
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/tests/harness"
)

// settingsOf returns the settings of a node by their names.
func (a administration) settingsOf(t *testing.T) map[string]object {
	t.Helper()
	list, _ := a.run(t, `{settings{name description type value default secret isSet source}}`)["settings"].([]any)
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
		answer := a.try(t, `{settings{name description type value default secret isSet source}}`)
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
		a.refuses(t, identity.ScopeSettingsRead, `{settings{name}}`)
	})
}

// allowed is who may reach the admin API of a node that nobody has told.
func allowed(a administration) string {
	if strings.HasPrefix(a.Database.URL, "sqlite:") {
		return "127.0.0.0/8,::1/128"
	}
	return "0.0.0.0/0,::/0"
}
