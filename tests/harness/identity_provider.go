package harness

import (
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// OtherAuthly starts another Authly, where kim has an account with Alice's password, and makes it the provider work of the node.
func OtherAuthly(t *testing.T, n *Node, config identity.ProviderConfig) *Node {
	t.Helper()
	other := Start(t, SQLite(t), WithClock(n.Clock))
	client := WebClient("authly-here")
	client.Metadata.RedirectURIs = []string{n.Issuer + "/login/callback/work"}
	client.Policy.SkipConsent = true
	kim := Alice()
	kim.Username, kim.Email = "kim", "kim@work.example"
	other.Apply(t, admin.Desired{Users: []admin.DesiredUser{kim}, Clients: []admin.NewClient{client}})
	provider := identity.IdentityProvider{
		Slug: "work", Kind: identity.ProviderOIDC, Name: "Work", Enabled: true, Issuer: other.Issuer, ClientID: client.ClientID, Config: config,
	}
	if _, err := n.Server.Admin.Providers.Create(System(t), provider, ClientSecret); err != nil {
		t.Fatal(err)
	}
	return other
}
