package graph

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/config"
	"github.com/authly/authly/internal/jsonschema"
	"github.com/authly/authly/internal/keys"
	"github.com/authly/authly/internal/password"
	"github.com/authly/authly/internal/throttle"
	"github.com/authly/authly/internal/translation"
	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

const testIssuer = "https://id.example"

// api is an admin API on a database in memory, with one administrator.
type api struct {
	deps identity.Deps
	http.Handler
	domain     *identity.Domain
	services   *admin.Services
	store      *store.Store
	admin      identity.User
	client     identity.Client // what tokens of users are made for
	log        *strings.Builder
	statements atomic.Int64
	now        time.Time
	later      atomic.Int64  // nanoseconds that the clock is after now: for tests in which others read it meanwhile
	added      chan struct{} // audit events were added
}

func newAPI(tb testing.TB, change func(*Config)) *api {
	tb.Helper()
	return newAPIOn(tb, change, func(o store.Options) *store.Store { return storetest.Memory(tb, o) })
}

// eachDatabase runs a test on both kinds of database.
func eachDatabase(t *testing.T, change func(*Config), test func(t *testing.T, a *api)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, newAPI(t, change))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, newAPIOn(t, change, postgres(t)))
	})
}

// postgres opens a database of PostgreSQL for a test.
func postgres(t *testing.T) func(store.Options) *store.Store {
	t.Helper()
	return func(o store.Options) *store.Store {
		s, _ := storetest.Postgres(t, o)
		return s
	}
}

// mailbox takes every message.
type mailbox struct{}

func (mailbox) SendMail(context.Context, identity.MailMessage, identity.MailContent) error {
	return nil
}

func newAPIOn(tb testing.TB, change func(*Config), open func(store.Options) *store.Store) *api {
	tb.Helper()
	a := &api{log: &strings.Builder{}, added: make(chan struct{}, 1), now: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	source := identity.SystemSource()
	source.Clock = func() time.Time { return a.now.Add(time.Duration(a.later.Load())) }
	a.store = open(store.Options{OnStatement: func(string, time.Duration) { a.statements.Add(1) }})
	ring, err := identity.NewKeyring([]byte(strings.Repeat("k", 32)))
	check(tb, err)
	signer := keys.NewSigner(a.store, ring, source, testIssuer)
	deps := identity.Deps{
		Store: a.store, Source: source, Keys: ring, Hasher: password.New(password.Params{Memory: 64, Time: 1, Threads: 1}, 0),
		Policy: password.Policy{}, Signer: signer, KeyMaker: keys.Maker{Keyring: ring}, KeysChanged: signer.Forget,
		Settings: identity.NewLiveSettings(identity.DefaultSettings(testIssuer)), Meter: identity.NewMeter(a.now),
		Throttle:   throttle.NewMemory(source.Clock),
		AuditAdded: a.added, Mail: mailbox{}, Texts: translation.Catalogue{}, Schemas: jsonschema.New(),
	}
	deps.Configuration, err = config.Load(config.Sources{Env: []string{"AUTHLY_ID_TOKEN_TTL=5m"}})
	check(tb, err)
	a.deps = deps
	a.domain = identity.New(deps)
	a.services = admin.New(deps, a.domain.SigningKeys)
	a.domain.Jobs.Add(a.services.JobKinds()...)
	ctx := identity.WithActor(tb.Context(), identity.SystemActor("test"))
	check(tb, a.domain.SigningKeys.Ensure(ctx))
	a.admin = a.user(tb, admin.NewUser{Username: "root", Email: "root@id.example", Admin: true, Claims: identity.Claims{
		GivenName: "Ruth", Address: &identity.Address{Locality: "Oslo"},
	}})
	var metadata identity.ClientMetadata
	metadata.RedirectURIs = []string{"https://app.example/cb"}
	for _, s := range identity.BuiltInScopes() {
		metadata.Scope += s.Name + " "
	}
	a.client, _, err = a.services.Clients.Create(ctx, admin.NewClient{ClientID: "app", Metadata: metadata})
	check(tb, err)
	c := Config{Domain: a.domain, Admin: a.services, Logger: slog.New(slog.NewTextHandler(a.log, nil))}
	if change != nil {
		change(&c)
	}
	a.Handler = New(c)
	return a
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func (a *api) user(tb testing.TB, n admin.NewUser) identity.User {
	tb.Helper()
	n.Password = "correct horse battery staple"
	user, _, err := a.services.Users.Create(identity.WithActor(tb.Context(), identity.SystemActor("test")), n)
	check(tb, err)
	return user
}

// token returns a user an access token with the scopes.
func (a *api) token(tb testing.TB, user identity.User, scopes ...string) string {
	tb.Helper()
	grant := identity.Grant{
		ID: a.domain.Source.NewID(), UserID: user.ID, ClientID: a.client.ID, Scopes: scopes, AuthTime: a.now, CreatedAt: a.now,
	}
	check(tb, a.store.InsertGrant(tb.Context(), grant))
	issued, err := a.domain.Tokens.Issue(tb.Context(), identity.Issuance{Client: a.client, User: user, Grant: grant, Scopes: scopes}, nil)
	check(tb, err)
	return issued.Value
}

func (a *api) session(tb testing.TB, user identity.User, ended bool) identity.Session {
	tb.Helper()
	s := identity.Session{
		ID: a.domain.Source.NewID(), Digest: []byte(uuid.NewString()), UserID: user.ID, CreatedAt: a.now, LastActiveAt: a.now,
		AuthTime: a.now, ExpiresAt: a.now.Add(time.Hour), MaxExpiresAt: a.now.Add(time.Hour), IP: "192.0.2.7",
		UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", AMR: []string{"pwd"}, Level: identity.LevelOne,
	}
	check(tb, a.store.InsertSession(tb.Context(), s))
	if ended {
		_, err := a.store.EndSessions(tb.Context(), identity.SessionSelection{IDs: []uuid.UUID{s.ID}}, a.now, identity.EndLogout)
		check(tb, err)
	}
	return s
}

// grant lets a client act for a user, in a session unless that is the zero one.
func (a *api) grant(tb testing.TB, user identity.User, s identity.Session, offline bool, scopes ...string) identity.Grant {
	tb.Helper()
	g := identity.Grant{
		ID: a.domain.Source.NewID(), UserID: user.ID, ClientID: a.client.ID, Scopes: scopes, Offline: offline, AuthTime: a.now,
		CreatedAt: a.now,
	}
	if s.ID != uuid.Nil {
		g.SessionID = &s.ID
	}
	check(tb, a.store.InsertGrant(tb.Context(), g))
	return g
}

// everything is all scopes of administration.
func everything() []string {
	var names []string
	for _, s := range identity.BuiltInScopes() {
		if identity.IsAdminScope(s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

// send posts raw bytes.
func (a *api) send(ctx context.Context, token, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return a.do(r, headers...)
}

func (a *api) do(r *http.Request, headers ...string) *httptest.ResponseRecorder {
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	actor := identity.Actor{Kind: identity.ActorAnonymous, RequestID: "request-1"}
	a.ServeHTTP(w, r.WithContext(identity.WithActor(r.Context(), actor)))
	return w
}

// reply is a decoded response.
type reply struct {
	status int
	header http.Header
	body   string
	Data   map[string]any
	Errors []struct {
		Message    string
		Path       []any
		Locations  []any
		Extensions map[string]any
	}
	Extensions map[string]any
	hasData    bool
}

func decode(tb testing.TB, w *httptest.ResponseRecorder) reply {
	tb.Helper()
	out := reply{status: w.Code, header: w.Result().Header, body: w.Body.String()}
	check(tb, json.Unmarshal(w.Body.Bytes(), &out))
	var members map[string]json.RawMessage
	check(tb, json.Unmarshal(w.Body.Bytes(), &members))
	_, out.hasData = members["data"]
	return out
}

// query runs a document with variables.
func (a *api) query(tb testing.TB, token, document string, variables map[string]any) reply {
	tb.Helper()
	body, err := json.Marshal(map[string]any{"query": document, "variables": variables})
	check(tb, err)
	return decode(tb, a.send(tb.Context(), token, string(body), "Accept", mediaGraphQL))
}

// codes lists extensions.code of the errors.
func (r reply) codes() []string {
	var codes []string
	for _, e := range r.Errors {
		code, _ := e.Extensions["code"].(string)
		codes = append(codes, code)
	}
	return codes
}

// at walks into data by names.
func (r reply) at(path ...string) any {
	var value any = r.Data
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[name]
	}
	return value
}
