package harness

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/internal/cookie"
	"github.com/authly/authly/internal/server"
)

// RootSecret is the root secret of every test node, so that nodes on one database agree.
const RootSecret = "test-root-secret-test-root-secret-0"

// AdminPassword is the configured password of the first administrator, who therefore need not change it.
const AdminPassword = "correct horse battery 42"

// Clock is the time of a node. It runs with the real one and can be moved forward.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
}

// Now is the current time of the test.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// Node is a running server.
type Node struct {
	Issuer   string
	URL      string // where this node listens; differs from Issuer behind a balancer
	Clock    *Clock
	Server   *server.Server
	Database Database
	Logs     *Logs
	stop     func()
}

// Option changes how a node is started.
type Option func(*options)

type options struct {
	env   map[string]string
	clock *Clock
	named bool
	build server.Options
}

// Env sets a variable of the configuration.
func Env(name, value string) Option { return func(o *options) { o.env[name] = value } }

// WithClock shares the clock of another node.
func WithClock(c *Clock) Option { return func(o *options) { o.clock = c } }

// ByName has browsers reach the node by a name: they know no passkeys of an address.
func ByName() Option { return func(o *options) { o.named = true } }

// WithSettings has a last word on the domain's settings.
func WithSettings(f func(*identity.Settings)) Option {
	return func(o *options) { o.build.Settings = f }
}

// ProviderDeadline is how long the node waits for an identity provider.
func ProviderDeadline(d time.Duration) Option {
	return func(o *options) { o.build.ProviderDeadline = d }
}

// Start runs a server on a free port until the test ends. The first administrator is admin with AdminPassword.
func Start(t *testing.T, db Database, opts ...Option) *Node {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	o := options{env: map[string]string{
		"AUTHLY_ISSUER": address, "AUTHLY_LISTEN": listener.Addr().String(), "AUTHLY_DATABASE_URL": db.URL,
		"AUTHLY_SECRET_KEY": RootSecret, "AUTHLY_ADMIN_PASSWORD": AdminPassword, "AUTHLY_METRICS_ADDR": "off",
		// All of a test comes from one address, and faster than people and programs do.
		"AUTHLY_THROTTLE":     "anonymous=1000000/1us,failures=1000000/1us",
		"AUTHLY_DISK_RESERVE": "0", "AUTHLY_MFA": "optional", "AUTHLY_PASSKEYS": "allow",
	}, clock: &Clock{}}
	for _, opt := range opts {
		opt(&o)
	}
	if o.named {
		address = strings.Replace(address, "127.0.0.1", "localhost", 1)
		o.env["AUTHLY_ISSUER"] = address
	}
	logs := &Logs{}
	source := identity.Source{Clock: o.clock.Now, Random: rand.Reader}
	o.build.Source = &source
	o.build.Logger = slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.build.CheapPasswords = true
	c := Configuration(t, o.env)
	if !c.Embedded() {
		if _, err := server.Migrate(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	var pool *keyPool
	o.build.WrapKeyMaker = func(m identity.KeyMaker) identity.KeyMaker {
		pool = &keyPool{maker: m, used: map[identity.Algorithm]int{}}
		return pool
	}
	s, err := server.Build(t.Context(), c, o.build)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	pool.done = true
	n := &Node{Issuer: o.env["AUTHLY_ISSUER"], URL: address, Clock: o.clock, Server: s, Database: db, Logs: logs}
	certificates, err := s.ListenForCertificates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.run(t, server.Listeners{Public: listener, Certificates: certificates})
	return n
}

func (n *Node) run(t *testing.T, listeners server.Listeners) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- n.Server.Run(ctx, listeners) }()
	n.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("stop server: %v", err)
		}
		if err := n.Server.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	t.Cleanup(n.stop)
}

// Advance moves the clock of the node forward when no message is on its way: one whose job lapses meanwhile is sent again,
// rightly, and would be the second of a test that waits for one.
func (n *Node) Advance(t *testing.T, d time.Duration) {
	t.Helper()
	const sending = "SELECT count(*) FROM jobs WHERE kind = 'mail.send' AND finished_at IS NULL AND lease_until IS NOT NULL"
	for range 5000 {
		if n.Database.Count(t, sending) == 0 {
			n.Clock.Advance(d)
			return
		}
	}
	t.Fatal("a message is on its way for ever")
}

// Stop ends the node before the test does.
func (n *Node) Stop() { n.stop() }

// Configuration reads a configuration from variables.
func Configuration(t *testing.T, env map[string]string) config.Config {
	t.Helper()
	var list []string
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	c, err := config.Load(config.Sources{Env: list})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// System is a context in which the operator acts.
func System(t *testing.T) context.Context {
	t.Helper()
	return identity.WithActor(t.Context(), identity.SystemActor("test"))
}

// Apply brings the node to a declared state.
func (n *Node) Apply(t *testing.T, d admin.Desired) {
	t.Helper()
	if _, err := n.Server.Admin.Declarations.Apply(System(t), d, false); err != nil {
		t.Fatal(err)
	}
}

// Logs collects what a node logs.
type Logs struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (l *Logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String returns everything logged so far.
func (l *Logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// SessionCookie is the session cookie that browsers send to the node with this value.
func (n *Node) SessionCookie(value string) *http.Cookie {
	return &http.Cookie{Name: cookie.New(n.Issuer, cookie.Session).Name(), Value: value, Path: "/"}
}
