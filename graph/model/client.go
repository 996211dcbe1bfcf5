package model

import "github.com/authly/authly/identity"

// Client is the type Client.
type Client struct{ identity.Client }

// NewClient shows a client.
func NewClient(c identity.Client) *Client { return &Client{c} }

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

// Description is the field description.
func (c *Client) Description() *string { return optional(&c.Policy.Description) }

// URI is the field uri.
func (c *Client) URI() *string { return optional(&c.Metadata.URI) }

// LogoURI is the field logoUri.
func (c *Client) LogoURI() *string { return optional(&c.Metadata.LogoURI) }

// ApplicationType is the field applicationType.
func (c *Client) ApplicationType() string { return c.Metadata.ApplicationType }

// RedirectUris is the field redirectUris.
func (c *Client) RedirectUris() []string { return present(c.Metadata.RedirectURIs) }

// PostLogoutRedirectUris is the field postLogoutRedirectUris.
func (c *Client) PostLogoutRedirectUris() []string { return present(c.Metadata.PostLogoutRedirectURIs) }

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

// Scopes is the field scopes.
func (c *Client) Scopes() []string { return present(c.Client.Scopes()) }

// RequirePkce is the field requirePkce.
func (c *Client) RequirePkce() bool { return c.Policy.RequirePKCE }

// SkipConsent is the field skipConsent.
func (c *Client) SkipConsent() bool { return c.Policy.SkipConsent }

// ServiceAdmin is the field serviceAdmin.
func (c *Client) ServiceAdmin() bool { return c.Policy.ServiceAdmin }

// IDTokenClaims is the field idTokenClaims.
func (c *Client) IDTokenClaims() bool { return c.Policy.IDTokenClaims }

// DefaultResource is the field defaultResource.
func (c *Client) DefaultResource() *string { return optional(&c.Policy.DefaultResource) }

// Secrets is the field secrets.
func (c *Client) Secrets() []*ClientSecret {
	secrets := make([]*ClientSecret, len(c.Client.Secrets))
	for i, s := range c.Client.Secrets {
		secrets[i] = &ClientSecret{CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt}
	}
	return secrets
}
