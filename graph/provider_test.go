package graph

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// provider adds an identity provider of a slug.
func (a *api) provider(t *testing.T, slug string) identity.IdentityProvider {
	t.Helper()
	p, err := a.services.Providers.Create(identity.WithActor(t.Context(), identity.SystemActor("test")), identity.IdentityProvider{
		Slug: slug, Kind: identity.ProviderGoogle, Name: "Provider " + slug, Enabled: true, ClientID: "here",
	}, "secret of "+slug)
	check(t, err)
	return p
}

// linked connects a user with a provider of their own.
func (a *api) linked(t *testing.T, user uuid.UUID) identity.LinkedIdentity {
	t.Helper()
	p := a.provider(t, "of-"+user.String()[24:])
	l := identity.LinkedIdentity{
		ID: a.domain.Source.NewID(), ProviderID: p.ID, Issuer: p.Issuer, Subject: "sub", UserID: user, Email: "x@up.example", CreatedAt: a.now,
	}
	added, err := a.store.InsertLinkedIdentity(t.Context(), l)
	check(t, err)
	if !added {
		t.Fatal("not connected")
	}
	return l
}

// TestProvidersAreAdministered: a secret goes in and never comes out, a change is for a version, and what people have stays.
func TestProvidersAreAdministered(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		token := a.token(t, a.admin, everything()...)
		const create = `mutation{createIdentityProvider(input:{slug:"work",kind:OIDC,name:"Work",issuer:"https://idp.example",clientId:"here",
			clientSecret:"hush hush",levels:[{value:"mfa",level:2}],emailDomains:["Example.org"],trustEmail:true}){
			identityProvider{id slug kind enabled redirectUri linkPolicy emailDomains levels{value level} version} userErrors{code path}}}`
		got := a.query(t, token, create, nil)
		id, _ := got.at("createIdentityProvider", "identityProvider", "id").(string)
		want := map[string]any{
			"id": id, "slug": "work", "kind": "OIDC", "enabled": false, "redirectUri": "https://id.example/login/callback/work", "linkPolicy": "CONFIRM",
			"emailDomains": []any{"example.org"}, "levels": []any{map[string]any{"value": "mfa", "level": float64(2)}}, "version": float64(1),
		}
		if diff := cmp.Diff(any(want), got.at("createIdentityProvider", "identityProvider")); diff != "" {
			t.Errorf("%s: %s", diff, got.body)
		}
		const update = `mutation($i:ID!,$v:Int){updateIdentityProvider(input:{id:$i,expectedVersion:$v,enabled:true,clientSecret:"other"}){
			identityProvider{version enabled} userErrors{code}}}`
		if got := a.query(t, token, update, map[string]any{"i": id, "v": 1}); got.at("updateIdentityProvider", "identityProvider", "version") != float64(2) {
			t.Error(got.body)
		}
		if got := a.query(t, token, update, map[string]any{"i": id, "v": 1}); !strings.Contains(got.body, "VERSION_CONFLICT") ||
			got.at("updateIdentityProvider", "identityProvider", "version") != float64(2) {
			t.Error(got.body)
		}
		const wrong = `mutation{createIdentityProvider(input:{slug:"No",kind:OAUTH2,name:"",issuer:"http://idp.example",clientId:"x",register:true,
			linkPolicy:VERIFIED_EMAIL,levels:[{value:"a",level:3}]}){userErrors{path}}}`
		for _, field := range []string{"slug", "name", "issuer", "register", "linkPolicy", "levels", "tokenEndpoint", "subjectClaim"} {
			if got := a.query(t, token, wrong, nil); !strings.Contains(got.body, `"`+field+`"`) {
				t.Errorf("%s is not named: %s", field, got.body)
			}
		}
		user := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example", Password: "correct horse battery staple"})
		linked := a.linked(t, user.ID)
		got = a.query(t, token, `{users(search:"bob"){nodes{linkedIdentities{id identityProviderId subject email}}} identityProviders{slug}}`, nil)
		if !strings.Contains(got.body, model.KindLinked.ID(linked.ID)) || !strings.Contains(got.body, `"slug":"work"`) {
			t.Error(got.body)
		}
		const unlink = `mutation($u:ID!,$l:ID!){unlinkIdentity(input:{id:$u,linkedIdentityId:$l}){user{linkedIdentities{id}} userErrors{code}}}`
		variables := map[string]any{"u": model.KindUser.ID(user.ID), "l": model.KindLinked.ID(linked.ID)}
		if got := a.query(t, token, unlink, variables); !strings.Contains(got.body, `"linkedIdentities":[]`) {
			t.Error(got.body)
		}
		if got := a.query(t, token, unlink, variables); !strings.Contains(got.body, "CREDENTIAL_NOT_FOUND") {
			t.Error(got.body)
		}
		lesser := a.token(t, a.admin, "admin:settings:read", "admin:settings:write")
		if got := a.query(t, lesser, update, map[string]any{"i": id, "v": 2}); !strings.Contains(got.body, "INSUFFICIENT_PRIVILEGES") {
			t.Error(got.body)
		}
		events, err := a.store.AuditEvents(t.Context(), identity.AuditQuery{Range: identity.KeysetRange{Limit: 100}})
		check(t, err)
		for _, e := range events {
			if text := cmp.Diff(nil, e.Item.Changes); strings.Contains(text, "hush hush") || strings.Contains(text, "other\"") {
				t.Errorf("the trail has a secret: %s", text)
			}
		}
	})
}
