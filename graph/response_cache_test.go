package graph

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// recordingCache records how responses are to be cached, and caches them by key.
type recordingCache struct {
	ttl     time.Duration
	local   bool
	tags    []string
	entries map[string][]byte
	lookups int
}

func (c *recordingCache) Get(
	ctx context.Context, key string, ttl time.Duration, local bool, tags []string, load func(ctx context.Context) ([]byte, error),
) ([]byte, error) {
	c.ttl, c.local, c.tags = ttl, local, tags
	c.lookups++
	if data, ok := c.entries[key]; ok {
		return data, nil
	}
	data, err := load(ctx)
	if err == nil {
		c.entries[key] = data
	}
	return data, err
}

func TestTheTagsOfAResponse(t *testing.T) {
	t.Parallel()
	responses := &recordingCache{entries: map[string][]byte{}}
	a := newAPI(t, func(c *Config) { generous(c); c.Responses = responses })
	token := a.token(t, a.admin, everything()...)
	id := model.KindUser.ID(a.admin.ID)
	self := identity.CacheTagUser(a.admin.ID)
	const users, sessions, audit, clients = identity.CacheTagUsers, identity.CacheTagSessions, identity.CacheTagAudit, identity.CacheTagClients
	for document, want := range map[string]struct {
		maxAge time.Duration
		tags   []string
	}{
		`{users{nodes{id}}}`: {30 * time.Second, []string{sessions, users}},
		`{user(by:{id:"` + id + `"}){id address{country}}}`:                                     {time.Minute, []string{self}},
		`query($id:ID!){user(by:{id:$id}){...F}} fragment F on User{id locked}`:                 {time.Minute, []string{self}},
		`{user(by:{id:"` + id + `"}){activeSessionCount}}`:                                      {time.Minute, []string{sessions, self}},
		`{user(by:{id:"` + id + `"}){...F sessions{nodes{user{...F}}}}} fragment F on User{id}`: {time.Minute, []string{sessions, self, users}},
		`{user(by:{username:"root"}){id}}`:                                                      {time.Minute, []string{users}},
		`{user(by:{id:"` + id + `"}){auditEvents{nodes{client{name}}}}}`:                        {time.Minute, []string{audit, clients, self}},
		`{node(id:"` + id + `"){id}}`:                                                           {time.Minute, []string{clients, sessions, users}},
		`{users{totalCount{value}} dashboard{users{total}}}`:                                    {30 * time.Second, []string{audit, sessions, users}},
		`{scopes{name}}`: {time.Minute, []string{identity.CacheTagScopes}},
		`{user(by:{id:"` + id + `"}){grants{id}}}`:                        {},
		`{users{nodes{id}} me{id}}`:                                       {},
		`{sessions{nodes{clients{offline}}}}`:                             {},
		`{__typename}`:                                                    {},
		`{users{nodes{id}} __type(name:"User"){name}}`:                    {},
		`mutation($id:ID!){unlockUser(input:{id:$id}){userErrors{code}}}`: {},
	} {
		*responses = recordingCache{entries: map[string][]byte{}}
		if got := a.query(t, token, document, map[string]any{"id": id}); len(got.Errors) > 0 {
			t.Fatalf("%s: %s", document, got.body)
		}
		if diff := cmp.Diff(want.tags, responses.tags); diff != "" || responses.ttl != want.maxAge || responses.lookups > 1 {
			t.Errorf("%s: %v, %s", document, responses.ttl, diff)
		}
	}
	if a.query(t, token, `{dashboard{tokens{since}}}`, nil); !responses.local {
		t.Error("what is about this node is shared")
	}
}

func TestAResponseIsCachedForTheSameRequestAndRights(t *testing.T) {
	t.Parallel()
	responses := &recordingCache{entries: map[string][]byte{}}
	a := newAPI(t, func(c *Config) { generous(c); c.Responses = responses })
	cachedBy := func(scopes []string, document string, variables map[string]any) int {
		before := len(responses.entries)
		a.query(t, a.token(t, a.admin, scopes...), document, variables)
		return len(responses.entries) - before
	}
	const document = `query($n:Int!,$a:String){users(first:$n,after:$a){nodes{username sessions{nodes{id}}}}}`
	two := []string{identity.ScopeUsersRead, identity.ScopeSessionsRead}
	for _, step := range []struct {
		name      string
		scopes    []string
		document  string
		variables map[string]any
		cached    int
	}{
		{"the first", two, document, map[string]any{"n": 1}, 1},
		{"again", two, document, map[string]any{"n": 1}, 0},
		{"scopes in another order, and one that is not of administration", []string{"openid", two[1], two[0]}, document, map[string]any{"n": 1}, 0},
		{"other variables", two, document, map[string]any{"n": 2}, 1},
		{"another text", two, document + " ", map[string]any{"n": 1}, 1},
		{"more scopes", everything(), document, map[string]any{"n": 1}, 1},
		{"a nested scope is missing: a response with an error", two[:1], document, map[string]any{"n": 1}, 0},
		{"an invalid cursor", two, document, map[string]any{"n": 1, "a": "x"}, 0},
		{"no right to the root field", two[1:], document, map[string]any{"n": 1}, 0},
	} {
		if got := cachedBy(step.scopes, step.document, step.variables); got != step.cached {
			t.Errorf("%s: %d responses were cached", step.name, got)
		}
	}
}

// TestEveryTypeOfTheSchemaIsConsidered: a type that is added is not cached until somebody has thought about what it
// depends on.
func TestEveryTypeOfTheSchemaIsConsidered(t *testing.T) {
	t.Parallel()
	s := newAPI(t, nil).Handler.(*server)
	not := map[string]bool{"Grant": true, "SessionClient": true, "Consent": true} // they move with refresh and code, which invalidate nothing
	seen := map[string]bool{}
	var walk func(def *ast.Definition)
	walk = func(def *ast.Definition) {
		if def == nil || seen[def.Name] || def.Kind != ast.Object && def.Kind != ast.Interface {
			return
		}
		seen[def.Name] = true
		_, known := typeTags[def.Name]
		if def.Kind == ast.Object && def.Name[0] != '_' && known == not[def.Name] {
			t.Errorf("%s: cached %v, not cached %v", def.Name, known, not[def.Name])
		}
		for _, field := range def.Fields {
			walk(s.schema.Types[field.Type.Name()])
		}
		for _, one := range s.schema.GetPossibleTypes(def) {
			walk(one)
		}
	}
	walk(s.schema.Query)
	for name := range typeTags {
		if !seen[name] {
			t.Errorf("%s is not in the schema", name)
		}
	}
}
