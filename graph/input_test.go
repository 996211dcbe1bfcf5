package graph

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestInputsFromVariables(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	for _, c := range []struct {
		declared, variable, use string
		ok                      bool
	}{
		{"UserBy!", `{"username":"root"}`, "user(by:$v){id}", true},
		{"UserBy!", `{"username":"root","email":"x"}`, "user(by:$v){id}", false},
		{"UserBy!", `{}`, "user(by:$v){id}", false},
		{"UserBy!", `{"id":null}`, "user(by:$v){id}", false},
		{"UserBy!", `{"id":1}`, "user(by:$v){id}", true},
		{"UserBy!", `{"username":1}`, "user(by:$v){id}", false},
		{"Int", `5`, "users(first:$v){nodes{id}}", true},
		{"Int", `5.0`, "users(first:$v){nodes{id}}", false},
		{"Int", `"5"`, "users(first:$v){nodes{id}}", false},
		{"Int", `0`, "users(first:$v){nodes{id}}", false},
		{"Int", `101`, "users(first:$v){nodes{id}}", false},
		{"Int", `3000000000`, "users(first:$v){nodes{id}}", false},
		{"Int", `true`, "users(first:$v){nodes{id}}", false},
		{"Int", `null`, "users(first:$v){nodes{id}}", true},
		{"UserOrder!", `{"field":"EMAIL"}`, "users(orderBy:$v){nodes{id}}", true},
		{"UserOrder!", `{"field":"email"}`, "users(orderBy:$v){nodes{id}}", false},
		{"UserOrder!", `{"field":"EMAIL","direction":null}`, "users(orderBy:$v){nodes{id}}", false},
		{"UserFilter", `{"username":{"contains":"roo"}}`, "users(filter:$v){nodes{id}}", true},
		{"UserFilter", `{"username":{"contains":"ro"}}`, "users(filter:$v){nodes{id}}", false},
		{"UserFilter", `{"or":[{"not":{"username":{"in":["a"]}}}]}`, "users(filter:$v){nodes{id}}", true},
		{"UserFilter", `{"or":[{"not":{"username":{"contains":"a"}}}]}`, "users(filter:$v){nodes{id}}", false},
		{"UserFilter", `{"active":"true"}`, "users(filter:$v){nodes{id}}", false},
		{"UserFilter", `{"nothing":true}`, "users(filter:$v){nodes{id}}", false},
		{"UserFilter", `{"createdAt":{"gte":"2026-01-01T00:00:00Z"}}`, "users(filter:$v){nodes{id}}", true},
		{"UserFilter", `{"createdAt":{"gte":"yesterday"}}`, "users(filter:$v){nodes{id}}", false},
		{"DateTime", `"2026-01-01T00:00:00+02:00"`, "users(filter:{createdAt:{lt:$v}}){nodes{id}}", true},
		{"DateTime", `1`, "users(filter:{createdAt:{lt:$v}}){nodes{id}}", false},
		{"String", `"x"`, "user(by:{username:$v}){id}", false}, // nullable variable in a oneOf
		{"String!", `"x"`, "user(by:{username:$v}){id}", true},
		{"[ID!]!", `["x"]`, "nodes(ids:$v){id}", true},
		{"[ID!]!", `"x"`, "nodes(ids:$v){id}", true},
		{"[ID!]!", `[null]`, "nodes(ids:$v){id}", false},
		{"[ID!]!", `[` + strings.Repeat(`"x",`, 99) + `"x"]`, "nodes(ids:$v){id}", true},
		{"[ID!]!", `[` + strings.Repeat(`"x",`, 100) + `"x"]`, "nodes(ids:$v){id}", false},
		{"String", `"` + strings.Repeat("ø", 100) + `"`, "users(search:$v){nodes{id}}", true},
		{"String", `"` + strings.Repeat("ø", 101) + `"`, "users(search:$v){nodes{id}}", false},
	} {
		got := a.query(t, token, "query($v:"+c.declared+"){"+c.use+"}", map[string]any{"v": json.RawMessage(c.variable)})
		if ok := got.status == 200 && len(got.Errors) == 0; ok != c.ok {
			t.Errorf("%s %s: %d %s", c.use, c.variable, got.status, got.body)
		}
		if !c.ok && (got.status != 400 || got.hasData) {
			t.Errorf("%s %s reached a resolver: %d %s", c.use, c.variable, got.status, got.body)
		}
	}
}

func TestInputsFromLiterals(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	for document, ok := range map[string]bool{
		`{user(by:{username:"root"}){id}}`:                        true,
		`{user(by:{username:"root",id:"x"}){id}}`:                 false,
		`{user(by:{}){id}}`:                                       false,
		`{user(by:{id:null}){id}}`:                                false,
		`{users(first:100){nodes{id}}}`:                           true,
		`{users(first:101){nodes{id}}}`:                           false,
		`{users(first:-1){nodes{id}}}`:                            false,
		`{...F}fragment F on Query{users(first:0){nodes{id}}}`:    false,
		`{users(filter:{email:{contains:"ab"}}){nodes{id}}}`:      false,
		`{users(filter:{createdAt:{gte:"soon"}}){nodes{id}}}`:     false,
		`query($n:Int){users(first:$n,last:$n){nodes{id}}}`:       true, // both absent
		`{users(filter:{or:{admin:true}}){nodes{id}}}`:            true, // one stands for a list of one
		`{users(filter:{and:[{admin:true},{}]}){nodes{id}}}`:      true,
		`{users(orderBy:{field:NAME,direction:DESC}){nodes{id}}}`: true,
	} {
		got := a.query(t, token, document, nil)
		if (got.status == 200 && len(got.Errors) == 0) != ok {
			t.Errorf("%s: %d %s", document, got.status, got.body)
		}
	}
}
