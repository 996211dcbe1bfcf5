package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// declaration is the file of authly apply.
type declaration struct {
	Users       []userDeclaration       `yaml:"users"`
	Scopes      []scopeDeclaration      `yaml:"scopes"`
	Attributes  []attributeDeclaration  `yaml:"attributes"`
	Resources   []resourceDeclaration   `yaml:"resources"`
	Clients     []clientDeclaration     `yaml:"clients"`
	Groups      []groupDeclaration      `yaml:"groups"`
	Roles       []roleDeclaration       `yaml:"roles"`
	Providers   []providerDeclaration   `yaml:"identity_providers"`
	Trusted     []trustedDeclaration    `yaml:"trusted_issuers"`
	Branding    *brandingDeclaration    `yaml:"branding"`
	DetailTypes []detailTypeDeclaration `yaml:"authorization_details_types"`
}

type brandingDeclaration struct {
	ProductName string     `yaml:"product_name"`
	Accent      string     `yaml:"accent"`
	AccentDark  string     `yaml:"accent_dark"`
	HelpURL     string     `yaml:"help_url"`
	PrivacyURL  string     `yaml:"privacy_url"`
	ImprintURL  string     `yaml:"imprint_url"`
	CSS         string     `yaml:"css"`  // may be a reference: file:PATH
	Logo        string     `yaml:"logo"` // file:PATH
	Texts       brandTexts `yaml:"texts"`
}

// brandTexts are texts by language and English text.
type brandTexts map[string]map[string]string

type groupDeclaration struct {
	Path        string   `yaml:"path"`
	Description string   `yaml:"description"`
	Members     []string `yaml:"members"` // usernames
}

type roleDeclaration struct {
	Client      string   `yaml:"client"` // client_id; empty: the server's
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Users       []string `yaml:"users"`  // usernames
	Groups      []string `yaml:"groups"` // paths
	AdminScopes []string `yaml:"admin_scopes"`
	AdminGroups []string `yaml:"admin_groups"` // paths
}

type userDeclaration struct {
	Username               string          `yaml:"username"`
	Email                  string          `yaml:"email"`
	Password               string          `yaml:"password"` // may be a reference: env:NAME or file:PATH
	PasswordHash           string          `yaml:"password_hash"`
	GeneratePassword       bool            `yaml:"generate_password"`
	RequiresPasswordChange bool            `yaml:"requires_password_change"`
	ResetPassword          bool            `yaml:"reset_password"`
	EmailVerified          bool            `yaml:"email_verified"`
	Admin                  bool            `yaml:"admin"`
	Active                 *bool           `yaml:"active"` // default true
	Attributes             attributeValues `yaml:"attributes"`

	identity.Claims `yaml:",inline"`
}

type scopeDeclaration struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	Default     bool   `yaml:"default"`
}

type resourceDeclaration struct {
	URI    string   `yaml:"uri"`
	Name   string   `yaml:"name"`
	Scopes []string `yaml:"scopes"`

	Audiences         []string             `yaml:"audiences"`
	AccessTokenType   string               `yaml:"access_token_typ"`
	AccessTokenAlg    identity.Algorithm   `yaml:"access_token_signing_alg"`
	AccessTokenTTL    int                  `yaml:"access_token_ttl"` // seconds
	AccessTokenFormat identity.TokenFormat `yaml:"access_token_format"`
}

type clientDeclaration struct {
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"` // may be a reference: env:NAME or file:PATH
	Active       *bool  `yaml:"active"`        // default true
	JWKS         any    `yaml:"jwks"`

	identity.ClientMetadata `yaml:",inline"`
	identity.ClientPolicy   `yaml:",inline"`
}

// The bounds of a file.
const (
	maxDeclaration = 8 << 20 // bytes
	maxEntries     = 10_000  // of each list
	maxValues      = 2 << 20 // keys and values in all, those that aliases stand for included
	maxKeySetSize  = 5_000   // the same of a jwks or of the attributes of a user: the library compares all keys of an object with one another
	maxMerged      = 100     // objects that are merged into one (<<)
)

// parseDeclaration reads the file as far as it can be read, and says what cannot. lookup resolves env: references.
func parseDeclaration(text []byte, lookup func(string) (string, bool)) (admin.Desired, *declarationText) {
	t := &declarationText{}
	var d declaration
	if !t.read(text, &d) {
		return admin.Desired{}, t
	}
	c := converter{declarationText: t, lookup: lookup}
	out := admin.Desired{Place: func(path string) string { return t.place(path).of(path) }}
	for i, u := range d.Users {
		out.Users = append(out.Users, c.user(entryPath("users", i), u))
	}
	for _, s := range d.Scopes {
		out.Scopes = append(out.Scopes, identity.Scope{Name: s.Name, Description: s.Description, Default: s.Default})
	}
	if d.Attributes != nil {
		out.Attributes = []identity.AttributeDefinition{}
	}
	for _, a := range d.Attributes {
		out.Attributes = append(out.Attributes, a.definition())
	}
	for _, r := range d.Resources {
		out.Resources = append(out.Resources, identity.Resource{
			URI: r.URI, Name: r.Name, Scopes: r.Scopes, AccessTokenType: r.AccessTokenType, Audiences: r.Audiences,
			AccessTokenAlg: r.AccessTokenAlg, AccessTokenTTL: r.AccessTokenTTL, AccessTokenFormat: r.AccessTokenFormat,
		})
	}
	if d.DetailTypes != nil {
		out.DetailTypes = []identity.DetailType{}
	}
	for i, t := range d.DetailTypes {
		out.DetailTypes = append(out.DetailTypes, c.detailType(entryPath("authorization_details_types", i), t))
	}
	for i, client := range d.Clients {
		out.Clients = append(out.Clients, c.client(entryPath("clients", i), client))
	}
	if d.Groups != nil {
		out.Groups = []admin.DesiredGroup{}
	}
	for _, g := range d.Groups {
		out.Groups = append(out.Groups, admin.DesiredGroup(g))
	}
	if d.Roles != nil {
		out.Roles = []admin.DesiredRole{}
	}
	for _, r := range d.Roles {
		out.Roles = append(out.Roles, admin.DesiredRole(r))
	}
	if d.Providers != nil {
		out.Providers = []admin.DesiredProvider{}
	}
	for i, p := range d.Providers {
		out.Providers = append(out.Providers, c.provider(entryPath("identity_providers", i), p))
	}
	if d.Trusted != nil {
		out.Trusted = []identity.TrustedIssuer{}
	}
	for i, t := range d.Trusted {
		out.Trusted = append(out.Trusted, c.trustedIssuer(entryPath("trusted_issuers", i), t))
	}
	if d.Branding != nil {
		out.Branding = c.branding(*d.Branding)
	}
	return out, t
}

// converter makes of what the file says what the domain understands.
type converter struct {
	*declarationText
	lookup func(string) (string, bool)
}

func (c converter) user(at string, u userDeclaration) admin.DesiredUser {
	return admin.DesiredUser{ResetPassword: u.ResetPassword, NewUser: admin.NewUser{
		Username: u.Username, Email: u.Email, Password: c.resolve(at+".password", u.Password), PasswordHash: u.PasswordHash,
		GeneratePassword: u.GeneratePassword, RequiresPasswordChange: u.RequiresPasswordChange, Verified: u.EmailVerified, Admin: u.Admin,
		Inactive: u.Active != nil && !*u.Active,
		Claims:   u.Claims, Attributes: identity.AttributeValues(u.Attributes),
	}}
}

func (c converter) branding(d brandingDeclaration) *identity.Brand {
	b := identity.Brand{
		ProductName: d.ProductName, Accent: d.Accent, AccentDark: d.AccentDark, HelpURL: d.HelpURL, PrivacyURL: d.PrivacyURL,
		ImprintURL: d.ImprintURL, CSS: c.resolve("branding.css", d.CSS), Texts: d.Texts,
	}
	switch {
	case strings.HasPrefix(d.Logo, "file:"):
		b.Logo = []byte(c.resolve("branding.logo", d.Logo)) // no picture ends with the line breaks that are cut off
	case d.Logo != "":
		c.unreadable("branding.logo", "Must be file:PATH.")
	}
	return &b
}

func (c converter) client(at string, d clientDeclaration) admin.NewClient {
	m, policy := d.ClientMetadata, d.ClientPolicy
	defaults := identity.DefaultPolicy()
	if !c.says(at + ".require_pkce") { // the default is not the zero value
		policy.RequirePKCE = defaults.RequirePKCE
	}
	if !c.says(at + ".refresh_token_rotation") {
		policy.RefreshTokenRotation = defaults.RefreshTokenRotation
	}
	m.JWKS = c.keySet(at, d.JWKS)
	if policy.Profile != "" {
		policy.Profile.Set(&m, &policy, func(field string) bool { return c.says(at + "." + field) })
	}
	return admin.NewClient{
		ClientID: d.ClientID, Secret: c.resolve(at+".client_secret", d.ClientSecret), Inactive: d.Active != nil && !*d.Active,
		Metadata: m, Policy: &policy,
	}
}

// keySet returns the jwks of an entry as JSON.
func (c converter) keySet(at string, set any) json.RawMessage {
	if set == nil {
		return nil
	}
	keys, err := json.Marshal(set)
	if err != nil {
		c.unreadable(at+".jwks", "Must be a JSON object.")
	}
	return keys
}

// resolve follows env:NAME and file:PATH, so that no secret need stand in the file.
func (c converter) resolve(at, text string) string {
	value, err := follow(text, c.lookup)
	if err != nil {
		c.unreadable(at, err.Error())
	}
	return value
}

// unreadableError is a sentence that says why a reference leads nowhere.
type unreadableError string

// Error returns the sentence.
func (e unreadableError) Error() string { return string(e) }

// follow returns what is in env:NAME or file:PATH, and any other text as it is.
func follow(text string, lookup func(string) (string, bool)) (string, error) {
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		value, found := lookup(name)
		if !found {
			return "", unreadableError(fmt.Sprintf("Is from the variable %s, which is not set.", name))
		}
		return value, nil
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		content, err := readSecret(path)
		if err != nil {
			return "", unreadableError(fmt.Sprintf("Cannot be read: %v.", err))
		}
		return strings.TrimRight(content, "\r\n"), nil
	}
	return text, nil
}

// lookup finds a variable in an environment of NAME=value.
func lookup(env []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, entry := range env {
			if key, value, ok := strings.Cut(entry, "="); ok && key == name {
				return value, true
			}
		}
		return "", false
	}
}

// maxSecret is the size of a file with a secret, in bytes.
const maxSecret = 64 << 10

// readSecret reads a file with a secret. A device or a pipe would have no end, or none that comes.
func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("it is no regular file")
	}
	if info.Size() > maxSecret {
		return "", fmt.Errorf("it has more than %d bytes", maxSecret)
	}
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	return string(content), err
}
