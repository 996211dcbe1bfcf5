package storetest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Run checks that a store fulfils the contract of identity.Store. open returns an empty store for each test.
func Run(t *testing.T, open func(t *testing.T) identity.Store) {
	for _, area := range []struct {
		name  string
		cases func(*runner)
	}{
		{"users", users},
		{"lists of users", userLists},
		{"devices", devices},
		{"credentials", credentials},
		{"second factors", secondFactors},
		{"passkeys", passkeys},
		{"identity providers", providers},
		{"trusted issuers", trustedIssuers},
		{"one-time tokens", oneTimeTokens},
		{"registrations", registrations},
		{"sign-in codes", signInCodes},
		{"device authorizations", deviceAuthorizations},
		{"backchannel requests", backchannelRequests},
		{"event streams", eventStreams},
		{"invitations", invitations},
		{"initial access tokens", initialAccessTokens},
		{"clients that have registered themselves", selfRegistered},
		{"sessions", sessions},
		{"clients", clients},
		{"lists of clients", clientLists},
		{"orders of clients", clientOrders},
		{"scopes and resources", scopes},
		{"use of scopes and resources", scopeUse},
		{"interactions", interactions},
		{"grant basis", grantBasis},
		{"grant bounds", grantBounds},
		{"grants", grants},
		{"status of grants", grantStatuses},
		{"consents", consents},
		{"keys", keys},
		{"audit trail", audit},
		{"replay keys", replays},
		{"idempotency keys", idempotency},
		{"clients of sessions", logouts},
		{"jobs", jobs},
		{"imports and exports", transfers},
		{"data of a user", userData},
		{"mail", mails},
		{"groups", groups},
		{"lists of groups", groupLists},
		{"roles", roles},
		{"delegations", delegations},
		{"attributes", attributes},
		{"settings", settings},
		{"brand", brand},

		{"administration of users", userAdministration},
		{"lists of sessions", sessionLists},
		{"lists of grants", grantLists},
		{"lists of consents", consentLists},
		{"usage of clients", clientUsage},
		{"users of clients", clientUsers},
		{"lists of the trail", auditLists},
		{"sweep", sweeps},
		{"transactions", transactions},
		{"freshness", freshness},
		{"races", races},
	} {
		t.Run(area.name, func(t *testing.T) {
			t.Parallel()
			area.cases(&runner{t: t, open: open})
		})
	}
}

// runner runs named cases, each on a store of its own.
type runner struct {
	t    *testing.T
	open func(t *testing.T) identity.Store
}

func (r *runner) run(name string, body func(f *fixture)) {
	r.t.Helper()
	r.t.Run(name, func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a store that waits for itself must not hang the suite
		defer cancel()
		body(&fixture{T: t, ctx: ctx, store: r.open(t), now: start})
	})
}

// start is the time of the fixtures: microseconds that do not end in zero, and ones that do are made from it.
var start = time.Date(2026, time.March, 29, 1, 59, 58, 123457000, time.UTC)

// fixture is one case: a store, a time and makers of valid rows.
type fixture struct {
	*testing.T
	ctx   context.Context
	store identity.Store
	now   time.Time
	count int
	mu    sync.Mutex
}

// id makes an id at the fixture's time.
func (f *fixture) id() uuid.UUID { return idAt(f.now) }

func idAt(t time.Time) uuid.UUID {
	return identity.Source{Clock: func() time.Time { return t }, Random: rand.Reader}.NewID()
}

// next counts up, for values that must be unique.
func (f *fixture) next() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	return f.count
}

func ptr[T any](v T) *T { return &v }

// noError fails the case when a call failed.
func (f *fixture) noError(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// wantErr requires an error that is want.
func (f *fixture) wantErr(err, want error) {
	f.Helper()
	if !errors.Is(err, want) {
		f.Fatalf("got error %v, want %v", err, want)
	}
}

// equal requires that two values are the same.
func (f *fixture) equal(got, want any) {
	f.Helper()
	if diff := cmp.Diff(want, got, parsedJSON, sameTime); diff != "" {
		f.Fatalf("want (-) got (+):\n%s", diff)
	}
}

// parsedJSON compares raw JSON by meaning: a database may store it in its own form.
var parsedJSON = cmp.Transformer("JSON", func(raw json.RawMessage) (value any) {
	if raw != nil && json.Unmarshal(raw, &value) != nil {
		return "invalid: " + string(raw)
	}
	return value
})

// sameTime is stricter than Equal: what a store returns must be UTC.
var sameTime = cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a.Location() == b.Location() })

// must returns the value of a call that cannot fail.
func must[T any](v T, err error) func(f *fixture) T {
	return func(f *fixture) T {
		f.Helper()
		f.noError(err)
		return v
	}
}

func (f *fixture) newUser(change ...func(*identity.User)) identity.User {
	n := f.next()
	u := identity.User{
		ID: f.id(), Username: fmt.Sprintf("user%d", n), Email: fmt.Sprintf("user%d@example.org", n), Active: true,
		CreatedAt: f.now, UpdatedAt: f.now, Version: 1,
	}
	for _, c := range change {
		c(&u)
	}
	return u
}

func (f *fixture) user(change ...func(*identity.User)) identity.User {
	f.Helper()
	u := f.newUser(change...)
	f.noError(f.store.InsertUser(f.ctx, u))
	return u
}

func (f *fixture) newSession(user uuid.UUID, change ...func(*identity.Session)) identity.Session {
	v := identity.Session{
		ID: f.id(), Digest: fmt.Appendf(nil, "session digest %d \x00\xff", f.next()), UserID: user, CreatedAt: f.now,
		LastActiveAt: f.now, AuthTime: f.now, ExpiresAt: f.now.Add(time.Hour), MaxExpiresAt: f.now.Add(24 * time.Hour),
		IP: "192.0.2.1", UserAgent: "browser", AMR: []string{"pwd"}, ACR: "1",
		Level: identity.LevelOne,
	}
	for _, c := range change {
		c(&v)
	}
	return v
}

func (f *fixture) session(user uuid.UUID, change ...func(*identity.Session)) identity.Session {
	f.Helper()
	v := f.newSession(user, change...)
	f.noError(f.store.InsertSession(f.ctx, v))
	return v
}

func (f *fixture) newClient(change ...func(*identity.Client)) identity.Client {
	c := identity.Client{
		ID: f.id(), ClientID: fmt.Sprintf("client%d", f.next()), Active: true, CreatedAt: f.now, UpdatedAt: f.now,
		Version: 1, Metadata: identity.ClientMetadata{Name: "Client"}, Policy: identity.ClientPolicy{RequirePKCE: true},
	}
	for _, change := range change {
		change(&c)
	}
	return c
}

func (f *fixture) client(change ...func(*identity.Client)) identity.Client {
	f.Helper()
	c := f.newClient(change...)
	f.noError(f.store.InsertClient(f.ctx, c))
	return c
}

func (f *fixture) newGrant(user, client uuid.UUID, change ...func(*identity.Grant)) identity.Grant {
	g := identity.Grant{
		ID: f.id(), UserID: user, ClientID: client, Scopes: []string{"openid", "profile"}, AuthTime: f.now, CreatedAt: f.now,
		Sender: identity.SenderConstraint{Key: "thumbprint", Certificate: "of a certificate"},
		Code: &identity.CodeState{
			Digest: fmt.Appendf(nil, "code digest %d", f.next()), ExpiresAt: f.now.Add(time.Minute),
			RedirectURI: "https://app.example.org/cb", CodeChallenge: "challenge", Nonce: "nonce",
		},
	}
	for _, c := range change {
		c(&g)
	}
	return g
}

// storedGrant returns a grant as it is stored now.
func (f *fixture) storedGrant(id uuid.UUID) identity.Grant {
	f.Helper()
	return must(f.store.GrantStatusByID(f.ctx, id, f.now))(f).Grant
}

func (f *fixture) grant(user, client uuid.UUID, change ...func(*identity.Grant)) identity.Grant {
	f.Helper()
	g := f.newGrant(user, client, change...)
	f.noError(f.store.InsertGrant(f.ctx, g))
	return g
}

// spent is a grant whose code is spent and whose refresh family is at a generation.
func spent(at time.Time, generation int) func(*identity.Grant) {
	return func(g *identity.Grant) {
		g.Code.SpentAt = &at
		g.Refresh = identity.RefreshState{
			Generation: generation, ExpiresAt: ptr(at.Add(720 * time.Hour)), IdleExpiresAt: ptr(at.Add(336 * time.Hour)),
		}
	}
}

// race starts n goroutines at once and returns their results.
func race[T any](f *fixture, n int, do func(i int) (T, error)) ([]T, []error) {
	results, faults := make([]T, n), make([]error, n)
	gate := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-gate
			results[i], faults[i] = do(i)
		})
	}
	close(gate)
	group.Wait()
	return results, faults
}
