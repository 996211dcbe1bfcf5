package graph

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/tests/growth"
)

// FuzzGraphQL posts arbitrary documents and variables: no panic, a response that is JSON, and a status from the table.
func FuzzGraphQL(f *testing.F) {
	for _, seed := range [][2]string{
		{"{__typename}", "{}"},
		{"query($f:UserFilter){users(first:5,filter:$f){nodes{...U} totalCount{value}}}fragment U on User{id name}", `{"f":{"and":[{"active":true}]}}`},
		{"query($b:UserBy!){user(by:$b){id}}", `{"b":{"id":"usr_1"}}`},
		{"{nodes(ids:[1,\"x\"]){__typename id}}", "null"},
		{"query($i:[ID!]!){nodes(ids:$i){id}}", `{"i":1}`},
		{"mutation($i:CreateUserInput!){createUser(input:$i){userErrors{code}}}", `{"i":{"username":"x"}}`},
		{"{__schema{types{fields{type{ofType{name}}}}}}", "{}"},
		{"{me{...A}}fragment A on User{...A}", "{}"},
		{"query A{a:me{id}}query B{me{id @skip(if:true)}}", "{}"},
		{"{users(orderBy:{field:NAME,direction:DESC}){edges{cursor}}}", `{"x":[[[1e400]]]}`},
	} {
		f.Add(seed[0], seed[1])
	}
	a := newAPI(f, func(c *Config) { c.Limits = DefaultLimits(); c.Limits.BucketSize, c.Limits.BucketRestore = 1<<40, 1 })
	token := a.token(f, a.admin, everything()...)
	f.Fuzz(func(t *testing.T, document, variables string) {
		query, err := json.Marshal(document)
		if err != nil {
			return
		}
		send := func(body string) { a.send(t.Context(), token, body) }
		growth.Linear(t, growth.Repeated(document, " "), func(text string) {
			if query, err := json.Marshal(text); err == nil {
				send(`{"query":` + string(query) + `}`)
			}
		})
		growth.Linear(t, growth.Repeated(variables, ","), func(text string) {
			send(`{"query":` + string(query) + `,"variables":{"ids":[` + text + `]}}`)
		})
		for media, statuses := range map[string][]int{mediaGraphQL: {200, 400, 403, 413}, mediaJSON: {200, 400, 403, 413}} {
			w := a.send(t.Context(), token, `{"query":`+string(query)+`,"variables":`+variables+`}`, "Accept", media)
			if !slices.Contains(statuses, w.Code) {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			var members map[string]json.RawMessage
			if err := json.Unmarshal(w.Body.Bytes(), &members); err != nil {
				t.Fatalf("%v: %s", err, w.Body)
			}
			if _, ran := members["data"]; media == mediaGraphQL && ran != (w.Code == http.StatusOK) {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), codeInternal) {
				t.Fatalf("a fault: %s\n%s", w.Body, a.log)
			}
		}
	})
}
