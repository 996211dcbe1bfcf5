package config

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/translation"
)

// Variable describes one setting.
type Variable struct {
	Name    string // AUTHLY_ISSUER
	Default string // the value when none is given; empty = none, or what Meaning says
	Meaning string // one phrase of Markdown for the documentation
	Secret  bool   // may also be given as the path of a file, by Name + "_FILE"
	Runtime bool   // administrators may change it while the server runs

	set setter
}

// Flag is the setting's name on the command line: AUTHLY_DATABASE_URL is --database-url.
func (v Variable) Flag() string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(v.Name, Prefix)), "_", "-")
}

// markdown are the marks in the meaning of a setting: code and links.
var markdown = regexp.MustCompile("`|\\[([^]]*)\\]\\([^)]*\\)")

// PlainMeaning returns Meaning without the marks of Markdown.
func (v Variable) PlainMeaning() string { return markdown.ReplaceAllString(v.Meaning, "$1") }

// Reference is the table of all variables in the order in which they are documented.
func Reference() []Variable { return slices.Clone(variables) }

const day = 24 * time.Hour

// adminAllowed has a default that depends on the database.
const adminAllowed = "AUTHLY_ADMIN_ALLOWED_CIDRS"

// throttle is off for as long as the program runs, or not.
const throttle = "AUTHLY_THROTTLE"

// variables is the one list of settings: Load, the documentation and the messages about faults read it.
var variables = []Variable{
	{
		Name: "AUTHLY_ISSUER", Default: "http://localhost:8080", set: setter{identity.SettingText, setIssuer},
		Meaning: "the one issuer string; https is required unless the host is loopback",
	},
	{
		Name: "AUTHLY_LISTEN", Default: "127.0.0.1:8080", set: address(func(c *Config) *string { return &c.Listen }),
		Meaning: "address of the public listener, `host:port`",
	},
	{
		Name: "AUTHLY_TLS_CERT_FILE", set: text(func(c *Config) *string { return &c.TLSCertFile }),
		Meaning: "PEM certificate chain, for TLS in process",
	},
	{
		Name: "AUTHLY_TLS_KEY_FILE", set: text(func(c *Config) *string { return &c.TLSKeyFile }),
		Meaning: "PEM private key, for TLS in process",
	},
	{
		Name: mtlsListen, set: address(func(c *Config) *string { return &c.MutualTLS.Listen }),
		Meaning: "address of a second listener, with the same certificate, which asks clients for theirs (RFC 8705); it has the endpoints at " +
			"which clients authenticate, UserInfo and `/graphql`: [mtls.md](mtls.md)",
	},
	{
		Name: mtlsURL, set: setter{identity.SettingText, setMutualTLSURL},
		Meaning: "where clients reach these endpoints with their certificates, such as `https://mtls.id.example.org`: `mtls_endpoint_aliases`",
	},
	{
		Name: mtlsHeader, set: setter{identity.SettingText, setMutualTLSHeader},
		Meaning: "header in which `AUTHLY_TRUSTED_PROXIES` pass on the certificate of a client: `Client-Cert` (RFC 9440), or one with " +
			"URL-encoded PEM; from anybody else it is not read",
	},
	{
		Name: mtlsCAFile, set: setter{identity.SettingText, setMutualTLSAnchors},
		Meaning: "PEM certificates of the authorities whose certificates prove a client (`tls_client_auth`); read at the start",
	},
	{
		Name: "AUTHLY_METRICS_ADDR", Default: "127.0.0.1:9464", set: setter{identity.SettingText, setMetricsAddr},
		Meaning: "address of the Prometheus listener, or `off`",
	},
	{
		Name: "AUTHLY_SHUTDOWN_TIMEOUT", Default: "20s",
		set:     duration(time.Second, 10*time.Minute, func(c *Config) *time.Duration { return &c.ShutdownTimeout }),
		Meaning: "how long running requests may take to finish when the server stops",
	},
	{
		Name: "AUTHLY_SHUTDOWN_DELAY", Default: "0s",
		set:     durationOrZero(100*time.Millisecond, 10*time.Minute, func(c *Config) *time.Duration { return &c.ShutdownDelay }),
		Meaning: "how long the server goes on serving after SIGTERM while `/health/ready` answers 503, so that a balancer takes it out first",
	},
	{
		Name: "AUTHLY_DATABASE_URL", Default: "sqlite:data/authly.db", Secret: true, set: setter{identity.SettingText, setDatabaseURL},
		Meaning: "`sqlite:PATH` (embedded) or `postgres://...`",
	},
	{
		Name: "AUTHLY_DISK_RESERVE", Default: "16", set: mebibytes(0, 1024, func(c *Config) *int { return &c.DiskReserve }),
		Meaning: "MiB that an embedded server holds on the disk, in a file beside the database, and gives back when the disk " +
			"is full, so that it can delete what has expired; 0 = none",
	},
	{
		Name: "AUTHLY_REDIS_URL", Secret: true, set: setter{identity.SettingText, setRedisURL},
		Meaning: "`redis://` or `rediss://`: responses of the admin API that are cached are shared by nodes, and " +
			"writes invalidate what other nodes have cached; attempts are counted by all nodes together; without it each node is on its own",
	},
	{
		Name: "AUTHLY_CACHE", Default: "true", set: boolean(func(c *Config) *bool { return &c.Cache }),
		Meaning: "keep lookups and answers of the admin API: up to five minutes and one minute with Redis, two seconds without " +
			"(embedded too); writes invalidate them",
	},
	{
		Name: "AUTHLY_SECRET_KEY", Secret: true, set: setter{identity.SettingText, setSecretKey},
		Meaning: "root key, at least 32 bytes without spaces and commas: derives the keys that seal signing keys and " +
			"authenticate opaque tokens, cookies and cursors; required with PostgreSQL, when embedded generated into " +
			"`secret.key` beside the database",
	},
	{
		Name: "AUTHLY_SECRET_KEYS_OLD", Secret: true, set: setter{identity.SettingList, setSecretKeysOld},
		Meaning: "former root keys, comma-separated, newest first; for rotation",
	},
	{
		Name: "AUTHLY_ADMIN_USERNAME", Default: "admin", set: text(func(c *Config) *string { return &c.AdminUsername }),
		Meaning: "username of the first administrator, created only when there is none",
	},
	{
		Name: "AUTHLY_ADMIN_EMAIL", Default: "admin@localhost", set: text(func(c *Config) *string { return &c.AdminEmail }),
		Meaning: "e-mail address of the first administrator",
	},
	{
		Name: "AUTHLY_ADMIN_PASSWORD", Secret: true, set: secret(func(c *Config) *Secret { return &c.AdminPassword }),
		Meaning: "password of the first administrator; without it one is generated, printed once, and must be changed " +
			"at the first sign-in",
	},
	{
		Name: smtpURL, Secret: true, set: setter{identity.SettingText, setSMTPURL},
		Meaning: "mail server: `smtps://user:password@host:465`, or `smtp://host:587` with STARTTLS, which is demanded; " +
			"`smtp://127.0.0.1:25?tls=none` on the same machine only; `log:` writes messages to the log, with an issuer on loopback " +
			"only; without it no mail is sent ([docs/mail.md](mail.md))",
	},
	{
		Name: "AUTHLY_SMTP_CA_FILE", set: setter{identity.SettingText, setSMTPRoots},
		Meaning: "PEM certificates of the authorities that the mail server is believed by, instead of the system's",
	},
	{
		Name: "AUTHLY_MAIL_FROM", Runtime: true, set: setter{identity.SettingText, setMailFrom},
		Meaning: "sender of messages, `Name <address>`; `Authly <no-reply@HOST>` with the host of the issuer",
	},
	{
		Name: "AUTHLY_MAIL_REPLY_TO", Runtime: true, set: setter{identity.SettingText, setMailReplyTo},
		Meaning: "who gets the answers of people",
	},
	{
		Name: "AUTHLY_TRUSTED_PROXIES", set: prefixes(func(c *Config) *prefixList { return &c.TrustedProxies }),
		Meaning: "CIDRs whose forwarding headers (`X-Forwarded-For`, else `X-Real-IP`) are believed, comma-separated",
	},
	{
		Name: adminAllowed, set: prefixes(func(c *Config) *prefixList { return &c.AdminAllowed }),
		Meaning: "who may reach `/graphql`, `/console` and `/playground`, by the real peer address, comma-separated; " +
			"loopback when embedded, everyone with PostgreSQL",
	},
	{
		Name: "AUTHLY_ADMIN_ORIGINS", set: setter{identity.SettingList, setAdminOrigins},
		Meaning: "web origins whose scripts may call `/graphql`, comma-separated, besides those of the redirect URIs of clients that " +
			"may ask for `admin:*` scopes",
	},
	{
		Name: "AUTHLY_ACCESS_TOKEN_TTL", Default: "10m", Runtime: true,
		set:     duration(time.Second, day, func(c *Config) *time.Duration { return &c.AccessTokenTTL }),
		Meaning: "lifetime of access tokens, at most 24h",
	},
	{
		Name: "AUTHLY_ID_TOKEN_TTL", Default: "10m", Runtime: true,
		set:     duration(time.Second, day, func(c *Config) *time.Duration { return &c.IDTokenTTL }),
		Meaning: "lifetime of ID tokens, at most 24h",
	},
	{
		Name: "AUTHLY_CODE_TTL", Default: "60s", Runtime: true,
		set:     duration(time.Second, 10*time.Minute, func(c *Config) *time.Duration { return &c.CodeTTL }),
		Meaning: "lifetime of authorization codes, at most 10m",
	},
	{
		Name: "AUTHLY_REFRESH_TOKEN_TTL", Default: "720h", Runtime: true,
		set:     duration(time.Minute, 365*day, func(c *Config) *time.Duration { return &c.RefreshTokenTTL }),
		Meaning: "absolute lifetime of a grant's refresh tokens; rotation does not prolong it",
	},
	{
		Name: "AUTHLY_REFRESH_TOKEN_IDLE_TTL", Default: "336h", Runtime: true,
		set:     duration(time.Minute, 365*day, func(c *Config) *time.Duration { return &c.RefreshTokenIdleTTL }),
		Meaning: "how long a refresh token may stay unused",
	},
	{
		Name: "AUTHLY_REFRESH_GRACE", Default: "30s", Runtime: true,
		set:     duration(0, 5*time.Minute, func(c *Config) *time.Duration { return &c.RefreshGrace }),
		Meaning: "how long a rotated refresh token may be sent again after a lost answer; 0 = not at all",
	},
	{
		Name: "AUTHLY_SESSION_TTL", Default: "12h", Runtime: true,
		set:     duration(time.Minute, 365*day, func(c *Config) *time.Duration { return &c.SessionTTL }),
		Meaning: "how long a browser session may be idle",
	},
	{
		Name: "AUTHLY_SESSION_MAX_TTL", Default: "720h", Runtime: true,
		set:     duration(time.Minute, 365*day, func(c *Config) *time.Duration { return &c.SessionMaxTTL }),
		Meaning: "absolute lifetime of a browser session",
	},
	{
		Name: "AUTHLY_TEMPORARY_PASSWORD_TTL", Default: "168h", Runtime: true,
		set:     durationOrZero(time.Minute, 365*day, func(c *Config) *time.Duration { return &c.TemporaryPassword }),
		Meaning: "how long a password may be used that an administrator has made and the user must change: a minute to a year; 0 = for ever",
	},
	{
		Name: "AUTHLY_AUDIT_RETENTION", Default: "8760h", Runtime: true,
		set:     durationOrZero(day, 36500*day, func(c *Config) *time.Duration { return &c.AuditRetention }),
		Meaning: "age at which audit events are deleted; 0 = kept for ever",
	},
	{
		Name: "AUTHLY_TRANSFER_MAX_SIZE", Default: "1024", Runtime: true,
		set:     mebibytes(1, 1<<20, func(c *Config) *int { return &c.TransferMaxSize }),
		Meaning: "MiB that the file of an import or export may have; it is stored in the database until it has been read, or for a day",
	},
	{
		Name: "AUTHLY_REQUIRE_VERIFIED_EMAIL", Default: "false", Runtime: true,
		set: boolean(func(c *Config) *bool { return &c.RequireVerifiedEmail }),
		Meaning: "no application gets tokens for people whose e-mail address is not verified: they are asked to show that it is theirs on the " +
			"way ([docs/sign-in.md](sign-in.md#a-verified-address))",
	},
	{
		Name: "AUTHLY_DEFAULT_LOCALE", Default: "en", Runtime: true,
		set:     oneOf(func(c *Config) *string { return &c.DefaultLocale }, translation.Codes()...),
		Meaning: "language of pages and messages for people of whom no other is known ([docs/sign-in.md](sign-in.md#languages))",
	},
	{
		Name: registration, Default: "closed", Runtime: true,
		set: oneOf(func(c *Config) *string { return &c.Registration }, "closed", "invite", "open"),
		Meaning: "who may make an account for themselves: nobody, who was invited, or everybody who reads mail of an address; `invite` " +
			"and `open` need `AUTHLY_SMTP_URL` ([docs/sign-in.md](sign-in.md#registration))",
	},
	{
		Name: "AUTHLY_REGISTRATION_DOMAINS", Runtime: true, set: setter{identity.SettingList, setRegistrationDomains},
		Meaning: "domains of the addresses that people may register with, comma-separated: `example.org` is that domain alone, " +
			"`*.example.org` all below it; without it all",
	},
	{
		Name: "AUTHLY_CLIENT_REGISTRATION", Default: "closed",
		set: oneOf(func(c *Config) *string { return &c.ClientRegistration.Mode }, "closed", "token", "open"),
		Meaning: "which applications may register themselves as clients (RFC 7591): none, those with an initial access token, or all " +
			"([docs/registration.md](registration.md))",
	},
	{
		Name: "AUTHLY_CLIENT_REGISTRATION_GRANTS", Default: "authorization_code,refresh_token",
		set:     setter{identity.SettingList, setClientRegistrationGrants},
		Meaning: "grant types that clients may register themselves for, comma-separated; never `password`",
	},
	{
		Name: "AUTHLY_CLIENT_REGISTRATION_SCOPES", Default: "openid,profile,email,address,phone,offline_access",
		set:     setter{identity.SettingList, setClientRegistrationScopes},
		Meaning: "scopes that clients may register themselves for, comma-separated; those of administration cannot be among them",
	},
	{
		Name: "AUTHLY_CLIENT_REGISTRATION_HOSTS", set: setter{identity.SettingList, setClientRegistrationHosts},
		Meaning: "hosts of the redirect URIs that clients may register without an initial access token, comma-separated: `example.org` is that " +
			"host alone, `*.example.org` all below it, `*` every host; without it only applications on the device of the person",
	},
	{
		Name: "AUTHLY_CLIENT_DOCUMENT_HOSTS", set: setter{identity.SettingList, setClientDocumentHosts},
		Meaning: "hosts whose metadata documents are clients of this server: the `client_id` is the https address of the document; " +
			"comma-separated, as those of `AUTHLY_CLIENT_REGISTRATION_HOSTS`; without it there are no such clients " +
			"([docs/registration.md](registration.md#documents-instead-of-registrations))",
	},
	{
		Name: "AUTHLY_CLIENT_REGISTRATION_OPTIONAL_PKCE", Default: "false",
		set: boolean(func(c *Config) *bool { return &c.ClientRegistration.OptionalPKCE }),
		Meaning: "let confidential clients that are registered with an initial access token leave PKCE out, as OpenID Connect Core does; " +
			"public ones never may",
	},
	{
		Name: "AUTHLY_CLIENT_REGISTRATION_UNUSED", Default: "720h",
		set: durationOrZero(time.Hour, 365*day, func(c *Config) *time.Duration { return &c.ClientRegistration.Unused }),
		Meaning: "how long a client that was registered without an initial access token, or that a document describes, may be unused before it " +
			"is removed; 0 = for ever",
	},
	{
		Name: "AUTHLY_TERMS_VERSION", Runtime: true, set: setter{identity.SettingText, setTermsVersion},
		Meaning: "version of the terms that people must accept before an application gets tokens for them, such as `2026-12`: at registration, " +
			"and each time it is another one at the next sign-in; without it they are asked for nothing ([docs/sign-in.md](sign-in.md#terms))",
	},
	{
		Name: "AUTHLY_TERMS_URL", Runtime: true, set: setter{identity.SettingText, setTermsURL},
		Meaning: "https URL of the terms, linked where they are accepted and below each page",
	},
	{
		Name: "AUTHLY_MFA", Default: "required_for_admins", Runtime: true,
		set: oneOf(func(c *Config) *string { return &c.SecondFactors }, "optional", "required_for_admins", "required"),
		Meaning: "who must add a second factor before an application gets tokens for them: nobody, who administers this server " +
			"(by themselves or by roles), or everybody; whoever has one is asked for it in any case ([docs/sign-in.md](sign-in.md))",
	},
	{
		Name: "AUTHLY_MFA_GRACE", Default: "168h", Runtime: true,
		set:     duration(0, 365*day, func(c *Config) *time.Duration { return &c.SecondFactorGrace }),
		Meaning: "how long people may do without one after their first sign-in with `AUTHLY_MFA=required`; administrators may not at all",
	},
	{
		Name: "AUTHLY_TRUST_BROWSER_TTL", Default: "720h", Runtime: true,
		set: durationOrZero(time.Minute, 365*day, func(c *Config) *time.Duration { return &c.TrustBrowser }),
		Meaning: "how long a browser spares the second factor that was proven there, if the person asks for it: a minute to a year; " +
			"0 = never",
	},
	{
		Name: "AUTHLY_ADMIN_ACR",
		set:  oneOf(func(c *Config) *string { return &c.AdminClass }, "urn:authly:acr:1", "urn:authly:acr:2", "phr"),
		Meaning: "authentication context class that the sign-in of an administrator must be of for a token to change anything by " +
			"`/graphql` (RFC 9470), or a higher one: one factor, two, or a passkey; whoever administers cannot lower it at run time",
	},
	{
		Name: "AUTHLY_ADMIN_MAX_AGE", Default: "0s",
		set:     durationOrZero(time.Second, 365*day, func(c *Config) *time.Duration { return &c.AdminMaxAge }),
		Meaning: "how long ago that sign-in may have been; 0 = any time",
	},
	{
		Name: passkeys, Default: "offer", Runtime: true,
		set: oneOf(func(c *Config) *string { return &c.Passkeys }, "off", "allow", "offer", "only"),
		Meaning: "whether people can add passkeys and sign in with them, and with `offer` are offered one when they sign in without; with " +
			"`only` no password is taken; they need an `AUTHLY_ISSUER` with a name, not an address ([docs/sign-in.md](sign-in.md#passkeys))",
	},
	{
		Name: emailSignIn, Default: "false", Runtime: true, set: boolean(func(c *Config) *bool { return &c.EmailSignIn }),
		Meaning: "people may sign in with a code that is mailed to their verified address, which is one factor; needs `AUTHLY_SMTP_URL` " +
			"([docs/sign-in.md](sign-in.md#a-mailed-code))",
	},
	{
		Name: "AUTHLY_SELF_DELETE", Default: "true", Runtime: true, set: boolean(func(c *Config) *bool { return &c.SelfDelete }),
		Meaning: "people may delete their own accounts ([docs/account.md](account.md))",
	},
	{
		Name: "AUTHLY_SELF_EXPORT", Default: "true", Runtime: true, set: boolean(func(c *Config) *bool { return &c.SelfExport }),
		Meaning: "people may take what is stored about them, as a file",
	},
	{
		Name: "AUTHLY_REQUIRE_PAR", Default: "false", set: boolean(func(c *Config) *bool { return &c.RequirePushedRequests }),
		Meaning: "take authorization requests only when the client has pushed them (RFC 9126); a client alone can be held to it by " +
			"`require_pushed_authorization_requests`",
	},
	{
		Name: "AUTHLY_REQUIRE_JAR", Default: "false", set: boolean(func(c *Config) *bool { return &c.RequireSignedRequests }),
		Meaning: "take authorization requests only when the client has signed them (RFC 9101); a client alone can be held to it by " +
			"`require_signed_request_object`",
	},
	{
		Name: "AUTHLY_SESSION_MANAGEMENT", Default: "false", set: boolean(func(c *Config) *bool { return &c.SessionManagement }),
		Meaning: "let applications ask in a frame whether the session of the browser has changed (OpenID Connect Session Management 1.0): " +
			"`check_session_iframe` and `session_state`; browsers that block the cookies of other sites report an error there, " +
			"see [logout.md](logout.md#session-management)",
	},
	{
		Name: "AUTHLY_SHARED_SIGNALS", Default: "false", set: boolean(func(c *Config) *bool { return &c.SharedSignals }),
		Meaning: "let clients have an event stream in which they hear that sessions were revoked and credentials changed (Shared Signals " +
			"Framework 1.0, CAEP 1.0), see [shared-signals.md](shared-signals.md)",
	},
	{
		Name: federationAnchors, set: setter{identity.SettingText, setFederationAnchors},
		Meaning: "JSON file with the trust anchors of the federations that the server is in: an object that has for each entity identifier its " +
			"JSON Web Key Set; switches OpenID Federation 1.0 on, with explicit registration of clients, see " +
			"[openid-federation.md](openid-federation.md)",
	},
	{
		Name: federationKey, set: text(func(c *Config) *string { return &c.OpenIDFederation.KeyFile }),
		Meaning: "PEM private keys of the server as an entity of these federations, of no other use; the first signs, all are published",
	},
	{
		Name: federationHints, set: setter{identity.SettingList, setAuthorityHints},
		Meaning: "entity identifiers of the immediate superiors of the server in these federations, comma-separated, at most ten",
	},
	{
		Name: "AUTHLY_OPENID_FEDERATION_LIFETIME", Default: "24h",
		set:     duration(time.Hour, 30*day, func(c *Config) *time.Duration { return &c.OpenIDFederation.Lifetime }),
		Meaning: "lifetime of the entity configuration of the server, from 1h to 30d",
	},
	{
		Name: "AUTHLY_OPENID_FEDERATION_ORGANIZATION", set: text(func(c *Config) *string { return &c.OpenIDFederation.Organization }),
		Meaning: "`organization_name` in the entity configuration of the server",
	},
	{
		Name: "AUTHLY_DPOP_NONCE", Default: "false", set: boolean(func(c *Config) *bool { return &c.ProofNonce }),
		Meaning: "take DPoP proofs only with a nonce of this server (RFC 9449 §8), which changes every five minutes: proofs cannot be made " +
			"ahead of their use, and clients must be able to ask twice",
	},
	{
		Name: "AUTHLY_PASSWORD_GRANT", Default: "false", set: boolean(func(c *Config) *bool { return &c.PasswordGrant }),
		Meaning: "offer the password grant to the clients that are allowed it; for migration only",
	},
	{
		Name: "AUTHLY_FRONT_CHANNEL_TOKENS", Default: "false", set: boolean(func(c *Config) *bool { return &c.FrontChannelTokens }),
		Meaning: "offer the response types that hand out tokens in the browser, `id_token`, `id_token token`, `code id_token`, `code token` " +
			"and `code id_token token` (implicit and hybrid flow), to the clients that are registered for them; OAuth 2.1 has dropped them",
	},
	{
		Name: "AUTHLY_REFUSALS", Default: "2000", set: whole(0, 20_000, func(c *Config) *int { return &c.Refusals }),
		Meaning: "how many refused requests each node remembers for a day, in its memory, to explain them to administrators; each takes " +
			"at most 4 KiB; 0 switches it off",
	},
	{
		Name: throttle, Runtime: true, set: setter{identity.SettingList, setThrottle},
		Meaning: "changed limits of attempts and requests, `name=burst/interval` separated by commas, such as " +
			"`network=200/1s`; the names are in [docs/security/throttling.md](security/throttling.md); `off` switches all of them off",
	},
	{
		Name: "AUTHLY_ALLOW_PRIVATE_NETWORK_FETCH", Default: "false",
		set: boolean(func(c *Config) *bool { return &c.AllowPrivateNetworkFetch }),
		Meaning: "let `jwks_uri`, `logo_uri` and back-channel logout reach private and loopback addresses, and plain http: for tests, and for " +
			"clients in a private network; link-local addresses, multicast and the metadata services of clouds stay refused",
	},
	{
		Name: "AUTHLY_LOG_LEVEL", Default: "info",
		set:     oneOf(func(c *Config) *string { return &c.LogLevel }, "debug", "info", "warn", "error"),
		Meaning: "`debug`, `info`, `warn` or `error`",
	},
	{
		Name: "AUTHLY_LOG_FORMAT", Default: "auto",
		set:     oneOf(func(c *Config) *string { return &c.LogFormat }, "auto", "text", "json"),
		Meaning: "`text`, `json` or `auto`: text on a terminal, else json",
	},
}
