package storetest

import "github.com/authly/authly/identity"

func scopeUse(r *runner) {
	naming := func(c *identity.Client, scope, fallback string, audiences ...string) {
		c.Metadata.Scope, c.Policy.DefaultResource, c.Policy.Audiences = scope, fallback, audiences
	}
	const api, other = "https://api.example.org", "https://other.example.org"
	ids := func(clients []identity.Client) (list []string) {
		for _, c := range clients {
			list = append(list, c.ClientID)
		}
		return list
	}
	r.run("clients are found by what they name", func(f *fixture) {
		b := f.client(func(c *identity.Client) { c.ClientID = "b"; naming(c, "openid tea", "", api, other) })
		a := f.client(func(c *identity.Client) { c.ClientID = "a"; naming(c, "tea", api, api) })
		f.client(func(c *identity.Client) { c.ClientID = "c"; naming(c, "tea:read", "") })
		d := f.client(func(c *identity.Client) { c.ClientID = "d"; naming(c, "te", api) })
		scopes := must(f.store.ClientsOfScopes(f.ctx, []string{"tea", "te", "none", "\x00", "tea"}, 10))(f)
		f.equal(scopes, map[string][]identity.Client{"tea": {a, b}, "te": {d}})
		f.equal(ids(must(f.store.ClientsOfScopes(f.ctx, []string{"tea"}, 1))(f)["tea"]), []string{"a"})
		f.equal(must(f.store.ClientsOfScopes(f.ctx, nil, 10))(f), map[string][]identity.Client{})
		resources := must(f.store.ClientsOfResources(f.ctx, []string{api, other}, 10))(f)
		f.equal(ids(resources[api]), []string{"a", "b", "d"})
		f.equal(ids(resources[other]), []string{"b"})

		page := func(filter identity.ClientFilter, slice identity.KeysetRange) []string {
			var list []identity.Client
			for _, row := range must(f.store.ClientsPage(f.ctx, identity.ClientQuery{Filter: filter, Range: slice}))(f) {
				list = append(list, row.Item)
			}
			return ids(list)
		}
		f.equal(page(identity.ClientFilter{Scope: "tea"}, identity.KeysetRange{Limit: 1}), []string{"a"})
		f.equal(page(identity.ClientFilter{Scope: "tea"}, identity.KeysetRange{Limit: 2, After: &identity.CursorKey{Key: "a"}}), []string{"b"})
		f.equal(page(identity.ClientFilter{Resource: api}, identity.KeysetRange{Limit: 2, Backward: true}), []string{"b", "d"})
		f.equal(page(identity.ClientFilter{Resource: api, Scope: "tea"}, identity.KeysetRange{Limit: 9}), []string{"a", "b"})
		f.equal(page(identity.ClientFilter{Scope: "\x00"}, identity.KeysetRange{Limit: 9}), []string(nil))
		f.equal(must(f.store.CountClients(f.ctx, identity.ClientFilter{Scope: "tea"}, 10))(f), 2)

		naming(&a, "openid", other)
		f.noError(f.store.UpdateClient(f.ctx, a))
		f.equal(ids(must(f.store.ClientsOfScopes(f.ctx, []string{"tea"}, 10))(f)["tea"]), []string{"b"})
		f.equal(ids(must(f.store.ClientsOfResources(f.ctx, []string{other}, 10))(f)[other]), []string{"a", "b"})
		f.noError(f.store.DeleteClient(f.ctx, b.ID))
		f.equal(must(f.store.ClientsOfScopes(f.ctx, []string{"tea"}, 10))(f), map[string][]identity.Client{})
	})
	r.run("who uses a scope or a resource is counted up to a limit", func(f *fixture) {
		u := f.user()
		c := f.client(func(c *identity.Client) { naming(c, "openid tea", api) })
		stranger := f.client(func(c *identity.Client) { naming(c, "openid", "") })
		holds := func(scope string, resources ...string) func(*identity.Grant) {
			return func(g *identity.Grant) { g.Scopes, g.Resources, g.Code = []string{"openid", scope}, resources, nil }
		}
		f.grant(u.ID, c.ID, holds("tea"))
		f.grant(u.ID, c.ID, holds("tea", api, other))
		f.grant(u.ID, c.ID, holds("tea", api), func(g *identity.Grant) { g.EndedAt = &f.now })
		f.grant(u.ID, c.ID, holds("tea:read", other))
		f.grant(u.ID, stranger.ID, holds("tea", api)) // it may not have it any more, but tokens for the resource
		f.noError(f.store.SaveConsent(f.ctx, identity.Consent{UserID: u.ID, ClientID: c.ID, Scopes: []string{"tea"}, CreatedAt: f.now, UpdatedAt: f.now}))
		f.noError(f.store.SaveResource(f.ctx, identity.Resource{
			URI: other, Scopes: []string{"tea"}, AccessTokenType: identity.TypeAccessToken, CreatedAt: f.now, UpdatedAt: f.now,
		}))
		f.equal(must(f.store.CountScopeUse(f.ctx, "tea", 10))(f), identity.ScopeUse{Clients: 1, Resources: 1, Grants: 2, Consents: 1, Looked: true})
		f.equal(must(f.store.CountScopeUse(f.ctx, "openid", 1))(f), identity.ScopeUse{Clients: 2, Grants: 2})
		f.equal(must(f.store.CountScopeUse(f.ctx, "none", 10))(f), identity.ScopeUse{Looked: true})
		f.equal(must(f.store.CountScopeUse(f.ctx, "\x00", 10))(f), identity.ScopeUse{Looked: true})
		f.equal(must(f.store.CountResourceUse(f.ctx, api, 10))(f), identity.ResourceUse{Clients: 1, Grants: 2, Looked: true})
		f.equal(must(f.store.CountResourceUse(f.ctx, other, 2))(f), identity.ResourceUse{Grants: 2})
		f.equal(must(f.store.CountResourceUse(f.ctx, "\x00", 2))(f), identity.ResourceUse{Looked: true})
	})
}
