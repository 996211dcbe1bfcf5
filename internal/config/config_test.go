package config

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const key = "0123456789abcdef0123456789abcdef"

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, args Sources) Config {
	t.Helper()
	c, err := Load(args)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func loadFaults(t *testing.T, args Sources) Faults {
	t.Helper()
	_, err := Load(args)
	faults, ok := errors.AsType[Faults](err)
	if !ok {
		t.Fatalf("Load gave %v, want Faults", err)
	}
	return faults
}

func names(faults Faults) []string {
	var list []string
	for _, f := range faults {
		list = append(list, f.Variable)
	}
	return list
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	want := Config{
		Issuer: "http://localhost:8080", Listen: "127.0.0.1:8080", MetricsAddr: "127.0.0.1:9464",
		ShutdownTimeout: 20 * time.Second,
		DiskReserve:     16, DatabaseURL: "sqlite:data/authly.db", Cache: true, AdminUsername: "admin", AdminEmail: "admin@localhost",
		AdminAllowed:   []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		AccessTokenTTL: 10 * time.Minute, IDTokenTTL: 10 * time.Minute, CodeTTL: time.Minute,
		RefreshTokenTTL: 720 * time.Hour, RefreshTokenIdleTTL: 336 * time.Hour, RefreshGrace: 30 * time.Second,
		SessionTTL: 12 * time.Hour, SessionMaxTTL: 720 * time.Hour, TemporaryPassword: 168 * time.Hour, AuditRetention: 8760 * time.Hour,
		SecondFactors: "required_for_admins", SecondFactorGrace: 168 * time.Hour, TrustBrowser: 720 * time.Hour, Passkeys: "offer",
		DefaultLocale: "en", Registration: "closed", SelfDelete: true, SelfExport: true,
		ClientRegistration: ClientRegistration{
			Mode: "closed", Grants: []string{"authorization_code", "refresh_token"}, Unused: 720 * time.Hour,
			Scopes: []string{"openid", "profile", "email", "address", "phone", "offline_access"},
		},
		OpenIDFederation: OpenIDFederation{Lifetime: 24 * time.Hour},
		LogLevel:         "info", LogFormat: "auto", Refusals: 2000, TransferMaxSize: 1024, Given: map[string]Given{},
	}
	got := load(t, Sources{})
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if !got.Embedded() || got.HTTPS() || got.SecretFile() != filepath.Join("data", "secret.key") {
		t.Errorf("Embedded %v, HTTPS %v, SecretFile %q", got.Embedded(), got.HTTPS(), got.SecretFile())
	}
}

func TestOrderOfSources(t *testing.T) {
	t.Parallel()
	path := write(t, "authly.yaml", `
issuer: https://file.example
listen: ":1"
admin_username: file
code_ttl: 30s
cache: false
audit_retention: 0
trusted_proxies: [10.0.0.0/8, "2001:db8::1"]
`)
	c := load(t, Sources{
		Env:   []string{"AUTHLY_CONFIG=" + path, "AUTHLY_LISTEN=:2", "AUTHLY_ADMIN_USERNAME=env", "AUTHLY_CODE_TTL="},
		Flags: map[string]string{"admin-username": "flag", "log_level": "debug"},
	})
	got := []any{c.Issuer, c.Listen, c.AdminUsername, c.LogLevel, c.CodeTTL, c.Cache, c.AuditRetention, len(c.TrustedProxies)}
	want := []any{"https://file.example", ":2", "flag", "debug", 30 * time.Second, false, time.Duration(0), 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if c := load(t, Sources{File: path, Env: []string{"AUTHLY_CONFIG=/does/not/exist"}}); c.AdminUsername != "file" {
		t.Error("the file of the flag did not win over AUTHLY_CONFIG")
	}
}

func TestEveryFaultIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	path := write(t, "authly.yaml", "isuer: x\nlog: {level: debug}\nAUTHLY_LISTEN: \":1\"\n")
	faults := loadFaults(t, Sources{
		File: path,
		Env: []string{
			"AUTHLY_ISSUER=http://example.org", "AUTHLY_TYPO=1", "AUTHLY_PORT=8080", "AUTHLY_issuer=x",
			"AUTHLY_TLS_CERT_FILE=cert.pem",
			"AUTHLY_DATABASE_URL=postgres://u:hunter2secret@h/db", "AUTHLY_CODE_TTL=11m", "AUTHLY_LOG_LEVEL=loud",
			"AUTHLY_REDIS_URL=http://:hunter2secret@h", "AUTHLY_TRUSTED_PROXIES=10.0.0.0/33", "AUTHLY_CACHE=perhaps",
			"AUTHLY_SECRET_KEYS_OLD=" + key + ",hunter2secret",
			"AUTHLY_TEST_POSTGRES=x", "AUTHLY_PORT=tcp://10.0.0.1:80", "AUTHLY_SERVICE_HOST=10.0.0.1",
			"AUTHLY_PORT_80_TCP_ADDR=10.0.0.1", "AUTHLY_DB_SERVICE_PORT_HTTP=80",
		},
		Flags: map[string]string{"nonsense": "1"},
	})
	want := []string{
		"AUTHLY_CACHE", "AUTHLY_CODE_TTL", "AUTHLY_ISSUER", "AUTHLY_LISTEN", "AUTHLY_LOG_LEVEL", "AUTHLY_PORT",
		"AUTHLY_REDIS_URL", "AUTHLY_SECRET_KEY", "AUTHLY_SECRET_KEYS_OLD", "AUTHLY_TLS_KEY_FILE",
		"AUTHLY_TRUSTED_PROXIES", "AUTHLY_TYPO", "AUTHLY_issuer",
		"isuer", "log.level", "nonsense",
	}
	if diff := cmp.Diff(want, names(faults)); diff != "" {
		t.Error(diff)
	}
	for _, name := range want {
		if !strings.Contains(faults.Error(), "\n  "+name+": ") {
			t.Errorf("the message does not name %s", name)
		}
	}
	if strings.Contains(faults.Error(), "hunter2") {
		t.Errorf("the message holds a secret: %s", faults)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	t.Parallel()
	keyFile := write(t, "key", key+"\n")
	yaml := write(t, "authly.yaml", "secret_key: "+strings.Repeat("y", 40)+"\nadmin_password: from yaml\n")

	t.Run("a file in the environment wins over a plain value in YAML", func(t *testing.T) {
		t.Parallel()
		c := load(t, Sources{File: yaml, Env: []string{
			"AUTHLY_SECRET_KEY_FILE=" + keyFile,
			"AUTHLY_SECRET_KEYS_OLD_FILE=" + write(t, "old", strings.Repeat("a", 32)+"\n"+strings.Repeat("b", 32)+"\n"),
			"AUTHLY_ADMIN_PASSWORD_FILE=" + write(t, "password", " spaces count \r\n"),
			"AUTHLY_DATABASE_URL_FILE=" + write(t, "db", "postgres://u:p@h/db\n"),
			"AUTHLY_REDIS_URL_FILE=" + write(t, "redis", "rediss://h:6379\n"),
		}})
		got := []any{string(c.SecretKey), len(c.SecretKeysOld), string(c.AdminPassword), string(c.DatabaseURL), string(c.RedisURL)}
		if diff := cmp.Diff([]any{key, 2, " spaces count ", "postgres://u:p@h/db", "rediss://h:6379"}, got); diff != "" {
			t.Error(diff)
		}
		if c.Embedded() || c.SecretFile() != "" || len(c.AdminAllowed) != 2 || c.AdminAllowed[0].Bits() != 0 {
			t.Errorf("PostgreSQL: Embedded %v, SecretFile %q, AdminAllowed %v", c.Embedded(), c.SecretFile(), c.AdminAllowed)
		}
	})
	t.Run("both in one source is a fault", func(t *testing.T) {
		t.Parallel()
		faults := loadFaults(t, Sources{Env: []string{"AUTHLY_SECRET_KEY=" + key, "AUTHLY_SECRET_KEY_FILE=" + keyFile}})
		if diff := cmp.Diff([]string{"AUTHLY_SECRET_KEY_FILE"}, names(faults)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("missing and empty files are faults", func(t *testing.T) {
		t.Parallel()
		faults := loadFaults(t, Sources{Env: []string{
			"AUTHLY_SECRET_KEY_FILE=/does/not/exist", "AUTHLY_REDIS_URL_FILE=" + write(t, "empty", "\n"),
			"AUTHLY_DATABASE_URL_FILE=/does/not/exist", "AUTHLY_ISSUER_FILE=x", "AUTHLY_CONFIG=/does/not/exist",
		}})
		want := []string{
			"AUTHLY_CONFIG", "AUTHLY_DATABASE_URL_FILE", "AUTHLY_ISSUER_FILE", "AUTHLY_REDIS_URL_FILE", "AUTHLY_SECRET_KEY_FILE",
		}
		if diff := cmp.Diff(want, names(faults)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		variable  string
		good, bad []string
	}{
		{
			"AUTHLY_ISSUER",
			[]string{
				"https://id.example.org", "https://id.example.org:8443", "http://127.0.0.9:1", "http://[::1]:8080",
				"http://a.localhost",
			},
			[]string{
				"id.example.org", "http://id.example.org", "https://id.example.org/", "https://id.example.org?a=b",
				"https://id.example.org?", "https://id.example.org#", "https://u:p@id.example.org", "https://",
				"https://ID.example.org", "HTTPS://id.example.org", "https:id.example.org", "ftp://localhost",
				"http://127.0.0.1.example.org", "http://localhost.example.org", "https://h:", "https://h/a b",
			},
		},
		{
			"AUTHLY_LISTEN",
			[]string{":0", "[::1]:80", "localhost:65535"},
			[]string{"8080", "localhost", "localhost:http", ":65536"},
		},
		{"AUTHLY_METRICS_ADDR", []string{"off", ":9464"}, []string{"on", "127.0.0.1:8080"}},
		{
			"AUTHLY_DATABASE_URL",
			[]string{"sqlite:a.db", "sqlite:/a/b.db", "sqlite:///a/b.db?x=y", "sqlite::memory:"},
			[]string{"mysql://h/db", "sqlite:", "sqlite://", "a.db", "postgres:h", "postgres://u:%zz@h/db"},
		},
		{"AUTHLY_DISK_RESERVE", []string{"0", "16", "1024"}, []string{"-1", "1025", "16MiB", "1.5"}},
		{"AUTHLY_REDIS_URL", []string{"redis://h", "rediss://:p@h:1/2"}, []string{"h:6379", "redis://", "http://h"}},
		{
			"AUTHLY_SECRET_KEY",
			[]string{key},
			[]string{"short", strings.Repeat("a", 31), key + "," + key, key + " " + key, " " + key},
		},
		{"AUTHLY_CODE_TTL", []string{"1s", "10m"}, []string{"0", "10m1s", "-1s", "60", "1d", "soon"}},
		{"AUTHLY_ACCESS_TOKEN_TTL", []string{"24h", "1d"}, []string{"25h", "1d1s", "0s"}},
		{
			"AUTHLY_REFRESH_TOKEN_TTL",
			[]string{"30d", "1d12h", "365d"},
			[]string{"366d", "-1d", "d", "1.5d", "99999999999999d", "1d-1h", "1d48h"},
		},
		{"AUTHLY_REFRESH_GRACE", []string{"0", "5m"}, []string{"6m"}},
		{"AUTHLY_TEMPORARY_PASSWORD_TTL", []string{"0", "0s", "1m", "7d", "365d"}, []string{"1s", "366d"}},
		{"AUTHLY_AUDIT_RETENTION", []string{"0", "0s", "0d", "24h", "36500d"}, []string{"1h", "36501d"}},
		{
			"AUTHLY_TRUSTED_PROXIES",
			[]string{"10.0.0.0/8 ::1", "10.0.0.1"},
			[]string{"10.0.0.0/8;::1", "::ffff:10.0.0.0/104", "proxy", "fe80::1%eth0"},
		},
		{
			"AUTHLY_ADMIN_ORIGINS",
			[]string{"https://a.example", "https://a.example:8443, http://localhost:5173 http://x.localhost", "http://[::1]:1"},
			[]string{
				"*", "null", "a.example", "https://a.example/", "https://a.example/x", "https://A.example", "https://a.example:443",
				"http://a.example", "https://u@a.example", "https://a.example?x", "https://a.example#x",
			},
		},
		{
			"AUTHLY_THROTTLE",
			[]string{"off", "network=1/1us", "pair=5/1h, account=1000000/30d", "anonymous=600/20ms"},
			[]string{"on", "network", "network=5", "network=0/1s", "network=1000001/1s", "network=5/0s", "network=5/31d", "nets=5/1s", "pair=1/1s,pair=2/1s"},
		},
		{"AUTHLY_LOG_FORMAT", []string{"auto", "text", "json"}, []string{"JSON", "xml"}},
		{"AUTHLY_TRANSFER_MAX_SIZE", []string{"1", "1048576"}, []string{"0", "1048577", "much"}},
		{"AUTHLY_REFUSALS", []string{"0", "1", "20000"}, []string{"-1", "20001", "many"}},
		{"AUTHLY_REGISTRATION", []string{"closed"}, []string{"ajar", "OPEN"}},
		{"AUTHLY_CLIENT_REGISTRATION", []string{"closed", "token", "open"}, []string{"ajar", "OPEN"}},
		{
			"AUTHLY_CLIENT_REGISTRATION_GRANTS",
			[]string{"authorization_code", "authorization_code,implicit", "client_credentials,urn:ietf:params:oauth:grant-type:device_code"},
			[]string{"password", "magic", "authorization_code,password"},
		},
		{"AUTHLY_CLIENT_REGISTRATION_SCOPES", []string{"openid", "payments:write email"}, []string{"admin:users:read", "openid,admin:", "a\"b"}},
		{
			"AUTHLY_CLIENT_REGISTRATION_HOSTS",
			[]string{"*", "example.org", "Example.ORG,*.example.com localhost", "127.0.0.1"},
			[]string{"*.", "*example.org", "a.*.example.org", "https://example.org", "example.org:443", "example.org/", "example.org.", "**"},
		},
		{
			"AUTHLY_CLIENT_DOCUMENT_HOSTS",
			[]string{"*", "example.org", "Example.ORG,*.example.com localhost", "127.0.0.1"},
			[]string{"*.", "*example.org", "a.*.example.org", "https://example.org", "example.org:443", "example.org/", "example.org.", "**"},
		},
		{"AUTHLY_CLIENT_REGISTRATION_OPTIONAL_PKCE", []string{"true", "false"}, []string{"plain"}},
		{"AUTHLY_CLIENT_REGISTRATION_UNUSED", []string{"0", "1h", "365d"}, []string{"59m", "366d", "never"}},
		{
			"AUTHLY_REGISTRATION_DOMAINS",
			[]string{"example.org", "Example.ORG,*.example.com localhost"},
			[]string{"@example.org", "*", "*.", "*example.org", "a.*.example.org", "example.org.", "exampl\u0435.org", "[127.0.0.1]"},
		},
		{"AUTHLY_DEFAULT_LOCALE", []string{"en", "de", "es", "fr", "ja", "nb"}, []string{"xx", "de-AT", "English"}},
		{"AUTHLY_TERMS_VERSION", []string{"1", "2026-12_b.1", strings.Repeat("x", 50)}, []string{strings.Repeat("x", 51), "<b>", "a b"}},
		{
			"AUTHLY_TERMS_URL",
			[]string{"https://acme.example/terms?a=b"},
			[]string{
				"http://acme.example", "javascript:alert(1)", "https://", "https://a@acme.example", "https://acme.example/" + strings.Repeat("x", 500),
			},
		},
		{"AUTHLY_MFA", []string{"optional", "required_for_admins", "required"}, []string{"off", "yes"}},
		{"AUTHLY_MFA_GRACE", []string{"0s", "168h"}, []string{"-1s", "9000h"}},
		{"AUTHLY_ADMIN_ACR", []string{"urn:authly:acr:1", "urn:authly:acr:2", "phr"}, []string{"2", "urn:example:acr", "URN:AUTHLY:ACR:2"}},
		{"AUTHLY_ADMIN_MAX_AGE", []string{"0", "1s", "10m"}, []string{"500ms", "-1s", "9000h", "10"}},
		{"AUTHLY_SELF_DELETE", []string{"true", "false"}, []string{"maybe"}},
		{"AUTHLY_SELF_EXPORT", []string{"true", "false"}, []string{"maybe"}},
		{"AUTHLY_TRUST_BROWSER_TTL", []string{"0", "720h"}, []string{"1s", "9000h"}},
		{"AUTHLY_EMAIL_SIGN_IN", []string{"false"}, []string{"true", "maybe"}}, // true without a mail server
		{"AUTHLY_PASSKEYS", []string{"off", "allow", "offer", "only"}, []string{"on", "true", "none"}},
		{"AUTHLY_REQUIRE_PAR", []string{"true", "false"}, []string{"always"}},
		{"AUTHLY_REQUIRE_JAR", []string{"true", "false"}, []string{"always"}},
		{"AUTHLY_SESSION_MANAGEMENT", []string{"true", "false"}, []string{"sometimes"}},
		{"AUTHLY_SHARED_SIGNALS", []string{"true", "false"}, []string{"push"}},
		{"AUTHLY_OPENID_FEDERATION_LIFETIME", []string{"1h", "30d"}, []string{"59m", "31d", "long"}},
		{"AUTHLY_DPOP_NONCE", []string{"true", "0"}, []string{"sometimes"}},
		{"AUTHLY_PASSWORD_GRANT", []string{"true", "1", "false"}, []string{"yes please"}},
		{"AUTHLY_FRONT_CHANNEL_TOKENS", []string{"true", "false"}, []string{"hybrid"}},
	}
	for _, test := range tests {
		for _, value := range test.good {
			if _, err := Load(Sources{Env: []string{test.variable + "=" + value}}); err != nil {
				t.Errorf("%s=%s: %v", test.variable, value, err)
			}
		}
		for _, value := range test.bad {
			faults := loadFaults(t, Sources{Env: []string{test.variable + "=" + value}})
			if len(faults) != 1 || faults[0].Variable != test.variable {
				t.Errorf("%s=%s: %v", test.variable, value, faults)
			}
		}
	}
}

func TestEveryVariableReachesTheConfig(t *testing.T) {
	t.Parallel()
	given := map[string]string{
		"issuer": "https://x.example", "listen": ":1", "metrics-addr": ":2", "shutdown-timeout": "1s", "shutdown-delay": "1s",
		"database-url": "postgres://h/d", "redis-url": "redis://h", "cache": "true", "disk-reserve": "1", "secret-key": key,
		"secret-keys-old": key, "tls-cert-file": "c", "tls-key-file": "k", "mtls-listen": ":3", "mtls-url": "https://mtls.x.example", "mtls-header": "Client-Cert",
		"mtls-ca-file": write(t, "clients.pem", certificate(t)), "admin-username": "a",
		"admin-email": "a@b", "admin-password": "p", "trusted-proxies": "::1", "admin-allowed-cidrs": "::1", "admin-origins": "https://a.example",
		"access-token-ttl": "2s", "id-token-ttl": "2s", "code-ttl": "2s", "refresh-token-ttl": "1h",
		"refresh-token-idle-ttl": "1h", "refresh-grace": "2s", "session-ttl": "1h", "session-max-ttl": "2h",
		"temporary-password-ttl": "2d", "audit-retention": "2d", "require-verified-email": "true", "smtp-url": "smtps://h", "smtp-ca-file": write(t, "ca.pem", certificate(t)), "mail-from": "a@b.example",
		"mail-reply-to": "c@b.example", "default-locale": "de", "registration": "open", "client-registration": "token", "client-registration-grants": "client_credentials",
		"client-registration-scopes": "openid", "client-registration-hosts": "example.org", "client-registration-unused": "2h", "client-registration-optional-pkce": "true", "client-document-hosts": "example.org",
		"registration-domains": "example.org", "terms-version": "1", "terms-url": "https://a.example/t", "mfa": "required", "mfa-grace": "2h", "trust-browser-ttl": "2h", "passkeys": "off", "email-sign-in": "true", "self-delete": "true", "self-export": "true", "admin-acr": "urn:authly:acr:2", "admin-max-age": "2m", "require-par": "true", "require-jar": "true", "dpop-nonce": "true", "session-management": "true", "shared-signals": "true", "openid-federation-anchors-file": write(t, "anchors.json", anchors), "openid-federation-key-file": "k", "openid-federation-authority-hints": "https://anchor.example", "openid-federation-lifetime": "2h", "openid-federation-organization": "Acme",
		"password-grant": "true", "front-channel-tokens": "true", "refusals": "7", "transfer-max-size": "7",
		"allow-private-network-fetch": "true", "log-level": "warn", "log-format": "json", "throttle": "network=1/1s",
	}
	for _, v := range Reference() {
		flag := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(v.Name, Prefix)), "_", "-")
		if given[flag] == "" || v.Meaning == "" {
			t.Errorf("%s is not tested or not explained", v.Name)
		}
	}
	got := load(t, Sources{Flags: given})
	prefixes := cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })
	for field := range reflect.TypeFor[Config]().Fields() {
		isOther := func(p cmp.Path) bool { return len(p) > 1 && p.Index(1).String() != "."+field.Name }
		others := cmp.FilterPath(isOther, cmp.Ignore())
		if cmp.Equal(Config{}, got, prefixes, others, cmpopts.EquateEmpty()) {
			t.Errorf("%s was not set", field.Name)
		}
	}
}
