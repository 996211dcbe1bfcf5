package oidc

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/tests/growth"
)

func registered(scope string) identity.Client {
	return identity.Client{Metadata: identity.ClientMetadata{Scope: scope}}
}

// TestAClaimsRequestIsConfined: a client gets one by one only what it could have had by a scope, and the scopes of the
// rest are asked of the person.
func TestAClaimsRequestIsConfined(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, registered  string
		scopes            []string
		userInfo, idToken []string
	}{
		"nothing": {`{}`, "openid profile email", nil, nil, nil},
		"what the scopes hold": {
			`{"userinfo":{"email":null},"id_token":{"name":{"essential":true}}}`, "openid profile email",
			[]string{"email", "profile"},
			[]string{"email"},
			[]string{"name"},
		},
		"what no scope holds": {
			`{"userinfo":{"email":null,"name":null},"id_token":{"address":null}}`, "openid profile",
			[]string{"profile"},
			[]string{"name"},
			nil,
		},
		"what is of no scope": {
			`{"id_token":{"auth_time":null,"acr":{"values":["1"]},"x":null}}`, "openid", nil, nil, []string{"acr", "auth_time", "x"},
		},
		"the same claim in two parts": {
			`{"userinfo":{"email":null},"id_token":{"email":null}}`, "email", []string{"email"}, []string{"email"}, []string{"email"},
		},
		"a client without scopes": {`{"userinfo":{"email":null,"phone_number":null}}`, "", nil, nil, nil},
	} {
		request, err := parseClaimsRequest([]byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := request.confine(registered(c.registered)); !slices.Equal(got, c.scopes) {
			t.Errorf("%s: the scopes %q, want %q", name, got, c.scopes)
		}
		userInfo, idToken := slices.Sorted(maps.Keys(request.UserInfo)), slices.Sorted(maps.Keys(request.IDToken))
		if !slices.Equal(userInfo, c.userInfo) || !slices.Equal(idToken, c.idToken) {
			t.Errorf("%s: left are %q and %q, want %q and %q", name, userInfo, idToken, c.userInfo, c.idToken)
		}
	}
}

func TestParseClaimsRequest(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		``: true, `{}`: true, `null`: true, `{"userinfo":null}`: true, `{"userinfo":{"email":null},"other":7}`: true,
		`{"userinfo":{"email":7}}`: true, // what cannot be read of one claim asks for nothing special
		`[]`:                       false, `7`: false, `{"userinfo":[]}`: false, `{"id_token":"x"}`: false, `{`: false, `{} x`: false,
	} {
		if _, err := parseClaimsRequest([]byte(text)); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestWhatAClaimsRequestDemands(t *testing.T) {
	t.Parallel()
	const one = "urn:authly:acr:1"
	for text, want := range map[string]struct {
		known     []string
		essential bool
		subject   string
	}{
		`{}`: {},
		`{"id_token":{"acr":{"essential":true,"value":"gold"}}}`:               {essential: true},
		`{"id_token":{"acr":{"essential":true,"values":["gold","1"]}}}`:        {essential: true},
		`{"id_token":{"acr":{"essential":true,"value":1}}}`:                    {essential: true},
		`{"id_token":{"acr":{"essential":true,"value":"` + one + `"}}}`:        {known: []string{one}, essential: true},
		`{"id_token":{"acr":{"essential":true,"values":["x","` + one + `"]}}}`: {known: []string{one}, essential: true},
		`{"id_token":{"acr":{"essential":true}}}`:                              {},
		`{"id_token":{"acr":{"values":["gold"]}}}`:                             {},
		`{"id_token":{"acr":{"values":["gold","` + one + `"]}}}`:               {known: []string{one}},
		`{"userinfo":{"acr":{"essential":true,"value":"gold"}}}`:               {},
		`{"id_token":{"acr":7}}`:                                               {},
		`{"id_token":{"sub":{"value":"alice"}}}`:                               {subject: "alice"},
		`{"id_token":{"sub":{"value":7}}}`:                                     {},
		`{"id_token":{"sub":null},"userinfo":{"sub":{"value":"somebody"}}}`:    {subject: "somebody"},
		`{"userinfo":{"sub":{"values":["alice"]}}}`:                            {subject: "alice"},
	} {
		request, err := parseClaimsRequest([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if known, essential := request.classes([]string{one}); !slices.Equal(known, want.known) || essential != want.essential {
			t.Errorf("%s: asks for the classes %q, essential %v", text, known, essential)
		}
		if got := request.subject(); got != want.subject {
			t.Errorf("%s: is about %q, want %q", text, got, want.subject)
		}
	}
}

// FuzzClaimsRequest: whatever a client sends, it gets no claim of a scope that it is not registered for, the scopes that
// a person is asked for cover what is left, and what is stored is read back as the same request.
func FuzzClaimsRequest(f *testing.F) {
	for _, seed := range []string{
		`{"userinfo":{"email":null},"id_token":{"name":{"essential":true},"sub":{"value":"x"}}}`, `{}`, `null`, ``,
		`{"id_token":{"acr":{"essential":true,"values":[1]}}}`, `{"userinfo":{"":null}}`,
	} {
		f.Add(seed, "openid profile")
	}
	f.Fuzz(func(t *testing.T, text, scope string) {
		growth.Linear(t, func(n int) string {
			members := make([]string, n)
			for i := range members {
				members[i] = fmt.Sprintf(`"%d":{"values":[%s]}`, i, text)
			}
			return `{"userinfo":{` + strings.Join(members, ",") + `}}`
		}, func(text string) { _, _ = parseClaimsRequest([]byte(text)) })
		request, err := parseClaimsRequest([]byte(text))
		if err != nil {
			return
		}
		request.classes([]string{"urn:authly:acr:1"})
		request.subject()
		client := registered(scope)
		scopes := request.confine(client)
		for of, claims := range standardClaims {
			for _, name := range claims {
				_, a := request.UserInfo[name]
				_, b := request.IDToken[name]
				if (a || b) && (!slices.Contains(client.Scopes(), of) || !slices.Contains(scopes, of)) {
					t.Errorf("%s is given to a client with %q that asks for %q", name, scope, scopes)
				}
			}
		}
		stored, err := json.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseClaimsRequest(stored)
		if err != nil || !slices.Equal(slices.Sorted(maps.Keys(again.UserInfo)), slices.Sorted(maps.Keys(request.UserInfo))) ||
			again.subject() != request.subject() {
			t.Errorf("%s is stored as %s: %v", text, stored, err)
		}
	})
}

// TestAccessTokenHash has the example of OIDC Core A.3 for SHA-256; the others are the left halves by hand.
func TestAccessTokenHash(t *testing.T) {
	t.Parallel()
	const token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"
	for alg, want := range map[identity.Algorithm]string{
		identity.RS256: "77QmUPtjPfzWtF2AnpK9RQ",
		identity.ES256: "77QmUPtjPfzWtF2AnpK9RQ",
	} {
		if got := leftHalf(alg, token); got != want {
			t.Errorf("%s: %s, want %s", alg, got, want)
		}
	}
	if got := leftHalf(identity.EdDSA, token); len(got) != 43 || strings.HasPrefix(got, "77QmUPtj") {
		t.Errorf("EdDSA: %s is not the left half of a SHA-512 digest", got)
	}
}

// TestWhatIsNotKnownIsLeftOut: a claim without a value is absent, never null or empty (OIDC Core §5.3.2).
func TestWhatIsNotKnownIsLeftOut(t *testing.T) {
	t.Parallel()
	all := claimsSupported(nil)
	got := userClaims(identity.User{Username: "alice"}, all)
	want := []string{"email_verified", "name", "preferred_username", "updated_at"}
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		t.Errorf("a user without claims has %q, want %q", names, want)
	}
	full := userClaims(identity.User{Username: "alice", Email: "a@example.org", Verified: true, Claims: identity.Claims{
		PhoneNumber: "+4722334455", Address: &identity.Address{Country: "NO"}, PreferredUsername: "al",
	}}, append(all, "phone_number_verified", "unknown"))
	if full["phone_number_verified"] != false || full["address"] == nil || full["preferred_username"] != "al" || full["unknown"] != nil {
		t.Errorf("a user with claims has %v", full)
	}
}

// TestTheClaimsOfAScope: every standard claim is of exactly its scope, is supported, and UserInfo has it with the scope.
func TestTheClaimsOfAScope(t *testing.T) {
	t.Parallel()
	user := identity.User{Username: "alice", Email: "alice@example.org", Claims: identity.Claims{Address: &identity.Address{Country: "NO"}}}
	for _, claim := range identity.StandardClaims {
		if claim.Text != nil {
			*claim.Text(&user.Claims) = "x"
		}
	}
	supported := claimsSupported(nil)
	scopes := []string{identity.ScopeOpenID, identity.ScopeProfile, identity.ScopeEmail, identity.ScopeAddress, identity.ScopePhone}
	for _, claim := range identity.StandardClaims {
		if !slices.Contains(supported, claim.Name) {
			t.Errorf("%s is not in claims_supported", claim.Name)
		}
		for _, scope := range scopes {
			if _, has := userClaims(user, scopeClaims([]string{scope}))[claim.Name]; has != (scope == claim.Scope) {
				t.Errorf("with the scope %s a user has %s: %v", scope, claim.Name, has)
			}
		}
	}
}

// TestAttributesAreAskedForByName: as far as the client may have a scope that releases them, which is one to consent to unless it
// is asked for anyway; and what is no claim now is not kept until it is one.
func TestAttributesAreAskedForByName(t *testing.T) {
	t.Parallel()
	attributes := []identity.AttributeDefinition{
		{Name: "badge", Claim: "https://a.example/badge", Scopes: []string{"hr", "staff"}},
		{Name: "department", Scopes: []string{"hr", "staff"}},
		{Name: "salary", Scopes: []string{"payroll"}},
	}
	for name, c := range map[string]struct{ scopes, kept, more string }{
		"none is asked for": {"openid", "[acr department email https://a.example/badge]", "[hr]"},
		"one is":            {"openid staff", "[acr department email https://a.example/badge]", "[]"},
	} {
		request, err := parseClaimsRequest([]byte(`{"userinfo":{"https://a.example/badge":null,"badge":null,"salary":null,"email":null,"x":null},
			"id_token":{"department":{"essential":true},"acr":null}}`))
		if err != nil || !request.namesAttributes() {
			t.Fatal(err)
		}
		more := request.confineAttributes(registered("openid hr staff"), attributes, strings.Fields(c.scopes))
		kept := append(names(request.UserInfo), names(request.IDToken)...)
		slices.Sort(kept)
		if fmt.Sprint(kept) != c.kept || fmt.Sprint(more) != c.more {
			t.Errorf("%s: kept %v, more %v", name, kept, more)
		}
	}
}
