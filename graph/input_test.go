package graph

import (
	"encoding/json"
	"slices"
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

// TestAWrongVariableIsNamedByItsMember: with the reason, all that are wrong at once, and always in the same order.
func TestAWrongVariableIsNamedByItsMember(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	for _, c := range []struct {
		declared, variable, use string
		want                    []string
	}{
		{"UserBy!", `{"username":1}`, "user(by:$v){id}", []string{"$v.username must be of type String, not this number."}},
		{"UserBy!", `7`, "user(by:$v){id}", []string{"$v must be an object of type UserBy, not this number."}},
		{"UserBy!", `{}`, "user(by:$v){id}", []string{"$v must have exactly one member."}},
		{"UserFilter", `{"username":{"eq":7,"in":["a",false]},"active":"true","a":1,"z":2}`, "users(filter:$v){nodes{id}}", []string{
			"$v.a is not known in UserFilter.", "$v.z is not known in UserFilter.", "$v.username.eq must be of type String, not this number.",
			"$v.username.in.1 must be of type String, not a Boolean.", "$v.active must be of type Boolean, not this text.",
		}},
		{"UserOrder!", `{}`, "users(orderBy:$v){nodes{id}}", []string{"$v.field must be given."}},
		{"UserOrder!", `{"field":"SIZE","direction":null}`, "users(orderBy:$v){nodes{id}}", []string{
			"$v.field must be a value of UserOrderField.", "$v.direction must not be null.",
		}},
		{"[ID!]!", `[null,{}]`, "nodes(ids:$v){id}", []string{"$v.0 must not be null.", "$v.1 must be of type ID, not an object."}},
	} {
		for range 10 {
			got := a.query(t, token, "query($v:"+c.declared+"){"+c.use+"}", map[string]any{"v": json.RawMessage(c.variable)})
			var messages []string
			for _, e := range got.Errors {
				messages = append(messages, e.Message)
			}
			if got.status != 400 || !slices.Equal(messages, c.want) {
				t.Fatalf("%s is refused with %q, want %q", c.variable, messages, c.want)
			}
		}
	}
	got := a.query(t, token, "query($v:UserBy!){user(by:$v){id}}", map[string]any{})
	if got.status != 400 || got.Errors[0].Message != "$v must be given." {
		t.Errorf("no variable: %s", got.body)
	}
	got = a.query(t, token, `{users(first:0,search:"`+strings.Repeat("x", 101)+`"){nodes{id}} sessions(last:101){nodes{id}}}`, nil)
	if len(got.Errors) != 3 {
		t.Errorf("three arguments are wrong: %s", got.body)
	}
}

// TestAllErrorsOfAnInputComeAtOnce as userErrors, each with its path and a message that names the field.
func TestAllErrorsOfAnInputComeAtOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t, nil)
	token := a.token(t, a.admin, everything()...)
	got := a.query(t, token, `mutation($input:CreateUserInput!){createUser(input:$input){user{id} userErrors{code message path}}}`, map[string]any{
		"input": map[string]any{
			"username": "x", "email": "x", "birthdate": "never", "password": map[string]any{"password": "short"},
			"address": map[string]any{"country": "a\x00"},
		},
	})
	for _, want := range []string{
		`"message":"username must be`, `"message":"email must be`, `"message":"birthdate must be`, `"message":"address.country must not`,
		`"path":["input","address","country"]`, `The password is too short`,
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("%s is not in %s", want, got.body)
		}
	}
}
