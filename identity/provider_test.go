package identity_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

// TestAProviderSaysAllThatIsWrongWithIt, and a good one of each kind nothing.
func TestAProviderSaysAllThatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	tenant := "6babcaad-604b-40ac-a9d7-9fd97c0b779f"
	good := func(change func(p *identity.IdentityProvider)) identity.IdentityProvider {
		p := identity.IdentityProvider{
			Slug: "work", Kind: identity.ProviderOIDC, Name: "Work", Issuer: "https://idp.example", ClientID: "here",
			Config: identity.ProviderConfig{LinkPolicy: identity.LinkConfirm},
		}
		change(&p)
		return p.WithDefaults()
	}
	plain := func(p *identity.IdentityProvider) {
		p.Kind, p.Config.SubjectClaim = identity.ProviderOAuth2, "id"
		p.Config.AuthorizationEndpoint, p.Config.TokenEndpoint, p.Config.UserInfoEndpoint = "https://a.example/a", "https://a.example/t", "https://a.example/u"
	}
	for _, c := range []struct {
		wrong  string // fields
		change func(p *identity.IdentityProvider)
	}{
		{"", func(*identity.IdentityProvider) {}},
		{"", func(p *identity.IdentityProvider) { p.Kind, p.Issuer = identity.ProviderGoogle, "" }},
		{"", func(p *identity.IdentityProvider) { p.Kind, p.Issuer = identity.ProviderGitHub, "" }},
		{"", func(p *identity.IdentityProvider) { p.Issuer = "http://127.0.0.1:9000" }},
		{"", plain},
		{"", func(p *identity.IdentityProvider) {
			p.Kind, p.Issuer, p.Config.Tenants = identity.ProviderEntra, "https://login.microsoftonline.com/common/v2.0", []string{tenant}
		}},
		{"", func(p *identity.IdentityProvider) {
			p.Kind, p.Issuer = identity.ProviderEntra, "https://login.microsoftonline.com/"+tenant+"/v2.0"
		}},
		{"", func(p *identity.IdentityProvider) {
			p.Config.LinkPolicy, p.Config.TrustEmail, p.Config.EmailDomains = identity.LinkVerifiedEmail, true, []string{"Example.org"}
		}},
		{"slug", func(p *identity.IdentityProvider) { p.Slug = "../x" }},
		{"kind", func(p *identity.IdentityProvider) { p.Kind = "saml" }},
		{"name client_id", func(p *identity.IdentityProvider) { p.Name, p.ClientID = " ", "" }},
		{"issuer", func(p *identity.IdentityProvider) { p.Issuer = "http://idp.example" }},
		{"issuer", func(p *identity.IdentityProvider) { p.Issuer = "https://user@idp.example" }},
		{"issuer", func(p *identity.IdentityProvider) { p.Issuer = "https://idp.example/?x=1" }},
		{"link_policy", func(p *identity.IdentityProvider) { p.Config.LinkPolicy = identity.LinkVerifiedEmail }},
		{"link_policy", func(p *identity.IdentityProvider) {
			p.Config.LinkPolicy, p.Config.TrustEmail = identity.LinkVerifiedEmail, true
		}},
		{"register", func(p *identity.IdentityProvider) { p.Config.Register = true }},
		{"email_domains", func(p *identity.IdentityProvider) { p.Config.EmailDomains = []string{"*.example.org"} }},
		{"levels", func(p *identity.IdentityProvider) { p.Config.Levels = map[string]int{"phr": 3} }},
		{"scopes", func(p *identity.IdentityProvider) { p.Config.Scopes = []string{"a b"} }},
		{"scopes", func(p *identity.IdentityProvider) { p.Config.Scopes = slices.Repeat([]string{"a"}, 101) }},
		{"tenants", func(p *identity.IdentityProvider) { p.Config.Tenants = []string{tenant} }},
		{"tenants", func(p *identity.IdentityProvider) {
			p.Kind, p.Issuer = identity.ProviderEntra, "https://login.microsoftonline.com/organizations/v2.0"
		}},
		{"token_endpoint", func(p *identity.IdentityProvider) { p.Config.TokenEndpoint = "https://a.example" }},
		{"trust_email", func(p *identity.IdentityProvider) { plain(p); p.Config.TrustEmail = true }},
		{"userinfo_endpoint subject_claim", func(p *identity.IdentityProvider) {
			plain(p)
			p.Config.UserInfoEndpoint, p.Config.SubjectClaim = "ftp://a.example", ""
		}},
	} {
		p := good(c.change)
		var named []string
		if err := p.Check(); err != nil {
			for _, e := range identity.AllErrors(err) {
				named = append(named, e.Field)
			}
		}
		slices.Sort(named)
		want := strings.Fields(c.wrong)
		slices.Sort(want)
		if !slices.Equal(named, want) {
			t.Errorf("%+v: wrong are %v, want %v", p, named, want)
		}
	}
}
