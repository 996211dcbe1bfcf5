package identity_test

import (
	"testing"
	"time"

	"github.com/authly/authly/identity"
)

func TestASignInMeetsADemand(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	const one, two = "urn:authly:acr:1", "urn:authly:acr:2"
	for _, c := range []struct {
		name   string
		demand identity.SignInDemand
		actor  identity.Actor
		met    bool
	}{
		{"nothing is demanded", identity.SignInDemand{}, identity.Actor{Kind: identity.ActorUser}, true},
		{"a higher class", identity.SignInDemand{Class: one}, identity.Actor{Kind: identity.ActorUser, Class: two}, true},
		{"a lower class", identity.SignInDemand{Class: two}, identity.Actor{Kind: identity.ActorUser, Class: one}, false},
		{"an unknown class", identity.SignInDemand{Class: one}, identity.Actor{Kind: identity.ActorUser, Class: "urn:example:3"}, false},
		{"just in time", identity.SignInDemand{MaxAge: time.Minute}, identity.Actor{Kind: identity.ActorUser, AuthTime: now.Add(-time.Minute)}, true},
		{"a second too late", identity.SignInDemand{MaxAge: time.Minute}, identity.Actor{Kind: identity.ActorUser, AuthTime: now.Add(-61 * time.Second)}, false},
		{"no time", identity.SignInDemand{MaxAge: time.Minute}, identity.Actor{Kind: identity.ActorUser}, false},
		{"in time, of a lower class", identity.SignInDemand{Class: two, MaxAge: time.Minute}, identity.Actor{Kind: identity.ActorUser, Class: one, AuthTime: now}, false},
		{"a client on its own behalf", identity.SignInDemand{Class: two, MaxAge: time.Minute}, identity.Actor{Kind: identity.ActorClient}, true},
		{"the operator", identity.SignInDemand{Class: two, MaxAge: time.Minute}, identity.SystemActor("apply"), true},
	} {
		if met := c.demand.MetBy(c.actor, now); met != c.met {
			t.Errorf("%s: %v", c.name, met)
		}
	}
}
