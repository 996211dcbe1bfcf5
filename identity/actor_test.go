package identity_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

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

// TestEveryServiceChecksItsScope holds each administrative method to both layers: the flag and its own scope.
func TestEveryServiceChecksItsScope(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	root := f.user(t, "root", administrator)
	plain := f.user(t, "plain")
	app := f.client(t, "app")
	err1 := func(_ any, err error) error { return err }
	for name, method := range map[string]struct {
		scope string
		call  func(ctx context.Context) error
	}{
		"Users.Create": {identity.ScopeUsersWrite, func(ctx context.Context) error {
			_, _, err := f.Users.Create(ctx, identity.NewUser{})
			return err
		}},
		"Users.Update": {identity.ScopeUsersWrite, func(ctx context.Context) error {
			return err1(f.Users.Update(ctx, uuid.Nil, identity.UserChange{}, nil))
		}},
		"Users.Get": {identity.ScopeUsersRead, func(ctx context.Context) error {
			return err1(f.Users.Get(ctx, identity.UserBy{ID: root.ID}))
		}},
		"Users.ByIDs": {identity.ScopeUsersRead, func(ctx context.Context) error { return err1(f.Users.ByIDs(ctx, nil)) }},
		"Users.List": {identity.ScopeUsersRead, func(ctx context.Context) error {
			return err1(f.Users.List(ctx, identity.UserList{}, identity.PageArgs{}))
		}},
		"Users.Count": {identity.ScopeUsersRead, func(ctx context.Context) error {
			return err1(f.Users.Count(ctx, identity.UserList{}))
		}},
		"Users.ActiveSessionCounts": {identity.ScopeUsersRead, func(ctx context.Context) error {
			return err1(f.Users.ActiveSessionCounts(ctx, nil))
		}},
		"Clients.Create": {identity.ScopeClientsWrite, func(ctx context.Context) error {
			_, _, err := f.Clients.Create(ctx, identity.NewClient{})
			return err
		}},
		"Clients.Update": {identity.ScopeClientsWrite, func(ctx context.Context) error {
			_, _, err := f.Clients.Update(ctx, app.ID, identity.ClientChange{}, nil)
			return err
		}},
		"Clients.Delete": {identity.ScopeClientsWrite, func(ctx context.Context) error { return f.Clients.Delete(ctx, uuid.Nil) }},
		"Scopes.Save": {identity.ScopeScopesWrite, func(ctx context.Context) error {
			return err1(f.Scopes.Save(ctx, identity.Scope{Name: "tea"}))
		}},
		"Scopes.Delete": {identity.ScopeScopesWrite, func(ctx context.Context) error { return f.Scopes.Delete(ctx, "none") }},
		"Scopes.SaveResource": {identity.ScopeScopesWrite, func(ctx context.Context) error {
			return err1(f.Scopes.SaveResource(ctx, identity.Resource{URI: api}))
		}},
		"Scopes.DeleteResource": {identity.ScopeScopesWrite, func(ctx context.Context) error {
			return f.Scopes.DeleteResource(ctx, "https://none.example.org")
		}},
		"Apply to an existing user": {identity.ScopeUsersWrite, func(ctx context.Context) error {
			return err1(f.Apply(ctx, identity.Desired{Users: []identity.DesiredUser{{NewUser: identity.NewUser{
				Username: "plain", Email: "plain@example.org", PasswordHash: hashed(), Verified: true,
			}}}}, false))
		}},
	} {
		every := []string{}
		for _, scope := range identity.BuiltInScopes() {
			if scope.Name != method.scope {
				every = append(every, scope.Name)
			}
		}
		refusals := []error{coded(identity.CodeUnauthenticated), coded(identity.CodeForbidden), coded(identity.CodeInsufficientScope)}
		for i, ctx := range []context.Context{t.Context(), f.as(plain, method.scope), f.as(root, every...)} {
			if err := method.call(ctx); !errors.Is(err, refusals[i]) {
				t.Errorf("%s by caller %d: got %v, want %v", name, i, err, refusals[i])
			}
		}
		for _, ctx := range []context.Context{f.as(root, method.scope), f.ctx} {
			err := method.call(ctx)
			for _, refusal := range refusals {
				if errors.Is(err, refusal) {
					t.Errorf("%s is refused to an administrator: %v", name, err)
				}
			}
		}
	}
}

func TestSelf(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	alice := f.user(t, "alice")
	got, err := f.Users.Self(f.as(alice))
	no(t, err)
	wantSame(t, got, alice)
	for _, ctx := range []context.Context{t.Context(), f.ctx} {
		_, err := f.Users.Self(ctx)
		wantError(t, err, identity.ErrUserNotFound)
	}
}
