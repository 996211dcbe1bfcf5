package tests

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// declareAttributes declares attributes of each type and what alice has of them. The scope hr releases all but the salary, and
// the salary is released by payroll.
func declareAttributes(t *testing.T, n *harness.Node) {
	t.Helper()
	values := identity.AttributeValues{}
	for name, d := range map[string]identity.AttributeDefinition{
		"department": {Type: identity.AttributeString, Claim: "https://id.example/department"},
		"teams":      {Type: identity.AttributeStringList}, "level": {Type: identity.AttributeInteger},
		"remote": {Type: identity.AttributeBoolean}, "since": {Type: identity.AttributeDate}, "absent": {Type: identity.AttributeString},
		"salary": {Type: identity.AttributeInteger, Scopes: []string{"payroll"}},
	} {
		d.Name = name
		if d.Scopes == nil {
			d.Scopes = []string{"hr"}
		}
		if _, err := n.Server.Admin.Attributes.Create(harness.System(t), d); err != nil {
			t.Fatal(err)
		}
		values[name] = map[string][]string{
			"department": {"R&D"}, "teams": {"blue"}, "level": {"7"}, "remote": {"false"}, "since": {"2020-02-29"}, "salary": {"1000"},
		}[name]
	}
	if _, err := n.Server.Admin.Users.Update(harness.System(t), n.User(t, "alice").ID, admin.UserChange{Attributes: values}, nil); err != nil {
		t.Fatal(err)
	}
}

// toldOfAttributes picks what a document has of them.
func toldOfAttributes(document map[string]any) map[string]any {
	told := map[string]any{}
	for _, name := range []string{
		"https://id.example/department", "department", "teams", "level", "remote", "since", "absent", "salary", "attribute_overage",
	} {
		if value, has := document[name]; has {
			told[name] = value
		}
	}
	return told
}

// TestAttributesAreToldByScope in all four places, each in the type of the attribute; and no longer when they are changed, taken
// away or not released any more.
func TestAttributesAreToldByScope(t *testing.T) {
	t.Parallel()
	eachFleet(t, func(t *testing.T, nodes ...*harness.Node) {
		n, other := nodes[0], nodes[len(nodes)-1]
		full, plain := harness.WebClient("full"), harness.WebClient("plain")
		full.Policy.IDTokenClaims = true
		full.Metadata.Scope += " hr payroll"
		plain.Metadata.Scope += " hr"
		n.Apply(t, admin.Desired{
			Scopes: []identity.Scope{{Name: "hr", Description: "Read your employment"}, {Name: "payroll"}}, Clients: []admin.NewClient{full, plain},
		})
		declareAttributes(t, n)
		all := map[string]any{
			"https://id.example/department": "R&D", "teams": []any{"blue"}, "level": 7.0, "remote": false, "since": "2020-02-29",
		}
		none := map[string]any{}
		told := func(place string, document map[string]any, want map[string]any) {
			t.Helper()
			if diff := cmp.Diff(want, toldOfAttributes(document)); diff != "" {
				t.Errorf("%s: %s", place, diff)
			}
		}
		sign := func(client string, scopes ...string) (id, access string) {
			token := harness.NewParty(t, n, client, scopes...).Tokens(harness.NewBrowser(t, n), "alice", harness.AlicePassword)
			return idToken(token), token.AccessToken
		}
		id, access := sign("full", "openid", "hr")
		told("ID token", harness.JWT(t, id, 1), all)
		told("access token", harness.JWT(t, access, 1), all)
		told("UserInfo", other.UserInfo(t, access).Body, all)
		told("introspection", other.Introspect(t, "full", access).Body, all)
		id, old := sign("full", "openid", "profile")
		told("ID token without the scope", harness.JWT(t, id, 1), none)
		told("access token without the scope", harness.JWT(t, old, 1), none)
		told("UserInfo without the scope", n.UserInfo(t, old).Body, none)
		id, access = sign("plain", "openid", "hr", "payroll")
		told("ID token of a client without id_token_claims", harness.JWT(t, id, 1), none)
		told("access token of a client without the scope payroll", harness.JWT(t, access, 1), all)

		alice := n.User(t, "alice").ID
		change := func(values identity.AttributeValues) {
			t.Helper()
			if _, err := n.Server.Admin.Users.Update(harness.System(t), alice, admin.UserChange{Attributes: values}, nil); err != nil {
				t.Fatal(err)
			}
			n.Clock.Advance(staleness)
		}
		change(identity.AttributeValues{"level": {"8"}, "teams": nil})
		now := map[string]any{"https://id.example/department": "R&D", "level": 8.0, "remote": false, "since": "2020-02-29"}
		told("UserInfo after a change", other.UserInfo(t, access).Body, now)
		told("introspection after a change", other.Introspect(t, "plain", access).Body, now)
		if err := n.Server.Admin.Scopes.Delete(harness.System(t), "hr"); err == nil {
			t.Error("a scope that clients may ask for is deleted")
		}
		definitions, err := n.Server.Admin.Attributes.List(harness.System(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range definitions {
			if d.Name == "since" {
				continue
			}
			if _, err := n.Server.Admin.Attributes.Update(harness.System(t), d.ID, admin.AttributeChange{Scopes: new([]string)}, nil); err != nil {
				t.Fatal(err)
			}
		}
		n.Clock.Advance(staleness)
		told("UserInfo when all but one is not released", other.UserInfo(t, access).Body, map[string]any{"since": "2020-02-29"})
		told("introspection then", other.Introspect(t, "plain", access).Body, map[string]any{"since": "2020-02-29"})
		document := other.Get(t, "/.well-known/openid-configuration").Body
		supported := list(t, document, "claims_supported")
		if !slices.Contains(supported, "since") || slices.Contains(supported, "level") || !slices.IsSorted(supported) {
			t.Errorf("claims_supported %v", supported)
		}
		if diff := cmp.Diff(document, other.Get(t, "/.well-known/oauth-authorization-server").Body); diff != "" {
			t.Error(diff)
		}
	})
}

// TestAttributesAreAskedForByTheClaimsParameter: the person consents to a scope that releases them, and a client that may not have
// one is told nothing, also not later.
func TestAttributesAreAskedForByTheClaimsParameter(t *testing.T) {
	t.Parallel()
	n := start(t, harness.SQLite(t))
	plain := harness.WebClient("plain")
	plain.Metadata.Scope += " hr"
	n.Apply(t, admin.Desired{
		Scopes:  []identity.Scope{{Name: "hr", Description: "Read your employment"}, {Name: "payroll"}},
		Clients: []admin.NewClient{plain},
	})
	declareAttributes(t, n)
	party, browser := harness.NewParty(t, n, "plain", "openid"), harness.NewBrowser(t, n)
	browser.Get(party.AuthURL("claims", `{"userinfo":{"level":{"essential":true},"salary":null},"id_token":{"https://id.example/department":null}}`))
	browser.SignIn("alice", harness.AlicePassword)
	if !strings.Contains(browser.Text(), "Read your employment") {
		t.Errorf("the page does not say it: %s", browser.Text())
	}
	browser.Submit("approve", nil)
	token, err := party.Exchange(party.Code(browser))
	if err != nil {
		t.Fatal(err)
	}
	told := func(place string, document, want map[string]any) {
		t.Helper()
		if diff := cmp.Diff(want, toldOfAttributes(document)); diff != "" {
			t.Errorf("%s: %s", place, diff)
		}
	}
	told("ID token", harness.JWT(t, idToken(token), 1), map[string]any{"https://id.example/department": "R&D"})
	told("access token", harness.JWT(t, token.AccessToken, 1), map[string]any{})
	told("UserInfo", n.UserInfo(t, token.AccessToken).Body, map[string]any{"level": 7.0})
	plain.Metadata.Scope += " payroll"
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{plain}})
	told("UserInfo when the client may have the other scope", n.UserInfo(t, token.AccessToken).Body, map[string]any{"level": 7.0})
	plain.Metadata.Scope = "openid"
	n.Apply(t, admin.Desired{Clients: []admin.NewClient{plain}})
	told("UserInfo when the client may not have the scope", n.UserInfo(t, token.AccessToken).Body, map[string]any{})
}
