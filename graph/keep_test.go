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

// notebook notes how answers are to be kept, and keeps them by key.
type notebook struct {
	life     time.Duration
	local    bool
	subjects []string
	kept     map[string][]byte
	asked    int
}

func (n *notebook) Get(
	ctx context.Context, key string, life time.Duration, local bool, subjects []string, read func(ctx context.Context) ([]byte, error),
) ([]byte, error) {
	n.life, n.local, n.subjects = life, local, subjects
	n.asked++
	if data, ok := n.kept[key]; ok {
		return data, nil
	}
	data, err := read(ctx)
	if err == nil {
		n.kept[key] = data
	}
	return data, err
}

func TestWhatAnAnswerDependsOn(t *testing.T) {
	t.Parallel()
	book := &notebook{kept: map[string][]byte{}}
	a := newAPI(t, func(c *Config) { generous(c); c.Responses = book })
	token := a.token(t, a.admin, everything()...)
	id := model.KindUser.ID(a.admin.ID)
	self := identity.CacheTagUser(a.admin.ID)
	const users, sessions, audit, clients = identity.CacheTagUsers, identity.CacheTagSessions, identity.CacheTagAudit, identity.CacheTagClients
	for document, want := range map[string]struct {
		life     time.Duration
		subjects []string
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
		*book = notebook{kept: map[string][]byte{}}
		if got := a.query(t, token, document, map[string]any{"id": id}); len(got.Errors) > 0 {
			t.Fatalf("%s: %s", document, got.body)
		}
		if diff := cmp.Diff(want.subjects, book.subjects); diff != "" || book.life != want.life || book.asked > 1 {
			t.Errorf("%s: %v, %s", document, book.life, diff)
		}
	}
	if a.query(t, token, `{dashboard{tokens{since}}}`, nil); !book.local {
		t.Error("what is told of this node is shared")
	}
}

func TestAnAnswerIsKeptForTheSameQuestionAndRights(t *testing.T) {
	t.Parallel()
	book := &notebook{kept: map[string][]byte{}}
	a := newAPI(t, func(c *Config) { generous(c); c.Responses = book })
	ask := func(scopes []string, document string, variables map[string]any) int {
		before := len(book.kept)
		a.query(t, a.token(t, a.admin, scopes...), document, variables)
		return len(book.kept) - before
	}
	const document = `query($n:Int!,$a:String){users(first:$n,after:$a){nodes{username sessions{nodes{id}}}}}`
	two := []string{identity.ScopeUsersRead, identity.ScopeSessionsRead}
	for _, step := range []struct {
		name      string
		scopes    []string
		document  string
		variables map[string]any
		kept      int
	}{
		{"the first", two, document, map[string]any{"n": 1}, 1},
		{"again", two, document, map[string]any{"n": 1}, 0},
		{"scopes in another order, and one that is not of administration", []string{"openid", two[1], two[0]}, document, map[string]any{"n": 1}, 0},
		{"other variables", two, document, map[string]any{"n": 2}, 1},
		{"another text", two, document + " ", map[string]any{"n": 1}, 1},
		{"more scopes", everything(), document, map[string]any{"n": 1}, 1},
		{"a nested scope is missing: an answer with an error", two[:1], document, map[string]any{"n": 1}, 0},
		{"an invalid cursor", two, document, map[string]any{"n": 1, "a": "x"}, 0},
		{"no right to the root field", two[1:], document, map[string]any{"n": 1}, 0},
	} {
		if got := ask(step.scopes, step.document, step.variables); got != step.kept {
			t.Errorf("%s: %d answers were kept", step.name, got)
		}
	}
}

// TestEveryTypeOfTheSchemaIsConsidered: a type that is added is not kept until somebody has thought about what it
// depends on.
func TestEveryTypeOfTheSchemaIsConsidered(t *testing.T) {
	t.Parallel()
	s := newAPI(t, nil).Handler.(*server)
	not := map[string]bool{"Grant": true, "SessionClient": true, "Consent": true} // they move with refresh and code, which bump nothing
	seen := map[string]bool{}
	var walk func(def *ast.Definition)
	walk = func(def *ast.Definition) {
		if def == nil || seen[def.Name] || def.Kind != ast.Object && def.Kind != ast.Interface {
			return
		}
		seen[def.Name] = true
		_, known := shows[def.Name]
		if def.Kind == ast.Object && def.Name[0] != '_' && known == not[def.Name] {
			t.Errorf("%s: kept %v, not kept %v", def.Name, known, not[def.Name])
		}
		for _, field := range def.Fields {
			walk(s.schema.Types[field.Type.Name()])
		}
		for _, one := range s.schema.GetPossibleTypes(def) {
			walk(one)
		}
	}
	walk(s.schema.Query)
	for name := range shows {
		if !seen[name] {
			t.Errorf("%s is not in the schema", name)
		}
	}
}
