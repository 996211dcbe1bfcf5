package cache_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cache"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
	"github.com/authly/authly/tests/services/instance"
)

// clock can be moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)} }

func unlimited(ttl time.Duration) time.Duration { return ttl }

func TestAnEntryIsServedUntilATagIsInvalidated(t *testing.T) {
	t.Parallel()
	at := newClock()
	versions := cache.NewVersions(at.Now, time.Hour)
	local := cache.NewLocalCache(versions, at.Now, 10, unlimited)
	reads := 0
	get := func() int {
		n, err := cache.Get(t.Context(), local, "key", time.Minute, func(context.Context) (cache.Loaded[int], error) {
			reads++
			return cache.Loaded[int]{Value: reads, Tags: []string{"user:1", "users"}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, step := range []struct {
		name string
		do   func()
		want int
	}{
		{"the first read", func() {}, 1},
		{"from memory", func() {}, 1},
		{"after another tag", func() { versions.Invalidate("user:2") }, 1},
		{"after one of its tags", func() { versions.Invalidate("user:1") }, 2},
		{"from memory again", func() {}, 2},
		{"after all tags", func() { versions.InvalidateAll() }, 3},
		{"shortly before the end of its lifetime", func() { at.advance(59 * time.Second) }, 3},
		{"after its lifetime", func() { at.advance(time.Second) }, 4},
	} {
		step.do()
		if got := get(); got != step.want {
			t.Errorf("%s: value %d, want %d", step.name, got, step.want)
		}
	}
}

// TestAnEntryReadDuringAWriteIsNotCached: the read began before the write and ends after it.
func TestAnEntryReadDuringAWriteIsNotCached(t *testing.T) {
	t.Parallel()
	at := newClock()
	versions := cache.NewVersions(at.Now, time.Hour)
	local := cache.NewLocalCache(versions, at.Now, 10, unlimited)
	value := atomic.Int64{}
	read := func(during func()) int64 {
		n, err := cache.Get(t.Context(), local, "key", time.Minute, func(context.Context) (cache.Loaded[int64], error) {
			seen := value.Load()
			during()
			return cache.Loaded[int64]{Value: seen, Tags: []string{"x"}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	read(func() {
		value.Store(1)
		versions.Invalidate("x")
		// Who asks now must not get what is being read from before.
		if got := read(func() {}); got != 1 {
			t.Errorf("a reader after the write got %d", got)
		}
	})
	if got := read(func() {}); got != 1 {
		t.Errorf("the old value is cached: %d", got)
	}
}

func TestCallersShareOneRead(t *testing.T) {
	t.Parallel()
	at := newClock()
	local := cache.NewLocalCache(cache.NewVersions(at.Now, time.Hour), at.Now, 10, unlimited)
	var reads atomic.Int64
	arrived, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	get := func() {
		_, err := cache.Get(t.Context(), local, "key", time.Minute, func(context.Context) (cache.Loaded[int], error) {
			if reads.Add(1) == 1 {
				close(arrived)
			}
			<-release
			return cache.Loaded[int]{Value: 7}, nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	all.Go(get)
	<-arrived
	for range 20 {
		all.Go(get)
	}
	close(release)
	all.Wait()
	if reads.Load() > 2 { // a late caller may come after the flight has landed, and then finds the entry
		t.Errorf("%d reads", reads.Load())
	}
}

func TestErrorsAreNotCached(t *testing.T) {
	t.Parallel()
	at := newClock()
	local := cache.NewLocalCache(cache.NewVersions(at.Now, time.Hour), at.Now, 10, unlimited)
	fault := errors.New("away")
	for _, want := range []error{fault, nil} {
		_, err := cache.Get(t.Context(), local, "key", time.Minute, func(context.Context) (cache.Loaded[int], error) { return cache.Loaded[int]{Value: 1}, want })
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func TestOldInvalidationsAreForgotten(t *testing.T) {
	t.Parallel()
	at := newClock()
	versions := cache.NewVersions(at.Now, time.Minute)
	version := versions.Version()
	versions.Invalidate("x")
	if versions.UnchangedSince(version, "x") {
		t.Error("an invalidation is not seen")
	}
	at.advance(2 * time.Minute)
	versions.Invalidate("y")
	versions.Invalidate("y")
	if !versions.UnchangedSince(versions.Version(), "x", "y") {
		t.Error("a new version is not current")
	}
}

// node is one server's view of a shared database.
type node struct {
	*cache.Store
	bus   *cache.Bus
	local *cache.LocalCache

	versions *cache.Versions
}

func newNode(t *testing.T, inner *store.Store, at *clock, redis string) *node {
	t.Helper()
	versions := cache.NewVersions(at.Now, time.Hour)
	bus, err := cache.NewBus(redis, t.Name(), uuid.NewString(), versions, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	local := cache.NewLocalCache(versions, at.Now, 1000, bus.LimitTTL)
	return &node{Store: cache.NewStore(inner, local, bus), bus: bus, local: local, versions: versions}
}

// subscribe runs the node's bus and waits until it is healthy.
func (n *node) subscribe(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- n.bus.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	eventually(t, "the node is subscribed", func() bool { return n.bus.LimitTTL(time.Hour) == time.Hour })
}

// eventually polls for something that happens on another connection.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("it never came true that %s", what)
		case <-tick.C:
		}
	}
}

// world is a user with a session and a grant, as an access token needs them.
type world struct {
	user    identity.User
	client  identity.Client
	session identity.Session
	grant   identity.Grant
}

func newWorld(t *testing.T, s identity.Store, now time.Time) world {
	t.Helper()
	source := identity.SystemSource()
	w := world{}
	name := "u" + uuid.NewString()[:8]
	w.user = identity.User{
		ID: source.NewID(), Username: name, Email: name + "@example.org", Active: true, Admin: true, CreatedAt: now, UpdatedAt: now, Version: 1,
	}
	w.client = identity.Client{
		ID: source.NewID(), ClientID: name, Active: true, CreatedAt: now, UpdatedAt: now, Version: 1, Policy: identity.DefaultPolicy(),
	}
	w.session = identity.Session{
		ID: source.NewID(), Digest: []byte(name + "-0123456789012345678901234567890"), UserID: w.user.ID, CreatedAt: now, LastActiveAt: now, AuthTime: now,
		ExpiresAt: now.Add(time.Hour), MaxExpiresAt: now.Add(2 * time.Hour), AMR: []string{"pwd"}, Level: identity.LevelOne,
	}
	w.grant = identity.Grant{
		ID: source.NewID(), UserID: w.user.ID, ClientID: w.client.ID, SessionID: &w.session.ID, Scopes: []string{"openid"}, AuthTime: now,
		AMR: []string{"pwd"}, CreatedAt: now,
	}
	for _, err := range []error{
		s.InsertUser(t.Context(), w.user), s.InsertClient(t.Context(), w.client), s.InsertSession(t.Context(), w.session),
		s.InsertGrant(t.Context(), w.grant),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func event(at *clock) identity.AuditEvent {
	return identity.AuditEvent{ID: uuid.New(), OccurredAt: at.Now(), ActorKind: identity.ActorSystem, Outcome: identity.OutcomeSuccess}
}

// deaths are the writes that end an access token.
func deaths(at *clock) map[string]func(ctx context.Context, s identity.Store, w world) error {
	ended := func(_ any, err error) error { return err }
	return map[string]func(ctx context.Context, s identity.Store, w world) error{
		"deactivation": func(ctx context.Context, s identity.Store, w world) error {
			w.user.Active = false
			return s.UpdateUser(ctx, w.user)
		},
		"deletion of the user": func(ctx context.Context, s identity.Store, w world) error { return s.DeleteUser(ctx, w.user.ID) },
		"a password to change": func(ctx context.Context, s identity.Store, w world) error {
			w.user.RequiresPasswordChange = true
			return s.UpdateUser(ctx, w.user)
		},
		"the end of the session": func(ctx context.Context, s identity.Store, w world) error {
			return ended(s.EndSessions(ctx, identity.SessionSelection{IDs: []uuid.UUID{w.session.ID}}, at.Now(), identity.EndRevoked))
		},
		"the end of the grant": func(ctx context.Context, s identity.Store, w world) error {
			return ended(s.EndGrants(ctx, identity.GrantSelection{UserID: w.user.ID}, at.Now(), identity.EndRevoked))
		},
		"an inactive client": func(ctx context.Context, s identity.Store, w world) error {
			w.client.Active = false
			return s.UpdateClient(ctx, w.client)
		},
		"deletion of the client": func(ctx context.Context, s identity.Store, w world) error { return s.DeleteClient(ctx, w.client.ID) },
		"revocation of the token": func(ctx context.Context, s identity.Store, w world) error {
			return s.RevokeToken(ctx, "jti-"+w.user.Username, at.Now().Add(time.Hour), event(at))
		},
		"the end of this one grant": func(ctx context.Context, s identity.Store, w world) error {
			return ended(s.EndGrant(ctx, w.grant.ID, w.client.ID, at.Now(), identity.EndRevoked, event(at)))
		},
		"a transaction": func(ctx context.Context, s identity.Store, w world) error {
			return s.InTx(ctx, func(ctx context.Context, tx identity.Store) error {
				w.user.Active = false
				return tx.UpdateUser(ctx, w.user)
			})
		},
	}
}

func live(t *testing.T, s identity.Store, w world, now time.Time) bool {
	t.Helper()
	status, err := s.GrantStatus(t.Context(), w.grant.ID, "jti-"+w.user.Username, now)
	if errors.Is(err, identity.ErrGrantNotFound) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	return status.Eligibility(&identity.Settings{}, time.Time{}) == identity.Eligible
}

// TestADeadTokenIsDeadAtOnceOnItsNode caches a status, writes, and asks again, for every kind of write.
func TestADeadTokenIsDeadAtOnceOnItsNode(t *testing.T) {
	t.Parallel()
	at := newClock()
	inner, _ := storetest.SQLite(t)
	n := newNode(t, inner, at, "")
	newWorld(t, n, at.Now()) // the administrator who stays
	for name, kill := range deaths(at) {
		w := newWorld(t, n, at.Now())
		if read, again := live(t, n, w, at.Now()), live(t, n, w, at.Now()); !read || !again {
			t.Errorf("%s: not live before", name)
		}
		if err := kill(t.Context(), n, w); err != nil {
			t.Fatal(err)
		}
		if live(t, n, w, at.Now()) {
			t.Errorf("%s: still live", name)
		}
	}
}

// TestADeadTokenIsDeadOnEveryNode is the same over two nodes: soon with Redis, and after two seconds without it.
func TestADeadTokenIsDeadOnEveryNode(t *testing.T) {
	t.Parallel()
	redis := os.Getenv("AUTHLY_TEST_REDIS_URL")
	if redis == "" {
		t.Fatal("AUTHLY_TEST_REDIS_URL is not set: run the tests with make test")
	}
	for name, address := range map[string]string{"with Redis": redis, "without Redis": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := newClock()
			inner, _ := storetest.Postgres(t)
			a, b := newNode(t, inner, at, address), newNode(t, inner, at, address)
			if address != "" {
				a.subscribe(t)
				b.subscribe(t)
			}
			newWorld(t, a, at.Now())
			for cause, kill := range deaths(at) {
				w := newWorld(t, a, at.Now())
				if !live(t, b, w, at.Now()) {
					t.Errorf("%s: not live before", cause)
				}
				if err := kill(t.Context(), a, w); err != nil {
					t.Fatal(err)
				}
				if address == "" {
					at.advance(cache.DegradedTTL)
				} else {
					eventually(t, cause+" has arrived", func() bool { return !live(t, b, w, at.Now()) })
				}
				if live(t, b, w, at.Now()) {
					t.Errorf("%s: still live on the other node", cause)
				}
			}
		})
	}
}

// TestAProlongedSessionDoesNotDieOfAnOldEntry: the cached status says that the session has expired, but it was used
// elsewhere.
func TestAProlongedSessionDoesNotDieOfAnOldEntry(t *testing.T) {
	t.Parallel()
	at := newClock()
	inner, _ := storetest.SQLite(t)
	n := newNode(t, inner, at, "")
	w := newWorld(t, n, at.Now())
	at.advance(time.Hour - time.Second)
	if !live(t, n, w, at.Now()) {
		t.Fatal("not live before its expiry")
	}
	if err := inner.TouchSession(t.Context(), w.session.ID, at.Now(), at.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	at.advance(time.Second + time.Millisecond)
	if !live(t, n, w, at.Now()) {
		t.Error("an old entry ends a session that was prolonged")
	}
}

func TestClientsAndScopesAreFresh(t *testing.T) {
	t.Parallel()
	at := newClock()
	inner, _ := storetest.SQLite(t)
	n := newNode(t, inner, at, "")
	w := newWorld(t, n, at.Now())
	for range 2 {
		if c, err := n.ClientByID(t.Context(), w.client.ID); err != nil || c.ClientID != w.client.ClientID {
			t.Fatalf("by id: %v %v", c, err)
		}
		if c, err := n.ClientByClientID(t.Context(), w.client.ClientID); err != nil || c.ID != w.client.ID {
			t.Fatalf("%v %v", c, err)
		}
	}
	w.client.Metadata.Name = "Renamed"
	if err := n.UpdateClient(t.Context(), w.client); err != nil {
		t.Fatal(err)
	}
	if c, err := n.ClientByClientID(t.Context(), w.client.ClientID); err != nil || c.Metadata.Name != "Renamed" {
		t.Errorf("%q %v", c.Metadata.Name, err)
	}
	if c, err := n.ClientByID(t.Context(), w.client.ID); err != nil || c.Metadata.Name != "Renamed" {
		t.Errorf("by id: %q %v", c.Metadata.Name, err)
	}
	if err := n.DeleteClient(t.Context(), w.client.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := n.ClientByClientID(t.Context(), w.client.ClientID); !errors.Is(err, identity.ErrClientNotFound) {
		t.Errorf("a deleted client is found: %v", err)
	}
	if _, err := n.ClientByID(t.Context(), w.client.ID); !errors.Is(err, identity.ErrClientNotFound) {
		t.Errorf("a deleted client is found by id: %v", err)
	}
	names := func() []string {
		all, err := n.Scopes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, s := range all {
			out = append(out, s.Name)
		}
		return out
	}
	names()
	if err := n.SaveScope(t.Context(), identity.Scope{Name: "reports", CreatedAt: at.Now(), UpdatedAt: at.Now()}); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(names(), "reports") {
		t.Error("a new scope is not seen")
	}
	if err := n.DeleteScope(t.Context(), "reports"); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(names(), "reports") {
		t.Error("a deleted scope is seen")
	}
	hits, misses := n.local.Stats()
	if hits == 0 || misses == 0 {
		t.Errorf("%d hits, %d misses", hits, misses)
	}
}

// TestRedisIsKilledInTheMiddle: while it is away entries live for two seconds and requests go on; when it is back, what
// could not be published is published.
func TestRedisIsKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	redis, err := instance.StartRedis(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { redis.Close() })
	at := newClock()
	inner, _ := storetest.SQLite(t)
	a, b := newNode(t, inner, at, redis.URL), newNode(t, inner, at, redis.URL)
	a.subscribe(t)
	b.subscribe(t)
	newWorld(t, a, at.Now())
	w := newWorld(t, a, at.Now())
	if !live(t, b, w, at.Now()) {
		t.Fatal("not live before")
	}
	redis.Kill()
	eventually(t, "the loss is noticed", func() bool { return b.bus.LimitTTL(time.Hour) == cache.DegradedTTL })
	if err := deaths(at)["deactivation"](t.Context(), a, w); err != nil {
		t.Fatal(err)
	}
	at.advance(cache.DegradedTTL)
	if live(t, b, w, at.Now()) {
		t.Error("a dead token lives on while Redis is away")
	}
	if err := redis.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the nodes are subscribed again", func() bool { return b.bus.LimitTTL(time.Hour) == time.Hour && a.bus.LimitTTL(time.Hour) == time.Hour })
	again := newWorld(t, a, at.Now())
	if !live(t, b, again, at.Now()) {
		t.Fatal("not live")
	}
	if err := deaths(at)["the end of the grant"](t.Context(), a, again); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end has arrived", func() bool { return !live(t, b, again, at.Now()) })
}

// TestARefreshFamilyIsReadAnew: what is known of a grant from an access token of it says nothing about its refresh tokens.
func TestARefreshFamilyIsReadAnew(t *testing.T) {
	t.Parallel()
	at := newClock()
	inner, _ := storetest.SQLite(t)
	n := newNode(t, inner, at, "")
	w := newWorld(t, n, at.Now())
	grant := w.grant
	grant.ID = uuid.New()
	grant.Code = &identity.CodeState{Digest: []byte("code-" + w.user.Username), ExpiresAt: at.Now().Add(time.Minute)}
	if err := n.InsertGrant(t.Context(), grant); err != nil {
		t.Fatal(err)
	}
	if _, err := n.GrantStatus(t.Context(), grant.ID, "jti", at.Now()); err != nil {
		t.Fatal(err)
	}
	expires := at.Now().Add(time.Hour)
	first := identity.RefreshState{Generation: 1, RotatedAt: &expires, ExpiresAt: &expires, IdleExpiresAt: &expires}
	if won, err := n.SpendCode(t.Context(), grant.ID, at.Now(), first, identity.SenderConstraint{}); err != nil || !won {
		t.Fatal(won, err)
	}
	for _, want := range []int{1, 2} {
		status, err := n.GrantStatusByID(t.Context(), grant.ID, at.Now())
		if err != nil || status.Grant.Refresh.Generation != want {
			t.Errorf("generation %d, want %d: %v", status.Grant.Refresh.Generation, want, err)
		}
		if _, err := n.RotateRefresh(t.Context(), grant.ID, want, at.Now(), expires); err != nil {
			t.Fatal(err)
		}
	}
}
