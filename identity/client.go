package identity

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
)

// AuthMethod is how a client authenticates at the token endpoint (RFC 7591 §2).
type AuthMethod string

// The methods.
const (
	AuthNone              AuthMethod = "none"
	AuthClientSecretBasic AuthMethod = "client_secret_basic"
	AuthClientSecretPost  AuthMethod = "client_secret_post"
	AuthClientSecretJWT   AuthMethod = "client_secret_jwt" // OIDC Core §9
	AuthPrivateKeyJWT     AuthMethod = "private_key_jwt"
	AuthTLS               AuthMethod = "tls_client_auth"             // RFC 8705 §2.1
	AuthSelfSignedTLS     AuthMethod = "self_signed_tls_client_auth" // RFC 8705 §2.2
)

// GrantType is a value of grant_type (RFC 6749, RFC 7591 §2).
type GrantType string

// The grant types.
const (
	GrantAuthorizationCode GrantType = "authorization_code"
	GrantRefreshToken      GrantType = "refresh_token"
	GrantClientCredentials GrantType = "client_credentials"
	GrantDeviceCode        GrantType = "urn:ietf:params:oauth:grant-type:device_code"    // RFC 8628
	GrantTokenExchange     GrantType = "urn:ietf:params:oauth:grant-type:token-exchange" // RFC 8693
	GrantJWTBearer         GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"     // RFC 7523
	GrantCIBA              GrantType = "urn:openid:params:grant-type:ciba"               // CIBA Core §4
	GrantImplicit          GrantType = "implicit"                                        // of response types alone (OIDC Registration §2)
	GrantPassword          GrantType = "password"                                        // migration only
)

// grantTypes is the one list of them: what clients may be registered for.
var grantTypes = []GrantType{
	GrantAuthorizationCode, GrantRefreshToken, GrantClientCredentials, GrantDeviceCode, GrantTokenExchange, GrantJWTBearer,
	GrantCIBA, GrantImplicit, GrantPassword,
}

// mustBeGrantType is said of what is not on the list.
const mustBeGrantType = "Must be authorization_code, refresh_token, client_credentials, " +
	"urn:ietf:params:oauth:grant-type:device_code, urn:ietf:params:oauth:grant-type:token-exchange, " +
	"urn:ietf:params:oauth:grant-type:jwt-bearer, urn:openid:params:grant-type:ciba, implicit or password."

// Client is a registered relying party or service.
type Client struct {
	ID        uuid.UUID
	ClientID  string // the protocol's client_id
	Active    bool
	BuiltIn   bool // made by Authly itself (the playground); cannot be deleted
	Origin    ClientOrigin
	Secrets   []ClientSecret
	CreatedAt time.Time
	UpdatedAt time.Time
	ExpiresAt *time.Time // when its registration ends by itself, unless it is renewed; nil = never
	Version   int
	Metadata  ClientMetadata
	Policy    ClientPolicy

	RegistrationDigest []byte // keyed digest of the token by which it changes its registration (RFC 7592 §3), or nil
}

// ClientMetadata is what a client may say of itself, in the names of RFC 7591 and OIDC Registration: a registration request
// may be decoded into it.
type ClientMetadata struct {
	Name                    string            `json:"client_name,omitempty" yaml:"client_name,omitempty"`
	URI                     string            `json:"client_uri,omitempty" yaml:"client_uri,omitempty"`
	LogoURI                 string            `json:"logo_uri,omitempty" yaml:"logo_uri,omitempty"`
	PolicyURI               string            `json:"policy_uri,omitempty" yaml:"policy_uri,omitempty"`
	TermsURI                string            `json:"tos_uri,omitempty" yaml:"tos_uri,omitempty"`
	Localized               map[string]string `json:"localized,omitempty" yaml:"localized,omitempty"` // of the five, such as client_name#de
	Contacts                []string          `json:"contacts,omitempty" yaml:"contacts,omitempty"`
	ApplicationType         string            `json:"application_type,omitempty" yaml:"application_type,omitempty"` // web or native
	RedirectURIs            []string          `json:"redirect_uris,omitempty" yaml:"redirect_uris,omitempty"`
	PostLogoutRedirectURIs  []string          `json:"post_logout_redirect_uris,omitempty" yaml:"post_logout_redirect_uris,omitempty"`
	InitiateLoginURI        string            `json:"initiate_login_uri,omitempty" yaml:"initiate_login_uri,omitempty"` // OIDC Core §4
	GrantTypes              []GrantType       `json:"grant_types,omitempty" yaml:"grant_types,omitempty"`
	ResponseTypes           []string          `json:"response_types,omitempty" yaml:"response_types,omitempty"`
	TokenEndpointAuthMethod AuthMethod        `json:"token_endpoint_auth_method,omitempty" yaml:"token_endpoint_auth_method,omitempty"`
	TokenEndpointAuthAlg    string            `json:"token_endpoint_auth_signing_alg,omitempty" yaml:"token_endpoint_auth_signing_alg,omitempty"`
	Scope                   string            `json:"scope,omitempty" yaml:"scope,omitempty"`
	JWKS                    json.RawMessage   `json:"jwks,omitempty" yaml:"-"`
	JWKSURI                 string            `json:"jwks_uri,omitempty" yaml:"jwks_uri,omitempty"`
	IDTokenAlg              Algorithm         `json:"id_token_signed_response_alg,omitempty" yaml:"id_token_signed_response_alg,omitempty"`
	UserinfoAlg             Algorithm         `json:"userinfo_signed_response_alg,omitempty" yaml:"userinfo_signed_response_alg,omitempty"`
	IntrospectionAlg        Algorithm         `json:"introspection_signed_response_alg,omitempty" yaml:"introspection_signed_response_alg,omitempty"`
	AuthorizationAlg        Algorithm         `json:"authorization_signed_response_alg,omitempty" yaml:"authorization_signed_response_alg,omitempty"`
	AccessTokenAlg          Algorithm         `json:"access_token_signed_response_alg,omitempty" yaml:"access_token_signed_response_alg,omitempty"`
	SectorURI               string            `json:"sector_identifier_uri,omitempty" yaml:"sector_identifier_uri,omitempty"` // OIDC Core §8.1
	SubjectType             string            `json:"subject_type,omitempty" yaml:"subject_type,omitempty"`
	DefaultMaxAge           *int              `json:"default_max_age,omitempty" yaml:"default_max_age,omitempty"` // seconds
	DefaultACRValues        []string          `json:"default_acr_values,omitempty" yaml:"default_acr_values,omitempty"`
	RequireAuthTime         bool              `json:"require_auth_time,omitempty" yaml:"require_auth_time,omitempty"`
	BackchannelLogoutURI    string            `json:"backchannel_logout_uri,omitempty" yaml:"backchannel_logout_uri,omitempty"`
	BackchannelNeedsSession bool              `json:"backchannel_logout_session_required,omitempty" yaml:"backchannel_logout_session_required,omitempty"`
	FrontchannelLogoutURI   string            `json:"frontchannel_logout_uri,omitempty" yaml:"frontchannel_logout_uri,omitempty"`
	FrontchannelNeedsSID    bool              `json:"frontchannel_logout_session_required,omitempty" yaml:"frontchannel_logout_session_required,omitempty"`
	RequirePushedRequests   bool              `json:"require_pushed_authorization_requests,omitempty" yaml:"require_pushed_authorization_requests,omitempty"`
	DetailTypes             []string          `json:"authorization_details_types,omitempty" yaml:"authorization_details_types,omitempty"` // RFC 9396 §10
	RequestObjectAlg        string            `json:"request_object_signing_alg,omitempty" yaml:"request_object_signing_alg,omitempty"`
	RequestURIs             []string          `json:"request_uris,omitempty" yaml:"request_uris,omitempty"` // where its request objects are
	RequireSignedRequest    bool              `json:"require_signed_request_object,omitempty" yaml:"require_signed_request_object,omitempty"`
	BoundAccessTokens       bool              `json:"dpop_bound_access_tokens,omitempty" yaml:"dpop_bound_access_tokens,omitempty"`
	CertificateBoundTokens  bool              `json:"tls_client_certificate_bound_access_tokens,omitempty" yaml:"tls_client_certificate_bound_access_tokens,omitempty"`
	TLSSubject              string            `json:"tls_client_auth_subject_dn,omitempty" yaml:"tls_client_auth_subject_dn,omitempty"`
	TLSDNSName              string            `json:"tls_client_auth_san_dns,omitempty" yaml:"tls_client_auth_san_dns,omitempty"`
	TLSURI                  string            `json:"tls_client_auth_san_uri,omitempty" yaml:"tls_client_auth_san_uri,omitempty"`
	TLSIP                   string            `json:"tls_client_auth_san_ip,omitempty" yaml:"tls_client_auth_san_ip,omitempty"`
	TLSEmail                string            `json:"tls_client_auth_san_email,omitempty" yaml:"tls_client_auth_san_email,omitempty"`
	DeliveryMode            DeliveryMode      `json:"backchannel_token_delivery_mode,omitempty" yaml:"backchannel_token_delivery_mode,omitempty"` // CIBA Core §4
	NotificationURI         string            `json:"backchannel_client_notification_endpoint,omitempty" yaml:"backchannel_client_notification_endpoint,omitempty"`
	BackchannelRequestAlg   string            `json:"backchannel_authentication_request_signing_alg,omitempty" yaml:"backchannel_authentication_request_signing_alg,omitempty"`
	SoftwareID              string            `json:"software_id,omitempty" yaml:"software_id,omitempty"`
	SoftwareVersion         string            `json:"software_version,omitempty" yaml:"software_version,omitempty"`

	// How what is for the client is encrypted (OIDC Registration §2, JARM §3, RFC 9701 §6), and what it encrypts itself.
	IDTokenEncryptionAlg       string `json:"id_token_encrypted_response_alg,omitempty" yaml:"id_token_encrypted_response_alg,omitempty"`
	IDTokenEncryptionEnc       string `json:"id_token_encrypted_response_enc,omitempty" yaml:"id_token_encrypted_response_enc,omitempty"`
	UserinfoEncryptionAlg      string `json:"userinfo_encrypted_response_alg,omitempty" yaml:"userinfo_encrypted_response_alg,omitempty"`
	UserinfoEncryptionEnc      string `json:"userinfo_encrypted_response_enc,omitempty" yaml:"userinfo_encrypted_response_enc,omitempty"`
	IntrospectionEncryptionAlg string `json:"introspection_encrypted_response_alg,omitempty" yaml:"introspection_encrypted_response_alg,omitempty"`
	IntrospectionEncryptionEnc string `json:"introspection_encrypted_response_enc,omitempty" yaml:"introspection_encrypted_response_enc,omitempty"`
	AuthorizationEncryptionAlg string `json:"authorization_encrypted_response_alg,omitempty" yaml:"authorization_encrypted_response_alg,omitempty"`
	AuthorizationEncryptionEnc string `json:"authorization_encrypted_response_enc,omitempty" yaml:"authorization_encrypted_response_enc,omitempty"`
	RequestEncryptionAlg       string `json:"request_object_encryption_alg,omitempty" yaml:"request_object_encryption_alg,omitempty"`
	RequestEncryptionEnc       string `json:"request_object_encryption_enc,omitempty" yaml:"request_object_encryption_enc,omitempty"`
}

// ClientPolicy is what the operator says of a client. It is never a part of a registration request, so that no client can
// give itself a right.
type ClientPolicy struct {
	Profile              ClientProfile `json:"profile,omitempty" yaml:"profile,omitempty"`                             // rules that the registration has to hold; empty = those for all
	RequirePKCE          bool          `json:"require_pkce" yaml:"require_pkce"`                                       // S256; default true
	RefreshTokenRotation bool          `json:"refresh_token_rotation" yaml:"refresh_token_rotation"`                   // default true
	SkipConsent          bool          `json:"skip_consent,omitempty" yaml:"skip_consent,omitempty"`                   // first-party client
	ServiceAdmin         bool          `json:"service_admin,omitempty" yaml:"service_admin,omitempty"`                 // may hold admin:* by client_credentials
	AccessTokenFormat    TokenFormat   `json:"access_token_format,omitempty" yaml:"access_token_format,omitempty"`     // jwt or opaque; empty = jwt
	AccessTokenTTL       int           `json:"access_token_ttl,omitempty" yaml:"access_token_ttl,omitempty"`           // seconds; 0 = the server's
	IDTokenTTL           int           `json:"id_token_ttl,omitempty" yaml:"id_token_ttl,omitempty"`                   // seconds; 0 = the server's
	RefreshTokenTTL      int           `json:"refresh_token_ttl,omitempty" yaml:"refresh_token_ttl,omitempty"`         // seconds; 0 = the server's
	AssertionAudience    string        `json:"assertion_audience,omitempty" yaml:"assertion_audience,omitempty"`       // "issuer" = only the issuer
	AssertionIssuer      string        `json:"assertion_issuer,omitempty" yaml:"assertion_issuer,omitempty"`           // trusted issuer whose assertions prove the client; empty = its own
	AssertionSubject     string        `json:"assertion_subject,omitempty" yaml:"assertion_subject,omitempty"`         // that they name: of the workload that the client is
	AssertionIssuers     []string      `json:"assertion_issuers,omitempty" yaml:"assertion_issuers,omitempty"`         // trusted issuers whose assertions about users it may bring
	RequireACR           string        `json:"require_acr,omitempty" yaml:"require_acr,omitempty"`                     // class that every sign-in for it must be of, or a higher one
	Audiences            []string      `json:"audiences,omitempty" yaml:"audiences,omitempty"`                         // resource URIs that the client serves: it may introspect their tokens
	ExchangeResources    []string      `json:"exchange_resources,omitempty" yaml:"exchange_resources,omitempty"`       // resource URIs that it may exchange tokens for
	ExchangeImpersonates bool          `json:"exchange_impersonates,omitempty" yaml:"exchange_impersonates,omitempty"` // such tokens do not name it as who acts
	RefuseDPoP           bool          `json:"refuse_dpop,omitempty" yaml:"refuse_dpop,omitempty"`                     // its tokens are never bound to a key: proofs are refused
	IDTokenClaims        bool          `json:"id_token_claims,omitempty" yaml:"id_token_claims,omitempty"`             // the claims of granted scopes are in the ID token too
	DefaultResource      string        `json:"default_resource,omitempty" yaml:"default_resource,omitempty"`           // resource URI of tokens when none is asked for
	Description          string        `json:"description,omitempty" yaml:"description,omitempty"`                     // for administrators
	GroupsClaim          string        `json:"groups_claim,omitempty" yaml:"groups_claim,omitempty"`                   // its name; empty = groups
	GroupsPrefix         string        `json:"groups_prefix,omitempty" yaml:"groups_prefix,omitempty"`                 // before each of its values
	RolesClaim           string        `json:"roles_claim,omitempty" yaml:"roles_claim,omitempty"`                     // its name; empty = roles
	RolesPrefix          string        `json:"roles_prefix,omitempty" yaml:"roles_prefix,omitempty"`                   // before each of its values
	OwnRolesOnly         bool          `json:"own_roles_only,omitempty" yaml:"own_roles_only,omitempty"`               // roles of the client alone, not those of the server
}

// IDTokenAlgorithm is what the client's ID and logout tokens are signed with (OIDC Registration §2).
func (c Client) IDTokenAlgorithm() Algorithm {
	if c.Metadata.IDTokenAlg == "" {
		return RS256
	}
	return c.Metadata.IDTokenAlg
}

// IntrospectionAlgorithm returns what the JWT about a token is signed with that the client asks for (RFC 9701 §6).
func (c Client) IntrospectionAlgorithm() Algorithm { return cmp.Or(c.Metadata.IntrospectionAlg, RS256) }

// AuthorizationAlgorithm returns what authorization responses are signed with that the client asks for as JWTs (JARM §3).
func (c Client) AuthorizationAlgorithm() Algorithm { return cmp.Or(c.Metadata.AuthorizationAlg, RS256) }

// ActiveAt reports whether the client may be used at a time: nobody has switched it off, and its registration has not expired.
func (c Client) ActiveAt(t time.Time) bool {
	return c.Active && (c.ExpiresAt == nil || t.Before(*c.ExpiresAt))
}

// Public reports whether the client has no credentials (RFC 6749 §2.1).
func (c Client) Public() bool { return c.Metadata.TokenEndpointAuthMethod == AuthNone }

// ClientUse is how many use a client.
type ClientUse struct {
	Grants   int // that have not ended
	Consents int
	Sessions int // active ones in which it has such a grant
}

// Allows reports whether the client may use a grant type.
func (c Client) Allows(g GrantType) bool { return slices.Contains(c.Metadata.GrantTypes, g) }

// DisplayName returns what people know the client by.
func (c Client) DisplayName() string { return cmp.Or(c.Metadata.Name, c.ClientID) }

// Scopes returns the scopes that the client may ask for.
func (c Client) Scopes() []string {
	names, err := ParseScope(c.Metadata.Scope)
	if err != nil {
		return nil
	}
	return names
}

// Administers reports whether the client is one of administration: a service administrator, or an application that may ask
// administrators for scopes of administration. Whoever holds its credentials or its redirect URIs holds these.
func (c Client) Administers() bool {
	return c.Policy.ServiceAdmin || slices.ContainsFunc(c.Scopes(), IsAdminScope)
}

// holds reports whether a token is the client's to look into: one that was issued to it, that names it as audience, or that is
// for a resource which it serves.
func (c Client) holds(issuedTo string, audience Audience) bool {
	return issuedTo == c.ClientID || slices.ContainsFunc(audience, func(name string) bool {
		return name == c.ClientID || slices.Contains(c.Policy.Audiences, name)
	})
}
