package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

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
	for _, s := range c.Settings() {
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
		"AUTHLY_SECRET_KEYS_OLD": canary + "2," + canary + "3", "AUTHLY_ADMIN_PASSWORD": canary,
	}
	var plain, files []string
	for name, value := range given {
		plain = append(plain, name+"="+value)
		files = append(files, name+"_FILE="+write(t, "secret", value))
	}
	for _, env := range [][]string{plain, files} {
		c := load(t, Sources{Env: env})
		if text := fmt.Sprintf("%+v %#v", c.Settings(), c); strings.Contains(text, canary) {
			t.Errorf("a secret is in %s", text)
		}
		for _, s := range c.Settings() {
			_, secret := given[s.Name]
			if s.Secret != secret || secret && (!s.Set || s.Value != "" || s.Source != identity.SettingFromEnvironment) {
				t.Errorf("%+v", s)
			}
		}
	}
	if !slices.ContainsFunc(load(t, Sources{}).Settings(), func(s identity.Setting) bool { return s.Secret && !s.Set }) {
		t.Error("a secret that nobody has given is set")
	}
}
