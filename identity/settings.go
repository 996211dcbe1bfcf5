package identity

import (
	"net/mail"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"
)

// Settings are the operator's choices that the rules depend on.
type Settings struct {
	Issuer                string        // the one issuer string, without a trailing slash
	AccessTokenTTL        time.Duration // lifetime of an access token
	IDTokenTTL            time.Duration // lifetime of an ID token
	CodeTTL               time.Duration // lifetime of an authorization code
	InteractionTTL        time.Duration // how long a person may take to sign in and consent
	RefreshTokenTTL       time.Duration // absolute lifetime of a refresh family
	RefreshTokenIdleTTL   time.Duration // a family dies when unused for so long
	RefreshGrace          time.Duration // how long the previous refresh token is answered with the same successor
	RefreshGraceUses      int           // and how often
	RefreshOverlaps       int           // after how many rotations of a family that may happen, beside one in ten
	SessionIdleTTL        time.Duration // a browser session dies when unused for so long
	SessionMaxTTL         time.Duration // and in any case after so long
	Limits                Limits        // how often what may be tried
	TemporaryPassword     time.Duration // how long a password that an administrator knows may be used; 0 = for good
	RequireVerified       bool          // only users with a verified e-mail address get tokens
	AuditRetention        time.Duration // how long the audit trail is retained; 0 = for good
	TransferMaxSize       int           // of the file of an import or export, in bytes
	RequirePushedRequests bool          // every client must push its authorization requests (RFC 9126 §5)
	RequireSignedRequests bool          // every client must sign its authorization requests (RFC 9101 §10.5)
	ProofNonce            bool          // DPoP proofs need a nonce of the server (RFC 9449 §8)
	SessionManagement     bool          // the end of a session can be seen in a frame (OIDC Session Management 1.0)
	SharedSignals         bool          // clients have event streams (Shared Signals Framework 1.0)
	MutualTLS             MutualTLS     // certificates of clients
	OpenIDFederation      OpenIDFederation
	SecondFactors         FactorPolicy  // who must have a second factor
	Passkeys              PasskeyPolicy // what people sign in with
	SelfDelete            bool          // people may delete their own accounts
	SelfExport            bool          // people may take what is stored about them
	TrustBrowser          time.Duration // how long a browser spares the second factor that was proven there; 0 = never
	SecondFactorGrace     time.Duration // how long after the first sign-in under the policy; not for administrators
	AdminSignIn           SignInDemand  // of who changes something as an administrator
	PasswordGrant         bool          // the password grant exists (migration only)
	FrontChannelTokens    bool          // there are response types with tokens, which OAuth 2.1 has dropped
	Locale                string        // BCP 47, in which people read of whom nothing else is known
	MailFrom              mail.Address  // sender of messages to users
	MailReplyTo           *mail.Address // whom people reply to; nil = the sender
	EmailSignIn           bool          // a mailed code signs in, as one factor
	Registration          RegistrationMode
	ClientRegistration    ClientRegistrationPolicy
	RegistrationDomains   []string // of addresses that people may register with; none = all
	TermsVersion          string   // of the terms that people must accept; "" = there are none
	TermsURL              string   // where they stand; "" = nowhere
	Brand                 *Brand   // how pages and messages look; nil = as Authly by itself. It is shared, and not changed by anybody
}

// LiveSettings are the settings that are in force. They may change while the server runs: whoever goes by them asks for
// them at each use, which costs no more than reading a pointer. They are safe for concurrent use.
type LiveSettings struct{ current atomic.Pointer[Settings] }

// NewLiveSettings puts settings in force.
func NewLiveSettings(s Settings) *LiveSettings {
	live := &LiveSettings{}
	live.Set(s)
	return live
}

// Get returns the settings that are in force. They are shared, and not changed by anybody.
func (l *LiveSettings) Get() *Settings { return l.current.Load() }

// Set puts other settings in force.
func (l *LiveSettings) Set(s Settings) { l.current.Store(&s) }

// Lifetimes are how long what is issued lives.
type Lifetimes struct {
	AccessToken  time.Duration
	IDToken      time.Duration
	RefreshToken time.Duration // absolute, of the whole family
}

// LifetimesFor returns the lifetimes of what is issued to a client: the client's own where it has one, else the
// server's.
func (s *Settings) LifetimesFor(c Client) Lifetimes {
	own := func(seconds int, servers time.Duration) time.Duration {
		if seconds > 0 {
			return time.Duration(seconds) * time.Second
		}
		return servers
	}
	return Lifetimes{
		AccessToken:  own(c.Policy.AccessTokenTTL, s.AccessTokenTTL),
		IDToken:      own(c.Policy.IDTokenTTL, s.IDTokenTTL),
		RefreshToken: own(c.Policy.RefreshTokenTTL, s.RefreshTokenTTL),
	}
}

// TemporaryPasswordEnd returns when a password ends that an administrator has made at the given time and the user must
// change; nil = never.
func (s *Settings) TemporaryPasswordEnd(made time.Time) *time.Time {
	if s.TemporaryPassword == 0 {
		return nil
	}
	end := made.Add(s.TemporaryPassword)
	return &end
}

// defaultSender is who sends messages where the operator has named nobody.
func defaultSender(issuer string) mail.Address {
	host := "localhost" // also in place of an IP address, which is no domain
	if at, err := url.Parse(issuer); err == nil {
		if _, err := netip.ParseAddr(at.Hostname()); err != nil && at.Hostname() != "" {
			host = at.Hostname()
		}
	}
	return mail.Address{Name: ownName, Address: "no-reply@" + host}
}

// DefaultSettings are the defaults of the design.
func DefaultSettings(issuer string) Settings {
	return Settings{
		Issuer:              issuer,
		AccessTokenTTL:      10 * time.Minute,
		IDTokenTTL:          10 * time.Minute,
		CodeTTL:             time.Minute,
		InteractionTTL:      time.Hour,
		RefreshTokenTTL:     30 * 24 * time.Hour,
		RefreshTokenIdleTTL: 14 * 24 * time.Hour,
		RefreshGrace:        30 * time.Second,
		RefreshGraceUses:    1000,
		RefreshOverlaps:     100,
		SessionIdleTTL:      12 * time.Hour,
		SessionMaxTTL:       30 * 24 * time.Hour,
		TemporaryPassword:   7 * 24 * time.Hour,
		TransferMaxSize:     1 << 30,
		SecondFactors:       FactorRequiredForAdmins,
		Passkeys:            PasskeysOffered,
		TrustBrowser:        30 * 24 * time.Hour,
		SecondFactorGrace:   7 * 24 * time.Hour,
		SelfDelete:          true,
		SelfExport:          true,
		Locale:              "en",
		MailFrom:            defaultSender(issuer),
		Registration:        RegistrationClosed,
		ClientRegistration: ClientRegistrationPolicy{
			Mode: ClientRegistrationClosed, Grants: []GrantType{GrantAuthorizationCode, GrantRefreshToken},
			Scopes: DefaultSelfRegisteredScopes(), Unused: 30 * 24 * time.Hour,
		},
		OpenIDFederation: OpenIDFederation{Lifetime: 24 * time.Hour},
		Limits:           DefaultLimits(),
	}
}
