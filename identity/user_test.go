package identity_test

import (
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

func TestDisplayName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		claims identity.Claims
		want   string
	}{
		{identity.Claims{}, "alice"},
		{identity.Claims{GivenName: "Alice"}, "Alice"},
		{identity.Claims{FamilyName: "Liddell"}, "Liddell"},
		{identity.Claims{GivenName: "Alice", FamilyName: "Liddell"}, "Alice Liddell"},
		{identity.Claims{Name: "A. Liddell", GivenName: "Alice", FamilyName: "Liddell"}, "A. Liddell"},
		{identity.Claims{Nickname: "Al", PreferredUsername: "al"}, "alice"},
	} {
		if got := (identity.User{Username: "alice", Claims: test.claims}).DisplayName(); got != test.want {
			t.Errorf("%+v: %q", test.claims, got)
		}
	}
}

func TestLocked(t *testing.T) {
	t.Parallel()
	u := identity.User{}
	if u.Locked(start) {
		t.Error("locked without a lock")
	}
	u.LockedUntil = new(start)
	if !u.Locked(start.Add(-time.Microsecond)) || u.Locked(start) {
		t.Error("the lock does not end at its time")
	}
}
