package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

// TestSettingsNameTheirSource: the strongest source that says something counts, and an empty value says nothing.
func TestSettingsNameTheirSource(t *testing.T) {
	t.Parallel()
	path := write(t, "authly.yaml", "code_ttl: 30s\nid_token_ttl: 30s\nlog_level: warn\ntrusted_proxies: [\"::1\", 10.0.0.1]\n")
	c := load(t, Sources{
		File: path, Env: []string{"AUTHLY_CODE_TTL=40s", "AUTHLY_ID_TOKEN_TTL=", "AUTHLY_LOG_LEVEL=error"},
		Flags: map[string]string{"log-level": "debug"},
	})
	got := map[string]string{}
	for _, s := range c.Settings(nil) {
		got[s.Name] = string(s.Source) + " " + s.Value
	}
	for name, want := range map[string]string{
		"AUTHLY_CODE_TTL": "environment 40s", "AUTHLY_ID_TOKEN_TTL": "file 30s", "AUTHLY_LOG_LEVEL": "flag debug",
		"AUTHLY_TRUSTED_PROXIES": "file ::1,10.0.0.1", "AUTHLY_CACHE": "default true", "AUTHLY_ADMIN_ALLOWED_CIDRS": "default 127.0.0.0/8,::1/128",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

// TestSettingsHaveNoSecret gives every secret, by itself and as a file.
func TestSettingsHaveNoSecret(t *testing.T) {
	t.Parallel()
	const canary = "canary0123456789abcdef0123456789"
	given := map[string]string{
		"AUTHLY_DATABASE_URL": "postgres://u:" + canary + "@h/d", "AUTHLY_REDIS_URL": "redis://:" + canary + "@h", "AUTHLY_SECRET_KEY": canary + "1",
		"AUTHLY_SECRET_KEYS_OLD": canary + "2," + canary + "3", "AUTHLY_ADMIN_PASSWORD": canary, "AUTHLY_SMTP_URL": "smtps://u:" + canary + "@h",
	}
	var plain, files []string
	for name, value := range given {
		plain = append(plain, name+"="+value)
		files = append(files, name+"_FILE="+write(t, "secret", value))
	}
	for _, env := range [][]string{plain, files} {
		c := load(t, Sources{Env: env})
		if text := fmt.Sprintf("%+v %#v", c.Settings(nil), c); strings.Contains(text, canary) {
			t.Errorf("a secret is in %s", text)
		}
		for _, s := range c.Settings(nil) {
			_, secret := given[s.Name]
			if s.Secret != secret || secret && (!s.Set || s.Value != "" || s.Source != identity.SettingFromEnvironment) {
				t.Errorf("%+v", s)
			}
		}
	}
	if !slices.ContainsFunc(load(t, Sources{}).Settings(nil), func(s identity.Setting) bool { return s.Secret && !s.Set }) {
		t.Error("a secret that nobody has given is set")
	}
}

// TestStoredSettings: what is stored is read as what the start says is, over defaults and the file; the rest is told why not.
func TestStoredSettings(t *testing.T) {
	t.Parallel()
	path := write(t, "authly.yaml", "code_ttl: 30s\nsession_ttl: 1h\n")
	c := load(t, Sources{File: path, Env: []string{"AUTHLY_ID_TOKEN_TTL=5m"}, Flags: map[string]string{"refresh-grace": "10s"}})
	stored := map[string]string{
		"AUTHLY_CODE_TTL": "20s", "AUTHLY_ACCESS_TOKEN_TTL": "5m", "AUTHLY_THROTTLE": "network=200/1s", "AUTHLY_AUDIT_RETENTION": "30d",
		"AUTHLY_ID_TOKEN_TTL": "1m", "AUTHLY_REFRESH_GRACE": "1s", "AUTHLY_SESSION_MAX_TTL": "never", "AUTHLY_ISSUER": "http://localhost:1",
		"AUTHLY_FROM_THE_FUTURE": "1", "AUTHLY_SECRET_KEY": "0123456789012345678901234567890123456789",
	}
	got, ignored := c.With(stored)
	if got.CodeTTL != 20*time.Second || got.AccessTokenTTL != 5*time.Minute || got.AuditRetention != 30*day || got.SessionTTL != time.Hour ||
		got.Throttle.Rates["network"] != (ThrottleRate{200, time.Second}) {
		t.Errorf("%+v", got)
	}
	if got.IDTokenTTL != 5*time.Minute || got.RefreshGrace != 10*time.Second || got.SessionMaxTTL != c.SessionMaxTTL ||
		got.Issuer != c.Issuer || got.SecretKey != c.SecretKey {
		t.Errorf("%+v", got)
	}
	if c.CodeTTL != 30*time.Second || c.Throttle.Rates != nil {
		t.Error("the configuration of the start has changed")
	}
	codes := map[string]identity.Code{}
	for name, problem := range ignored {
		codes[name] = problem.Code
	}
	want := map[string]identity.Code{
		"AUTHLY_ID_TOKEN_TTL": identity.CodeSettingPinned, "AUTHLY_REFRESH_GRACE": identity.CodeSettingPinned,
		"AUTHLY_SESSION_MAX_TTL": identity.CodeValidation, "AUTHLY_ISSUER": identity.CodeSettingFixed,
		"AUTHLY_FROM_THE_FUTURE": identity.CodeValidation, "AUTHLY_SECRET_KEY": identity.CodeSettingFixed,
	}
	if !maps.Equal(codes, want) {
		t.Errorf("%v, want %v", codes, want)
	}
	for _, s := range c.Settings(stored) {
		text, known := stored[s.Name]
		_, refused := want[s.Name]
		switch {
		case s.Secret && (s.Stored != "" || s.Value != ""):
			t.Errorf("a secret is shown: %+v", s)
		case s.Secret:
		case s.Stored != text || (s.Ignored != nil) != refused || (s.Source == identity.SettingFromDatabase) != (known && !refused):
			t.Errorf("%+v", s)
		}
	}
}

// TestWhatCannotBeStored: the same as cannot be given at the start, and what would hold for the start alone.
func TestWhatCannotBeStored(t *testing.T) {
	t.Parallel()
	c, off := load(t, Sources{}), load(t, Sources{File: write(t, "authly.yaml", "throttle: \"off\"\n")})
	for _, value := range []string{"", " ", "x", "0s", "25h", "10", "\"é", strings.Repeat("0", 1000) + "1s"} {
		err := c.CheckSetting("AUTHLY_ACCESS_TOKEN_TTL", value)
		refusal, ok := errors.AsType[*identity.Error](err)
		if !ok || refusal.Field != "value" || strings.ContainsFunc(refusal.Detail, func(r rune) bool { return r < ' ' || r > '~' || r == '"' }) {
			t.Errorf("%q: %v", value, err)
		}
	}
	if err := c.CheckSetting("AUTHLY_THROTTLE", "off"); err == nil {
		t.Error("the throttle can be switched off while the server runs")
	}
	if err := off.CheckSetting("AUTHLY_THROTTLE", "network=1/1s"); !errors.Is(err, &identity.Error{Code: identity.CodeSettingPinned}) {
		t.Errorf("limits where there are none: %v", err)
	}
	for _, v := range Reference() {
		if v.Runtime && v.Secret {
			t.Errorf("%s is a secret, and what is stored is shown and audited", v.Name)
		}
	}
}
