package identity

import (
	"context"
	"time"
)

// Upstream talks to identity providers. It stores nothing, and what it returns was verified.
type Upstream interface {
	// AuthorizationURL returns where the browser goes to sign in.
	AuthorizationURL(ctx context.Context, p UpstreamProvider, r UpstreamRequest) (string, error)
	// Identify redeems the code of an answer, and returns who has signed in. ErrUpstreamRefused, because of an UpstreamFault,
	// when anything about it is wrong; ErrProviderUnreachable when the provider does not answer.
	Identify(ctx context.Context, p UpstreamProvider, r UpstreamRequest, a UpstreamAnswer) (UpstreamIdentity, error)
	// Probe finds out whether a provider is there, without remembering anything. It needs no secret.
	Probe(ctx context.Context, p UpstreamProvider) ProviderReport
}

// ProviderReport is what can be found out about a provider without a sign-in.
type ProviderReport struct {
	RedirectURI           string // that must be registered there
	Issuer                string // as its document says; else as the operator does
	AuthorizationEndpoint string
	TokenEndpoint         string
	UserInfoEndpoint      string
	KeysEndpoint          string // of OpenID providers
	SigningKeys           int    // of OpenID providers: how many are published
	Problem               string // a sentence for administrators; "" = none
}

// UpstreamProvider is a provider with the secret that this server has there.
type UpstreamProvider struct {
	IdentityProvider
	Secret      string
	RedirectURI string
}

// UpstreamRequest is what one sign-in at a provider is bound to.
type UpstreamRequest struct {
	State    string
	Nonce    string
	Verifier string // of PKCE (RFC 7636 §4.1)
	MaxAge   *int   // of the sign-in there, in seconds; nil = any
}

// UpstreamAnswer is what a provider sends a browser back with (RFC 6749 §4.1.2).
type UpstreamAnswer struct {
	Code   string
	Issuer string // RFC 9207 §2; empty without
	Denied bool   // it was an error instead
}

// UpstreamIdentity is who has signed in at a provider.
type UpstreamIdentity struct {
	Issuer        string
	Subject       string
	Email         string
	EmailVerified bool // as the provider says, by the rules of its kind
	Username      string
	GivenName     string
	FamilyName    string
	ACR           string
	AMR           []string
	AuthTime      *time.Time // of the sign-in there; nil = the provider does not say
}

// UpstreamFault is why an answer of a provider was refused, for the trail.
type UpstreamFault string

// The faults.
const (
	FaultDenied       UpstreamFault = "denied"             // the provider, or the person there
	FaultCode         UpstreamFault = "code_refused"       // by the token endpoint
	FaultMixUp        UpstreamFault = "wrong_issuer"       // RFC 9207 §2.4, OIDC Core §3.1.3.7
	FaultIDToken      UpstreamFault = "id_token_refused"   // missing, not signed by a key of the provider, or not for this server
	FaultExpired      UpstreamFault = "id_token_expired"   // OIDC Core §3.1.3.7, exp
	FaultNonce        UpstreamFault = "wrong_nonce"        // OIDC Core §3.1.3.7, nonce
	FaultParty        UpstreamFault = "wrong_party"        // OIDC Core §3.1.3.7, azp
	FaultAccessToken  UpstreamFault = "wrong_access_token" // OIDC Core §3.1.3.8, at_hash
	FaultSubject      UpstreamFault = "wrong_subject"      // missing, too long, or another one at UserInfo (OIDC Core §5.3.2)
	FaultTenant       UpstreamFault = "wrong_tenant"
	FaultStale        UpstreamFault = "sign_in_too_old" // or of an age that the provider does not tell
	FaultUnreachable  UpstreamFault = "provider_unreachable"
	faultState        UpstreamFault = "wrong_state" // none of this server, or for another browser or provider, or too old
	faultStateUsed    UpstreamFault = "state_used"
	faultConnected    UpstreamFault = "already_connected"
	faultOtherSession UpstreamFault = "other_session"
)

// Error returns the text for logs.
func (f UpstreamFault) Error() string { return string(f) }

var (
	// ErrUpstreamRefused refuses an answer of a provider; nobody is told what is wrong with it.
	ErrUpstreamRefused = &Error{
		Kind: Unauthenticated, Code: CodeUpstreamRefused, Detail: "That sign-in was not accepted. Try again, or sign in another way.",
	}
	// errUpstreamStale is ErrUpstreamRefused for a sign-in that may be an old one, which another try does not help.
	errUpstreamStale = &Error{
		Kind: Unauthenticated, Code: CodeUpstreamRefused,
		Detail: "The other provider has not said that you signed in there just now, which is asked for here. Sign in another way.",
	}
	// ErrProviderUnreachable reports a provider that does not answer in time.
	ErrProviderUnreachable = &Error{
		Kind: Unauthenticated, Code: CodeProviderUnreachable,
		Detail: "The other provider does not answer at present. Try again later, or sign in another way.",
	}
	// ErrFederationExpired asks for another try: the answer came too late, was used, or is another browser's.
	ErrFederationExpired = &Error{
		Kind: Unauthenticated, Code: CodeFederationExpired,
		Detail: "This sign-in has expired, was used already, or was begun in another browser. Start again.",
	}
	// ErrProviderNotFound says that nobody can sign in there, also when the provider is switched off.
	ErrProviderNotFound = &Error{Kind: NotFound, Code: CodeProviderNotFound, Detail: "No such identity provider."}
	// ErrProviderInUse refuses to delete a provider that accounts are connected with.
	ErrProviderInUse = &Error{
		Kind: Conflict, Code: CodeProviderInUse, Detail: "Users are connected with this provider; disable it instead.",
	}
	// ErrIdentityLinked refuses to connect what is connected with an account.
	ErrIdentityLinked = &Error{
		Kind: Conflict, Code: CodeIdentityLinked, Detail: "That account is connected with an account here already.",
	}
	// ErrLastCredential refuses to remove what is the last way to sign in.
	ErrLastCredential = &Error{
		Kind: Conflict, Code: CodeLastCredential, Detail: "This is the only way to sign in to the account; add another one first.",
	}
)

// refused is ErrUpstreamRefused for a reason.
func (f UpstreamFault) refused() error { return ErrUpstreamRefused.Because(f) }
