package identity

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// TestTheClaimsAboutMembershipsTakeNoOthersName: every claim that tokens, UserInfo and introspection have is refused.
func TestTheClaimsAboutMembershipsTakeNoOthersName(t *testing.T) {
	t.Parallel()
	fields := func(p ClientPolicy) (names []string) {
		var faults Faults
		p.checkMembershipClaims(&faults)
		if err := faults.Err(); err != nil {
			for _, e := range AllErrors(err) {
				names = append(names, e.Field)
			}
		}
		return names
	}
	taken := slices.Concat(reservedClaims, []string{"email", "address", "name", "a b", `a"b`, "\u00e9", strings.Repeat("x", MaxText+1)})
	text, err := json.Marshal(AccessClaims{
		Scope: "x", AuthTime: 1, ACR: "x", AMR: []string{"x"}, Session: "x", Grant: "x", Sender: SenderConstraint{Key: "x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil || len(claims) < 14 {
		t.Fatal(claims, err)
	}
	for name := range claims {
		taken = append(taken, name)
	}
	for _, name := range taken {
		if got := fields(ClientPolicy{GroupsClaim: name}); !slices.Equal(got, []string{"groups_claim"}) {
			t.Errorf("groups as %q: %v", name, got)
		}
		if got := fields(ClientPolicy{RolesClaim: name}); !slices.Equal(got, []string{"roles_claim"}) {
			t.Errorf("roles as %q: %v", name, got)
		}
	}
	for _, p := range []ClientPolicy{{RolesClaim: "groups"}, {GroupsClaim: "roles"}, {GroupsClaim: "x", RolesClaim: "x"}} {
		if got := fields(p); !slices.Equal(got, []string{"roles_claim"}) {
			t.Errorf("one name for both: %+v: %v", p, got)
		}
	}
	for _, p := range []ClientPolicy{
		{},
		{GroupsClaim: "roles", RolesClaim: "groups"},
		{GroupsClaim: "https://a.example/groups", RolesClaim: "realm_access.roles"},
		{GroupsPrefix: "oidc:", RolesPrefix: "ROLE_", OwnRolesOnly: true},
	} {
		if got := fields(p); len(got) > 0 {
			t.Errorf("%+v: %v", p, got)
		}
	}
	if got := fields(ClientPolicy{GroupsPrefix: "a\nb", RolesPrefix: strings.Repeat("x", MaxText+1)}); len(got) != 2 {
		t.Errorf("prefixes: %v", got)
	}
}

// TestPrefixesCountAndNothingIsShared: a value with its prefix is what must fit, and what is cached stays as it is.
func TestPrefixesCountAndNothingIsShared(t *testing.T) {
	t.Parallel()
	values := []string{"a", "b"}
	if got := prefixed("x:", values); !slices.Equal(got, []string{"x:a", "x:b"}) || values[0] != "a" {
		t.Errorf("%v, %v", got, values)
	}
	long := MembershipClaims{Roles: prefixed(strings.Repeat("x", 200), slices.Repeat([]string{"a"}, 50))}.bounded()
	if long.Roles != nil || !long.Overage {
		t.Error("prefixes are not counted")
	}
	id := uuid.New()
	m := Memberships{Roles: []Role{{Name: "server"}, {Name: "own", ClientID: &id}, {Name: "other", ClientID: new(uuid.New())}}}
	for only, want := range map[bool][]string{false: {"server", "own"}, true: {"own"}} {
		got := roleNames(m, Client{ID: id, Policy: ClientPolicy{OwnRolesOnly: only}})
		slices.Sort(got)
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("own roles only %v: %v", only, got)
		}
	}
	none, err := json.Marshal(ReleasedClaims{}.In(AccessClaims{Issuer: "i"}))
	if err != nil || strings.Contains(string(none), "roles") {
		t.Errorf("%s, %v", none, err)
	}
	if got, err := json.Marshal(ReleasedClaims{"roles": []string{}}.In(struct{}{})); err == nil {
		t.Errorf("claims in a document without members: %s", got)
	}
}
