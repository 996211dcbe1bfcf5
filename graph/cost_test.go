package graph

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/authly/authly/identity/admin"
)

func TestCost(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	for _, c := range []struct {
		document  string
		variables map[string]any
		want      int
	}{
		{"{__typename}", nil, 0},
		{"{me{id username}}", nil, 1},
		{"{users(first:100){nodes{id email}}}", nil, 102},
		{"{users(last:10){nodes{id}}}", nil, 12},
		{"{users{nodes{id activeSessionCount}}}", nil, 27},
		{"{users(first:10){edges{cursor node{id}}}}", nil, 12},
		{"{users(first:10){edges{node{id}} nodes{id}}}", nil, 22},
		{"query($n:Int){users(first:$n){nodes{id}}}", map[string]any{"n": 7}, 9},
		{"query($n:Int=8){users(first:$n){nodes{id}}}", nil, 10},
		{"{users(first:10){...P}}fragment P on UserConnection{nodes{...U}totalCount{value}}fragment U on User{id}", nil, 22},
		{"{users(first:10){pageInfo{endCursor}totalCount{value precision}}}", nil, 22},
		{`{node(id:"x"){id ...on User{username address{country}}}}`, nil, 1},
		{`{nodes(ids:["a","b","c"]){id}}`, nil, 4},
		{`query($i:[ID!]!){nodes(ids:$i){id}}`, map[string]any{"i": []string{"a", "b"}}, 3},
		{`{a:me{id}b:me{id}}`, nil, 2},
		{`{__schema{types{name}}}`, nil, 50},
		{`mutation{createUser(input:{username:"x",email:"x",password:{password:"x"}}){user{id}userErrors{code}}}`, nil, 12},
	} {
		got := a.query(t, token, c.document, c.variables)
		cost, _ := got.Extensions["cost"].(map[string]any)
		if cost["requested"] != float64(c.want) || cost["limit"] != float64(1000) {
			t.Errorf("%s: want %d, got %v %.200s", c.document, c.want, cost, got.body)
		}
	}
}

func TestCostOfNestedFragmentsIsLinear(t *testing.T) {
	t.Parallel()
	s := newAPI(t, nil).Handler.(*server)
	const levels = 60 // walked one by one, these are 2⁶⁰ selections
	text := "{me{...F0 ...F0}}fragment F60 on User{address{country}}"
	for i := range levels {
		text += fmt.Sprintf("fragment F%d on User{...F%d ...F%d}", i, i+1, i+1)
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	check(t, err)
	if errs := validator.ValidateWithRules(s.schema, doc, s.rules); len(errs) > 0 {
		t.Fatal(errs)
	}
	if got := s.cost(doc, doc.Operations[0], nil); got != 1 {
		t.Errorf("got %d", got)
	}
	if got := surveyText(t, s.limits, text); !slices.Contains(got, "fields") {
		t.Errorf("got %v", got)
	}
}

func TestCostLimit(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(c *Config) { c.Limits = DefaultLimits(); c.Limits.Cost = 12 })
	token := a.token(t, a.admin, everything()...)
	if got := a.query(t, token, "{users(first:10){nodes{id}}}", nil); got.status != 200 || !got.hasData {
		t.Errorf("at the limit: %d %s", got.status, got.body)
	}
	got := a.query(t, token, "{users(first:11){nodes{id}}}", nil)
	if got.status != 400 || got.hasData || got.codes()[0] != codeCostLimit || got.Errors[0].Extensions["cost"] != float64(13) {
		t.Errorf("above the limit: %d %s", got.status, got.body)
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(c *Config) {
		c.Limits = DefaultLimits()
		c.Limits.BucketSize, c.Limits.BucketRestore = 30, 2
	})
	token := a.token(t, a.admin, everything()...)
	other := a.user(t, admin.NewUser{Username: "other", Email: "other@id.example", Admin: true})
	const document = "{users(first:10){nodes{id}}}" // 12 points
	for want := 18; want >= 6; want -= 12 {
		got := a.query(t, token, document, nil)
		bucket := got.Extensions["cost"].(map[string]any)["bucket"].(map[string]any)
		if bucket["available"] != float64(want) || bucket["max"] != float64(30) || bucket["restoreRate"] != float64(2) {
			t.Fatalf("bucket: %v", bucket)
		}
	}
	got := a.query(t, token, document, nil)
	if got.status != 429 || got.header.Get("Retry-After") != "3" || got.codes()[0] != codeRateLimit || got.hasData {
		t.Fatalf("got %d %v %s", got.status, got.header, got.body)
	}
	if got := a.query(t, a.token(t, other, everything()...), document, nil); got.status != 200 {
		t.Errorf("another caller: %d %s", got.status, got.body)
	}
	a.now = a.now.Add(3 * time.Second)
	if got := a.query(t, token, document, nil); got.status != 200 {
		t.Errorf("after the wait: %d %s", got.status, got.body)
	}
}

func TestCostReportCanBeLeftOut(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	w := a.send(t.Context(), token, `{"query":"{__typename}"}`, "GraphQL-Cost", "off")
	if got := w.Body.String(); got != `{"data":{"__typename":"Query"}}` {
		t.Errorf("got %s", got)
	}
}

func TestTheCallersOfABudgetAreBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	b := NewBudget(10, 1, func() time.Time { return now })
	for i := range maxBuckets + 1 {
		b.Spend(t.Context(), strconv.Itoa(i), 4)
	}
	if got := b.Spend(t.Context(), strconv.Itoa(maxBuckets), 4); got.Available != 2 {
		t.Errorf("the last caller has %d points", got.Available)
	}
	if got := b.Spend(t.Context(), "0", 4); got.Available != 6 {
		t.Errorf("the caller of longest ago has %d points", got.Available)
	}
	refused := b.Spend(t.Context(), strconv.Itoa(maxBuckets), 5)
	if refused.OK || refused.Available != 2 || refused.RetryAfter != 3*time.Second {
		t.Errorf("got %+v", refused)
	}
	now = now.Add(3 * time.Second)
	if got := b.Spend(t.Context(), strconv.Itoa(maxBuckets), 5); !got.OK || got.Available != 0 {
		t.Errorf("got %+v", got)
	}
}
