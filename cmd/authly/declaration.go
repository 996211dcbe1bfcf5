package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// declaration is the file of authly apply, which authly export writes.
type declaration struct {
	Scopes      []scopeDeclaration            `yaml:"scopes,omitempty"`
	DetailTypes listed[detailTypeDeclaration] `yaml:"authorization_details_types,omitempty"`
	Attributes  listed[attributeDeclaration]  `yaml:"attributes,omitempty"`
	Resources   []resourceDeclaration         `yaml:"resources,omitempty"`
	Users       []userDeclaration             `yaml:"users,omitempty"`
	Clients     []clientDeclaration           `yaml:"clients,omitempty"`
	Groups      listed[groupDeclaration]      `yaml:"groups,omitempty"`
	Roles       listed[roleDeclaration]       `yaml:"roles,omitempty"`
	Providers   listed[providerDeclaration]   `yaml:"identity_providers,omitempty"`
	Trusted     listed[trustedDeclaration]    `yaml:"trusted_issuers,omitempty"`
	Settings    settingsDeclaration           `yaml:"settings,omitempty"`
	Branding    *brandingDeclaration          `yaml:"branding,omitempty"`
}

// listed is a list of which the file says something: an empty one is not the same as none.
type listed[T any] []T

// IsZero implements yaml.IsZeroer.
func (l listed[T]) IsZero() bool { return l == nil }

type brandingDeclaration struct {
	ProductName string     `yaml:"product_name,omitempty"`
	Accent      string     `yaml:"accent,omitempty"`
	AccentDark  string     `yaml:"accent_dark,omitempty"`
	HelpURL     string     `yaml:"help_url,omitempty"`
	PrivacyURL  string     `yaml:"privacy_url,omitempty"`
	ImprintURL  string     `yaml:"imprint_url,omitempty"`
	CSS         string     `yaml:"css,omitempty"`  // may be a reference: file:PATH
	Logo        string     `yaml:"logo,omitempty"` // file:PATH, or data:;base64,…
	Texts       brandTexts `yaml:"texts,omitempty"`
}

// logoData begins a logo that is in the file itself (RFC 2397).
const logoData = "data:;base64,"

// brandTexts are texts by language and English text.
type brandTexts map[string]map[string]string

type groupDeclaration struct {
	Path        string         `yaml:"path"`
	Description string         `yaml:"description,omitempty"`
	Members     listed[string] `yaml:"members,omitempty"` // usernames
}

type roleDeclaration struct {
	Client      string         `yaml:"client,omitempty"` // client_id; empty: the server's
	Name        string         `yaml:"name"`
	Description string         `yaml:"description,omitempty"`
	Users       listed[string] `yaml:"users,omitempty"`  // usernames
	Groups      listed[string] `yaml:"groups,omitempty"` // paths
	AdminScopes listed[string] `yaml:"admin_scopes,omitempty"`
	AdminGroups listed[string] `yaml:"admin_groups,omitempty"` // paths
}

type userDeclaration struct {
	Username               string          `yaml:"username"`
	Email                  string          `yaml:"email"`
	Password               string          `yaml:"password,omitempty"` // may be a reference: env:NAME or file:PATH
	PasswordHash           string          `yaml:"password_hash,omitempty"`
	GeneratePassword       bool            `yaml:"generate_password,omitempty"`
	RequiresPasswordChange bool            `yaml:"requires_password_change,omitempty"`
	ResetPassword          bool            `yaml:"reset_password,omitempty"`
	EmailVerified          bool            `yaml:"email_verified,omitempty"`
	Admin                  bool            `yaml:"admin,omitempty"`
	Active                 *bool           `yaml:"active,omitempty"` // default true
	Attributes             attributeValues `yaml:"attributes,omitempty"`

	identity.Claims `yaml:",inline"`
}

type scopeDeclaration struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description,omitempty"`
	Default     bool   `yaml:"default,omitempty"`
}

type resourceDeclaration struct {
	URI    string   `yaml:"uri"`
	Name   string   `yaml:"name,omitempty"`
	Scopes []string `yaml:"scopes,omitempty"`

	Audiences         []string             `yaml:"audiences,omitempty"`
	AccessTokenType   string               `yaml:"access_token_typ,omitempty"`
	AccessTokenAlg    identity.Algorithm   `yaml:"access_token_signing_alg,omitempty"`
	AccessTokenTTL    int                  `yaml:"access_token_ttl,omitempty"` // seconds
	AccessTokenFormat identity.TokenFormat `yaml:"access_token_format,omitempty"`
}

type clientDeclaration struct {
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret,omitempty"` // may be a reference: env:NAME or file:PATH
	Active       *bool  `yaml:"active,omitempty"`        // default true
	JWKS         any    `yaml:"jwks,omitempty"`

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
		out.Groups = append(out.Groups, admin.DesiredGroup{Path: g.Path, Description: g.Description, Members: g.Members})
	}
	if d.Roles != nil {
		out.Roles = []admin.DesiredRole{}
	}
	for _, r := range d.Roles {
		out.Roles = append(out.Roles, admin.DesiredRole{
			Client: r.Client, Name: r.Name, Description: r.Description, Users: r.Users, Groups: r.Groups, AdminScopes: r.AdminScopes,
			AdminGroups: r.AdminGroups,
		})
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
	out.Settings = d.Settings
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
		logo, ok := strings.CutPrefix(d.Logo, logoData)
		picture, err := base64.StdEncoding.DecodeString(logo)
		if !ok || err != nil {
			c.unreadable("branding.logo", "Must be file:PATH or "+logoData+"…")
		}
		b.Logo = picture
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
