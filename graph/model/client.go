package model

import (
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Client is the type Client.
type Client struct {
	identity.Client
	Batch *Batch[uuid.UUID] // ids of the clients that came together with this one
}

// NewClient shows a client.
func NewClient(c identity.Client) *Client { return NewClients([]identity.Client{c})[0] }

// NewClients shows clients that came together.
func NewClients(list []identity.Client) []*Client {
	ids := make([]uuid.UUID, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	batch := NewBatch(ids)
	out := make([]*Client, len(list))
	for i, c := range list {
		out[i] = &Client{Client: c, Batch: batch}
	}
	return out
}

// IsNode marks the type as a Node.
func (*Client) IsNode() {}

// ID is the field id.
func (c *Client) ID() string { return KindClient.ID(c.Client.ID) }

// Name is the field name: the registered name, else the client_id.
func (c *Client) Name() string {
	if c.Metadata.Name == "" {
		return c.ClientID
	}
	return c.Metadata.Name
}

// clientOrigins are the origins of clients as the schema has them.
var clientOrigins = map[identity.ClientOrigin]ClientOrigin{
	identity.OriginOperator: ClientOriginOperator, identity.OriginToken: ClientOriginInitialAccessToken,
	identity.OriginOpen: ClientOriginOpenRegistration, identity.OriginDocument: ClientOriginMetadataDocument,
	identity.OriginStatement: ClientOriginSoftwareStatement, identity.OriginEntity: ClientOriginFederationEntity,
}

// Origin is the field origin.
func (c *Client) Origin() ClientOrigin { return clientOrigins[c.Client.Origin] }

// DomainOrigin returns what an origin is in the domain; nil for none.
func DomainOrigin(o *ClientOrigin) *identity.ClientOrigin {
	for domain, shown := range clientOrigins {
		if o != nil && shown == *o {
			return &domain
		}
	}
	return nil
}

// Description is the field description.
func (c *Client) Description() *string { return optional(&c.Policy.Description) }

// URI is the field uri.
func (c *Client) URI() *string { return optional(&c.Metadata.URI) }

// LogoURI is the field logoUri.
func (c *Client) LogoURI() *string { return optional(&c.Metadata.LogoURI) }

// PolicyURI is the field policyUri.
func (c *Client) PolicyURI() *string { return optional(&c.Metadata.PolicyURI) }

// TosURI is the field tosUri.
func (c *Client) TosURI() *string { return optional(&c.Metadata.TermsURI) }

// Contacts is the field contacts.
func (c *Client) Contacts() []string { return present(c.Metadata.Contacts) }

// ApplicationType is the field applicationType.
func (c *Client) ApplicationType() string { return c.Metadata.ApplicationType }

// RedirectUris is the field redirectUris.
func (c *Client) RedirectUris() []string { return present(c.Metadata.RedirectURIs) }

// PostLogoutRedirectUris is the field postLogoutRedirectUris.
func (c *Client) PostLogoutRedirectUris() []string { return present(c.Metadata.PostLogoutRedirectURIs) }

// InitiateLoginURI is the field initiateLoginUri.
func (c *Client) InitiateLoginURI() *string { return optional(&c.Metadata.InitiateLoginURI) }

// GrantTypes is the field grantTypes.
func (c *Client) GrantTypes() []string {
	types := make([]string, len(c.Metadata.GrantTypes))
	for i, t := range c.Metadata.GrantTypes {
		types[i] = string(t)
	}
	return types
}

// ResponseTypes is the field responseTypes.
func (c *Client) ResponseTypes() []string { return present(c.Metadata.ResponseTypes) }

// TokenEndpointAuthMethod is the field tokenEndpointAuthMethod.
func (c *Client) TokenEndpointAuthMethod() string { return string(c.Metadata.TokenEndpointAuthMethod) }

// TokenEndpointAuthSigningAlg is the field tokenEndpointAuthSigningAlg.
func (c *Client) TokenEndpointAuthSigningAlg() *string {
	return optional(&c.Metadata.TokenEndpointAuthAlg)
}

// Localized is the field localized.
func (c *Client) Localized() any {
	if len(c.Metadata.Localized) == 0 {
		return nil
	}
	return c.Metadata.Localized
}

// Jwks is the field jwks.
func (c *Client) Jwks() any {
	if keys := c.Metadata.PublicKeys(); keys != nil {
		return keys
	}
	return nil
}

// JwksURI is the field jwksUri.
func (c *Client) JwksURI() *string { return optional(&c.Metadata.JWKSURI) }

// IDTokenSignedResponseAlg is the field idTokenSignedResponseAlg.
func (c *Client) IDTokenSignedResponseAlg() string { return string(c.IDTokenAlgorithm()) }

// UserinfoSignedResponseAlg is the field userinfoSignedResponseAlg.
func (c *Client) UserinfoSignedResponseAlg() *string {
	return optional((*string)(&c.Metadata.UserinfoAlg))
}

// IntrospectionSignedResponseAlg is the field introspectionSignedResponseAlg.
func (c *Client) IntrospectionSignedResponseAlg() string { return string(c.IntrospectionAlgorithm()) }

// AuthorizationSignedResponseAlg is the field authorizationSignedResponseAlg.
func (c *Client) AuthorizationSignedResponseAlg() string { return string(c.AuthorizationAlgorithm()) }

// AccessTokenSignedResponseAlg is the field accessTokenSignedResponseAlg.
func (c *Client) AccessTokenSignedResponseAlg() string { return string(c.Metadata.AccessTokenAlg) }

// SectorIdentifierURI is the field sectorIdentifierUri.
func (c *Client) SectorIdentifierURI() *string { return optional(&c.Metadata.SectorURI) }

// SubjectType is the field subjectType.
func (c *Client) SubjectType() string { return c.Metadata.SubjectType }

// DefaultMaxAge is the field defaultMaxAge.
func (c *Client) DefaultMaxAge() *int { return c.Metadata.DefaultMaxAge }

// DefaultAcrValues is the field defaultAcrValues.
func (c *Client) DefaultAcrValues() []string { return present(c.Metadata.DefaultACRValues) }

// RequireAuthTime is the field requireAuthTime.
func (c *Client) RequireAuthTime() bool { return c.Metadata.RequireAuthTime }

// DpopBoundAccessTokens is the field dpopBoundAccessTokens.
func (c *Client) DpopBoundAccessTokens() bool { return c.Metadata.BoundAccessTokens }

// TLSClientCertificateBoundAccessTokens is the field tlsClientCertificateBoundAccessTokens.
func (c *Client) TLSClientCertificateBoundAccessTokens() bool {
	return c.Metadata.CertificateBoundTokens
}

// TLSClientAuthSubjectDn is the field tlsClientAuthSubjectDn.
func (c *Client) TLSClientAuthSubjectDn() *string { return optional(&c.Metadata.TLSSubject) }

// TLSClientAuthSanDNS is the field tlsClientAuthSanDns.
func (c *Client) TLSClientAuthSanDNS() *string { return optional(&c.Metadata.TLSDNSName) }

// TLSClientAuthSanURI is the field tlsClientAuthSanUri.
func (c *Client) TLSClientAuthSanURI() *string { return optional(&c.Metadata.TLSURI) }

// TLSClientAuthSanIP is the field tlsClientAuthSanIp.
func (c *Client) TLSClientAuthSanIP() *string { return optional(&c.Metadata.TLSIP) }

// TLSClientAuthSanEmail is the field tlsClientAuthSanEmail.
func (c *Client) TLSClientAuthSanEmail() *string { return optional(&c.Metadata.TLSEmail) }

// RequirePushedAuthorizationRequests is the field requirePushedAuthorizationRequests.
func (c *Client) RequirePushedAuthorizationRequests() bool { return c.Metadata.RequirePushedRequests }

// AuthorizationDetailsTypes is the field authorizationDetailsTypes.
func (c *Client) AuthorizationDetailsTypes() []string { return present(c.Metadata.DetailTypes) }

// RequestObjectSigningAlg is the field requestObjectSigningAlg.
func (c *Client) RequestObjectSigningAlg() *string { return optional(&c.Metadata.RequestObjectAlg) }

// RequestUris is the field requestUris.
func (c *Client) RequestUris() []string { return present(c.Metadata.RequestURIs) }

// RequireSignedRequestObject is the field requireSignedRequestObject.
func (c *Client) RequireSignedRequestObject() bool { return c.Metadata.RequireSignedRequest }

// BackchannelLogoutURI is the field backchannelLogoutUri.
func (c *Client) BackchannelLogoutURI() *string { return optional(&c.Metadata.BackchannelLogoutURI) }

// BackchannelLogoutSessionRequired is the field backchannelLogoutSessionRequired.
func (c *Client) BackchannelLogoutSessionRequired() bool { return c.Metadata.BackchannelNeedsSession }

// FrontchannelLogoutURI is the field frontchannelLogoutUri.
func (c *Client) FrontchannelLogoutURI() *string { return optional(&c.Metadata.FrontchannelLogoutURI) }

// FrontchannelLogoutSessionRequired is the field frontchannelLogoutSessionRequired.
func (c *Client) FrontchannelLogoutSessionRequired() bool { return c.Metadata.FrontchannelNeedsSID }

// BackchannelTokenDeliveryMode is the field backchannelTokenDeliveryMode.
func (c *Client) BackchannelTokenDeliveryMode() *string {
	return optional((*string)(&c.Metadata.DeliveryMode))
}

// BackchannelClientNotificationEndpoint is the field backchannelClientNotificationEndpoint.
func (c *Client) BackchannelClientNotificationEndpoint() *string {
	return optional(&c.Metadata.NotificationURI)
}

// BackchannelAuthenticationRequestSigningAlg is the field backchannelAuthenticationRequestSigningAlg.
func (c *Client) BackchannelAuthenticationRequestSigningAlg() *string {
	return optional(&c.Metadata.BackchannelRequestAlg)
}

// SoftwareID is the field softwareId.
func (c *Client) SoftwareID() *string { return optional(&c.Metadata.SoftwareID) }

// SoftwareVersion is the field softwareVersion.
func (c *Client) SoftwareVersion() *string { return optional(&c.Metadata.SoftwareVersion) }

// Scopes is the field scopes.
func (c *Client) Scopes() []string { return present(c.Client.Scopes()) }

// RequirePkce is the field requirePkce.
func (c *Client) RequirePkce() bool { return c.Policy.RequirePKCE }

// RefreshTokenRotation is the field refreshTokenRotation.
func (c *Client) RefreshTokenRotation() bool { return c.Policy.RefreshTokenRotation }

// AccessTokenFormat is the field accessTokenFormat.
func (c *Client) AccessTokenFormat() *string {
	return optional(new(string(c.Policy.AccessTokenFormat)))
}

// AccessTokenTTL is the field accessTokenTtl.
func (c *Client) AccessTokenTTL() *int { return ownLifetime(c.Policy.AccessTokenTTL) }

// IDTokenTTL is the field idTokenTtl.
func (c *Client) IDTokenTTL() *int { return ownLifetime(c.Policy.IDTokenTTL) }

// RefreshTokenTTL is the field refreshTokenTtl.
func (c *Client) RefreshTokenTTL() *int { return ownLifetime(c.Policy.RefreshTokenTTL) }

// ownLifetime is null where that of the server counts.
func ownLifetime(seconds int) *int {
	if seconds == 0 {
		return nil
	}
	return &seconds
}

// RequireAcr is the field requireAcr.
func (c *Client) RequireAcr() *string { return optional(&c.Policy.RequireACR) }

// AssertionAudience is the field assertionAudience.
func (c *Client) AssertionAudience() *string { return optional(&c.Policy.AssertionAudience) }

// AssertionIssuer is the field assertionIssuer.
func (c *Client) AssertionIssuer() *string { return optional(&c.Policy.AssertionIssuer) }

// AssertionSubject is the field assertionSubject.
func (c *Client) AssertionSubject() *string { return optional(&c.Policy.AssertionSubject) }

// AssertionIssuers is the field assertionIssuers.
func (c *Client) AssertionIssuers() []string { return present(c.Policy.AssertionIssuers) }

// ExchangeResources is the field exchangeResources.
func (c *Client) ExchangeResources() []string { return present(c.Policy.ExchangeResources) }

// ExchangeImpersonates is the field exchangeImpersonates.
func (c *Client) ExchangeImpersonates() bool { return c.Policy.ExchangeImpersonates }

// Audiences is the field audiences.
func (c *Client) Audiences() []string { return present(c.Policy.Audiences) }

// SkipConsent is the field skipConsent.
func (c *Client) SkipConsent() bool { return c.Policy.SkipConsent }

// ServiceAdmin is the field serviceAdmin.
func (c *Client) ServiceAdmin() bool { return c.Policy.ServiceAdmin }

// IDTokenClaims is the field idTokenClaims.
func (c *Client) IDTokenClaims() bool { return c.Policy.IDTokenClaims }

// DefaultResource is the field defaultResource.
func (c *Client) DefaultResource() *string { return optional(&c.Policy.DefaultResource) }

// GroupsClaim is the field groupsClaim.
func (c *Client) GroupsClaim() *string { return optional(&c.Policy.GroupsClaim) }

// GroupsPrefix is the field groupsPrefix.
func (c *Client) GroupsPrefix() *string { return optional(&c.Policy.GroupsPrefix) }

// RolesClaim is the field rolesClaim.
func (c *Client) RolesClaim() *string { return optional(&c.Policy.RolesClaim) }

// RolesPrefix is the field rolesPrefix.
func (c *Client) RolesPrefix() *string { return optional(&c.Policy.RolesPrefix) }

// RefuseDpop is the field refuseDpop.
func (c *Client) RefuseDpop() bool { return c.Policy.RefuseDPoP }

// OwnRolesOnly is the field ownRolesOnly.
func (c *Client) OwnRolesOnly() bool { return c.Policy.OwnRolesOnly }

// Secrets is the field secrets.
func (c *Client) Secrets() []*ClientSecret {
	secrets := make([]*ClientSecret, len(c.Client.Secrets))
	for i, s := range c.Client.Secrets {
		secrets[i] = &ClientSecret{ID: KindSecret.ID(s.ID), CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt}
	}
	return secrets
}

// clientFieldNames are the fields of a client that have another name in the schema than in RFC 7591.
var clientFieldNames = map[string]string{"client_name": "name", "client_uri": "uri", "scope": "scopes"}

// ClientFieldName returns the name in the schema of a field of a client's metadata or policy.
func ClientFieldName(name string) string {
	if other, found := clientFieldNames[name]; found {
		return other
	}
	return CamelCase(name)
}

// Profile is the field profile.
func (c *Client) Profile() *string { return optional(new(string(c.Policy.Profile))) }

// Advice is the field advice. A profile that there is not is an identity.Error.
func (c *Client) Advice(profile *string) ([]*ClientAdvice, error) {
	broken := c.Client.Advice()
	if profile != nil {
		wanted := identity.ClientProfile(*profile)
		if err := identity.CheckProfile(wanted); err != nil {
			return nil, err
		}
		broken = c.Client.Against(wanted)
	}
	out := make([]*ClientAdvice, len(broken))
	for i, a := range broken {
		out[i] = &ClientAdvice{
			Rule: a.ID, Standard: string(a.Standard), Clause: a.Clause, Field: ClientFieldName(a.Field), Problem: a.Problem, Repair: a.Repair,
		}
	}
	return out, nil
}
