package web

import (
	"bytes"
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/cookie"
	"github.com/authly/authly/internal/logo"
	"github.com/authly/authly/internal/throttle"
)

const (
	secretWord = "correct horse battery"
	authorize  = "/api/v1/oauth/authorize?interaction="
)

// site is the pages over a store of its own, and a browser with one cookie.
type site struct {
	t       *testing.T
	store   *faulty
	handler *Handler
	router  chi.Router
	log     *bytes.Buffer
	user    identity.User
	client  identity.Client
	cookie  string // secret of the session
	pending string // cookie of a first factor
	device  string // cookie by which the browser is known
	denied  int
	fetched []string // addresses of logos
	logo    string   // what is at each
	now     time.Time
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, log: &bytes.Buffer{}, now: time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)}
	source := identity.SystemSource()
	source.Clock = func() time.Time { return s.now }
	s.user = identity.User{
		ID: source.NewID(), CreatedAt: s.now, UpdatedAt: s.now, Version: 1, Active: true,
		Username: "ada", Email: "ada@example.org", Password: identity.PasswordCredential{Hash: "hash of " + secretWord},
		Claims: identity.Claims{Name: "Ada Lovelace"},
	}
	s.client = identity.Client{
		ID: source.NewID(), ClientID: "notes", Active: true, CreatedAt: s.now, UpdatedAt: s.now, Version: 1, Metadata: identity.ClientMetadata{
			Name: "Notes", URI: "https://notes.example/about", PolicyURI: "https://notes.example/privacy",
			TermsURI: "http://notes.example/terms", Scope: "openid profile",
			RedirectURIs: []string{"https://app.example:8443/cb"}, GrantTypes: []identity.GrantType{identity.GrantAuthorizationCode}, ResponseTypes: []string{"code"},
		},
	}
	s.store = openStore(t)
	keys, err := identity.NewKeyring(bytes.Repeat([]byte("k"), 32))
	s.must(err)
	s.handler = New(Config{
		Issuer: "https://id.example", AuthorizePath: "/api/v1/oauth/authorize", Cookie: cookie.New("https://id.example", cookie.Session),
		Logos: logo.New(func(_ context.Context, address string) ([]byte, error) {
			s.fetched = append(s.fetched, address)
			return []byte(s.logo), nil
		}, source),
		Pending:  cookie.New("https://id.example", cookie.Pending),
		Language: cookie.New("https://id.example", cookie.Language),
		Device:   cookie.New("https://id.example", cookie.Device), Logger: slog.New(slog.NewTextHandler(s.log, nil)),
		Domain: identity.New(identity.Deps{
			Store: s.store, Source: source, Keys: keys, Hasher: hasher{}, Policy: policy{},
			Throttle: throttle.NewMemory(source.Clock),
			Settings: identity.NewLiveSettings(identity.DefaultSettings("https://id.example")),
		}),
	})
	s.must(s.store.InsertUser(t.Context(), s.user))
	s.must(s.store.InsertClient(t.Context(), s.client))
	for _, scope := range identity.BuiltInScopes() {
		s.must(s.store.SaveScope(t.Context(), scope))
	}
	s.router = chi.NewRouter()
	s.handler.MountAssets(s.router)
	s.handler.Mount(s.router, func(w http.ResponseWriter, _ *http.Request, i identity.Interaction, b identity.BrowserSession) {
		if i.Client.ID != s.client.ID || b.User.ID != s.user.ID {
			t.Errorf("denied %s for %s", i.Client.ClientID, b.User.Username)
		}
		s.denied++
		w.WriteHeader(http.StatusSeeOther)
	})
	return s
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// changeUser stores ada as change makes her.
func (s *site) changeUser(change func(*identity.User)) {
	s.t.Helper()
	user := s.stored()
	change(&user)
	s.must(s.store.UpdateUser(s.t.Context(), user))
}

// stored returns ada as she is in the store.
func (s *site) stored() identity.User {
	s.t.Helper()
	user, err := s.store.UserByID(s.t.Context(), s.user.ID)
	s.must(err)
	return user
}

// remembered returns the scopes that ada allowed the client.
func (s *site) remembered() []string {
	s.t.Helper()
	consent, err := s.store.ConsentFor(s.t.Context(), s.user.ID, s.client.ID)
	s.must(err)
	return consent.Scopes
}

// interaction stores a request of the client and returns its handle.
func (s *site) interaction(change func(*identity.AuthorizationParams)) string {
	s.t.Helper()
	params := identity.AuthorizationParams{RedirectURI: "https://app.example:8443/cb", Scopes: []string{"openid", "profile"}}
	if change != nil {
		change(&params)
	}
	interactions := s.handler.Domain.Interactions
	i, err := interactions.Seal(interactions.NewAuthorize(s.client, params))
	s.must(err)
	return i.Handle
}

// answer is what the browser got.
type answer struct {
	status int
	header http.Header
	body   string
}

func (s *site) get(target string) answer {
	s.t.Helper()
	return s.do(httptest.NewRequest(http.MethodGet, target, http.NoBody))
}

// post takes the fields as name, value, name, value.
func (s *site) post(target string, fields ...string) answer {
	s.t.Helper()
	values := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		values.Add(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r)
}

func (s *site) do(r *http.Request) answer {
	s.t.Helper()
	if s.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "__Host-authly_session", Value: s.cookie})
	}
	if s.pending != "" {
		r.AddCookie(&http.Cookie{Name: "__Host-authly_pending", Value: s.pending})
	}
	if s.device != "" {
		r.AddCookie(&http.Cookie{Name: "__Host-authly_device", Value: s.device})
	}
	actor := identity.Actor{Kind: identity.ActorAnonymous, IP: "192.0.2.1", RequestID: "request-1"}
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, r.WithContext(identity.WithActor(r.Context(), actor)))
	for _, c := range w.Result().Cookies() {
		if c.Name == "__Host-authly_session" {
			s.cookie = c.Value
		}
		if c.Name == "__Host-authly_device" {
			s.device = c.Value
		}
		if c.Name == "__Host-authly_pending" {
			s.pending = c.Value
		}
	}
	return answer{w.Code, w.Result().Header, w.Body.String()}
}

// signIn signs ada in without an interaction.
func (s *site) signIn() {
	s.t.Helper()
	s.post("/login", "username", "ada", "password", secretWord).leadsTo(s.t, "/login")
}

func (a answer) leadsTo(t *testing.T, location string) {
	t.Helper()
	if a.status != http.StatusSeeOther || a.header.Get("Location") != location {
		t.Errorf("%d to %q, want 303 to %q", a.status, a.header.Get("Location"), location)
	}
}

// shows checks the status and that the page, read as text, has each of the texts.
func (a answer) shows(t *testing.T, status int, texts ...string) {
	t.Helper()
	if a.status != status {
		t.Errorf("status %d, want %d", a.status, status)
	}
	text := plain(a.body)
	for _, want := range texts {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
}

// has checks for markup.
func (a answer) has(t *testing.T, markup ...string) {
	t.Helper()
	for _, want := range markup {
		if !strings.Contains(a.body, want) {
			t.Errorf("%s is not in:\n%s", want, a.body)
		}
	}
}

// lacks checks that the texts are nowhere in the body.
func (a answer) lacks(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			t.Errorf("%q is in:\n%s", text, a.body)
		}
	}
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// plain returns a page's text on one line.
func plain(body string) string {
	_, body, _ = strings.Cut(body, "<body>")
	return spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(body, "")), " ")
}
