package admin_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/jsonschema"
	"github.com/authly/authly/internal/keys"
	"github.com/authly/authly/internal/password"
	"github.com/authly/authly/internal/throttle"
	"github.com/authly/authly/store/storetest"
)

const (
	issuer     = "https://id.example.org"
	passphrase = "velvet otter 19 canyon"
	callback   = "https://app.example.org/callback"
	api        = "https://api.example.org/v1"

	// The example of RFC 7636 appendix B.
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// start is the time at which every fixture begins.
var start = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

// cheap are password hashes that cost next to nothing.
var cheap = password.Params{Memory: 64, Time: 1, Threads: 1}

// hashed is the hash of passphrase.
var hashed = sync.OnceValue(func() string {
	hash, err := password.New(cheap, 0).Hash(context.Background(), passphrase)
	if err != nil {
		panic(err)
	}
	return hash
})

// clock is a clock that stands still until it is moved.
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

// fixture is the real domain on a database of its own, with a clock that the test moves.
type fixture struct {
	*identity.Domain
	admin *admin.Services
	*clock
	ctx   context.Context // of the operator
	store identity.Store
	deps  identity.Deps
}

func newFixture(t testing.TB, settings ...func(*identity.Settings)) *fixture {
	t.Helper()
	return newFixtureOn(t, storetest.Memory(t), settings...)
}

func newFixtureOn(t testing.TB, store identity.Store, settings ...func(*identity.Settings)) *fixture {
	t.Helper()
	f := &fixture{clock: &clock{now: start}, store: store}
	f.ctx = identity.WithActor(t.Context(), identity.SystemActor("operator"))
	s := identity.DefaultSettings(issuer)
	s.SecondFactors = identity.FactorOptional // tests of administration are about other things
	for _, change := range settings {
		change(&s)
	}
	ring := keyring(t, root('a'))
	source := identity.Source{Clock: f.Now, Random: rand.Reader}
	f.deps = identity.Deps{
		Store: f.store, Source: source, Keys: ring, Settings: identity.NewLiveSettings(s),
		Hasher: password.New(cheap, 0), Policy: password.Policy{},
		Throttle: throttle.NewMemory(f.Now),
		Signer:   keys.NewSigner(f.store, ring, source, issuer), KeyMaker: keys.Maker{Keyring: ring}, Schemas: jsonschema.New(),
	}
	f.Domain = identity.New(f.deps)
	f.admin = admin.New(f.deps, f.Domain.SigningKeys)
	f.Jobs.Add(f.admin.JobKinds()...)
	return f
}

func root(letter byte) []byte { return []byte(strings.Repeat(string(letter), 32)) }

func keyring(t testing.TB, current []byte, old ...[]byte) *identity.Keyring {
	t.Helper()
	ring, err := identity.NewKeyring(current, old...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// user adds a user whose password is passphrase.
func (f *fixture) user(t testing.TB, name string, change ...func(*admin.NewUser)) identity.User {
	t.Helper()
	n := admin.NewUser{Username: name, Email: name + "@example.org", PasswordHash: hashed(), Verified: true}
	for _, c := range change {
		c(&n)
	}
	u, _, err := f.admin.Users.Create(f.ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func administrator(n *admin.NewUser) { n.Admin = true }

// reread returns the user as it is stored now.
func (f *fixture) reread(t testing.TB, u identity.User) identity.User {
	t.Helper()
	u, err := f.store.UserByID(f.ctx, u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// as is the context of a request that presents a token of the user with the scopes.
func (f *fixture) as(u identity.User, scopes ...string) context.Context {
	return identity.WithActor(f.ctx, identity.Actor{
		Kind: identity.ActorUser, UserID: u.ID, Name: u.Username, Admin: u.Admin, Scopes: scopes,
		IP: "192.0.2.7", UserAgent: "browser/1", RequestID: "request-1",
	})
}

// clientFields are what a client is registered from, by the names of both its parts.
type clientFields struct {
	identity.ClientMetadata
	identity.ClientPolicy
}

// client adds a client with a secret that asks a person for consent.
func (f *fixture) client(t testing.TB, id string, change ...func(*clientFields)) identity.Client {
	t.Helper()
	c := clientFields{ClientPolicy: identity.DefaultPolicy()}
	c.RedirectURIs = []string{callback}
	c.Scope = "openid profile email offline_access admin:users:read"
	for _, change := range change {
		change(&c)
	}
	client, _, err := f.admin.Clients.Create(f.ctx, admin.NewClient{ClientID: id, Metadata: c.ClientMetadata, Policy: &c.ClientPolicy})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// signIn starts a session in a browser without cookies.
func (f *fixture) signIn(t testing.TB, u identity.User) identity.BrowserSession {
	t.Helper()
	b, _ := f.signInWith(t, u, "")
	return b
}

// signInWith starts a session in a browser with a cookie, and returns the new one too.
func (f *fixture) signInWith(t testing.TB, u identity.User, cookie string) (identity.BrowserSession, string) {
	t.Helper()
	started, err := f.SignIn.Password(f.ctx, identity.SignInAttempt{Login: u.Username, Password: passphrase, Cookie: cookie})
	if err != nil {
		t.Fatal(err)
	}
	return identity.BrowserSession{Session: started.Session, User: f.reread(t, u)}, started.Secret
}

// params are those of an ordinary authorization request.
func params(scopes ...string) identity.AuthorizationParams {
	return identity.AuthorizationParams{
		RedirectURI: callback, RedirectURISent: true, ResponseMode: "query", Scopes: scopes, CodeChallenge: challenge, Nonce: "n-1",
	}
}

// code issues a code without asking anybody.
func (f *fixture) code(t testing.TB, c identity.Client, b identity.BrowserSession, scopes ...string) string {
	t.Helper()
	c.Policy.SkipConsent = true
	issued, err := f.Authorizations.Issue(f.ctx, f.Interactions.NewAuthorize(c, params(scopes...)), b)
	if err != nil {
		t.Fatal(err)
	}
	return issued.Code
}

func proof(code string) identity.CodeProof {
	return identity.CodeProof{Code: code, RedirectURI: callback, Verifier: verifier}
}

// redeem issues a code and exchanges it.
func (f *fixture) redeem(t testing.TB, c identity.Client, b identity.BrowserSession, scopes ...string) identity.Issuance {
	t.Helper()
	r, err := f.Grants.Exchange(f.ctx, c, proof(f.code(t, c, b, scopes...)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// grant returns the grant as it is stored now.
func (f *fixture) grant(t testing.TB, id uuid.UUID) identity.Grant {
	t.Helper()
	held, err := f.store.GrantStatusByID(f.ctx, id, f.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return held.Grant
}

// session returns the session as it is stored now.
func (f *fixture) session(t testing.TB, id uuid.UUID) identity.Session {
	t.Helper()
	s, err := f.store.SessionByID(f.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// audit returns the events of an action, newest first; of every action when it is empty.
func (f *fixture) audit(t testing.TB, action identity.Action) []identity.AuditEvent {
	t.Helper()
	all, err := f.store.AuditEvents(f.ctx, identity.AuditQuery{Range: identity.KeysetRange{Limit: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	var list []identity.AuditEvent
	for _, row := range all {
		if action == "" || row.Item.Action == action {
			list = append(list, row.Item)
		}
	}
	return list
}

// auditText is the whole trail as text.
func (f *fixture) auditText(t testing.TB) string {
	t.Helper()
	text, err := json.Marshal(f.audit(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// coded is an error to compare with by errors.Is.
func coded(code identity.Code) error { return &identity.Error{Code: code} }

func wantError(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// wantField checks that an input was refused because of one field.
func wantField(t testing.TB, err error, field string) {
	t.Helper()
	var e *identity.Error
	if !errors.As(err, &e) || e.Kind != identity.Invalid || e.Field != field {
		t.Fatalf("got error %v, want a refusal of the field %s", err, field)
	}
}

func wantSame(t testing.TB, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("want (-) got (+):\n%s", diff)
	}
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
