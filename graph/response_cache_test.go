package graph

import (
	"context"
	goast "go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/graph/generated"
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
	const groups, roles, keys, attributes = identity.CacheTagGroups, identity.CacheTagRoles, identity.CacheTagKeys, identity.CacheTagAttributes
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
		`{node(id:"` + id + `"){id}}`:                                                           {time.Minute, []string{attributes, audit, clients, groups, keys, roles, sessions, users}},
		`{users{totalCount{value}} dashboard{users{total}}}`:                                    {30 * time.Second, []string{audit, sessions, users}},
		`{client(by:{clientId:"nobody"}){__typename}}`:                                          {time.Minute, []string{clients}},
		`{scopes{nodes{name}}}`:                                                                 {time.Minute, []string{identity.CacheTagScopes}},
		`{user(by:{id:"` + id + `"}){grants{id}}}`:                                              {},
		`{users{nodes{id}} me{id}}`:                                                             {},
		`{sessions{nodes{clients{offline}}}}`:                                                   {},
		`{__typename}`:                                                                          {},
		`{users{nodes{id}} __type(name:"User"){name}}`:                                          {},
		`mutation($id:ID!){unlockUser(input:{id:$id}){userErrors{code}}}`:                       {},
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

// undeclared lists what a query can reach in a schema and has no @cacheControl although it must have one: root fields,
// object types, and fields that are fetched on their own but whose type adds no tag. Of those the type alone cannot
// tell that they depend on another noun.
func undeclared(schema *ast.Schema, fetched map[string]bool) []string {
	controls := cacheControlsOf(schema)
	var list []string
	seen := map[string]bool{}
	var walk func(def *ast.Definition)
	walk = func(def *ast.Definition) {
		if def == nil || seen[def.Name] || def.BuiltIn || def.Kind != ast.Object && def.Kind != ast.Interface {
			return
		}
		seen[def.Name] = true
		if _, ok := controls.types[def]; !ok && def != schema.Query {
			list = append(list, def.Name)
		}
		for _, field := range def.Fields {
			_, declared := controls.fields[field]
			target := schema.Types[field.Type.Name()]
			ofType, typed := controls.types[target]
			tagged := typed && (len(ofType.tags) > 0 || ofType.maxAge == 0)
			alone := def == schema.Query || fetched[def.Name+"."+field.Name] && !tagged
			if alone && !declared && !strings.HasPrefix(field.Name, "__") {
				list = append(list, def.Name+"."+field.Name)
			}
			walk(target)
		}
		for _, possible := range schema.GetPossibleTypes(def) {
			walk(possible)
		}
	}
	walk(schema.Query)
	slices.Sort(list)
	return list
}

// fetchedFields are the fields that are not read off a row: they have a resolver, or a method that can fail.
func fetchedFields(t *testing.T, schema *ast.Schema) map[string]bool {
	t.Helper()
	methods := map[string]bool{} // such as User.activesessioncount
	root := reflect.TypeFor[generated.ResolverRoot]()
	for i := range root.NumMethod() {
		resolver := root.Method(i)
		for j := range resolver.Type.Out(0).NumMethod() {
			methods[resolver.Name+"."+strings.ToLower(resolver.Type.Out(0).Method(j).Name)] = true
		}
	}
	packages, err := filepath.Glob("model/*.go")
	check(t, err)
	for _, path := range packages {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		check(t, err)
		for _, decl := range file.Decls {
			f, ok := decl.(*goast.FuncDecl)
			if !ok || f.Recv == nil || f.Type.Results.NumFields() != 2 {
				continue
			}
			receiver := f.Recv.List[0].Type
			if star, ok := receiver.(*goast.StarExpr); ok {
				receiver = star.X
			}
			if name, ok := receiver.(*goast.Ident); ok {
				methods[name.Name+"."+strings.ToLower(f.Name.Name)] = true
			}
		}
	}
	fields := map[string]bool{}
	for _, def := range schema.Types {
		for _, field := range def.Fields {
			if methods[def.Name+"."+strings.ToLower(field.Name)] {
				fields[def.Name+"."+field.Name] = true
			}
		}
	}
	return fields
}

// TestEveryTypeAndEveryFetchedFieldDeclaresWhatItDependsOn: a new one cannot be silently stale.
func TestEveryTypeAndEveryFetchedFieldDeclaresWhatItDependsOn(t *testing.T) {
	t.Parallel()
	schema := newAPI(t, nil).Handler.(*server).schema
	fetched := fetchedFields(t, schema)
	for _, name := range []string{"Query.users", "User.sessions", "User.activeSessionCount", "UserConnection.totalCount"} {
		if !fetched[name] {
			t.Errorf("%s was not found to be fetched", name)
		}
	}
	for _, name := range undeclared(schema, fetched) {
		t.Errorf("%s has no @cacheControl", name)
	}

	text, err := os.ReadFile(filepath.Join("..", "docs", "schema.graphqls"))
	check(t, err)
	schema, err = gqlparser.LoadSchema(&ast.Source{Input: string(text)})
	check(t, err)
	schema.Query.Fields.ForName("users").Directives = nil
	schema.Types["Session"].Directives = nil
	schema.Types["User"].Fields.ForName("activeSessionCount").Directives = nil
	schema.Types["UserConnection"].Fields.ForName("totalCount").Directives = nil
	want := []string{"Query.users", "Session", "User.activeSessionCount", "UserConnection.totalCount"}
	if diff := cmp.Diff(want, undeclared(schema, fetched)); diff != "" {
		t.Errorf("directives that were removed are not missed: %s", diff)
	}
}

func TestMutationsThatChangeManyObjectsAreBulk(t *testing.T) {
	t.Parallel()
	s := newAPI(t, nil).Handler.(*server)
	for document, want := range map[string]bool{
		`mutation{bulkDeleteUsers(input:{ids:[]}){changed}}`:                                                          true,
		`mutation{revokeSessions(input:{by:{client:"c"}}){endedGrants}}`:                                              true,
		`mutation{...F} fragment F on Mutation{...on Mutation{revokeSessions(input:{by:{client:"c"}}){endedGrants}}}`: true,
		`mutation{...F} fragment F on Mutation{revokeSession(input:{id:"s"}){endedGrants}}`:                           false,
		`mutation{revokeSession(input:{id:"s"}){endedGrants}}`:                                                        false,
		`{users{nodes{id}}}`: false,
	} {
		doc := s.prepare(t.Context(), document)
		if len(doc.failures) > 0 {
			t.Fatalf("%s: %v", document, doc.failures)
		}
		if got := isBulk(doc.ast.Operations[0]); got != want {
			t.Errorf("%s: %v", document, got)
		}
	}
}
