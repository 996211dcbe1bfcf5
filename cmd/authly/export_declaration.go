package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// declarationOf returns the file that says what is declared: parseDeclaration reads it back.
func declarationOf(d admin.Desired) (declaration, error) {
	file := declaration{Settings: d.Settings}
	for _, s := range d.Scopes {
		file.Scopes = append(file.Scopes, scopeDeclaration{Name: s.Name, Description: s.Description, Default: s.Default})
	}
	file.Attributes = make(listed[attributeDeclaration], len(d.Attributes))
	for i, definition := range d.Attributes {
		file.Attributes[i] = declaredAttribute(definition)
	}
	for _, r := range d.Resources {
		file.Resources = append(file.Resources, declaredResource(r))
	}
	for _, u := range d.Users {
		file.Users = append(file.Users, declaredUser(u))
	}
	file.Groups = make(listed[groupDeclaration], len(d.Groups))
	for i, g := range d.Groups {
		file.Groups[i] = groupDeclaration{Path: g.Path, Description: g.Description, Members: g.Members}
	}
	file.Roles = make(listed[roleDeclaration], len(d.Roles))
	for i, r := range d.Roles {
		file.Roles[i] = roleDeclaration{
			Client: r.Client, Name: r.Name, Description: r.Description, Users: r.Users, Groups: r.Groups, AdminScopes: r.AdminScopes,
			AdminGroups: r.AdminGroups,
		}
	}
	file.Providers = make(listed[providerDeclaration], len(d.Providers))
	for i, p := range d.Providers {
		file.Providers[i] = declaredProvider(p)
	}
	if d.Branding != nil {
		file.Branding = declaredBrand(*d.Branding)
	}
	return file, file.withJSON(d)
}

// withJSON adds what has parts in JSON.
func (file *declaration) withJSON(d admin.Desired) (err error) {
	file.DetailTypes = make(listed[detailTypeDeclaration], len(d.DetailTypes))
	for i, t := range d.DetailTypes {
		file.DetailTypes[i] = detailTypeDeclaration{Type: t.Name, Description: t.Description}
		if file.DetailTypes[i].Schema, err = asYAML(t.Schema); err != nil {
			return fmt.Errorf("schema of %s: %w", t.Name, err)
		}
	}
	for _, c := range d.Clients {
		declared := clientDeclaration{ClientID: c.ClientID, Active: unlessTrue(!c.Inactive), ClientMetadata: c.Metadata, ClientPolicy: *c.Policy}
		if declared.JWKS, err = asYAML(c.Metadata.JWKS); err != nil {
			return fmt.Errorf("jwks of %s: %w", c.ClientID, err)
		}
		file.Clients = append(file.Clients, declared)
	}
	file.Trusted = make(listed[trustedDeclaration], len(d.Trusted))
	for i, t := range d.Trusted {
		file.Trusted[i] = trustedDeclaration{
			Issuer: t.Issuer, Enabled: unlessTrue(t.Enabled), JWKSURI: t.JWKSURI, UserClaim: t.UserClaim, UserMatch: t.UserMatch,
			SoftwareStatements: t.SoftwareStatements,
		}
		if file.Trusted[i].JWKS, err = asYAML(t.JWKS); err != nil {
			return fmt.Errorf("jwks of %s: %w", t.Issuer, err)
		}
	}
	return nil
}

// asYAML returns a JSON text as it stands in a YAML file, with its numbers as they are written; nil for none.
func asYAML(text json.RawMessage) (any, error) {
	if len(text) == 0 {
		return nil, nil //nolint:nilnil // the field is left out
	}
	var document yaml.Node // YAML has all that JSON has
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	plain(&document)
	return document.Content[0], nil
}

// plain takes away how a node was written, and in which order its keys are: a database may have its own.
func plain(node *yaml.Node) {
	node.Style = 0
	for _, inner := range node.Content {
		plain(inner)
	}
	if node.Kind == yaml.MappingNode {
		members := slices.Collect(slices.Chunk(node.Content, 2)) // a key and its value
		slices.SortFunc(members, func(x, y []*yaml.Node) int { return strings.Compare(x[0].Value, y[0].Value) })
		node.Content = slices.Concat(members...)
	}
}

// unlessTrue is a field of which true need not be said.
func unlessTrue(value bool) *bool {
	if value {
		return nil
	}
	return &value
}

func declaredAttribute(d identity.AttributeDefinition) attributeDeclaration {
	return attributeDeclaration{
		Name: d.Name, DisplayName: d.DisplayName, Description: d.Description, Type: d.Type, Pattern: d.Pattern, Required: d.Required,
		Unique: d.Unique, Filterable: d.Filterable, Claim: d.Claim, Scopes: d.Scopes, UserWritable: d.UserWritable,
	}
}

func declaredResource(r identity.Resource) resourceDeclaration {
	return resourceDeclaration{
		URI: r.URI, Name: r.Name, Scopes: r.Scopes, Audiences: r.Audiences, AccessTokenType: r.AccessTokenType,
		AccessTokenAlg: r.AccessTokenAlg, AccessTokenTTL: r.AccessTokenTTL, AccessTokenFormat: r.AccessTokenFormat,
	}
}

func declaredUser(u admin.DesiredUser) userDeclaration {
	return userDeclaration{
		Username: u.Username, Email: u.Email, PasswordHash: u.PasswordHash, GeneratePassword: u.GeneratePassword,
		RequiresPasswordChange: u.RequiresPasswordChange, EmailVerified: u.Verified, Admin: u.Admin, Active: unlessTrue(!u.Inactive),
		Claims: u.Claims, Attributes: attributeValues(u.Attributes),
	}
}

func declaredProvider(p admin.DesiredProvider) providerDeclaration {
	return providerDeclaration{
		Slug: p.Slug, Kind: p.Kind, Name: p.Name, Enabled: &p.Enabled, Position: p.Position, Issuer: p.Issuer, ClientID: p.ClientID,
		ClientSecret: p.Secret, ProviderConfig: p.Config,
	}
}

func declaredBrand(b identity.Brand) *brandingDeclaration {
	d := &brandingDeclaration{
		ProductName: b.ProductName, Accent: b.Accent, AccentDark: b.AccentDark, HelpURL: b.HelpURL, PrivacyURL: b.PrivacyURL,
		ImprintURL: b.ImprintURL, CSS: b.CSS, Texts: b.Texts,
	}
	if len(b.Logo) > 0 {
		d.Logo = logoData + base64.StdEncoding.EncodeToString(b.Logo)
	}
	return d
}
