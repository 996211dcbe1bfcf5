package graph

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// TestClientsAreSelectedAndOrdered: by each condition and in each order, with the counts.
func TestClientsAreSelectedAndOrdered(t *testing.T) {
	t.Parallel()
	eachDatabase(t, generous, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		system := identity.WithActor(t.Context(), identity.SystemActor("test"))
		start := a.now
		add := func(id, name string, used time.Duration, change func(*identity.ClientMetadata, *identity.ClientPolicy)) {
			t.Helper()
			metadata, policy := identity.ClientMetadata{Name: name}, identity.DefaultPolicy()
			change(&metadata, &policy)
			client, _, err := a.services.Clients.Create(system, admin.NewClient{ClientID: id, Metadata: metadata, Policy: &policy})
			check(t, err)
			a.now = a.now.Add(time.Second)
			if used != 0 {
				a.domain.Usage.Count(client.ID, false, start.Add(used))
			}
		}
		add("web", "shop", -2*time.Minute, func(m *identity.ClientMetadata, _ *identity.ClientPolicy) {
			m.RedirectURIs, m.Scope = []string{"https://shop.example/cb"}, "openid email"
		})
		add("nightly", "Accounts", -time.Minute, func(m *identity.ClientMetadata, p *identity.ClientPolicy) {
			m.GrantTypes, m.TokenEndpointAuthMethod = []identity.GrantType{identity.GrantClientCredentials}, identity.AuthClientSecretPost
			m.Scope, p.ServiceAdmin, p.Audiences = identity.ScopeUsersRead, true, []string{"https://api.example"}
		})
		add("spa", "", 0, func(m *identity.ClientMetadata, _ *identity.ClientPolicy) {
			m.RedirectURIs, m.TokenEndpointAuthMethod = []string{"https://spa.example/cb"}, identity.AuthNone
		})
		check(t, a.domain.Usage.Flush(t.Context()))
		for arguments, want := range map[string][]any{
			`orderBy:{field:NAME}`:                                                  {4.0, "nightly", "app", "web", "spa"},
			`orderBy:{field:NAME,direction:DESC},first:2`:                           {4.0, "spa", "web"},
			`orderBy:{field:CREATED_AT},last:1`:                                     {4.0, "spa"},
			`orderBy:{field:LAST_USED_AT,direction:DESC},first:2`:                   {4.0, "nightly", "web"},
			`orderBy:{field:LAST_USED_AT},last:2`:                                   {4.0, "web", "nightly"},
			`filter:{grantType:"client_credentials"}`:                               {1.0, "nightly"},
			`filter:{tokenEndpointAuthMethod:"none"}`:                               {1.0, "spa"},
			`filter:{serviceAdmin:true}`:                                            {1.0, "nightly"},
			`filter:{serviceAdmin:false,lastUsedAt:{isNull:false}}`:                 {1.0, "web"},
			`filter:{scope:"email",grantType:"authorization_code"}`:                 {2.0, "app", "web"},
			`filter:{resource:"https://api.example"}`:                               {1.0, "nightly"},
			`filter:{lastUsedAt:{gte:"2026-11-01T11:59:00Z"}}`:                      {1.0, "nightly"},
			`filter:{lastUsedAt:{lt:"2026-11-01T11:59:00Z"}}`:                       {1.0, "web"},
			`filter:{createdAt:{lt:"2026-11-01T00:00:00Z"}}`:                        {0.0},
			`filter:{active:true,serviceAdmin:false,scope:null},search:"s",first:1`: {2.0, "spa"},
		} {
			got := a.query(t, token, "{clients("+arguments+"){nodes{clientId} totalCount{value}}}", nil)
			if len(got.Errors) > 0 {
				t.Fatal(got.body)
			}
			have := []any{got.at("clients", "totalCount", "value")}
			for _, node := range got.at("clients", "nodes").([]any) {
				have = append(have, node.(map[string]any)["clientId"])
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("%s: %s", arguments, diff)
			}
		}
	})
}
