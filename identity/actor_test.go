package identity_test

import (
	"context"
	"testing"

	"github.com/authly/authly/identity"
)

func TestMayAdminister(t *testing.T) {
	t.Parallel()
	const scope = identity.ScopeUsersRead
	for name, test := range map[string]struct {
		actor identity.Actor
		want  bool
	}{
		"nobody":                        {identity.Actor{Kind: identity.ActorAnonymous}, false},
		"nobody with flag and no scope": {identity.Actor{Kind: identity.ActorAnonymous, Admin: true}, false},
		"a user with the scope":         {identity.Actor{Kind: identity.ActorUser, Scopes: []string{scope}}, false},
		"an admin without the scope":    {identity.Actor{Kind: identity.ActorUser, Admin: true}, false},
		"an admin with another scope":   {identity.Actor{Kind: identity.ActorUser, Admin: true, Scopes: []string{scope + "x"}}, false},
		"an admin with the scope":       {identity.Actor{Kind: identity.ActorUser, Admin: true, Scopes: []string{scope}}, true},
		"a client with the scope":       {identity.Actor{Kind: identity.ActorClient, Scopes: []string{scope}}, false},
		"a service admin":               {identity.Actor{Kind: identity.ActorClient, Admin: true, Scopes: []string{scope}}, true},
		"the operator":                  {identity.SystemActor("cli"), true},
	} {
		if got := test.actor.MayAdminister(scope); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestActorOfAContext(t *testing.T) {
	t.Parallel()
	if got := identity.ActorFrom(t.Context()); got.Kind != identity.ActorAnonymous || got.Admin {
		t.Errorf("without an actor: %+v", got)
	}
	ctx := identity.WithActor(t.Context(), identity.Actor{Kind: identity.ActorUser, RequestID: "r-1"})
	if got := identity.RequestID(ctx); got != "r-1" {
		t.Errorf("request id %q", got)
	}
}

func TestSelf(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	alice := f.user(t, "alice")
	got, err := f.Profiles.Self(f.as(alice))
	noError(t, err)
	wantSame(t, got, alice)
	for _, ctx := range []context.Context{t.Context(), f.ctx} {
		_, err := f.Profiles.Self(ctx)
		wantError(t, err, identity.ErrUserNotFound)
	}
}
