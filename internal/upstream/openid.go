package upstream

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/authly/authly/identity"
)

// maxIDToken is the longest ID token that is looked at, in bytes.
const maxIDToken = 64 << 10

// metadata is what is read of a provider's document besides what the library knows (OpenID Connect Discovery 1.0 §3).
type metadata struct {
	Issuer      string   `json:"issuer"`
	AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
	Announces   bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207 §3
}

// discover reads the document of an OpenID provider.
func (u *Upstream) discover(ctx context.Context, p identity.UpstreamProvider, c connection) (connection, error) {
	ctx = oidc.ClientContext(ctx, c.client)
	asked := ctx
	if p.SharesTenants() { // the issuer in the document is a template: that of tokens is checked with the tenant
		asked = oidc.InsecureIssuerURLContext(ctx, p.Issuer)
	}
	provider, err := oidc.NewProvider(asked, p.Issuer)
	var m metadata
	if err == nil {
		err = provider.Claims(&m)
	}
	if err != nil {
		return c, unreachable("no document at its issuer, or one of another issuer")
	}
	if p.SharesTenants() && !strings.Contains(m.Issuer, tenantTemplate) {
		return c, unreachable("its document is of one tenant")
	}
	c.provider, c.issuer, c.announces = provider, m.Issuer, m.Announces && !p.SharesTenants()
	c.endpoint, c.userInfo = provider.Endpoint(), provider.UserInfoEndpoint()
	c.endpoint.AuthStyle = oauth2.AuthStyleInHeader // Discovery §3: without a word, client_secret_basic
	if len(m.AuthMethods) > 0 && !slices.Contains(m.AuthMethods, "client_secret_basic") || p.Secret == "" {
		c.endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	if !webAddress(c.endpoint.AuthURL) || !webAddress(c.endpoint.TokenURL) {
		return c, unreachable("its document names no endpoints")
	}
	c.verifier = provider.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID, SkipIssuerCheck: p.SharesTenants(), Now: u.now})
	return c, nil
}

func webAddress(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

// tenantTemplate is what stands for the tenant in the issuer of a document of Entra that is for many.
const tenantTemplate = "{tenantid}"

// claims are those of ID token and UserInfo that count here.
type claims struct {
	Subject       string `json:"sub"`
	Email         string `json:"email"`
	EmailVerified any    `json:"email_verified"` // counts when it is true, and not a text that says so
	HostedDomain  string `json:"hd"`             // of Google: whose account it is
	DomainOwned   any    `json:"xms_edov"`       // of Entra: the tenant has shown that the domain is its own
	Tenant        string `json:"tid"`
	Username      string `json:"preferred_username"`
	GivenName     string `json:"given_name"`
	FamilyName    string `json:"family_name"`
	ACR           string `json:"acr"`
	AMR           any    `json:"amr"`
	AuthTime      *int64 `json:"auth_time"`
	Party         string `json:"azp"`
}

// identify verifies an ID token (OIDC Core §3.1.3.7), and asks for an address that it does not have.
func (c connection) identify(
	ctx context.Context, p identity.UpstreamProvider, r identity.UpstreamRequest, token *oauth2.Token,
) (identity.UpstreamIdentity, error) {
	raw, _ := token.Extra("id_token").(string)
	verified, told, err := c.verify(ctx, p, r, raw, token.AccessToken)
	if err != nil {
		return identity.UpstreamIdentity{}, err
	}
	if told.Email == "" && c.userInfo != "" {
		info, err := c.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		var more claims
		if err == nil {
			err = info.Claims(&more)
		}
		switch {
		case err != nil && unanswered(err):
			return identity.UpstreamIdentity{}, unreachable("no answer from UserInfo")
		case err == nil && more.Subject != told.Subject: // OIDC Core §5.3.2
			return refused(identity.FaultSubject)
		case err == nil:
			told.Email, told.EmailVerified, told.DomainOwned = more.Email, more.EmailVerified, nil
		}
	}
	return told.identity(p.Kind, verified.Issuer), nil
}

// keysAway is what the library says, in no other way, when it could not read the keys.
const keysAway = "fetching keys"

// verify returns what a good ID token says.
func (c connection) verify(
	ctx context.Context, p identity.UpstreamProvider, r identity.UpstreamRequest, raw, accessToken string,
) (*oidc.IDToken, claims, error) {
	refuse := func(f identity.UpstreamFault) (*oidc.IDToken, claims, error) {
		return nil, claims{}, identity.ErrUpstreamRefused.Because(f)
	}
	if raw == "" || len(raw) > maxIDToken {
		return refuse(identity.FaultIDToken)
	}
	token, err := c.verifier.Verify(ctx, raw)
	var (
		told    claims
		expired *oidc.TokenExpiredError
	)
	switch {
	case errors.As(err, &expired):
		return refuse(identity.FaultExpired)
	case err != nil && (ctx.Err() != nil || strings.Contains(err.Error(), keysAway)):
		return nil, claims{}, unreachable("no answer from its keys")
	case err != nil, token.Claims(&told) != nil:
		return refuse(identity.FaultIDToken)
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(r.Nonce)) != 1:
		return refuse(identity.FaultNonce)
	case told.Party != "" && told.Party != p.ClientID, told.Party == "" && len(token.Audience) > 1:
		return refuse(identity.FaultParty)
	case token.AccessTokenHash != "" && token.VerifyAccessToken(accessToken) != nil:
		return refuse(identity.FaultAccessToken)
	case p.SharesTenants() && !(c.ofTenant(token.Issuer, told.Tenant) && slices.Contains(p.Config.Tenants, told.Tenant)):
		return refuse(identity.FaultTenant)
	}
	return token, told, nil
}

// ofTenant reports whether an issuer is that of a tenant.
func (c connection) ofTenant(issuer, tenant string) bool {
	return tenant != "" && issuer == strings.ReplaceAll(c.issuer, tenantTemplate, tenant)
}

// identity returns who the claims are about.
func (c claims) identity(kind identity.ProviderKind, issuer string) identity.UpstreamIdentity {
	who := identity.UpstreamIdentity{
		Issuer: issuer, Subject: c.Subject, Email: c.Email, EmailVerified: c.verified(kind), Username: c.Username, GivenName: c.GivenName,
		FamilyName: c.FamilyName, ACR: c.ACR, AMR: texts(c.AMR),
	}
	if c.AuthTime != nil && *c.AuthTime > 0 {
		who.AuthTime = new(time.Unix(*c.AuthTime, 0).UTC())
	}
	return who
}

// verified reports whether the provider says that the address is of who has signed in. That of Entra may be any text that an
// administrator of some tenant has typed, unless the tenant owns the domain (nOAuth); at Google an address of a foreign domain may
// have changed hands, unless the account belongs to that domain.
func (c claims) verified(kind identity.ProviderKind) bool {
	switch kind {
	case identity.ProviderGoogle:
		return c.EmailVerified == true && (strings.HasSuffix(strings.ToLower(c.Email), "@gmail.com") || c.HostedDomain != "")
	case identity.ProviderEntra:
		return c.DomainOwned == true || c.DomainOwned == float64(1)
	case identity.ProviderOIDC:
		return c.EmailVerified == true
	case identity.ProviderGitHub, identity.ProviderOAuth2:
	}
	return false
}

// texts returns the texts of a list; some providers send one alone.
func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, one := range v {
			if text, ok := one.(string); ok {
				list = append(list, text)
			}
		}
		return list
	}
	return nil
}

// decode reads a document with numbers as they are written: an id of 64 bits does not fit a float.
func decode(body []byte, into any) error {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	return d.Decode(into)
}
