package tests

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/tests/harness"
)

// shape is a request that is meant to cost much, or to learn what it must not.
type shape struct {
	name     string
	document string
	variable any    // the value of $v
	body     string // instead of document and variable
	status   int
	code     string // in the answer
	absent   string // not in the answer
}

// secret stands for what a caller sends by mistake, and must not get back or find in a log.
const secret = "hunter2-hunter2"

func shapes() []shape {
	repeat := strings.Repeat
	numbered := func(n int, format string) string {
		var text strings.Builder
		for i := range n {
			text.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		return text.String()
	}
	doubled := func(levels int) string {
		text := "{me{...F0 ...F0}}"
		for i := range levels {
			text += fmt.Sprintf("fragment F%d on User{...F%d ...F%d}", i, i+1, i+1)
		}
		return text + fmt.Sprintf("fragment F%d on User{id}", levels)
	}
	nested := any("x")
	for range 9_000 {
		nested = []any{nested}
	}
	filter := any(object{"active": true})
	for range 6 {
		filter = object{"not": filter}
	}
	const limit, invalid, input, bad = "DOCUMENT_LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED", "INVALID_INPUT", "BAD_REQUEST"
	return []shape{
		{name: "doubled fragments, 22 levels", document: doubled(22), status: 400, code: limit},
		{name: "doubled fragments within the limit of fragments", document: doubled(18), status: 400, code: limit},
		{name: "a field 1000 times", document: "{" + repeat("me{id} ", 1000) + "}", status: 400, code: limit},
		{name: "a scalar 5000 times", document: "{" + repeat("__typename ", 1300) + "}", status: 400, code: limit},
		{name: "users 200 times", document: "{" + repeat("users{nodes{id}}", 150) + "}", status: 400, code: limit},
		{name: "inline fragments", document: "{" + repeat("...{__typename}", 900) + "}", status: 400, code: limit},
		{name: "deep braces", document: repeat("{a", 400) + repeat("}", 400), status: 400, code: limit},
		{name: "deep lists in the document", document: "{users(filter:" + repeat("{and:[", 150) + repeat("]}", 150) + "){nodes{id}}}", status: 200, code: "VALIDATION_FAILED"},
		{name: "a cycle of fragments", document: "{me{...A}}fragment A on User{...B}fragment B on User{...A}", status: 400, code: invalid},
		{name: "101 aliases", document: "{" + numbered(101, "a#:__typename ") + "}", status: 400, code: limit},
		{name: "aliases of the schema", document: "{" + numbered(3, "a#:__schema{types{name}} ") + "}", status: 400, code: limit},
		{name: "aliases of guesses at a password", document: "mutation{" + numbered(6, `a#:createUser(input:{username:"u#",email:"u#@x.y",password:{password:"`+secret+`"}}){user{id}}`) + "}", status: 400, code: limit, absent: secret},
		{name: "two resets in one operation", document: `mutation{a:resetUserPassword(input:{id:"usr_1"}){user{id}} b:resetUserPassword(input:{id:"usr_2"}){user{id}}}`, status: 400, code: "COST_LIMIT_EXCEEDED"},
		{name: "a circle of types", document: "{__schema{types{fields{type{fields{type{fields{type{fields{name}}}}}}}}}}", status: 400, code: invalid},
		{name: "directives", document: "{me{id " + repeat("@skip(if:false) ", 21) + "}}", status: 400, code: limit},
		{name: "unknown directives", document: "{me{id " + repeat("@a ", 500) + "}}", status: 400, code: limit},
		{name: "operations", document: numbered(6, "query Q#{__typename} "), status: 400, code: limit},
		{name: "fragments", document: "{__typename}" + numbered(200, "fragment F# on User{id}"), status: 400, code: limit},
		{name: "tokens", document: "query($v:[Int]=[" + repeat("1 ", 1001) + "]){__typename}", status: 400, code: limit},
		{name: "a document of 200 kB", document: "{__typename}" + repeat(" ", 60_000), status: 400, code: limit},
		{name: "a dear page", document: "{users(first:100){nodes{sessions(first:50){nodes{clients{client{id}}}}}}}", status: 400, code: "COST_LIMIT_EXCEEDED"},
		{name: "dear pages side by side", document: "{" + numbered(10, "a#:users(first:100){nodes{id}} ") + "}", status: 400, code: "COST_LIMIT_EXCEEDED"},
		{name: "variables 9000 levels deep", document: "query($v:[Int]){__typename}", variable: nested, status: 400, code: bad},
		{name: "2001 values", document: "query($v:[Int]){__typename}", variable: []any{make([]int, 900), make([]int, 900), make([]int, 900)}, status: 400, code: bad},
		{name: "1001 items", document: "query($v:[Int]){__typename}", variable: make([]int, 1001), status: 400, code: bad},
		{name: "a filter of 600 branches", document: "query($v:UserFilter){users(filter:$v){nodes{id}}}", variable: object{"or": make([]object, 600)}, status: 400, code: input},
		{name: "a filter 7 levels deep", document: "query($v:UserFilter){users(filter:$v){nodes{id}}}", variable: filter, status: 200, code: "VALIDATION_FAILED"},
		{name: "101 values of in", document: "query($v:UserFilter){users(filter:$v){nodes{id}}}", variable: object{"email": object{"in": make([]string, 101)}}, status: 400, code: input},
		{name: "a short contains", document: "query($v:UserFilter){users(filter:$v){nodes{id}}}", variable: object{"email": object{"contains": "a"}}, status: 400, code: input},
		{name: "oneOf with two members", document: "query($v:UserBy!){user(by:$v){id}}", variable: object{"username": "admin", "email": secret}, status: 400, code: input, absent: secret},
		{name: "oneOf without a member", document: "query($v:UserBy!){user(by:$v){id}}", variable: object{}, status: 400, code: input},
		{name: "oneOf with null", document: "query($v:UserBy!){user(by:$v){id}}", variable: object{"id": nil}, status: 400, code: input},
		{name: "text for a number", document: "query($v:Int){users(first:$v){nodes{id}}}", variable: secret, status: 400, code: input, absent: secret},
		{name: "a number of more than 32 bits", document: "query($v:Int){users(first:$v){nodes{id}}}", variable: 3_000_000_000, status: 400, code: input},
		{name: "a secret in a syntax error", document: `{me{id "` + secret + `"}}`, status: 400, code: "GRAPHQL_PARSE_FAILED", absent: secret},
		{name: "a secret of the wrong type", document: `{users(first:"` + secret + `"){nodes{id}}}`, status: 400, code: invalid, absent: secret},
		{name: "a field that is nearly right", document: "{usres{nodes{id}}}", status: 400, code: invalid, absent: "Did you mean"},
		{name: "an argument that is nearly right", document: "{users(frist:1){nodes{id}}}", status: 400, code: invalid, absent: "Did you mean"},
		{name: "a type that is nearly right", document: "query($v:UserFiltre){users{nodes{id}}}", status: 400, code: invalid, absent: "Did you mean"},
		{name: "a value that is nearly right", document: "{users(orderBy:{field:EMIAL}){nodes{id}}}", status: 400, code: invalid, absent: "Did you mean"},
		{name: "thousand errors", document: "{" + numbered(90, "a#b ") + "}", status: 400, code: "", absent: "a12b"},
		{name: "a batch", body: `[{"query":"{__typename}"},{"query":"{__typename}"}]`, status: 400, code: bad},
		{name: "broken JSON", body: `{"query":"{me{id}}","variables":{"password":"` + secret + `"`, status: 400, code: bad, absent: secret},
		{name: "a member twice", body: `{"query":"{__typename}","query":"{me{id}}"}`, status: 400, code: bad},
		{name: "null", body: `null`, status: 400, code: bad},
		{name: "deep JSON", body: `{"query":"{__typename}","variables":{"a":` + repeat("[", 30_000) + repeat("]", 30_000) + `}}`, status: 400, code: bad},
		{name: "a body of 4 MiB", body: `{"query":"` + repeat(" ", 4<<20) + `"}`, status: 413, code: "PAYLOAD_TOO_LARGE"},
	}
}

// cpu is the processor time of this process so far.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// TestDearRequestsAreRefusedCheaply: each is refused with its code, in at most 50 ms of processor time with everything
// around it, and nothing that was sent comes back. It does not run beside others, because it counts the time of the
// process.
func TestDearRequestsAreRefusedCheaply(t *testing.T) { // see above
	a := administer(t, harness.SQLite(t))
	const most = 50 * time.Millisecond
	for _, s := range shapes() {
		body := s.body
		if body == "" {
			raw, err := json.Marshal(object{"query": s.document, "variables": object{"v": s.variable}})
			if err != nil {
				t.Fatal(err)
			}
			body = string(raw)
		}
		least := time.Hour
		for range 3 { // the collector may come in between
			a.Clock.Advance(time.Second)
			answer, took := a.attack(t, body)
			least = min(least, took)
			if answer.Status != s.status || !strings.Contains(answer.Text, `"code":"`+s.code) {
				t.Errorf("%s: %d %.300s", s.name, answer.Status, answer.Text)
			}
			if errs, _ := answer.Body["errors"].([]any); len(errs) == 0 || len(errs) > 5 {
				t.Errorf("%s: %d errors", s.name, len(errs))
			}
			if s.absent != "" && strings.Contains(answer.Text, s.absent) {
				t.Errorf("%s: %q is in the answer: %.300s", s.name, s.absent, answer.Text)
			}
			if len(answer.Text) > 4_000 {
				t.Errorf("%s: %d bytes of answer", s.name, len(answer.Text))
			}
		}
		if least > most {
			t.Errorf("%s: %v of processor time", s.name, least)
		}
	}
	if strings.Contains(a.Logs.String(), secret) {
		t.Error("what was sent is in the log")
	}
	if data := a.run(t, "{me{username}}"); dig(data, "me", "username") != "admin" {
		t.Error(data)
	}
}

func (a administration) attack(t *testing.T, body string) (harness.Answer, time.Duration) {
	t.Helper()
	before := cpu(t)
	answer := a.ask(t, http.MethodPost, "/graphql", body, "Content-Type", "application/json", "Authorization", "Bearer "+a.token,
		"Accept", "application/graphql-response+json")
	return answer, cpu(t) - before
}

// ask sends a raw request, with headers as name, value pairs.
func (a administration) ask(t *testing.T, method, path, body string, headers ...string) harness.Answer {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, a.URL+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return harness.Do(t, request)
}

// TestTheTransportOfTheAdminAPI: what only a browser of another origin would send, and what would turn an answer into
// something else.
func TestTheTransportOfTheAdminAPI(t *testing.T) {
	t.Parallel()
	a := administer(t, harness.SQLite(t))
	bearer := []string{"Authorization", "Bearer " + a.token}
	const query = `{"query":"{me{username}}"}`
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code               string
	}{
		"a mutation by GET":     {"GET", "/graphql?query=mutation%7BunlockUser(input%3A%7Bid%3A%22x%22%7D)%7Buser%7Bid%7D%7D%7D", "", bearer, 405, "METHOD_NOT_ALLOWED"},
		"a GET without a token": {"GET", "/graphql?query=%7Bme%7Bid%7D%7D", "", nil, 401, "UNAUTHORIZED"},
		"a token in the query":  {"GET", "/graphql?query=%7Bme%7Bid%7D%7D&access_token=" + a.token, "", nil, 401, "UNAUTHORIZED"},
		"a form":                {"POST", "/graphql", "query=%7Bme%7Bid%7D%7D", append(bearer, "Content-Type", "application/x-www-form-urlencoded"), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"JSON in a form":        {"POST", "/graphql", query, append(bearer, "Content-Type", "application/x-www-form-urlencoded"), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"plain text":            {"POST", "/graphql", query, append(bearer, "Content-Type", "text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"parts":                 {"POST", "/graphql", query, append(bearer, "Content-Type", "multipart/form-data; boundary=x"), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"PUT":                   {"PUT", "/graphql", query, append(bearer, "Content-Type", "application/json"), 405, "METHOD_NOT_ALLOWED"},
		"a stream of events":    {"POST", "/graphql", query, append(bearer, "Content-Type", "application/json", "Accept", "text/event-stream"), 200, ""},
		"a stream of a fault":   {"POST", "/graphql", `{"query":"subscription{me{id}}"}`, append(bearer, "Content-Type", "application/json", "Accept", "text/event-stream"), 200, "GRAPHQL_VALIDATION_FAILED"},
		"urql's mixture":        {"POST", "/graphql", query, append(bearer, "Content-Type", "application/json", "Accept", "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"), 200, ""},
		"a subscription":        {"POST", "/graphql", `{"query":"subscription{me{id}}"}`, append(bearer, "Content-Type", "application/json"), 406, "NOT_ACCEPTABLE"},
	} {
		answer := a.ask(t, c.method, c.path, c.body, c.headers...)
		if answer.Status != c.status || c.code != "" && !strings.Contains(answer.Text, `"code":"`+c.code+`"`) {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Text)
		}
		if origin := answer.Header.Get("Access-Control-Allow-Origin"); origin != "" {
			t.Errorf("%s: other origins may read it: %s", name, origin)
		}
		if answer.Header.Get("Cache-Control") != "no-store" || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, answer.Header)
		}
	}
}

// TestTheGateComesFirst: who may not reach the admin API gets the same answer whatever is sent, and a forged header
// does not open the gate (≠).
func TestTheGateComesFirst(t *testing.T) {
	t.Parallel()
	open := administer(t, harness.SQLite(t))
	shut := start(t, harness.SQLite(t), harness.Env("AUTHLY_ADMIN_ALLOWED_CIDRS", "203.0.113.0/24"))
	a := administration{Node: shut, token: open.token}
	for name, headers := range map[string][]string{
		"no token": nil, "a token": {"Authorization", "Bearer " + a.token}, "forged": {"X-Forwarded-For", "203.0.113.9", "X-Real-IP", "203.0.113.9"},
	} {
		answer := a.ask(t, http.MethodPost, "/graphql", `{"query":"{me{id}}"}`, append(headers, "Content-Type", "application/json")...)
		if answer.Status != http.StatusForbidden || answer.Body["error"] != "forbidden" || answer.Header.Get("WWW-Authenticate") != "" {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Text)
		}
	}
	if answer := shut.Get(t, "/.well-known/openid-configuration"); answer.Status != http.StatusOK {
		t.Errorf("other paths: %d", answer.Status)
	}
}

// TestNobodyElseIsAnAdministrator: a scope that was asked for is granted to administrators only, and the flag is looked
// at on every request.
func TestNobodyElseIsAnAdministrator(t *testing.T) {
	t.Parallel()
	a := administer(t, harness.SQLite(t))
	party := harness.NewParty(t, a.Node, "console", append([]string{"openid"}, every()...)...)
	alice := party.Tokens(harness.NewBrowser(t, a.Node), "alice", harness.AlicePassword)
	if scope, _ := alice.Extra("scope").(string); strings.Contains(scope, "admin:") {
		t.Errorf("Alice was granted %s", scope)
	}
	service := harness.ServiceClient("service", identity.JoinScope(every()))
	a.Apply(t, admin.Desired{Clients: []admin.NewClient{service}})
	token := a.Token(t, "service", "grant_type", "client_credentials", "scope", identity.ScopeUsersRead).String("access_token")
	for name, token := range map[string]string{"Alice": alice.AccessToken, "a client that is no service administrator": token} {
		for _, document := range []string{"{me{id}}", "{users{nodes{id}}}", "{__typename}", "{__schema{types{name}}}", "{"} {
			if answer := a.GraphQL(t, token, document, nil); answer.Status != 403 && (token != "" || answer.Status != 401) {
				t.Errorf("%s %s: %d %s", name, document, answer.Status, answer.Text)
			}
		}
	}
}
