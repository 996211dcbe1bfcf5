package config

import (
	"net/netip"
	"path/filepath"
	"strings"
	"time"
)

// Config is every setting of the program, checked. Only internal/server sees it whole; each package gets the few values
// that it needs.
type Config struct {
	Issuer          string        // the one issuer string, without a slash at the end; every absolute URL is built from it
	Listen          string        // host:port of the public listener; port 0 takes a free one
	TLSCertFile     string        // path of the PEM certificate chain for TLS in process, or empty
	TLSKeyFile      string        // path of the PEM private key; given exactly when TLSCertFile is
	MetricsAddr     string        // host:port of the Prometheus listener, or empty = none
	ShutdownTimeout time.Duration // how long running requests may take to finish
	ShutdownDelay   time.Duration // how long it goes on before that, not ready

	DatabaseURL Secret // sqlite:PATH, postgres:// or postgresql://; may hold a password
	DiskReserve int    // MiB that are reserved on the disk of an embedded database
	RedisURL    Secret // redis:// or rediss://, or empty = everything in process
	Cache       bool   // cache responses of the admin API and of permission checks for a while

	SecretKey     Secret   // the root key, at least 32 bytes; empty when embedded and not given: see SecretFile
	SecretKeysOld []Secret // former root keys, still accepted, newest first

	AdminUsername string // the first administrator, created only when there is none
	AdminEmail    string
	AdminPassword Secret // empty = generated and printed once

	MutualTLS MutualTLS // how certificates of clients get here

	OpenIDFederation OpenIDFederation // the federations that the server is in

	Mail SMTP // where messages to users go; without a host none are sent

	TrustedProxies []netip.Prefix // whose forwarding headers are believed
	AdminOrigins   []string       // web origins whose scripts may call /graphql, besides those of clients
	AdminAllowed   []netip.Prefix // who may reach /graphql and /playground, by the real peer address; never empty

	AccessTokenTTL      time.Duration
	IDTokenTTL          time.Duration
	CodeTTL             time.Duration
	RefreshTokenTTL     time.Duration // absolute: from the authorization on; rotation does not prolong it
	RefreshTokenIdleTTL time.Duration // since the last use; RefreshTokenTTL wins when shorter
	RefreshGrace        time.Duration // how long a rotated token may be sent again by an impatient client; 0 = not at all
	SessionTTL          time.Duration // since the last activity
	SessionMaxTTL       time.Duration // absolute: since the sign-in
	TemporaryPassword   time.Duration // how long a password that an administrator has made may be used; 0 = for ever
	TransferMaxSize     int           // MiB that the file of an import or export may have
	AuditRetention      time.Duration // age at which audit events are deleted; 0 = retained for ever

	RequireVerifiedEmail     bool   // no tokens for users whose e-mail address is not verified
	DefaultLocale            string // language of people of whom no other is known
	Registration             string // who may make an account for themselves: closed, invite or open
	TermsVersion             string // of the terms that people must accept
	TermsURL                 string // where they stand
	ClientRegistration       ClientRegistration
	RegistrationDomains      []string      // of the addresses that people may register with; none = all
	SecondFactors            string        // who must have a second factor: optional, required_for_admins or required
	SelfDelete               bool          // people may delete their own accounts
	SelfExport               bool          // people may take what is stored about them
	TrustBrowser             time.Duration // how long a browser spares the second factor that was proven there; 0 = never
	SecondFactorGrace        time.Duration // how long people may do without after the first sign-in under the policy
	AdminClass               string        // of the sign-in of who changes something as an administrator; empty = any
	AdminMaxAge              time.Duration // since that sign-in; 0 = any time
	Passkeys                 string        // off, allow, offer or only
	EmailSignIn              bool          // a mailed code signs in
	RequirePushedRequests    bool          // every client must push its authorization requests
	RequireSignedRequests    bool          // every client must sign its authorization requests
	ProofNonce               bool          // DPoP proofs need a nonce of the server
	SessionManagement        bool          // applications may ask in a frame whether the session has changed
	SharedSignals            bool          // clients may have event streams
	PasswordGrant            bool          // offer the password grant to clients that are allowed it; for migration only
	FrontChannelTokens       bool          // hand out tokens with authorization responses to clients that are registered for it
	Refusals                 int           // refused requests that are remembered, to be explained
	Throttle                 Throttle      // changed limits of attempts and requests
	AllowPrivateNetworkFetch bool          // outbound calls may go to private networks, by plain http too

	LogLevel  string // debug, info, warn, error
	LogFormat string // auto (text on a terminal, else json), text, json

	Given map[string]Given // what was said of settings, by the name of the variable; what is not in it has its default
}

// Embedded reports whether the database is SQLite, in a file of this process.
func (c Config) Embedded() bool { return strings.HasPrefix(string(c.DatabaseURL), sqlitePrefix) }

// HTTPS reports whether browsers reach the server by https: it decides about Secure cookies and HSTS.
func (c Config) HTTPS() bool { return strings.HasPrefix(c.Issuer, "https://") }

// SecretFile is where an embedded server keeps a generated root key: secret.key beside the database file. It is empty
// for PostgreSQL and for a database in memory.
func (c Config) SecretFile() string {
	if file := c.DatabaseFile(); file != "" {
		return filepath.Join(filepath.Dir(file), "secret.key")
	}
	return ""
}

// DatabaseFile is the file of an embedded database, empty for PostgreSQL and for one in memory.
func (c Config) DatabaseFile() string {
	path := sqlitePath(string(c.DatabaseURL))
	if !c.Embedded() || path == ":memory:" || strings.Contains(string(c.DatabaseURL), "mode=memory") {
		return ""
	}
	return path
}

const sqlitePrefix = "sqlite:"

// sqlitePath returns the file of sqlite:data/x.db, sqlite:/abs/x.db and sqlite:///abs/x.db, each with or without
// ?options.
func sqlitePath(databaseURL string) string {
	path, _, _ := strings.Cut(strings.TrimPrefix(databaseURL, sqlitePrefix), "?")
	return strings.TrimPrefix(path, "//")
}

// check applies the rules about several variables and the defaults that depend on others.
func (c *Config) check(faults *Faults) {
	if (c.TLSCertFile == "") != (c.TLSKeyFile == "") {
		missing := "AUTHLY_TLS_CERT_FILE"
		if c.TLSKeyFile == "" {
			missing = "AUTHLY_TLS_KEY_FILE"
		}
		faults.add(missing, "AUTHLY_TLS_CERT_FILE and AUTHLY_TLS_KEY_FILE go together: give both or neither")
	}
	unclear := faults.has("AUTHLY_DATABASE_URL", "AUTHLY_DATABASE_URL_FILE", "AUTHLY_SECRET_KEY", "AUTHLY_SECRET_KEY_FILE")
	if !c.Embedded() && c.SecretKey == "" && !unclear {
		faults.add("AUTHLY_SECRET_KEY", "is required with PostgreSQL, the same on every node, at least %d bytes", MinSecretKey)
	}
	if c.MetricsAddr != "" && c.MetricsAddr == c.Listen && !strings.HasSuffix(c.Listen, ":0") {
		faults.add("AUTHLY_METRICS_ADDR", "must differ from AUTHLY_LISTEN")
	}
	c.checkMutualTLS(faults)
	c.checkFederation(faults)
	c.checkMail(faults)
	if err := c.checkRegistration(c.Registration); err != nil {
		faults.add(registration, "%s", err)
	}
	if err := c.checkEmailSignIn(c.EmailSignIn); err != nil {
		faults.add(emailSignIn, "%s", err)
	}
	if err := c.checkPasskeys(c.Passkeys); err != nil {
		faults.add(passkeys, "%s", err)
	}
	if len(c.AdminAllowed) == 0 {
		c.AdminAllowed = everyone()
		if c.Embedded() {
			c.AdminAllowed = loopback()
		}
	}
}

func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

func everyone() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
}
