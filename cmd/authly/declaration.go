package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// declaration is the file of authly apply.
type declaration struct {
	Users     []userDeclaration     `yaml:"users"`
	Scopes    []scopeDeclaration    `yaml:"scopes"`
	Resources []resourceDeclaration `yaml:"resources"`
	Clients   []clientDeclaration   `yaml:"clients"`
}

type userDeclaration struct {
	Username               string `yaml:"username"`
	Email                  string `yaml:"email"`
	Password               string `yaml:"password"` // may be a reference: env:NAME or file:PATH
	PasswordHash           string `yaml:"password_hash"`
	GeneratePassword       bool   `yaml:"generate_password"`
	RequiresPasswordChange bool   `yaml:"requires_password_change"`
	ResetPassword          bool   `yaml:"reset_password"`
	EmailVerified          bool   `yaml:"email_verified"`
	Admin                  bool   `yaml:"admin"`
	Active                 *bool  `yaml:"active"` // default true

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

	AccessTokenType string `yaml:"access_token_typ"`
}

type clientDeclaration struct {
	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"` // may be a reference: env:NAME or file:PATH
	Active       *bool  `yaml:"active"`        // default true
	JWKS         any    `yaml:"jwks"`

	identity.ClientMetadata `yaml:",inline"`
	identity.ClientPolicy   `yaml:",inline"`
}

// The bounds of a file. What aliases expand to is bounded by the library: a file of which they are the greater part is
// refused.
const (
	maxDeclaration = 8 << 20 // bytes
	maxEntries     = 10_000  // of each of users, scopes, resources and clients
)

// tooMany refuses a list that is too long.
func (d declaration) tooMany() error {
	for _, list := range []struct {
		name    string
		entries int
	}{{"users", len(d.Users)}, {"scopes", len(d.Scopes)}, {"resources", len(d.Resources)}, {"clients", len(d.Clients)}} {
		if list.entries > maxEntries {
			return fmt.Errorf("%s: more than %d entries", list.name, maxEntries)
		}
	}
	return nil
}

// parseDeclaration reads the file. An unknown key is a fault that names its line. lookup resolves env: references.
func parseDeclaration(text []byte, lookup func(string) (string, bool)) (admin.Desired, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var d declaration
	if err := decoder.Decode(&d); err != nil && !errors.Is(err, io.EOF) {
		return admin.Desired{}, readable(err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return admin.Desired{}, errors.New("the file must hold one YAML document")
	}
	if err := d.tooMany(); err != nil {
		return admin.Desired{}, err
	}
	given, err := givenKeys(text)
	if err != nil {
		return admin.Desired{}, readable(err)
	}
	var out admin.Desired
	for i, u := range d.Users {
		user, err := u.user(lookup)
		if err != nil {
			return admin.Desired{}, fmt.Errorf("users[%d]: %w", i, err)
		}
		out.Users = append(out.Users, admin.DesiredUser{NewUser: user, ResetPassword: u.ResetPassword})
	}
	for _, s := range d.Scopes {
		out.Scopes = append(out.Scopes, identity.Scope{Name: s.Name, Description: s.Description, Default: s.Default})
	}
	for _, r := range d.Resources {
		out.Resources = append(out.Resources, identity.Resource{
			URI: r.URI, Name: r.Name, Scopes: r.Scopes, AccessTokenType: r.AccessTokenType,
		})
	}
	for i, c := range d.Clients {
		client, err := c.client(given.Clients[i], lookup)
		if err != nil {
			return admin.Desired{}, fmt.Errorf("clients[%d]: %w", i, err)
		}
		out.Clients = append(out.Clients, client)
	}
	return out, nil
}

// keys has the keys that the clients of a file set, because some defaults are not the zero value.
type keys struct {
	Clients []map[string]any `yaml:"clients"`
}

func givenKeys(text []byte) (keys, error) {
	var k keys
	err := yaml.Unmarshal(text, &k)
	return k, err
}

var goType = regexp.MustCompile(`field (\S+) not found in type \S+`)

// readable takes the Go types out of the YAML library's messages.
func readable(err error) error {
	text := goType.ReplaceAllString(err.Error(), "unknown key $1")
	text = strings.TrimPrefix(text, "yaml: unmarshal errors:\n")
	return errors.New(strings.TrimSpace(strings.ReplaceAll(text, "\n ", ";")))
}

func (u userDeclaration) user(lookup func(string) (string, bool)) (admin.NewUser, error) {
	password, err := resolve(u.Password, lookup)
	if err != nil {
		return admin.NewUser{}, fmt.Errorf("password: %w", err)
	}
	return admin.NewUser{
		Username: u.Username, Email: u.Email, Password: password, PasswordHash: u.PasswordHash, GeneratePassword: u.GeneratePassword,
		RequiresPasswordChange: u.RequiresPasswordChange, Verified: u.EmailVerified, Admin: u.Admin,
		Inactive: u.Active != nil && !*u.Active,
		Claims:   u.Claims,
	}, nil
}

func (c clientDeclaration) client(given map[string]any, lookup func(string) (string, bool)) (admin.NewClient, error) {
	if c.ClientID == "" {
		return admin.NewClient{}, errors.New("client_id is missing")
	}
	secret, err := resolve(c.ClientSecret, lookup)
	if err != nil {
		return admin.NewClient{}, fmt.Errorf("client_secret: %w", err)
	}
	m, policy := c.ClientMetadata, c.ClientPolicy
	defaults := identity.DefaultPolicy()
	if _, ok := given["require_pkce"]; !ok {
		policy.RequirePKCE = defaults.RequirePKCE
	}
	if _, ok := given["refresh_token_rotation"]; !ok {
		policy.RefreshTokenRotation = defaults.RefreshTokenRotation
	}
	if c.JWKS != nil {
		if m.JWKS, err = json.Marshal(c.JWKS); err != nil {
			return admin.NewClient{}, fmt.Errorf("jwks: %w", err)
		}
	}
	return admin.NewClient{
		ClientID: c.ClientID, Secret: secret, Inactive: c.Active != nil && !*c.Active, Metadata: m, Policy: &policy,
	}, nil
}

// resolve follows env:NAME and file:PATH, so that no secret need stand in the file.
func resolve(text string, lookup func(string) (string, bool)) (string, error) {
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		value, found := lookup(name)
		if !found {
			return "", fmt.Errorf("the variable %s is not set", name)
		}
		return value, nil
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
		if err != nil {
			return "", fmt.Errorf("read secret: %w", err)
		}
		return strings.TrimRight(string(content), "\r\n"), nil
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
