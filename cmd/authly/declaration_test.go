package main

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// parsed returns what a file without a fault declares.
func parsed(t *testing.T, text string) admin.Desired {
	t.Helper()
	desired, read := parseDeclaration([]byte(text), lookup(nil))
	if err := read.judged("file", nil); err != nil {
		t.Fatal(err)
	}
	return desired
}

// TestAUserIsDeclaredWithEveryClaim: every claim that is stored can be declared under its OIDC name.
func TestAUserIsDeclaredWithEveryClaim(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("users:\n  - username: alice\n    phone_number_verified: true\n")
	text.WriteString("    address: { street_address: Storgata 1, postal_code: \"0155\" }\n")
	want := identity.Claims{PhoneNumberVerified: true, Address: &identity.Address{StreetAddress: "Storgata 1", PostalCode: "0155"}}
	for _, claim := range identity.StandardClaims {
		if claim.Text != nil {
			fmt.Fprintf(&text, "    %s: the %s\n", claim.Name, claim.Name)
			*claim.Text(&want) = "the " + claim.Name
		}
	}
	got := parsed(t, text.String())
	if diff := cmp.Diff(want, got.Users[0].Claims); diff != "" {
		t.Errorf("a declaration of every claim: %s", diff)
	}
	claims := reflect.ValueOf(want)
	for i := range claims.NumField() {
		if claims.Field(i).IsZero() {
			t.Errorf("%s is not among what is declared", claims.Type().Field(i).Name)
		}
	}
}

// TestWhereClientsLookIsDeclared: claims in the ID token, the default audience, and the type of access tokens.
func TestWhereClientsLookIsDeclared(t *testing.T) {
	t.Parallel()
	got := parsed(t, `
resources: [{ uri: "https://api.example.org", access_token_typ: JWT, audiences: ["urn:api"], access_token_signing_alg: RS256,
  access_token_ttl: 60, access_token_format: opaque }, { uri: "https://other.example.org" }]
clients: [{ client_id: a, id_token_claims: true, default_resource: "https://api.example.org" }, { client_id: b }]
`)
	a, b := got.Clients[0].Policy, got.Clients[1].Policy
	if !a.IDTokenClaims || a.DefaultResource != "https://api.example.org" || b.IDTokenClaims || b.DefaultResource != "" {
		t.Errorf("%+v, %+v", a, b)
	}
	want := []identity.Resource{
		{
			URI: "https://api.example.org", AccessTokenType: identity.TypeJWT, Audiences: []string{"urn:api"}, AccessTokenAlg: identity.RS256,
			AccessTokenTTL: 60, AccessTokenFormat: identity.FormatOpaque,
		},
		{URI: "https://other.example.org"},
	}
	if diff := cmp.Diff(want, got.Resources); diff != "" {
		t.Error(diff)
	}
}
