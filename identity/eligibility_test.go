package identity_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// TestEveryReasonThatKeepsTokensBack: one answer for everybody who asks, the first reason that holds.
func TestEveryReasonThatKeepsTokensBack(t *testing.T) {
	t.Parallel()
	verified := identity.Settings{RequireVerified: true}
	for want, spoil := range map[identity.Eligibility]func(*identity.GrantStatus){
		identity.Eligible:          func(*identity.GrantStatus) {},
		identity.GrantEnded:        func(s *identity.GrantStatus) { s.Grant.EndedAt = &start },
		identity.TokenRevoked:      func(s *identity.GrantStatus) { s.TokenRevoked = true },
		identity.ClientInactive:    func(s *identity.GrantStatus) { s.Client.Active = false },
		identity.UserUnknown:       func(s *identity.GrantStatus) { s.User = identity.User{} },
		identity.UserInactive:      func(s *identity.GrantStatus) { s.User.Active, s.User.Verified = false, false },
		identity.UserUnverified:    func(s *identity.GrantStatus) { s.User.Verified, s.User.RequiresPasswordChange = false, true },
		identity.PasswordChangeDue: func(s *identity.GrantStatus) { s.User.RequiresPasswordChange = true },
		identity.SessionEnded:      func(s *identity.GrantStatus) { s.SessionActive = false },
	} {
		status := identity.GrantStatus{
			User: identity.User{ID: uuid.New(), Active: true, Verified: true}, Client: identity.Client{Active: true}, SessionActive: true,
		}
		spoil(&status)
		if got := status.Eligibility(&verified, start); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	unverified := identity.GrantStatus{
		User: identity.User{ID: uuid.New(), Active: true}, Client: identity.Client{Active: true}, SessionActive: true,
	}
	if got := unverified.Eligibility(&identity.Settings{}, start); got != identity.Eligible {
		t.Errorf("an unverified address keeps tokens back where it does not matter: %q", got)
	}
}

// TestAClientIsRefusedFromTheMomentItExpires, and not before.
func TestAClientIsRefusedFromTheMomentItExpires(t *testing.T) {
	t.Parallel()
	status := identity.GrantStatus{
		User: identity.User{ID: uuid.New(), Active: true}, Client: identity.Client{Active: true, ExpiresAt: &start}, SessionActive: true,
	}
	for when, want := range map[time.Duration]identity.Eligibility{
		-time.Nanosecond: identity.Eligible, 0: identity.ClientInactive, time.Hour: identity.ClientInactive,
	} {
		if got := status.Eligibility(&identity.Settings{}, start.Add(when)); got != want {
			t.Errorf("%s after: %q, want %q", when, got, want)
		}
	}
}
