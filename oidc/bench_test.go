package oidc

import (
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

// BenchmarkUserClaims is what UserInfo and an ID token do for each answer: the claims of the usual scopes of a user who
// has most of them.
func BenchmarkUserClaims(b *testing.B) {
	user := identity.User{
		Username: "alice", Email: "alice@example.org", Verified: true, UpdatedAt: time.Unix(1_800_000_000, 0),
		Claims: identity.Claims{
			GivenName: "Alice", FamilyName: "Liddell", Zoneinfo: "Europe/Oslo", Locale: "nb-NO", PhoneNumber: "+4722334455",
			Address: &identity.Address{Locality: "Oslo", Country: "NO"},
		},
	}
	for name, scopes := range map[string][]string{
		"openid":     {identity.ScopeOpenID},
		"profile":    {identity.ScopeOpenID, identity.ScopeProfile, identity.ScopeEmail},
		"everything": {identity.ScopeOpenID, identity.ScopeProfile, identity.ScopeEmail, identity.ScopeAddress, identity.ScopePhone},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				userClaims(user, scopeClaims(scopes))
			}
		})
	}
}
