package admin_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// eachStore runs a test on every kind of database.
func eachStore(t *testing.T, body func(t *testing.T, f *fixture)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB, ...store.Options) (*store.Store, string){
		"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := open(t)
			body(t, newFixtureOn(t, s))
		})
	}
}

// stranger is the context of a request that nobody has signed in for.
func (f *fixture) stranger() context.Context {
	return identity.WithActor(f.ctx, identity.Actor{Kind: identity.ActorAnonymous, IP: "203.0.113.5", UserAgent: "curl/8", RequestID: "request-2"})
}

// offline makes a grant that outlives its session.
func (f *fixture) offline(t testing.TB, c identity.Client, b identity.BrowserSession) identity.Grant {
	t.Helper()
	return f.redeem(t, c, b, "openid", "offline_access").Grant
}

// refusedWithout checks that an operation asks for exactly this scope.
func (f *fixture) refusedWithout(t *testing.T, scope string, do func(ctx context.Context) error) {
	t.Helper()
	asRoot := f.user(t, "gate"+uuid.NewString()[:8], administrator)
	others := []string{
		identity.ScopeUsersRead, identity.ScopeUsersWrite, identity.ScopeSessionsRead, identity.ScopeSessionsWrite, identity.ScopeClientsRead,
		identity.ScopeClientsWrite, identity.ScopeAuditRead, identity.ScopeSystemRead,
	}
	without := others[:0:0]
	for _, other := range others {
		if other != scope {
			without = append(without, other)
		}
	}
	wantError(t, do(f.stranger()), coded(identity.CodeUnauthenticated))
	wantError(t, do(f.as(f.user(t, "plain"+uuid.NewString()[:8]), others...)), coded(identity.CodeForbidden))
	wantError(t, do(f.as(asRoot, without...)), coded(identity.CodeInsufficientScope))
	if err := do(f.as(asRoot, scope)); errors.Is(err, coded(identity.CodeInsufficientScope)) {
		t.Errorf("refused with the scope %s: %v", scope, err)
	}
}

func ptr[T any](v T) *T { return &v }

func idsOf(users []identity.User) []uuid.UUID {
	ids := make([]uuid.UUID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	return ids
}

// try signs in with a password and returns only the error.
func (f *fixture) try(login, secret string) error {
	_, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: login, Password: secret})
	return err
}

// slowAfterThree refuses strangers after three guesses for ten minutes.
func slowAfterThree(s *identity.Settings) {
	three := identity.Rate{Burst: 3, Interval: 10 * time.Minute}
	s.Limits[identity.LimitPair], s.Limits[identity.LimitAccount] = three, three
}

// at is the context of a request from an address.
func (f *fixture) at(ip string) context.Context {
	return identity.WithActor(f.ctx, identity.Actor{Kind: identity.ActorAnonymous, IP: ip})
}

// guess signs in with a password from an address and returns only the error.
func (f *fixture) guess(ip, login, secret string) error {
	_, err := f.SignIn.Password(f.at(ip), identity.SignInAttempt{Login: login, Password: secret})
	return err
}

// registered is a client that passes every check.
func registered(change ...func(*identity.Client)) identity.Client {
	c := identity.Client{ClientID: "app", Active: true, Metadata: identity.ClientMetadata{
		TokenEndpointAuthMethod: identity.AuthClientSecretBasic, GrantTypes: []identity.GrantType{identity.GrantAuthorizationCode},
		ResponseTypes: []string{"code"}, ApplicationType: "web", SubjectType: "public", IDTokenAlg: identity.RS256,
		AccessTokenAlg: identity.ES256, RedirectURIs: []string{callback},
	}}
	for _, f := range change {
		f(&c)
	}
	return c
}

// servicesOn makes services that stand on something else than the fixture's.
func servicesOn(deps identity.Deps) *admin.Services {
	return admin.New(deps, identity.New(deps).SigningKeys)
}
