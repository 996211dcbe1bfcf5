package identity

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// ProviderKind says how somebody is identified at a provider.
type ProviderKind string

// The kinds.
const (
	ProviderOIDC   ProviderKind = "oidc"   // any OpenID provider (OpenID Connect Core 1.0)
	ProviderGoogle ProviderKind = "google" // OpenID Connect; who an address belongs to is told by the claim hd
	ProviderEntra  ProviderKind = "entra"  // OpenID Connect; who an address belongs to is told by the claim xms_edov
	ProviderGitHub ProviderKind = "github" // OAuth 2.0 and the API of GitHub
	ProviderOAuth2 ProviderKind = "oauth2" // OAuth 2.0 and a document about the user
)

var providerKinds = []ProviderKind{ProviderOIDC, ProviderGoogle, ProviderEntra, ProviderGitHub, ProviderOAuth2}

// tellsTime reports whether providers of the kind can say when somebody has signed in there (OIDC Core §2, auth_time).
func (k ProviderKind) tellsTime() bool { return k != ProviderGitHub && k != ProviderOAuth2 }

// LinkPolicy says how somebody who is not known yet gets connected with an account that is there.
type LinkPolicy string

// The policies.
const (
	LinkConfirm       LinkPolicy = "confirm"        // they sign in to the account and say so
	LinkVerifiedEmail LinkPolicy = "verified_email" // or at once, where the address is verified on both sides and the provider is believed
)

// IdentityProvider is where people can sign in instead of here.
type IdentityProvider struct {
	ID        uuid.UUID
	Slug      string // in the address of its pages; cannot be changed, because the provider has it registered
	Kind      ProviderKind
	Name      string // that people see
	Enabled   bool
	Position  int    // on the sign-in page; the lowest first
	Issuer    string // identifier of the provider (OIDC Discovery §3); of GitHub and generic OAuth 2.0 its address
	ClientID  string // of this server at the provider
	Sealed    []byte // client secret there, under the root key
	Config    ProviderConfig
	CreatedAt time.Time
	UpdatedAt time.Time
	Version   int
}

// ProviderConfig is what an operator says of a provider besides.
type ProviderConfig struct {
	Scopes       []string       `json:"scopes,omitempty" yaml:"scopes,omitempty"` // that are asked for; none: those of the kind
	LinkPolicy   LinkPolicy     `json:"link_policy" yaml:"link_policy,omitempty"`
	TrustEmail   bool           `json:"trust_email,omitempty" yaml:"trust_email,omitempty"`     // it is believed when it says that an address is verified
	EmailDomains []string       `json:"email_domains,omitempty" yaml:"email_domains,omitempty"` // for which it is believed; none: all, but for LinkVerifiedEmail
	Register     bool           `json:"register,omitempty" yaml:"register,omitempty"`           // whoever is not known gets an account, if the address is believed
	Levels       map[string]int `json:"levels,omitempty" yaml:"levels,omitempty"`               // level of assurance of each value of acr and amr; others: one
	Tenants      []string       `json:"tenants,omitempty" yaml:"tenants,omitempty"`             // entra: whose people may come, by their ids

	// Of generic OAuth 2.0.
	AuthorizationEndpoint string `json:"authorization_endpoint,omitempty" yaml:"authorization_endpoint,omitempty"`
	TokenEndpoint         string `json:"token_endpoint,omitempty" yaml:"token_endpoint,omitempty"`
	UserInfoEndpoint      string `json:"userinfo_endpoint,omitempty" yaml:"userinfo_endpoint,omitempty"`
	SubjectClaim          string `json:"subject_claim,omitempty" yaml:"subject_claim,omitempty"` // of the document about the user; text or integer
}

// Bounds of providers.
const (
	MaxProviders       = 50
	maxProviderList    = 100
	MaxProviderSecret  = 4096
	maxUpstreamSubject = 255 // OIDC Core §2, sub
)

var (
	slugPattern     = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$`)
	domainPattern   = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	providerIssuers = map[ProviderKind]string{ProviderGoogle: "https://accounts.google.com", ProviderGitHub: "https://github.com"}
	sharedTenants   = []string{"common", "organizations", "consumers"}
)

// WithDefaults returns the provider with what goes without saying.
func (p IdentityProvider) WithDefaults() IdentityProvider {
	if p.Issuer == "" {
		p.Issuer = providerIssuers[p.Kind]
	}
	if p.Config.LinkPolicy == "" {
		p.Config.LinkPolicy = LinkConfirm
	}
	p.Config.EmailDomains = slices.Clone(p.Config.EmailDomains)
	for i, d := range p.Config.EmailDomains {
		p.Config.EmailDomains[i] = strings.ToLower(d)
	}
	for _, list := range []*[]string{&p.Config.Scopes, &p.Config.EmailDomains, &p.Config.Tenants} {
		if len(*list) == 0 {
			*list = nil // as it is read again
		}
	}
	if len(p.Config.Levels) == 0 {
		p.Config.Levels = nil
	}
	return p
}

// SharesTenants reports whether the issuer stands for many tenants of Entra, whose tokens each have an issuer of their own.
func (p IdentityProvider) SharesTenants() bool {
	if p.Kind != ProviderEntra {
		return false
	}
	u, err := url.Parse(p.Issuer)
	return err == nil && slices.Contains(sharedTenants, strings.Split(strings.Trim(u.Path, "/"), "/")[0])
}

// Check names all that is wrong with a provider.
func (p IdentityProvider) Check() error {
	var faults Faults
	if !slugPattern.MatchString(p.Slug) {
		faults.Add(InvalidField("slug", "Must be 1 to 32 lower-case letters, digits or hyphens within."))
	}
	if !slices.Contains(providerKinds, p.Kind) {
		faults.Add(InvalidField("kind", "Must be oidc, google, entra, github or oauth2."))
	}
	faults.Add(requiredName("name", p.Name))
	faults.Add(requiredName("client_id", p.ClientID))
	faults.Add(checkProviderURL("issuer", p.Issuer))
	c := p.Config
	if c.LinkPolicy != LinkConfirm && c.LinkPolicy != LinkVerifiedEmail {
		faults.Add(InvalidField("link_policy", "Must be confirm or verified_email."))
	}
	if c.LinkPolicy == LinkVerifiedEmail && (!c.TrustEmail || len(c.EmailDomains) == 0) {
		faults.Add(InvalidField("link_policy", "Must be confirm unless the provider is trusted about addresses of named domains."))
	}
	if c.Register && !c.TrustEmail {
		faults.Add(InvalidField("register", "Must be false unless the provider is trusted about addresses."))
	}
	if p.Kind == ProviderOAuth2 && c.TrustEmail {
		faults.Add(InvalidField("trust_email", "Must be false: nothing that such a provider says of addresses is proven."))
	}
	faults.Add(c.checkLists())
	if p.SharesTenants() == (len(c.Tenants) == 0) {
		faults.Add(InvalidField("tenants", "Must name the tenants if the issuer stands for many, and none else."))
	}
	faults.Add(p.checkEndpoints())
	return faults.Err()
}

func requiredName(field, text string) error {
	if strings.TrimSpace(text) == "" {
		return &Error{Kind: Invalid, Code: CodeRequired, Field: field, Detail: "Must not be empty."}
	}
	return checkName(field, text)
}

func (c ProviderConfig) checkLists() error {
	var faults Faults
	for field, list := range map[string][]string{
		"scopes": c.Scopes, "email_domains": c.EmailDomains, "tenants": c.Tenants, "levels": slices.Collect(maps.Keys(c.Levels)),
	} {
		if len(list) > maxProviderList {
			faults.Add(InvalidField(field, "Must have at most %d entries.", maxProviderList))
		}
		for _, text := range list {
			faults.Add(requiredName(field, text))
		}
	}
	for _, d := range c.EmailDomains {
		if !domainPattern.MatchString(d) {
			faults.Add(InvalidField("email_domains", "Must be names of domains, without wildcards."))
		}
	}
	for _, tenant := range c.Tenants {
		if _, err := uuid.Parse(tenant); err != nil {
			faults.Add(InvalidField("tenants", "Must be ids of tenants, which are UUIDs."))
		}
	}
	for _, level := range c.Levels {
		if level != int(LevelOne) && level != int(LevelTwo) {
			faults.Add(InvalidField("levels", "Must be 1 or 2."))
		}
	}
	for _, scope := range c.Scopes {
		faults.Add(checkScopeValue("scopes", scope))
	}
	return faults.Err()
}

// checkEndpoints: only generic OAuth 2.0 has endpoints that nobody can look up.
func (p IdentityProvider) checkEndpoints() error {
	var faults Faults
	for _, f := range []struct{ field, value string }{
		{"authorization_endpoint", p.Config.AuthorizationEndpoint},
		{"token_endpoint", p.Config.TokenEndpoint},
		{"userinfo_endpoint", p.Config.UserInfoEndpoint},
		{"subject_claim", p.Config.SubjectClaim},
	} {
		switch {
		case p.Kind != ProviderOAuth2 && f.value != "":
			faults.Add(InvalidField(f.field, "Must be absent: only the kind oauth2 has it."))
		case p.Kind == ProviderOAuth2 && f.field == "subject_claim":
			faults.Add(requiredName(f.field, f.value))
		case p.Kind == ProviderOAuth2:
			faults.Add(checkProviderURL(f.field, f.value))
		}
	}
	return faults.Err()
}

// checkProviderURL takes https, and http on the machine itself.
func checkProviderURL(field, text string) error {
	u, err := url.Parse(text)
	if err != nil || !webURL(text) || u.User != nil || u.Fragment != "" || u.Scheme == "http" && !Loopback(u.Hostname()) {
		return InvalidField(field, "Must be an https URL of at most %d characters.", maxURL)
	}
	if field == "issuer" && u.RawQuery != "" {
		return InvalidField(field, "Must have no query (OpenID Connect Discovery 1.0, section 3).")
	}
	return nil
}

// vouches reports whether the provider is believed that an address is of who signs in there.
func (p IdentityProvider) vouches(u UpstreamIdentity) bool {
	return p.Config.TrustEmail && u.EmailVerified && ValidEmail(u.Email) && (len(p.Config.EmailDomains) == 0 || p.names(u.Email))
}

// names reports whether the domain of an address is one for which the provider is believed.
func (p IdentityProvider) names(email string) bool {
	return slices.Contains(p.Config.EmailDomains, strings.ToLower(email[strings.LastIndexByte(email, '@')+1:]))
}

// level is how sure the provider is of somebody, as far as the operator has said what its values mean.
func (p IdentityProvider) level(u UpstreamIdentity) Level {
	level := LevelOne
	for _, value := range append(slices.Clone(u.AMR), u.ACR) {
		level = max(level, Level(p.Config.Levels[value]))
	}
	return min(level, LevelTwo)
}

// LinkedIdentity is who a user is at a provider. By what the provider calls somebody, and nothing else, they are known again.
type LinkedIdentity struct {
	ID            uuid.UUID
	ProviderID    uuid.UUID
	Issuer        string
	Subject       string // unique at the issuer, and never anybody else's
	UserID        uuid.UUID
	Email         string // that the provider has last told; decides nothing
	EmailVerified bool
	CreatedAt     time.Time
	LastUsedAt    *time.Time
}
