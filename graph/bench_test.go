package graph

import (
	"fmt"
	"testing"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity/admin"
)

// BenchmarkRequests measures whole requests, with the token check and SQLite in memory, but without HTTP.
func BenchmarkRequests(b *testing.B) {
	a := newAPI(b, func(c *Config) { c.Limits = DefaultLimits(); c.Limits.BucketSize, c.Limits.BucketRestore = 1<<40, 1 })
	token := a.token(b, a.admin, everything()...)
	for i := range 200 {
		user := a.user(b, admin.NewUser{Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@id.example", i)})
		a.session(b, user, false)
	}
	const fields = "id username email active admin name createdAt activeSessionCount"
	for _, c := range []struct{ name, document string }{
		{"typename", "{__typename}"},
		{"user", `{user(by:{id:\"` + model.KindUser.ID(a.admin.ID) + `\"}){` + fields + `}}`},
		{"users25", "{users(first:25){nodes{" + fields + "}}}"},
		{"users25edges", "{users(first:25){edges{cursor node{" + fields + "}}}}"},
		{"users100", "{users(first:100){nodes{" + fields + "}}}"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := a.send(b.Context(), token, `{"query":"`+c.document+`"}`); w.Code != 200 {
					b.Fatal(w.Body)
				}
			}
		})
	}
}
