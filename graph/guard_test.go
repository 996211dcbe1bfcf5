package graph

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/authly/authly/identity"
)

// small are limits that are quick to reach; every one differs from its default.
func small(c *Config) {
	c.AllowIntrospection = true
	c.Limits = Limits{
		BodyBytes: 32 << 10, Characters: 2_000, Tokens: 400, Depth: 6, Aliases: 4, QueryFields: 5, MutationFields: 3,
		Selections: 12, Fields: 40, Introspections: 1, Directives: 3, Operations: 2, Fragments: 4,
		VariableDepth: 3, VariableValues: 12, VariableItems: 5, Cost: 200, BucketSize: 500, BucketRestore: 10,
		Errors: 2, Documents: 8, Timeout: DefaultLimits().Timeout, BulkTimeout: DefaultLimits().BulkTimeout,
	}
}

func TestDocumentLimits(t *testing.T) {
	t.Parallel()
	a := newAPI(t, small)
	token := a.token(t, a.admin, everything()...)
	numbered := func(format string) func(int) string {
		return func(n int) string {
			var out strings.Builder
			for i := range n {
				out.WriteString(strings.ReplaceAll(format, "#", strconv.Itoa(i)))
			}
			return out.String()
		}
	}
	for _, c := range []struct {
		limit string
		most  int
		make  func(n int) string // a document with n of what is limited
	}{
		{"characters", 2_000, func(n int) string { return "{__typename}" + strings.Repeat(" ", n-12) }},
		{"tokens", 400, func(n int) string {
			const fixed = "query($v:[Int]=[" // 10 tokens; the end has 5
			return fixed + strings.Repeat("1 ", n-15) + "]){__typename}"
		}},
		{"aliases", 4, func(n int) string { return "{users{nodes{" + numbered("a#:id ")(n) + "}}}" }},
		{"rootFields", 5, func(n int) string {
			return "{__typename ...F}fragment F on Query{" + strings.Repeat("__typename ", n-1) + "}"
		}},
		{"mutationFields", 3, func(n int) string { return "mutation{" + strings.Repeat("__typename ", n) + "}" }},
		{"selections", 12, func(n int) string { return "{me{" + strings.Repeat("id ", n) + "}}" }},
		{"fields", 40, func(n int) string {
			// 2 + 4 spreads of 7 fields, the rest single
			return "{me{...F ...F ...F ...F " + strings.Repeat("id ", n-1-32) + "}}fragment F on User{" + strings.Repeat("id ", 8) + "}"
		}},
		{"introspections", 1, func(n int) string { return "{" + strings.Repeat(`__type(name:"X"){name} `, n) + "}" }},
		{"directives", 3, func(n int) string { return "{me{" + strings.Repeat("id @skip(if:false) ", n) + "}}" }},
		{"operations", 2, func(n int) string { return numbered("query Q#{__typename}")(n) }},
		{"fragments", 4, func(n int) string {
			return "{me{" + numbered("...F# ")(n) + "}}" + numbered("fragment F# on User{id}")(n)
		}},
	} {
		t.Run(c.limit, func(t *testing.T) {
			t.Parallel()
			variables := map[string]any{}
			if got := a.named(t, token, c.make(c.most), variables); slices.Contains(got.codes(), codeDocumentLimit) {
				t.Errorf("at the limit: %s", got.body)
			}
			got := a.named(t, token, c.make(c.most+1), variables)
			if got.status != 400 || got.hasData || got.codes()[0] != codeDocumentLimit {
				t.Fatalf("above the limit: %d %s", got.status, got.body)
			}
			e := got.Errors[0].Extensions
			if e["limit"] != c.limit || e["max"] != float64(c.most) {
				t.Errorf("extensions: %v", e)
			}
		})
	}
}

// named runs a document that may have several operations.
func (a *api) named(tb testing.TB, token, document string, variables map[string]any) reply {
	tb.Helper()
	if strings.Contains(document, "query Q0") {
		return decode(tb, a.send(tb.Context(), token, fmt.Sprintf(`{"query":%q,"operationName":"Q0"}`, document), "Accept", mediaGraphQL))
	}
	return a.query(tb, token, document, variables)
}

func TestDepthLimit(t *testing.T) {
	t.Parallel()
	deep := func(n int) string {
		return strings.Repeat("{a", n) + strings.Repeat("}", n)
	}
	fragments := "{a ...F0}fragment F0 on X{a{...F1}}fragment F1 on X{a{...F2}}fragment F2 on X{a{a}}"
	limits := DefaultLimits()
	limits.Depth = 4
	for document, want := range map[string]bool{
		deep(4): true, deep(5): false,
		fragments: true, strings.Replace(fragments, "{a ...F0}", "{b{...F0}}", 1): false,
		"{__schema" + deep(9) + "}":         true,
		"{a{__schema" + deep(9) + "}}":      true,
		"{...F}fragment F on X{a{a{...F}}}": true, // a cycle ends; validation refuses it
	} {
		if got := len(surveyText(t, limits, document)) == 0; got != want {
			t.Errorf("%s: got %v", document, got)
		}
	}
}

func surveyText(t *testing.T, limits Limits, document string) []string {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: document})
	check(t, err)
	var names []string
	for _, e := range measure(limits, doc) {
		names = append(names, e.Extensions["limit"].(string))
	}
	return names
}

func TestBombsAreCheap(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	bomb := "{me{...F0 ...F0}}"
	for i := range 18 {
		bomb += fmt.Sprintf("fragment F%d on User{...F%d ...F%d}", i, i+1, i+1)
	}
	bomb += "fragment F18 on User{id}"
	for name, document := range map[string]string{
		"doubled fragments": bomb,
		"duplicate fields":  "{" + strings.Repeat("me ", 900) + "}",
		"deep braces":       strings.Repeat("{a", 400) + strings.Repeat("}", 400),
		"fragment cycle":    "{me{...A}}fragment A on User{...B}fragment B on User{...A}",
		"inline fragments":  "{" + strings.Repeat("...{__typename}", 180) + "}",
		"aliased schema":    "{a:__schema{types{name}} b:__schema{types{name}} c:__schema{types{name}}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := a.query(t, token, document, nil)
			if got.status != 400 || got.hasData {
				t.Errorf("got %d %s", got.status, got.body)
			}
			if len(got.Errors) > DefaultLimits().Errors {
				t.Errorf("%d errors", len(got.Errors))
			}
		})
	}
}

func TestErrorsAreCapped(t *testing.T) {
	t.Parallel()
	a := newAPI(t, small)
	token := a.token(t, a.admin, everything()...)
	if got := a.query(t, token, "{a b c d}", nil); len(got.Errors) != 2 {
		t.Errorf("got %s", got.body)
	}
}

func TestVariableLimits(t *testing.T) {
	t.Parallel()
	a := newAPI(t, small)
	token := a.token(t, a.admin, everything()...)
	nested := func(n int) string { return strings.Repeat(`[`, n) + strings.Repeat("]", n) }
	list := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]" }
	for _, c := range []struct {
		variables string
		ok        bool
	}{
		{`{"a":[[[]]]}`, true},
		{`{"a":` + nested(4) + `}`, false},
		{`{"a":` + list(5) + `}`, true},
		{`{"a":` + list(6) + `}`, false},
		{`{"a":` + list(5) + `,"b":` + list(5) + `}`, true},
		{`{"a":` + list(5) + `,"b":` + list(5) + `,"c":1}`, false},
	} {
		got := decode(t, a.send(t.Context(), token, `{"query":"{__typename}","variables":`+c.variables+`}`))
		if (got.status == 200) != c.ok {
			t.Errorf("%s: %d %s", c.variables, got.status, got.body)
		}
	}
}

func TestNoSuggestions(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	for _, document := range []string{
		"{usrs{nodes{id}}}",
		"{users(frst:1){nodes{id}}}",
		"{users{nodes{usernam}}}",
		"{users{...on Usr{id}}}",
		"{users}",
		"query($f:UserFiltr){users{nodes{id}}}",
		"{users(filter:{usernam:{eq:\"x\"}}){nodes{id}}}",
		"{users(orderBy:{field:USERNAM}){nodes{id}}}",
		"{users(orderBy:{field:\"USERNAM\"}){nodes{id}}}",
		"{users{nodes{id @skp(if:true)}}}",
	} {
		got := a.query(t, token, document, nil)
		if got.status != 400 || strings.Contains(got.body, "Did you mean") {
			t.Errorf("%s: %s", document, got.body)
		}
	}
}

func TestIntrospection(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	with := a.token(t, a.admin, identity.ScopeSchemaRead)
	without := a.token(t, a.admin, identity.ScopeUsersRead)
	got := a.query(t, with, introspection.Query, nil)
	if got.status != 200 || len(got.Errors) > 0 || got.at("__schema", "queryType", "name") != "Query" {
		t.Fatalf("got %d %.300s", got.status, got.body)
	}
	if cost := got.Extensions["cost"].(map[string]any)["requested"]; cost != float64(introspectionCost) {
		t.Errorf("cost %v", cost)
	}
	got = a.query(t, without, `{__type(name:"User"){name}}`, nil)
	if got.status != 200 || got.at("__type") != nil || got.codes()[0] != codeForbidden ||
		!strings.Contains(got.body, `"requiredScopes":[["admin:schema:read"]]`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
	got = a.query(t, without, `{__schema{queryType{name}}}`, nil)
	if strings.Contains(got.body, "Query") || got.codes()[0] != codeForbidden {
		t.Errorf("got %d %s", got.status, got.body)
	}
	open := newAPI(t, func(c *Config) { c.AllowIntrospection = true })
	got = open.query(t, open.token(t, open.admin, identity.ScopeUsersRead), `{__type(name:"User"){name}}`, nil)
	if got.status != 200 || got.at("__type", "name") != "User" {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestDocumentsAreRemembered(t *testing.T) {
	t.Parallel()
	a := newAPI(t, small)
	s := a.Handler.(*server)
	first := s.prepare(t.Context(), "{__typename}")
	if s.prepare(t.Context(), "{__typename}") != first {
		t.Error("examined twice")
	}
	for i := range 8 {
		s.prepare(t.Context(), fmt.Sprintf("{a%d}", i))
	}
	if s.prepare(t.Context(), "{__typename}") == first {
		t.Error("never forgotten")
	}
}
