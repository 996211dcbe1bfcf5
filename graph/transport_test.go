package graph

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func TestStatusTable(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	for _, c := range []struct {
		name, body  string
		graphql     int // status under application/graphql-response+json
		json        int // status under application/json
		data        bool
		code        string
		wantHeaders []string
	}{
		{"executed", `{"query":"{__typename}"}`, 200, 200, true, "", nil},
		{"field error", `{"query":"{users(after:\"x\"){nodes{id}}}"}`, 200, 200, true, "VALIDATION_FAILED", nil},
		{"not JSON", `{"query":`, 400, 400, false, codeBadRequest, nil},
		{"no object", `"query"`, 400, 400, false, codeBadRequest, nil},
		{"null", `null`, 400, 400, false, codeBadRequest, nil},
		{"batch", `[{"query":"{__typename}"}]`, 400, 400, false, codeBadRequest, nil},
		{"trailing data", `{"query":"{__typename}"} {}`, 400, 400, false, codeBadRequest, nil},
		{"member twice", `{"query":"{__typename}","query":"{__typename}"}`, 400, 400, false, codeBadRequest, nil},
		{"member in another case", `{"Query":"{__typename}"}`, 400, 400, false, codeBadRequest, nil},
		{"not UTF-8", "{\"query\":\"{__typename}\",\"x\":\"\xff\"}", 400, 400, false, codeBadRequest, nil},
		{"no query", `{}`, 400, 400, false, codeBadRequest, nil},
		{"query no string", `{"query":1}`, 400, 400, false, codeBadRequest, nil},
		{"operationName no string", `{"query":"{__typename}","operationName":1}`, 400, 400, false, codeBadRequest, nil},
		{"variables no object", `{"query":"{__typename}","variables":[1]}`, 400, 400, false, codeBadRequest, nil},
		{"extensions no object", `{"query":"{__typename}","extensions":"x"}`, 400, 400, false, codeBadRequest, nil},
		{"unknown member", `{"query":"{__typename}","more":1}`, 200, 200, true, "", nil},
		{"null members", `{"query":"{__typename}","variables":null,"operationName":null,"extensions":null}`, 200, 200, true, "", nil},
		{"syntax error", `{"query":"{"}`, 400, 200, false, codeParse, nil},
		{"validation", `{"query":"{nothing}"}`, 400, 200, false, codeValidation, nil},
		{"no operation", `{"query":"fragment F on Query {__typename}"}`, 400, 200, false, codeValidation, nil},
		{"unknown operation", `{"query":"query A{__typename}","operationName":"B"}`, 400, 200, false, codeValidation, nil},
		{"variable", `{"query":"query($n:Int!){users(first:$n){nodes{id}}}","variables":{"n":"x"}}`, 400, 200, false, codeBadInput, nil},
		{"document limit", `{"query":"` + strings.Repeat("a", 15_001) + `"}`, 400, 200, false, codeDocumentLimit, nil},
		{"cost", `{"query":"{a:users(first:100){nodes{id} edges{node{id}}} b:users(first:100){nodes{id} edges{node{id}}} c:users(first:100){nodes{id} edges{node{id}}} d:users(first:100){nodes{id} edges{node{id}}} e:users(first:100){nodes{id} edges{node{id}}}}"}`, 400, 200, false, codeCostLimit, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for media, want := range map[string]int{mediaGraphQL: c.graphql, mediaJSON: c.json} {
				w := a.send(t.Context(), token, c.body, "Accept", media)
				r := decode(t, w)
				if r.status != want || r.hasData != c.data {
					t.Errorf("%s: got status %d, data %v: %s", media, r.status, r.hasData, r.body)
				}
				if got := r.header.Get("Content-Type"); got != media+"; charset=utf-8" {
					t.Errorf("Content-Type: %s", got)
				}
				if r.header.Get("Cache-Control") != "no-store" || r.header.Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("headers: %v", r.header)
				}
				if c.code == "" {
					if len(r.Errors) > 0 {
						t.Errorf("errors: %s", r.body)
					}
					continue
				}
				if len(r.Errors) == 0 || r.codes()[0] != c.code || r.Errors[0].Extensions["requestId"] != "request-1" {
					t.Errorf("want %s: %s", c.code, r.body)
				}
			}
		})
	}
}

func TestRefusalsByHeaders(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	user := a.user(t, admin.NewUser{Username: "mallory", Email: "mallory@id.example"})
	const body = `{"query":"{users{nodes{id}}}"}`
	for _, c := range []struct {
		name    string
		method  string
		headers []string
		status  int
		code    string
		header  string // name and value
	}{
		{"PUT", "PUT", nil, 405, codeMethodNotAllowed, "Allow: GET, POST"},
		{"OPTIONS", "OPTIONS", nil, 405, codeMethodNotAllowed, "Allow: GET, POST"},
		{"form", "POST", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, codeUnsupportedMedia, ""},
		{"text", "POST", []string{"Content-Type", "text/plain"}, 415, codeUnsupportedMedia, ""},
		{"no type", "POST", []string{"Content-Type", ""}, 415, codeUnsupportedMedia, ""},
		{"charset", "POST", []string{"Content-Type", "application/json; charset=utf-16"}, 415, codeUnsupportedMedia, ""},
		{"compressed", "POST", []string{"Content-Encoding", "gzip"}, 415, codeUnsupportedMedia, ""},
		{"not acceptable", "POST", []string{"Accept", "text/html"}, 406, codeNotAcceptable, ""},
		{"empty token", "POST", []string{"Authorization", ""}, 401, codeBadToken, `WWW-Authenticate: Bearer error="invalid_token"`},
		{"Basic", "POST", []string{"Authorization", "Basic eDp5"}, 401, codeBadToken, `WWW-Authenticate: Bearer error="invalid_token"`},
		{"bad token", "POST", []string{"Authorization", "Bearer x.y.z"}, 401, codeBadToken, `WWW-Authenticate: Bearer error="invalid_token"`},
		{
			"no administrator", "POST",
			[]string{"Authorization", "Bearer " + a.token(t, user, everything()...)},
			403, codeForbidden, "",
		},
		{
			"missing scope", "POST",
			[]string{"Authorization", "Bearer " + a.token(t, a.admin, identity.ScopeAuditRead)},
			403, codeForbidden, `WWW-Authenticate: Bearer scope="admin:users:read", error="insufficient_scope"`,
		},
		{"right", "POST", nil, 200, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), c.method, "/graphql", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+token)
			got := decode(t, a.do(r, c.headers...))
			if got.status != c.status || got.hasData != (c.code == "") {
				t.Fatalf("got %d: %s", got.status, got.body)
			}
			if c.code != "" && (len(got.Errors) != 1 || got.codes()[0] != c.code) {
				t.Errorf("errors: %s", got.body)
			}
			if name, value, ok := strings.Cut(c.header, ": "); ok && !strings.HasPrefix(got.header.Get(name), value) {
				t.Errorf("%s: %q", name, got.header.Get(name))
			}
		})
	}
}

func TestAbsentAuthorizationIsAPlainChallenge(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	got := decode(t, a.send(t.Context(), "", `not even JSON`))
	if got.status != 401 || got.header.Get("WWW-Authenticate") != `Bearer resource_metadata="`+testIssuer+`/.well-known/oauth-protected-resource"` {
		t.Fatalf("got %d %v", got.status, got.header)
	}
}

func TestOnlyAdministratorsAreHeard(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	user := a.user(t, admin.NewUser{Username: "mallory", Email: "mallory@id.example"})
	token := a.token(t, user, everything()...)
	for _, body := range []string{`{"query":"{__typename}"}`, `{"query":"{nothing}"}`, `not JSON`} {
		if got := decode(t, a.send(t.Context(), token, body)); got.status != 403 || got.codes()[0] != codeForbidden {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
	actor := identity.Actor{Kind: identity.ActorUser, Scopes: everything()}
	if allowed(actor, [][]string{{identity.ScopeUsersRead}}, false) {
		t.Error("scopes alone are enough")
	}
	actor.Admin = true
	if !allowed(actor, [][]string{{"admin:nothing"}, {identity.ScopeUsersRead}}, false) {
		t.Error("one list of several is enough")
	}
	if allowed(actor, [][]string{{identity.ScopeUsersRead, "admin:nothing"}}, false) || allowed(actor, nil, false) {
		t.Error("all scopes of a list are needed")
	}
}

func TestMissingScopesAreNamed(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, identity.ScopeUsersRead)
	// The fragment has a field that does not exist: rights come before validation.
	got := a.query(t, token, `mutation { ...F } fragment F on Mutation { createUser(input: 1) { nothing } }`, nil)
	if got.status != 403 || len(got.Errors) != 1 {
		t.Fatalf("got %d: %s", got.status, got.body)
	}
	if !strings.Contains(got.body, `"requiredScopes":[["admin:users:write"]]`) {
		t.Errorf("no scopes: %s", got.body)
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(c *Config) { c.Limits = DefaultLimits(); c.Limits.BodyBytes = 100 })
	token := a.token(t, a.admin, everything()...)
	body := func(n int) string {
		const start, end = `{"query":"{__typename}","x":"`, `"}`
		return start + strings.Repeat("x", n-len(start)-len(end)) + end
	}
	if got := decode(t, a.send(t.Context(), token, body(100))); got.status != 200 {
		t.Errorf("at the limit: %d %s", got.status, got.body)
	}
	if got := decode(t, a.send(t.Context(), token, body(101))); got.status != 413 || got.codes()[0] != codeTooLarge {
		t.Errorf("above the limit: %d %s", got.status, got.body)
	}
}

func TestGET(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	for _, c := range []struct {
		name   string
		values url.Values
		status int
	}{
		{"query", url.Values{"query": {"{__typename}"}}, 200},
		{"variables", url.Values{"query": {"query($n:Int){users(first:$n){nodes{id}}}"}, "variables": {`{"n":1}`}}, 200},
		{"bad variables", url.Values{"query": {"{__typename}"}, "variables": {`{"n":1}x`}}, 400},
		{"no query", nil, 400},
		{"mutation", url.Values{"query": {"mutation{__typename}"}}, 405},
		{"mutation of two", url.Values{"query": {"mutation A{__typename} query B{__typename}"}, "operationName": {"A"}}, 405},
		{"query of two", url.Values{"query": {"mutation A{__typename} query B{__typename}"}, "operationName": {"B"}}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/graphql?"+c.values.Encode(), nil)
			got := decode(t, a.do(r, "Authorization", "Bearer "+token))
			if got.status != c.status {
				t.Fatalf("got %d: %s", got.status, got.body)
			}
			if c.status == 405 && got.header.Get("Allow") != "POST" {
				t.Errorf("Allow: %q", got.header.Get("Allow"))
			}
		})
	}
	t.Run("a token in the query string is no token", func(t *testing.T) {
		t.Parallel()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/graphql?query={__typename}&access_token="+token, nil)
		if got := a.do(r); got.Code != 401 {
			t.Errorf("got %d", got.Code)
		}
	})
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{
		"":                                  mediaJSON,
		"*/*":                               mediaJSON,
		"application/*":                     mediaJSON,
		"application/json":                  mediaJSON,
		"application/json; charset=utf-8":   mediaJSON,
		"application/graphql-response+json": mediaGraphQL,
		"application/graphql-response+json, application/json;q=0.9":    mediaGraphQL,
		"application/json, application/graphql-response+json;q=0.5":    mediaJSON,
		"application/json, application/graphql-response+json":          mediaGraphQL,
		"application/graphql-response+json;q=0, */*":                   mediaJSON,
		"application/json;q=0, application/*":                          mediaGraphQL,
		"text/html, */*;q=0.1":                                         mediaJSON,
		"text/event-stream, application/json;q=0.2":                    mediaJSON,
		"application/graphql-response+json;charset=latin1, text/plain": "",
		"text/html":               "",
		"application/json;q=0":    "",
		"application/json;q=what": "",
	} {
		media, ok := negotiate([]string{accept})
		if !ok {
			media = ""
		}
		if media != want {
			t.Errorf("%q: got %q, want %q", accept, media, want)
		}
	}
}

func TestTimeAndShutdown(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	s := a.Handler.(*server)
	t.Run("a deadline before execution is 504", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
		defer cancel()
		checkEnded(ctx, t, s, 504, codeDeadline)
	})
	t.Run("a cancelled request is 503", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		checkEnded(ctx, t, s, 503, codeUnavailable)
	})
}

// checkEnded executes under a context that has ended already.
func checkEnded(ctx context.Context, t *testing.T, s *server, status int, code string) {
	t.Helper()
	doc := s.prepare(t.Context(), "{__typename}")
	c := &call{request: request{query: "{__typename}"}, doc: doc, op: doc.ast.Operations[0]}
	_, f := s.execute(ctx, c.operation())
	if f == nil || f.status != status || f.errors[0].Extensions["code"] != code {
		t.Errorf("got %+v", f)
	}
}

func TestNothingOfTheRequestIsRepeated(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	const secret = "hunter2-hunter2"
	for _, body := range []string{
		`{"query":"{__typename}","variables":{"p":"` + secret + `"`,
		`{"query":"{ user(by: \"` + secret + `\") { id } }"}`,
		`{"query":"{ users(first: \"` + secret + `\") { nodes { id } } }"}`,
		`{"query":"{ users(orderBy: {field: \"` + secret + `\"}) { nodes { id } } }"}`,
		`{"query":"{ users( \"` + secret + `\" ) }"}`,
		`{"query":"\"` + secret + `\" {"}`,
		`{"query":"query($o:UserOrder!){users(orderBy:$o){nodes{id}}}","variables":{"o":{"field":"` + secret + `"}}}`,
		`{"query":"query($n:Int){users(first:$n){nodes{id}}}","variables":{"n":"` + secret + `"}}`,
		`{"query":"query($i:CreateUserInput!){__typename}","variables":{"i":{"password":"` + secret + `"}}}`,
		`{"query":"mutation{createUser(input:{username:\"x\",email:\"x\",password:{password:\"` + secret + `\"}}){userErrors{message}}}"}`,
		`{"query":"mutation{createUser(input:{username:\"bob\",email:\"bob@id.example\",password:{password:\"` + secret + `\",generateTemporary:true}}){userErrors{message}}}"}`,
	} {
		got := a.send(t.Context(), token, body)
		if strings.Contains(got.Body.String(), secret) {
			t.Errorf("%s\nrepeats the value: %s", body, got.Body)
		}
	}
	if strings.Contains(a.log.String(), secret) {
		t.Errorf("the log has it: %s", a.log)
	}
}
